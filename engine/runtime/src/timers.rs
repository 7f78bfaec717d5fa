//! Timers: cases whose next instant has come are given a look at the clock.

use jiff::Timestamp;
use ports::fault::Fault;
use ports::query::DueFilter;

use crate::engine::Engine;
use crate::lane::Round;

/// The most cases one round wakes.
pub const WAKE_MAX: u32 = 500;

/// Wakes cases due by now, longest due first. Firing is the step's: each timer once, at its own due instant.
///
/// # Errors
/// A fault of the store.
pub async fn run_once(engine: &Engine, parts: Option<Vec<u16>>) -> Result<Round, Fault> {
    let until: Timestamp = engine.now();
    let due = engine.store().due(DueFilter { until, parts }, WAKE_MAX).await?;
    let mut woken = 0;
    for case in due {
        // A full lane is no loss: the case is still due at the next round.
        if engine.tick(case.id).is_err() {
            break;
        }
        woken += 1;
    }
    Ok(if woken == 0 { Round::Idle } else { Round::Worked(woken) })
}
