//! The counting itself: from an anchor through every change to the due instant, with its workings.

use super::calendar::Calendar;
use super::clock::Change;
use super::deadline::{Due, TimeError};
use super::period::{CountFrom, Period, Roll, Shift, Unit};
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp};

/// The most units that a period, its extensions or its pauses may come to.
const MOST_UNITS: u32 = 2 * super::period::MAX_DAYS;

/// What a clock runs towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The end of a period.
    Period(Period),
    /// A given instant.
    At(Timestamp),
}

/// The workings of one deadline: every number that its derivation shows.
#[derive(Clone, Debug)]
pub(super) struct Course<'c> {
    calendar: &'c Calendar,
    pub received: DateTime,
    pub target: Target,
    /// Units added by extensions.
    pub extended: u32,
    pub pauses: Vec<Pause>,
    /// Exact time added by pauses, where days are not counted.
    exact: SignedDuration,
    /// The last day before it is rolled.
    pub raw_last: Date,
    pub due: Due,
}

/// What the clock runs towards at this point of its history.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Counted days of a period.
    Days {
        period: Period,
        /// The day the count rests on, after a shift.
        start: Date,
    },
    /// Exact hours from an instant.
    Hours { period: Period, from: Timestamp },
    /// An instant set by rule or by authority, extended in this unit.
    At { at: Timestamp, unit: Unit },
}

/// One pause, in the units it added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// The added units are those that follow this day.
    pub after: Date,
    pub units: u32,
}

impl<'c> Course<'c> {
    /// Counts from the anchor through all changes.
    pub fn run(
        anchor: Timestamp,
        rule: &Rule,
        changes: &[Change],
        calendar: &'c Calendar,
    ) -> Result<Course<'c>, TimeError> {
        let mut course = Course::begin(anchor, rule, calendar)?;
        course.settle()?;
        for change in changes {
            course.apply(change)?;
            course.settle()?;
        }
        Ok(course)
    }

    fn begin(anchor: Timestamp, rule: &Rule, calendar: &'c Calendar) -> Result<Course<'c>, TimeError> {
        let received = calendar.zone().to_datetime(anchor);
        let due = Due { at: anchor, last_day: received.date(), provisional: false };
        let target = Target::At { at: anchor, unit: Unit::CalendarDays };
        let (extended, pauses, exact) = (0, Vec::new(), SignedDuration::ZERO);
        let raw_last = received.date();
        let mut course = Course { calendar, received, target, extended, pauses, exact, raw_last, due };
        course.target = match *rule {
            Rule::At(at) => Target::At { at, unit: Unit::CalendarDays },
            Rule::Period(period) => course.period(anchor, period)?,
        };
        Ok(course)
    }

    fn period(&mut self, anchor: Timestamp, period: Period) -> Result<Target, TimeError> {
        if !period.in_range() {
            return Err(TimeError::TooLong { n: period.n, unit: period.unit });
        }
        let start = self.shifted(&period)?;
        if period.unit != Unit::Hours {
            return Ok(Target::Days { period, start });
        }
        let moved = start != self.received.date();
        let from = if moved { self.instant(start.to_datetime(Time::midnight()))? } else { anchor };
        Ok(Target::Hours { period, from })
    }

    /// The day on which the anchor counts as received.
    fn shifted(&mut self, period: &Period) -> Result<Date, TimeError> {
        let day = self.received.date();
        if period.shift == Shift::None {
            return Ok(day);
        }
        let late = period.cutoff.is_some_and(|cutoff| self.received.time() >= cutoff);
        if !self.works(day) || late {
            return self.working_day_from(next(day)?);
        }
        Ok(day)
    }

    fn apply(&mut self, change: &Change) -> Result<(), TimeError> {
        match *change {
            Change::Paused { from, to } => self.pause(from, to),
            Change::Extended { by } => {
                self.extended = self.extended.checked_add(by).ok_or(TimeError::OutOfRange)?;
                Ok(())
            }
            Change::MovedTo { at } => {
                let unit = self.target.unit();
                self.target = Target::At { at, unit };
                (self.extended, self.exact) = (0, SignedDuration::ZERO);
                self.pauses.clear();
                self.due.provisional = false;
                Ok(())
            }
        }
    }

    fn pause(&mut self, from: Timestamp, to: Timestamp) -> Result<(), TimeError> {
        let Target::Days { .. } = self.target else {
            let stood = to.duration_since(from);
            self.exact = self.exact.checked_add(stood).ok_or(TimeError::OutOfRange)?;
            return Ok(());
        };
        let pause = self.paused_units(from, to)?;
        self.pauses.push(pause);
        self.settle()?;
        // Resumed after the day's close, or on a rest day when days are working days, the last day may
        // be over: what was left at the pause, however little, must not be gone at the end of it.
        let gone = self.due.at <= to;
        if let Some(pause) = self.pauses.last_mut().filter(|_| gone) {
            pause.units = pause.units.checked_add(1).ok_or(TimeError::OutOfRange)?;
        }
        Ok(())
    }

    /// How many units a pause adds: those after its first day, up to and including its last.
    fn paused_units(&mut self, from: Timestamp, to: Timestamp) -> Result<Pause, TimeError> {
        let day = |at| self.calendar.zone().to_datetime(at).date();
        let (from, to) = (day(from), day(to));
        let after = from.max(self.base()?);
        let units = self.units(after, to)?;
        let (raw, last) = (self.raw_last, self.due.last_day);
        if from <= raw {
            return Ok(Pause { after, units });
        }
        // Paused while the last day was being rolled: what was left runs to the rolled day.
        let slack = self.units(raw, last)?;
        Ok(Pause { after: raw, units: units.checked_add(slack).ok_or(TimeError::OutOfRange)? })
    }

    /// Recounts the due instant from what is known now.
    fn settle(&mut self) -> Result<(), TimeError> {
        match self.target {
            Target::Days { period, .. } => {
                self.raw_last = self.counted(&period)?;
                let last = self.rolled(self.raw_last, &period)?;
                (self.due.at, self.due.last_day) = (self.close(last, period.cutoff)?, last);
            }
            Target::Hours { period, from } => {
                let hours = i64::from(period.n) + i64::from(self.extended);
                self.due.at = self.later(from, hours)?;
                self.due.last_day = self.calendar.zone().to_datetime(self.due.at).date();
                self.raw_last = self.due.last_day;
            }
            Target::At { at, unit } => self.settle_at(at, unit)?,
        }
        Ok(())
    }

    fn settle_at(&mut self, at: Timestamp, unit: Unit) -> Result<(), TimeError> {
        let hours = if unit == Unit::Hours { i64::from(self.extended) } else { 0 };
        let mut due = Due::at(at, self.calendar)?;
        if unit != Unit::Hours && self.extended > 0 {
            let time = self.calendar.zone().to_datetime(at).time();
            let close = Some(time).filter(|time| *time != Time::midnight());
            let last = self.ahead(due.last_day, unit, self.extended)?;
            due = Due::at(self.close(last, close)?, self.calendar)?;
        }
        let at = self.later(due.at, hours)?;
        let provisional = self.due.provisional;
        self.due = Due { provisional, ..Due::at(at, self.calendar)? };
        self.raw_last = self.due.last_day;
        Ok(())
    }

    fn later(&self, at: Timestamp, hours: i64) -> Result<Timestamp, TimeError> {
        let added = SignedDuration::try_from_hours(hours).and_then(|span| span.checked_add(self.exact));
        at.checked_add(added.ok_or(TimeError::OutOfRange)?).map_err(|_| TimeError::OutOfRange)
    }

    /// The last day before it is rolled.
    fn counted(&mut self, period: &Period) -> Result<Date, TimeError> {
        let units = period.n.checked_add(self.extended).ok_or(TimeError::OutOfRange)?;
        let paused = self.pauses.iter().try_fold(0u32, |sum, pause| sum.checked_add(pause.units));
        let paused = paused.ok_or(TimeError::OutOfRange)?;
        if units.max(paused) > MOST_UNITS {
            return Err(TimeError::OutOfRange);
        }
        let base = self.base()?;
        if period.unit == Unit::Months {
            let start = self.start();
            return plus_days(months_on(start, units, base != start)?, paused);
        }
        self.ahead(base, period.unit, units.checked_add(paused).ok_or(TimeError::OutOfRange)?)
    }

    /// The day `n` units after `day`.
    fn ahead(&mut self, day: Date, unit: Unit, n: u32) -> Result<Date, TimeError> {
        match unit {
            Unit::WorkingDays => self.working_days_after(day, n),
            Unit::Months => months_on(day, n, false),
            Unit::CalendarDays | Unit::Hours => plus_days(day, n),
        }
    }

    fn working_days_after(&mut self, day: Date, n: u32) -> Result<Date, TimeError> {
        let mut at = day;
        for _ in 0..n {
            at = self.working_day_from(next(at)?)?;
        }
        Ok(at)
    }

    fn rolled(&mut self, last: Date, period: &Period) -> Result<Date, TimeError> {
        match period.roll {
            Roll::None => Ok(last),
            Roll::NextWorkingDay => self.working_day_from(last),
        }
    }

    /// This day or the next working day, noting whether the answer may still change.
    fn working_day_from(&mut self, day: Date) -> Result<Date, TimeError> {
        let found = self.calendar.working_day_from(day)?;
        // Days are only passed over within one rest, so its two ends speak for all of it.
        let published = self.calendar.published(day.year()) && self.calendar.published(found.year());
        self.due.provisional |= !published;
        Ok(found)
    }

    fn works(&mut self, day: Date) -> bool {
        let work = self.calendar.work(day);
        self.due.provisional |= !work.published;
        work.working
    }

    /// How many units lie after one day, up to and including the other.
    fn units(&mut self, after: Date, until: Date) -> Result<u32, TimeError> {
        let Target::Days { period: Period { unit: Unit::WorkingDays, .. }, .. } = self.target else {
            return days_between(after, until);
        };
        if days_between(after, until)? > 0 {
            let published = (after.year()..=until.year()).all(|year| self.calendar.published(year));
            self.due.provisional |= !published;
        }
        self.calendar.working_days_between(after, until)
    }

    /// The day on which the count rests.
    pub fn start(&self) -> Date {
        match self.target {
            Target::Days { start, .. } => start,
            Target::Hours { .. } | Target::At { .. } => self.received.date(),
        }
    }

    /// The day before the first that is counted.
    pub fn base(&self) -> Result<Date, TimeError> {
        match self.target {
            Target::Days { period, start } if period.n > 0 && period.count_from == CountFrom::SameDay => {
                start.yesterday().map_err(|_| TimeError::OutOfRange)
            }
            _ => Ok(self.start()),
        }
    }

    /// The first instant after the close of a day; `None` closes at 24:00.
    fn close(&self, day: Date, cutoff: Option<Time>) -> Result<Timestamp, TimeError> {
        match cutoff {
            Some(time) => self.instant(day.to_datetime(time)),
            None => self.instant(next(day)?.to_datetime(Time::midnight())),
        }
    }

    fn instant(&self, local: DateTime) -> Result<Timestamp, TimeError> {
        self.calendar.zone().to_timestamp(local).map_err(|_| TimeError::OutOfRange)
    }
}

impl Target {
    /// The unit in which an extension is counted.
    pub fn unit(&self) -> Unit {
        match self {
            Target::Days { period, .. } | Target::Hours { period, .. } => period.unit,
            Target::At { unit, .. } => *unit,
        }
    }
}

/// The day that ends `n` months: the corresponding day, or the month's last (Civil Code 202).
///
/// When the start day is counted the months end the day before the corresponding day, and on the
/// month's last if that day does not exist.
fn months_on(start: Date, n: u32, start_counts: bool) -> Result<Date, TimeError> {
    let span = Span::new().try_months(n).map_err(|_| TimeError::OutOfRange)?;
    let day = start.checked_add(span).map_err(|_| TimeError::OutOfRange)?;
    let corresponds = day.day() == start.day();
    match start_counts && corresponds {
        true => day.yesterday().map_err(|_| TimeError::OutOfRange),
        false => Ok(day),
    }
}

pub(super) fn next(day: Date) -> Result<Date, TimeError> {
    day.tomorrow().map_err(|_| TimeError::OutOfRange)
}

pub(super) fn plus_days(day: Date, n: u32) -> Result<Date, TimeError> {
    let hours = SignedDuration::try_from_hours(i64::from(n) * 24).ok_or(TimeError::OutOfRange)?;
    day.checked_add(hours).map_err(|_| TimeError::OutOfRange)
}

/// Days after one day, up to and including the other; zero if it does not come later.
pub(super) fn days_between(after: Date, until: Date) -> Result<u32, TimeError> {
    let days = after.duration_until(until).as_hours().max(0) / 24;
    let days = u32::try_from(days).map_err(|_| TimeError::OutOfRange)?;
    if days > super::period::MAX_DAYS { Err(TimeError::OutOfRange) } else { Ok(days) }
}
