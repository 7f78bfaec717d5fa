//! Leases: one holder, an epoch that counts holders, and writes that are fenced by it.

use std::sync::Arc;

use jiff::SignedDuration;
use ports::commit::{Conflict, Fence};
use ports::query::{Lease, LeaseWish};
use ports::store::Store;
use sqlx::{Connection, PgConnection};
use store::Address;

use crate::cases::{claim, loaded, opened, write};
use crate::demand::{definition, minute, unit};
use crate::stores::{Opened, Watch};

/// Runs every story about leases.
pub async fn exercise(store: &dyn Store, clock: &Option<Arc<Watch>>) {
    a_lease_has_one_holder_and_passes_on(store).await;
    a_write_under_a_lost_lease_is_left_out(store).await;
    if let Some(clock) = clock {
        a_lease_runs_out_by_the_clock(store, clock).await;
    }
    a_lease_taken_while_the_clock_stood_ahead_does_not_last_for_days(store).await;
}

async fn wish(store: &dyn Store, name: &str, holder: &str, seconds: i64) -> Lease {
    let keep = SignedDuration::from_secs(seconds);
    let wish = LeaseWish { name: name.into(), holder: holder.into(), keep };
    store.lease(vec![wish]).await.unwrap().remove(0)
}

async fn a_lease_has_one_holder_and_passes_on(store: &dyn Store) {
    let first = wish(store, "timers", "node-1", 60).await;
    assert_eq!((&*first.holder, first.epoch), ("node-1", 1));
    let other = wish(store, "timers", "node-2", 60).await;
    assert_eq!((&*other.holder, other.epoch), ("node-1", 1));
    assert_eq!(wish(store, "timers", "node-1", 90).await.epoch, 1);
    wish(store, "timers", "node-1", 0).await;
    let passed = wish(store, "timers", "node-2", 60).await;
    assert_eq!((&*passed.holder, passed.epoch), ("node-2", 2));
    let keep = SignedDuration::from_secs(60);
    let wishes = ["b", "a"].map(|name| LeaseWish { name: name.into(), holder: "node-1".into(), keep });
    let held = store.lease(wishes.to_vec()).await.unwrap();
    assert_eq!(held.iter().map(|lease| &*lease.name).collect::<Vec<_>>(), ["b", "a"]);
}

async fn a_lease_runs_out_by_the_clock(store: &dyn Store, clock: &Watch) {
    wish(store, "running-out", "node-1", 10).await;
    clock.advance(9);
    assert_eq!(&*wish(store, "running-out", "node-2", 10).await.holder, "node-1");
    clock.advance(1);
    let taken = wish(store, "running-out", "node-2", 10).await;
    assert_eq!((&*taken.holder, taken.epoch), ("node-2", 2));
}

async fn a_lease_taken_while_the_clock_stood_ahead_does_not_last_for_days(store: &dyn Store) {
    // As if it had been kept for a minute by a clock eight days ahead, and its holder had died then.
    wish(store, "ahead", "node-1", 8 * 86_400).await;
    let taken = wish(store, "ahead", "node-2", 60).await;
    assert_eq!((&*taken.holder, taken.epoch), ("node-2", 2));
}

async fn a_write_under_a_lost_lease_is_left_out(store: &dyn Store) {
    let definition = definition();
    let held = wish(store, "part-7", "node-1", 60).await;
    let before = opened(store, "E-1").await;
    let fenced = |epoch: u64, name: &'static str, mark| {
        let mut unit = unit(&definition, mark, claim(name, 1)(&definition, &before.case), minute(1));
        unit.fence = Some(Fence { lease: "part-7".into(), epoch });
        unit
    };
    assert!(write(store, vec![fenced(held.epoch, "icbc", before.mark)]).await[0].is_ok());
    wish(store, "part-7", "node-1", 0).await;
    wish(store, "part-7", "node-2", 60).await;
    let stored = loaded(store, "E-1").await;
    let other = opened(store, "E-2").await;
    let fine = unit(&definition, other.mark, claim("abc", 1)(&definition, &other.case), minute(1));
    let written = write(store, vec![fenced(held.epoch, "abc", stored.mark), fine]).await;
    assert_eq!(written[0], Err(Conflict::Fenced));
    assert!(written[1].is_ok());
    assert_eq!(loaded(store, "E-1").await, stored);
}

/// A node that froze inside a transaction holds the row of a lease that has run out meanwhile.
pub async fn a_frozen_writer_keeps_nobody_from_their_own(opened: Opened) {
    let store = &*opened.store;
    wish(store, "its", "frozen", 0).await;
    wish(store, "ours", "node-2", 60).await;
    let Address::Postgres(url) = &opened.address else { panic!("only servers have other writers") };
    let mut frozen = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT * FROM leases WHERE lease = 'its' FOR UPDATE")
        .execute(&mut frozen)
        .await
        .unwrap();
    let keep = SignedDuration::from_secs(90);
    let wishes = ["its", "ours"].map(|name| LeaseWish { name: name.into(), holder: "node-2".into(), keep });
    let held = store.lease(wishes.to_vec()).await.unwrap();
    let holders: Vec<&str> = held.iter().map(|lease| &*lease.holder).collect();
    assert_eq!(holders, ["frozen", "node-2"], "its own lease is kept though the other row is locked");
    frozen.close().await.unwrap();
    assert_eq!(&*store.lease(wishes.to_vec()).await.unwrap()[0].holder, "node-2", "and then it is taken");
}
