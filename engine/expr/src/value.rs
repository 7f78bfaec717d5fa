//! What a formula can read and yield, and the types that describe it before it runs.
//!
//! Units: numbers are exact decimals of at most 28 digits, money is yuan, rates are plain ratios, spans are
//! exact seconds, months are civil months. Equality and order of [`Value`] are total and deterministic;
//! what the *language* calls equal (two moments in different zones) is decided in `formula`.

mod accessors;
mod iso;
mod moment;
mod range;
mod shape;
mod show;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::time::period::Period;

pub use crate::lang::Lang;
pub use iso::{date, duration, moment as date_and_time, time_of_day};
pub use moment::{ClockTime, Moment, Zone};
pub use range::{Bound, Range};
pub use shape::Type;

/// Anything a formula can hold. Cheap to clone; `Display` writes it as a literal of the language.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not known.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// An exact decimal: a plain number, money in yuan or a rate as a ratio.
    Number(Decimal),
    /// Text; positions and lengths count characters, not bytes.
    Text(Arc<str>),
    /// A civil date.
    Date(Date),
    /// A time of day.
    Time(ClockTime),
    /// A date and time.
    DateTime(Moment),
    /// A years-and-months duration, in months.
    Months(i64),
    /// A days-and-time duration, exact.
    Span(SignedDuration),
    /// A stretch of legal time, such as five working days.
    Period(Period),
    /// A list.
    List(Arc<[Value]>),
    /// Named values, in the order of their names.
    Context(Arc<BTreeMap<Arc<str>, Value>>),
    /// A range of comparable values.
    Range(Arc<Range>),
}

// Values are moved by the million; a fat variant would slow every formula.
const _: () = assert!(size_of::<Value>() <= 48);
