//! `/v1/outbox`: what goes out, and what a person decides about parked things.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use machine::ids::CaseId;
use ports::outbox::EffectKey;
use runtime::outbox::Decision;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::LIMIT;
use crate::office::outgoing::Wanted;
use crate::office::view::{OutgoingPage, OutgoingView};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{Asked, Body, Named, limit};
use crate::wire::caller::Caller;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OutboxQuery {
    /// Of this connector.
    connector: Option<String>,
    /// Of this case.
    case: Option<String>,
    /// Parked ones only, or waiting ones only.
    parked: Option<bool>,
    /// Where the page before ended.
    after: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// What waits to go out or is parked, in the order of keys.
#[utoipa::path(get, path = "/v1/outbox", tag = "outbox", params(OutboxQuery),
    responses((status = 200, body = OutgoingPage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<OutboxQuery>,
) -> Result<Json<OutgoingPage>, Problem> {
    let viewer = &caller.viewer;
    let after = query.after.as_deref().map(|after| desk.cursors.read("outbox", viewer, after)).transpose()?;
    let OutboxQuery { connector, case, parked, limit, .. } = query;
    let wanted = Wanted { connector, case, parked };
    let mut page = desk.office.outgoing(viewer, &wanted, after, limit.unwrap_or(LIMIT)).await?;
    page.after = page.after.map(|after| desk.cursors.sign("outbox", viewer, &after));
    Ok(Json(page))
}

fn key((case, entry, effect): (String, u64, u32)) -> EffectKey {
    EffectKey { case: CaseId(case.into()), entry, effect }
}

/// One of them: what it is, what went wrong, what can be done.
#[utoipa::path(get, path = "/v1/outbox/{case}/{entry}/{effect}", tag = "outbox",
    params(("case" = String, Path, description = "The case"), ("entry" = u64, Path, description = "The entry that sent it"), ("effect" = u32, Path, description = "Which effect of the entry")),
    responses((status = 200, body = OutgoingView), (status = "default", response = ProblemView)))]
pub async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Named(parts): Named<(String, u64, u32)>,
) -> Result<Json<OutgoingView>, Problem> {
    Ok(Json(desk.office.outgoing_one(&caller.viewer, &key(parts)).await?))
}

/// Lets a parked one go again, with the same key.
#[utoipa::path(post, path = "/v1/outbox/{case}/{entry}/{effect}/replay", tag = "outbox",
    params(("case" = String, Path, description = "The case"), ("entry" = u64, Path, description = "The entry that sent it"), ("effect" = u32, Path, description = "Which effect of the entry")),
    responses((status = 204, description = "It is tried again"), (status = "default", response = ProblemView)))]
pub async fn replay(
    State(desk): State<Desk>,
    caller: Caller,
    Named(parts): Named<(String, u64, u32)>,
) -> Result<StatusCode, Problem> {
    desk.office.decide_outgoing(&caller.viewer, &key(parts), Decision::SendAgain).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides that a parked one is not sent.
#[utoipa::path(post, path = "/v1/outbox/{case}/{entry}/{effect}/skip", tag = "outbox",
    params(("case" = String, Path, description = "The case"), ("entry" = u64, Path, description = "The entry that sent it"), ("effect" = u32, Path, description = "Which effect of the entry")),
    responses((status = 204, description = "It is not sent"), (status = "default", response = ProblemView)))]
pub async fn skip(
    State(desk): State<Desk>,
    caller: Caller,
    Named(parts): Named<(String, u64, u32)>,
) -> Result<StatusCode, Problem> {
    desk.office.decide_outgoing(&caller.viewer, &key(parts), Decision::Drop).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Of this connector only.
    connector: Option<String>,
    /// Of this case only.
    case: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Replayed {
    /// How many go again.
    replayed: u64,
}

/// Lets every parked one that fits go again.
#[utoipa::path(post, path = "/v1/outbox/replay", tag = "outbox", request_body = Option<Which>,
    responses((status = 200, body = Replayed), (status = "default", response = ProblemView)))]
pub async fn replay_all(
    State(desk): State<Desk>,
    caller: Caller,
    Body(which): Body<Which>,
) -> Result<Json<Replayed>, Problem> {
    let wanted = Wanted { connector: which.connector, case: which.case, parked: Some(true) };
    let replayed = desk.office.replay_all(&caller.viewer, &wanted).await?;
    Ok(Json(Replayed { replayed }))
}
