//! A store that keeps everything but what would go out: a replay of four years sends no letters. That a notice was
//! due, to whom and why, stands in the history all the same.

use std::sync::Arc;

use jiff::Timestamp;
use machine::ids::CaseId;
use ports::commit::{Batch, Recorded};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::CommitError;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, Page, Swept, TaskFilter,
    TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};

/// The store of a replay.
pub struct Quiet(pub Arc<dyn Store>);

impl Store for Quiet {
    fn now(&self) -> Answer<'_, Timestamp> {
        self.0.now()
    }

    fn commit(&self, mut batch: Batch) -> Answer<'_, Written, CommitError> {
        batch.units.iter_mut().for_each(|unit| unit.outbox.clear());
        self.0.commit(batch)
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        self.0.load(ids)
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        self.0.cases(filter, page)
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        self.0.due(filter, limit)
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        self.0.history(case, page)
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        self.0.tasks(filter, page)
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        self.0.command(key)
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        self.0.lease_outbox(lease)
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        self.0.settle_outbox(settled)
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        self.0.outbox(filter, page)
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        self.0.lease(wishes)
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        self.0.deploy(deployment)
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        self.0.definitions(filter)
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        self.0.sweep(before)
    }
}
