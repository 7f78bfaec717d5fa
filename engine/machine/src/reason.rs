//! Why a decision came out as it did: which guards were tried, on what, with which answer.

use expr::value::Value;

use crate::ids::{Name, RunIx, TransitionIx};

/// One guard that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In which run.
    pub run: RunIx,
    /// For which transition; `None` for conditions outside transitions (caps, clocks).
    pub transition: Option<TransitionIx>,
    /// The guard as written.
    pub guard: Name,
    /// What it came to.
    pub held: bool,
    /// What it read, as named in the formula.
    pub inputs: Vec<(Name, Value)>,
}
