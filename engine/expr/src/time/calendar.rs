//! Which days offices work: a calendar as data, one table per published year.
//!
//! China's State Council publishes each year's holidays and adjusted working weekends by notice in
//! the autumn before. Until then the weekly rhythm stands in, and every answer about such a day says
//! that it is not published, so that what rests on it is provisional.

mod facts;
mod version;

use super::deadline::TimeError;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use std::sync::Arc;

pub use facts::{CalendarFacts, CalendarProblem, Festival, FestivalDays, Notice, YearFacts};

/// The most rest days in a row that a search for a working day crosses.
const LONGEST_REST: u32 = 400;

/// A calendar of working days. Cloning is cheap.
///
/// ```
/// use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, Why, YearFacts};
/// use jiff::civil::date;
///
/// let mut facts = CalendarFacts::china("cn");
/// facts.years.push(YearFacts {
///     year: 2026,
///     holidays: vec![FestivalDays {
///         festival: Festival::new("元旦", "New Year's Day"),
///         dates: vec![date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)],
///     }],
///     working_weekends: vec![FestivalDays {
///         festival: Festival::new("元旦", "New Year's Day"),
///         dates: vec![date(2026, 1, 4)],
///     }],
///     ..YearFacts::empty(2026)
/// });
/// let calendar = Calendar::new(facts).unwrap();
///
/// let sunday = calendar.day(date(2026, 1, 4));
/// assert!(sunday.working && sunday.published);
/// assert!(matches!(sunday.why, Why::Adjusted(festival) if festival.zh == "元旦"));
/// assert!(!calendar.day(date(2027, 1, 1)).published);
/// ```
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Table>);

#[derive(Debug)]
struct Table {
    name: String,
    zone: TimeZone,
    version: String,
    /// Bit `n` is set when the weekday `n` days after Monday is a rest day.
    rest_mask: u8,
    /// The tables of `first_year`, `first_year + 1`, …; a gap is a year not published.
    first_year: i16,
    years: Vec<Option<Year>>,
    facts: CalendarFacts,
}

#[derive(Debug)]
struct Year {
    /// Bit `n` is set when day `n` of the year (from 0) is a working day.
    working: [u64; 6],
    /// The days the notice names, by day of the year (from 0), sorted.
    named: Vec<(u16, Named)>,
}

#[derive(Clone, Copy, Debug)]
enum Named {
    Holiday(usize),
    Adjusted(usize),
}

/// One day of a calendar and why it is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'c> {
    /// Whether offices work.
    pub working: bool,
    /// Why.
    pub why: Why<'c>,
    /// Whether the year's notice is loaded; otherwise the answer may still change.
    pub published: bool,
}

/// Why a day is a working day or a rest day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'c> {
    /// A rest day of a festival, by notice.
    Holiday(&'c Festival),
    /// A weekend day worked in exchange for a festival, by notice.
    Adjusted(&'c Festival),
    /// An ordinary weekly rest day.
    Weekend,
    /// An ordinary working day of the week.
    Weekday,
}

/// Whether a day is worked, without the reason: what counting needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub working: bool,
    pub published: bool,
}

impl crate::formula::WorkingDays for Calendar {
    fn is_working_day(&self, day: Date) -> bool {
        self.works(day)
    }
}

impl Calendar {
    /// Builds the tables, or says everything that is wrong with the facts.
    ///
    /// # Errors
    /// Every problem found, in the order of the facts.
    pub fn new(facts: CalendarFacts) -> Result<Calendar, Vec<CalendarProblem>> {
        let problems = facts.problems();
        let zone = TimeZone::get(&facts.zone);
        let (Ok(zone), true) = (zone, problems.is_empty()) else {
            return Err(problems);
        };
        let rest_mask = facts.rest_mask();
        let first_year = facts.years.iter().map(|year| year.year).min().unwrap_or(0);
        let last_year = facts.years.iter().map(|year| year.year).max().unwrap_or(-1);
        let years = (first_year..=last_year).map(|year| Year::of(&facts, year, rest_mask)).collect();
        let (name, version) = (facts.name.clone(), facts.version());
        Ok(Calendar(Arc::new(Table { name, zone, version, rest_mask, first_year, years, facts })))
    }

    /// A calendar of bare weekends in Asia/Shanghai: no year is published.
    pub fn weekends_only() -> Calendar {
        Calendar::new(CalendarFacts::china("weekends"))
            .expect("Asia/Shanghai is bundled and nothing is listed")
    }

    /// The name under which policies refer to it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The zone in which its days begin and end.
    pub fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// A short text that changes whenever a fact of the calendar changes: `cn 2015-2026 1f0c…`.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The facts it was built from, notices included.
    pub fn facts(&self) -> &CalendarFacts {
        &self.0.facts
    }

    /// Whether the notice for this year is loaded.
    pub fn published(&self, year: i16) -> bool {
        self.year(year).is_some()
    }

    /// One day and its reason.
    pub fn day(&self, date: Date) -> Day<'_> {
        let Work { working, published } = self.work(date);
        let named = self.year(date.year()).and_then(|year| year.name(date));
        let why = match (named, working) {
            (Some(Named::Holiday(at)), _) => Why::Holiday(&self.facts().festivals(date.year())[at].festival),
            (Some(Named::Adjusted(at)), _) => {
                Why::Adjusted(&self.facts().festivals(date.year())[at].festival)
            }
            (None, true) => Why::Weekday,
            (None, false) => Why::Weekend,
        };
        Day { working, why, published }
    }

    /// Whether offices work on this day, as far as is known.
    pub fn works(&self, date: Date) -> bool {
        self.work(date).working
    }

    /// This day if offices work, otherwise the next on which they do.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] at the end of time, or after 400 rest days in a row.
    pub fn working_day_from(&self, date: Date) -> Result<Date, TimeError> {
        let mut at = date;
        for _ in 0..LONGEST_REST {
            if self.works(at) {
                return Ok(at);
            }
            at = at.tomorrow().map_err(|_| TimeError::OutOfRange)?;
        }
        Err(TimeError::OutOfRange)
    }

    /// The next working day after this day.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] as for [`Calendar::working_day_from`].
    pub fn next_working_day(&self, date: Date) -> Result<Date, TimeError> {
        self.working_day_from(date.tomorrow().map_err(|_| TimeError::OutOfRange)?)
    }

    /// The last working day before this day.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] at the beginning of time, or after 400 rest days in a row.
    pub fn previous_working_day(&self, date: Date) -> Result<Date, TimeError> {
        let mut at = date;
        for _ in 0..LONGEST_REST {
            at = at.yesterday().map_err(|_| TimeError::OutOfRange)?;
            if self.works(at) {
                return Ok(at);
            }
        }
        Err(TimeError::OutOfRange)
    }

    /// How many working days lie after `after`, up to and including `until`; zero if there are none.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] when the two are more than a hundred years apart.
    pub fn working_days_between(&self, after: Date, until: Date) -> Result<u32, TimeError> {
        let days = super::count::days_between(after, until)?;
        let mut at = after;
        let mut count = 0;
        for _ in 0..days {
            at = at.tomorrow().map_err(|_| TimeError::OutOfRange)?;
            count += u32::from(self.works(at));
        }
        Ok(count)
    }

    pub(super) fn work(&self, date: Date) -> Work {
        match self.year(date.year()) {
            Some(year) => Work { working: year.works(date), published: true },
            None => Work { working: !self.rests_weekly(date.weekday()), published: false },
        }
    }

    fn year(&self, year: i16) -> Option<&Year> {
        let at = usize::try_from(i32::from(year) - i32::from(self.0.first_year)).ok()?;
        self.0.years.get(at)?.as_ref()
    }

    fn rests_weekly(&self, weekday: Weekday) -> bool {
        self.0.rest_mask >> weekday.to_monday_zero_offset() & 1 == 1
    }
}

impl Year {
    /// The table of one year; `None` when the facts do not have it.
    fn of(facts: &CalendarFacts, number: i16, rest_mask: u8) -> Option<Year> {
        let listed = facts.years.iter().find(|year| year.year == number)?;
        let mut year = Year { working: [0; 6], named: Vec::new() };
        let mut date = Date::new(number, 1, 1).ok()?;
        for _ in 0..date.days_in_year() {
            year.set(date, rest_mask >> date.weekday().to_monday_zero_offset() & 1 == 0);
            date = date.saturating_add(jiff::Span::new().days(1));
        }
        for (at, days) in listed.holidays.iter().enumerate() {
            days.dates.iter().for_each(|date| year.list(*date, Named::Holiday(at)));
        }
        for (at, days) in listed.working_weekends.iter().enumerate() {
            let at = listed.holidays.len() + at;
            days.dates.iter().for_each(|date| year.list(*date, Named::Adjusted(at)));
        }
        year.named.sort_by_key(|(day, _)| *day);
        Some(year)
    }

    fn list(&mut self, date: Date, named: Named) {
        self.set(date, matches!(named, Named::Adjusted(_)));
        self.named.push((index(date), named));
    }

    fn set(&mut self, date: Date, working: bool) {
        let bit = 1 << (index(date) % 64);
        let word = &mut self.working[usize::from(index(date) / 64)];
        *word = if working { *word | bit } else { *word & !bit };
    }

    fn works(&self, date: Date) -> bool {
        self.working[usize::from(index(date) / 64)] >> (index(date) % 64) & 1 == 1
    }

    fn name(&self, date: Date) -> Option<Named> {
        let at = self.named.binary_search_by_key(&index(date), |(day, _)| *day).ok()?;
        Some(self.named[at].1)
    }
}

/// The day of the year from 0: at most 365, so it always has a bit in six words.
fn index(date: Date) -> u16 {
    u16::try_from(date.day_of_year() - 1).unwrap_or(0)
}
