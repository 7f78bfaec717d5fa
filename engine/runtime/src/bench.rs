//! How fast the engine is over a store: figures to set beside what the database could do by hand.
//!
//! Nothing here knows the store; whoever calls brings one, and the raw limit measured on the same disk.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use language::{Sources, compile};
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use rust_decimal::Decimal;
use tokio::task::JoinSet;

use crate::answer::{Trouble, Verdict};
use crate::engine::Engine;
use crate::lane::Round;
use crate::timers;

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was measured.
    pub name: Name,
    /// How much.
    pub value: Decimal,
    /// Of what.
    pub unit: Name,
    /// What the database does with the same rows and bytes written by hand in batches, if that was measured.
    pub raw_limit: Option<Decimal>,
    /// `value` of `raw_limit`.
    pub ratio: Option<Decimal>,
    /// How the engine was set: what must be the same for two figures to be compared.
    pub settings: Vec<(Name, Name)>,
}

impl Figure {
    /// A figure, rounded to two places.
    pub fn new(name: &str, value: Decimal, unit: &str, settings: &[(&str, String)]) -> Figure {
        let settings = settings.iter().map(|(k, v)| ((*k).into(), v.as_str().into())).collect();
        let value = value.round_dp(2);
        Figure { name: name.into(), value, unit: unit.into(), raw_limit: None, ratio: None, settings }
    }

    /// Sets it beside the raw limit.
    pub fn against(mut self, raw: Decimal) -> Figure {
        self.raw_limit = Some(raw.round_dp(2));
        self.ratio = self.value.checked_div(raw).map(|ratio| ratio.round_dp(3));
        self
    }
}

/// So many of something in so long, by the second.
pub fn per_second(count: usize, took: Duration) -> Decimal {
    let micros = Decimal::from(took.as_micros().max(1) as u64);
    Decimal::from(count as u64) * Decimal::from(1_000_000u64) / micros
}

/// Four steps with tasks and a deadline each, as a registration has.
const STEPS: &str = include_str!("bench_steps.yaml");
/// The transitions of one such case: its opening and four steps.
pub const TRANSITIONS: usize = 5;

/// Puts the process that is measured on the shelf.
pub fn prepare(engine: &Engine) {
    let compiled = compile(&mut Sources::new(), "bench_steps", STEPS.as_bytes());
    debug_assert!(compiled.definition.is_some(), "{:?}", compiled.report);
    engine.shelf().put_compiled(&compiled);
}

/// Durable transitions by the second: so many clients in this process, each running so many cases one after
/// the other, every command with a key.
///
/// # Errors
/// What a client met first.
pub async fn transitions(
    engine: &Engine,
    run: &str,
    clients: usize,
    cases: usize,
) -> Result<Figure, Trouble> {
    let began = Instant::now();
    let mut working = JoinSet::new();
    for client in 0..clients {
        let (engine, run) = (engine.clone(), format!("{run}-{client}"));
        working.spawn(async move { client_runs(&engine, &run, cases).await });
    }
    while let Some(done) = working.join_next().await {
        done.map_err(|_| Trouble::Unknown)??;
    }
    let count = clients * cases * TRANSITIONS;
    let settings = [("clients", clients.to_string()), ("transitions", count.to_string())];
    Ok(Figure::new("durable transitions", per_second(count, began.elapsed()), "1/s", &settings))
}

/// How long one client waits for an answer: the middle one of all, and the slowest of a hundred.
///
/// # Errors
/// What the client met.
pub async fn latency(engine: &Engine, run: &str, cases: usize) -> Result<[Figure; 2], Trouble> {
    let mut took = client_runs(engine, run, cases).await?;
    took.sort_unstable();
    let settings = [("transitions", took.len().to_string())];
    let figure = |name: &str, at: usize| {
        let long = took.get(at).copied().unwrap_or_default();
        Figure::new(name, millis(long), "ms", &settings)
    };
    Ok([
        figure("latency of one client, median", took.len() / 2),
        figure("latency of one client, 99 of 100", took.len() * 99 / 100),
    ])
}

/// A time in milliseconds.
pub fn millis(long: Duration) -> Decimal {
    Decimal::from(long.as_micros() as u64) / Decimal::from(1_000u64)
}

/// Opens `count` cases whose deadline comes in the same instant; the caller moves the clock past it.
///
/// # Errors
/// What a client met first.
pub async fn fill_timers(engine: &Engine, run: &str, count: usize) -> Result<(), Trouble> {
    let mut working = JoinSet::new();
    for number in 0..count {
        let (engine, case) = (engine.clone(), CaseId(format!("{run}-{number}").into()));
        working.spawn(async move { engine.open(case, "bench_steps", vec![], clerk(), None).await });
        if working.len() >= 512 {
            working.join_next().await.map_or(Ok(()), |done| done.map_err(|_| Trouble::Unknown)?.map(drop))?;
        }
    }
    while let Some(done) = working.join_next().await {
        done.map_err(|_| Trouble::Unknown)??;
    }
    Ok(())
}

/// Deadlines fired by the second, when `count` are due at once.
///
/// # Errors
/// A fault of the store.
pub async fn drain_timers(engine: &Engine, count: usize) -> Result<Figure, Trouble> {
    let began = Instant::now();
    let mut woken = 0;
    while woken < count || engine.ticks_under_way() > 0 {
        match timers::run_once(engine).await? {
            Round::Worked(more) => woken += more,
            Round::Idle => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    let settings = [("due at once", count.to_string())];
    Ok(Figure::new("deadlines fired", per_second(woken, began.elapsed()), "1/s", &settings))
}

/// How far the clock has to move for the deadlines of [`fill_timers`] to be due.
pub const UNTIL_DUE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Openings by the second, as many as come: so many clients that open one case after the other.
///
/// # Errors
/// What a client met first.
pub async fn openings(engine: &Engine, run: &str, clients: usize, cases: usize) -> Result<Decimal, Trouble> {
    let began = Instant::now();
    let mut working = JoinSet::new();
    for client in 0..clients {
        let (engine, run) = (engine.clone(), format!("{run}-{client}"));
        working.spawn(async move {
            for number in 0..cases {
                let case = CaseId(format!("{run}-{number}").into());
                let key = Some(Name::from(format!("{case}/0")));
                engine.open(case, "bench_steps", vec![], clerk(), key).await?;
            }
            Ok::<_, Trouble>(())
        });
    }
    while let Some(done) = working.join_next().await {
        done.map_err(|_| Trouble::Unknown)??;
    }
    Ok(per_second(clients * cases, began.elapsed()))
}

/// What came of openings that arrive at a rate of their own, whether or not earlier ones are answered.
#[derive(Clone, Debug, Default)]
pub struct Flood {
    /// Sent.
    pub offered: usize,
    /// Done.
    pub done: usize,
    /// Told that too much waits.
    pub turned_away: usize,
    /// Anything else.
    pub failed: usize,
    /// Until the last answer.
    pub took: Duration,
    /// How long the slowest of a hundred of those turned away waited to hear it.
    pub turned_away_within: Duration,
}

/// Sends openings at a rate, in steps of five milliseconds, for so long.
pub async fn flood(engine: &Engine, run: &str, each_second: usize, long: Duration) -> Flood {
    const STEP: Duration = Duration::from_millis(5);
    let (began, mut flood, mut waits) = (Instant::now(), Flood::default(), Vec::new());
    let mut working = JoinSet::new();
    while began.elapsed() < long {
        let due =
            usize::try_from(began.elapsed().as_micros()).unwrap_or(usize::MAX) / 1_000 * each_second / 1_000;
        while flood.offered < due {
            let (engine, case) = (engine.clone(), CaseId(format!("{run}-{}", flood.offered).into()));
            flood.offered += 1;
            working.spawn(async move {
                let (sent, key) = (Instant::now(), Some(Name::from(format!("{case}/0"))));
                (engine.open(case, "bench_steps", vec![], clerk(), key).await, sent.elapsed())
            });
        }
        while let Some(answered) = working.try_join_next() {
            flood.note(answered.ok(), &mut waits);
        }
        tokio::time::sleep(STEP).await;
    }
    while let Some(answered) = working.join_next().await {
        flood.note(answered.ok(), &mut waits);
    }
    flood.took = began.elapsed();
    waits.sort_unstable();
    flood.turned_away_within = waits.get(waits.len() * 99 / 100).copied().unwrap_or_default();
    flood
}

impl Flood {
    fn note(
        &mut self,
        answered: Option<(Result<crate::answer::Answer, Trouble>, Duration)>,
        waits: &mut Vec<Duration>,
    ) {
        match answered {
            Some((Ok(_), _)) => self.done += 1,
            Some((Err(Trouble::Overloaded), waited)) => {
                self.turned_away += 1;
                waits.push(waited);
            }
            _ => self.failed += 1,
        }
    }
}

async fn client_runs(engine: &Engine, run: &str, cases: usize) -> Result<Vec<Duration>, Trouble> {
    let mut took = Vec::with_capacity(cases * TRANSITIONS);
    for number in 0..cases {
        let case = CaseId(format!("{run}-{number}").into());
        let began = Instant::now();
        let key = |step: usize| Some(Name::from(format!("{case}/{step}")));
        engine.open(case.clone(), "bench_steps", vec![], clerk(), key(0)).await?;
        took.push(began.elapsed());
        for step in 1..TRANSITIONS {
            let began = Instant::now();
            let event = Event { to: Target::Main, name: "next".into(), data: vec![], reason: None };
            let given = engine.give(case.clone(), Input::Event(event), clerk(), key(step)).await?;
            if given.verdict != Verdict::Accepted {
                return Err(Trouble::Parked(format!("{:?}", given.verdict).into()));
            }
            took.push(began.elapsed());
        }
    }
    Ok(took)
}

fn clerk() -> Actor {
    Actor::person("clerk", "office", "clerk")
}
