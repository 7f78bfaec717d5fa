//! The way in and out, and the language of pages.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use console::pages::login::login;
use console::view::{LoginPage, Person};
use serde::Deserialize;

use super::read::Filled;
use super::visitor::{LANGUAGE, Visitor, inside};
use crate::identity::session::LASTS;
use crate::routes::session::check_password;
use crate::setting::Desk;
use crate::wire::body::Asked;
use crate::wire::caller::{COOKIE, is_same_site, session};
use crate::words;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    next: Option<String>,
}

impl Next {
    fn path(&self) -> &str {
        inside(self.next.as_deref().unwrap_or("/"))
    }
}

/// The first page: the inbox for those who are known, the way in for others.
pub async fn home(visitor: Visitor) -> Response {
    let to = if visitor.viewer.is_some() { "/inbox" } else { "/login" };
    Redirect::to(to).into_response()
}

/// The way in.
pub async fn form(State(desk): State<Desk>, visitor: Visitor, Asked(next): Asked<Next>) -> Response {
    visitor.page(shown(&desk, &visitor, next.path(), false))
}

fn shown(desk: &Desk, visitor: &Visitor, next: &str, failed: bool) -> String {
    let samples = desk.stage.as_ref().map(|stage| stage.samples()).unwrap_or_default();
    let samples = samples.into_iter().filter_map(|sample| {
        let viewer = desk.office.identities.viewer(&sample.account)?;
        let hint = visitor.lang.pick(&sample.hint.zh, &sample.hint.en).to_owned();
        Some((sample.account, Person { hint, ..visitor.shown(&viewer) }))
    });
    login(&visitor.frame(), &LoginPage { samples: samples.collect(), failed, next: next.to_owned() })
}

/// Somebody logs in.
pub async fn log_in(State(desk): State<Desk>, visitor: Visitor, filled: Filled) -> Response {
    let next = filled.text("next").unwrap_or_else(|| "/".into());
    let (account, password) = (filled.text("account"), filled.text("password"));
    let (account, password) = (account.unwrap_or_default(), password.unwrap_or_default());
    match check_password(&desk, account, password).await {
        Some((_, session)) => entered(&visitor, &session, &next),
        None => visitor.page(shown(&desk, &visitor, &next, true)),
    }
}

/// On to the next page, with a session.
pub fn entered(visitor: &Visitor, session: &str, next: &str) -> Response {
    let mut response = Redirect::to(inside(next)).into_response();
    visitor.put_cookie(&mut response, COOKIE, session, LASTS.as_secs());
    response
}

/// Somebody leaves.
pub async fn log_out(State(desk): State<Desk>, visitor: Visitor, headers: axum::http::HeaderMap) -> Response {
    if !is_same_site(&headers) {
        return visitor.problem(crate::problem::Problem::plain(words::CROSS_SITE, ""));
    }
    if let Some(session) = session(&headers) {
        desk.office.identities.sessions.end(&session);
    }
    let mut response = Redirect::to("/login").into_response();
    visitor.put_cookie(&mut response, COOKIE, "", 0);
    response
}

/// The same page in another language, from now on.
pub async fn language(visitor: Visitor, Path(lang): Path<String>, Asked(next): Asked<Next>) -> Response {
    let mut response = Redirect::to(next.path()).into_response();
    if matches!(lang.as_str(), "zh" | "en") {
        visitor.put_cookie(&mut response, LANGUAGE, &lang, 365 * 86_400);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}
