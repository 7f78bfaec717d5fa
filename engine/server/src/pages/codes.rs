//! `/docs/problems/CODE`: what a problem's `type` leads to, for people as a page, for programs as JSON; and what a
//! browser reads where there is nothing.

use axum::Json;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use machine::ids::Bilingual;
use serde_json::json;

use super::visitor::Visitor;
use crate::problem::Problem;
use crate::refusals::{HEADINGS, Page, page};
use crate::setting::Desk;
use crate::wire::body::Named;
use crate::words;

/// What is said of a code: by the server, by the engine, or by a process in force.
fn explained(desk: &Desk, code: &str) -> Option<(Bilingual, Page)> {
    if words::TABLE.iter().any(|(known, ..)| *known == code) {
        return Some((words::of(code), page(code).unwrap_or_default()));
    }
    if let Some(words) = simulate::json::own_words(code) {
        return Some((words, page(code).unwrap_or_default()));
    }
    let definitions = desk.office.engine.shelf().all_in_force();
    let words = definitions.iter().find_map(|definition| definition.refusal_words(code).cloned());
    words.map(|words| (words, Page::default()))
}

/// The page of a code.
pub async fn show(
    axum::extract::State(desk): axum::extract::State<Desk>,
    visitor: Visitor,
    headers: HeaderMap,
    Named(code): Named<String>,
) -> Response {
    let Some((title, page)) = explained(&desk, &code) else { return nothing(visitor, headers).await };
    let lang = visitor.lang;
    if !wants_page(&headers) {
        let both = |pair: &(String, String)| json!({ "zh": pair.0, "en": pair.1 });
        let title = json!({ "zh": &*title.zh, "en": &*title.en });
        let text = json!({ "code": code, "title": title, "what": both(&page.what), "cause": both(&page.cause),
                "cure": both(&page.cure), "example": both(&page.example) });
        return Json(text).into_response();
    }
    let parts = page.parts().into_iter().zip(HEADINGS).map(|((zh, en), heading)| {
        (lang.pick(heading.0, heading.1).to_owned(), lang.pick(zh, en).to_owned())
    });
    let parts = parts.filter(|(_, text)| !text.is_empty()).collect();
    visitor.explanation(&code, lang.pick(&title.zh, &title.en), parts)
}

/// What there is where nothing is: a page for a browser, a problem document for a program.
pub async fn nothing(visitor: Visitor, headers: HeaderMap) -> Response {
    let missing = Problem::plain(words::UNKNOWN_PATH, "");
    match wants_page(&headers) && !is_api(&visitor.uri) {
        true => visitor.problem(missing),
        false => missing.into_response(),
    }
}

fn is_api(uri: &Uri) -> bool {
    uri.path().starts_with("/v1/")
}

/// Whether a browser asks: it says that it reads HTML.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
