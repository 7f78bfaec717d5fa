//! Laws of legal time, over random anchors, periods and calendars.
#![expect(clippy::unwrap_used, reason = "a generator that cannot build its value fails the test")]

use crate::time_support::{at, china};
use expr::time::calendar::Calendar;
use expr::time::clock::Clock;
use expr::time::deadline::{Due, due};
use expr::time::derivation::{Derivation, What};
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit};
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::sync::LazyLock;

static KNOWN: LazyLock<Calendar> = LazyLock::new(|| china(2015..=2026));
static OLDER: LazyLock<Calendar> = LazyLock::new(|| china(2015..=2024));

fn anchors() -> impl Strategy<Value = Timestamp> {
    let (from, to) = (at("2023-06-01T00:00:00+08:00"), at("2027-02-01T00:00:00+08:00"));
    (from.as_second()..to.as_second()).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn periods(units: &'static [Unit]) -> impl Strategy<Value = Period> {
    let close = prop::option::of((8i8..20).prop_map(|hour| time(hour, 30, 0, 0)));
    (0u32..60, prop::sample::select(units), any::<[bool; 3]>(), close).prop_map(
        |(n, unit, [same, roll, shift], cutoff)| {
            let n = if unit == Unit::Months { n % 30 } else { n };
            Period {
                n,
                unit,
                count_from: if same { CountFrom::SameDay } else { CountFrom::NextDay },
                roll: if roll { Roll::NextWorkingDay } else { Roll::None },
                cutoff,
                shift: if shift { Shift::NextWorkingDay } else { Shift::None },
            }
        },
    )
}

const ALL: &[Unit] = &[Unit::WorkingDays, Unit::CalendarDays, Unit::Hours, Unit::Months];
const DAYS: &[Unit] = &[Unit::WorkingDays, Unit::CalendarDays, Unit::Months];

proptest! {
    /// The one exception is told at `due`: a close on the very day of the anchor.
    #[test]
    fn no_deadline_lies_before_its_anchor(anchor in anchors(), period in periods(ALL)) {
        let found = due(anchor, &period, &KNOWN).unwrap();
        let day = KNOWN.zone().to_datetime(anchor).date();
        prop_assert!(found.at >= anchor || (found.last_day == day && period.cutoff.is_some()));
    }

    #[test]
    fn more_units_never_end_earlier(anchor in anchors(), period in periods(ALL)) {
        let one_more = Period { n: period.n + 1, ..period };
        let (less, more) = (due(anchor, &period, &KNOWN).unwrap(), due(anchor, &one_more, &KNOWN).unwrap());
        prop_assert!(less.at <= more.at);
    }

    #[test]
    fn a_rolled_deadline_never_ends_on_a_rest_day(anchor in anchors(), period in periods(DAYS)) {
        let rolled = Period { roll: Roll::NextWorkingDay, ..period };
        prop_assert!(KNOWN.works(due(anchor, &rolled, &KNOWN).unwrap().last_day));
    }

    #[test]
    fn working_days_end_on_a_working_day_and_span_that_many(anchor in anchors(), n in 1u32..60) {
        let found = due(anchor, &Period::of(n, Unit::WorkingDays), &KNOWN).unwrap();
        let day = KNOWN.zone().to_datetime(anchor).date();
        prop_assert!(KNOWN.works(found.last_day));
        prop_assert_eq!(KNOWN.working_days_between(day, found.last_day), Ok(n));
    }

    /// What was left in the unit of the rule when the clock stopped is left when it runs again.
    #[test]
    fn a_pause_preserves_what_was_left(
        anchor in anchors(),
        period in periods(ALL),
        share in 0i64..100,
        stood in 0i64..40 * 86_400,
    ) {
        let clock = Clock::start(anchor, period, &KNOWN).unwrap();
        let length = clock.due.at.duration_since(anchor).as_secs();
        prop_assume!(length > 0);
        let from = anchor + SignedDuration::from_secs(length * share / 100);
        let to = from + SignedDuration::from_secs(stood);
        let left = clock.remaining(from);
        let days_left = clock.remaining_working_days(from, &KNOWN).unwrap();
        let resumed = clock.clone().pause(from).unwrap().resume(to, &KNOWN).unwrap();
        prop_assert!(resumed.due.at > to, "something is left");
        prop_assert!(resumed.due.at >= clock.due.at);
        match period.unit {
            Unit::Hours => prop_assert_eq!(resumed.remaining(to), left),
            // Zero days that end on a rest day have no working day of their own to preserve, and days
            // before a shifted start are nobody's.
            Unit::WorkingDays if period.n > 0 && period.shift == Shift::None => {
                prop_assert!(resumed.remaining_working_days(to, &KNOWN).unwrap() >= days_left);
            }
            // Whole civil days; a roll may have added to them before, and may add again.
            Unit::CalendarDays | Unit::Months if period.roll == Roll::None && period.shift == Shift::None => {
                let whole = |span: SignedDuration| span.as_hours() / 24;
                prop_assert!(whole(resumed.remaining(to)) + 1 >= whole(left));
            }
            Unit::WorkingDays | Unit::CalendarDays | Unit::Months => {}
        }
    }

    #[test]
    fn a_pause_of_no_time_changes_nothing(anchor in anchors(), period in periods(ALL)) {
        let clock = Clock::start(anchor, period, &KNOWN).unwrap();
        prop_assume!(clock.due.at > anchor);
        let resumed = clock.clone().pause(anchor).unwrap().resume(anchor, &KNOWN).unwrap();
        prop_assert_eq!(resumed.due, clock.due);
    }

    /// A clock that is not provisional is what the fuller calendar says too; the others become it.
    #[test]
    fn a_new_year_moves_only_provisional_deadlines(
        anchor in anchors(),
        period in periods(ALL),
        pause in prop::option::of((0i64..80, 0i64..30 * 86_400)),
        extended in 0u32..10,
    ) {
        let mut before = Clock::start(anchor, period, &OLDER).unwrap();
        if let Some((later, stood)) = pause {
            let from = anchor + SignedDuration::from_secs(later);
            let to = from + SignedDuration::from_secs(stood);
            before = match before.clone().pause(from) {
                Ok(paused) => paused.resume(to, &OLDER).unwrap(),
                Err(_) => before,
            };
        }
        let before = before.extend(extended, &OLDER).unwrap();
        let doubted = Clock { due: Due { provisional: true, ..before.due }, ..before.clone() };
        let recounted = doubted.recompute(&KNOWN).unwrap();
        let after = before.clone().recompute(&KNOWN).unwrap();
        if !before.due.provisional {
            prop_assert_eq!(&after, &before);
        }
        prop_assert_eq!(after, recounted);
    }

    #[test]
    fn a_derivation_counts_every_unit_once(anchor in anchors(), period in periods(&[Unit::WorkingDays, Unit::CalendarDays])) {
        let clock = Clock::start(anchor, period, &KNOWN).unwrap();
        let why = Derivation::of(&clock, &KNOWN).unwrap();
        let counted: Vec<u32> = why.steps.iter().filter_map(|step| match step.what {
            What::Counted { k, .. } => Some(k),
            _ => None,
        }).collect();
        prop_assert_eq!(counted, (1..=period.n).collect::<Vec<_>>());
        prop_assert!(why.steps.windows(2).all(|pair| pair[0].date <= pair[1].date));
        prop_assert_eq!(why.steps.last().unwrap().date, clock.due.last_day);
    }

    #[test]
    fn any_anchor_and_length_get_an_answer(
        second in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second(),
        n in any::<u32>(),
        period in periods(ALL),
    ) {
        let n = if n % 3 == 0 { n } else { n % 2_000 };
        let anchor = Timestamp::from_second(second).unwrap();
        if let Ok(clock) = Clock::start(anchor, Period { n, ..period }, &KNOWN) {
            let _ = clock.extend(n, &KNOWN).map(|clock| clock.remaining(anchor));
        }
    }
}
