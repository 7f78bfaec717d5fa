//! A store that tells what was written through it: for streams and figures. It changes nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use machine::fact::What;
use machine::ids::CaseId;
use ports::commit::{Batch, Mark, Recorded, Unit};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::CommitError;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, Page, Swept, TaskFilter,
    TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};
use tokio::sync::Notify;

use super::figures::Figures;

/// So many of the last entries can be asked for again.
const KEPT: usize = 20_000;

/// An entry that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Counts what this process wrote, from 1.
    pub number: u64,
    /// The case.
    pub case: CaseId,
    /// The entry.
    pub entry: u64,
}

/// The last entries written by this process.
#[derive(Debug, Default)]
pub struct Told {
    /// Tells this process from the one before.
    process: String,
    kept: Mutex<Shelf>,
    /// Rung when something was written.
    pub bell: Notify,
}

#[derive(Debug, Default)]
struct Shelf {
    last: u64,
    news: VecDeque<News>,
}

/// What a reader of news gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// What came after, in order.
    News(Vec<News>),
    /// Some of what came after is kept no more: begin anew, after this number.
    Lost(u64),
}

impl Told {
    /// Nothing written yet. `process` is new at every start.
    pub fn new(process: &str) -> Told {
        Told { process: process.to_owned(), ..Told::default() }
    }

    /// The id of a number, for readers.
    pub fn id_of(&self, number: u64) -> String {
        format!("{}-{number}", self.process)
    }

    /// The number of an id; `None` when it is of another process or none at all.
    pub fn number_of(&self, id: &str) -> Option<u64> {
        let (process, number) = id.rsplit_once('-')?;
        number.parse().ok().filter(|_| process == self.process)
    }

    /// The number of the last entry written.
    pub fn last(&self) -> u64 {
        self.lock().last
    }

    /// What was written after a number, at most so many.
    pub fn since(&self, number: u64, most: usize) -> Since {
        let kept = self.lock();
        let first = kept.news.front().map_or(kept.last + 1, |news| news.number);
        if number > kept.last || number + 1 < first {
            return Since::Lost(kept.last);
        }
        let skip = usize::try_from(number + 1 - first).unwrap_or(usize::MAX);
        Since::News(kept.news.iter().skip(skip).take(most).cloned().collect())
    }

    fn tell(&self, written: Vec<(CaseId, u64)>) {
        if written.is_empty() {
            return;
        }
        let mut kept = self.lock();
        for (case, entry) in written {
            kept.last += 1;
            let number = kept.last;
            kept.news.push_back(News { number, case, entry });
        }
        let over = kept.news.len().saturating_sub(KEPT);
        kept.news.drain(..over);
        drop(kept);
        self.bell.notify_waiters();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shelf> {
        // A poisoned lock only means that another thread panicked between whole operations.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store with somebody listening.
pub struct Telling {
    store: Arc<dyn Store>,
    told: Arc<Told>,
    figures: Arc<Figures>,
}

impl Telling {
    /// Tells what is written through this store.
    pub fn new(store: Arc<dyn Store>, told: Arc<Told>, figures: Arc<Figures>) -> Telling {
        Telling { store, told, figures }
    }
}

/// What is remembered of a unit while its transaction is written.
struct Glance {
    case: CaseId,
    entry: u64,
    facts: u64,
    refused: u64,
    stopped: bool,
    /// How late timers fired.
    late: Vec<jiff::SignedDuration>,
}

fn glance(unit: &Unit) -> Glance {
    let facts = &unit.entry.facts;
    let late = facts.iter().filter_map(|fact| match &fact.what {
        What::TimerFired { due, .. } => Some(unit.entry.at.duration_since(*due)),
        _ => None,
    });
    Glance {
        case: unit.case.id.clone(),
        entry: unit.before.version + 1,
        facts: facts.len() as u64,
        refused: facts.iter().filter(|fact| matches!(fact.what, What::Refused { .. })).count() as u64,
        stopped: unit.entry.incident.is_some(),
        late: late.collect(),
    }
}

impl Store for Telling {
    fn now(&self) -> Answer<'_, Timestamp> {
        self.store.now()
    }

    fn commit(&self, batch: Batch) -> Answer<'_, Written, CommitError> {
        let seen: Vec<Glance> = batch.units.iter().map(|unit| glance(unit)).collect();
        Box::pin(async move {
            let began = std::time::Instant::now();
            let written = self.store.commit(batch).await?;
            self.figures.committed(began.elapsed(), seen.len());
            let mut news = Vec::with_capacity(seen.len());
            for (glance, result) in seen.into_iter().zip(&written) {
                let Ok(Mark { .. }) = result else { continue };
                self.figures.wrote(glance.facts, glance.refused, glance.stopped, &glance.late);
                news.push((glance.case, glance.entry));
            }
            self.told.tell(news);
            Ok(written)
        })
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        self.store.load(ids)
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        self.store.cases(filter, page)
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        self.store.due(filter, limit)
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        self.store.history(case, page)
    }

    fn tasks(&self, filter: TaskFilter, page: Page<TaskPlace>) -> Answer<'_, Vec<TaskLine>> {
        self.store.tasks(filter, page)
    }

    fn command(&self, key: &str) -> Answer<'_, Option<Recorded>> {
        self.store.command(key)
    }

    fn lease_outbox(&self, lease: OutboxLease) -> Answer<'_, Vec<OutboxRow>> {
        self.store.lease_outbox(lease)
    }

    fn settle_outbox(&self, settled: Vec<Settled>) -> Answer<'_, Vec<bool>> {
        self.store.settle_outbox(settled)
    }

    fn outbox(&self, filter: OutboxFilter, page: Page<EffectKey>) -> Answer<'_, Vec<OutboxRow>> {
        self.store.outbox(filter, page)
    }

    fn lease(&self, wishes: Vec<LeaseWish>) -> Answer<'_, Vec<Lease>> {
        self.store.lease(wishes)
    }

    fn deploy(&self, deployment: Deployment) -> Answer<'_, Kept> {
        self.store.deploy(deployment)
    }

    fn definitions(&self, filter: DefinitionFilter) -> Answer<'_, Vec<Deployed>> {
        self.store.definitions(filter)
    }

    fn sweep(&self, before: Timestamp) -> Answer<'_, Swept> {
        self.store.sweep(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_goes_on_where_it_was_or_is_told_that_it_missed_something() {
        let told = Told::default();
        let write = |count: usize| told.tell((0..count).map(|_| (CaseId("C".into()), 1)).collect());
        write(3);
        let numbers = |since| match told.since(since, 100) {
            Since::News(news) => news.iter().map(|one| one.number).collect::<Vec<_>>(),
            Since::Lost(last) => vec![1_000_000 + last],
        };
        assert_eq!(numbers(0), [1, 2, 3]);
        assert_eq!(numbers(2), [3]);
        assert_eq!(numbers(3), [0; 0]);
        assert_eq!(numbers(9), [1_000_003], "from another process");
        write(KEPT);
        assert_eq!(numbers(2), [1_000_000 + KEPT as u64 + 3], "kept no more");
    }
}
