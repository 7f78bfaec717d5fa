//! The handle others use: send a command, get the answer after the commit that covers it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use expr::value::Value;
use jiff::Timestamp;
use machine::event::{Actor, Input};
use machine::ids::{CaseId, Name};
use ports::clock::Clock;
use ports::commit::Hash;
use ports::outbox::EffectKey;
use ports::store::Store;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::answer::{Answer, Trouble};
use crate::decide::{Job, Work};
use crate::lane::{Lane, Queue};
use crate::shelf::Shelf;

/// How much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Lanes; one for SQLite, a few for PostgreSQL.
    pub lanes: usize,
    /// Jobs waiting in one lane; more are turned away.
    pub queue_max: usize,
    /// Cases in one transaction.
    pub batch_max: usize,
    /// Cases a lane keeps in memory.
    pub known_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { lanes: 1, queue_max: 10_000, batch_max: 512, known_max: 20_000 }
    }
}

/// A command as it is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The case.
    pub case: CaseId,
    /// What.
    pub work: Work,
    /// Who.
    pub by: Actor,
    /// The caller's key; without one the command is done once for each time it is sent.
    pub key: Option<Name>,
    /// The message it takes in.
    pub message: Option<EffectKey>,
}

/// The engine. Cloning it is cheap; all clones are one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shelf: Arc<Shelf>,
    bounds: Bounds,
    queues: Vec<Arc<Queue>>,
    closing: AtomicBool,
}

impl Engine {
    /// An engine over a store, with the lanes it works in. Nothing happens until the lanes are run.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        shelf: Arc<Shelf>,
        bounds: Bounds,
    ) -> (Engine, Vec<Lane>) {
        let queues: Vec<Arc<Queue>> = (0..bounds.lanes.max(1)).map(|_| Arc::default()).collect();
        let lane = |queue: &Arc<Queue>| Lane::new(store.clone(), shelf.clone(), queue.clone(), bounds);
        let lanes = queues.iter().map(lane).collect();
        let closing = AtomicBool::new(false);
        (Engine { inner: Arc::new(Inner { store, clock, shelf, bounds, queues, closing }) }, lanes)
    }

    /// The store, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The definitions and calendars at hand.
    pub fn shelf(&self) -> &Arc<Shelf> {
        &self.inner.shelf
    }

    /// The present instant, cut to the microsecond.
    pub fn now(&self) -> Timestamp {
        let now = self.inner.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Opens a case.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn open(
        &self,
        case: CaseId,
        process: &str,
        data: Vec<(Name, Value)>,
        by: Actor,
        key: Option<Name>,
    ) -> Result<Answer, Trouble> {
        let work = Work::Open { process: process.into(), data };
        self.send(Sent { case, work, by, key, message: None }).await
    }

    /// Gives a case something to decide.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn give(
        &self,
        case: CaseId,
        input: Input,
        by: Actor,
        key: Option<Name>,
    ) -> Result<Answer, Trouble> {
        self.send(Sent { case, work: Work::Input(input), by, key, message: None }).await
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn send(&self, sent: Sent) -> Result<Answer, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.enter(sent, Some(reply))?;
        answer.await.unwrap_or(Err(Trouble::Closing))
    }

    /// Lets a case look at the clock; nobody waits.
    ///
    /// # Errors
    /// [`Trouble::Overloaded`] when its lane is full.
    pub fn tick(&self, case: CaseId) -> Result<(), Trouble> {
        let by = Actor::system("timer");
        self.enter(Sent { case, work: Work::Input(Input::Tick), by, key: None, message: None }, None)
    }

    fn enter(&self, sent: Sent, reply: Option<crate::lane::Reply>) -> Result<(), Trouble> {
        if self.inner.closing.load(Ordering::Acquire) {
            return Err(Trouble::Closing);
        }
        let queue = &self.inner.queues[lane_of(&sent.case, self.inner.queues.len())];
        let body = sent.key.as_ref().map(|_| body_of(&sent));
        let make = || Job {
            at: self.now(),
            key: sent.key.zip(body),
            case: sent.case,
            what: sent.work,
            by: sent.by,
            message: sent.message,
        };
        queue.enter(self.inner.bounds.queue_max, make, reply).map_err(|_| Trouble::Overloaded)
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        self.inner.queues.iter().map(|q| q.len()).sum()
    }

    /// Takes no more commands; those waiting are still answered.
    pub fn close(&self) {
        self.inner.closing.store(true, Ordering::Release);
        self.inner.queues.iter().for_each(|q| q.bell.notify_one());
    }

    /// Whether it takes no more commands.
    pub fn is_closing(&self) -> bool {
        self.inner.closing.load(Ordering::Acquire)
    }

    /// The queue of a lane.
    pub(crate) fn queue(&self, lane: usize) -> &Arc<Queue> {
        &self.inner.queues[lane]
    }
}

/// The lane of a case: always the same one.
fn lane_of(case: &CaseId, lanes: usize) -> usize {
    let hash = Sha256::digest(case.0.as_bytes());
    usize::from(u16::from_be_bytes([hash[0], hash[1]])) % lanes
}

/// What was asked, as a hash: the same key with another of it is a conflict.
fn body_of(sent: &Sent) -> Hash {
    let text = format!("{}\n{:?}\n{:?}", sent.case, sent.work, sent.by);
    Sha256::digest(text.as_bytes()).into()
}
