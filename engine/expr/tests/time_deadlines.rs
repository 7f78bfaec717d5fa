//! Deadlines against the golden table, and the edges it does not reach.
#![expect(clippy::unwrap_used, reason = "the table readers fail the test where a row is malformed")]

use crate::time_support::{at, china, root};
use expr::time::calendar::{Calendar, CalendarFacts};
use expr::time::deadline::{Due, TimeError, due};
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit};

/// The calendar the golden cases were made with.
fn cases() -> Calendar {
    china(2024..=2026)
}

#[test]
fn every_golden_deadline_is_met() {
    let calendar = cases();
    let mut rows = csv::Reader::from_path(root().join("tests/cases/deadline_cases.csv")).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in rows.records() {
        let row = row.unwrap();
        seen += 1;
        let period = Period {
            n: row[2].parse().unwrap(),
            unit: match &row[3] {
                "working_days" => Unit::WorkingDays,
                "calendar_days" => Unit::CalendarDays,
                "hours" => Unit::Hours,
                "months" => Unit::Months,
                other => panic!("unit {other}"),
            },
            count_from: if &row[4] == "same_day" { CountFrom::SameDay } else { CountFrom::NextDay },
            roll: if &row[5] == "none" { Roll::None } else { Roll::NextWorkingDay },
            cutoff: (&row[6] != "24:00").then(|| row[6].parse().unwrap()),
            shift: if &row[7] == "none" { Shift::None } else { Shift::NextWorkingDay },
        };
        let due = due(at(&row[1]), &period, &calendar).unwrap();
        let expected =
            Due { at: at(&row[9]), last_day: row[8].parse().unwrap(), provisional: row[10].parse().unwrap() };
        if due != expected {
            wrong.push(format!("{}: {due:?}, expected {expected:?}", &row[0]));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen >= 40, "the golden table shrank");
}

/// `anchor | period | expected instant in Shanghai`, with `?` after a provisional one.
fn check(table: &str) {
    let calendar = cases();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let anchor = at(&format!("{}+08:00", parts[0]));
        let found = due(anchor, &parts[1].parse().unwrap(), &calendar).unwrap();
        let local = calendar.zone().to_datetime(found.at).strftime("%Y-%m-%dT%H:%M").to_string();
        let mark = if found.provisional { " ?" } else { "" };
        assert_eq!(format!("{local}{mark}"), parts[2], "{line}");
    }
}

#[test]
fn zero_days_end_with_the_day_of_the_anchor() {
    check(
        "2026-03-07T09:00 | 0 working days                 | 2026-03-08T00:00
         2026-03-07T09:00 | 0 working days, roll           | 2026-03-10T00:00
         2026-03-07T09:00 | 0 days                         | 2026-03-08T00:00
         2026-03-07T09:00 | 0 days, from same day          | 2026-03-08T00:00
         2026-03-07T09:00 | 0 days, roll                   | 2026-03-10T00:00
         2026-03-07T09:00 | 0 months                       | 2026-03-08T00:00
         2026-03-07T09:00 | 0 hours                        | 2026-03-07T09:00
         2026-03-07T18:00 | 0 days, until 17:30            | 2026-03-07T17:30
         2026-03-06T18:00 | 0 days, until 17:30, shift     | 2026-03-09T17:30",
    );
}

#[test]
fn the_start_day_counts_where_the_policy_says_so() {
    check(
        "2026-03-02T09:00 | 5 working days, from same day  | 2026-03-07T00:00
         2026-03-07T09:00 | 1 working day, from same day   | 2026-03-10T00:00
         2026-03-02T09:00 | 1 day, from same day           | 2026-03-03T00:00
         2026-03-01T09:00 | 1 month, from same day         | 2026-04-01T00:00
         2026-01-31T09:00 | 1 month, from same day         | 2026-03-01T00:00
         2026-01-29T09:00 | 1 month, from same day         | 2026-03-01T00:00",
    );
}

#[test]
fn a_late_or_rest_day_anchor_is_shifted_to_a_working_day() {
    check(
        "2026-03-06T17:30 | 1 day, until 17:30, shift      | 2026-03-10T17:30
         2026-03-06T17:29 | 1 day, until 17:30, shift      | 2026-03-07T17:30
         2026-03-07T09:00 | 1 day, shift                   | 2026-03-11T00:00
         2026-02-14T09:00 | 1 day, shift                   | 2026-02-16T00:00
         2026-02-14T18:00 | 1 day, until 17:30, shift      | 2026-02-25T17:30
         2026-03-06T18:00 | 72 hours, until 17:30, shift   | 2026-03-12T00:00
         2026-03-07T09:00 | 24 hours, shift                | 2026-03-10T00:00
         2026-03-06T09:00 | 72 hours, until 17:30, shift   | 2026-03-09T09:00",
    );
}

#[test]
fn adjusted_days_are_worked_and_holidays_are_not() {
    check(
        "2026-02-09T09:00 | 5 days, roll                   | 2026-02-15T00:00
         2026-02-11T09:00 | 5 days, roll                   | 2026-02-25T00:00
         2026-02-13T16:40 | 5 working days                 | 2026-02-28T00:00
         2026-02-14T10:00 | 5 days, roll                   | 2026-02-25T00:00
         2026-02-14T10:00 | 5 working days                 | 2026-03-01T00:00
         2026-09-28T09:05 | 5 working days, until 17:00    | 2026-10-10T17:00
         2026-01-30T09:00 | 1 month, roll                  | 2026-03-01T00:00",
    );
}

#[test]
fn only_what_an_unpublished_day_could_change_is_provisional() {
    check(
        "2026-12-30T09:00 | 1 working day                  | 2027-01-01T00:00
         2026-12-31T09:00 | 0 working days                 | 2027-01-01T00:00
         2026-12-31T09:00 | 1 working day                  | 2027-01-02T00:00 ?
         2026-12-30T09:00 | 1 day, roll                    | 2027-01-01T00:00
         2026-12-30T09:00 | 2 days, roll                   | 2027-01-02T00:00 ?
         2026-12-01T09:00 | 60 days                        | 2027-01-31T00:00
         2026-12-31T09:00 | 48 hours                       | 2027-01-02T09:00
         2026-12-31T09:00 | 2 months                       | 2027-03-01T00:00
         2026-12-31T09:00 | 2 months, roll                 | 2027-03-02T00:00 ?
         2026-12-31T18:00 | 48 hours, until 17:30, shift   | 2027-01-03T00:00 ?
         2026-12-31T18:00 | 1 day, until 18:30, shift      | 2027-01-01T18:30
         2023-12-29T09:00 | 5 working days                 | 2024-01-09T00:00 ?",
    );
}

#[test]
fn months_end_on_the_corresponding_day_or_the_last() {
    check(
        "2024-01-31T09:00 | 1 month                        | 2024-03-01T00:00
         2024-01-31T09:00 | 13 months                      | 2025-03-01T00:00
         2025-12-31T09:00 | 2 months                       | 2026-03-01T00:00
         2024-02-29T09:00 | 48 months                      | 2028-03-01T00:00
         2025-11-30T09:00 | 3 months, until 12:00          | 2026-02-28T12:00",
    );
}

#[test]
fn a_year_of_holidays_runs_across_two_tables() {
    let calendar = china(2015..=2026);
    let period = "10 working days".parse().unwrap();
    let due = due(at("2019-12-31T09:00:00+08:00"), &period, &calendar).unwrap();
    assert_eq!((due.last_day.to_string().as_str(), due.provisional), ("2020-01-15", false));
}

#[test]
fn days_begin_and_end_in_the_calendars_zone() {
    let zone = |name: &str| {
        let facts = CalendarFacts { zone: name.into(), ..CalendarFacts::china("x") };
        Calendar::new(facts).unwrap()
    };
    let until = |name: &str, anchor: &str, period: &str| {
        due(at(anchor), &period.parse().unwrap(), &zone(name)).unwrap().at.to_string()
    };
    // The night of the gap has 23 hours, the night of the fold 25: days are days, hours are hours.
    assert_eq!(until("America/New_York", "2026-03-07T12:00:00-05:00", "1 day"), "2026-03-09T04:00:00Z");
    assert_eq!(until("America/New_York", "2026-03-07T12:00:00-05:00", "24 hours"), "2026-03-08T17:00:00Z");
    // A close that the gap swallows comes at the first instant after it.
    let close = until("America/New_York", "2026-03-07T12:00:00-05:00", "1 day, until 2:30");
    assert_eq!(close, "2026-03-08T07:30:00Z");
    assert_eq!(until("Europe/Berlin", "2026-10-24T12:00:00+02:00", "1 day"), "2026-10-25T23:00:00Z");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let calendar = cases();
    let anchor = at("2026-03-02T09:00:00+08:00");
    let long = Period::of(36_526, Unit::CalendarDays);
    assert_eq!(
        due(anchor, &long, &calendar),
        Err(TimeError::TooLong { n: 36_526, unit: Unit::CalendarDays })
    );
    let end = jiff::Timestamp::MAX;
    for unit in [Unit::CalendarDays, Unit::WorkingDays, Unit::Hours, Unit::Months] {
        assert_eq!(due(end, &Period::of(30, unit), &calendar), Err(TimeError::OutOfRange), "{unit:?}");
    }
    assert!(due(jiff::Timestamp::MIN, &Period::of(36_525, Unit::WorkingDays), &calendar).is_ok());
}

#[test]
fn a_gate_waits_for_the_deadline_before_it() {
    let calendar = cases();
    let claim = at("2026-02-14T10:00:00+08:00");
    let evaluation = due(claim, &"5 days, roll".parse().unwrap(), &calendar).unwrap();
    let gate = due(claim, &"7 days".parse().unwrap(), &calendar).unwrap();
    assert_eq!(gate.at, at("2026-02-22T00:00:00+08:00"));
    assert_eq!(gate.not_before(evaluation).at, at("2026-02-25T00:00:00+08:00"));
    assert_eq!(evaluation.not_before(gate), evaluation);
    assert!(gate.in_time(at("2026-02-21T23:59:59.999+08:00")) && !gate.in_time(gate.at));
}

#[test]
fn an_absolute_deadline_at_midnight_closes_the_day_before() {
    let calendar = cases();
    let day = |text: &str| Due::at(at(text), &calendar).unwrap().last_day.to_string();
    assert_eq!(day("2026-12-31T17:00:00+08:00"), "2026-12-31");
    assert_eq!(day("2027-01-01T00:00:00+08:00"), "2026-12-31");
}
