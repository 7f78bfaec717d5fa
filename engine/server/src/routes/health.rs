//! `/healthz`, `/readyz`, `/metrics`: for those who run the server.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use machine::ids::Bilingual;
use ports::outbox::OutboxFilter;
use ports::query::{CaseFilter, DueFilter, PAGE_MAX, Page, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use crate::office::cannot::Cannot;
use crate::problem::{FoundView, Problem, ProblemView};
use crate::setting::{Desk, Found};
use crate::watch::figures::Levels;
use crate::wire::tongue;
use crate::words;

/// How the server stands.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`: it can do its work.
    status: String,
    /// What will need somebody soon.
    warnings: Vec<FoundView>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "server", security(()), responses((status = 200, body = Health)))]
pub async fn alive() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), warnings: vec![] })
}

/// It can do its work: the database answers with tables it knows, deadlines fire, the disk has room. What does not stop
/// it, and needs somebody soon, is among the warnings: a calendar that ends, things that do not go out.
#[utoipa::path(get, path = "/readyz", tag = "server", security(()),
    responses((status = 200, body = Health), (status = "default", response = ProblemView)))]
pub async fn ready(State(desk): State<Desk>, headers: HeaderMap, uri: Uri) -> Result<Json<Health>, Problem> {
    let mut found = desk.probe.look().await;
    if desk.office.engine.is_closing() {
        let detail = Bilingual::new("服务正在停止", "the server is closing");
        let cure = Bilingual::new("请求发给另一个节点", "send requests to another node");
        found.push(Found { code: words::CLOSING, stops: true, detail, cure });
    }
    if found.iter().any(|found| found.stops) {
        return Err(Problem::not_ready(found));
    }
    let lang = tongue::of(&headers, &uri);
    let warnings = found.iter().map(|found| FoundView::of(found, lang)).collect();
    Ok(Json(Health { status: "ok".to_owned(), warnings }))
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
        queue_age: u64::try_from(engine.waiting_for().as_secs()).unwrap_or(0),
        ticks: engine.ticks_under_way() as u64,
        outbox: waiting.len() as u64,
        parked: parked.len() as u64,
        outbox_age: since(waiting.iter().map(|row| row.outgoing.at).min()),
        incidents: incidents.len() as u64,
        timer_age: since(due.first().map(|due| due.due)),
        held: engine.held().is_some(),
        parts: engine.parts() as u64,
    })
}
