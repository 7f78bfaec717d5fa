//! Why a decision came out as it did: which guards were tried, on what, with which answer, by which rows of tables.

use expr::value::Value;

use crate::ids::{Name, RunIx, TransitionIx};
use crate::table::Decided;

/// One guard that was tried, or one value that a table decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In which run.
    pub run: RunIx,
    /// For which transition; `None` for conditions outside transitions (caps, clocks).
    pub transition: Option<TransitionIx>,
    /// The formula as written.
    pub guard: Name,
    /// What the guard came to; true for a value.
    pub held: bool,
    /// What it read, as named in the formula.
    pub inputs: Vec<(Name, Value)>,
    /// The tables it asked, in the order of asking: the rows that matched, and what they answered.
    pub decided: Vec<Decided>,
}
