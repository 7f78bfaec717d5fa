//! The runs of the annual settlement, as the pages ask for them. Whoever assembles the server keeps them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use language::words::Words;
use serde_json::Value as Json;
use settle::Settled;
use settle::compare::Compared;

/// Which run: the year, and its number in the year from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// The year.
    pub year: i16,
    /// The number.
    pub number: u32,
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.year, self.number)
    }
}

/// Why there is no run to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRun {
    /// There is none of this name.
    NotThere,
    /// It is there and cannot be read.
    Unreadable(Words),
}

/// Runs that are kept. Answers may take as long as a year takes to compute: ask on a thread that may wait.
pub trait Runs: Send + Sync {
    /// All runs with what identifies them (`run.json`).
    ///
    /// # Errors
    /// The place where they are kept cannot be read.
    fn all(&self) -> Result<BTreeMap<RunId, Json>, NoRun>;

    /// What identifies a run.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    fn run(&self, id: RunId) -> Result<Json, NoRun>;

    /// A run computed again from its own rules and data.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    fn settled(&self, id: RunId) -> Result<Arc<Settled>, NoRun>;

    /// Two runs side by side, each line that differs with its causes.
    ///
    /// # Errors
    /// There is none of one, or it cannot be read.
    fn compared(&self, before: RunId, after: RunId) -> Result<Compared, NoRun>;

    /// A file that was handed over, with its media type.
    ///
    /// # Errors
    /// There is none of this name.
    fn file(&self, id: RunId, name: &str) -> Result<(&'static str, Vec<u8>), NoRun>;
}
