//! `/v1/incidents`: cases that cannot go on by themselves, and the acts of administrators.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use machine::event::AdminAct;
use machine::ids::Name;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cases::{LIMIT, tagged};
use crate::office::act::target;
use crate::office::view::{DoneView, IncidentPage};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{self, Asked, Body, Named, limit};
use crate::wire::caller::{Caller, Sending};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncidentQuery {
    /// Of this process.
    process: Option<String>,
    /// Where the page before ended.
    after: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Cases that wait for an administrator, in the order of their numbers.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", params(IncidentQuery),
    responses((status = 200, body = IncidentPage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<IncidentQuery>,
) -> Result<Json<IncidentPage>, Problem> {
    let viewer = &caller.viewer;
    let after = query.after.as_deref();
    let after = after.map(|after| desk.cursors.read("incidents", viewer, after)).transpose()?;
    let limit = query.limit.unwrap_or(LIMIT);
    let mut page = desk.office.incidents(viewer, query.process.as_deref(), after, limit).await?;
    page.after = page.after.map(|after| desk.cursors.sign("incidents", viewer, &after));
    Ok(Json(page))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Why: mandatory.
    #[schema(min_length = 1)]
    reason: String,
}

async fn administer(
    desk: &Desk,
    caller: &Caller,
    case: &str,
    act: AdminAct,
    reason: &str,
) -> Result<Response, Problem> {
    let (how, case) = (caller.how()?, body::case(case)?);
    Ok(tagged(desk.office.administer(&caller.viewer, &case, act, reason, &how).await?))
}

/// The case goes on: what was due is tried again, and the command that stopped it may be sent again.
#[utoipa::path(post, path = "/v1/cases/{case}/administer/retry", tag = "incidents", request_body = Why,
    params(("case" = String, Path, description = "Its number"), Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn retry(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Body(why): Body<Why>,
) -> Result<Response, Problem> {
    administer(&desk, &caller, &case, AdminAct::Retry, &why.reason).await
}

/// Every run ends where it is.
#[utoipa::path(post, path = "/v1/cases/{case}/administer/cancel", tag = "incidents", request_body = Why,
    params(("case" = String, Path, description = "Its number"), Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn cancel(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Body(why): Body<Why>,
) -> Result<Response, Problem> {
    administer(&desk, &caller, &case, AdminAct::Cancel, &why.reason).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The timer that ends without firing.
    timer: u32,
    /// Why: mandatory.
    #[schema(min_length = 1)]
    reason: String,
}

/// A timer ends without firing.
#[utoipa::path(post, path = "/v1/cases/{case}/administer/skip", tag = "incidents", request_body = Skip,
    params(("case" = String, Path, description = "Its number"), Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn skip(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Body(skip): Body<Skip>,
) -> Result<Response, Problem> {
    administer(&desk, &caller, &case, AdminAct::Skip { timer: skip.timer }, &skip.reason).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Which run: `claims.B1`; the main one unless given.
    #[serde(default)]
    run: String,
    /// The states it enters.
    #[schema(min_items = 1)]
    to: Vec<String>,
    /// Why: mandatory.
    #[schema(min_length = 1)]
    reason: String,
}

/// A run leaves where it is, without exit actions, and enters other states.
#[utoipa::path(post, path = "/v1/cases/{case}/administer/move", tag = "incidents", request_body = Move,
    params(("case" = String, Path, description = "Its number"), Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn move_to(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
    Body(wish): Body<Move>,
) -> Result<Response, Problem> {
    let id = body::case(&case)?;
    let held = desk.office.seen(&caller.viewer, &id).await?;
    let of = target(&caller.viewer, &held, &wish.run)?;
    let to = wish.to.iter().map(|state| Name::from(state.as_str())).collect();
    administer(&desk, &caller, &case, AdminAct::Move { of, to }, &wish.reason).await
}
