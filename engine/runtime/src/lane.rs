//! A lane: the jobs of one share of the cases, taken in batches, decided in order, committed together.
//!
//! No two lanes touch the same case, so that a lane's own memory of a case is right until another node
//! writes it; then the commit says so, and the job is decided again on what is stored.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use machine::ids::CaseId;
use ports::commit::{Batch, Conflict, Mark, Unit};
use ports::fault::{CommitError, Fault, Retry};
use ports::query::Loaded;
use ports::store::Store;
use tokio::sync::{Notify, oneshot};

use crate::answer::{Answer, Trouble};
use crate::decide::{self, Decided, Job, Work};
use crate::engine::Bounds;
use crate::shelf::Shelf;

/// How often a job is decided again because somebody else wrote its case.
const TRIES_MAX: u32 = 8;

/// Whoever waits for an answer.
pub type Reply = oneshot::Sender<Result<Answer, Trouble>>;

/// A job with whoever waits for it.
#[derive(Debug)]
pub struct Waiting {
    /// The job.
    pub job: Job,
    /// Nobody waits for timers.
    pub reply: Option<Reply>,
    tries: u32,
}

impl Waiting {
    /// A job that has not been tried.
    pub fn new(job: Job, reply: Option<Reply>) -> Waiting {
        Waiting { job, reply, tries: 0 }
    }

    fn answer(self, answer: Result<Answer, Trouble>) {
        if let Some(reply) = self.reply {
            // Whoever waited may have gone away; the commit stands.
            let _ = reply.send(answer);
        }
    }
}

/// The queue of a lane. Jobs enter in the order of their receipt.
#[derive(Debug, Default)]
pub struct Queue {
    jobs: std::sync::Mutex<VecDeque<Waiting>>,
    /// Rung when a job enters.
    pub bell: Notify,
}

impl Queue {
    /// Puts a job at the end, its time of receipt read while it enters, so that times follow the order.
    ///
    /// # Errors
    /// Gives the reply back when the queue is full.
    pub fn enter(
        &self,
        most: usize,
        make: impl FnOnce() -> Job,
        reply: Option<Reply>,
    ) -> Result<(), Option<Reply>> {
        let mut jobs = self.lock();
        if jobs.len() >= most {
            return Err(reply);
        }
        jobs.push_back(Waiting::new(make(), reply));
        drop(jobs);
        self.bell.notify_one();
        Ok(())
    }

    /// Puts jobs back in front, in their order.
    fn back(&self, waiting: Vec<Waiting>) {
        let mut jobs = self.lock();
        for one in waiting.into_iter().rev() {
            jobs.push_front(one);
        }
    }

    /// Takes jobs from the front, one for each case, and leaves later jobs of the same case in order.
    fn take(&self, most: usize) -> Vec<Waiting> {
        let mut jobs = self.lock();
        let mut seen: BTreeSet<CaseId> = BTreeSet::new();
        let (mut taken, mut left) = (Vec::new(), VecDeque::new());
        while let Some(one) = jobs.pop_front() {
            if taken.len() < most && seen.insert(one.job.case.clone()) {
                taken.push(one);
            } else {
                left.push_back(one);
            }
            if taken.len() >= most {
                break;
            }
        }
        while let Some(one) = left.pop_back() {
            jobs.push_front(one);
        }
        taken
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        // A poisoned lock only means that another thread panicked between whole operations.
        self.jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What one round brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// So many jobs were answered or put back.
    Worked(usize),
    /// There was nothing to do.
    Idle,
}

/// A lane at work.
pub struct Lane {
    store: Arc<dyn Store>,
    shelf: Arc<Shelf>,
    queue: Arc<Queue>,
    bounds: Bounds,
    /// Cases as this lane last wrote or read them, and the order in which they were used.
    known: BTreeMap<CaseId, Loaded>,
    used: VecDeque<CaseId>,
}

impl Lane {
    /// A lane over a queue.
    pub fn new(store: Arc<dyn Store>, shelf: Arc<Shelf>, queue: Arc<Queue>, bounds: Bounds) -> Lane {
        Lane { store, shelf, queue, bounds, known: BTreeMap::new(), used: VecDeque::new() }
    }

    /// Takes a batch, decides it, commits it, answers.
    ///
    /// # Errors
    /// A fault of the store after which the jobs were put back: try again as it says.
    pub async fn run_once(&mut self) -> Result<Round, Fault> {
        let waiting = self.queue.take(self.bounds.batch_max);
        if waiting.is_empty() {
            return Ok(Round::Idle);
        }
        let count = waiting.len();
        let waiting = match self.load(waiting).await {
            Ok(waiting) => waiting,
            Err((waiting, fault)) => {
                self.queue.back(waiting);
                return Err(fault);
            }
        };
        let mut decided = Vec::with_capacity(waiting.len());
        for one in waiting {
            match self.decide(&one.job) {
                Ok(done) => decided.push((one, done)),
                Err(trouble) => one.answer(Err(trouble)),
            }
        }
        self.write(decided).await?;
        Ok(Round::Worked(count))
    }

    /// Reads the cases this lane does not know.
    async fn load(&mut self, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, (Vec<Waiting>, Fault)> {
        let unknown: Vec<CaseId> = waiting
            .iter()
            .filter(|w| !matches!(w.job.what, Work::Open { .. }) && !self.known.contains_key(&w.job.case))
            .map(|w| w.job.case.clone())
            .collect();
        if unknown.is_empty() {
            return Ok(waiting);
        }
        match self.store.load(unknown).await {
            Ok(found) => {
                found.into_iter().flatten().for_each(|loaded| self.remember(loaded));
                Ok(waiting)
            }
            Err(fault) => Err((waiting, fault)),
        }
    }

    fn decide(&self, job: &Job) -> Result<Decided, Trouble> {
        if let Work::Open { process, data } = &job.what {
            let definition = self.shelf.in_force(process);
            let definition = definition.ok_or_else(|| Trouble::UnknownProcess(process.clone()))?;
            return decide::open(&definition, &self.shelf.calendar(&definition.calendar), job, data);
        }
        let loaded = self.known.get(&job.case).ok_or_else(|| Trouble::UnknownCase(job.case.clone()))?;
        let definition = self.shelf.by_hash(&loaded.case.definition);
        let definition = definition.ok_or_else(|| Trouble::UnknownProcess(loaded.case.process.clone()))?;
        let calendar = self.shelf.calendar(&definition.calendar);
        match &job.what {
            Work::Input(input) => decide::go_on(&definition, &calendar, job, input, loaded),
            Work::Release { .. } => {
                let freed = Loaded { standing: ports::query::Standing::Running, ..loaded.clone() };
                decide::go_on(&definition, &calendar, job, &machine::event::Input::Tick, &freed)
            }
            Work::Open { .. } => Err(Trouble::CaseExists(job.case.clone())),
        }
    }

    async fn write(&mut self, decided: Vec<(Waiting, Decided)>) -> Result<(), Fault> {
        let (mut written, mut idle) = (Vec::new(), Vec::new());
        for (one, done) in decided {
            match done.unit {
                Some(unit) => written.push((one, unit, done.answer)),
                None => idle.push((one, done.answer)),
            }
        }
        for (one, answer) in idle {
            one.answer(Ok(answer));
        }
        if written.is_empty() {
            return Ok(());
        }
        let units: Vec<Unit> = written.iter().map(|(_, unit, _)| unit.clone()).collect();
        match self.store.commit(Batch { units }).await {
            Ok(results) => {
                let mut again = Vec::new();
                for ((one, unit, answer), result) in written.into_iter().zip(results) {
                    again.extend(self.settle(one, unit, answer, result));
                }
                self.queue.back(again);
                Ok(())
            }
            Err(CommitError::Fault(fault)) => {
                self.put_back(written);
                Err(fault)
            }
            // It may have been written. Forget what was thought and ask again: every command has its key,
            // so what took effect is answered and not done twice.
            Err(CommitError::Unknown(fault)) => {
                for (one, ..) in &written {
                    self.known.remove(&one.job.case);
                }
                self.put_back(written);
                Err(Fault { retry: fault.retry.max(Retry::Soon), ..fault })
            }
        }
    }

    fn put_back(&self, written: Vec<(Waiting, Unit, Answer)>) {
        self.queue.back(written.into_iter().map(|(one, ..)| one).collect());
    }

    /// Answers a job, or gives it back to be decided again.
    fn settle(
        &mut self,
        mut one: Waiting,
        unit: Unit,
        answer: Answer,
        result: Result<Mark, Conflict>,
    ) -> Option<Waiting> {
        match result {
            Ok(mark) => {
                self.remember(Loaded { case: unit.case, mark, standing: unit.line.standing });
                one.answer(Ok(answer));
                None
            }
            Err(Conflict::Stale { .. }) if matches!(one.job.what, Work::Open { .. }) => {
                let case = one.job.case.clone();
                one.answer(Err(Trouble::CaseExists(case)));
                None
            }
            Err(Conflict::Stale { .. } | Conflict::Fenced) => {
                self.known.remove(&one.job.case);
                one.tries += 1;
                if one.tries < TRIES_MAX {
                    return Some(one);
                }
                one.answer(Err(Trouble::Contended));
                None
            }
            Err(Conflict::Answered(recorded)) => {
                let same = one.job.key.as_ref().is_some_and(|(_, body)| *body == recorded.body);
                let kept = Answer::kept(recorded.case.clone(), &recorded.answer).filter(|_| same);
                one.answer(kept.ok_or(Trouble::KeyReused(recorded.case)));
                None
            }
            Err(Conflict::KeyReused { case }) => {
                one.answer(Err(Trouble::KeyReused(case)));
                None
            }
            Err(Conflict::AlreadyReceived) => {
                one.answer(Ok(Answer { repeated: true, ..answer }));
                None
            }
            Err(Conflict::Forbidden { constraint }) => {
                tracing::error!(case = %one.job.case, %constraint, "the step and the tables disagree");
                self.known.remove(&one.job.case);
                let fault =
                    Fault::new(ports::fault::Cause::Bug, Retry::Never, format!("forbidden by {constraint}"));
                one.answer(Err(fault.into()));
                None
            }
        }
    }

    fn remember(&mut self, loaded: Loaded) {
        let id = loaded.case.id.clone();
        if self.known.insert(id.clone(), loaded).is_none() {
            self.used.push_back(id);
        }
        while self.known.len() > self.bounds.known_max {
            let Some(oldest) = self.used.pop_front() else { break };
            self.known.remove(&oldest);
        }
    }
}
