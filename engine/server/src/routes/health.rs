//! `/healthz`, `/readyz`, `/metrics`: for those who run the server.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ports::outbox::OutboxFilter;
use ports::query::{CaseFilter, DueFilter, PAGE_MAX, Page, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use crate::office::cannot::Cannot;
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::watch::figures::Levels;

/// How the server stands.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `not ready`.
    status: String,
    /// What is wrong.
    problems: Vec<String>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "server", security(()), responses((status = 200, body = Health)))]
pub async fn alive() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), problems: vec![] })
}

/// It can do its work: the database answers, its tables are up to date, calendars are at hand.
#[utoipa::path(get, path = "/readyz", tag = "server", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(desk): State<Desk>) -> Response {
    let mut problems = desk.probe.look().await;
    if desk.office.engine.is_closing() {
        problems.push("the server is closing".to_owned());
    }
    let (status, word) = match problems.is_empty() {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    (status, Json(Health { status: word.to_owned(), problems })).into_response()
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "server", security(()),
    responses((status = 200, body = String, content_type = "text/plain"), (status = "default", response = ProblemView)))]
pub async fn figures(State(desk): State<Desk>) -> Result<Response, Problem> {
    let text = desk.figures.text(levels(&desk).await?);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn levels(desk: &Desk) -> Result<Levels, Cannot> {
    let engine = &desk.office.engine;
    let (store, now) = (engine.store(), engine.now());
    let outbox = |parked| {
        let filter = OutboxFilter { parked: Some(parked), ..OutboxFilter::default() };
        store.outbox(filter, Page::first(PAGE_MAX))
    };
    let (waiting, parked) = (outbox(false).await?, outbox(true).await?);
    let stopped = CaseFilter { standing: Some(Standing::Incident("".into())), ..CaseFilter::default() };
    let incidents = store.cases(stopped, Page::first(PAGE_MAX)).await?;
    let due = store.due(DueFilter { until: now, parts: None }, 1).await?;
    let since = |at: Option<jiff::Timestamp>| {
        at.map_or(0, |at| u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0))
    };
    Ok(Levels {
        queue: engine.waiting() as u64,
        ticks: engine.ticks_under_way() as u64,
        outbox: waiting.len() as u64,
        parked: parked.len() as u64,
        outbox_age: since(waiting.iter().map(|row| row.outgoing.at).min()),
        incidents: incidents.len() as u64,
        timer_age: since(due.first().map(|due| due.due)),
        held: engine.held().is_some(),
    })
}
