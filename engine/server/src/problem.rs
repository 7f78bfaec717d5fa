//! The one place that knows what a failure is in HTTP: status, headers, the problem document (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use expr::lang::Lang;
use machine::ids::{Bilingual, Name};
use ports::fault::{Cause, Fault};
use runtime::answer::Trouble;
use runtime::nodes::name_of;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::{ToResponse, ToSchema};

use crate::office::cannot::{Cannot, RefusedView};
use crate::office::view::PossibleView;
use crate::refusals;
use crate::setting::Found;
use crate::wire::hop::{PROBLEM, Turned};
use crate::words;

/// Where the pages of codes are, below the server's own address.
const PAGES: &str = "/docs/problems/";

/// A failure on its way out; put into the reader's language at the very end.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: String,
    title: Bilingual,
    detail: Bilingual,
    about: Vec<String>,
    possible: Vec<PossibleView>,
    findings: Vec<Json>,
    version: Option<u64>,
    /// Seconds after which trying again makes sense.
    again_in: Option<u32>,
    /// Where the other node is.
    node: Option<String>,
    /// Why the server is not ready.
    reasons: Vec<Found>,
}

/// The document, as it is sent.
#[derive(Debug, Serialize, ToSchema, ToResponse)]
#[response(description = "Why not, and what is possible instead", content_type = "application/problem+json")]
pub struct ProblemView {
    /// The page of the code.
    #[serde(rename = "type")]
    pub page: String,
    /// What happened, in the language asked for.
    pub title: String,
    /// The status again.
    pub status: u16,
    /// More about this time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cure: String,
    /// The request's id.
    pub instance: String,
    /// The stable code.
    pub code: String,
    /// Fields, states, people it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// What is possible now, and for whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible: Option<Vec<PossibleView>>,
    /// What was found in a text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Json>,
    /// The version of the case now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Why the server is not ready, with what to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<FoundView>,
}

/// Something that is wrong with the server, or soon will be.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundView {
    /// The stable code; `/docs/problems/CODE` says more.
    pub code: String,
    /// `fail`: requests had better go to another server; `warn`: somebody has to see to it.
    pub mark: String,
    /// What it is, in the language asked for.
    pub title: String,
    /// More about this time.
    pub detail: String,
    /// What to do.
    pub cure: String,
}

impl FoundView {
    /// What was found, in a language.
    pub fn of(found: &Found, lang: Lang) -> FoundView {
        let pick = |words: &Bilingual| lang.pick(&words.zh, &words.en).to_owned();
        FoundView {
            code: found.code.to_owned(),
            mark: if found.stops { "fail" } else { "warn" }.to_owned(),
            title: pick(&words::of(found.code)),
            detail: pick(&found.detail),
            cure: pick(&found.cure),
        }
    }
}

impl Problem {
    /// A problem of the table with what is known of it.
    pub fn plain(code: &'static str, detail: &str) -> Problem {
        Parts::new(code, Bilingual::new(detail, detail)).into()
    }

    /// The server cannot do its work.
    pub fn not_ready(reasons: Vec<Found>) -> Problem {
        Parts { reasons, ..Parts::plain(words::NOT_READY, "").again(5) }.into()
    }

    /// Another node works on the case.
    pub fn elsewhere(node: Option<String>) -> Problem {
        Parts { node, ..Parts::plain(words::ELSEWHERE, "").again(1) }.into()
    }

    /// Whether nothing was done because another node works on the case, or will.
    pub fn turned(&self) -> Option<Turned> {
        let closing = self.0.code == words::CLOSING;
        (closing || self.0.code == words::ELSEWHERE).then(|| Turned { node: self.0.node.clone(), closing })
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What is told about it in a language.
    pub fn shown(self, lang: Lang) -> ProblemView {
        self.view(lang, "")
    }

    fn view(self, lang: Lang, request: &str) -> ProblemView {
        let parts = *self.0;
        let pick = |words: &Bilingual| lang.pick(&words.zh, &words.en).to_owned();
        let refused = parts.status == StatusCode::CONFLICT || !parts.possible.is_empty();
        ProblemView {
            page: format!("{PAGES}{}", parts.code),
            title: pick(&parts.title),
            status: parts.status.as_u16(),
            detail: pick(&parts.detail),
            cure: cure(&parts.code, lang),
            instance: request.to_owned(),
            code: parts.code,
            about: parts.about,
            possible: refused.then_some(parts.possible),
            findings: parts.findings,
            version: parts.version,
            reasons: parts.reasons.iter().map(|found| FoundView::of(found, lang)).collect(),
        }
    }

    /// The document in a language.
    pub fn response(self, lang: Lang, request: &str) -> Response {
        let (status, again_in, node) = (self.0.status, self.0.again_in, self.0.node.clone());
        let view = self.view(lang, request);
        let code = HeaderValue::from_str(&view.code);
        let body = serde_json::to_vec(&view).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.pick("zh", "en")));
        if let Ok(code) = code {
            headers.insert(PROBLEM, code);
        }
        if let Some(seconds) = again_in {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"charter\""));
        }
        if let Some(node) = node.and_then(|node| HeaderValue::from_str(name_of(&node)).ok()) {
            headers.insert("charter-node", node);
        }
        response
    }
}

/// What to do about a code, as its page says; nothing for those a process declares.
fn cure(code: &str, lang: Lang) -> String {
    let page = refusals::page(code).unwrap_or_default();
    if lang == Lang::Zh { page.cure.0 } else { page.cure.1 }
}

impl Parts {
    fn plain(code: &str, detail: &str) -> Parts {
        Parts::new(code, Bilingual::new(detail, detail))
    }

    fn new(code: &str, detail: Bilingual) -> Parts {
        Parts {
            status: status(code),
            code: code.to_owned(),
            title: words::of(code),
            detail,
            about: vec![],
            possible: vec![],
            findings: vec![],
            version: None,
            again_in: None,
            node: None,
            reasons: vec![],
        }
    }

    fn again(mut self, seconds: u32) -> Parts {
        self.again_in = Some(seconds);
        self
    }
}

impl From<Parts> for Problem {
    fn from(parts: Parts) -> Problem {
        Problem(Box::new(parts))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The language and the request's id are known further out: see `routes::around`.
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status of a code of the table.
fn status(code: &str) -> StatusCode {
    match code {
        words::NOT_LOGGED_IN | words::WRONG_LOGIN => StatusCode::UNAUTHORIZED,
        words::FORBIDDEN | words::CROSS_SITE | words::NOT_YOUR_ROLE => StatusCode::FORBIDDEN,
        words::WRONG_METHOD => StatusCode::METHOD_NOT_ALLOWED,
        words::TOO_SLOW => StatusCode::REQUEST_TIMEOUT,
        words::HEADERS_TOO_LARGE => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        words::TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        words::BAD_TYPE => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        words::CASE_EXISTS | words::CASE_STOPPED => StatusCode::CONFLICT,
        words::CHANGED => StatusCode::PRECONDITION_FAILED,
        words::OVERLOADED => StatusCode::TOO_MANY_REQUESTS,
        words::BUG | words::SETTLEMENT_UNREADABLE => StatusCode::INTERNAL_SERVER_ERROR,
        words::KEY_REUSED | words::BAD_VALUE | words::NOT_AN_OUTCOME | words::UNKNOWN_PERSON => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        words::REASON_MISSING | words::NOT_COMPILED | words::BAD_BODY => StatusCode::UNPROCESSABLE_ENTITY,
        code if code.starts_with("unknown_") => StatusCode::NOT_FOUND,
        code if code.starts_with("bad_") => StatusCode::BAD_REQUEST,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The status of a refusal by the rules.
fn refusal_status(code: &Name) -> StatusCode {
    match &**code {
        "not_allowed" | "not_your_case" | "same_person" | "not_a_candidate" => StatusCode::FORBIDDEN,
        "no_such_child" | "no_such_task" | "no_such_timer" => StatusCode::NOT_FOUND,
        "data_missing" | "data_unknown" | "data_type" | "data_out_of_range" => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        "unknown_event" | "reason_missing" | "verb_not_offered" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

impl From<Cannot> for Problem {
    fn from(cannot: Cannot) -> Problem {
        let parts = match cannot {
            Cannot::Missing { code, name } => Parts::plain(code, &name),
            Cannot::Wrong { code, detail } => Parts::new(code, detail),
            Cannot::Forbidden { detail } => Parts::new(words::FORBIDDEN, detail),
            Cannot::Refused(refused) => refusal(*refused),
            Cannot::Findings(findings) => {
                Parts { findings, ..Parts::new(words::NOT_COMPILED, Bilingual::default()) }
            }
            Cannot::Stale { version } => stale(version),
            Cannot::Trouble(trouble) => trouble_of(trouble),
        };
        parts.into()
    }
}

fn refusal(refused: RefusedView) -> Parts {
    let RefusedView { code, words, about, possible, version } = refused;
    let names: Vec<String> = about.iter().map(|name| name.to_string()).collect();
    let (zh, en) = (names.join("、"), names.join(", "));
    Parts {
        status: refusal_status(&code),
        title: words,
        about: names,
        possible,
        version,
        ..Parts::new(&code, Bilingual::new(zh, en))
    }
}

/// The case is at this version, not at the one asked for.
fn stale(version: u64) -> Parts {
    let detail = Bilingual::new(format!("现在是第 {version} 版"), format!("it is at version {version} now"));
    Parts { version: Some(version), ..Parts::new(words::CHANGED, detail) }
}

fn trouble_of(trouble: Trouble) -> Parts {
    match trouble {
        Trouble::UnknownCase(case) => Parts::plain(words::UNKNOWN_CASE, &case.0),
        Trouble::UnknownProcess(process) => Parts::plain(words::UNKNOWN_PROCESS, &process),
        Trouble::CaseExists(case) => Parts::plain(words::CASE_EXISTS, &case.0),
        // Not which case: it may be somebody else's.
        Trouble::KeyReused(_) => Parts::plain(words::KEY_REUSED, ""),
        Trouble::NotOpened(code, about) => {
            refusal(RefusedView { words: words::of(&code), code, about, possible: vec![], version: None })
        }
        Trouble::Overloaded => Parts::plain(words::OVERLOADED, "").again(1),
        Trouble::Parked(code) => Parts::plain(words::CASE_STOPPED, &code),
        Trouble::Closing => Parts::plain(words::CLOSING, "").again(2),
        Trouble::Stale { version } => stale(version),
        Trouble::Unknown => Parts::plain(words::OUTCOME_UNKNOWN, "").again(1),
        Trouble::Elsewhere { node } => {
            let node = node.map(|node| node.to_string()).filter(|node| !node.is_empty());
            Parts { node, ..Parts::plain(words::ELSEWHERE, "").again(1) }
        }
        Trouble::Contended => Parts::plain(words::CONTENDED, "").again(1),
        Trouble::Fault(fault) => fault_of(&fault),
    }
}

/// What the store says is for the log; the caller learns that it is away.
fn fault_of(fault: &Fault) -> Parts {
    tracing::error!(%fault, "the store failed a request");
    match code_of(fault.cause) {
        words::UNAVAILABLE => Parts::plain(words::UNAVAILABLE, fault.cause.name()).again(5),
        words::TOO_LARGE => Parts::plain(words::TOO_LARGE, &fault.detail),
        code => Parts::plain(code, ""),
    }
}

/// What a fault of the store is called over HTTP.
fn code_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Bug => words::BUG,
        Cause::TooMuch => words::TOO_LARGE,
        _ => words::UNAVAILABLE,
    }
}

/// The code and the status a fault of the store is answered with.
pub fn of_cause(cause: Cause) -> (&'static str, StatusCode) {
    (code_of(cause), status(code_of(cause)))
}
