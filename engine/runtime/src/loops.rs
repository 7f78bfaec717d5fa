//! The only place that loops and sleeps: rounds of work until the engine closes.

use std::sync::Arc;
use std::time::Duration;

use ports::connector::Connector;
use ports::fault::{Fault, Retry};

use crate::engine::Engine;
use crate::lane::{Lane, Round};
use crate::{outbox, timers};

/// How long a loop rests when there was nothing to do.
const REST: Duration = Duration::from_millis(200);
/// How long after the store was away.
const AWAY: Duration = Duration::from_secs(1);

/// What a loop ends with.
pub type Ended = Result<(), Fault>;

/// Works a lane until the engine closes and the lane is empty.
///
/// # Errors
/// A fault that this process cannot outlive: end with exit code 75 and start again.
pub async fn lane(engine: Engine, number: usize, mut lane: Lane) -> Ended {
    loop {
        match lane.run_once().await {
            Ok(Round::Worked(_)) => {}
            Ok(Round::Idle) if engine.is_closing() => return Ok(()),
            Ok(Round::Idle) => engine.queue(number).bell.notified().await,
            Err(fault) => rest_after(fault).await?,
        }
    }
}

/// Wakes due cases until the engine closes.
///
/// # Errors
/// As [`lane`].
pub async fn clock(engine: Engine) -> Ended {
    while !engine.is_closing() {
        match timers::run_once(&engine, None).await {
            Ok(Round::Worked(_)) => tokio::task::yield_now().await,
            Ok(Round::Idle) => tokio::time::sleep(REST).await,
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

/// Delivers for one connector until the engine closes. `luck` gives the chance in the waits.
///
/// # Errors
/// As [`lane`].
pub async fn deliveries(engine: Engine, connector: Arc<dyn Connector>, luck: impl Fn() -> u8) -> Ended {
    while !engine.is_closing() {
        match outbox::run_once(&engine, &connector, luck()).await {
            Ok(Round::Worked(_)) => {}
            Ok(Round::Idle) => tokio::time::sleep(REST).await,
            Err(fault) => rest_after(fault).await?,
        }
    }
    Ok(())
}

async fn rest_after(fault: Fault) -> Ended {
    tracing::warn!(%fault, "the store did not answer");
    match fault.retry {
        Retry::Soon => tokio::task::yield_now().await,
        Retry::Later => tokio::time::sleep(AWAY).await,
        Retry::Never | Retry::Restart => return Err(fault),
    }
    Ok(())
}
