//! `/v1/session`, `/v1/me`: logging in and out, who one is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::identity::register::Sees;
use crate::identity::session::LASTS;
use crate::office::view::Title;
use crate::office::viewer::Viewer;
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::Body;
use crate::wire::caller::{COOKIE, Caller, is_same_site, session};
use crate::wire::cookie;
use crate::words;

/// So many passwords are checked at once: each takes 19 MiB and tens of milliseconds of a core.
static TURNS: std::sync::LazyLock<Arc<Semaphore>> = std::sync::LazyLock::new(|| Arc::new(Semaphore::new(2)));

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account.
    #[schema(max_length = 200)]
    account: String,
    /// Its password.
    #[schema(max_length = 256)]
    password: String,
}

/// Who one is.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The account.
    account: String,
    /// The person's name.
    name: String,
    /// The organisation's code.
    organisation: Option<String>,
    /// The organisation's name.
    organisation_title: Option<Title>,
    /// The roles.
    roles: Vec<String>,
    /// `own` or `all`.
    sees: String,
}

fn me_of(desk: &Desk, viewer: &Viewer) -> Me {
    let register = desk.office.identities.register();
    let title = viewer
        .organisation
        .as_ref()
        .and_then(|code| register.organisations.get(code).map(|words| Title::of(words, code)));
    Me {
        account: viewer.person.to_string(),
        name: viewer.name.to_string(),
        organisation: viewer.organisation.as_ref().map(|code| code.to_string()),
        organisation_title: title,
        roles: viewer.roles.iter().map(|role| role.to_string()).collect(),
        sees: if viewer.sees == Sees::All { "all" } else { "own" }.to_owned(),
    }
}

/// Begins a session: the answer sets its cookie.
#[utoipa::path(post, path = "/v1/session", tag = "session", request_body = Login, security(()),
    responses((status = 200, body = Me), (status = "default", response = ProblemView)))]
pub async fn log_in(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Body(login): Body<Login>,
) -> Result<Response, Problem> {
    let found = check_password(&desk, login.account, login.password).await;
    let found = found.ok_or_else(|| Problem::plain(words::WRONG_LOGIN, ""))?;
    let (viewer, session) = found;
    let mut response = Json(me_of(&desk, &viewer)).into_response();
    cookie::put(&mut response, (COOKIE, &session), LASTS.as_secs(), cookie::is_secure(&headers));
    Ok(response)
}

/// Begins a session for whoever knows the password; `None` when they do not. Few are checked at once.
pub async fn check_password(desk: &Desk, account: String, password: String) -> Option<(Viewer, String)> {
    let (identities, now) = (desk.office.identities.clone(), desk.now_of_sessions());
    let turn = TURNS.clone().acquire_owned().await;
    let checked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        identities.log_in(&account, &password, now)
    });
    checked.await.ok().flatten()
}

/// Ends the session.
#[utoipa::path(delete, path = "/v1/session", tag = "session", security(()),
    responses((status = 204, description = "It is ended"), (status = "default", response = ProblemView)))]
pub async fn log_out(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(session) = session(&headers) {
        if !is_same_site(&headers) {
            return Err(Problem::plain(words::CROSS_SITE, ""));
        }
        desk.office.identities.sessions.end(&session);
        cookie::put(&mut response, (COOKIE, ""), 0, cookie::is_secure(&headers));
    }
    Ok(response)
}

/// Who the caller is.
#[utoipa::path(get, path = "/v1/me", tag = "session",
    responses((status = 200, body = Me), (status = "default", response = ProblemView)))]
pub async fn me(State(desk): State<Desk>, caller: Caller) -> Json<Me> {
    Json(me_of(&desk, &caller.viewer))
}
