//! The load: one program at work over a store, with clients that write down what they ask and hear.
//!
//! Three kinds: a crowd of banks and offers until it is ended; so many claims and then an end; and the quiet
//! program at the end, that asks again whatever nobody answered and lets everything due be done.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use machine::ids::Name;
use ports::connector::{Connector, Delivering, Delivery, Request};
use ports::fault::{Cause, Fault, Retry};
use ports::outbox::OutboxFilter;
use ports::query::{DueFilter, Page};
use runtime::clocks::StoreClock;
use runtime::deploy::{self, NotDeployed};
use runtime::engine::{Engine, Setting};
use runtime::lines::NOTICES;
use runtime::loops::{self, Ended};
use runtime::nodes::Node;
use runtime::outbox::{AT_ONCE, Deliveries};
use runtime::shelf::Shelf;
use runtime::watch;
use store::Address;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::client::Hand;
use crate::diary::{Diaries, Diary, instant, read};
use crate::dice::Dice;
use crate::moved::{self, Moved};

/// The demand, as it is shipped, and an offer that lapses within seconds.
const PROCESSES: [(&str, &str); 2] = [
    ("demand", include_str!("../../../workflows/financing-demand/workflow.yaml")),
    ("offer", include_str!("offer.yaml")),
];
/// Clients of one program.
const CLIENTS: u64 = 32;
/// Clients of one program that make and accept offers.
const OFFERERS: u64 = 4;
/// Demands that are claimed at one time.
const DEMANDS: u64 = 40;
/// Claims on one demand, when they are counted.
const CLAIMS_EACH: u64 = 50;
/// Demands that are published before they are claimed.
const AHEAD: u64 = 3;
/// How long a pool of demands is claimed before the next.
const POOL: Duration = Duration::from_secs(5);
/// How long the quiet program at the end may take.
const QUIET: Duration = Duration::from_secs(60);

/// What a program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Banks and offers until it is ended.
    Crowd,
    /// So many claims, without leases: other programs write the same cases at the same time.
    Claims(u64),
    /// Nothing new: what nobody answered is asked again, what is due is done.
    Quiet,
}

/// One program of the load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Its place: `n0`, `n1`.
    pub name: String,
    /// The store: `sqlite:FILE`, `postgres://...`.
    pub database: String,
    /// Where it writes down what it asks and hears.
    pub diary: PathBuf,
    /// How many banks.
    pub banks: u64,
    /// What its chances come from.
    pub seed: u64,
    /// When the run began, by the steady clock.
    pub began: u64,
    /// What it does.
    pub kind: Kind,
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Load { name, database, diary, banks, seed, began, kind } = self;
        let kind = match kind {
            Kind::Crowd => "crowd".to_owned(),
            Kind::Claims(most) => most.to_string(),
            Kind::Quiet => "quiet".to_owned(),
        };
        write!(f, "{name}\n{kind}\n{banks}\n{seed}\n{began}\n{}\n{database}", diary.display())
    }
}

impl FromStr for Load {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Load, Fault> {
        let wrong = || Fault::new(Cause::Bug, Retry::Never, "this is no load");
        let [name, kind, banks, seed, began, diary, database] =
            text.splitn(7, '\n').collect::<Vec<_>>().try_into().map_err(|_| wrong())?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
        let kind = match kind {
            "crowd" => Kind::Crowd,
            "quiet" => Kind::Quiet,
            most => Kind::Claims(number(most)?),
        };
        Ok(Load {
            name: name.into(),
            database: database.into(),
            diary: diary.into(),
            banks: number(banks)?,
            seed: number(seed)?,
            began: number(began)?,
            kind,
        })
    }
}

impl Load {
    /// Works until it is ended or done. On SIGTERM it finishes what is under way.
    ///
    /// # Errors
    /// A fault of the store, or a diary that cannot be written. [`Retry::Restart`]: end with exit code 75.
    pub async fn run(&self) -> Result<(), Fault> {
        let before = read(self.folder()).map_err(unwritable)?;
        let diary = Arc::new(Diary::open(&self.diary).map_err(unwritable)?);
        let (engine, mut work) = self.engine(&diary).await?;
        let hand = Hand { engine: engine.clone(), diary };
        let mut clients = JoinSet::new();
        match self.kind {
            Kind::Crowd => self.crowd(&hand, before, &mut clients),
            Kind::Claims(most) => self.claims(&hand, most, &mut clients).await,
            Kind::Quiet => drop(clients.spawn(quiet(hand, before))),
        }
        let mut term = signal(SignalKind::terminate()).map_err(unwritable)?;
        tokio::select! {
            done = all(&mut clients) => done?,
            fault = first_fault(&mut work) => return Err(fault),
            _ = term.recv() => {}
        }
        engine.close();
        all(&mut clients).await?;
        while let Some(ended) = work.join_next().await {
            ended.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        self.diary.parent().unwrap_or(Path::new("."))
    }

    async fn engine(&self, diary: &Arc<Diary>) -> Result<(Engine, JoinSet<Ended>), Fault> {
        let address: Address = self.database.parse()?;
        let host = Arc::new(Moved::new(self.folder()));
        let store = store::open(&address, host.clone(), 8).await?;
        let shelf = Shelf::default();
        let mut setting = Setting::alone(store.clone(), host.clone(), Arc::new(shelf));
        let postgres = matches!(address, Address::Postgres(_));
        setting.shared = postgres && !matches!(self.kind, Kind::Claims(_));
        let (shared, steady) = (setting.shared, setting.steady.clone());
        let mut asked = None;
        if postgres {
            let clock = Arc::new(StoreClock::ask(&*store, steady).await?);
            setting.clock = clock.clone();
            asked = Some(clock);
        }
        let (engine, lanes) = Engine::new(setting);
        deploy::keep_own(&engine).await?;
        deploy::take_up(&engine).await?;
        for (file, text) in PROCESSES {
            // Kept in the store, too: a program of another version finds there what it does not have itself.
            deploy::deploy(&engine, file, text, "system:chaos", "the load").await.map_err(undeployed)?;
        }
        let mut work = JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            work.spawn(loops::lane(engine.clone(), number, lane));
        }
        // Those who were told that deadlines are held before this program was started wait with it.
        let _ = watch::look_back(&engine).await;
        work.spawn(loops::clock(engine.clone()));
        work.spawn(moved::watched(engine.clone(), host));
        if let Some(clock) = asked {
            work.spawn(loops::store_clock(engine.clone(), clock));
        }
        if shared {
            let name = format!("{}:{}", self.name, std::process::id());
            work.spawn(loops::node(engine.clone(), Node::new(&name)));
        }
        let sink = Deliveries::new(engine.clone(), Arc::new(Sink(diary.clone())), AT_ONCE);
        work.spawn(loops::deliveries(engine.clone(), sink, || 128));
        Ok((engine, work))
    }

    fn crowd(&self, hand: &Hand, before: Diaries, clients: &mut JoinSet<Ended>) {
        // What nobody answered is asked again with the same key: it may have been done.
        let place = format!("{}-", self.name);
        let open = before.deeds.into_values().filter(|deed| deed.heard.is_empty());
        for deed in open.filter(|deed| deed.asked.key.starts_with(&place)) {
            let hand = hand.clone();
            clients.spawn(async move { hand.again(&deed.asked).await });
        }
        let start = instant();
        for client in 0..CLIENTS {
            let (hand, load) = (hand.clone(), self.clone());
            clients.spawn(async move {
                let mut dice = Dice(load.seed ^ (client << 40));
                for number in 0u64.. {
                    if hand.engine.is_closing() {
                        break;
                    }
                    let key = format!("{}-{start}-{client}-{number}", load.name);
                    hand.act(&mut dice, load.pool(), load.banks, &key).await;
                }
                Ok(())
            });
        }
        for client in 0..OFFERERS {
            let (hand, load) = (hand.clone(), self.clone());
            clients.spawn(async move {
                let mut dice = Dice(load.seed ^ (client << 50));
                for number in 0u64.. {
                    if hand.engine.is_closing() {
                        break;
                    }
                    hand.offer(&mut dice, &format!("{}-{start}-o{client}-{number}", load.name)).await;
                }
                Ok(())
            });
        }
    }

    /// The first demand of those that are claimed at this time.
    fn pool(&self) -> std::ops::Range<u64> {
        let pool = instant().saturating_sub(self.began) / POOL.as_nanos() as u64;
        pool * DEMANDS..(pool + 1) * DEMANDS
    }

    async fn claims(&self, hand: &Hand, most: u64, clients: &mut JoinSet<Ended>) {
        for demand in 0..AHEAD {
            hand.publish(demand).await;
        }
        let count = Arc::new(AtomicU64::new(0));
        for client in 0..CLIENTS {
            let (hand, load, count) = (hand.clone(), self.clone(), count.clone());
            clients.spawn(async move {
                let mut dice = Dice(load.seed ^ (client << 40));
                loop {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    if number >= most || hand.engine.is_closing() {
                        return Ok(());
                    }
                    let (demand, key) = (number / CLAIMS_EACH, format!("{}-{number}", load.name));
                    if number % CLAIMS_EACH == 0 {
                        hand.publish(demand + AHEAD).await;
                    }
                    hand.claim(&mut dice, demand, load.banks, &key).await;
                }
            });
        }
    }
}

fn undeployed(why: NotDeployed) -> Fault {
    match why {
        NotDeployed::Fault(fault) => fault,
        NotDeployed::Findings(_) => Fault::new(Cause::Bug, Retry::Never, "the load does not compile"),
    }
}

fn unwritable(error: std::io::Error) -> Fault {
    Fault::new(Cause::Disk, Retry::Never, format!("the diary: {error}"))
}

async fn all(clients: &mut JoinSet<Ended>) -> Ended {
    while let Some(ended) = clients.join_next().await {
        ended.unwrap_or(Ok(()))?;
    }
    Ok(())
}

async fn first_fault(work: &mut JoinSet<Ended>) -> Fault {
    while let Some(ended) = work.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => return fault,
            Err(broken) => return Fault::new(Cause::Bug, Retry::Restart, broken.to_string()),
        }
    }
    std::future::pending().await
}

/// Asks again until everything is answered, and waits until nothing due is left.
async fn quiet(hand: Hand, before: Diaries) -> Ended {
    let latest = instant() + QUIET.as_nanos() as u64;
    let late = |what: &str| Fault::new(Cause::Busy, Retry::Never, format!("no rest: {what}"));
    for deed in before.deeds.into_values().filter(|deed| deed.heard.is_empty()) {
        while !hand.once_more(&deed.asked).await {
            if instant() > latest {
                return Err(late(&format!("{} is not answered", deed.asked.key)));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    loop {
        // Offers live for seconds; the deadlines of demands lie days ahead.
        let until = hand.engine.now().checked_add(SignedDuration::from_secs(5)).unwrap_or(hand.engine.now());
        let due = hand.engine.store().due(DueFilter { until, parts: None }, 1).await?;
        let filter = OutboxFilter { connector: Some(Name::from(NOTICES)), case: None, parked: Some(false) };
        let rows = hand.engine.store().outbox(filter, Page::first(ports::query::PAGE_MAX)).await?;
        // What a dead program had leased goes out when its lease has run out: that is not waited for, nor is what was
        // written while the clock stood days ahead.
        let to_go = rows.iter().any(|row| row.attempts == 0 && row.next_at <= until);
        if due.is_empty() && !to_go {
            return Ok(());
        }
        if instant() > latest {
            return Err(late(&format!("{due:?} is due, {} to go out", rows.len())));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where notices go: the diary.
struct Sink(Arc<Diary>);

impl Connector for Sink {
    fn name(&self) -> &str {
        NOTICES
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        let body = format!("{:?}", request.fact);
        // FNV-1a: equal bodies are all that is asked for.
        let hash = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.0.sent(&request.key.to_string(), &format!("{hash:016x}"));
        Box::pin(std::future::ready(Delivery::Delivered { answer: expr::value::Value::Null }))
    }
}
