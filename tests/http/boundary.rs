//! A bank's decision about the moment its time runs out, sent over HTTP: whether it counts is a matter of when it was
//! received, and of nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use machine::ids::CaseId;
use ports::clock::Clock;
use reqwest::Method;
use runtime::engine::Setting;
use runtime::timers;
use serde_json::json;

use crate::door::{Door, over_all_places};
use server::listen::Limits;

/// A clock that stands still until it is moved.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Everything that is due is looked at and decided.
async fn looked(door: &Door) {
    timers::run_once(&door.engine).await.unwrap();
    door.engine.ticks_at_rest().await;
}

/// When the claim of a bank has to be decided.
async fn due(door: &Door, case: &str, bank: &str) -> Timestamp {
    let loaded = door.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
    let case = &loaded[0].as_ref().unwrap().case;
    let claim = case.runs.iter().find(|run| run.key == Value::text(bank)).unwrap();
    claim.timers.iter().filter_map(|timer| timer.clock.fires_at()).min().unwrap()
}

#[test]
fn a_decision_over_http_counts_exactly_when_it_was_received_before_the_deadline() {
    over_all_places(|place| async move {
        let start: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        let hand = Arc::new(Hand(AtomicI64::new(start.as_microsecond())));
        let clock = hand.clone();
        let door = Door::open_by(&place, Limits::default(), move |store, shelf| {
            let steady = clock.clone();
            let steady = move || steady.now().duration_since(start);
            Setting { steady: Arc::new(steady), ..Setting::alone(store, clock, shelf) }
        })
        .await;
        for (micros, timer_first) in
            [-1_000_000, -1, 0, 1, 1_000_000].into_iter().flat_map(|m| [(m, false), (m, true)])
        {
            let case = door.demand().await;
            assert_eq!(door.claim(1, &case).await.status, 200);
            let due = due(&door, &case, "BANK1").await;
            let received = due + SignedDuration::from_micros(micros);
            hand.0.store(received.as_microsecond(), Ordering::SeqCst);
            if timer_first {
                looked(&door).await;
            }
            let body =
                json!({ "event": "reject", "run": "claims.BANK1", "reason": "too little credit left" });
            let path = format!("/v1/cases/{case}/events");
            let headers = [("charter-role", "bank_approver")];
            let reply = door.ask("clerk1", Method::POST, &path, &headers, Some(body.to_string())).await;
            hand.0.store((received + SignedDuration::from_secs(7)).as_microsecond(), Ordering::SeqCst);
            looked(&door).await;
            let counts = reply.status == 200;
            assert_eq!(counts, micros < 0, "{micros} µs, the timer first: {timer_first}: {}", reply.text);
            let shown = door.get("gu", &format!("/v1/cases/{case}")).await.text;
            assert_eq!(shown.contains("auto_cancelled"), !counts, "{shown}");
        }
    });
}
