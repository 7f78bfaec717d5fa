//! The other nodes over HTTP: a request for a case they work on goes to the address that stands with their leases.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::Response;
use language::words;
use runtime::engine::Engine;
use runtime::nodes::address_of;
use server::setting::{Missed, Passed, Peers};

use crate::exit::{Exit, Failure};

/// A node that works takes a connection within this time.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer is waited for from a node that keeps its leases.
const ANSWER: Duration = Duration::from_secs(30);
/// A connection that was idle for longer is not used again: the other node closes it at three times that.
const IDLE: Duration = Duration::from_secs(10);
/// How often it is looked whether the other node still works.
const LOOK: Duration = Duration::from_millis(250);
/// An answer longer than this is none of ours, in bytes.
const ANSWER_MAX: usize = 16 << 20;
/// Headers that belong to one connection.
const OF_CONNECTION: [HeaderName; 5] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::UPGRADE, header::DATE];

/// The other nodes.
pub struct Nodes {
    engine: Engine,
    client: reqwest::Client,
}

impl Nodes {
    /// Those that share the engine's store.
    ///
    /// # Errors
    /// No TLS to be had.
    pub fn new(engine: Engine) -> Result<Nodes, Failure> {
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .timeout(ANSWER)
            .build();
        let client = client.map_err(|error| {
            Failure::new(
                Exit::Unreachable,
                words!("不能连接其他节点：{error}", "cannot reach other nodes: {error}"),
            )
        })?;
        Ok(Nodes { engine, client })
    }

    async fn answered(&self, passed: Passed) -> Result<Response, Missed> {
        let Some(address) = address_of(&passed.node) else {
            return Err(Missed::Away("it gave no address: --advertise".to_owned()));
        };
        let request = self
            .client
            .request(passed.method, format!("{}{}", address.trim_end_matches('/'), passed.path))
            .headers(own(passed.headers))
            .body(passed.body);
        let response = request.send().await.map_err(missed)?;
        let (status, headers) = (response.status(), own(response.headers().clone()));
        let body = response.bytes().await.map_err(|error| Missed::Lost(error.to_string()))?;
        if body.len() > ANSWER_MAX {
            return Err(Missed::Lost("its answer is too long".to_owned()));
        }
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    /// Until that node works no more, as far as is known here: a frozen one answers nothing and says nothing.
    async fn gone(&self, node: &str) {
        while self.engine.knows_at_work(node) {
            self.engine.moved(LOOK).await;
        }
    }
}

impl Peers for Nodes {
    fn pass_on(&self, passed: Passed) -> Pin<Box<dyn Future<Output = Result<Response, Missed>> + Send + '_>> {
        Box::pin(async move {
            let node = passed.node.clone();
            tokio::select! {
                answered = self.answered(passed) => answered,
                () = self.gone(&node) => Err(Missed::Lost("its cases went to another node".to_owned())),
            }
        })
    }
}

/// Headers that travel on.
fn own(mut headers: HeaderMap) -> HeaderMap {
    OF_CONNECTION.iter().for_each(|name| while headers.remove(name).is_some() {});
    headers
}

fn missed(error: reqwest::Error) -> Missed {
    let why = crate::client::cause(&error);
    if error.is_connect() || error.is_builder() { Missed::Away(why) } else { Missed::Lost(why) }
}
