//! What happens by the calendar: in its zone, on working days, once each, and what becomes of missed times.

use jiff::{SignedDuration, Timestamp};
use ports::query::{CaseFilter, Page};
use runtime::schedule::{Schedules, Times};

use charter_tests::calendar;

use crate::house::{House, over_all_stores, text};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn times_of_a_schedule() {
    #[rustfmt::skip]
    let table = [
     // cron               zone                working  after                     next
        ("0 9 * * *",      "Asia/Shanghai",    false,   "2026-03-02T00:59:59Z",   "2026-03-02T01:00:00Z"),
        ("0 9 * * *",      "Asia/Shanghai",    false,   "2026-03-02T01:00:00Z",   "2026-03-03T01:00:00Z"),
        ("30 0 9 * * *",   "Asia/Shanghai",    false,   "2026-03-02T00:00:00Z",   "2026-03-02T01:00:30Z"),
        ("0 9 * * 1",      "Asia/Shanghai",    false,   "2026-03-02T02:00:00Z",   "2026-03-09T01:00:00Z"), // Monday
        ("0 9 * * 7",      "Asia/Shanghai",    false,   "2026-03-02T02:00:00Z",   "2026-03-08T01:00:00Z"), // Sunday
        ("0 9 * * 1-5",    "Asia/Shanghai",    false,   "2026-03-06T02:00:00Z",   "2026-03-09T01:00:00Z"),
        ("0 9 1 * 1",      "Asia/Shanghai",    false,   "2026-03-02T02:00:00Z",   "2026-03-09T01:00:00Z"), // either day
        // The spring festival of 2026 is from 15 to 23 February; the 28th is a working Saturday.
        ("0 9 * * *",      "Asia/Shanghai",    true,    "2026-02-14T02:00:00Z",   "2026-02-24T01:00:00Z"),
        ("0 9 * * 6",      "Asia/Shanghai",    true,    "2026-02-24T02:00:00Z",   "2026-02-28T01:00:00Z"),
        ("0 0 29 2 *",     "Asia/Shanghai",    false,   "2026-03-02T00:00:00Z",   "2028-02-28T16:00:00Z"),
        // New York skips 02:30 on 8 March and has 01:30 twice on 1 November: once each.
        ("30 2 * * *",     "America/New_York", false,   "2026-03-08T06:00:00Z",   "2026-03-08T07:30:00Z"),
        ("30 2 * * *",     "America/New_York", false,   "2026-03-08T07:30:00Z",   "2026-03-09T06:30:00Z"),
        ("30 1 * * *",     "America/New_York", false,   "2026-11-01T05:00:00Z",   "2026-11-01T05:30:00Z"),
        ("30 1 * * *",     "America/New_York", false,   "2026-11-01T05:30:00Z",   "2026-11-02T06:30:00Z"),
    ];
    for (cron, zone, working, after, next) in table {
        let times = Times::read(cron, zone, working).unwrap();
        assert_eq!(times.after(at(after), &calendar()), Some(at(next)), "{cron} in {zone} after {after}");
    }
}

#[test]
fn wrong_expressions_are_told() {
    for (cron, zone) in [
        ("0 9 * *", "Asia/Shanghai"),
        ("0 99 * * *", "Asia/Shanghai"),
        ("0 9 * * 8", "Asia/Shanghai"),
        ("0 9 * * *", "Asia/Nowhere"),
    ] {
        assert!(Times::read(cron, zone, false).is_err(), "{cron} {zone}");
    }
}

fn yearly(missed: &str) -> String {
    format!(
        "
process: daily
language: 1
title: {{ zh: 每日核对, en: Daily }}
roles: {{ clerk: {{ zh: 经办, en: Clerk }} }}
events: {{ done: {{ title: {{ zh: 办完, en: Done }}, by: [clerk] }} }}
schedules:
  every_day: {{ cron: \"0 9 * * *\", start: true, missed: {missed} }}
initial: open
states:
  open: {{ title: {{ zh: 待办, en: Open }}, task: {{ role: clerk, outcomes: [done] }}, no_deadline: 示例, on: {{ done: closed }} }}
  closed: {{ type: final, title: {{ zh: 已办, en: Closed }} }}
"
    )
}

async fn started(house: &House) -> usize {
    let filter = CaseFilter { process: Some("daily".into()), ..CaseFilter::default() };
    house.engine.store().cases(filter, Page::first(1_000)).await.unwrap().len()
}

#[test]
fn a_schedule_starts_its_case_once_and_missed_times_follow_the_rule() {
    for (missed, after_an_outage) in [("once", 1), ("skip", 0), ("each", 5)] {
        over_all_stores(|place, clock| async move {
            let house = House::new(place.store.clone(), &clock);
            house.engine.shelf().put_compiled(&text(&yearly(missed)));
            let mut schedules = Schedules;
            schedules.run_once(&house.engine).await.unwrap();
            assert_eq!(started(&house).await, 0, "it begins now");
            clock.pass_to("2026-03-03T01:00:00Z");
            // Two programs look; it starts once.
            let other = House::new(place.store, &clock);
            other.engine.shelf().put_compiled(&text(&yearly(missed)));
            schedules.run_once(&house.engine).await.unwrap();
            Schedules.run_once(&other.engine).await.unwrap();
            schedules.run_once(&house.engine).await.unwrap();
            assert_eq!(started(&house).await, 1);
            clock.pass_to("2026-03-08T05:00:00Z");
            schedules.run_once(&house.engine).await.unwrap();
            schedules.run_once(&house.engine).await.unwrap();
            assert_eq!(started(&house).await, 1 + after_an_outage, "{missed}");
        });
    }
}

#[test]
fn a_clock_that_jumps_ahead_starts_nothing_by_the_calendar() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        house.engine.shelf().put_compiled(&text(&yearly("each")));
        house.fire().await;
        Schedules.run_once(&house.engine).await.unwrap();
        clock.jump(SignedDuration::from_hours(8 * 24));
        Schedules.run_once(&house.engine).await.unwrap();
        assert_eq!(started(&house).await, 0);
        clock.jump(SignedDuration::from_hours(-8 * 24));
        house.engine.release_deadlines();
        clock.pass_to("2026-03-03T01:00:00Z");
        Schedules.run_once(&house.engine).await.unwrap();
        assert_eq!(started(&house).await, 1);
    });
}
