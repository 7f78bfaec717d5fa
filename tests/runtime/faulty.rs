//! A store whose commits fail on purpose: before they are written, after, or not before they may.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::commit::{Batch, Recorded};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::{Cause, CommitError, Fault, Retry};
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, NewsPage, Page, Since,
    Swept, TaskFilter, TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};
use tokio::sync::Semaphore;

/// What the next commit meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meets {
    /// Two writers met: nothing is written.
    Busy,
    /// The database is away: nothing is written.
    Away,
    /// It is written, and the reply is lost.
    ReplyLost,
    /// It is not written, and nobody can say so.
    RequestLost,
    /// Nobody can say so, and it is written only when the history has been looked at once.
    ReplyLostAndLate,
}

/// A store with faults to come.
pub struct Faulty {
    inner: Arc<dyn Store>,
    to_come: Mutex<VecDeque<Meets>>,
    /// Commits wait for a permit each.
    pub gate: Option<Semaphore>,
    /// Commits that were tried.
    pub commits: Mutex<Vec<usize>>,
    /// What is still under way at the database.
    late: Mutex<Option<Batch>>,
}

impl Faulty {
    pub fn new(inner: Arc<dyn Store>, to_come: &[Meets]) -> Arc<Faulty> {
        let to_come = Mutex::new(to_come.iter().copied().collect());
        Arc::new(Faulty { inner, to_come, gate: None, commits: Mutex::default(), late: Mutex::default() })
    }

    pub fn gated(inner: Arc<dyn Store>) -> Arc<Faulty> {
        let gate = Some(Semaphore::new(0));
        Arc::new(Faulty {
            inner,
            to_come: Mutex::default(),
            gate,
            commits: Mutex::default(),
            late: Mutex::default(),
        })
    }

    async fn written(&self, batch: Batch) -> Result<Written, CommitError> {
        self.commits.lock().unwrap().push(batch.units.len());
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let meets = self.to_come.lock().unwrap().pop_front();
        let fault = |retry| Fault::new(Cause::Unreachable, retry, "on purpose");
        match meets {
            None => self.inner.commit(batch).await,
            Some(Meets::Busy) => Err(fault(Retry::Soon).into()),
            Some(Meets::Away) => Err(fault(Retry::Later).into()),
            Some(Meets::RequestLost) => Err(CommitError::Unknown(fault(Retry::Soon))),
            Some(Meets::ReplyLostAndLate) => {
                *self.late.lock().unwrap() = Some(batch);
                Err(CommitError::Unknown(fault(Retry::Soon)))
            }
            Some(Meets::ReplyLost) => {
                self.inner.commit(batch).await?;
                Err(CommitError::Unknown(fault(Retry::Soon)))
            }
        }
    }
}

impl Store for Faulty {
    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError> {
        Box::pin(self.written(batch))
    }

    fn now(&self) -> Answer<'_, Timestamp> {
        self.inner.now()
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        self.inner.load(ids)
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        self.inner.cases(filter, page)
    }

    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>> {
        self.inner.counts(process)
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        self.inner.due(filter, limit)
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        Box::pin(async move {
            let found = self.inner.history(case, page).await;
            let late = self.late.lock().unwrap().take();
            if let Some(batch) = late {
                // Whether it still can be written is its own affair.
                let _ = self.inner.commit(batch).await;
            }
            found
        })
    }

    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage> {
        self.inner.news(since, limit)
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        self.inner.tasks(filter, page)
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        self.inner.command(key)
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        self.inner.lease_outbox(lease)
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        self.inner.settle_outbox(settled)
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        self.inner.outbox(filter, page)
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        self.inner.lease(wishes)
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        self.inner.deploy(deployment)
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        self.inner.definitions(filter)
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        self.inner.sweep(before)
    }
}
