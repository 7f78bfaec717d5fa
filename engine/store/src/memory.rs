//! The model of a store: everything in ordinary maps, lost when the process ends.
//!
//! It is the measure for the others: the conformance suite and the random comparison hold them to what this
//! one does. It keeps values as they are, so it also shows whether the stored forms lose anything.

mod commit;
mod outbox;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::clock::Clock;
use ports::commit::{Batch, OpenTask, Recorded};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::CommitError;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, News, NewsPage, Page,
    Since, Swept, TaskFilter, TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};

use crate::codec;
use crate::tables::news::page;
use crate::tables::{instant, micros};

/// A store in memory.
pub struct Memory {
    clock: Arc<dyn Clock>,
    kept: Mutex<Keep>,
}

/// What is kept, table by table.
#[derive(Default)]
struct Keep {
    cases: BTreeMap<CaseId, KeptCase>,
    entries: BTreeMap<(CaseId, u64), Entry>,
    slots: BTreeMap<(CaseId, u16, u16), u16>,
    parties: BTreeSet<(Name, CaseId)>,
    tasks: BTreeMap<(CaseId, u32), OpenTask>,
    outbox: BTreeMap<EffectKey, OutboxRow>,
    deliveries: BTreeMap<EffectKey, Timestamp>,
    messages: BTreeMap<(CaseId, CaseId), (u64, u32)>,
    commands: BTreeMap<Name, Recorded>,
    leases: BTreeMap<Name, Lease>,
    definitions: BTreeMap<Name, Deployed>,
    news: Vec<News>,
}

struct KeptCase {
    loaded: Loaded,
    line: CaseLine,
    part: u16,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("cases", &self.keep().cases.len()).finish_non_exhaustive()
    }
}

impl Memory {
    /// An empty store.
    pub fn new(clock: Arc<dyn Clock>) -> Memory {
        Memory { clock, kept: Mutex::default() }
    }

    /// What is kept. Nobody panics while holding it half changed: every change is checked before it is made.
    fn keep(&self) -> MutexGuard<'_, Keep> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ready<'a, T: Send + 'a, E: Send + 'a>(answer: Result<T, E>) -> Answer<'a, T, E> {
    Box::pin(std::future::ready(answer))
}

/// An instant as columns keep it: to the microsecond.
fn kept(at: Timestamp) -> Timestamp {
    instant(micros(at)).unwrap_or(at)
}

impl Store for Memory {
    fn now(&self) -> Answer<'_, Timestamp> {
        ready(Ok(self.clock.now()))
    }

    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError> {
        ready(self.keep().commit(batch).map_err(CommitError::from))
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        let keep = self.keep();
        ready(Ok(ids.iter().map(|id| keep.cases.get(id).map(|kept| kept.loaded.clone())).collect()))
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        ready(Ok(self.keep().cases(&filter, &page)))
    }

    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>> {
        ready(Ok(self.keep().counts(process.as_deref())))
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        ready(Ok(self.keep().due(&filter, limit)))
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        let from = (case.clone(), page.after.unwrap_or(0) + 1);
        let keep = self.keep();
        let entries = keep.entries.range(from..=(case, u64::MAX)).map(|(_, entry)| entry.clone());
        ready(Ok(entries.take(page.size() as usize).collect()))
    }

    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage> {
        let keep = self.keep();
        let from = match since {
            Since::End => keep.news.len().saturating_sub(1),
            Since::Place(place) => usize::try_from(place.number.saturating_sub(1)).unwrap_or(usize::MAX),
        };
        let kept = keep.news.iter().skip(from).take(limit as usize + 1).cloned().collect();
        ready(Ok(page(kept, since)))
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        ready(Ok(self.keep().tasks(&filter, &page)))
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        ready(Ok(self.keep().commands.get(key).cloned()))
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        ready(Ok(self.keep().lease_outbox(&lease)))
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        let mut keep = self.keep();
        ready(Ok(settled.into_iter().map(|s| keep.settle(s)).collect()))
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        ready(Ok(self.keep().outbox(&filter, &page)))
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        let now = kept(self.clock.now());
        let mut keep = self.keep();
        ready(Ok(wishes.into_iter().map(|wish| keep.lease(wish, now)).collect()))
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        let definition = &deployment.definition;
        let deployed = Deployed {
            hash: definition.hash.clone(),
            process: definition.process.clone(),
            version: definition.version,
            text: deployment.text,
            names: codec::names(definition),
            by: deployment.by,
            at: kept(deployment.at),
            reason: deployment.reason,
        };
        let mut keep = self.keep();
        if keep.definitions.contains_key(&deployed.hash) {
            return ready(Ok(Kept::Same));
        }
        keep.definitions.insert(deployed.hash.clone(), deployed);
        ready(Ok(Kept::New))
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        ready(Ok(self.keep().definitions(&filter)))
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        let mut keep = self.keep();
        let (commands, deliveries) = (keep.commands.len(), keep.deliveries.len());
        keep.commands.retain(|_, record| record.at >= before);
        keep.deliveries.retain(|_, at| *at >= before);
        ready(Ok(Swept {
            commands: (commands - keep.commands.len()) as u64,
            deliveries: (deliveries - keep.deliveries.len()) as u64,
        }))
    }
}
