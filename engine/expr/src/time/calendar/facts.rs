//! What a calendar is built from, as plain values, and everything that can be wrong with them.

use crate::lang::Lang;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt;

/// A calendar as its files say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFacts {
    /// The name under which policies refer to it: `cn`.
    pub name: String,
    /// The IANA name of the zone in which its days begin and end.
    pub zone: String,
    /// The weekly rest days.
    pub rest_days: Vec<Weekday>,
    /// One entry per published year, in any order.
    pub years: Vec<YearFacts>,
}

/// The published days of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFacts {
    /// The year.
    pub year: i16,
    /// The notices the days come from: the yearly one first, then those that amended it.
    pub notices: Vec<Notice>,
    /// Rest days by festival.
    pub holidays: Vec<FestivalDays>,
    /// Weekend days that are worked, by the festival they are exchanged for.
    pub working_weekends: Vec<FestivalDays>,
}

/// The days of one festival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FestivalDays {
    /// Which festival.
    pub festival: Festival,
    /// Its days in this year.
    pub dates: Vec<Date>,
}

/// A festival by its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Festival {
    /// 中文名.
    pub zh: String,
    /// The English name.
    pub en: String,
}

/// The public notice a year's days come from. What is not known stays out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// The document number: `国办发明电〔2025〕7号`.
    pub number: Option<String>,
    /// The date of the document.
    pub date: Option<Date>,
    /// Its title.
    pub title: Option<String>,
}

impl CalendarFacts {
    /// Asia/Shanghai, resting on Saturday and Sunday, with no year published yet.
    pub fn china(name: &str) -> CalendarFacts {
        CalendarFacts {
            name: name.to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            rest_days: vec![Weekday::Saturday, Weekday::Sunday],
            years: Vec::new(),
        }
    }

    /// Holidays first, then working weekends, of one year.
    pub(super) fn festivals(&self, year: i16) -> Vec<&FestivalDays> {
        let listed = self.years.iter().find(|listed| listed.year == year);
        listed.map(|year| year.holidays.iter().chain(&year.working_weekends).collect()).unwrap_or_default()
    }

    pub(super) fn rest_mask(&self) -> u8 {
        self.rest_days.iter().fold(0, |mask, day| mask | 1 << day.to_monday_zero_offset())
    }

    /// Everything that is wrong, in the order of the facts.
    pub(super) fn problems(&self) -> Vec<CalendarProblem> {
        let mut problems = Vec::new();
        if TimeZone::get(&self.zone).is_err() {
            problems.push(CalendarProblem::UnknownZone { zone: self.zone.clone() });
        }
        if self.rest_mask() == 0x7f {
            problems.push(CalendarProblem::NoWorkingDay);
        }
        let mut seen = Vec::new();
        for year in &self.years {
            if seen.contains(&year.year) {
                problems.push(CalendarProblem::YearTwice { year: year.year });
            }
            if !(YEARS.0..=YEARS.1).contains(&year.year) {
                problems.push(CalendarProblem::YearOutOfRange { year: year.year });
            }
            seen.push(year.year);
            self.year_problems(year, &mut problems);
        }
        problems
    }

    fn year_problems(&self, facts: &YearFacts, problems: &mut Vec<CalendarProblem>) {
        let year = facts.year;
        let mut listed: BTreeMap<Date, bool> = BTreeMap::new();
        let holidays = facts.holidays.iter().map(|days| (days, false));
        let weekends = facts.working_weekends.iter().map(|days| (days, true));
        for (days, worked) in holidays.chain(weekends) {
            if days.dates.is_empty() {
                problems.push(CalendarProblem::NoDates { year, festival: days.festival.clone() });
            }
            for date in &days.dates {
                self.date_problems(year, *date, worked, problems);
                match listed.insert(*date, worked) {
                    Some(before) if before == worked => {
                        problems.push(CalendarProblem::DateTwice { year, date: *date });
                    }
                    Some(_) => problems.push(CalendarProblem::BothRestAndWork { year, date: *date }),
                    None => {}
                }
            }
        }
    }

    fn date_problems(&self, year: i16, date: Date, worked: bool, problems: &mut Vec<CalendarProblem>) {
        if date.year() != year {
            problems.push(CalendarProblem::OtherYear { year, date });
        }
        if worked && self.rest_mask() >> date.weekday().to_monday_zero_offset() & 1 == 0 {
            problems.push(CalendarProblem::WorkedAnyway { year, date });
        }
    }
}

/// The years a calendar may speak of.
const YEARS: (i16, i16) = (1949, 2999);

impl YearFacts {
    /// A published year that names no day.
    pub fn empty(year: i16) -> YearFacts {
        YearFacts { year, notices: Vec::new(), holidays: Vec::new(), working_weekends: Vec::new() }
    }
}

impl Festival {
    /// A festival by its two names.
    pub fn new(zh: &str, en: &str) -> Festival {
        Festival { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// Its name in one language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// One thing that is wrong with the facts of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarProblem {
    /// The zone is not in the bundled time zone database.
    UnknownZone {
        /// The name given.
        zone: String,
    },
    /// All seven days of the week are rest days.
    NoWorkingDay,
    /// A year is given twice.
    YearTwice {
        /// The year.
        year: i16,
    },
    /// A year before 1949 or after 2999.
    YearOutOfRange {
        /// The year.
        year: i16,
    },
    /// A festival without days.
    NoDates {
        /// The year.
        year: i16,
        /// The festival.
        festival: Festival,
    },
    /// A date is listed twice in the same sense.
    DateTwice {
        /// The year.
        year: i16,
        /// The date.
        date: Date,
    },
    /// A date is listed as a holiday and as a working weekend day.
    BothRestAndWork {
        /// The year.
        year: i16,
        /// The date.
        date: Date,
    },
    /// A date lies outside the year it is listed under.
    OtherYear {
        /// The year.
        year: i16,
        /// The date.
        date: Date,
    },
    /// A working weekend day that is no weekend day.
    WorkedAnyway {
        /// The year.
        year: i16,
        /// The date.
        date: Date,
    },
}

impl CalendarProblem {
    /// A stable code for this finding.
    pub fn code(&self) -> &'static str {
        match self {
            CalendarProblem::UnknownZone { .. } => "calendar_zone",
            CalendarProblem::NoWorkingDay => "calendar_no_working_day",
            CalendarProblem::YearTwice { .. } => "calendar_year_twice",
            CalendarProblem::YearOutOfRange { .. } => "calendar_year_range",
            CalendarProblem::NoDates { .. } => "calendar_no_dates",
            CalendarProblem::DateTwice { .. } => "calendar_date_twice",
            CalendarProblem::BothRestAndWork { .. } => "calendar_rest_and_work",
            CalendarProblem::OtherYear { .. } => "calendar_other_year",
            CalendarProblem::WorkedAnyway { .. } => "calendar_not_a_weekend",
        }
    }

    /// What is wrong and what to do, as a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn english(&self) -> String {
        match self {
            CalendarProblem::UnknownZone { zone } => {
                format!("`{zone}` is not a known time zone: write for example `Asia/Shanghai`")
            }
            CalendarProblem::NoWorkingDay => "every day of the week is a rest day: leave one to work".into(),
            CalendarProblem::YearTwice { year } => format!("{year} is given twice: keep one table per year"),
            CalendarProblem::YearOutOfRange { year } => {
                format!("{year} is not a year between {} and {}", YEARS.0, YEARS.1)
            }
            CalendarProblem::NoDates { year, festival } => {
                format!("{year}: {} has no dates: list them or leave the festival out", festival.en)
            }
            CalendarProblem::DateTwice { year, date } => format!("{year}: {date} is listed twice: keep one"),
            CalendarProblem::BothRestAndWork { year, date } => {
                format!("{year}: {date} is listed as a holiday and as a working day: keep one")
            }
            CalendarProblem::OtherYear { year, date } => {
                format!("{year}: {date} lies in another year: move it to the table of {}", date.year())
            }
            CalendarProblem::WorkedAnyway { year, date } => {
                format!("{year}: {date} is worked anyway: only weekend days can be working weekends")
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            CalendarProblem::UnknownZone { zone } => {
                format!("“{zone}”不是已知的时区：例如写 Asia/Shanghai")
            }
            CalendarProblem::NoWorkingDay => "一周七天都是休息日：至少留一天上班".into(),
            CalendarProblem::YearTwice { year } => format!("{year}年出现两次：每年只留一份"),
            CalendarProblem::YearOutOfRange { year } => {
                format!("{year}不是{}至{}之间的年份", YEARS.0, YEARS.1)
            }
            CalendarProblem::NoDates { year, festival } => {
                format!("{year}年：{}没有日期：请列出日期，或删去该节日", festival.zh)
            }
            CalendarProblem::DateTwice { year, date } => format!("{year}年：{date}重复：保留一处即可"),
            CalendarProblem::BothRestAndWork { year, date } => {
                format!("{year}年：{date}既列为放假又列为上班：保留一处")
            }
            CalendarProblem::OtherYear { year, date } => {
                format!("{year}年：{date}不在本年：请移到{}年", date.year())
            }
            CalendarProblem::WorkedAnyway { year, date } => {
                format!("{year}年：{date}本来就上班：调休上班日只能是周末")
            }
        }
    }
}

impl fmt::Display for CalendarProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.english())
    }
}

impl std::error::Error for CalendarProblem {}
