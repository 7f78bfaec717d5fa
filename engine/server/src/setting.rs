//! What the server is given, and the router it makes of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use runtime::engine::Engine;

use crate::identity::Identities;
use crate::office::Office;
use crate::pages::runs::Runs;
use crate::pages::stage::Stage;
use crate::routes;
use crate::watch::figures::Figures;
use crate::watch::told::Told;
use crate::wire::cursor::Cursors;

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
}

/// Looks whether the server can do its work.
pub trait Probe: Send + Sync {
    /// What is wrong, one line each; nothing when it is ready.
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>>;
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
        let Setting { engine, identities, cursor_key, figures, told, probe, stage, runs } = setting;
        let office = Office { engine, identities };
        let desk =
            Desk { office, cursors: Arc::new(Cursors::new(cursor_key)), figures, told, probe, stage, runs };
        routes::router(desk)
    }
}
