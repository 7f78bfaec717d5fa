//! The port, served from tables.

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::commit::{Batch, Recorded};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::CommitError;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, NewsPage, Page, Since,
    Swept, TaskFilter, TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};

use super::prepare::prepare;
use super::{Tables, commit, definitions, inbox, lease, news, outbox, read};

/// A store over the tables of one dialect.
#[derive(Debug)]
pub struct Served<T>(pub T);

impl<T: Tables> Store for Served<T> {
    fn now(&self) -> Answer<'_, Timestamp> {
        Box::pin(self.0.now())
    }

    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError> {
        let tables = self.0.clone();
        Box::pin(async move {
            // Encoded here, before its turn comes: the one writer only writes.
            let prepared = prepare(batch)?;
            let writing = tables.clone();
            tables.carry(async move { commit::commit(&writing, prepared).await }).await
        })
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        Box::pin(read::load(&self.0, ids))
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        Box::pin(read::cases(&self.0, filter, page))
    }

    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>> {
        Box::pin(read::counts(&self.0, process))
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        Box::pin(read::due(&self.0, filter, limit))
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        Box::pin(read::history(&self.0, case, page))
    }

    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage> {
        Box::pin(news::news(&self.0, since, limit))
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        Box::pin(inbox::tasks(&self.0, filter, page))
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        Box::pin(commit::command(&self.0, key.to_owned()))
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        let tables = self.0.clone();
        Box::pin(self.0.carry(async move { outbox::lease(&tables, lease).await }))
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        let tables = self.0.clone();
        Box::pin(self.0.carry(async move { outbox::settle(&tables, settled).await }))
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        Box::pin(outbox::outbox(&self.0, filter, page))
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        let tables = self.0.clone();
        Box::pin(self.0.carry(async move { lease::lease(&tables, wishes).await }))
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        let tables = self.0.clone();
        Box::pin(self.0.carry(async move { definitions::deploy(&tables, deployment).await }))
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        Box::pin(definitions::definitions(&self.0, filter))
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        let tables = self.0.clone();
        Box::pin(self.0.carry(async move { read::sweep(&tables, before).await }))
    }
}
