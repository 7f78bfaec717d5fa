//! The only place that loops and sleeps: rounds of work until the engine closes.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use ports::fault::{Fault, Retry};

use crate::answer::Trouble;
use crate::clocks::StoreClock;
use crate::engine::Engine;
use crate::lane::{Lane, Round};
use crate::nodes::Node;
use crate::outbox::Deliveries;
use crate::schedule::Schedules;
use crate::timers;
use crate::watch;

/// Bells are hints: nobody rests longer than this without a look.
const REST_MAX: Duration = Duration::from_secs(1);
/// How long after the store was away.
const AWAY: Duration = Duration::from_secs(1);
/// How often the store's clock is asked.
const ASK: Duration = Duration::from_secs(1);

/// How often definitions are taken up.
const TAKE_UP: Duration = Duration::from_secs(10);

/// What a loop ends with.
pub type Ended = Result<(), Fault>;

/// Works a lane until the engine closes and the lane is empty. However it ends, nobody waits for it in vain.
///
/// # Errors
/// A fault that this process cannot outlive: end with exit code 75 and start again.
pub async fn lane(engine: Engine, number: usize, mut lane: Lane) -> Ended {
    let ended = rounds(&engine, number, &mut lane).await;
    match &ended {
        Ok(()) => engine.queue(number).shut(&Trouble::Closing),
        Err(fault) => engine.queue(number).shut(&Trouble::Fault(fault.clone())),
    }
    ended
}

async fn rounds(engine: &Engine, number: usize, lane: &mut Lane) -> Ended {
    loop {
        match lane.run_once().await {
            // Whoever was just answered may ask for more at once: let them, and one transaction carries it.
            Ok(Round::Worked(_)) => tokio::task::yield_now().await,
            Ok(Round::Idle) if engine.is_closing() => return Ok(()),
            Ok(Round::Idle) => engine.queue(number).bell.notified().await,
            Err(fault) => rest_after(fault).await?,
        }
    }
}

/// Wakes due cases until the engine closes, and has people asked when deadlines are held.
///
/// # Errors
/// As [`lane`].
pub async fn clock(engine: Engine) -> Ended {
    while !engine.is_closing() {
        match timers::run_once(&engine).await {
            Ok(Round::Worked(_)) => tokio::task::yield_now().await,
            Ok(Round::Idle) => rest_until_due(&engine).await,
            Err(fault) => rest_after(fault).await?,
        }
        if engine.held().is_some()
            && let Err(trouble) = watch::run_once(&engine).await
        {
            tracing::warn!(%trouble, "nobody could be asked about the deadlines that are held");
        }
    }
    Ok(())
}

/// Sleeps until the next known instant, or until a sooner one is written.
async fn rest_until_due(engine: &Engine) {
    let office = engine.office();
    let deadlines = &office.deadlines;
    let next = deadlines.next(office.bounds.horizon).duration_since(engine.now()) + office.hold_back();
    let left = next.max(office.settling()).max(SignedDuration::from_millis(1));
    let left = Duration::try_from(left).unwrap_or(REST_MAX).min(REST_MAX);
    tokio::select! {
        () = tokio::time::sleep(left) => {}
        () = deadlines.bell.notified() => {}
    }
}

/// Delivers for one connector until the engine closes. `luck` gives the chance in the waits.
///
/// # Errors
/// As [`lane`].
pub async fn deliveries(engine: Engine, mut deliveries: Deliveries, luck: impl Fn() -> u8) -> Ended {
    let bell = engine.office().bell(deliveries.name());
    while !engine.is_closing() {
        match deliveries.run_once(luck()).await {
            Ok(Round::Worked(_)) => {}
            Ok(Round::Idle) => {
                tokio::select! {
                    () = tokio::time::sleep(REST_MAX) => {}
                    () = bell.notified() => {}
                    () = engine.office().closed.notified() => {}
                }
            }
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

/// Runs schedules until the engine closes.
///
/// # Errors
/// As [`lane`].
pub async fn schedules(engine: Engine, mut schedules: Schedules) -> Ended {
    while !engine.is_closing() {
        match schedules.run_once(&engine).await {
            Ok(Round::Worked(_)) => {}
            Ok(Round::Idle) => rest(&engine, REST_MAX).await,
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

/// Keeps a node's leases until the engine closes, then gives them back.
///
/// # Errors
/// As [`lane`].
pub async fn node(engine: Engine, mut node: Node) -> Ended {
    while !engine.is_closing() {
        match node.run_once(&engine).await {
            Ok(_) => rest(&engine, crate::nodes::RENEW).await,
            Err(fault) => rest_after(fault).await?,
        }
    }
    while !engine.is_at_rest() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    node.leave(&engine).await
}

/// Asks the store for the time until the engine closes.
///
/// # Errors
/// As [`lane`].
pub async fn store_clock(engine: Engine, clock: Arc<StoreClock>) -> Ended {
    while !engine.is_closing() {
        match clock.ask_again(&**engine.store()).await {
            Ok(()) => rest(&engine, ASK).await,
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

/// Takes up what other nodes deploy, until the engine closes.
///
/// # Errors
/// As [`lane`].
pub async fn definitions(engine: Engine) -> Ended {
    while !engine.is_closing() {
        match crate::deploy::take_up(&engine).await {
            Ok(unfit) => {
                for process in unfit {
                    tracing::error!(%process, "the definition in force does not compile here");
                }
                rest(&engine, TAKE_UP).await;
            }
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

async fn rest(engine: &Engine, long: Duration) {
    tokio::select! {
        () = tokio::time::sleep(long) => {}
        () = engine.office().closed.notified() => {}
    }
}

async fn rest_after(fault: Fault) -> Ended {
    tracing::warn!(%fault, "the store did not answer");
    match fault.retry {
        Retry::Soon => tokio::task::yield_now().await,
        Retry::Later | Retry::Never => tokio::time::sleep(AWAY).await,
        Retry::Restart => return Err(fault),
    }
    Ok(())
}
