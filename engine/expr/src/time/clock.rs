//! A running deadline: paused, resumed, extended, moved, recomputed when a notice is published.
//!
//! A clock is stored as it stands: rule, anchor and what happened to it. The due instant is always
//! that of the same rule with the paused and added units (a pause of three days makes five days eight),
//! so it can be recounted at any time, and two recounts agree.

use super::calendar::Calendar;
use super::count::Course;
use super::deadline::{Due, TimeError};
use super::period::Period;
use jiff::{SignedDuration, Timestamp};

pub use super::count::Rule;

/// The most changes one clock takes.
pub const MAX_CHANGES: usize = 1_000;

/// A deadline that runs.
///
/// ```
/// use expr::time::calendar::Calendar;
/// use expr::time::clock::Clock;
///
/// let calendar = Calendar::weekends_only();
/// let at = |text: &str| text.parse().unwrap();
/// let rule = "5 days, roll".parse().unwrap();
/// let clock = Clock::start(at("2026-03-02T09:00:00+08:00"), rule, &calendar)?;
/// assert_eq!(clock.due.last_day.to_string(), "2026-03-09");
///
/// let clock = clock.pause(at("2026-03-04T09:00:00+08:00"))?;
/// assert_eq!(clock.fires_at(), None);
/// let clock = clock.resume(at("2026-03-07T09:00:00+08:00"), &calendar)?;
/// assert_eq!(clock.due.last_day.to_string(), "2026-03-10"); // eight days from 2 March
/// # Ok::<(), expr::time::deadline::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clock {
    /// What it runs towards.
    pub rule: Rule,
    /// When it began.
    pub anchor: Timestamp,
    /// What happened to it, oldest first.
    pub changes: Vec<Change>,
    /// It never ends before this: the deadline it has to wait for.
    pub floor: Option<Due>,
    /// Whether it runs or stands.
    pub state: State,
    /// When it ends; while it stands, when it would have ended had it not been stopped.
    pub due: Due,
}

/// One thing that happened to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It stood still.
    Paused {
        /// From when.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// A decision added units of the rule (calendar days where the rule is an instant).
    Extended {
        /// How many.
        by: u32,
    },
    /// Authority set the instant; what was paused and extended before counts no more.
    MovedTo {
        /// The new instant.
        at: Timestamp,
    },
}

/// Whether a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Time passes.
    Running,
    /// Time stands still.
    Paused {
        /// Since when.
        since: Timestamp,
    },
}

impl Clock {
    /// Starts a clock of a period.
    ///
    /// # Errors
    /// As [`super::deadline::due`].
    pub fn start(anchor: Timestamp, period: Period, calendar: &Calendar) -> Result<Clock, TimeError> {
        Clock::towards(anchor, Rule::Period(period), calendar)
    }

    /// Starts a clock towards a given instant.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] at the edge of time.
    pub fn until(anchor: Timestamp, at: Timestamp, calendar: &Calendar) -> Result<Clock, TimeError> {
        Clock::towards(anchor, Rule::At(at), calendar)
    }

    fn towards(anchor: Timestamp, rule: Rule, calendar: &Calendar) -> Result<Clock, TimeError> {
        let due = Course::run(anchor, &rule, &[], calendar)?.due;
        Ok(Clock { rule, anchor, changes: Vec::new(), floor: None, state: State::Running, due })
    }

    /// This clock, never ending before another deadline, which replaces an earlier floor. The floor
    /// survives every later change but a move by authority, which sets the instant it says.
    ///
    /// # Errors
    /// As [`Clock::resume`].
    pub fn not_before(self, floor: Due, calendar: &Calendar) -> Result<Clock, TimeError> {
        Clock { floor: Some(floor), ..self }.recounted(calendar)
    }

    /// Stops the clock.
    ///
    /// # Errors
    /// [`TimeError::AlreadyPaused`]; [`TimeError::AlreadyDue`] at or after the due instant;
    /// [`TimeError::Backwards`] before the start or the end of the last pause.
    pub fn pause(self, at: Timestamp) -> Result<Clock, TimeError> {
        if let State::Paused { .. } = self.state {
            return Err(TimeError::AlreadyPaused);
        }
        let resumed = self.changes.iter().rev().find_map(|change| match change {
            Change::Paused { to, .. } => Some(*to),
            _ => None,
        });
        if at < resumed.unwrap_or(self.anchor) {
            return Err(TimeError::Backwards);
        }
        if at >= self.due.at {
            return Err(TimeError::AlreadyDue);
        }
        Ok(Clock { state: State::Paused { since: at }, ..self })
    }

    /// Lets the clock run again: the same rule with the paused units added. Working days add working
    /// days, calendar days and months add civil days, hours and instants add the exact time.
    ///
    /// # Errors
    /// [`TimeError::NotPaused`]; [`TimeError::Backwards`] before the pause began;
    /// [`TimeError::TooManyChanges`]; [`TimeError::OutOfRange`].
    pub fn resume(self, at: Timestamp, calendar: &Calendar) -> Result<Clock, TimeError> {
        let State::Paused { since } = self.state else {
            return Err(TimeError::NotPaused);
        };
        if at < since {
            return Err(TimeError::Backwards);
        }
        Clock { state: State::Running, ..self }.changed(Change::Paused { from: since, to: at }, calendar)
    }

    /// Adds units of the rule by decision, running or paused.
    ///
    /// # Errors
    /// [`TimeError::TooManyChanges`], [`TimeError::OutOfRange`].
    pub fn extend(self, by: u32, calendar: &Calendar) -> Result<Clock, TimeError> {
        self.changed(Change::Extended { by }, calendar)
    }

    /// Sets the instant by authority. While the clock stands, what is left is the time from the beginning
    /// of the pause to the new instant.
    ///
    /// # Errors
    /// [`TimeError::TooManyChanges`], [`TimeError::OutOfRange`].
    pub fn move_to(self, at: Timestamp, calendar: &Calendar) -> Result<Clock, TimeError> {
        Clock { floor: None, ..self }.changed(Change::MovedTo { at }, calendar)
    }

    /// The clock under a calendar in which more years are published. Only a provisional clock is
    /// recounted; any other comes back as it is.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`].
    pub fn recompute(self, calendar: &Calendar) -> Result<Clock, TimeError> {
        if self.due.provisional { self.recounted(calendar) } else { Ok(self) }
    }

    /// When the timer must fire; `None` while the clock stands.
    pub fn fires_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Running => Some(self.due.at),
            State::Paused { .. } => None,
        }
    }

    /// The exact time left at an instant: zero when it is over, constant while the clock stands.
    pub fn remaining(&self, at: Timestamp) -> SignedDuration {
        let now = match self.state {
            State::Running => at,
            State::Paused { since } => since,
        };
        self.due.at.duration_since(now).max(SignedDuration::ZERO)
    }

    /// How many working days lie after the day of `at`, the last day included.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] when more than a hundred years are left.
    pub fn remaining_working_days(&self, at: Timestamp, calendar: &Calendar) -> Result<u32, TimeError> {
        let now = match self.state {
            State::Running => at,
            State::Paused { since } => since,
        };
        calendar.working_days_between(calendar.zone().to_datetime(now).date(), self.due.last_day)
    }

    pub(super) fn course<'c>(&self, calendar: &'c Calendar) -> Result<Course<'c>, TimeError> {
        Course::run(self.anchor, &self.rule, &self.changes, calendar)
    }

    fn changed(mut self, change: Change, calendar: &Calendar) -> Result<Clock, TimeError> {
        if self.changes.len() >= MAX_CHANGES {
            return Err(TimeError::TooManyChanges);
        }
        self.changes.push(change);
        self.recounted(calendar)
    }

    fn recounted(self, calendar: &Calendar) -> Result<Clock, TimeError> {
        let counted = self.course(calendar)?.due;
        let due = self.floor.map_or(counted, |floor| counted.not_before(floor));
        Ok(Clock { due, ..self })
    }
}
