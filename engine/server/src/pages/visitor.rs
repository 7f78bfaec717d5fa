//! Whoever looks at a page: who they are, what they read, and what stands round the page for them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use console::assets::CONTENT_SECURITY_POLICY;
use console::pages::problem::problem;
use console::shell::encoded;
use console::view::{Frame, Person, ProblemPage, Told};
use expr::lang::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use machine::ids::Name;

use super::names::Names;
use crate::identity::secret;
use crate::office::act::How;
use crate::office::viewer::Viewer;
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::caller::{Received, known};
use crate::wire::{cookie, tongue};

/// The cookie that says which language somebody reads.
pub const LANGUAGE: &str = "charter-language";
/// The cookie that carries what came of an act to the next page.
const TOLD: &str = "charter-told";
/// Sentences longer than this are cut before they go into a cookie, in characters.
const TOLD_MAX: usize = 300;

/// Whoever looks at a page, known or not.
pub struct Visitor {
    /// What they read.
    pub lang: Lang,
    /// Who they are.
    pub viewer: Option<Viewer>,
    /// The page asked for.
    pub uri: Uri,
    told: Option<Told>,
    carried: bool,
    secure: bool,
    desk: Desk,
    refused: Option<Problem>,
    received: Option<Timestamp>,
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Self::Rejection> {
        let known = known(&parts.headers, &parts.method, desk);
        let (viewer, refused) = match known {
            Ok(viewer) => (Some(viewer), None),
            Err(problem) => (None, Some(problem)),
        };
        let lang = cookie::read(&parts.headers, LANGUAGE).and_then(|text| match text.as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        });
        let told = cookie::read(&parts.headers, TOLD).and_then(|text| read_told(&text));
        Ok(Visitor {
            lang: lang.unwrap_or_else(|| tongue::of(&parts.headers, &parts.uri)),
            viewer,
            uri: parts.uri.clone(),
            carried: told.is_some(),
            secure: cookie::is_secure(&parts.headers),
            told,
            desk: desk.clone(),
            refused,
            received: Received::of(&parts.extensions),
        })
    }
}

/// Somebody who is logged in, and looks at a page. Others are sent to the way in.
pub struct Insider {
    /// The page's visitor.
    pub visitor: Visitor,
    /// Who they are.
    pub viewer: Viewer,
}

impl FromRequestParts<Desk> for Insider {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Response> {
        let Ok(visitor) = Visitor::from_request_parts(parts, desk).await;
        if let Some(viewer) = visitor.viewer.clone() {
            return Ok(Insider { visitor, viewer });
        }
        Err(match visitor.refused.clone().filter(|problem| problem.status() != StatusCode::UNAUTHORIZED) {
            // Another site sent the form.
            Some(problem) => visitor.problem(problem),
            None => {
                let path = visitor.uri.path_and_query().map_or("/", |path| path.as_str());
                // After a form one begins again at the page it stood on.
                let next = if parts.method.is_safe() { path } else { "/" };
                Redirect::to(&format!("/login?next={}", encoded(next))).into_response()
            }
        })
    }
}

impl Visitor {
    /// What stands round the page.
    pub fn frame(&self) -> Frame {
        let path = self.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Frame {
            lang: self.lang,
            zone: self.zone(),
            now: self.desk.office.engine.now(),
            path,
            person: self.viewer.as_ref().map(|viewer| self.shown(viewer)),
            demonstration: self.desk.stage.is_some(),
            token: token(),
            told: self.told.clone(),
        }
    }

    /// The office's zone: that of the calendar most processes count by.
    fn zone(&self) -> TimeZone {
        let shelf = self.desk.office.engine.shelf();
        let calendar = shelf.all_in_force().first().map(|definition| shelf.calendar(&definition.calendar));
        calendar.map_or(TimeZone::UTC, |calendar| calendar.zone().clone())
    }

    /// What organisations and people are called.
    pub fn names(&self) -> Names {
        Names::new(self.desk.office.identities.register(), self.lang)
    }

    /// A viewer as the page's head shows them.
    pub fn shown(&self, viewer: &Viewer) -> Person {
        let names = self.names();
        let organisation = viewer.organisation.as_ref().map(|code| names.of(code));
        let mut roles: Vec<String> = viewer.roles.iter().map(|role| self.role(role)).collect();
        // Processes call alike what one person is in both.
        let mut seen = std::collections::BTreeSet::new();
        roles.retain(|role| seen.insert(role.clone()));
        let role = roles.join(self.lang.pick("、", ", "));
        Person { name: viewer.name.to_string(), role, organisation, hint: String::new() }
    }

    /// A role in people's words, from the first process that knows it.
    fn role(&self, name: &Name) -> String {
        let definitions = self.desk.office.engine.shelf().all_in_force();
        let found = definitions.iter().find_map(|definition| {
            let role = &definition.roles[definition.find_role(name)?.at()];
            Some(self.lang.pick(&role.title.zh, &role.title.en).to_owned())
        });
        found.filter(|title| !title.is_empty()).unwrap_or_else(|| name.to_string())
    }

    /// A page.
    pub fn page(&self, text: String) -> Response {
        self.answer(StatusCode::OK, text)
    }

    fn answer(&self, status: StatusCode, text: String) -> Response {
        let mut response = (status, Html(text)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if self.carried {
            self.put_cookie(&mut response, TOLD, "", 0);
        }
        response
    }

    /// A failure as a page.
    pub fn problem(&self, problem_met: impl Into<Problem>) -> Response {
        let met = problem_met.into().shown(self.lang);
        let status = StatusCode::from_u16(met.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let possible =
            met.possible.iter().flatten().map(|one| self.lang.pick(&one.event.title.zh, &one.event.title.en));
        let view = ProblemPage {
            status: met.status,
            code: met.code.clone(),
            title: met.title.clone(),
            detail: met.detail.clone(),
            possible: possible.map(str::to_owned).collect(),
            parts: vec![],
        };
        self.answer(status, problem(&self.frame(), &view))
    }

    /// What a code means, as a page.
    pub fn explanation(&self, code: &str, title: &str, parts: Vec<(String, String)>) -> Response {
        let view = ProblemPage {
            status: 200,
            code: code.to_owned(),
            title: title.to_owned(),
            parts,
            ..ProblemPage::default()
        };
        self.answer(StatusCode::OK, problem(&self.frame(), &view))
    }

    /// Back to a page, which tells what came of the act.
    pub fn back<T>(&self, to: &str, done: Result<T, Problem>) -> Response {
        let turned = done.as_ref().err().and_then(Problem::turned);
        let told = match done {
            Ok(_) => format!("+{}", self.lang.pick("已办理", "Done")),
            Err(problem) if problem.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                return self.problem(problem);
            }
            Err(problem) => refused(&problem, self.lang),
        };
        let mut response = Redirect::to(inside(to)).into_response();
        if let Some(turned) = turned {
            response.extensions_mut().insert(turned);
        }
        self.put_cookie(&mut response, TOLD, &encoded(&told), 60);
        response
    }

    /// Sets a cookie on an answer to this visitor.
    pub fn put_cookie(&self, response: &mut Response, name: &str, value: &str, seconds: i64) {
        cookie::put(response, (name, value), seconds, self.secure);
    }

    /// How a form's command is sent: its token is its key.
    pub fn how(&self, viewer: &Viewer, given: Option<String>) -> How {
        let token = given.filter(|token| token.len() <= 64).unwrap_or_else(token);
        How {
            key: format!("page/{}/{token}", viewer.person).into(),
            role: None,
            at_version: None,
            received: self.received,
        }
    }
}

/// A word nobody can guess.
fn token() -> String {
    secret::random::<12>().map(|bytes| secret::text(&bytes)).unwrap_or_default()
}

/// A path of this server, never one of another.
pub fn inside(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if own && path.bytes().all(|byte| byte.is_ascii_graphic()) { path } else { "/" }
}

/// A refusal as one line: its code, its sentence, what is possible instead.
fn refused(problem: &Problem, lang: Lang) -> String {
    let met = problem.clone().shown(lang);
    let sentence: String =
        [met.title.as_str(), met.detail.as_str()].join(" ").chars().take(TOLD_MAX).collect();
    let possible =
        met.possible.iter().flatten().map(|one| lang.pick(&one.event.title.zh, &one.event.title.en));
    let possible: Vec<&str> = possible.take(12).collect();
    format!("-{}\n{}\n{}", met.code, sentence.trim(), possible.join("\t"))
}

fn read_told(cookie: &str) -> Option<Told> {
    let bytes =
        form_urlencoded::parse(format!("t={}", cookie.replace('+', "%2B")).as_bytes()).next()?.1.into_owned();
    if let Some(done) = bytes.strip_prefix('+') {
        return Some(Told::Done(done.to_owned()));
    }
    let mut lines = bytes.strip_prefix('-')?.split('\n');
    let (code, sentence) = (lines.next()?.to_owned(), lines.next()?.to_owned());
    let possible = lines.next().unwrap_or_default().split('\t').filter(|one| !one.is_empty());
    Some(Told::Refused { sentence, code, possible: possible.map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_never_sent_to_another_server() {
        let table = [
            ("/cases/FD-1?a=b", "/cases/FD-1?a=b"),
            ("//evil.example", "/"),
            ("https://evil", "/"),
            ("/\\evil", "/"),
        ];
        for (path, wanted) in table {
            assert_eq!(inside(path), wanted, "{path}");
        }
    }

    #[test]
    fn what_was_told_survives_the_cookie() {
        let told = read_told(&encoded("-slots_full\n关注已满三家\n撤回\t延期"));
        let possible = vec!["撤回".to_owned(), "延期".to_owned()];
        let wanted =
            Told::Refused { sentence: "关注已满三家".into(), code: "slots_full".into(), possible };
        assert_eq!(told, Some(wanted));
        assert_eq!(read_told(&encoded("+已办")), Some(Told::Done("已办".into())));
        assert_eq!(read_told("nonsense"), None);
    }
}
