//! `/v1/cases`: opening, listing, reading, sending events, histories, pictures.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ports::query::Standing;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::definitions::Drawing;
use crate::office::act::Asked as AskedEvent;
use crate::office::cases::Wanted;
use crate::office::view::{CasePage, CaseView, DoneView, HistoryPage, WhyView};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{self, Asked, Body, Named, limit};
use crate::wire::caller::{Caller, Opening, Sending};
use crate::wire::{condition, tongue};

/// Lines of a list unless asked for otherwise.
pub const LIMIT: u32 = 50;

/// Whether a case goes on.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingWord {
    /// It does.
    Running,
    /// It is over.
    Ended,
    /// It waits for an administrator.
    Incident,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Of this process.
    process: Option<String>,
    /// running, ended or incident.
    #[param(inline)]
    standing: Option<StandingWord>,
    /// In this state.
    state: Option<String>,
    /// In which this organisation has a part.
    party: Option<String>,
    /// With this correlate value.
    correlate: Option<String>,
    /// Also those in which the caller's organisation has no part, and whose state asks for the caller's role.
    #[serde(default)]
    open: bool,
    /// Where the page before ended.
    after: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Cases the caller sees, in the order of their numbers.
#[utoipa::path(get, path = "/v1/cases", tag = "cases", params(CaseQuery),
    responses((status = 200, body = CasePage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<CaseQuery>,
) -> Result<Json<CasePage>, Problem> {
    let viewer = &caller.viewer;
    let after = query.after.as_deref().map(|after| desk.cursors.read("cases", viewer, after)).transpose()?;
    let standing = query.standing.map(|word| match word {
        StandingWord::Running => Standing::Running,
        StandingWord::Ended => Standing::Ended,
        StandingWord::Incident => Standing::Incident("".into()),
    });
    let CaseQuery { process, state, party, correlate, open, limit, .. } = query;
    let wanted = Wanted { process, standing, state, party, correlate, open };
    let mut page = desk.office.cases(viewer, &wanted, after, limit.unwrap_or(LIMIT)).await?;
    page.after = page.after.map(|after| desk.cursors.sign("cases", viewer, &after));
    Ok(Json(page))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The process.
    process: String,
    /// Its number, if the office has one; made up otherwise.
    #[schema(min_length = 1, max_length = 160)]
    case: Option<String>,
    /// What it starts with, by field.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Opens a case. Send an Idempotency-Key, and the same request again opens no second one.
#[utoipa::path(post, path = "/v1/cases", tag = "cases", request_body = NewCase,
    params(Opening),
    responses((status = 201, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn open(
    State(desk): State<Desk>,
    caller: Caller,
    Body(new): Body<NewCase>,
) -> Result<Response, Problem> {
    if let Some(number) = &new.case {
        body::new_case(number)?;
    }
    let how = caller.how()?;
    let done = desk.office.open(&caller.viewer, &new.process, new.case, &new.data, &how).await?;
    let place = format!("/v1/cases/{}", in_path(&done.case));
    let mut response = (StatusCode::CREATED, tagged(done)).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// What came of a command, with the version as ETag.
pub fn tagged(done: DoneView) -> Response {
    let tag = condition::tag(done.version);
    let mut response = Json(done).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// A name as part of an address.
fn in_path(name: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(one).collect()
}

/// A case with its runs, tasks, timers, and what can be sent now.
#[utoipa::path(get, path = "/v1/cases/{case}", tag = "cases", params(("case" = String, Path, description = "Its number")),
    responses((status = 200, body = CaseView), (status = 304, description = "Unchanged since If-None-Match"),
        (status = "default", response = ProblemView)))]
pub async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
) -> Result<Response, Problem> {
    let view = desk.office.case(&caller.viewer, &body::case(&case)?).await?;
    Ok(condition::answer(&caller.headers, view.row.version, Json(view)))
}

/// Why a case waits and why it is where it is: dates day by day, guards with what they read, table rows.
#[utoipa::path(get, path = "/v1/cases/{case}/why", tag = "cases", params(("case" = String, Path, description = "Its number")),
    responses((status = 200, body = WhyView), (status = "default", response = ProblemView)))]
pub async fn why(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
) -> Result<Json<WhyView>, Problem> {
    Ok(Json(desk.office.why(&caller.viewer, &body::case(&case)?).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// The event.
    #[schema(min_length = 1)]
    event: String,
    /// Which run: `claims.B1`; the main one unless given.
    #[serde(default)]
    run: String,
    /// What comes with it, by field.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Why, where the event wants a reason.
    reason: Option<String>,
}

/// Sends an event to a case.
#[utoipa::path(post, path = "/v1/cases/{case}/events", tag = "cases", request_body = NewEvent,
    params(("case" = String, Path, description = "Its number"),
        Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn send(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Body(new): Body<NewEvent>,
) -> Result<Response, Problem> {
    let NewEvent { event, run, data, reason } = new;
    let asked = AskedEvent { run, event, data, reason };
    let how = caller.how()?;
    let done = desk.office.send(&caller.viewer, &body::case(&case)?, asked, &how).await?;
    Ok(tagged(done))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Where the page before ended.
    after: Option<String>,
    /// At most so many entries, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// A case's history, oldest first.
#[utoipa::path(get, path = "/v1/cases/{case}/facts", tag = "cases", params(("case" = String, Path, description = "Its number"), Stretch),
    responses((status = 200, body = HistoryPage), (status = "default", response = ProblemView)))]
pub async fn history(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<HistoryPage>, Problem> {
    let (viewer, list) = (&caller.viewer, format!("facts {case}"));
    let after = stretch.after.as_deref().map(|after| desk.cursors.read(&list, viewer, after)).transpose()?;
    let limit = stretch.limit.unwrap_or(LIMIT);
    let mut page = desk.office.history(viewer, &body::case(&case)?, after, limit).await?;
    page.after = page.after.map(|after| desk.cursors.sign(&list, viewer, &after));
    Ok(Json(page))
}

/// A case on the picture of its process: where it is, where it has been.
#[utoipa::path(get, path = "/v1/cases/{case}/diagram", tag = "cases", params(("case" = String, Path, description = "Its number"), Drawing),
    responses((status = 200, content((String = "image/svg+xml"), (String = "text/plain"), (Object = "application/json"))), (status = "default", response = ProblemView)))]
pub async fn diagram(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Asked(drawing): Asked<Drawing>,
) -> Result<Response, Problem> {
    let (form, kind) = drawing.form();
    let lang = tongue::of_picture(caller.lang);
    let drawn = desk.office.case_picture(&caller.viewer, &body::case(&case)?, form, lang).await?;
    Ok(([(header::CONTENT_TYPE, kind)], drawn).into_response())
}
