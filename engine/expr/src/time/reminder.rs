//! When to remind of a deadline: at a share of its time, or so many days before it.

use super::calendar::Calendar;
use super::clock::{Clock, State};
use super::deadline::TimeError;
use super::period::Unit;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span, Timestamp};

/// When a reminder is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reminder {
    /// When this share of the time between anchor and due has passed, in percent.
    Share {
        /// 0 to 100.
        percent: u8,
    },
    /// So many units before the due instant, at the same time of day.
    Before {
        /// How many.
        n: u32,
        /// Of which unit.
        unit: Unit,
    },
}

impl Clock {
    /// The instant of a reminder; `None` while the clock stands, and when it would come at or before
    /// the anchor or at or after the due instant.
    ///
    /// ```
    /// use expr::time::{calendar::Calendar, clock::Clock, period::Unit, reminder::Reminder};
    ///
    /// let calendar = Calendar::weekends_only();
    /// let anchor = "2026-03-02T09:00:00+08:00".parse().unwrap();
    /// let clock = Clock::start(anchor, "5 working days, until 17:30".parse().unwrap(), &calendar)?;
    /// let before = Reminder::Before { n: 2, unit: Unit::WorkingDays };
    /// let at = clock.remind_at(before, &calendar)?.unwrap();
    /// assert_eq!(at, "2026-03-05T17:30:00+08:00".parse().unwrap()); // due on Monday the 9th
    /// # Ok::<(), expr::time::deadline::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] at the edge of time, [`TimeError::TooLong`] above a hundred years.
    pub fn remind_at(&self, reminder: Reminder, calendar: &Calendar) -> Result<Option<Timestamp>, TimeError> {
        if let State::Paused { .. } = self.state {
            return Ok(None);
        }
        let at = match reminder {
            Reminder::Share { percent } => self.at_share(percent)?,
            Reminder::Before { n, unit } => self.before(n, unit, calendar)?,
        };
        Ok(Some(at).filter(|at| self.anchor < *at && *at < self.due.at))
    }

    /// Whole seconds, rounded down: a reminder may come a moment early, never late.
    fn at_share(&self, percent: u8) -> Result<Timestamp, TimeError> {
        let whole = i128::from(self.due.at.as_second()) - i128::from(self.anchor.as_second());
        let seconds = (whole * i128::from(percent)).div_euclid(100);
        let seconds = i64::try_from(seconds).map_err(|_| TimeError::OutOfRange)?;
        let span = SignedDuration::from_secs(seconds);
        self.anchor.checked_add(span).map_err(|_| TimeError::OutOfRange)
    }

    fn before(&self, n: u32, unit: Unit, calendar: &Calendar) -> Result<Timestamp, TimeError> {
        if n > unit.most() {
            return Err(TimeError::TooLong { n, unit });
        }
        let out = |_| TimeError::OutOfRange;
        if unit == Unit::Hours {
            return self.due.at.checked_sub(SignedDuration::from_hours(i64::from(n))).map_err(out);
        }
        let local = calendar.zone().to_datetime(self.due.at);
        // A deadline at 24:00 belongs to the day that ends, and so do its reminders.
        let midnight = local.time() == Time::midnight();
        let last = if midnight { local.date().yesterday().map_err(out)? } else { local.date() };
        let day = back(last, n, unit, calendar)?;
        let day = if midnight { day.tomorrow().map_err(out)? } else { day };
        calendar.zone().to_timestamp(day.to_datetime(local.time())).map_err(out)
    }
}

/// The day `n` units before `day`.
fn back(day: Date, n: u32, unit: Unit, calendar: &Calendar) -> Result<Date, TimeError> {
    let span = match unit {
        Unit::WorkingDays => {
            return (0..n).try_fold(day, |at, _| calendar.previous_working_day(at));
        }
        Unit::Months => Span::new().try_months(n),
        Unit::CalendarDays | Unit::Hours => Span::new().try_days(n),
    };
    span.and_then(|span| day.checked_sub(span)).map_err(|_| TimeError::OutOfRange)
}
