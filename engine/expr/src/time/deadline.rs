//! From an anchor and a period to the instant at which it is too late.
//!
//! The rules apply in this order: shift of the anchor, start day (Civil Code 201), counting, months on
//! their corresponding day (202), roll over rest days (203), close of the last day (203).

use super::calendar::Calendar;
use super::count::{Course, Rule};
use super::period::{Period, Unit};
use crate::lang::Lang;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use std::fmt;

/// A deadline. An act is in time iff it is received before `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    /// The first instant that is too late.
    pub at: Timestamp,
    /// The last day on which an act is in time, in the calendar's zone. For hours, and for a close in
    /// the daytime, it is the day of `at`; for a close at 24:00 it is the day before.
    pub last_day: Date,
    /// Whether a year not yet published could still change it.
    pub provisional: bool,
}

impl Due {
    /// A deadline at a given instant; midnight is 24:00 of the day before.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] at the beginning of time.
    pub fn at(at: Timestamp, calendar: &Calendar) -> Result<Due, TimeError> {
        let local = calendar.zone().to_datetime(at);
        let midnight = local.time() == Time::midnight();
        let last_day = if midnight { local.date().yesterday() } else { Ok(local.date()) };
        Ok(Due { at, last_day: last_day.map_err(|_| TimeError::OutOfRange)?, provisional: false })
    }

    /// This deadline, but never before the other: a gate waits for what it gates.
    pub fn not_before(self, floor: Due) -> Due {
        let later = if floor.at > self.at { floor } else { self };
        // If either may still move, so may the later of the two.
        Due { provisional: self.provisional || floor.provisional, ..later }
    }

    /// Whether an act received at `t` is in time.
    pub fn in_time(&self, t: Timestamp) -> bool {
        t < self.at
    }
}

/// When a period that began at `anchor` is over.
///
/// With hours only `n` and `shift` count: an hour is an hour. A shifted anchor starts at 00:00 of its
/// new day. With `n = 0`, and with a start day that is counted, a close in the daytime may lie before
/// the anchor: the deadline has then passed already, and a `shift` is how a policy avoids it.
///
/// ```
/// use expr::time::calendar::Calendar;
/// use expr::time::deadline::due;
/// use expr::time::period::Period;
///
/// let anchor = "2026-03-02T09:00:00+08:00".parse().unwrap();
/// let period: Period = "5 days, roll".parse().unwrap();
/// let due = due(anchor, &period, &Calendar::weekends_only()).unwrap();
/// assert_eq!(due.last_day.to_string(), "2026-03-09"); // the 7th is a Saturday
/// assert_eq!(due.at.to_string(), "2026-03-09T16:00:00Z");
/// assert!(due.provisional); // no notice for 2026 is loaded
/// ```
///
/// # Errors
/// [`TimeError::TooLong`] above a hundred years, [`TimeError::OutOfRange`] beyond the year 9999.
pub fn due(anchor: Timestamp, period: &Period, calendar: &Calendar) -> Result<Due, TimeError> {
    Ok(Course::run(anchor, &Rule::Period(*period), &[], calendar)?.due)
}

/// Why no time can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// The result lies beyond the years this program can write.
    OutOfRange,
    /// The period is longer than a hundred years.
    TooLong {
        /// How many were asked for.
        n: u32,
        /// Of which unit.
        unit: Unit,
    },
    /// The clock stands already.
    AlreadyPaused,
    /// The clock runs already.
    NotPaused,
    /// The deadline has passed: it can no longer be paused.
    AlreadyDue,
    /// An act dated before the one it follows.
    Backwards,
    /// A clock was changed a thousand times.
    TooManyChanges,
}

impl TimeError {
    /// A stable code for this error.
    pub fn code(&self) -> &'static str {
        match self {
            TimeError::OutOfRange => "time_out_of_range",
            TimeError::TooLong { .. } => "time_too_long",
            TimeError::AlreadyPaused => "clock_already_paused",
            TimeError::NotPaused => "clock_not_paused",
            TimeError::AlreadyDue => "clock_already_due",
            TimeError::Backwards => "clock_backwards",
            TimeError::TooManyChanges => "clock_too_many_changes",
        }
    }

    /// What happened and what to do, as a sentence.
    pub fn text(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            TimeError::TooLong { n, unit } => return too_long(*n, *unit, lang),
            TimeError::OutOfRange => (
                "算出的时间超出可表示的范围：请缩短期限或检查起算时间",
                "the result is beyond the years that can be written: shorten the period or check its start",
            ),
            TimeError::AlreadyPaused => {
                ("计时已经中止，不能再次中止", "the clock is paused already: resume it first")
            }
            TimeError::NotPaused => {
                ("计时正在进行，无需恢复", "the clock is running: there is nothing to resume")
            }
            TimeError::AlreadyDue => {
                ("期限已经届满，不能再中止", "the deadline has passed: it can no longer be paused")
            }
            TimeError::Backwards => (
                "时间早于前一次变更：请检查时间",
                "this is dated before the change it follows: check the time",
            ),
            TimeError::TooManyChanges => {
                ("同一期限变更次数过多（上限1000次）", "this clock was changed 1000 times: it takes no more")
            }
        };
        lang.pick(zh, en).to_owned()
    }
}

fn too_long(n: u32, unit: Unit, lang: Lang) -> String {
    let most = unit.most();
    match lang {
        Lang::Zh => format!("期限太长：{n}{}，最多{most}{}", unit.measure(), unit.measure()),
        Lang::En => format!("{n} {} is too long: at most {most}", unit.noun(n)),
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for TimeError {}
