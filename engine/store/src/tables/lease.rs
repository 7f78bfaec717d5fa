//! Leases: who may act for what, until when, by the clock of the store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use machine::ids::Name;
use ports::fault::Fault;
use ports::query::{Lease, LeaseWish};

use super::commit::{int, text};
use super::read::fault_of;
use super::rows::Rows;
use super::{Session, Tables, micros};

/// Takes, keeps or gives back leases; answers who holds them now.
///
/// The clock is read before the transaction begins. A node that falls asleep in between only asks for less.
pub async fn lease<T: Tables>(tables: &T, wishes: Vec<LeaseWish>) -> Result<Vec<Lease>, Fault> {
    if wishes.is_empty() {
        return Ok(vec![]);
    }
    let now = tables.now().await?;
    let wanted: BTreeMap<&Name, &LeaseWish> = wishes.iter().map(|w| (&w.name, w)).collect();
    let until = |w: &LeaseWish| micros(now.checked_add(w.keep).unwrap_or(Timestamp::MAX));
    let rows = Rows::default()
        .with("lease", text(wanted.values(), |w| &*w.name))
        .with("holder", text(wanted.values(), |w| &*w.holder))
        .with("until", int(wanted.values(), |w| until(w)))
        .with("now", int(wanted.values(), |_| micros(now)));
    let mut session = tables.begin().await?;
    session.run_over(&rows, TAKE).await?;
    let body = "SELECT l.lease, l.holder, l.epoch, l.until FROM leases AS l JOIN n ON l.lease = n.lease";
    let lines = session.run_over(&rows, body).await?;
    session.commit().await.map_err(fault_of)?;
    let mut held = BTreeMap::new();
    for mut line in lines {
        let lease =
            Lease { name: line.name(0)?, holder: line.name(1)?, epoch: line.count(2)?, until: line.at(3)? };
        held.insert(lease.name.clone(), lease);
    }
    Ok(wishes.iter().filter_map(|w| held.get(&w.name).cloned()).collect())
}

const TAKE: &str = "INSERT INTO leases (lease, holder, epoch, until)
SELECT lease, holder, 1, until FROM n WHERE true
ON CONFLICT (lease) DO UPDATE SET
  epoch = leases.epoch + (CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END),
  holder = excluded.holder,
  until = excluded.until
WHERE leases.holder = excluded.holder OR leases.until <= (SELECT MIN(now) FROM n)";
