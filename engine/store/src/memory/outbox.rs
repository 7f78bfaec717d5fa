//! What goes out, in the model.

use jiff::Timestamp;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Outcome, Settled};
use ports::query::{PAGE_MAX, Page};

use super::{Keep, kept};

impl Keep {
    pub(super) fn lease_outbox(&mut self, lease: &OutboxLease) -> Vec<OutboxRow> {
        let until = kept(lease.now.checked_add(lease.keep).unwrap_or(Timestamp::MAX));
        let now = kept(lease.now);
        let waits = |row: &&OutboxRow| {
            !row.parked
                && row.outgoing.connector == lease.connector
                && row.next_at <= now
                && self.is_first(row)
        };
        let mut picked: Vec<(Timestamp, EffectKey)> =
            self.outbox.values().filter(waits).map(|row| (row.next_at, row.key.clone())).collect();
        picked.sort();
        picked.truncate(lease.limit.clamp(1, PAGE_MAX) as usize);
        let mut rows = Vec::with_capacity(picked.len());
        for (_, key) in picked {
            let Some(row) = self.outbox.get_mut(&key) else { continue };
            row.epoch += 1;
            row.attempts += 1;
            row.next_at = until;
            rows.push(row.clone());
        }
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        rows
    }

    /// Whether nothing of the same case stands before it in its lane.
    fn is_first(&self, row: &OutboxRow) -> bool {
        let lane = &row.outgoing.lane;
        lane.is_none()
            || !self.outbox.values().any(|other| {
                other.key.case == row.key.case && other.outgoing.lane == *lane && other.key < row.key
            })
    }

    pub(super) fn settle(&mut self, settled: Settled) -> bool {
        let Some(row) = self.outbox.get_mut(&settled.key) else { return false };
        if row.epoch != settled.epoch {
            return false;
        }
        row.epoch += 1;
        match settled.outcome {
            Outcome::Done | Outcome::Drop => {
                self.outbox.remove(&settled.key);
                self.deliveries.insert(settled.key, kept(settled.at));
            }
            Outcome::Again { at, problem } => {
                row.next_at = kept(at);
                row.parked = false;
                row.problem = problem.or(row.problem.take());
            }
            Outcome::Park { problem } => {
                row.next_at = kept(settled.at);
                row.parked = true;
                row.problem = Some(problem);
            }
        }
        true
    }

    pub(super) fn outbox(&self, filter: &OutboxFilter, page: &Page<EffectKey>) -> Vec<OutboxRow> {
        let fits = |row: &&OutboxRow| {
            filter.connector.as_ref().is_none_or(|c| *c == row.outgoing.connector)
                && filter.case.as_ref().is_none_or(|case| *case == row.key.case)
                && filter.parked.is_none_or(|parked| parked == row.parked)
                && page.after.as_ref().is_none_or(|after| row.key > *after)
        };
        self.outbox.values().filter(fits).take(page.size() as usize).cloned().collect()
    }
}
