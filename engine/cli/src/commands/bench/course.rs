//! What is measured, in order, on one database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use language::words;
use machine::event::{Event, Input, Target};
use machine::ids::CaseId;
use runtime::answer::Trouble;
use runtime::bench::{self, Figure, TRANSITIONS, millis, per_second};
use runtime::timers;
use rust_decimal::Decimal;
use store::Address;
use store::by_hand::{self, Shape};

use super::flood::Flooding;
use super::host;
use super::house::{Ahead, House};
use super::load::{self, of_hundred};
use super::way::Way;
use super::{Show, left_behind};
use crate::exit::{Exit, Failure};
use crate::faults::failure;

/// What one step of the process that is measured keeps, in bytes: measured on the real rows.
const SNAPSHOT: usize = 555;
const ENTRY: usize = 702;
const ANSWER: usize = 20;

/// How often the large file and the small one are measured in turn.
const TURNS: usize = 3;

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
        let inside = Way::Inside(house.engine.clone());
        load::closed(&inside, &format!("{run}w"), 16, 10).await.map_err(|why| stopped_by(&why))?;
        self.one_client(&inside, &run, show).await?;
        let mut beside = Vec::new();
        for clients in &self.clients {
            beside.push(self.steps(&inside, &run, *clients, show).await?);
        }
        if self.parked > 0 {
            let alone = beside.last().map(|(alone, _)| alone.clone());
            house = self.park(house, &run, alone, clock.clone(), show).await?;
        }
        // After the waiting cases: what clients of HTTP take in memory is not theirs.
        let http = Way::Http(house.line().await?);
        for (clients, (_, raw)) in self.clients.iter().zip(&beside) {
            steps_over(&http, &format!("{run}h{clients}"), *clients, self.cases, Some(*raw), show).await?;
        }
        if self.timers > 0 {
            self.fire(&house, &run, &clock, show).await?;
        }
        if self.seconds > 0 {
            let http = Way::Http(house.line().await?);
            let flooding = Flooding { run: &run, long: Duration::from_secs(self.seconds as u64) };
            house.watch_clock();
            flooding.inside(&house.engine, show).await?;
            flooding.over(&http, show).await?;
        }
        show(&Figure::new("resident memory", host::resident(), "MB", &[]));
        house.close().await;
        Ok(())
    }

    /// How long one client waits, beside the commit of one step by hand.
    async fn one_client(&self, way: &Way, run: &str, show: Show<'_>) -> Result<(), Failure> {
        let (waited, _) =
            load::closed(way, &format!("{run}l"), 1, 40).await.map_err(|why| stopped_by(&why))?;
        let shape = Shape { clients: 1, cases: 40, ..self.shape(&format!("{run}rawl")) };
        let took = by_hand::write(&self.by_hand, &shape).await.map_err(|fault| failure(&fault))?;
        let raw = millis(took / (40 * TRANSITIONS) as u32);
        let settings = [("transitions", waited.len().to_string())];
        for (name, place) in [("latency of one client, median", 50), ("latency of one client, 99 of 100", 99)]
        {
            show(&Figure::new(name, millis(of_hundred(&waited, place)), "ms", &settings).against(raw));
        }
        Ok(())
    }

    fn shape(&self, run: &str) -> Shape {
        Shape {
            run: run.to_owned(),
            clients: 1,
            cases: self.cases,
            steps: TRANSITIONS,
            commands: TRANSITIONS,
            tasks: TRANSITIONS,
            snapshot: (SNAPSHOT, SNAPSHOT),
            entry: ENTRY,
            answer: ANSWER,
        }
    }

    /// Durable transitions, beside the same rows by hand. Answers what was measured, and the raw limit.
    async fn steps(
        &self,
        way: &Way,
        run: &str,
        clients: usize,
        show: Show<'_>,
    ) -> Result<(Cost, Decimal), Failure> {
        let before = self.bytes().await?;
        let cost = Cost::of(way, &format!("{run}c{clients}"), clients, self.cases).await?;
        let after = self.bytes().await?;
        let shape = Shape { clients, ..self.shape(&format!("{run}raw{clients}")) };
        let (busy, wrote) = (host::processor(), host::written());
        let took = by_hand::write(&self.by_hand, &shape).await.map_err(|fault| failure(&fault))?;
        let count = clients * self.cases * TRANSITIONS;
        let raw = Cost::between(count, took, (busy, wrote));
        cost.show(way, clients, Some(&raw), show);
        let finished = (clients * self.cases) as u64;
        let each = Decimal::from(after.0.saturating_sub(before.0) / finished);
        let settings = [("cases", finished.to_string())];
        show(&Figure::new("storage of a finished case with its history", each, "B", &settings));
        let rate = raw.rate;
        Ok((cost, rate))
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
        alone: Option<Cost>,
        clock: Arc<Ahead>,
        show: Show<'_>,
    ) -> Result<House, Failure> {
        let settings = [("waiting", self.parked.to_string())];
        let before = self.bytes().await?;
        bench::fill_timers(&house.engine, &format!("{run}p"), self.parked).await.map_err(stopped)?;
        let hot = self.bytes().await?.1.saturating_sub(before.1) / self.parked as u64;
        show(&Figure::new("hot storage of a waiting case", Decimal::from(hot), "B", &settings));
        let clients = self.clients.last().copied().unwrap_or(64);
        show(&Figure::new("resident memory with waiting cases", host::resident(), "MB", &settings));
        self.among(&house, run, alone, clients, show).await?;
        house.close().await;
        let first = format!("{run}p-0");
        let house = self.start(clock.clone(), &first, "start until the first answer", show).await?;
        house.close().await;
        left_behind::leave(&self.address)?;
        let name = "start until the first answer, after kill -9";
        let house = self.start(clock, &format!("{run}p-1"), name, show).await?;
        show(&Figure::new("resident memory after that", host::resident(), "MB", &settings));
        Ok(house)
    }

    /// Transitions among waiting cases, beside the same without them. A disk that has just taken gigabytes is slower
    /// than one that rested, so a small file is measured in turns with the large one; on a server, where there is no
    /// second one, what was measured before.
    async fn among(
        &self,
        house: &House,
        run: &str,
        alone: Option<Cost>,
        clients: usize,
        show: Show<'_>,
    ) -> Result<(), Failure> {
        let large = Way::Inside(house.engine.clone());
        let Address::Sqlite(file) = &self.by_hand else {
            let among = Cost::of(&large, &format!("{run}a"), clients, self.cases).await?;
            among.beside(alone.as_ref(), clients, show);
            return Ok(());
        };
        let clock = Arc::new(Ahead::default());
        let address = Address::Sqlite(format!("{file}-small"));
        store::migrate(&address, clock.clone()).await.map_err(|fault| failure(&fault))?;
        let beside = House::open(&address, clock).await?;
        let small = Way::Inside(beside.engine.clone());
        Cost::of(&small, &format!("{run}w"), clients, self.cases).await?;
        let (mut without, mut with) = (Cost::default(), Cost::default());
        for turn in 0..TURNS {
            without.add(&Cost::of(&small, &format!("{run}a{turn}"), clients, self.cases).await?);
            with.add(&Cost::of(&large, &format!("{run}a{turn}"), clients, self.cases).await?);
        }
        with.beside(Some(&without), clients, show);
        beside.close().await;
        Ok(())
    }

    /// Starts, and gives a case that waits one command.
    async fn start(
        &self,
        clock: Arc<Ahead>,
        case: &str,
        name: &str,
        show: Show<'_>,
    ) -> Result<House, Failure> {
        let began = Instant::now();
        let house = House::open(&self.address, clock).await?;
        let event = Event { to: Target::Main, name: "next".into(), data: vec![], reason: None };
        let given = house.engine.give(CaseId(case.into()), Input::Event(event), bench::clerk(), None).await;
        given.map_err(stopped)?;
        timers::run_once(&house.engine).await.map_err(|fault| failure(&fault))?;
        let settings = [("waiting", self.parked.to_string())];
        show(&Figure::new(name, millis(began.elapsed()), "ms", &settings));
        Ok(house)
    }

    /// Many deadlines come in one instant. None fires early: each carries its own due instant, and the step
    /// fires it no sooner.
    async fn fire(&self, house: &House, run: &str, clock: &Ahead, show: Show<'_>) -> Result<(), Failure> {
        bench::fill_timers(&house.engine, &format!("{run}t"), self.timers).await.map_err(stopped)?;
        clock.more(bench::UNTIL_DUE);
        let began = Instant::now();
        let count = self.timers + self.parked;
        let figure = bench::drain_timers(&house.engine, count).await.map_err(stopped)?;
        let settings = [("due at once", count.to_string())];
        show(&figure);
        show(&Figure::new("until the last deadline has fired", millis(began.elapsed()), "ms", &settings));
        Ok(())
    }
}

/// Durable transitions over a way that is there already.
///
/// # Errors
/// What a client met first.
pub async fn steps_over(
    way: &Way,
    run: &str,
    clients: usize,
    cases: usize,
    raw: Option<Decimal>,
    show: Show<'_>,
) -> Result<(), Failure> {
    let cost = Cost::of(way, run, clients, cases).await?;
    let raw = raw.map(|rate| Cost { rate, ..Cost::default() });
    cost.show(way, clients, raw.as_ref(), show);
    Ok(())
}

/// What transitions came to.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    count: usize,
    /// By the second.
    rate: Decimal,
    /// Microseconds of processor time of one.
    busy: Decimal,
    /// Bytes written for one.
    wrote: Decimal,
    waited: Vec<Duration>,
}

impl Cost {
    async fn of(way: &Way, run: &str, clients: usize, cases: usize) -> Result<Cost, Failure> {
        let before = (host::processor(), host::written());
        let (waited, took) = load::closed(way, run, clients, cases).await.map_err(|why| stopped_by(&why))?;
        Ok(Cost { waited, ..Cost::between(clients * cases * TRANSITIONS, took, before) })
    }

    fn between(count: usize, took: Duration, (busy, wrote): (u64, u64)) -> Cost {
        let each = |now: u64, then: u64| {
            Decimal::from(now.saturating_sub(then)) / Decimal::from(count.max(1) as u64)
        };
        Cost {
            count,
            rate: per_second(count, took),
            busy: each(host::processor(), busy),
            wrote: each(host::written(), wrote),
            waited: vec![],
        }
    }

    /// Shows them, beside the same by hand.
    fn show(&self, way: &Way, clients: usize, raw: Option<&Cost>, show: Show<'_>) {
        let settings = [
            ("clients", clients.to_string()),
            ("over", way.name().to_owned()),
            ("loop", "closed".to_owned()),
            ("transitions", self.count.to_string()),
        ];
        let beside = |figure: Figure, raw: Option<Decimal>| match raw.filter(|raw| !raw.is_zero()) {
            Some(raw) => figure.against(raw),
            None => figure,
        };
        let rate = Figure::new("durable transitions", self.rate, "1/s", &settings);
        show(&beside(rate, raw.map(|raw| raw.rate)));
        for (name, place) in [("a command waits, median", 50), ("a command waits, 99 of 100", 99)] {
            show(&Figure::new(name, millis(of_hundred(&self.waited, place)), "ms", &settings));
        }
        let busy = "processor time of a transition in this process";
        show(&beside(Figure::new(busy, self.busy, "us", &settings), raw.map(|raw| raw.busy)));
        let wrote = "bytes this process writes for a transition";
        show(&beside(Figure::new(wrote, self.wrote, "B", &settings), raw.map(|raw| raw.wrote)));
    }

    /// The middle of these and as many others as were added before.
    fn add(&mut self, other: &Cost) {
        let (before, all) = (Decimal::from(self.count), Decimal::from(self.count + other.count));
        let mean = |ours: Decimal, theirs: Decimal| (ours * before + theirs * (all - before)) / all;
        // By the time of one, not by how many in a second: each measurement is as long as it takes.
        let time = |rate: Decimal| Decimal::ONE.checked_div(rate).unwrap_or_default();
        self.rate = Decimal::ONE / mean(time(self.rate), time(other.rate));
        self.busy = mean(self.busy, other.busy);
        self.wrote = mean(self.wrote, other.wrote);
        self.count += other.count;
    }

    /// Shows them beside the same without waiting cases.
    fn beside(&self, alone: Option<&Cost>, clients: usize, show: Show<'_>) {
        let settings = [("clients", clients.to_string())];
        let figures = [
            (
                "durable transitions among waiting cases, beside alone",
                "1/s",
                self.rate,
                alone.map(|a| a.rate),
            ),
            ("processor time of one of these, beside alone", "us", self.busy, alone.map(|a| a.busy)),
            ("bytes written for one of these, beside alone", "B", self.wrote, alone.map(|a| a.wrote)),
        ];
        for (name, unit, value, alone) in figures {
            let figure = Figure::new(name, value, unit, &settings);
            show(&alone.map_or(figure.clone(), |alone| figure.against(alone)));
        }
    }
}

/// A measurement that a trouble stopped.
pub fn stopped(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Fault(fault) => failure(&fault),
        other => stopped_by(&other.to_string()),
    }
}

/// A measurement that something stopped.
pub fn stopped_by(why: &str) -> Failure {
    Failure::new(Exit::Bug, words!("测速停住了：{why}", "the measurement stopped: {why}"))
}
