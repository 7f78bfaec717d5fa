//! What was written, as it is written: for streams and figures. It changes nothing.
//!
//! The order, and what there is to be read, are the store's ([`Store::news`]): a place in it means the same on every
//! node and after a restart. What this process writes only says when to look.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use machine::fact::What;
use machine::ids::{CaseId, Name};
use ports::commit::{Batch, Mark, Recorded, Unit};
use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::{CommitError, Fault};
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Settled};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Lease, LeaseWish, Loaded, News, NewsPage,
    NewsPlace, Page, Since, Swept, TaskFilter, TaskLine, TaskPlace,
};
use ports::store::{Answer, Store, Written};
use runtime::engine::Engine;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use super::figures::Figures;

/// So many of the last entries are kept in memory; older ones are read from the store again.
const KEPT: usize = 20_000;
/// So many are taken up at once.
const AT_ONCE: u32 = 1_000;
/// How often it is looked whether other nodes wrote something, while somebody listens.
const LOOK: Duration = Duration::from_millis(250);

/// What was written lately, by whichever node, in the order of the store.
#[derive(Debug, Default)]
pub struct Told {
    kept: Mutex<Shelf>,
    /// Rung when there is something new.
    pub bell: Notify,
    /// Rung when this process wrote something, or somebody begins to listen.
    wake: Notify,
    listeners: AtomicUsize,
}

#[derive(Debug, Default)]
struct Shelf {
    /// The place before the first line; `None` until somebody listens.
    from: Option<NewsPlace>,
    news: VecDeque<News>,
}

impl Shelf {
    fn last(&self) -> Option<NewsPlace> {
        self.news.back().map(|news| news.place).or(self.from)
    }
}

/// Somebody who listens, as long as it is kept.
#[derive(Debug)]
pub struct Listener(Arc<Told>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Told {
    /// Somebody listens from now on: until then nothing is looked up.
    pub fn listen(self: &Arc<Told>) -> Listener {
        self.listeners.fetch_add(1, Ordering::AcqRel);
        self.wake.notify_one();
        Listener(self.clone())
    }

    /// What was written after a place, as far as it is kept in memory; `None` when the store must be asked.
    pub fn since(&self, place: NewsPlace, most: usize) -> Option<Vec<News>> {
        let kept = self.lock();
        if kept.from.is_none_or(|from| place < from) || kept.last().is_none_or(|last| place > last) {
            return None;
        }
        let skip = kept.news.partition_point(|news| news.place <= place);
        Some(kept.news.iter().skip(skip).take(most).cloned().collect())
    }

    /// Takes up what was written since it looked last. Answers whether there was something.
    ///
    /// # Errors
    /// The store misbehaves.
    pub async fn look(&self, store: &dyn Store) -> Result<bool, Fault> {
        let last = self.lock().last();
        let since = last.map_or(Since::End, Since::Place);
        let page = store.news(since, AT_ONCE).await?;
        let mut kept = self.lock();
        if last.is_none() || page.lost {
            // Readers in between read from the store, and are told there when something is missing.
            *kept = Shelf { from: Some(page.at), news: page.news.into() };
            drop(kept);
            self.bell.notify_waiters();
            return Ok(true);
        }
        let found = !page.news.is_empty();
        kept.news.extend(page.news);
        let over = kept.news.len().saturating_sub(KEPT);
        let dropped = kept.news.drain(..over).next_back();
        if let Some(dropped) = dropped {
            kept.from = Some(dropped.place);
        }
        drop(kept);
        if found {
            self.bell.notify_waiters();
        }
        Ok(found)
    }

    /// Looks, as long as somebody listens, until the engine closes.
    pub async fn keep_looking(&self, engine: Engine) {
        let mut interval = tokio::time::interval(LOOK);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !engine.is_closing() {
            tokio::select! {
                () = self.wake.notified() => {}
                _ = interval.tick() => {}
            }
            if self.listeners.load(Ordering::Acquire) == 0 {
                // Whoever comes next begins at the end, or reads from the store.
                *self.lock() = Shelf::default();
                continue;
            }
            match self.look(&**engine.store()).await {
                // There may be more than was taken up.
                Ok(true) => self.wake.notify_one(),
                Ok(false) => {}
                Err(fault) => tracing::warn!(%fault, "what was written cannot be read"),
            }
        }
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
    facts: u64,
    refused: Vec<Name>,
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
    let refused = facts.iter().filter_map(|fact| match &fact.what {
        What::Refused { code, .. } => Some(code.clone()),
        _ => None,
    });
    Glance {
        facts: facts.len() as u64,
        refused: refused.collect(),
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
            for (glance, result) in seen.into_iter().zip(&written) {
                let Ok(Mark { .. }) = result else { continue };
                self.figures.wrote(glance.facts, &glance.refused, glance.stopped, &glance.late);
            }
            self.told.wake.notify_one();
            Ok(written)
        })
    }

    fn load(&self, ids: Vec<CaseId>) -> Answer<'_, Vec<Option<Loaded>>> {
        self.store.load(ids)
    }

    fn cases(&self, filter: CaseFilter, page: Page<CaseId>) -> Answer<'_, Vec<CaseLine>> {
        self.store.cases(filter, page)
    }

    fn counts(&self, process: Option<Name>) -> Answer<'_, Vec<Count>> {
        self.store.counts(process)
    }

    fn due(&self, filter: DueFilter, limit: u32) -> Answer<'_, Vec<DueCase>> {
        self.store.due(filter, limit)
    }

    fn history(&self, case: CaseId, page: Page<u64>) -> Answer<'_, Vec<Entry>> {
        self.store.history(case, page)
    }

    fn news(&self, since: Since, limit: u32) -> Answer<'_, NewsPage> {
        self.store.news(since, limit)
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
