//! A stretch of legal time as a policy writes it: so many working days, counted this way.

use jiff::civil::Time;

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
