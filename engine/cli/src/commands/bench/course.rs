//! What is measured, in order, on one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use language::words;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::CaseId;
use ports::clock::Clock;
use runtime::answer::Trouble;
use runtime::bench::{self, Figure, TRANSITIONS, millis, per_second};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::shelf::Shelf;
use runtime::{loops, timers};
use rust_decimal::Decimal;
use store::Address;
use store::by_hand::{self, Shape};
use tokio::task::JoinSet;

use crate::database::failure;
use crate::exit::{Exit, Failure};

/// Commands waiting in a lane before more are turned away.
const QUEUE: usize = 4_000;
/// What one step of the process that is measured keeps, in bytes: measured on the real rows.
const SNAPSHOT: usize = 555;
const ENTRY: usize = 702;
const ANSWER: usize = 20;
/// How much more than it can do is asked of it.
const FLOOD: usize = 5;

/// What to measure.
pub struct Course {
    /// Where.
    pub address: Address,
    /// Where the same is written by hand.
    pub by_hand: Address,
    /// Clients at once, one measurement for each.
    pub clients: Vec<usize>,
    /// Cases of each client.
    pub cases: usize,
    /// Deadlines due at one instant.
    pub timers: usize,
    /// Cases that wait meanwhile.
    pub parked: usize,
    /// How long it is flooded.
    pub seconds: usize,
}

/// The host's clock, moved ahead when deadlines are to come.
#[derive(Default)]
struct Ahead(AtomicI64);

impl Ahead {
    fn more(&self, by: SignedDuration) {
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
struct House {
    engine: Engine,
    lanes: JoinSet<loops::Ended>,
}

impl House {
    async fn open(address: &Address, clock: Arc<Ahead>) -> Result<House, Failure> {
        let store = store::open(address, clock.clone(), 8).await.map_err(|fault| failure(&fault))?;
        let bounds = Bounds { queue_max: QUEUE, ..Bounds::default() };
        let setting = Setting { bounds, ..Setting::alone(store, clock, Arc::new(Shelf::default())) };
        let (engine, all) = Engine::new(setting);
        bench::prepare(&engine);
        let mut lanes = JoinSet::new();
        for (number, lane) in all.into_iter().enumerate() {
            lanes.spawn(loops::lane(engine.clone(), number, lane));
        }
        Ok(House { engine, lanes })
    }

    async fn close(mut self) {
        self.engine.close();
        while self.lanes.join_next().await.is_some() {}
    }
}

type Show<'s> = &'s (dyn Fn(&Figure) + Sync);

impl Course {
    /// Measures everything, showing each figure as it comes.
    ///
    /// # Errors
    /// What stopped it.
    pub async fn run(&self, show: Show<'_>) -> Result<(), Failure> {
        let clock = Arc::new(Ahead::default());
        for address in [&self.address, &self.by_hand] {
            store::migrate(address, clock.clone()).await.map_err(|fault| failure(&fault))?;
        }
        let mut house = House::open(&self.address, clock.clone()).await?;
        let run = format!("b{}", Timestamp::now().as_microsecond());
        bench::transitions(&house.engine, &format!("{run}w"), 16, 10).await.map_err(stopped)?;
        for figure in bench::latency(&house.engine, &format!("{run}l"), 40).await.map_err(stopped)? {
            show(&figure);
        }
        let alone = self.steps(&house.engine, &run, show).await?;
        if self.parked > 0 {
            house = self.park(house, &run, alone, clock.clone(), show).await?;
        }
        if self.timers > 0 {
            self.fire(&house.engine, &run, &clock, show).await?;
        }
        if self.seconds > 0 {
            self.flood(&house.engine, &run, show).await?;
        }
        show(&Figure::new("resident memory", resident(), "MB", &[]));
        house.close().await;
        Ok(())
    }

    /// Durable transitions, beside the same rows by hand. Answers the last of them.
    async fn steps(&self, engine: &Engine, run: &str, show: Show<'_>) -> Result<Decimal, Failure> {
        let mut last = Decimal::ZERO;
        for clients in &self.clients {
            let before = self.bytes().await?;
            let name = format!("{run}c{clients}");
            let began = processor();
            let figure = bench::transitions(engine, &name, *clients, self.cases).await.map_err(stopped)?;
            let ours = processor().saturating_sub(began);
            let after = self.bytes().await?;
            last = figure.value;
            let shape = Shape {
                run: format!("{run}raw{clients}"),
                clients: *clients,
                cases: self.cases,
                steps: TRANSITIONS,
                commands: TRANSITIONS,
                tasks: TRANSITIONS,
                snapshot: (SNAPSHOT, SNAPSHOT),
                entry: ENTRY,
                answer: ANSWER,
            };
            let began = processor();
            let took = by_hand::write(&self.by_hand, &shape).await.map_err(|fault| failure(&fault))?;
            let theirs = processor().saturating_sub(began);
            let count = clients * self.cases * TRANSITIONS;
            show(&figure.against(per_second(count, took)));
            let each = |ticks: u64| Decimal::from(ticks * TICK_MICROS) / Decimal::from(count as u64);
            let settings = [("clients", clients.to_string())];
            let cost =
                Figure::new("processor time of a transition in this process", each(ours), "us", &settings);
            show(&cost.against(each(theirs)));
            let finished = (clients * self.cases) as u64;
            let each = Decimal::from(after.0.saturating_sub(before.0) / finished);
            show(&Figure::new(
                "storage of a finished case with its history",
                each,
                "B",
                &[("cases", finished.to_string())],
            ));
        }
        Ok(last)
    }

    /// All bytes, and those of what waiting cases are now.
    async fn bytes(&self) -> Result<(u64, u64), Failure> {
        let sizes = store::sizes::by_table(&self.address, Arc::new(Ahead::default())).await;
        let sizes = sizes.map_err(|fault| failure(&fault))?;
        let hot = sizes.iter().filter(|(table, _)| store::sizes::HOT.contains(&table.as_str()));
        Ok((sizes.values().sum(), hot.map(|(_, bytes)| bytes).sum()))
    }

    /// Many cases wait, each with a deadline: what they cost.
    async fn park(
        &self,
        house: House,
        run: &str,
        alone: Decimal,
        clock: Arc<Ahead>,
        show: Show<'_>,
    ) -> Result<House, Failure> {
        let settings = [("waiting", self.parked.to_string())];
        let before = self.bytes().await?;
        bench::fill_timers(&house.engine, &format!("{run}p"), self.parked).await.map_err(stopped)?;
        let hot = self.bytes().await?.1.saturating_sub(before.1) / self.parked as u64;
        show(&Figure::new("hot storage of a waiting case", Decimal::from(hot), "B", &settings));
        let clients = self.clients.last().copied().unwrap_or(64);
        let among = bench::transitions(&house.engine, &format!("{run}a"), clients, self.cases).await;
        let mut among = among.map_err(stopped)?.against(alone);
        among.name = "durable transitions among waiting cases, beside alone".into();
        show(&among);
        house.close().await;
        let began = Instant::now();
        let house = House::open(&self.address, clock).await?;
        let event = Event { to: Target::Main, name: "next".into(), data: vec![], reason: None };
        let case = CaseId(format!("{run}p-0").into());
        let clerk = Actor::person("clerk", "office", "clerk");
        house.engine.give(case, Input::Event(event), clerk, None).await.map_err(stopped)?;
        timers::run_once(&house.engine).await.map_err(|fault| failure(&fault))?;
        show(&Figure::new("start until the first answer", millis(began.elapsed()), "ms", &settings));
        show(&Figure::new("resident memory with waiting cases", resident(), "MB", &settings));
        Ok(house)
    }

    /// Many deadlines come in one instant. None fires early: each carries its own due instant, and the step
    /// fires it no sooner.
    async fn fire(&self, engine: &Engine, run: &str, clock: &Ahead, show: Show<'_>) -> Result<(), Failure> {
        bench::fill_timers(engine, &format!("{run}t"), self.timers).await.map_err(stopped)?;
        clock.more(bench::UNTIL_DUE);
        let began = Instant::now();
        let count = self.timers + self.parked;
        let figure = bench::drain_timers(engine, count).await.map_err(stopped)?;
        let settings = [("due at once", count.to_string())];
        show(&figure);
        show(&Figure::new("until the last deadline has fired", millis(began.elapsed()), "ms", &settings));
        Ok(())
    }

    /// Five times more than it can do.
    async fn flood(&self, engine: &Engine, run: &str, show: Show<'_>) -> Result<(), Failure> {
        let clients = self.clients.last().copied().unwrap_or(256);
        let peak = bench::openings(engine, &format!("{run}o"), clients, self.cases).await.map_err(stopped)?;
        let rate = usize::try_from(peak.trunc().mantissa()).unwrap_or(1_000) * FLOOD;
        let flood =
            bench::flood(engine, &format!("{run}f"), rate, Duration::from_secs(self.seconds as u64)).await;
        let settings = [
            ("offered", flood.offered.to_string()),
            ("done", flood.done.to_string()),
            ("turned away", flood.turned_away.to_string()),
            ("failed", flood.failed.to_string()),
        ];
        let mut goodput = Figure::new(
            "openings done under a flood, beside the peak",
            per_second(flood.done, flood.took),
            "1/s",
            &settings,
        );
        goodput = goodput.against(peak);
        show(&goodput);
        let within = millis(flood.turned_away_within);
        show(&Figure::new("turned away within, 99 of 100", within, "ms", &settings));
        Ok(())
    }
}

fn stopped(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Fault(fault) => failure(&fault),
        other => Failure::new(Exit::Bug, words!("测速停住了：{other}", "the measurement stopped: {other}")),
    }
}

/// How long a tick of the processor's count is, in microseconds (100 in a second on Linux).
const TICK_MICROS: u64 = 10_000;

/// Ticks of processor time this process has used; zero where the system does not say.
fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program stands in brackets and may hold spaces: count from behind it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Resident memory of this process in megabytes; zero where the system does not say.
fn resident() -> Decimal {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    Decimal::from(pages * 4_096) / Decimal::from(1_000_000u64)
}
