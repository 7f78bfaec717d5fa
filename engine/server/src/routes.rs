//! Every address, one noun a file; and what happens round each request.

mod cases;
mod definitions;
mod facts;
mod health;
mod incidents;
mod outbox;
mod passing;
pub(crate) mod session;
mod tasks;
mod timers;

use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::identity::secret;
use crate::office::reading;
use crate::problem::{Problem, ProblemView};
use crate::setting::{BODY_MAX, Desk};
use crate::watch::spans::{Kind, Place, Span};
use crate::wire::caller::{COOKIE, Received, RequestId};
use crate::wire::{slow, tongue};
use crate::words;

/// The longest id of a request that is taken over.
const REQUEST_ID_MAX: usize = 64;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Charter",
        description = "Policy processes: definitions, cases, tasks, deadlines, what goes out, histories. docs/api/ explains errors, keys, versions and cursors.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(ProblemView), responses(ProblemView)),
    security(("token" = []), ("session" = [])),
    tags(
        (name = "definitions", description = "Processes and their versions"),
        (name = "cases", description = "Cases, what is sent to them, their histories"),
        (name = "tasks", description = "What waits for people"),
        (name = "timers", description = "Deadlines and gates, and authority over them"),
        (name = "outbox", description = "What goes out: waiting and parked"),
        (name = "incidents", description = "Cases that cannot go on by themselves"),
        (name = "facts", description = "What happens, as it happens"),
        (name = "session", description = "Logging in and out"),
        (name = "server", description = "Health and figures"),
    ),
)]
struct Api;

/// Every address with its description.
fn described() -> OpenApiRouter<Desk> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(definitions::list, definitions::deploy))
        .routes(routes!(definitions::show))
        .routes(routes!(definitions::source))
        .routes(routes!(definitions::diagram))
        .routes(routes!(cases::list, cases::open))
        .routes(routes!(cases::show))
        .routes(routes!(cases::why))
        .routes(routes!(cases::send))
        .routes(routes!(cases::history))
        .routes(routes!(cases::diagram))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::show))
        .routes(routes!(tasks::submit))
        .routes(routes!(tasks::act))
        .routes(routes!(timers::list))
        .routes(routes!(timers::of_case))
        .routes(routes!(timers::act))
        .routes(routes!(timers::release))
        .routes(routes!(outbox::list))
        .routes(routes!(outbox::show))
        .routes(routes!(outbox::replay))
        .routes(routes!(outbox::skip))
        .routes(routes!(outbox::replay_all))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::retry))
        .routes(routes!(incidents::skip))
        .routes(routes!(incidents::move_to))
        .routes(routes!(incidents::cancel))
        .routes(routes!(facts::stream))
        .routes(routes!(session::log_in, session::log_out))
        .routes(routes!(session::me))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::figures))
}

/// The description of the API, as it is served at `/openapi.json`.
pub fn description() -> utoipa::openapi::OpenApi {
    let (_, mut api) = described().split_for_parts();
    let components = api.components.get_or_insert_default();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    api
}

/// Everything the server answers.
pub fn router(desk: Desk) -> Router {
    let (router, _) = described().split_for_parts();
    let text = serde_json::to_string_pretty(&description()).unwrap_or_default();
    let described = move || async move { ([("content-type", "application/json")], text) };
    router
        .route("/openapi.json", get(described))
        .merge(crate::pages::router())
        .method_not_allowed_fallback(|| async { Problem::plain(words::WRONG_METHOD, "") })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::custom(|_| Problem::plain(words::BUG, "").into_response()))
        .layer(middleware::from_fn_with_state(desk.clone(), passing::pass_on))
        .layer(middleware::from_fn_with_state(desk.clone(), around))
        .with_state(desk)
}

/// Round every request: its id, how long it took, a problem in the reader's language, headers that protect.
async fn around(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let lang = tongue::of(request.headers(), request.uri());
    let (mut parts, body) = request.into_parts();
    let hop = desk.hops.read(&parts, desk.office.engine.now());
    let id = match &hop {
        Ok(Some(hop)) => hop.request.clone(),
        _ => request_id(&parts.headers),
    };
    parts.extensions.insert(RequestId(id.clone()));
    let place = desk.spans.as_ref().and_then(|_| Place::of(&parts.headers));
    if let Some((place, _)) = place {
        parts.extensions.insert(place);
    }
    let began_at = Timestamp::now();
    if let Ok(Some(hop)) = &hop {
        parts.extensions.insert(Received(hop.received));
    }
    let length = headers_length(&parts);
    let request = Request::from_parts(parts, slow::patient(body, desk.limits));
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = format!("{} {}", request.method(), matched.as_deref().unwrap_or("unknown"));
    let response = match hop {
        Ok(_) if length > desk.limits.headers_max => {
            let detail = format!("{} bytes at most", desk.limits.headers_max);
            Problem::plain(words::HEADERS_TOO_LARGE, &detail).into_response()
        }
        Ok(_) => reading::REQUEST.scope(id.clone(), next.run(request)).await,
        Err(problem) => problem.into_response(),
    };
    let mut response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) => keep_headers(&response, problem.response(lang, &id)),
        None => response,
    };
    if let (Some(spans), Some((place, parent))) = (&desk.spans, place) {
        let about = vec![("http.route", route.clone()), ("charter.request", id.clone())];
        let (status, ended) = (response.status().as_u16(), Timestamp::now());
        let (kind, name) = (Kind::Answered, route.clone());
        spans.ended(Span { place, parent, kind, name, began: began_at, ended, about, status });
    }
    desk.figures.answered(&route, response.status().as_u16(), began.elapsed());
    tracing::debug!(%route, status = response.status().as_u16(), %id, micros = began.elapsed().as_micros(), "answered");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// How long the first line and the headers are, in bytes.
fn headers_length(parts: &Parts) -> usize {
    let first = parts.uri.path_and_query().map_or(0, |path| path.as_str().len());
    first + parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
}

/// What was set beside a problem (`Allow`) stays.
fn keep_headers(before: &Response, mut response: Response) -> Response {
    if let Some(allow) = before.headers().get("allow") {
        response.headers_mut().insert("allow", allow.clone());
    }
    response
}

/// The id that came in, with ours behind it so that it is unique; or only ours.
fn request_id(headers: &HeaderMap) -> String {
    let own = secret::random::<9>().map(|bytes| secret::text(&bytes)).unwrap_or_default();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let trace = text("traceparent").and_then(|trace| trace.split('-').nth(1));
    let given = text("x-request-id").or(trace).filter(|id| is_plain(id));
    given.map_or_else(|| own.clone(), |given| format!("{given}.{own}"))
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    !id.is_empty() && id.len() <= REQUEST_ID_MAX && id.bytes().all(plain)
}
