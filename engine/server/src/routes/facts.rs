//! `/v1/facts/stream`: what happens, as it happens, as server-sent events.
//!
//! Each event is one line of history the caller may see; its id says where to go on. A reader that was away comes
//! back with `Last-Event-ID` and gets what it missed. When that is kept no more, or the server was started anew, one
//! event `reset` says so: read the lists again, then go on.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use ports::query::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::office::Office;
use crate::office::cannot::Cannot;
use crate::office::history;
use crate::office::viewer::Viewer;
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::watch::told::{News, Since, Told};
use crate::wire::body::Asked;
use crate::wire::caller::{Caller, known};

/// A silent stream says something after this long.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// So many entries are taken up at once.
const AT_ONCE: usize = 100;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Of this case only.
    case: Option<String>,
}

/// What happens, as it happens.
#[utoipa::path(get, path = "/v1/facts/stream", tag = "facts",
    params(StreamQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event seen")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "default", body = ProblemView)))]
pub async fn stream(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<StreamQuery>,
) -> Result<Response, Problem> {
    let told = &desk.told;
    let last = caller.headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default().to_owned());
    let (at, pending) = match last.as_deref() {
        None => (told.last(), vec![]),
        Some(id) => match told.number_of(id) {
            Some(number) => (number, vec![]),
            None => (told.last(), vec![reset(told)]),
        },
    };
    let reader =
        Reader { desk: desk.clone(), headers: caller.headers, viewer: caller.viewer, case: query.case, at };
    let first = stream::iter(pending);
    let events = first.chain(stream::unfold(reader, next).flat_map(stream::iter)).map(Ok::<_, Infallible>);
    let keep = KeepAlive::new().interval(HEARTBEAT).text("still here");
    let mut response = Sse::new(events).keep_alive(keep).into_response();
    // Proxies must not gather it up.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

struct Reader {
    desk: Desk,
    headers: HeaderMap,
    viewer: Viewer,
    case: Option<String>,
    at: u64,
}

/// The next events; ends when the server closes or the caller is known no more.
async fn next(mut reader: Reader) -> Option<(Vec<Event>, Reader)> {
    loop {
        let told = reader.desk.told.clone();
        let rung = told.bell.notified();
        if reader.desk.office.engine.is_closing() {
            return None;
        }
        match told.since(reader.at, AT_ONCE) {
            Since::Lost(last) => {
                reader.at = last;
                return Some((vec![reset(&told)], reader));
            }
            Since::News(news) if news.is_empty() => rung.await,
            Since::News(news) => {
                // An account may have been closed in the meantime.
                reader.viewer = known(&reader.headers, &axum::http::Method::GET, &reader.desk).ok()?;
                let mut events = Vec::new();
                for one in news {
                    events.extend(reader.told_of(&told, &one).await);
                    reader.at = one.number;
                }
                if !events.is_empty() {
                    return Some((events, reader));
                }
            }
        }
    }
}

impl Reader {
    async fn told_of(&self, told: &Told, news: &News) -> Vec<Event> {
        if self.case.as_ref().is_some_and(|case| *case != *news.case.0) {
            return vec![];
        }
        // What cannot be read now is left out of the stream; the lists have it.
        facts(&self.desk.office, &self.viewer, told, news).await.unwrap_or_default()
    }
}

async fn facts(office: &Office, viewer: &Viewer, told: &Told, news: &News) -> Result<Vec<Event>, Cannot> {
    let held = office.seen(viewer, &news.case).await?;
    let page = Page { after: Some(news.entry - 1).filter(|entry| *entry > 0), limit: 1 };
    let entries = office.engine.store().history(news.case.clone(), page).await?;
    let Some(entry) = entries.first() else { return Ok(vec![]) };
    let facts = history::facts(viewer, &held, entry);
    let count = facts.len();
    Ok(facts
        .into_iter()
        .enumerate()
        .map(|(at, fact)| {
            let mut said = serde_json::json!({ "case": &*news.case.0, "process": &*held.case().process });
            if let (Some(said), Ok(serde_json::Value::Object(fact))) =
                (said.as_object_mut(), serde_json::to_value(&fact))
            {
                said.extend(fact);
            }
            let event = Event::default().event("fact").data(said.to_string());
            // An entry is seen whole or not: only its last fact moves the reader on.
            if at + 1 == count { event.id(told.id_of(news.number)) } else { event }
        })
        .collect())
}

fn reset(told: &Told) -> Event {
    Event::default().event("reset").id(told.id_of(told.last())).data("{\"reason\":\"read the lists again\"}")
}
