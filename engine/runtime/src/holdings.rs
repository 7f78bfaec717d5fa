//! Which cases this node may write: all of them when it is alone, those of the parts it holds leases of when
//! several nodes share a store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jiff::SignedDuration;
use machine::ids::{CaseId, Name};
use ports::commit::Fence;
use ports::query::PARTS;
use sha2::{Digest, Sha256};

use crate::answer::Trouble;

/// The part of the cases that a number belongs to; the store counts the same way.
pub fn part_of(case: &CaseId) -> u16 {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(case.0.as_bytes());
    let hash = hash.finalize();
    u16::from_be_bytes([hash[0], hash[1]]) % PARTS
}

/// The name of a part's lease.
pub fn lease_of(part: u16) -> Name {
    format!("part/{part}").into()
}

/// A part as this node knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Held here, in this epoch, until this reading of the steady clock.
    Here {
        /// The lease's epoch.
        epoch: u64,
        /// When it runs out if it is not kept.
        until: SignedDuration,
    },
    /// Held by another node.
    There {
        /// Which.
        node: Name,
    },
}

/// What this node holds.
#[derive(Debug)]
pub struct Holdings {
    /// `None`: alone, no lease is asked for.
    parts: Option<Mutex<BTreeMap<u16, Part>>>,
    /// When a part was last taken over, by the steady clock.
    gained: Mutex<Option<SignedDuration>>,
}

impl Holdings {
    /// The only node.
    pub fn alone() -> Holdings {
        Holdings { parts: None, gained: Mutex::new(None) }
    }

    /// One of several: it holds nothing until leases are taken.
    pub fn shared() -> Holdings {
        Holdings { parts: Some(Mutex::new(BTreeMap::new())), gained: Mutex::new(None) }
    }

    /// Whether other nodes may write, too.
    pub fn is_shared(&self) -> bool {
        self.parts.is_some()
    }

    /// What a write on this case must carry, at a reading of the steady clock.
    ///
    /// # Errors
    /// [`Trouble::Elsewhere`] when another node works on it, or the lease ran out here.
    pub fn fence(&self, case: &CaseId, steady: SignedDuration) -> Result<Option<Fence>, Trouble> {
        let Some(parts) = &self.parts else { return Ok(None) };
        let part = part_of(case);
        match lock(parts).get(&part) {
            Some(Part::Here { epoch, until }) if steady < *until => {
                Ok(Some(Fence { lease: lease_of(part), epoch: *epoch }))
            }
            Some(Part::There { node }) => Err(Trouble::Elsewhere { node: Some(node.clone()) }),
            Some(Part::Here { .. }) | None => Err(Trouble::Elsewhere { node: None }),
        }
    }

    /// The parts held here; `None` for all.
    pub fn here(&self, steady: SignedDuration) -> Option<Vec<u16>> {
        let parts = lock(self.parts.as_ref()?);
        let held = |part: &Part| matches!(part, Part::Here { until, .. } if steady < *until);
        Some(parts.iter().filter(|(_, part)| held(part)).map(|(number, _)| *number).collect())
    }

    /// Notes who holds a part, at a reading of the steady clock. Answers whether it is newly held here: also when
    /// its lease had run out here and nobody else took it, for what came due in between was turned away.
    pub fn note(&self, part: u16, now: Part, steady: SignedDuration) -> bool {
        let Some(parts) = &self.parts else { return false };
        let before = lock(parts).insert(part, now.clone());
        let gained = match (before, now) {
            (Some(Part::Here { epoch: before, until }), Part::Here { epoch, .. }) => {
                before != epoch || until <= steady
            }
            (_, Part::Here { .. }) => true,
            (_, Part::There { .. }) => false,
        };
        if gained {
            *self.gained.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(steady);
        }
        gained
    }

    /// How long ago a part was last taken over; `None` when none was.
    pub fn since_gain(&self, steady: SignedDuration) -> Option<SignedDuration> {
        let gained = *self.gained.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        gained.map(|gained| steady - gained)
    }

    /// Whether other nodes hold parts, as far as is known here.
    pub fn others(&self) -> bool {
        self.parts.as_ref().is_some_and(|parts| lock(parts).values().any(|p| matches!(p, Part::There { .. })))
    }

    /// Whether this node holds parts, as far as is known here.
    pub fn is_held_by(&self, node: &str) -> bool {
        let by = |part: &Part| matches!(part, Part::There { node: holder } if **holder == *node);
        self.parts.as_ref().is_some_and(|parts| lock(parts).values().any(by))
    }

    /// The store says that this case's part is not held here any more.
    pub fn lost(&self, case: &CaseId) {
        if let Some(parts) = &self.parts {
            lock(parts).remove(&part_of(case));
        }
    }

    /// Holds nothing any more; what others hold is still known.
    pub fn drop_all(&self) {
        if let Some(parts) = &self.parts {
            lock(parts).retain(|_, part| matches!(part, Part::There { .. }));
        }
    }

    /// The other nodes that hold parts, as far as is known here.
    pub fn nodes(&self) -> BTreeSet<String> {
        let other = |part: &Part| match part {
            Part::There { node } if !node.is_empty() => Some(node.to_string()),
            _ => None,
        };
        self.parts.as_ref().map(|parts| lock(parts).values().filter_map(other).collect()).unwrap_or_default()
    }
}

fn lock(parts: &Mutex<BTreeMap<u16, Part>>) -> std::sync::MutexGuard<'_, BTreeMap<u16, Part>> {
    // A poisoned lock only means that another thread panicked between whole operations.
    parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
