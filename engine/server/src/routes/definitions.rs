//! `/v1/definitions`: processes and their versions.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use diagram::Overlay;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::office::picture::{self, Form};
use crate::office::view::{DefinitionPage, DefinitionView};
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::wire::body::{Asked, Body, Named};
use crate::wire::caller::Caller;
use crate::wire::tongue;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfProcess {
    /// Of this process only.
    process: Option<String>,
}

/// Definitions, newest first.
#[utoipa::path(get, path = "/v1/definitions", tag = "definitions", params(OfProcess),
    responses((status = 200, body = DefinitionPage), (status = "default", response = ProblemView)))]
pub async fn list(
    State(desk): State<Desk>,
    _caller: Caller,
    Asked(of): Asked<OfProcess>,
) -> Result<Json<DefinitionPage>, Problem> {
    Ok(Json(desk.office.definitions(of.process.as_deref()).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDefinition {
    /// The text of `workflow.yaml`.
    text: String,
    /// Why it is put into force: the document that says so.
    reason: String,
}

/// Puts a process into force. The same content again changes nothing.
#[utoipa::path(post, path = "/v1/definitions", tag = "definitions", request_body = NewDefinition,
    responses((status = 201, body = DefinitionView), (status = 200, description = "It was in force already", body = DefinitionView),
        (status = "default", response = ProblemView)))]
pub async fn deploy(
    State(desk): State<Desk>,
    caller: Caller,
    Body(new): Body<NewDefinition>,
) -> Result<(StatusCode, Json<DefinitionView>), Problem> {
    let (view, is_new) = desk.office.deploy(&caller.viewer, &new.text, &new.reason).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(view)))
}

/// A definition, by its process (the one in force) or its hash.
#[utoipa::path(get, path = "/v1/definitions/{name}", tag = "definitions",
    params(("name" = String, Path, description = "A process or the hash of a definition")),
    responses((status = 200, body = DefinitionView), (status = "default", response = ProblemView)))]
pub async fn show(
    State(desk): State<Desk>,
    _caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<DefinitionView>, Problem> {
    Ok(Json(desk.office.definition(&name).await?))
}

/// The text of a definition as it was deployed.
#[utoipa::path(get, path = "/v1/definitions/{name}/source", tag = "definitions",
    params(("name" = String, Path, description = "A process or the hash of a definition")),
    responses((status = 200, body = String, content_type = "application/yaml"), (status = "default", response = ProblemView)))]
pub async fn source(
    State(desk): State<Desk>,
    _caller: Caller,
    Named(name): Named<String>,
) -> Result<Response, Problem> {
    let kept = desk.office.kept(&name).await?;
    Ok(([(header::CONTENT_TYPE, "application/yaml; charset=utf-8")], kept.text).into_response())
}

/// How a picture is drawn.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For pages.
    #[default]
    Svg,
    /// For terminals.
    Text,
    /// For other tools.
    Mermaid,
    /// The shape XState reads.
    Json,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Drawing {
    /// svg, text, mermaid or json.
    #[param(inline)]
    format: Option<Format>,
    /// zh or en.
    #[expect(dead_code, reason = "read by the caller's language; named here so that it is known")]
    lang: Option<String>,
}

impl Drawing {
    /// The form asked for, and what its answer is.
    pub fn form(&self) -> (Form, &'static str) {
        match self.format.unwrap_or_default() {
            Format::Svg => (Form::Svg, "image/svg+xml; charset=utf-8"),
            Format::Text => (Form::Text, "text/plain; charset=utf-8"),
            Format::Mermaid => (Form::Mermaid, "text/plain; charset=utf-8"),
            Format::Json => (Form::Json, "application/json"),
        }
    }
}

/// The picture of a definition.
#[utoipa::path(get, path = "/v1/definitions/{name}/diagram", tag = "definitions",
    params(("name" = String, Path, description = "A process or the hash of a definition"), Drawing),
    responses((status = 200, content((String = "image/svg+xml"), (String = "text/plain"), (Object = "application/json"))), (status = "default", response = ProblemView)))]
pub async fn diagram(
    State(desk): State<Desk>,
    caller: Caller,
    Named(name): Named<String>,
    Asked(drawing): Asked<Drawing>,
) -> Result<Response, Problem> {
    let definition = desk.office.compiled(&name).await?;
    let (form, kind) = drawing.form();
    let drawn = picture::draw(&definition, &Overlay::default(), form, tongue::of_picture(caller.lang));
    Ok(([(header::CONTENT_TYPE, kind)], drawn).into_response())
}
