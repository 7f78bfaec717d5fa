//! A stretch of legal time as a policy writes it: so many working days, counted this way.

mod read;
mod write;

use jiff::civil::Time;

pub use read::PeriodError;

/// The longest stretch a period may have, in its own unit: a hundred years.
pub const MAX_DAYS: u32 = 36_525;
/// The longest stretch in hours: a hundred years.
pub const MAX_HOURS: u32 = MAX_DAYS * 24;
/// The longest stretch in months: a hundred years.
pub const MAX_MONTHS: u32 = 1_200;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Days on which offices work, adjusted weekends included (工作日).
    WorkingDays,
    /// Days of the calendar (自然日).
    CalendarDays,
    /// Exact hours, independent of days.
    Hours,
    /// Months, ending on the corresponding day or the month's last (Civil Code 202).
    Months,
}

/// Whether the day of the anchor is the first day counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountFrom {
    /// The start day is not counted (Civil Code 201).
    #[default]
    NextDay,
    /// The start day is day one.
    SameDay,
}

/// What happens when the last day is a rest day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Roll {
    /// The last day stays where it falls.
    #[default]
    None,
    /// The next working day is the last day (Civil Code 203).
    NextWorkingDay,
}

/// What happens to an anchor that lies at or after the cutoff, or on a rest day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {
    /// The anchor counts as it is.
    #[default]
    None,
    /// It counts as if received on the next working day.
    NextWorkingDay,
}

/// A stretch of legal time. `cutoff` is the close of the last day; `None` is 24:00.
///
/// Hours are exact: they know no start day, no roll and no close, only a shift of the anchor.
///
/// ```
/// use expr::lang::Lang;
/// use expr::time::period::{Period, Roll, Unit};
///
/// let period: Period = "5 个工作日，顺延，至17:30".parse()?;
/// assert_eq!((period.n, period.unit, period.roll), (5, Unit::WorkingDays, Roll::NextWorkingDay));
/// assert_eq!(period.to_string(), "5 working days, roll, until 17:30");
/// assert_eq!(period.text(Lang::Zh), "5个工作日，顺延，至17:30");
/// # Ok::<(), expr::time::period::PeriodError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// How many units, zero or more.
    pub n: u32,
    /// The unit.
    pub unit: Unit,
    /// Where counting starts.
    pub count_from: CountFrom,
    /// What a rest day at the end does.
    pub roll: Roll,
    /// Close of business on the last day; `None` means midnight (24:00).
    pub cutoff: Option<Time>,
    /// What a late or rest-day anchor does.
    pub shift: Shift,
}

impl Period {
    /// `n` units counted from the next day, not rolled, until 24:00, from the anchor as it is.
    pub fn of(n: u32, unit: Unit) -> Period {
        Period { n, unit, count_from: CountFrom::NextDay, roll: Roll::None, cutoff: None, shift: Shift::None }
    }

    /// Whether `n` lies within a hundred years of its unit.
    pub fn in_range(&self) -> bool {
        self.n <= self.unit.most()
    }
}

impl Unit {
    /// The most of this unit that a period may have: a hundred years.
    pub fn most(self) -> u32 {
        match self {
            Unit::WorkingDays | Unit::CalendarDays => MAX_DAYS,
            Unit::Hours => MAX_HOURS,
            Unit::Months => MAX_MONTHS,
        }
    }
}
