//! The shipped calendar files, read by a few lines that know just their plain form.
#![expect(clippy::unwrap_used, reason = "a test support file: what is missing fails the test")]

use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, Notice, YearFacts};
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Chinese calendar with the years of the range published.
pub fn china(years: std::ops::RangeInclusive<i16>) -> Calendar {
    let mut facts = CalendarFacts::china("cn");
    facts.years = years.map(year_file).collect();
    Calendar::new(facts).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test reads the shipped files")]
pub fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

pub fn year_file(year: i16) -> YearFacts {
    let text = text_of(&format!("workflows/calendars/cn/{year}.yaml"));
    let mut facts = YearFacts::empty(0);
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.trim_start_matches(['-', ' ']).split_once(':').unwrap();
        match (line.starts_with(' '), key, value.trim()) {
            (false, "year", value) => facts.year = value.parse().unwrap(),
            (false, _, _) => section = line.split(':').next().unwrap(),
            (true, key, value) => entry(&mut facts, section, key, value),
        }
    }
    facts
}

fn entry(facts: &mut YearFacts, section: &str, key: &str, value: &str) {
    let days = if section == "holidays" { &mut facts.holidays } else { &mut facts.working_weekends };
    match key {
        "festival" => days.push(FestivalDays { festival: festival(value), dates: vec![] }),
        "dates" => days.last_mut().unwrap().dates = dates(value),
        "number" => facts.notices.push(Notice { number: Some(value.to_owned()), ..Notice::default() }),
        "date" => facts.notices.last_mut().unwrap().date = Some(value.parse().unwrap()),
        "title" => facts.notices.last_mut().unwrap().title = Some(value.to_owned()),
        other => panic!("unknown key {other}"),
    }
}

/// `{ zh: 元旦, en: "New Year's Day" }`
fn festival(text: &str) -> Festival {
    let (zh, en) = text.trim_matches(['{', '}', ' ']).split_once(", en: ").unwrap();
    Festival::new(zh.strip_prefix("zh: ").unwrap(), en.trim_matches('"'))
}

/// `2026-01-01..2026-01-03`, `2026-01-04`, `[…, …]`
fn dates(text: &str) -> Vec<Date> {
    let mut dates = Vec::new();
    for part in text.trim_matches(['[', ']']).split(", ") {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let (mut day, last): (Date, Date) = (first.parse().unwrap(), last.parse().unwrap());
        while day <= last {
            dates.push(day);
            day = day.tomorrow().unwrap();
        }
    }
    dates
}
