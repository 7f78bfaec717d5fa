//! How a deadline came about: each day and why it counts, as data and as text.
//!
//! Nothing of it is stored: it is worked out from a clock and a calendar when somebody asks.

mod words;

use super::calendar::{Calendar, Day, Festival, Why};
use super::clock::{Clock, Rule};
use super::count::{Course, Target, next};
use super::deadline::{Due, TimeError};
use super::period::{Period, Unit};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// A deadline with its reasons.
///
/// ```
/// use expr::lang::Lang;
/// use expr::time::{calendar::Calendar, clock::Clock, derivation::Derivation};
///
/// let calendar = Calendar::weekends_only();
/// let anchor = "2026-03-05T16:40:00+08:00".parse().unwrap();
/// let clock = Clock::start(anchor, "3 working days".parse().unwrap(), &calendar)?;
/// let why = Derivation::of(&clock, &calendar)?;
/// assert_eq!(
///     why.days_text(Lang::Zh),
///     "03-05 起算日不计 · 第 1 天 03-06 · 03-07…03-08 周末 · 第 2 天 03-09 · 第 3 天 03-10"
/// );
/// # Ok::<(), expr::time::deadline::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// What the clock runs towards.
    pub rule: Rule,
    /// When it began, in the calendar's zone.
    pub received: DateTime,
    /// Every day from the beginning to the last, oldest first; for hours and instants only both ends.
    pub steps: Vec<Step>,
    /// Units added by decisions since the last move.
    pub extended: u32,
    /// Whether authority set the instant.
    pub moved: bool,
    /// The first instant that is too late, in the calendar's zone.
    pub closes: DateTime,
    /// The result.
    pub due: Due,
    /// The years touched whose notice is not loaded.
    pub unpublished: Vec<i16>,
}

/// One day of a derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The day.
    pub date: Date,
    /// What it is in this count.
    pub what: What,
}

/// What a day is in a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The day of the anchor, not counted.
    Start,
    /// The anchor came after the close or on a rest day: it counts as received on a later day.
    Shifted,
    /// Counted as this number.
    Counted {
        /// From one.
        k: u32,
        /// The festival for which this weekend day is worked.
        adjusted: Option<Festival>,
    },
    /// Not counted: a rest day, of a festival or of the week.
    Rest {
        /// The festival, if it is one.
        festival: Option<Festival>,
    },
    /// Not counted: the clock stood still for it.
    Paused,
    /// Added after the months for a day on which the clock stood still.
    MadeUp,
    /// The day on which this many months are over.
    MonthsOver {
        /// How many.
        n: u32,
    },
    /// The last day after rest days (Civil Code 203).
    Rolled,
    /// The day set by rule, by the hours or by authority.
    Set,
    /// The deadline waits for another one, which ends on this day.
    Floor,
}

impl Derivation {
    /// The derivation of a clock, as if it ran.
    ///
    /// # Errors
    /// As the clock's own computation.
    pub fn of(clock: &Clock, calendar: &Calendar) -> Result<Derivation, TimeError> {
        let course = clock.course(calendar)?;
        let mut steps = Listing { calendar, course: &course, steps: Vec::new() }.list()?;
        if clock.due.at > course.due.at {
            steps.push(Step { date: clock.due.last_day, what: What::Floor });
        }
        let mut unpublished: Vec<i16> = steps.iter().map(|step| step.date.year()).collect();
        unpublished.dedup();
        unpublished.retain(|year| clock.due.provisional && !calendar.published(*year));
        Ok(Derivation {
            rule: clock.rule,
            received: course.received,
            steps,
            extended: course.extended,
            moved: matches!((course.target, clock.rule), (Target::At { .. }, Rule::Period(_))),
            closes: calendar.zone().to_datetime(clock.due.at),
            due: clock.due,
            unpublished,
        })
    }

    /// The derivation of a period from an anchor.
    ///
    /// # Errors
    /// As [`super::deadline::due`].
    pub fn of_period(
        anchor: Timestamp,
        period: Period,
        calendar: &Calendar,
    ) -> Result<Derivation, TimeError> {
        Derivation::of(&Clock::start(anchor, period, calendar)?, calendar)
    }

    /// How many days were not counted because the clock stood still.
    pub fn paused_days(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.what, What::Paused | What::MadeUp)).count()
    }
}

/// The days while they are listed.
struct Listing<'c> {
    calendar: &'c Calendar,
    course: &'c Course<'c>,
    steps: Vec<Step>,
}

impl Listing<'_> {
    fn list(mut self) -> Result<Vec<Step>, TimeError> {
        let received = self.course.received.date();
        match self.course.target {
            Target::Days { period, start } => {
                if start != received {
                    self.push(received, What::Shifted);
                }
                if self.course.base()? == start {
                    self.push(start, What::Start);
                }
                if period.unit == Unit::Months {
                    self.months(period)?
                } else {
                    self.days(period)?
                }
                self.roll()?;
            }
            Target::Hours { .. } | Target::At { .. } => {
                self.push(received, What::Start);
                self.push(self.course.due.last_day, What::Set);
            }
        }
        Ok(self.steps)
    }

    fn push(&mut self, date: Date, what: What) {
        self.steps.push(Step { date, what });
    }

    fn days(&mut self, period: Period) -> Result<(), TimeError> {
        let (mut day, mut k, mut standing, mut begun) = (self.course.base()?, 0, 0u32, 0);
        while day < self.course.raw_last {
            day = next(day)?;
            let stopped = self.course.pauses[begun..].iter().take_while(|pause| pause.after < day);
            let (more, units) = stopped.fold((0, 0), |(more, units), pause| (more + 1, units + pause.units));
            (begun, standing) = (begun + more, standing + units);
            let what = self.what(day, period.unit, k, standing > 0);
            match what {
                What::Counted { .. } => k += 1,
                What::Paused => standing -= 1,
                _ => {}
            }
            self.push(day, what);
        }
        Ok(())
    }

    fn what(&self, date: Date, unit: Unit, counted: u32, standing: bool) -> What {
        let Day { working, why, .. } = self.calendar.day(date);
        let by_working_day = unit == Unit::WorkingDays;
        let adjusted = match why {
            Why::Adjusted(festival) if by_working_day => Some(festival.clone()),
            _ => None,
        };
        match (by_working_day && !working, standing) {
            (true, _) => What::Rest { festival: rest_of(why) },
            (false, true) => What::Paused,
            (false, false) => What::Counted { k: counted + 1, adjusted },
        }
    }

    fn months(&mut self, period: Period) -> Result<(), TimeError> {
        let n = period.n + self.course.extended;
        let paused = self.course.pauses.iter().map(|pause| pause.units).sum::<u32>();
        let mut day = back(self.course.raw_last, paused)?;
        self.push(day, What::MonthsOver { n });
        while day < self.course.raw_last {
            day = next(day)?;
            self.push(day, What::MadeUp);
        }
        Ok(())
    }

    fn roll(&mut self) -> Result<(), TimeError> {
        let (mut day, last) = (self.course.raw_last, self.course.due.last_day);
        while day < last {
            day = next(day)?;
            let rest = What::Rest { festival: rest_of(self.calendar.day(day).why) };
            self.push(day, if day == last { What::Rolled } else { rest });
        }
        Ok(())
    }
}

fn rest_of(why: Why<'_>) -> Option<Festival> {
    match why {
        Why::Holiday(festival) => Some(festival.clone()),
        Why::Adjusted(_) | Why::Weekend | Why::Weekday => None,
    }
}

fn back(day: Date, n: u32) -> Result<Date, TimeError> {
    let span = jiff::Span::new().try_days(n).map_err(|_| TimeError::OutOfRange)?;
    day.checked_sub(span).map_err(|_| TimeError::OutOfRange)
}
