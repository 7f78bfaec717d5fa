//! `/v1/timers`: what falls due, and authority over it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use machine::event::TimerAct;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cases::{LIMIT, tagged};
use crate::office::cannot::Cannot;
use crate::office::view::{DoneView, TimerPage};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{self, Asked, Body, Named, limit};
use crate::wire::caller::{Caller, Sending};
use crate::words;

/// How far ahead a list looks unless asked for otherwise.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimerQuery {
    /// Of this process.
    process: Option<String>,
    /// Due at or before this instant.
    until: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// What falls due next, soonest first.
#[utoipa::path(get, path = "/v1/timers", tag = "timers", params(TimerQuery),
    responses((status = 200, body = TimerPage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<TimerQuery>,
) -> Result<Json<TimerPage>, Problem> {
    let now = desk.office.engine.now();
    let until = match &query.until {
        Some(text) => instant("until", text)?,
        None => now.checked_add(AHEAD).unwrap_or(now),
    };
    let limit = query.limit.unwrap_or(LIMIT);
    Ok(Json(desk.office.timers(&caller.viewer, query.process.as_deref(), until, limit).await?))
}

fn instant(name: &str, text: &str) -> Result<Timestamp, Cannot> {
    text.parse().map_err(|_| {
        Cannot::wrong(
            words::BAD_VALUE,
            format!("{name} 要写成时刻，如 2026-12-01T00:00:00+08:00"),
            format!("{name} is an instant, such as 2026-12-01T00:00:00+08:00"),
        )
    })
}

/// The pending timers of a case, each with how its date came about.
#[utoipa::path(get, path = "/v1/cases/{case}/timers", tag = "timers", params(("case" = String, Path, description = "Its number")),
    responses((status = 200, body = TimerPage), (status = "default", response = ProblemView)))]
pub async fn of_case(
    State(desk): State<Desk>,
    caller: Caller,
    Named(case): Named<String>,
) -> Result<Json<TimerPage>, Problem> {
    Ok(Json(desk.office.timers_of(&caller.viewer, &body::case(&case)?).await?))
}

/// What authority can do to a timer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It stands still.
    Suspend,
    /// It runs on with what was left.
    Resume,
    /// So many more of its own units.
    Extend,
    /// Due at another instant.
    Move,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimerChange {
    /// Why: mandatory.
    #[schema(min_length = 1)]
    reason: String,
    /// How many more of its units, to extend.
    units: Option<u32>,
    /// The new instant, to move.
    to: Option<String>,
}

impl TimerChange {
    fn act(&self, act: Act) -> Result<TimerAct, Cannot> {
        let lacks = |name: &str| {
            Cannot::wrong(words::BAD_BODY, format!("缺少 {name}"), format!("`{name}` is missing"))
        };
        let more = |name: &str| {
            let detail = format!("`{name}` does not belong to this act");
            Cannot::wrong(words::BAD_BODY, format!("这个操作不用 {name}"), detail)
        };
        match (act, self.units, &self.to) {
            (Act::Suspend, None, None) => Ok(TimerAct::Suspend),
            (Act::Resume, None, None) => Ok(TimerAct::Resume),
            (Act::Extend, Some(units), None) => Ok(TimerAct::Extend(units)),
            (Act::Move, None, Some(to)) => Ok(TimerAct::Move(instant("to", to)?)),
            (Act::Extend, None, _) => Err(lacks("units")),
            (Act::Move, _, None) => Err(lacks("to")),
            (_, Some(_), _) => Err(more("units")),
            (_, None, Some(_)) => Err(more("to")),
        }
    }
}

/// Somebody with authority acts on a timer, with a reason.
#[utoipa::path(post, path = "/v1/cases/{case}/timers/{timer}/{act}", tag = "timers", request_body = TimerChange,
    params(("case" = String, Path, description = "The case's number"), ("timer" = u32, Path, description = "The timer's number in the case"),
        ("act" = inline(Act), Path, description = "What is done"),
        Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn act(
    State(desk): State<Desk>,
    caller: Caller,
    Named((case, timer, act)): Named<(String, u32, Act)>,
    Body(change): Body<TimerChange>,
) -> Result<Response, Problem> {
    let (how, case) = (caller.how()?, body::case(&case)?);
    let act = change.act(act)?;
    let done = desk.office.act_on_timer(&caller.viewer, &case, timer, act, &change.reason, &how).await?;
    Ok(tagged(done))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Why: mandatory.
    #[schema(min_length = 1)]
    reason: String,
}

/// Lets deadlines fire that the engine holds back because the clock jumped or too many fell due at once.
#[utoipa::path(post, path = "/v1/deadlines/release", tag = "timers", request_body = Why,
    responses((status = 204, description = "They fire within a second"), (status = "default", response = ProblemView)))]
pub async fn release(
    State(desk): State<Desk>,
    caller: Caller,
    Body(why): Body<Why>,
) -> Result<StatusCode, Problem> {
    desk.office.release_deadlines(&caller.viewer, &why.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
