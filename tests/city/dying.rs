//! A store whose process dies after so many commits: before the last one is written, or after, without an answer.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::commit::{Batch, Recorded};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::CommitError;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::*;
use ports::store::{Answer, Store, Written};

pub struct Dying {
    kept: Arc<dyn Store>,
    /// Commits until it dies; held while one is written, so that nobody writes any more once it is dead.
    left: Mutex<usize>,
    /// The last commit is written, and nobody hears of it.
    after: bool,
    pub died: tokio::sync::Notify,
}

impl Dying {
    pub fn new(kept: Arc<dyn Store>, commits: usize, after: bool) -> Dying {
        Dying { kept, left: Mutex::new(commits), after, died: tokio::sync::Notify::new() }
    }
}

impl Store for Dying {
    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError> {
        let mut left = self.left.lock().unwrap();
        let before = *left;
        *left = before.saturating_sub(1);
        if before > 1 {
            // Memory writes before it answers, still under the lock.
            return self.kept.commit(batch);
        }
        if before == 1 && self.after {
            drop(self.kept.commit(batch));
        }
        self.died.notify_one();
        Box::pin(std::future::pending())
    }

    fn now(&self) -> Answer<'_, Timestamp> {
        self.kept.now()
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        self.kept.load(ids)
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        self.kept.cases(filter, page)
    }

    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>> {
        self.kept.counts(process)
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        self.kept.due(filter, limit)
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        self.kept.history(case, page)
    }

    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage> {
        self.kept.news(since, limit)
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        self.kept.tasks(filter, page)
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        self.kept.command(key)
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        self.kept.lease_outbox(lease)
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        self.kept.settle_outbox(settled)
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        self.kept.outbox(filter, page)
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        self.kept.lease(wishes)
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        self.kept.deploy(deployment)
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        self.kept.definitions(filter)
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        self.kept.sweep(before)
    }
}
