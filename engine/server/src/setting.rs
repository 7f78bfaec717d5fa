//! What the server is given, and the router it makes of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use machine::ids::Bilingual;
use runtime::engine::Engine;

use crate::identity::Identities;
use crate::listen::Limits;
use crate::office::Office;
use crate::pages::runs::Runs;
use crate::pages::stage::Stage;
use crate::routes;
use crate::watch::figures::Figures;
use crate::watch::spans::Spans;
use crate::watch::told::Told;
use crate::wire::cursor::Cursors;
use crate::wire::hop::Hops;

/// The largest body a request may have, in bytes.
pub const BODY_MAX: usize = 1 << 20;

/// What the server works with. Stores and connectors are the assembler's: here only the engine is known.
pub struct Setting {
    /// What works.
    pub engine: Engine,
    /// Who may use it.
    pub identities: Arc<Identities>,
    /// What signs cursors.
    pub cursor_key: [u8; 32],
    /// What is counted.
    pub figures: Arc<Figures>,
    /// What was written, as it is written.
    pub told: Arc<Told>,
    /// Whether the server can do its work right now.
    pub probe: Arc<dyn Probe>,
    /// What a demonstration can do besides; `None` in an office.
    pub stage: Option<Arc<dyn Stage>>,
    /// The runs of the annual settlement; `None` where none are kept.
    pub runs: Option<Arc<dyn Runs>>,
    /// The other nodes; `None` where there can be none.
    pub peers: Option<Arc<dyn Peers>>,
    /// What a request may take.
    pub limits: Limits,
    /// Where spans go; `None` when nobody gathers them.
    pub spans: Option<Arc<dyn Spans>>,
}

/// Brings requests to other nodes.
pub trait Peers: Send + Sync {
    /// Passes a request on and waits for the answer, as long as that node works.
    fn pass_on(&self, passed: Passed) -> Pin<Box<dyn Future<Output = Result<Response, Missed>> + Send + '_>>;
}

/// A request for another node.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The node, as the leases name it.
    pub node: String,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The caller's own headers, and the one that says when it was received.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer of another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// It never got the request.
    Away(String),
    /// It may have got it.
    Lost(String),
}

/// Looks whether the server can do its work.
pub trait Probe: Send + Sync {
    /// What is wrong; nothing when all is well.
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<Found>> + Send + '_>>;
}

/// Something that is wrong with a server, or soon will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its stable code; its page says more.
    pub code: &'static str,
    /// Requests had better go to another server.
    pub stops: bool,
    /// What it is about this time.
    pub detail: Bilingual,
    /// What to do.
    pub cure: Bilingual,
}

/// What handlers share. Cloning is cheap.
#[derive(Clone)]
pub struct Desk {
    /// Reads and acts.
    pub office: Office,
    /// Signs places in lists.
    pub cursors: Arc<Cursors>,
    /// What is counted.
    pub figures: Arc<Figures>,
    /// What was written, as it is written.
    pub told: Arc<Told>,
    /// Whether it can do its work.
    pub probe: Arc<dyn Probe>,
    /// What a demonstration can do besides.
    pub stage: Option<Arc<dyn Stage>>,
    /// The runs of the annual settlement.
    pub runs: Option<Arc<dyn Runs>>,
    /// The other nodes.
    pub peers: Option<Arc<dyn Peers>>,
    /// Signs what is passed on.
    pub hops: Arc<Hops>,
    /// What a request may take.
    pub limits: Limits,
    /// Where spans go.
    pub spans: Option<Arc<dyn Spans>>,
}

impl Desk {
    /// What time it is for sessions and tokens. In a demonstration policies run by a clock that people push
    /// forward; nobody is logged out by that.
    pub fn now_of_sessions(&self) -> jiff::Timestamp {
        if self.stage.is_some() { jiff::Timestamp::now() } else { self.office.engine.now() }
    }
}

/// The HTTP face.
pub struct Server;

impl Server {
    /// Everything it answers.
    pub fn router(setting: Setting) -> Router {
        let Setting {
            engine,
            identities,
            cursor_key,
            figures,
            told,
            probe,
            stage,
            runs,
            peers,
            limits,
            spans,
        } = setting;
        let (office, cursors) = (Office { engine, identities }, Arc::new(Cursors::new(cursor_key)));
        let hops = Arc::new(Hops::new(cursor_key));
        let desk = Desk { office, cursors, figures, told, probe, stage, runs, peers, hops, limits, spans };
        routes::router(desk)
    }
}
