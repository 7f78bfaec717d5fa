//! How fast the engine is over a store: figures to set beside what the database could do by hand.
//!
//! Nothing here knows the store; whoever calls brings one, and the raw limit measured on the same disk.

use std::time::{Duration, Instant};

use expr::value::{Moment, Value};
use jiff::{SignedDuration, Timestamp};
use language::{Sources, compile};
use machine::event::Actor;
use machine::ids::{CaseId, Name};
use ports::query::Page;
use rust_decimal::Decimal;
use tokio::task::JoinSet;

use crate::answer::Trouble;
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

/// What the process that is measured is called.
pub const PROCESS: &str = "bench_steps";
/// In which role its cases are opened and moved on.
pub const ROLE: &str = "clerk";
/// Four steps with tasks and a deadline each, as a registration has.
pub const STEPS: &str = include_str!("bench_steps.yaml");
/// A case that lapses an hour after an instant it is given.
const LAPSE: &str = include_str!("bench_lapse.yaml");
/// The transitions of one such case: its opening and four steps.
pub const TRANSITIONS: usize = 5;

/// Puts the processes that are measured on the shelf.
pub fn prepare(engine: &Engine) {
    for (name, text) in [(PROCESS, STEPS), ("bench_lapse", LAPSE)] {
        let compiled = compile(&mut Sources::new(), name, text.as_bytes());
        debug_assert!(compiled.definition.is_some(), "{:?}", compiled.report);
        engine.shelf().put_compiled(&compiled);
    }
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
        working.spawn(async move { engine.open(case, PROCESS, vec![], clerk(), None).await });
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

/// Opens `count` cases that lapse one after the other, spread evenly over `long` from `from` on. Answers when.
///
/// # Errors
/// What a client met first.
pub async fn fill_lapses(
    engine: &Engine,
    run: &str,
    count: usize,
    from: Timestamp,
    long: Duration,
) -> Result<Vec<(CaseId, Timestamp)>, Trouble> {
    let mut lapses = Vec::with_capacity(count);
    for number in 0..count {
        let after = long.as_micros() as i64 / count as i64 * number as i64;
        let due = from + SignedDuration::from_micros(after);
        let due = Timestamp::from_microsecond(due.as_microsecond()).unwrap_or(due);
        let anchor = ("anchor".into(), Value::DateTime(Moment::Instant(due - STANDS)));
        let case = CaseId(format!("{run}-{number}").into());
        engine.open(case.clone(), "bench_lapse", vec![anchor], clerk(), None).await?;
        lapses.push((case, due));
    }
    Ok(lapses)
}

/// How long a case of [`fill_lapses`] stands (bench_lapse.yaml).
const STANDS: SignedDuration = SignedDuration::from_hours(1);

/// By how much each of these lapsed too late, as it stands in the histories; those that did not lapse are missing.
///
/// # Errors
/// A fault of the store; [`Trouble::Parked`] when one lapsed early.
pub async fn lateness(engine: &Engine, lapses: &[(CaseId, Timestamp)]) -> Result<Vec<Duration>, Trouble> {
    let mut late = Vec::with_capacity(lapses.len());
    for (case, due) in lapses {
        let page = Page { after: Some(1), limit: 1 };
        let Some(entry) = engine.store().history(case.clone(), page).await?.pop() else { continue };
        let by = entry.told.at.duration_since(*due);
        late.push(Duration::try_from(by).map_err(|_| Trouble::Parked("a deadline was early".into()))?);
    }
    late.sort_unstable();
    Ok(late)
}

/// Who opens cases and moves them on.
pub fn clerk() -> Actor {
    Actor::person("clerk", "office", ROLE)
}
