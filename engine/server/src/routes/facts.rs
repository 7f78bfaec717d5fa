//! `/v1/facts/stream`: what happens, as it happens, as server-sent events.
//!
//! Each event is one line of history the caller may see; its id says where to go on, on this node or another, after a
//! restart too. A reader that was away comes back with `Last-Event-ID` and gets what it missed. When that is kept no
//! more, one event `reset` says so: read the lists again, then go on.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use ports::query::{News, NewsPlace, Page, Since};
use ports::store::Store;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::office::Office;
use crate::office::cannot::Cannot;
use crate::office::history;
use crate::office::viewer::Viewer;
use crate::problem::{Problem, ProblemView};
use crate::setting::Desk;
use crate::watch::told::Listener;
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
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "default", response = ProblemView)))]
pub async fn stream(
    State(desk): State<Desk>,
    caller: Caller,
    Asked(query): Asked<StreamQuery>,
) -> Result<Response, Problem> {
    let last = caller.headers.get("last-event-id").map(|id| place(id.to_str().unwrap_or_default()));
    let store = desk.office.engine.store();
    let (at, pending) = match last {
        Some(Some(at)) => (at, vec![]),
        Some(None) => {
            let end = end(&**store).await?;
            (end, vec![reset(end)])
        }
        None => (end(&**store).await?, vec![]),
    };
    let listener = desk.told.listen();
    let reader = Reader {
        desk: desk.clone(),
        headers: caller.headers,
        viewer: caller.viewer,
        case: query.case,
        at,
        _listener: listener,
    };
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
    at: NewsPlace,
    _listener: Listener,
}

/// The next events; ends when the server closes, the caller is known no more, or the store fails: the reader comes
/// back with the id of the last event, to this node or another.
async fn next(mut reader: Reader) -> Option<(Vec<Event>, Reader)> {
    loop {
        let told = reader.desk.told.clone();
        let rung = told.bell.notified();
        if reader.desk.office.engine.is_closing() {
            return None;
        }
        let news = match told.since(reader.at, AT_ONCE) {
            Some(news) => news,
            None => match reader.stored().await.ok()? {
                Ok(news) => news,
                Err(end) => {
                    reader.at = end;
                    return Some((vec![reset(end)], reader));
                }
            },
        };
        if news.is_empty() {
            rung.await;
            continue;
        }
        // An account may have been closed in the meantime.
        reader.viewer = known(&reader.headers, &axum::http::Method::GET, &reader.desk).ok()?;
        let mut events = Vec::new();
        for one in news {
            events.extend(reader.told_of(&one).await);
            reader.at = one.place;
        }
        if !events.is_empty() {
            return Some((events, reader));
        }
    }
}

impl Reader {
    /// What the store says came next; where to begin anew when it does not know the place any more.
    async fn stored(&self) -> Result<Result<Vec<News>, NewsPlace>, Cannot> {
        let store = self.desk.office.engine.store();
        let page = store.news(Since::Place(self.at), AT_ONCE as u32).await?;
        match page.lost {
            false => Ok(Ok(page.news)),
            true => Ok(Err(end(&**store).await?)),
        }
    }

    async fn told_of(&self, news: &News) -> Vec<Event> {
        if self.case.as_ref().is_some_and(|case| *case != *news.case.0) {
            return vec![];
        }
        // What cannot be read now is left out of the stream; the lists have it.
        facts(&self.desk.office, &self.viewer, news).await.unwrap_or_default()
    }
}

/// Where the news ends now.
async fn end(store: &dyn Store) -> Result<NewsPlace, Cannot> {
    Ok(store.news(Since::End, 1).await?.at)
}

/// A place as readers keep it.
fn id(place: NewsPlace) -> String {
    format!("{}-{}", place.round, place.number)
}

/// The place of an id; `None` when it is none of ours.
fn place(id: &str) -> Option<NewsPlace> {
    let (round, number) = id.split_once('-')?;
    let place = NewsPlace { round: round.parse().ok()?, number: number.parse().ok()? };
    let possible = |it: u64| i64::try_from(it).is_ok();
    (possible(place.round) && possible(place.number)).then_some(place)
}

async fn facts(office: &Office, viewer: &Viewer, news: &News) -> Result<Vec<Event>, Cannot> {
    let held = office.seen(viewer, &news.case).await?;
    let page = Page { after: Some(news.entry - 1).filter(|entry| *entry > 0), limit: 1 };
    let entries = office.engine.store().history(news.case.clone(), page).await?;
    let Some(entry) = entries.first() else { return Ok(vec![]) };
    if history::tells_credit(&held, entry) {
        office.note_reading(viewer, &held, &entry.number.to_string()).await?;
    }
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
            if at + 1 == count { event.id(id(news.place)) } else { event }
        })
        .collect())
}

fn reset(end: NewsPlace) -> Event {
    Event::default().event("reset").id(id(end)).data("{\"reason\":\"read the lists again\"}")
}
