//! Deadlines: once each, never early, in due order, by the time of receipt; held when the clock is wrong.

use jiff::{SignedDuration, Timestamp};
use machine::event::Actor;
use machine::fact::What;
use ports::fault::Cause;
use runtime::answer::{Trouble, Verdict};
use runtime::breaker::Held;
use runtime::{timers, watch};

use crate::house::{House, over_all_stores, supervisor, text};

/// An offer that stands for an hour: accepted before, it counts; at the hour it has lapsed.
pub const OFFER: &str = "
process: offer
language: 1
title: { zh: 报价, en: Offer }
roles: { clerk: { zh: 经办, en: Clerk } }
parameters:
  stands: { title: { zh: 有效期, en: Stands }, type: period, values: { 2026-01-01: 1小时 }, origin: assumed }
events: { accept: { title: { zh: 接受, en: Accept }, by: [clerk] } }
initial: open
states:
  open:
    title: { zh: 待接受, en: Open }
    task: { role: clerk, outcomes: [accept] }
    deadlines: { lapse: { title: { zh: 失效, en: Lapse }, within: stands, overdue: lapsed } }
    on: { accept: accepted }
  accepted: { type: final, title: { zh: 已接受, en: Accepted } }
  lapsed: { type: final, title: { zh: 已失效, en: Lapsed } }
";

pub fn clerk() -> Actor {
    Actor::person("chen", "icbc", "clerk")
}

/// Opens an offer.
pub async fn offer(house: &House, case: &str) {
    if house.engine.shelf().in_force("offer").is_none() {
        house.engine.shelf().put_compiled(&text(OFFER));
    }
    let case = machine::ids::CaseId(case.into());
    house.engine.open(case, "offer", vec![], clerk(), None).await.unwrap();
}

async fn fired(house: &House, case: &str) -> Vec<Timestamp> {
    let facts = house.facts(case).await;
    facts
        .iter()
        .filter_map(|fact| match fact.what {
            What::TimerFired { due, .. } => Some(due),
            _ => None,
        })
        .collect()
}

#[test]
fn the_verdict_turns_on_the_time_of_receipt_alone() {
    // Microseconds before the hour; who is looked at first; what comes of it.
    let table = [(1, false, "accepted"), (1, true, "accepted"), (0, false, "lapsed"), (0, true, "lapsed")];
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        for (number, (before, clock_first, becomes)) in table.into_iter().enumerate() {
            let case = format!("O-{number}");
            offer(&house, &case).await;
            clock.pass(SignedDuration::from_hours(1) - SignedDuration::from_micros(before));
            if clock_first {
                house.fire().await;
            }
            let answer = house.send(&case, "accept", clerk(), None).await.unwrap();
            clock.pass(SignedDuration::from_secs(5));
            house.fire().await;
            assert_eq!(house.states(&case).await, becomes, "{before} µs before, clock first: {clock_first}");
            assert_eq!(answer.verdict == Verdict::Accepted, becomes == "accepted");
        }
    });
}

#[test]
fn an_act_received_in_time_counts_though_the_deadline_comes_up_before_it_is_decided() {
    over_all_stores(|place, clock| async move {
        let (engine, lanes) = runtime::engine::Engine::new(crate::house::setting(place.store, &clock));
        let house = House { engine: engine.clone() };
        let opening = {
            let house = house.clone();
            tokio::spawn(async move { offer(&house, "O-1").await })
        };
        let mut lanes = lanes;
        while !opening.is_finished() {
            for lane in &mut lanes {
                lane.run_once().await.unwrap();
            }
            tokio::task::yield_now().await;
        }
        clock.pass(SignedDuration::from_hours(1) - SignedDuration::from_millis(1));
        let accepting = {
            let house = house.clone();
            tokio::spawn(async move { house.send("O-1", "accept", clerk(), None).await.unwrap() })
        };
        while engine.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        // It waits, and meanwhile the hour strikes.
        clock.pass(SignedDuration::from_secs(6));
        timers::run_once(&engine).await.unwrap();
        while engine.waiting() > 0 {
            for lane in &mut lanes {
                lane.run_once().await.unwrap();
            }
        }
        assert_eq!(accepting.await.unwrap().verdict, Verdict::Accepted);
        assert_eq!(house.states("O-1").await, "accepted");
        assert!(fired(&house, "O-1").await.is_empty());
    });
}

#[test]
fn deadlines_missed_while_nobody_worked_fire_once_each_at_their_own_due_instant() {
    over_all_stores(|place, clock| async move {
        // More than are fetched at once.
        const MISSED: i64 = 1_100;
        let before = House::new(place.store.clone(), &clock);
        for number in 0..MISSED {
            offer(&before, &format!("O-{number:04}")).await;
            clock.pass(SignedDuration::from_secs(1));
        }
        before.engine.close();
        clock.pass(SignedDuration::from_hours(5));
        let house = House::new(place.store, &clock);
        house.engine.shelf().put_compiled(&text(OFFER));
        house.fire().await;
        house.fire().await;
        let start: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
        for number in 0..MISSED {
            let due = start + SignedDuration::from_secs(number);
            assert_eq!(fired(&house, &format!("O-{number:04}")).await, [due]);
        }
        assert_eq!(house.engine.held(), None, "what was missed is caught up without asking");
    });
}

#[test]
fn looking_at_the_clock_in_vain_writes_nothing() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.ask_leave("L-1", None).await.unwrap();
        house.engine.tick(machine::ids::CaseId("L-1".into())).unwrap();
        house.quiet().await;
        house.fire().await;
        assert_eq!(house.send("L-1", "approve", supervisor(), None).await.unwrap().version, 2);
    });
}

#[test]
fn a_clock_that_jumps_ahead_cancels_nothing_until_a_person_says_so() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store.clone(), &clock);
        offer(&house, "O-1").await;
        house.fire().await;
        clock.jump(SignedDuration::from_hours(8 * 24));
        house.fire().await;
        assert!(matches!(house.engine.held(), Some(Held::Jumped { .. })));
        watch::run_once(&house.engine).await.unwrap();
        assert_eq!(
            (house.states("O-1").await, house.states(watch::CASE).await),
            ("open".into(), "holding".into())
        );
        // A new program over the same store holds, too.
        let second = House::new(place.store, &clock);
        second.engine.shelf().put_compiled(&text(OFFER));
        watch::look_back(&second.engine).await.unwrap();
        second.fire().await;
        assert_eq!(second.engine.held(), Some(Held::Before));
        // Not without a reason; then it fires.
        let by = Actor::person("root", "centre", "administrator");
        let refused = watch::release(&house.engine, " ", by.clone()).await.unwrap();
        assert!(matches!(refused.verdict, Verdict::Refused { .. }));
        watch::release(&house.engine, "the clock is right: it stood still before", by).await.unwrap();
        watch::run_once(&house.engine).await.unwrap();
        house.fire().await;
        assert_eq!(house.states("O-1").await, "lapsed");
        let told = house.facts(watch::CASE).await;
        let reason = told.iter().find_map(|fact| match &fact.what {
            What::Received { event, reason, .. } if &**event == "release" => reason.clone(),
            _ => None,
        });
        assert_eq!(reason.as_deref(), Some("the clock is right: it stood still before"));
    });
}

#[test]
fn while_deadlines_are_held_nobody_makes_them_fire_by_sending_something() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        offer(&house, "O-1").await;
        house.fire().await;
        clock.jump(SignedDuration::from_hours(8 * 24));
        // Nobody has looked at the clock since it jumped: the command itself would find the deadline due.
        let told = house.send("O-1", "accept", clerk(), Some("k")).await;
        assert!(matches!(&told, Err(Trouble::Fault(fault)) if fault.cause == Cause::ClockAhead), "{told:?}");
        assert_eq!((house.states("O-1").await, fired(&house, "O-1").await.len()), ("open".into(), 0));
        // What is not due goes on.
        house.ask_leave("L-1", None).await.unwrap();
        // A person sets the clock right and lets the deadlines go: the same command counts.
        clock.jump(SignedDuration::from_hours(-8 * 24));
        watch::run_once(&house.engine).await.unwrap();
        let by = Actor::person("root", "centre", "administrator");
        watch::release(&house.engine, "the clock is set right", by).await.unwrap();
        watch::run_once(&house.engine).await.unwrap();
        let told = house.send("O-1", "accept", clerk(), Some("k")).await.unwrap();
        assert_eq!((told.verdict, house.states("O-1").await), (Verdict::Accepted, "accepted".into()));
    });
}

#[test]
fn a_clock_that_goes_back_fires_nothing_early_and_nothing_twice() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        offer(&house, "O-1").await;
        clock.pass(SignedDuration::from_mins(61));
        house.fire().await;
        offer(&house, "O-2").await;
        clock.jump(SignedDuration::from_hours(-72));
        house.fire().await;
        assert!(matches!(house.engine.held(), Some(Held::Behind { .. })));
        assert_eq!(fired(&house, "O-1").await.len(), 1);
        clock.jump(SignedDuration::from_hours(72));
        clock.pass(SignedDuration::from_mins(61));
        house.fire().await;
        assert_eq!((house.engine.held(), house.states("O-2").await), (None, "lapsed".into()));
    });
}
