//! What goes out: leased from the store, delivered outside any transaction, settled.

use std::sync::Arc;

use jiff::SignedDuration;
use ports::connector::{Connector, Delivery, Request};
use ports::fault::Fault;
use ports::outbox::{OutboxLease, OutboxRow, Outcome, Settled};

use crate::engine::Engine;
use crate::lane::Round;
use crate::retry;

/// How long nobody else may try what was taken.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many deliveries of one connector are under way at once.
pub const AT_ONCE: u32 = 8;

/// Delivers a few things of one connector.
///
/// # Errors
/// A fault of the store; what was delivered but could not be noted is delivered again, with the same key.
pub async fn run_once(engine: &Engine, connector: &Arc<dyn Connector>, luck: u8) -> Result<Round, Fault> {
    let now = engine.now();
    let lease = OutboxLease { connector: connector.name().into(), now, keep: LEASE, limit: AT_ONCE };
    let rows = engine.store().lease_outbox(lease).await?;
    if rows.is_empty() {
        return Ok(Round::Idle);
    }
    let mut settled = Vec::with_capacity(rows.len());
    for row in &rows {
        settled.push(deliver(engine, connector, row, luck).await);
    }
    engine.store().settle_outbox(settled).await?;
    Ok(Round::Worked(rows.len()))
}

async fn deliver(engine: &Engine, connector: &Arc<dyn Connector>, row: &OutboxRow, luck: u8) -> Settled {
    let attempt = row.attempts + 1;
    let process = row.key.case.0.clone();
    let request = Request { key: row.key.clone(), attempt, process, fact: row.outgoing.fact.clone() };
    let delivery = connector.deliver(&request).await;
    let at = engine.now();
    let outcome = match delivery {
        Delivery::Delivered { .. } => Outcome::Done,
        Delivery::GiveUp { problem } => Outcome::Park { problem },
        Delivery::TryLater { problem, .. } if attempt >= retry::ATTEMPTS_MAX => Outcome::Park { problem },
        Delivery::TryLater { after, problem, .. } => {
            let pause = after.unwrap_or_else(|| retry::pause(attempt, luck));
            Outcome::Again { at: at.checked_add(pause).unwrap_or(at), problem: Some(problem) }
        }
    };
    Settled { key: row.key.clone(), epoch: row.epoch, outcome, at }
}
