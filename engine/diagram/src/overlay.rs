//! What is laid over a picture: where a case is, where it has been, how many are where, what changed.

use std::collections::{BTreeMap, BTreeSet};

/// How a state or an edge differs from the version it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// New: green.
    Added,
    /// Gone: dashed.
    Removed,
    /// Different: amber.
    Changed,
}

/// Marks on states and edges, all by id. States of a child process are named `child-id/state-id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// States active now.
    pub current: BTreeSet<String>,
    /// States that were active before.
    pub visited: BTreeSet<String>,
    /// Edges taken, by edge id.
    pub path: BTreeSet<String>,
    /// How many cases are in a state.
    pub counts: BTreeMap<String, u64>,
    /// Differences between two versions, for states.
    pub changed_states: BTreeMap<String, Change>,
    /// Differences between two versions, for edges.
    pub changed_edges: BTreeMap<String, Change>,
}
