//! Clocks that stand, run on, are extended, moved and recomputed; and what is told about them.
#![expect(clippy::unwrap_used, reason = "the table readers fail the test where a row is malformed")]

use crate::time_support::{at, china};
use expr::lang::Lang;
use expr::time::calendar::Calendar;
use expr::time::clock::Clock;
use expr::time::deadline::{TimeError, due};
use expr::time::derivation::Derivation;
use expr::time::period::Unit;
use expr::time::reminder::Reminder;

/// The calendar the golden cases were made with.
fn cases() -> Calendar {
    china(2024..=2026)
}

fn shanghai(text: &str) -> jiff::Timestamp {
    at(&format!("{text}+08:00"))
}

fn start(anchor: &str, period: &str, calendar: &Calendar) -> Clock {
    Clock::start(shanghai(anchor), period.parse().unwrap(), calendar).unwrap()
}

/// One line per act on one clock: `start ANCHOR PERIOD`, `pause AT`, `resume AT`, `extend N`,
/// `move AT`, each with the due instant in Shanghai (or the refusal) after `=>`.
fn check(story: &str) {
    let calendar = cases();
    let mut clock = None;
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (act, expected) = line.split_once("=>").unwrap();
        let (verb, rest) = act.trim().split_once(' ').unwrap();
        let after = match (verb, clock.clone()) {
            ("start", _) => {
                let (anchor, period) = rest.trim().split_once(' ').unwrap();
                Clock::start(shanghai(anchor), period.parse().unwrap(), &calendar)
            }
            ("until", _) => Clock::until(shanghai("2026-03-02T09:00"), shanghai(rest.trim()), &calendar),
            ("pause", Some(clock)) => Clock::pause(clock, shanghai(rest.trim())),
            ("resume", Some(clock)) => Clock::resume(clock, shanghai(rest.trim()), &calendar),
            ("extend", Some(clock)) => Clock::extend(clock, rest.trim().parse().unwrap(), &calendar),
            ("move", Some(clock)) => Clock::move_to(clock, shanghai(rest.trim()), &calendar),
            other => panic!("{other:?}"),
        };
        let found = match after {
            Ok(after) => {
                let fires = after.fires_at().map(|at| calendar.zone().to_datetime(at));
                clock = Some(after);
                fires.map_or("stands".into(), |at| at.strftime("%Y-%m-%dT%H:%M").to_string())
            }
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(found, expected.trim(), "{line}");
    }
}

#[test]
fn a_supplement_asked_on_day_two_and_delivered_on_day_five_adds_three_days() {
    check(
        "start 2026-03-02T09:00 5 days, roll => 2026-03-10T00:00
         pause 2026-03-04T09:00              => stands
         resume 2026-03-07T09:00             => 2026-03-11T00:00",
    );
}

#[test]
fn the_pause_itself_has_a_limit() {
    check("start 2026-03-04T09:00 10 days, roll => 2026-03-17T00:00");
}

#[test]
fn a_pause_over_a_festival_costs_no_working_day() {
    check(
        "start 2026-02-12T09:00 5 working days => 2026-02-27T00:00
         pause 2026-02-14T09:00                => stands
         resume 2026-02-23T09:00               => 2026-02-27T00:00
         pause 2026-02-24T09:00                => stands
         resume 2026-02-26T09:00               => 2026-03-01T00:00",
    );
}

#[test]
fn standing_before_a_shifted_start_adds_nothing() {
    check(
        "start 2026-03-06T18:00 5 days, until 17:30, shift => 2026-03-14T17:30
         pause 2026-03-06T19:00                            => stands
         resume 2026-03-09T10:00                           => 2026-03-14T17:30
         pause 2026-03-09T11:00                            => stands
         resume 2026-03-10T10:00                           => 2026-03-15T17:30",
    );
}

#[test]
fn hours_stand_still_to_the_second() {
    check(
        "start 2026-03-02T09:00 72 hours => 2026-03-05T09:00
         pause 2026-03-03T09:10          => stands
         resume 2026-03-03T10:15         => 2026-03-05T10:05
         extend 24                       => 2026-03-06T10:05",
    );
}

#[test]
fn months_take_the_paused_days_after_the_months() {
    check(
        "start 2026-01-31T09:00 1 month => 2026-03-01T00:00
         pause 2026-02-10T09:00         => stands
         resume 2026-02-15T09:00        => 2026-03-06T00:00
         extend 1                       => 2026-04-06T00:00",
    );
}

#[test]
fn a_pause_while_the_last_day_is_rolled_keeps_what_was_left() {
    // The 7th is a Saturday; on Sunday the 8th one working day is left, and it is left on the 20th.
    check(
        "start 2026-03-02T09:00 5 days, roll => 2026-03-10T00:00
         pause 2026-03-08T09:00              => stands
         resume 2026-03-20T09:00             => 2026-03-24T00:00",
    );
}

#[test]
fn a_pause_never_uses_up_what_was_left() {
    check(
        "start 2026-03-02T09:00 5 working days, until 17:30 => 2026-03-09T17:30
         pause 2026-03-09T16:00                             => stands
         resume 2026-03-10T18:00                            => 2026-03-11T17:30",
    );
    check(
        "start 2026-03-07T09:00 0 working days => 2026-03-08T00:00
         pause 2026-03-07T10:00                => stands
         resume 2026-03-08T10:00               => 2026-03-10T00:00",
    );
}

#[test]
fn an_hour_of_standing_within_a_day_adds_no_day() {
    check(
        "start 2026-03-02T09:00 5 working days, until 17:30 => 2026-03-09T17:30
         pause 2026-03-05T16:00                             => stands
         resume 2026-03-05T18:00                            => 2026-03-09T17:30",
    );
}

#[test]
fn a_clock_is_extended_and_moved_by_decision() {
    check(
        "start 2026-03-02T09:00 20 working days => 2026-03-31T00:00
         extend 10                              => 2026-04-15T00:00
         move 2026-05-08T17:00                  => 2026-05-08T17:00
         extend 1                               => 2026-05-09T17:00
         pause 2026-05-06T12:00                 => stands
         move 2026-05-20T00:00                  => stands
         resume 2026-05-07T12:30                => 2026-05-21T00:30",
    );
    check(
        "until 2026-12-31T17:00          => 2026-12-31T17:00
         extend 2                        => 2027-01-02T17:00",
    );
}

#[test]
fn acts_out_of_order_are_refused() {
    check(
        "start 2026-03-02T09:00 5 days => 2026-03-08T00:00
         resume 2026-03-03T09:00       => clock_not_paused
         pause 2026-03-02T08:59        => clock_backwards
         pause 2026-03-08T00:00        => clock_already_due
         pause 2026-03-03T09:00        => stands
         pause 2026-03-03T10:00        => clock_already_paused
         resume 2026-03-03T08:59       => clock_backwards
         resume 2026-03-04T09:00       => 2026-03-09T00:00
         pause 2026-03-04T08:59        => clock_backwards",
    );
}

#[test]
fn a_clock_waits_for_the_deadline_before_it() {
    let calendar = cases();
    let evaluation = start("2026-02-14T10:00", "5 days, roll", &calendar);
    let gate = start("2026-02-14T10:00", "7 days", &calendar).not_before(evaluation.due, &calendar).unwrap();
    assert_eq!(gate.due.at, shanghai("2026-02-25T00:00"));
    let extended = gate.extend(1, &calendar).unwrap();
    assert_eq!(extended.due.at, shanghai("2026-02-25T00:00"), "the 23rd is still before the floor");
    let why = Derivation::of(&extended, &calendar).unwrap();
    insta::assert_snapshot!(why.days_text(Lang::Zh), @"02-14 起算日不计 · 第 1 天 02-15 · 第 2 天 02-16 · 第 3 天 02-17 · 第 4 天 02-18 · 第 5 天 02-19 · 第 6 天 02-20 · 第 7 天 02-21 · 第 8 天 02-22 · 02-24 不早于前置期限");
}

#[test]
fn a_new_notice_moves_only_what_it_touches() {
    let (before, after) = (china(2024..=2025), cases());
    let crossing = start("2025-12-29T09:00", "10 working days", &before);
    let inside = start("2025-12-01T09:00", "10 working days", &before);
    assert!(crossing.due.provisional && !inside.due.provisional);
    assert_eq!(inside.clone().recompute(&after).unwrap(), inside);
    let settled = crossing.clone().recompute(&after).unwrap();
    assert!(!settled.due.provisional);
    let rule = "10 working days".parse().unwrap();
    assert_eq!(settled.due, due(crossing.anchor, &rule, &after).unwrap());
    assert_ne!(settled.due.at, crossing.due.at);
}

#[test]
fn what_is_left_is_told_in_time_and_in_working_days() {
    let calendar = cases();
    let clock = start("2026-09-28T09:05", "5 working days, until 17:00", &calendar);
    let now = shanghai("2026-09-30T17:00");
    assert_eq!(clock.remaining(now).as_hours(), 240);
    assert_eq!(clock.remaining_working_days(now, &calendar), Ok(3));
    assert!(clock.remaining(shanghai("2026-11-01T00:00")).is_zero());
    let paused = clock.pause(now).unwrap();
    assert_eq!(paused.remaining(shanghai("2026-10-08T00:00")).as_hours(), 240);
}

#[test]
fn reminders_come_at_a_share_and_before_the_end() {
    let calendar = cases();
    let clock = start("2026-03-02T09:00", "5 working days", &calendar);
    let remind = |reminder| clock.remind_at(reminder, &calendar);
    let local = |text: &str| Ok(Some(shanghai(text)));
    assert_eq!(clock.due.at, shanghai("2026-03-10T00:00"));
    assert_eq!(remind(Reminder::Share { percent: 50 }), local("2026-03-06T04:30"));
    assert_eq!(remind(Reminder::Share { percent: 80 }), local("2026-03-08T11:24"));
    assert_eq!(remind(Reminder::Share { percent: 100 }), Ok(None));
    assert_eq!(remind(Reminder::Before { n: 1, unit: Unit::WorkingDays }), local("2026-03-07T00:00"));
    assert_eq!(remind(Reminder::Before { n: 2, unit: Unit::CalendarDays }), local("2026-03-08T00:00"));
    assert_eq!(remind(Reminder::Before { n: 3, unit: Unit::Hours }), local("2026-03-09T21:00"));
    assert_eq!(remind(Reminder::Before { n: 30, unit: Unit::CalendarDays }), Ok(None));
    assert_eq!(
        remind(Reminder::Before { n: 40_000, unit: Unit::CalendarDays }).unwrap_err().code(),
        "time_too_long"
    );
}

#[test]
fn a_thousand_changes_are_enough() {
    let calendar = cases();
    let mut clock =
        Clock::until(shanghai("2026-03-02T09:00"), shanghai("2026-03-03T09:00"), &calendar).unwrap();
    for _ in 0..1000 {
        clock = clock.extend(0, &calendar).unwrap();
    }
    assert_eq!(clock.extend(0, &calendar), Err(TimeError::TooManyChanges));
}

/// The derivation of a period in both languages.
fn told(anchor: &str, period: &str) -> String {
    let calendar = cases();
    both_told(&Derivation::of(&start(anchor, period, &calendar), &calendar).unwrap())
}

fn both_told(why: &Derivation) -> String {
    let both = |lang| format!("{}\n{}", why.sentence(lang), why.days_text(lang));
    format!("{}\n{}\n", both(Lang::Zh), both(Lang::En))
}

#[test]
fn a_derivation_tells_every_day() {
    let periods = [
        ("2026-09-28T09:05", "5工作日，至17:00"),
        ("2026-03-02T09:00", "5天，顺延"),
        ("2026-02-14T18:00", "2工作日，至17:30，次工作日收件"),
        ("2026-03-02T09:00", "3 working days, from same day"),
        ("2026-01-31T09:00", "1个月，顺延"),
        ("2026-03-02T09:00", "72小时"),
        ("2026-12-30T09:00", "3工作日"),
    ];
    insta::assert_snapshot!("days", periods.map(|(anchor, period)| told(anchor, period)).join("\n"));
}

#[test]
fn long_stretches_are_drawn_together() {
    let periods =
        [("2026-01-30T09:00", "20工作日"), ("2026-01-05T09:00", "60天"), ("2026-03-16T09:00", "90工作日")];
    insta::assert_snapshot!("stretches", periods.map(|(anchor, period)| told(anchor, period)).join("\n"));
}

#[test]
fn a_derivation_tells_pauses_extensions_and_moves() {
    let calendar = cases();
    let tell = |clock: &Clock| both_told(&Derivation::of(clock, &calendar).unwrap());
    let paused = start("2026-03-02T09:00", "5 days, roll", &calendar).pause(shanghai("2026-03-04T09:00"));
    let resumed = paused.unwrap().resume(shanghai("2026-03-07T09:00"), &calendar).unwrap();
    let extended = resumed.clone().extend(2, &calendar).unwrap();
    let moved = extended.clone().move_to(shanghai("2026-04-01T17:00"), &calendar).unwrap();
    let month = start("2026-01-31T09:00", "1 month", &calendar).pause(shanghai("2026-02-10T09:00"));
    let month = month.unwrap().resume(shanghai("2026-02-15T09:00"), &calendar).unwrap();
    insta::assert_snapshot!(
        "changes",
        [resumed, extended, moved, month].map(|clock| tell(&clock)).join("\n")
    );
}
