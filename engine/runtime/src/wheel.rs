//! Cases due soon, in memory, so that waiting for a deadline asks the store for nothing.
//!
//! The wheel covers everything due until an instant. What a lane writes is put in at once; the rest comes from
//! the store's index in stretches ahead of time. A case too many costs a look that finds nothing; none is ever
//! missing below the covered instant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use machine::ids::CaseId;
use ports::query::DueCase;

/// More cases than this are not kept ahead: the store keeps the rest.
pub const WHEEL_MAX: usize = 100_000;

/// The wheel.
#[derive(Debug)]
pub struct Wheel {
    in_order: BTreeSet<(Timestamp, CaseId)>,
    due_of: BTreeMap<CaseId, Timestamp>,
    covered: Timestamp,
    most: usize,
}

impl Wheel {
    /// A wheel that covers nothing yet and holds at most so many cases.
    pub fn new(most: usize) -> Wheel {
        Wheel {
            in_order: BTreeSet::new(),
            due_of: BTreeMap::new(),
            covered: Timestamp::MIN,
            most: most.max(1),
        }
    }

    /// Everything due before this instant is in the wheel.
    pub fn covered(&self) -> Timestamp {
        self.covered
    }

    /// When the soonest case is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.in_order.first().map(|(due, _)| *due)
    }

    /// How many cases are in it.
    pub fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Whether none is in it.
    pub fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }

    /// How many are due at or before an instant, at most `most`.
    pub fn due_by(&self, at: Timestamp, most: usize) -> usize {
        self.in_order.iter().take(most).take_while(|(due, _)| *due <= at).count()
    }

    /// A case is due then, or not at all. Answers whether it is now the soonest.
    pub fn set(&mut self, case: &CaseId, due: Option<Timestamp>) -> bool {
        if let Some(before) = self.due_of.remove(case) {
            self.in_order.remove(&(before, case.clone()));
        }
        let Some(due) = due.filter(|due| *due < self.covered) else { return false };
        self.due_of.insert(case.clone(), due);
        self.in_order.insert((due, case.clone()));
        while self.in_order.len() > self.most {
            let Some((last, dropped)) = self.in_order.pop_last() else { break };
            self.due_of.remove(&dropped);
            self.covered = self.covered.min(last);
        }
        self.in_order.first().is_some_and(|(_, first)| first == case)
    }

    /// Takes at most so many cases due at or before an instant, longest due first.
    pub fn take(&mut self, until: Timestamp, most: usize) -> Vec<DueCase> {
        let mut taken = Vec::new();
        while taken.len() < most && self.next().is_some_and(|due| due <= until) {
            let Some((due, id)) = self.in_order.pop_first() else { break };
            self.due_of.remove(&id);
            taken.push(DueCase { id, due });
        }
        taken
    }

    /// From now on what is written and due before this instant is put in; ask the store for the rest next.
    pub fn cover(&mut self, until: Timestamp) {
        self.covered = until;
    }

    /// What the store answered. When it gave as many as it was asked for, there may be more from the last on.
    pub fn fill(&mut self, found: Vec<DueCase>, complete: bool) {
        if !complete && let Some(last) = found.last() {
            // Cases due in the same instant as the last may be missing; one instant later begins the rest.
            let first = found.first().map_or(last.due, |first| first.due);
            let reach =
                if first == last.due { last.due + jiff::SignedDuration::from_micros(1) } else { last.due };
            self.covered = self.covered.min(reach);
        }
        for case in found {
            if self.due_of.get(&case.id).is_none_or(|known| *known > case.due) {
                self.set(&case.id, Some(case.due));
            }
        }
    }

    /// Covers nothing any more: something may have been missed.
    pub fn forget(&mut self) {
        *self = Wheel::new(self.most);
    }
}
