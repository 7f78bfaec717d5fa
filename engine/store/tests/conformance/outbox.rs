//! What goes out: taken by one at a time, tried again, parked, let go again by a person.

use expr::value::Value;
use jiff::SignedDuration;
use machine::fact::What;
use machine::ids::CaseId;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Outcome, Settled};
use ports::query::Page;
use ports::store::Store;

use crate::cases::{go, opened, write};
use crate::demand::{clerk, definition, minute, send, unit};

/// Runs every story about what goes out.
pub async fn exercise(store: &dyn Store) {
    a_letter_is_taken_by_one_and_delivered_once(store).await;
    a_lost_lease_runs_out_and_the_late_result_counts_no_more(store).await;
    what_fails_is_tried_again_then_parked_then_let_go(store).await;
    a_lane_goes_out_in_order(store).await;
    two_dispatchers_never_take_the_same(store).await;
}

async fn take(store: &dyn Store, connector: &str, at: i64, limit: u32) -> Vec<OutboxRow> {
    let keep = SignedDuration::from_mins(5);
    let lease = OutboxLease { connector: connector.into(), now: minute(at), keep, limit };
    store.lease_outbox(lease).await.unwrap()
}

async fn settle(store: &dyn Store, row: &OutboxRow, outcome: Outcome, at: i64) -> bool {
    let settled = Settled { key: row.key.clone(), epoch: row.epoch, outcome, at: minute(at) };
    store.settle_outbox(vec![settled]).await.unwrap()[0]
}

/// Sends something through a connector of its own.
async fn post(store: &dyn Store, id: &str, connector: &str, how_many: usize) {
    let definition = definition();
    let before = opened(store, id).await;
    let amount = [("amount", Value::text("100"))];
    let step = send(&definition, &before.case, "amend", &amount, clerk(), minute(1));
    let mut unit = unit(&definition, before.mark, step, minute(1));
    unit.outbox[0].connector = connector.into();
    unit.outbox = vec![unit.outbox[0].clone(); how_many];
    assert!(write(store, vec![unit]).await[0].is_ok());
}

async fn a_letter_is_taken_by_one_and_delivered_once(store: &dyn Store) {
    post(store, "O-1", "first", 1).await;
    assert_eq!(take(store, "first", 0, 9).await, []);
    let rows = take(store, "first", 1, 9).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row.key, EffectKey { case: CaseId("O-1".into()), entry: 2, effect: 0 });
    assert_eq!(row.key.to_string(), "O-1/2/0");
    assert!(
        matches!(&row.outgoing.fact.what, What::Called { connector, .. } if &**connector == "credit_system")
    );
    assert_eq!((row.attempts, row.epoch, row.parked, row.outgoing.at), (1, 1, false, minute(1)));
    assert_eq!(take(store, "first", 2, 9).await, []);
    assert!(settle(store, row, Outcome::Done, 2).await);
    assert!(!settle(store, row, Outcome::Done, 2).await);
    assert_eq!(take(store, "first", 999, 9).await, []);
}

async fn a_lost_lease_runs_out_and_the_late_result_counts_no_more(store: &dyn Store) {
    post(store, "O-2", "second", 1).await;
    let slow = take(store, "second", 1, 1).await.remove(0);
    let next = take(store, "second", 6, 1).await.remove(0);
    assert_eq!((next.key.clone(), next.epoch, next.attempts), (slow.key.clone(), 2, 2));
    assert!(!settle(store, &slow, Outcome::Done, 7).await);
    assert!(settle(store, &next, Outcome::Done, 7).await);
}

async fn what_fails_is_tried_again_then_parked_then_let_go(store: &dyn Store) {
    post(store, "O-3", "third", 1).await;
    let row = take(store, "third", 1, 1).await.remove(0);
    let again = Outcome::Again { at: minute(30), problem: Some("500".to_owned()) };
    assert!(settle(store, &row, again, 2).await);
    assert_eq!(take(store, "third", 29, 1).await, []);
    let row = take(store, "third", 30, 1).await.remove(0);
    assert_eq!((row.attempts, row.problem.as_deref()), (2, Some("500")));
    assert!(settle(store, &row, Outcome::Park { problem: "refused".to_owned() }, 31).await);
    assert_eq!(take(store, "third", 999, 1).await, []);
    let parked =
        OutboxFilter { connector: Some("third".into()), parked: Some(true), ..OutboxFilter::default() };
    let dead = store.outbox(parked.clone(), Page::first(9)).await.unwrap().remove(0);
    assert_eq!((dead.parked, dead.problem.as_deref()), (true, Some("refused")));
    assert!(settle(store, &dead, Outcome::Again { at: minute(40), problem: None }, 39).await);
    assert_eq!(store.outbox(parked, Page::first(9)).await.unwrap(), []);
    let row = take(store, "third", 40, 1).await.remove(0);
    assert_eq!((row.attempts, row.problem.as_deref()), (3, Some("refused")));
    assert!(settle(store, &row, Outcome::Drop, 41).await);
    let all = OutboxFilter { case: Some(CaseId("O-3".into())), ..OutboxFilter::default() };
    assert_eq!(store.outbox(all, Page::first(9)).await.unwrap(), []);
}

async fn a_lane_goes_out_in_order(store: &dyn Store) {
    opened(store, "O-4").await;
    for (at, to) in [(1, "X"), (2, "X"), (3, "Y")] {
        let data = [("to", Value::text(to))];
        go(store, "O-4", at, |d, c| send(d, c, "pass_on", &data, clerk(), minute(at))).await;
    }
    let entries = |rows: &[OutboxRow]| rows.iter().map(|row| row.key.entry).collect::<Vec<_>>();
    let rows = take(store, "cases", 10, 9).await;
    assert_eq!(entries(&rows), [2, 4]);
    assert_eq!(take(store, "cases", 11, 9).await, []);
    assert!(settle(store, &rows[0], Outcome::Park { problem: "nobody there".to_owned() }, 11).await);
    assert_eq!(entries(&take(store, "cases", 900, 9).await), [4]);
    let case = Some(CaseId("O-4".into()));
    let parked = store
        .outbox(OutboxFilter { case, parked: Some(true), ..OutboxFilter::default() }, Page::first(9))
        .await
        .unwrap();
    assert!(settle(store, &parked[0], Outcome::Drop, 901).await);
    assert_eq!(entries(&take(store, "cases", 902, 9).await), [3]);
}

async fn two_dispatchers_never_take_the_same(store: &dyn Store) {
    post(store, "O-5", "fifth", 60).await;
    let lease = |at| OutboxLease {
        connector: "fifth".into(),
        now: minute(at),
        keep: SignedDuration::from_mins(5),
        limit: 7,
    };
    let mut keys = Vec::new();
    for at in 1..4 {
        let (a, b, c) = tokio::join!(
            store.lease_outbox(lease(at)),
            store.lease_outbox(lease(at)),
            store.lease_outbox(lease(at))
        );
        keys.extend([a, b, c].into_iter().flat_map(|rows| rows.unwrap()).map(|row| row.key));
    }
    let taken = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), taken);
    let filter = OutboxFilter { connector: Some("fifth".into()), ..OutboxFilter::default() };
    let page = Page { after: Some(EffectKey { case: CaseId("O-5".into()), entry: 2, effect: 49 }), limit: 4 };
    let listed = store.outbox(filter, page).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.key.effect).collect::<Vec<_>>(), [50, 51, 52, 53]);
}
