//! Requests for cases that another node works on: passed on to it with the caller's own credentials, so that whoever
//! asks need not know how many nodes there are.
//!
//! While a case changes hands (its node died, froze or is closing) the request waits here and is tried again with the
//! same key. So it is done once, whichever node answers in the end, and what was received in time stays in time. When
//! the answer of the other node was lost, sending the same key again finds it out.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use runtime::nodes::name_of;
use tokio::time::Instant;

use crate::problem::Problem;
use crate::setting::{BODY_MAX, Desk, Missed, Passed, Peers};
use crate::watch::spans::{Kind, Place, Span};
use crate::wire::caller::{Received, RequestId};
use crate::wire::hop::{HEADER, Hop, PROBLEM, Turned};
use crate::words;

/// So long a request waits for a node that works on its case: longer than a takeover takes.
const PATIENCE: Duration = Duration::from_secs(10);
/// So long between two tries, unless it is known sooner that the case changed hands.
const PAUSE: Duration = Duration::from_millis(200);

/// Round every request: passes on what is another node's.
pub async fn pass_on(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(HEADER) {
        // The other node decides what to do next; a page would say it in words only.
        let response = next.run(request).await;
        return match turned(&response) {
            Some(turned) if !turned.closing => Problem::elsewhere(turned.node).into_response(),
            Some(_) => Problem::plain(words::CLOSING, "").into_response(),
            None => response,
        };
    }
    let Some(peers) = desk.peers.clone().filter(|_| !request.method().is_safe()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    match gathered(body).await {
        Ok(body) => {
            Sent { received: desk.office.engine.now(), desk, parts, body }.answered(&*peers, next).await
        }
        // Too large, or broken off: it is refused here.
        Err(body) => next.run(Request::from_parts(parts, body)).await,
    }
}

/// A request that can be sent again.
struct Sent {
    desk: Desk,
    parts: Parts,
    body: Bytes,
    received: Timestamp,
}

impl Sent {
    async fn answered(self, peers: &dyn Peers, next: Next) -> Response {
        let until = Instant::now() + PATIENCE;
        let (mut waited, mut in_doubt) = (false, false);
        loop {
            let response = next.clone().run(self.again(waited)).await;
            let Some(turned) = turned(&response) else { return response };
            waited = true;
            let any = || self.desk.office.engine.another_node().filter(|_| turned.closing);
            let node = turned.node.clone().or_else(any);
            if turned.closing && node.is_none() {
                return response;
            }
            if let Some(node) = &node {
                match self.passed(peers, node).await {
                    Came::Answered(response) => return response,
                    Came::NotNow => {}
                    Came::Unknown => in_doubt = true,
                }
            }
            if Instant::now() >= until {
                return if in_doubt {
                    Problem::plain(words::OUTCOME_UNKNOWN, "").into_response()
                } else {
                    response
                };
            }
            self.desk.office.engine.moved(PAUSE).await;
        }
    }

    /// The request, once more; the time that counts is that of its first coming.
    fn again(&self, waited: bool) -> Request {
        let mut request = Request::from_parts(self.parts.clone(), Body::from(self.body.clone()));
        if waited {
            request.extensions_mut().insert(Received(self.received));
        }
        request
    }

    async fn passed(&self, peers: &dyn Peers, node: &str) -> Came {
        let request = self.parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let hop = Hop { received: self.received, request };
        let mut headers = self.parts.headers.clone();
        let here = self.parts.extensions.get::<Place>();
        let place = here.and_then(Place::within);
        if let Some(value) = place.and_then(|place| HeaderValue::from_str(&place.header()).ok()) {
            headers.insert("traceparent", value);
        }
        let began = Timestamp::now();
        let about = (&self.parts.method, &self.parts.uri, &self.parts.headers);
        headers.insert(HEADER, self.desk.hops.sign(&hop, about));
        let passed = Passed {
            node: node.to_owned(),
            method: self.parts.method.clone(),
            path: self.parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            headers,
            body: self.body.clone(),
        };
        let came = match peers.pass_on(passed).await {
            Ok(response) => Came::of(response),
            Err(Missed::Away(why)) => {
                tracing::debug!(%node, why, "another node cannot be reached");
                Came::NotNow
            }
            Err(Missed::Lost(why)) => {
                tracing::warn!(%node, why, "the answer of another node was lost");
                Came::Unknown
            }
        };
        self.desk.figures.passed_on(came.name());
        if let (Some(spans), Some(place)) = (&self.desk.spans, place) {
            let status = if let Came::Answered(response) = &came { response.status().as_u16() } else { 0 };
            spans.ended(Span {
                place,
                parent: here.map(|here| here.span),
                kind: Kind::PassedOn,
                name: format!("pass on {}", self.parts.method),
                began,
                ended: Timestamp::now(),
                about: vec![
                    ("charter.node", name_of(node).to_owned()),
                    ("charter.came", came.name().to_owned()),
                ],
                status,
            });
        }
        came
    }
}

/// What came of passing a request on.
enum Came {
    /// The other node's answer.
    Answered(Response),
    /// It did nothing: the case changes hands, or the node closes.
    NotNow,
    /// It may have done it.
    Unknown,
}

impl Came {
    fn of(response: Response) -> Came {
        let code = response.headers().get(PROBLEM).and_then(|code| code.to_str().ok()).unwrap_or_default();
        match code {
            words::ELSEWHERE | words::CLOSING => Came::NotNow,
            words::OUTCOME_UNKNOWN => Came::Unknown,
            words::BAD_HOP => {
                tracing::error!(
                    "another node refuses what this one passes on: they have different session keys"
                );
                Came::NotNow
            }
            _ => Came::Answered(response),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Came::Answered(_) => "answered",
            Came::NotNow => "not_now",
            Came::Unknown => "unknown",
        }
    }
}

/// Whether nothing was done because another node works on the case.
fn turned(response: &Response) -> Option<Turned> {
    let said = response.extensions().get::<Turned>().cloned();
    said.or_else(|| response.extensions().get::<Problem>().and_then(Problem::turned))
}

/// A body up to the limit, to be sent as often as needed; what is larger, as it came.
async fn gathered(body: Body) -> Result<Bytes, Body> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) if bytes.len() + chunk.len() <= BODY_MAX => bytes.extend_from_slice(&chunk),
            rest => {
                let before = stream::iter([Ok(Bytes::from(bytes)), rest]);
                return Err(Body::from_stream(before.chain(stream)));
            }
        }
    }
    Ok(bytes.into())
}
