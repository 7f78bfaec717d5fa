//! The calendar: the shipped files against the golden table, and everything that can be wrong with one.

use crate::time_support::{at, china, root, text_of};
use expr::lang::Lang;
use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, Why, YearFacts};
use jiff::civil::{Date, Weekday, date};

#[test]
fn the_shipped_years_are_the_golden_ones() {
    let calendar = china(2015..=2026);
    let mut rows = csv::Reader::from_path(root().join("tests/cases/cn_calendar_2024_2026.csv")).unwrap();
    let mut named = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let day = calendar.day(row[0].parse().unwrap());
        let (kind, festival) = match day.why {
            Why::Holiday(festival) => ("holiday", festival),
            Why::Adjusted(festival) => ("adjusted_workday", festival),
            other => panic!("{row:?} is {other:?}"),
        };
        assert_eq!((kind, festival.en.as_str()), (&row[2], &row[3]), "{row:?}");
        assert_eq!((day.working, day.published), (kind == "adjusted_workday", true));
        named += 1;
    }
    let listed = (2024..=2026).flat_map(time_support_days).count();
    assert_eq!(named, listed, "no day is listed that the table does not have");
}

fn time_support_days(year: i16) -> Vec<Date> {
    let facts = crate::time_support::year_file(year);
    let days = facts.holidays.iter().chain(&facts.working_weekends);
    days.flat_map(|days| days.dates.clone()).collect()
}

#[test]
fn every_shipped_year_names_its_notice() {
    for year in 2015..=2026 {
        let facts = crate::time_support::year_file(year);
        assert_eq!(facts.year, year);
        let notice = &facts.notices[0];
        assert!(notice.number.as_ref().unwrap().contains("号"), "{year}");
        assert!(notice.title.as_ref().unwrap().contains(&year.to_string()), "{year}");
    }
    assert!(text_of("docs/language/calendars.md").contains("working_weekends"));
}

#[test]
fn the_exceptional_years_are_as_they_were() {
    let calendar = china(2015..=2026);
    let works = |year, month, day| calendar.works(date(year, month, day));
    assert!(!works(2015, 9, 3) && !works(2015, 9, 4) && works(2015, 9, 6), "the victory day of 2015");
    assert!(
        !works(2020, 1, 31) && !works(2020, 2, 1) && works(2020, 2, 3),
        "the long Spring Festival of 2020"
    );
    assert!(works(2018, 12, 29) && !works(2018, 12, 31), "settled by the notice for 2019");
    let per_year: Vec<u32> = (2015..=2026)
        .map(|year| calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)).unwrap())
        .collect();
    assert_eq!(per_year, [249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248]);
}

#[test]
fn an_unpublished_year_rests_on_weekends_and_says_so() {
    let calendar = china(2024..=2026);
    let sunday = calendar.day(date(2027, 1, 3));
    assert_eq!((sunday.working, sunday.why, sunday.published), (false, Why::Weekend, false));
    let friday = calendar.day(date(2027, 1, 1));
    assert_eq!((friday.working, friday.why, friday.published), (true, Why::Weekday, false));
    assert!(calendar.published(2026) && !calendar.published(2023) && !calendar.published(2027));
}

#[test]
fn working_days_are_found_in_both_directions() {
    let calendar = china(2024..=2026);
    assert_eq!(calendar.next_working_day(date(2026, 9, 30)), Ok(date(2026, 10, 8)));
    assert_eq!(calendar.previous_working_day(date(2026, 10, 8)), Ok(date(2026, 9, 30)));
    assert_eq!(calendar.working_day_from(date(2026, 10, 10)), Ok(date(2026, 10, 10)));
    assert_eq!(calendar.working_days_between(date(2026, 10, 8), date(2026, 9, 30)), Ok(0));
    assert!(
        calendar.next_working_day(Date::MAX).is_err() && calendar.previous_working_day(Date::MIN).is_err()
    );
}

#[test]
fn everything_wrong_with_a_calendar_is_said_at_once() {
    let days = |dates: &[Date]| FestivalDays {
        festival: Festival::new("元旦", "New Year's Day"),
        dates: dates.to_vec(),
    };
    let facts = CalendarFacts {
        zone: "Asia/Suzhou".into(),
        years: vec![
            YearFacts {
                holidays: vec![days(&[date(2026, 1, 1), date(2026, 1, 1), date(2027, 1, 1)]), days(&[])],
                working_weekends: vec![days(&[date(2026, 1, 5), date(2026, 1, 1)])],
                ..YearFacts::empty(2026)
            },
            YearFacts::empty(2026),
            YearFacts::empty(1800),
        ],
        ..CalendarFacts::china("cn")
    };
    let problems = Calendar::new(facts).unwrap_err();
    let said: Vec<String> = problems.iter().map(|problem| format!("{}: {problem}", problem.code())).collect();
    insta::assert_snapshot!("problems", said.join("\n"));
    assert!(problems.iter().all(|problem| !problem.text(Lang::Zh).is_ascii()));

    let week = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday]
        .into_iter()
        .chain([Weekday::Friday, Weekday::Saturday, Weekday::Sunday]);
    let idle = CalendarFacts { rest_days: week.collect(), ..CalendarFacts::china("idle") };
    assert_eq!(Calendar::new(idle).unwrap_err()[0].code(), "calendar_no_working_day");
}

#[test]
fn the_version_follows_the_days_and_not_their_order() {
    let version = |years: &[i16]| {
        let mut facts = CalendarFacts::china("cn");
        facts.years = years.iter().map(|year| crate::time_support::year_file(*year)).collect();
        Calendar::new(facts).unwrap().version().to_owned()
    };
    assert_eq!(version(&[2025, 2026]), version(&[2026, 2025]));
    assert_ne!(version(&[2025, 2026]), version(&[2026]));
    assert!(version(&[2025, 2026]).starts_with("cn 2025-2026 "));
    let mut facts = CalendarFacts::china("cn");
    facts.years = vec![crate::time_support::year_file(2025), crate::time_support::year_file(2026)];
    facts.years[1].holidays[0].dates.pop();
    assert_ne!(Calendar::new(facts).unwrap().version(), version(&[2025, 2026]));
}

#[test]
fn the_civil_day_is_the_offices_own() {
    let calendar = china(2026..=2026);
    let local = calendar.zone().to_datetime(at("2026-03-02T16:30:00Z"));
    assert_eq!(local.date(), date(2026, 3, 3));
}
