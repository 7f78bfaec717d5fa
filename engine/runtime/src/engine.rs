//! The handle others use: send a command, get the answer after the commit that covers it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use machine::event::{Actor, AdminAct, Input};
use machine::ids::{CaseId, Name};
use ports::clock::Clock;
use ports::commit::{Fence, Hash};
use ports::outbox::EffectKey;
use ports::query::PARTS;
use ports::store::Store;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, oneshot};

use crate::answer::{Answer, Trouble};
use crate::breaker::Held;
use crate::decide::{Job, Work};
use crate::holdings::{Holdings, part_of};
use crate::lane::Lane;
use crate::queue::{Queue, Reply, Turned, UnderWay};
use crate::shelf::Shelf;
use crate::ticks::Ticks;
use crate::timers::Deadlines;

/// How much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Lanes; two for SQLite (one decides while the other's transaction is written), a few for PostgreSQL.
    pub lanes: usize,
    /// Jobs waiting in one lane; more are turned away.
    pub queue_max: usize,
    /// Jobs in one transaction.
    pub batch_max: usize,
    /// Runs a lane keeps in memory: a case counts as its runs.
    pub known_max: usize,
    /// How far ahead due cases are fetched.
    pub horizon: SignedDuration,
    /// The most looks at the clock under way at once: commands get their turn between them.
    pub wake_max: usize,
    /// A transaction that takes longer than this carries fewer jobs the next time: somebody waits for it.
    pub round_max: Duration,
    /// Whether anything goes out. A replay of four years sends no letters; that a notice was due, to whom and
    /// why, stands in the history all the same.
    pub sends: bool,
    /// Whether a jump of the clock, or too much due at once, holds the deadlines until a person has looked. A
    /// replay in virtual time has nobody to ask: its clock does nothing but jump.
    pub breaker: bool,
    /// How long a command may be on its way from the node that received it to the one that decides it. While other
    /// nodes work, deadlines wait so long after their instant, so that what was received in time is there.
    pub on_the_way: SignedDuration,
}

impl Default for Bounds {
    fn default() -> Self {
        let horizon = crate::timers::HORIZON;
        Bounds {
            lanes: 2,
            queue_max: 10_000,
            batch_max: 512,
            known_max: 20_000,
            horizon,
            wake_max: 2_000,
            round_max: Duration::from_millis(100),
            sends: true,
            breaker: true,
            on_the_way: SignedDuration::ZERO,
        }
    }
}

/// What an engine works with.
pub struct Setting {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The wall clock: with several nodes, the store's.
    pub clock: Arc<dyn Clock>,
    /// A clock that never jumps, read from any beginning.
    pub steady: Arc<dyn Fn() -> SignedDuration + Send + Sync>,
    /// Definitions and calendars.
    pub shelf: Arc<Shelf>,
    /// How much at once.
    pub bounds: Bounds,
    /// Whether other nodes work on the same store: then every write needs a lease.
    pub shared: bool,
}

impl Setting {
    /// An engine that is alone with its store.
    pub fn alone(store: Arc<dyn Store>, clock: Arc<dyn Clock>, shelf: Arc<Shelf>) -> Setting {
        let began = std::time::Instant::now();
        let steady = move || SignedDuration::try_from(began.elapsed()).unwrap_or(SignedDuration::MAX);
        Setting { store, clock, steady: Arc::new(steady), shelf, bounds: Bounds::default(), shared: false }
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
    /// Only while the case stands at this version; else [`Trouble::Stale`], and nothing is written.
    pub at_version: Option<u64>,
    /// What the sender was not asked, because other cases know it: it comes to the data. Sent again with the same
    /// key it may have changed, and it is the same command all the same.
    pub known: Vec<(Name, Value)>,
}

/// The engine. Cloning it is cheap; all clones are one.
#[derive(Clone)]
pub struct Engine {
    office: Arc<Office>,
    queues: Arc<[Arc<Queue>]>,
}

/// What the loops of one node share.
pub(crate) struct Office {
    pub store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    steady: Arc<dyn Fn() -> SignedDuration + Send + Sync>,
    pub shelf: Arc<Shelf>,
    pub bounds: Bounds,
    pub holdings: Holdings,
    pub deadlines: Deadlines,
    /// Looks at the clock under way.
    pub ticks: Arc<Ticks>,
    bells: Mutex<BTreeMap<Name, Arc<Notify>>>,
    closing: AtomicBool,
    /// Rung when the engine closes.
    pub closed: Notify,
    /// Rung when it was looked who works on what.
    pub moved: Notify,
}

impl Office {
    /// The present instant, cut to the microsecond.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// A reading of the steady clock.
    pub fn steady(&self) -> SignedDuration {
        (self.steady)()
    }

    /// Notes how the two clocks stand to each other, where jumps are watched for.
    pub fn look_at_clocks(&self) {
        if self.bounds.breaker {
            self.deadlines.see(self.now(), self.steady());
        }
    }

    /// What a write on a case must carry. The engine's own commands (messages, answers of connectors, schedules)
    /// may be written by any node: the version of the case guards them, and no deadline turns on who writes them.
    /// What people and timers do goes through the one node that works on the case, in the order of receipt.
    pub fn fence(&self, case: &CaseId, by: &Actor, what: &Work) -> Result<Option<Fence>, Trouble> {
        let fence = self.holdings.fence(case, self.steady());
        let own = by.is_system() && !matches!(what, Work::Input(Input::Tick));
        if own { Ok(fence.unwrap_or(None)) } else { fence }
    }

    /// How long after its instant a deadline is looked at: what other nodes received before it comes first.
    pub fn hold_back(&self) -> SignedDuration {
        if self.holdings.others() { self.bounds.on_the_way } else { SignedDuration::ZERO }
    }

    /// How long no deadline is looked at, because cases were just taken over: what waited for their node comes first.
    pub fn settling(&self) -> SignedDuration {
        let since = self.holdings.since_gain(self.steady());
        since.map_or(SignedDuration::ZERO, |since| (self.bounds.on_the_way - since).max(SignedDuration::ZERO))
    }

    /// A case is due then, or not at all.
    pub fn due(&self, case: &CaseId, due: Option<Timestamp>) {
        self.deadlines.set(case, due);
    }

    /// Something due may have been missed: the store's index is asked again.
    pub fn forget_due(&self) {
        self.deadlines.forget();
    }

    /// There is something for a connector.
    pub fn ring(&self, connector: &str) {
        self.bell(connector).notify_one();
    }

    /// The bell of a connector.
    pub fn bell(&self, connector: &str) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.entry(connector.into()).or_default().clone()
    }
}

impl Engine {
    /// An engine, with the lanes it works in. Nothing happens until the lanes are run.
    pub fn new(setting: Setting) -> (Engine, Vec<Lane>) {
        let Setting { store, clock, steady, shelf, bounds, shared } = setting;
        let office = Arc::new(Office {
            store,
            clock,
            steady,
            shelf,
            bounds,
            holdings: if shared { Holdings::shared() } else { Holdings::alone() },
            deadlines: Deadlines::default(),
            ticks: Arc::default(),
            bells: Mutex::default(),
            closing: AtomicBool::new(false),
            closed: Notify::new(),
            moved: Notify::new(),
        });
        let queues: Arc<[Arc<Queue>]> = (0..bounds.lanes.max(1)).map(|_| Arc::default()).collect();
        let lanes = queues.iter().map(|queue| Lane::new(office.clone(), queue.clone())).collect();
        (Engine { office, queues }, lanes)
    }

    /// The store, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.office.store
    }

    /// The definitions and calendars at hand.
    pub fn shelf(&self) -> &Arc<Shelf> {
        &self.office.shelf
    }

    /// The present instant, cut to the microsecond.
    pub fn now(&self) -> Timestamp {
        self.office.now()
    }

    pub(crate) fn office(&self) -> &Arc<Office> {
        &self.office
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
        self.send(Sent { case, work, by, key, message: None, at_version: None, known: vec![] }).await
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
        self.send(Sent {
            case,
            work: Work::Input(input),
            by,
            key,
            message: None,
            at_version: None,
            known: vec![],
        })
        .await
    }

    /// An act of those who run the engine: retry, skip, move, cancel; with a reason and a fact.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn administer(
        &self,
        case: CaseId,
        act: AdminAct,
        reason: &str,
        by: Actor,
        key: Option<Name>,
    ) -> Result<Answer, Trouble> {
        self.give(case, Input::Administer { act, reason: reason.into() }, by, key).await
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn send(&self, sent: Sent) -> Result<Answer, Trouble> {
        self.send_received(sent, None).await
    }

    /// Sends a command that another node received, or this one while the case was not its own; waits for its answer.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn send_received(&self, sent: Sent, received: Option<Timestamp>) -> Result<Answer, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.enter(sent, received, Some(reply), None)?;
        // A lane that broke off took the job with it: nobody can say how far it came.
        answer.await.unwrap_or(Err(Trouble::Unknown))
    }

    /// Lets a case look at the clock; nobody waits.
    ///
    /// # Errors
    /// [`Trouble::Overloaded`] when its lane is full.
    pub fn tick(&self, case: CaseId) -> Result<(), Trouble> {
        let by = Actor::system("timer");
        let under_way = UnderWay::begin(self.office.ticks.clone());
        let work = Work::Input(Input::Tick);
        let sent = Sent { case, work, by, key: None, message: None, at_version: None, known: vec![] };
        self.enter(sent, None, None, Some(under_way))
    }

    fn enter(
        &self,
        sent: Sent,
        received: Option<Timestamp>,
        reply: Option<Reply>,
        under_way: Option<UnderWay>,
    ) -> Result<(), Trouble> {
        if self.is_closing() {
            return Err(Trouble::Closing);
        }
        let fence = self.office.fence(&sent.case, &sent.by, &sent.work)?;
        let queue = &self.queues[lane_of(&sent.case, self.queues.len())];
        // A flood is turned away before anything is thought about it.
        if under_way.is_none() && queue.is_full(self.office.bounds.queue_max) {
            return Err(Trouble::Overloaded);
        }
        let body = sent.key.as_ref().map(|_| body_of(&sent));
        let make = || Job {
            at: self.now(),
            key: sent.key.zip(body),
            case: sent.case,
            what: with_known(sent.work, sent.known),
            by: sent.by,
            message: sent.message,
            at_version: sent.at_version,
            fence,
        };
        queue.enter(self.office.bounds.queue_max, received, make, reply, under_way).map_err(|turned| {
            match turned {
                Turned::Full => Trouble::Overloaded,
                Turned::Shut => Trouble::Closing,
            }
        })
    }

    /// Whether what people send to this case is decided here; another node may take it over at any time.
    pub fn works_on(&self, case: &CaseId) -> bool {
        self.office.holdings.fence(case, self.office.steady()).is_ok()
    }

    /// Whether that node works on cases, as far as this one knows.
    pub fn knows_at_work(&self, node: &str) -> bool {
        self.office.holdings.is_held_by(node)
    }

    /// Another node that works, as far as this one knows.
    pub fn another_node(&self) -> Option<String> {
        self.office.holdings.nodes().pop_first()
    }

    /// Other nodes that work and cannot be reached, by name.
    pub fn nodes_without_address(&self) -> Vec<String> {
        let without = |node: &String| crate::nodes::address_of(node).is_none();
        self.office.holdings.nodes().into_iter().filter(without).collect()
    }

    /// How many parts of the cases this node works on.
    pub fn parts(&self) -> usize {
        self.office.holdings.here(self.office.steady()).map_or(usize::from(PARTS), |parts| parts.len())
    }

    /// Until it was looked again who works on what, or so long.
    pub async fn moved(&self, most: Duration) {
        // That the time ran out is an answer as good as the other.
        let _ = tokio::time::timeout(most, self.office.moved.notified()).await;
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        self.queues.iter().map(|q| q.len()).sum()
    }

    /// How long the job has waited that waits longest; nothing when none does.
    pub fn waiting_for(&self) -> SignedDuration {
        let oldest = self.queues.iter().filter_map(|queue| queue.oldest()).min();
        oldest.map_or(SignedDuration::ZERO, |oldest| {
            self.now().duration_since(oldest).max(SignedDuration::ZERO)
        })
    }

    /// Whether nothing waits and nothing is being written.
    pub fn is_at_rest(&self) -> bool {
        self.queues.iter().all(|q| q.is_at_rest())
    }

    /// How many looks at the clock are under way.
    pub fn ticks_under_way(&self) -> usize {
        self.office.ticks.count()
    }

    /// Waits until no look at the clock is under way.
    pub async fn ticks_at_rest(&self) {
        self.office.ticks.at_rest().await;
    }

    /// Why deadlines are held; `None` when they fire.
    pub fn held(&self) -> Option<Held> {
        self.office.deadlines.held()
    }

    /// A person let the deadlines go: the clock is right as it is now, also where it stood further ahead before.
    pub fn release_deadlines(&self) {
        self.queues.iter().for_each(|queue| queue.forget_latest());
        self.office.deadlines.release();
    }

    /// When there is something to do for the clock next; nothing is due before, as far as it is written.
    pub fn next_due(&self) -> Timestamp {
        self.office.deadlines.next(self.office.bounds.horizon)
    }

    /// The clock was moved by hand: what is due by now is looked at without delay.
    pub fn look_at_clock(&self) {
        self.office.deadlines.bell.notify_one();
    }

    /// Takes no more commands; those waiting are still answered, then the loops end.
    pub fn close(&self) {
        self.office.closing.store(true, Ordering::Release);
        self.queues.iter().for_each(|q| q.bell.notify_one());
        self.office.closed.notify_waiters();
        self.office.deadlines.bell.notify_one();
    }

    /// Whether it takes no more commands.
    pub fn is_closing(&self) -> bool {
        self.office.closing.load(Ordering::Acquire)
    }

    /// The queue of a lane.
    pub(crate) fn queue(&self, lane: usize) -> &Arc<Queue> {
        &self.queues[lane]
    }
}

/// The lane of a case: always the same one.
fn lane_of(case: &CaseId, lanes: usize) -> usize {
    usize::from(part_of(case)) * lanes / usize::from(PARTS)
}

/// What was asked, with what other cases know.
fn with_known(work: Work, known: Vec<(Name, Value)>) -> Work {
    match work {
        Work::Open { process, mut data } => {
            data.extend(known);
            Work::Open { process, data }
        }
        Work::Input(Input::Event(mut event)) => {
            event.data.extend(known);
            Work::Input(Input::Event(event))
        }
        other @ Work::Input(_) => other,
    }
}

/// What was asked, as a hash: the same key with another of it is a conflict. The version it was meant for is no part
/// of it: a command sent again finds its answer.
pub fn body_of(sent: &Sent) -> Hash {
    let text = format!("{}\n{:?}\n{:?}", sent.case, sent.work, sent.by);
    Sha256::digest(text.as_bytes()).into()
}
