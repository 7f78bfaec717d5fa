//! Keeping: seventeen methods, each one transaction, none with a rule in it.

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use machine::ids::{CaseId, Name};

use crate::commit::{Batch, Conflict, Mark, Recorded};
use crate::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use crate::fault::{CommitError, Fault};
use crate::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use crate::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, NewsPage, Page, Since,
    Swept, TaskFilter, TaskLine, TaskPlace,
};

/// An answer that is on its way.
pub type Answer<'a, T, E = Fault> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// What became of each unit of a batch, in the batch's order.
pub type Written = Vec<Result<Mark, Conflict>>;

/// Keeps cases, their history and what follows from it. It knows no state and no rule.
pub trait Store: Send + Sync {
    /// What time it is where the data are: the clock that several nodes agree on.
    fn now(&self) -> Answer<'_, Timestamp>;

    /// Writes a batch. Answers only when it would survive a power cut.
    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError>;

    /// The cases of these numbers, in this order.
    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>>;

    /// Cases in the order of their numbers.
    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>>;

    /// How many cases stand where: of one process, or of all. In the order of processes, states and standing.
    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>>;

    /// Running cases with something due, longest due first.
    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>>;

    /// A case's history, oldest first; the page's key is the number of an entry.
    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>>;

    /// What was written since a place, oldest first, by whichever node. Kept for days; each entry comes once.
    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage>;

    /// Open tasks, soonest due first.
    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>>;

    /// The answer a command got, by its key. Resolves commits of unknown outcome.
    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>>;

    /// Takes work for a connector: nobody else gets it while the lease lasts.
    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>>;

    /// Notes what came of deliveries, or what a person decided. `false`: the lease was lost, nothing noted.
    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>>;

    /// What waits to go out or is parked, in the order of keys.
    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>>;

    /// Takes, keeps or gives back leases, by the store's own clock. Answers who holds them now.
    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>>;

    /// Keeps a definition.
    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept>;

    /// Definitions, newest first.
    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>>;

    /// Forgets keys of commands and notes of deliveries from before an instant.
    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept>;
}
