//! Who sends a request, and how: token or session, role, key, condition, language.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use expr::lang::Lang;
use jiff::Timestamp;
use machine::ids::Name;
use utoipa::IntoParams;

use super::{condition, cookie, tongue};
use crate::office::act::How;
use crate::office::cannot::Cannot;
use crate::office::viewer::Viewer;
use crate::problem::Problem;
use crate::setting::Desk;
use crate::words;

/// The cookie of a session.
pub const COOKIE: &str = "charter";
/// Longer keys are refused.
const KEY_MAX: usize = 100;

/// The headers of a command on a case; read by [`Caller::how`], named here for the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description of headers, never a value")]
pub struct Sending {
    /// 1 to 100 visible characters: the same request sent again with it gets the first answer.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 100, pattern = r"^[!#-~]{1,100}$")]
    key: Option<String>,
    /// Only while the case stands at this version: the ETag it was read with.
    #[param(rename = "If-Match", pattern = r#"^(\*|"[0-9]{1,18}")$"#)]
    at_version: Option<String>,
    /// In this role of the caller's.
    #[param(rename = "Charter-Role", min_length = 1)]
    role: Option<String>,
}

/// The headers of a command that opens a case.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description of headers, never a value")]
pub struct Opening {
    /// 1 to 100 visible characters: the same request sent again with it gets the first answer.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 100, pattern = r"^[!#-~]{1,100}$")]
    key: Option<String>,
    /// In this role of the caller's.
    #[param(rename = "Charter-Role", min_length = 1)]
    role: Option<String>,
}

/// The id of a request, made or taken over where it came in.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// When a request was received, if that was not here and now.
#[derive(Clone, Copy, Debug)]
pub struct Received(pub Timestamp);

impl Received {
    /// What is known of a request.
    pub fn of(extensions: &Extensions) -> Option<Timestamp> {
        extensions.get::<Received>().map(|received| received.0)
    }
}

/// Somebody known, with a request.
pub struct Caller {
    /// Who.
    pub viewer: Viewer,
    /// The language of sentences.
    pub lang: Lang,
    /// The request's headers.
    pub headers: HeaderMap,
    request: String,
    received: Option<Timestamp>,
}

impl Caller {
    /// How a command is sent: its key, role and condition.
    ///
    /// # Errors
    /// A header that cannot be used.
    pub fn how(&self) -> Result<How, Cannot> {
        let role = self.headers.get("charter-role").map(|value| value.to_str().unwrap_or("?").trim());
        Ok(How {
            key: self.key()?,
            role: role.map(Name::from),
            at_version: condition::wanted(&self.headers)?,
            received: self.received,
        })
    }

    /// The key under which the engine keeps the answer: the caller's own among all keys of the same account, or that
    /// of this one request.
    fn key(&self) -> Result<Name, Cannot> {
        let Some(given) = self.headers.get("idempotency-key") else {
            return Ok(format!("req/{}", self.request).into());
        };
        let text = given.to_str().unwrap_or_default().trim().trim_matches('"');
        if text.is_empty() || text.len() > KEY_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Cannot::wrong(words::BAD_KEY, "Idempotency-Key", "Idempotency-Key"));
        }
        Ok(format!("http/{}/{text}", self.viewer.person).into())
    }
}

impl FromRequestParts<Desk> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let viewer = known(&parts.headers, &parts.method, desk)?;
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Caller {
            viewer,
            lang: tongue::of(&parts.headers, &parts.uri),
            headers: parts.headers.clone(),
            request,
            received: Received::of(&parts.extensions),
        })
    }
}

/// Who sends these headers.
///
/// # Errors
/// Nobody known; a session that is used from another site.
pub fn known(headers: &HeaderMap, method: &Method, desk: &Desk) -> Result<Viewer, Problem> {
    let (identities, now) = (&desk.office.identities, desk.now_of_sessions());
    let nobody = || Problem::plain(words::NOT_LOGGED_IN, "");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        return token.and_then(|(_, token)| identities.by_token(token.trim(), now)).ok_or_else(nobody);
    }
    let session = session(headers).ok_or_else(nobody)?;
    let viewer = identities.by_session(&session, now).ok_or_else(nobody)?;
    if !method.is_safe() && !is_same_site(headers) {
        return Err(Problem::plain(words::CROSS_SITE, ""));
    }
    Ok(viewer)
}

/// The session in the cookies.
pub fn session(headers: &HeaderMap) -> Option<String> {
    cookie::read(headers, COOKIE)
}

/// Whether a page of ours sent it. Browsers say so in one of two ways; whoever says nothing is none.
pub fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let host = text("host").unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, own)| own == host && !host.is_empty())
        }
        (None, None) => false,
    }
}
