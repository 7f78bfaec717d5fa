//! `/v1/tasks`: the inbox, and what can be done with a task.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use machine::chart::Verb;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::cases::{LIMIT, tagged};
use crate::office::act::Asked as AskedEvent;
use crate::office::tasks::Whose;
use crate::office::view::{DoneView, TaskPage, TaskView};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{self, Asked, Body, Named, limit};
use crate::wire::caller::{Caller, Sending};

/// Whose tasks.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoseWord {
    /// Those the caller may take or has taken.
    #[default]
    Mine,
    /// Those the caller has taken.
    Held,
    /// Everything the caller sees.
    Seen,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// mine, held or seen.
    #[param(inline)]
    whose: Option<WhoseWord>,
    /// Of this process.
    process: Option<String>,
    /// Of this role; with `whose=seen`.
    role: Option<String>,
    /// Of this organisation; with `whose=seen`.
    party: Option<String>,
    /// Where the page before ended.
    after: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Open tasks, soonest due first.
#[utoipa::path(get, path = "/v1/tasks", tag = "tasks", params(TaskQuery),
    responses((status = 200, body = TaskPage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<TaskQuery>,
) -> Result<Json<TaskPage>, Problem> {
    let viewer = &caller.viewer;
    let after = query.after.as_deref().map(|after| desk.cursors.read("tasks", viewer, after)).transpose()?;
    let whose = match query.whose.unwrap_or_default() {
        WhoseWord::Mine => Whose::Mine,
        WhoseWord::Held => Whose::Held,
        WhoseWord::Seen => Whose::Seen { role: query.role, party: query.party },
    };
    let limit = query.limit.unwrap_or(LIMIT);
    let mut page = desk.office.tasks(viewer, &whose, query.process.as_deref(), after, limit).await?;
    page.after = page.after.map(|after| desk.cursors.sign("tasks", viewer, &after));
    Ok(Json(page))
}

/// One open task.
#[utoipa::path(get, path = "/v1/tasks/{case}/{task}", tag = "tasks",
    params(("case" = String, Path, description = "The case's number"), ("task" = u32, Path, description = "The task's number in the case")),
    responses((status = 200, body = TaskView), (status = "default", response = ProblemView)))]
pub async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Named((case, task)): Named<(String, u32)>,
) -> Result<Json<TaskView>, Problem> {
    Ok(Json(desk.office.task(&caller.viewer, &body::case(&case)?, task).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// One of the task's outcomes.
    #[schema(min_length = 1)]
    event: String,
    /// What comes with it, by field.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Why, where the outcome wants a reason.
    reason: Option<String>,
}

/// Decides a task.
#[utoipa::path(post, path = "/v1/tasks/{case}/{task}/submit", tag = "tasks", request_body = Outcome,
    params(("case" = String, Path, description = "The case's number"), ("task" = u32, Path, description = "The task's number in the case"),
        Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn submit(
    State(desk): State<Desk>,
    caller: Caller,
    Named((case, task)): Named<(String, u32)>,
    Body(outcome): Body<Outcome>,
) -> Result<Response, Problem> {
    let Outcome { event, data, reason } = outcome;
    let asked = AskedEvent { run: String::new(), event, data, reason };
    let how = caller.how()?;
    let done = desk.office.submit(&caller.viewer, &body::case(&case)?, task, asked, &how).await?;
    Ok(tagged(done))
}

/// What can be done with a task besides deciding it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Take it.
    Claim,
    /// Put it back.
    Release,
    /// Hand it to somebody else for good.
    Transfer,
    /// Let somebody else act in one's name.
    Delegate,
    /// Ask another person to sign as well.
    AddSigner,
    /// Take an asked person off again.
    RemoveSigner,
    /// Ask the holder to hurry.
    Urge,
}

impl Act {
    fn verb(self) -> Verb {
        match self {
            Act::Claim => Verb::Claim,
            Act::Release => Verb::Release,
            Act::Transfer => Verb::Transfer,
            Act::Delegate => Verb::Delegate,
            Act::AddSigner => Verb::AddSigner,
            Act::RemoveSigner => Verb::RemoveSigner,
            Act::Urge => Verb::Urge,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskAct {
    /// The account it is handed to, or that is asked to sign.
    to: Option<String>,
    /// Why.
    reason: Option<String>,
}

/// Acts on a task without deciding it.
#[utoipa::path(post, path = "/v1/tasks/{case}/{task}/{act}", tag = "tasks", request_body = Option<TaskAct>,
    params(("case" = String, Path, description = "The case's number"), ("task" = u32, Path, description = "The task's number in the case"),
        ("act" = inline(Act), Path, description = "What is done"),
        Sending),
    responses((status = 200, body = DoneView), (status = "default", response = ProblemView)))]
pub async fn act(
    State(desk): State<Desk>,
    caller: Caller,
    Named((case, task, act)): Named<(String, u32, Act)>,
    Body(with): Body<TaskAct>,
) -> Result<Response, Problem> {
    let (how, case) = (caller.how()?, body::case(&case)?);
    let with = (with.to, with.reason);
    let done = desk.office.act_on_task(&caller.viewer, &case, task, act.verb(), with, &how).await?;
    Ok(tagged(done))
}
