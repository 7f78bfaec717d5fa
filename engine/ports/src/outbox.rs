//! What goes out to the world after the commit: kept, leased, delivered, parked.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use machine::fact::Fact;
use machine::ids::{CaseId, Name};

/// Tells one thing that goes out from all others, for ever: `FD-2026-000183/7/0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectKey {
    /// The case it comes from.
    pub case: CaseId,
    /// The entry that sent it.
    pub entry: u64,
    /// Which effect of that entry, from 0.
    pub effect: u32,
}

impl fmt::Display for EffectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.case, self.entry, self.effect)
    }
}

/// Something that is to go out. Its key's effect number is its place in the unit's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Who delivers it.
    pub connector: Name,
    /// Things of one case in the same lane go out one after the other: the next waits for the one before,
    /// also when that one is parked. `None`: in any order.
    pub lane: Option<Name>,
    /// What it is: the fact that says so.
    pub fact: Fact,
    /// Not before.
    pub at: Timestamp,
}

/// Something going out, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its key.
    pub key: EffectKey,
    /// What it is.
    pub outgoing: Outgoing,
    /// How often it was tried.
    pub attempts: u32,
    /// Counts leases; a result counts only in the epoch it was leased in.
    pub epoch: u64,
    /// When it is tried next, or when the present lease ends.
    pub next_at: Timestamp,
    /// Parked: nobody tries any more until a person says so.
    pub parked: bool,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// What to take for delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxLease {
    /// Of which connector.
    pub connector: Name,
    /// The present instant.
    pub now: Timestamp,
    /// How long nobody else may take it.
    pub keep: SignedDuration,
    /// At most so many.
    pub limit: u32,
}

/// What came of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Of what.
    pub key: EffectKey,
    /// The epoch it was leased in, or listed in for acts of a person.
    pub epoch: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
}

/// What came of a delivery, or what a person decided about a parked one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Done,
    /// Try again.
    Again {
        /// Not before.
        at: Timestamp,
        /// What went wrong; `None` when a person lets a parked one go again.
        problem: Option<String>,
    },
    /// Nobody tries any more.
    Park {
        /// What went wrong.
        problem: String,
    },
    /// A person decided that it is not sent.
    Drop,
}

/// Which rows of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Of this connector.
    pub connector: Option<Name>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Parked ones only, or waiting ones only.
    pub parked: Option<bool>,
}
