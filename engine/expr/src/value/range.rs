//! A range between two comparable values.

use super::Value;

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// No end on this side.
    Unbounded,
    /// The value itself is outside.
    Open(Value),
    /// The value itself is inside.
    Closed(Value),
}

impl Bound {
    /// The value at the end, if there is an end.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Bound::Unbounded => None,
            Bound::Open(it) | Bound::Closed(it) => Some(it),
        }
    }

    /// Whether the end belongs to the range.
    pub fn is_closed(&self) -> bool {
        matches!(self, Bound::Closed(_))
    }
}

/// A range; both ends hold values of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The lower end.
    pub low: Bound,
    /// The upper end.
    pub high: Bound,
}
