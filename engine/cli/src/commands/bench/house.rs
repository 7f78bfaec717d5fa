//! An engine at work over a store, with a door on the loopback where HTTP is measured.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use language::words;
use ports::clock::Clock;
use ports::store::Store;
use runtime::bench::{self, ROLE};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::loops;
use runtime::shelf::Shelf;
use server::identity::{Identities, Register, secret};
use server::listen::Limits;
use server::watch::figures::Figures;
use server::watch::told::{Telling, Told};
use store::Address;
use tokio::task::JoinSet;

use super::way::Line;
use crate::exit::{Exit, Failure};
use crate::faults::failure;

/// Commands waiting in a lane before more are turned away.
const QUEUE: usize = 4_000;

/// The host's clock, moved ahead when deadlines are to come.
#[derive(Default)]
pub struct Ahead(AtomicI64);

impl Ahead {
    /// Moves it.
    pub fn more(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// An engine with its lanes at work.
pub struct House {
    /// The engine.
    pub engine: Engine,
    at_work: JoinSet<loops::Ended>,
    told: Arc<Told>,
    figures: Arc<Figures>,
    door: Option<tokio::task::JoinHandle<()>>,
}

struct Fine;

impl server::setting::Probe for Fine {
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<server::setting::Found>> + Send + '_>> {
        Box::pin(async { vec![] })
    }
}

impl House {
    /// Opens the store and lets the lanes work.
    ///
    /// # Errors
    /// The store cannot be opened.
    pub async fn open(address: &Address, clock: Arc<Ahead>) -> Result<House, Failure> {
        let store = store::open(address, clock.clone(), 8).await.map_err(|fault| failure(&fault))?;
        let (told, figures) = (Arc::new(Told::default()), Arc::new(Figures::default()));
        let store: Arc<dyn Store> = Arc::new(Telling::new(store, told.clone(), figures.clone()));
        // The clock is moved by hand: nobody has to be asked about that.
        let bounds = Bounds { queue_max: QUEUE, breaker: false, ..Bounds::default() };
        let setting = Setting { bounds, ..Setting::alone(store, clock, Arc::new(Shelf::default())) };
        let (engine, all) = Engine::new(setting);
        bench::prepare(&engine);
        let mut at_work = JoinSet::new();
        for (number, lane) in all.into_iter().enumerate() {
            at_work.spawn(loops::lane(engine.clone(), number, lane));
        }
        Ok(House { engine, at_work, told, figures, door: None })
    }

    /// Fires deadlines from now on, as a server does.
    pub fn watch_clock(&mut self) {
        self.at_work.spawn(loops::clock(self.engine.clone()));
    }

    /// Opens a door on the loopback, with a clerk's token, and gives a line to it.
    ///
    /// # Errors
    /// No address, or no token.
    pub async fn line(&mut self) -> Result<Line, Failure> {
        let cannot = |why: String| {
            Failure::new(Exit::Unreachable, words!("打不开 HTTP：{why}", "cannot open HTTP: {why}"))
        };
        let token = secret::new_token().map_err(|error| cannot(error.to_string()))?;
        let key = secret::random::<32>().map_err(|error| cannot(error.to_string()))?;
        let text = format!(
            "tokens:\n  \"{}\": {{ account: clerk, hash: \"{}\" }}\naccounts:\n  clerk: {{ organisation: \"office\", roles: [{ROLE}] }}\n",
            token.id, token.hash
        );
        let register = Register::read("accounts.yaml", text.as_bytes());
        let register = register.map_err(|found| cannot(format!("{:?}", found.report)))?;
        let router = server::Server::router(server::Setting {
            engine: self.engine.clone(),
            identities: Arc::new(Identities::new(register, key)),
            cursor_key: key,
            figures: self.figures.clone(),
            told: self.told.clone(),
            probe: Arc::new(Fine),
            stage: None,
            runs: None,
            peers: None,
            limits: Limits::default(),
            spans: None,
        });
        let listener = crate::serving::listen("127.0.0.1:0").await?;
        let url = listener.local_addr().map_err(|error| cannot(error.to_string()))?;
        self.door = Some(tokio::spawn(async move {
            // It ends with the measurement.
            server::listen::serve(listener, router, Limits::default(), std::future::pending()).await;
        }));
        Line::new(&format!("http://{url}"), &token.whole)
    }

    /// Finishes what is under way.
    pub async fn close(mut self) {
        if let Some(door) = self.door.take() {
            door.abort();
        }
        self.engine.close();
        while self.at_work.join_next().await.is_some() {}
    }
}
