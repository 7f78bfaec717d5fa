//! Leases: who may act for what, until when, by the clock of the store.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use machine::ids::Name;
use ports::fault::{Fault, Retry};
use ports::query::{Lease, LeaseWish};

use super::commit::{int, text};
use super::read::fault_of;
use super::rows::Rows;
use super::{Session, Tables, micros};

/// No lease is asked for so long: one that lasts longer was written while the clock stood ahead, and has run out.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// Takes, keeps or gives back leases; answers who holds them now.
///
/// The clock is read before the transaction begins. A node that falls asleep in between only asks for less. What
/// somebody else let run out is taken in a transaction of its own: a node that froze while it wrote may still hold
/// its rows, and nobody loses their own leases by waiting for it.
pub async fn lease<T: Tables>(tables: &T, wishes: Vec<LeaseWish>) -> Result<Vec<Lease>, Fault> {
    if wishes.is_empty() {
        return Ok(vec![]);
    }
    let now = tables.now().await?;
    let wanted: BTreeMap<&Name, &LeaseWish> = wishes.iter().map(|w| (&w.name, w)).collect();
    let mut session = tables.begin().await?;
    let before = read(&mut session, &rows_of(wanted.values().copied(), now)).await?;
    let ran_out = |wish: &LeaseWish| {
        before.get(&wish.name).is_some_and(|lease| lease.holder != wish.holder && is_over(lease.until, now))
    };
    let (left, own): (Vec<&LeaseWish>, Vec<&LeaseWish>) = wanted.values().partition(|wish| ran_out(wish));
    let mut held = take(session, own, now).await?;
    held.extend(before.into_iter().filter(|(name, _)| left.iter().any(|wish| wish.name == *name)));
    if !left.is_empty() {
        match take(tables.begin().await?, left, now).await {
            Ok(taken) => held.extend(taken),
            Err(fault) if matches!(fault.retry, Retry::Never | Retry::Restart) => return Err(fault),
            // Its rows are held by whoever let them run out: the next time, then.
            Err(_) => {}
        }
    }
    Ok(wishes.iter().filter_map(|w| held.get(&w.name).cloned()).collect())
}

/// Whether a lease that lasts until then has run out by now.
pub(crate) fn is_over(until: Timestamp, now: Timestamp) -> bool {
    until <= now || now.checked_add(LONGEST).is_ok_and(|latest| until > latest)
}

/// Takes what may be taken and says who holds each now.
async fn take<S: Session>(
    mut session: S,
    wishes: Vec<&LeaseWish>,
    now: Timestamp,
) -> Result<BTreeMap<Name, Lease>, Fault> {
    if wishes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = rows_of(wishes.into_iter(), now);
    session.run_over(&rows, TAKE).await?;
    let held = read(&mut session, &rows).await?;
    session.commit().await.map_err(fault_of)?;
    Ok(held)
}

fn rows_of<'w>(wishes: impl Iterator<Item = &'w LeaseWish> + Clone, now: Timestamp) -> Rows<'w> {
    let until = |w: &LeaseWish| micros(now.checked_add(w.keep).unwrap_or(Timestamp::MAX));
    Rows::default()
        .with("lease", text(wishes.clone(), |w| &*w.name))
        .with("holder", text(wishes.clone(), |w| &*w.holder))
        .with("until", int(wishes.clone(), until))
        .with("now", int(wishes.clone(), |_| micros(now)))
        .with("latest", int(wishes, |_| micros(now.checked_add(LONGEST).unwrap_or(Timestamp::MAX))))
}

async fn read<S: Session>(session: &mut S, rows: &Rows<'_>) -> Result<BTreeMap<Name, Lease>, Fault> {
    let body = "SELECT l.lease, l.holder, l.epoch, l.until FROM leases AS l JOIN n ON l.lease = n.lease";
    let mut held = BTreeMap::new();
    for mut line in session.run_over(rows, body).await? {
        let lease =
            Lease { name: line.name(0)?, holder: line.name(1)?, epoch: line.count(2)?, until: line.at(3)? };
        held.insert(lease.name.clone(), lease);
    }
    Ok(held)
}

const TAKE: &str = "INSERT INTO leases (lease, holder, epoch, until)
SELECT lease, holder, 1, until FROM n WHERE true
ON CONFLICT (lease) DO UPDATE SET
  epoch = leases.epoch + (CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END),
  holder = excluded.holder,
  until = excluded.until
WHERE leases.holder = excluded.holder OR leases.until <= (SELECT MIN(now) FROM n)
  OR leases.until > (SELECT MIN(latest) FROM n)";
