//! A lane: the jobs of one share of the cases, taken in batches, decided in order, committed together.
//!
//! No two lanes touch the same case, so that a lane's own memory of a case is right until another node
//! writes it; then the commit says so, and the job is decided again on what is stored.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use machine::ids::CaseId;
use ports::commit::{Batch, Conflict, Mark, Unit};
use ports::fault::{Cause, CommitError, Fault, Retry};
use ports::query::{Loaded, PAGE_MAX, Page, Standing};
use ports::store::Written;
use tokio::time::Instant;

use crate::answer::{Answer, Trouble};
use crate::decide::{self, Decided, Doubt, Job, Work};
use crate::engine::Office;
use crate::incidents;
use crate::known::Known;
use crate::pace::Pace;
use crate::queue::{Queue, Waiting};

/// How often a job is tried again: somebody else wrote its case, or the store was away.
const TRIES_MAX: u32 = 8;

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
    office: Arc<Office>,
    queue: Arc<Queue>,
    known: Known,
    pace: Pace,
    again: Vec<Waiting>,
    /// Not decided in this round: they come after what is to be tried again.
    later: Vec<Waiting>,
}

/// A job decided and not yet written.
struct Ready {
    one: Waiting,
    unit: Arc<Unit>,
    answer: Answer,
}

/// A case as the jobs of this round leave it, before anything of it is written.
struct Ahead {
    loaded: Loaded,
    /// One of its jobs has to wait for the next round, so all that follow do.
    waits: bool,
}

impl Lane {
    /// A lane over a queue.
    pub(crate) fn new(office: Arc<Office>, queue: Arc<Queue>) -> Lane {
        let bounds = office.bounds;
        let (known, pace) = (Known::new(bounds.known_max), Pace::new(bounds.batch_max, bounds.round_max));
        Lane { office, queue, known, pace, again: vec![], later: vec![] }
    }

    /// Takes a batch, decides it, commits it, answers.
    ///
    /// # Errors
    /// A fault of the store: try again as it says. Nobody is left without an answer or a place in the queue.
    pub async fn run_once(&mut self) -> Result<Round, Fault> {
        let waiting = self.queue.take(self.pace.now());
        if waiting.is_empty() {
            return Ok(Round::Idle);
        }
        let began = Instant::now();
        // Times of receipt were read before this: a jump in them is seen now.
        self.office.look_at_clocks();
        self.known.trim();
        let cases: BTreeSet<CaseId> = waiting.iter().map(|one| one.job.case.clone()).collect();
        let count = waiting.len();
        let worked = self.work(waiting).await;
        let mut again = std::mem::take(&mut self.again);
        again.append(&mut self.later);
        self.queue.done(cases, again);
        self.pace.saw(count, began.elapsed());
        worked.map(|()| Round::Worked(count))
    }

    async fn work(&mut self, waiting: Vec<Waiting>) -> Result<(), Fault> {
        // In this order: a commit in doubt that comes through in between is in the history, or in the way.
        let waiting = self.load(waiting).await?;
        let waiting = self.resolve(waiting).await?;
        let mut ready = Vec::with_capacity(waiting.len());
        let mut ahead: Option<Ahead> = None;
        for one in waiting {
            let of_case = ahead.take_if(|ahead| ahead.loaded.case.id == one.job.case);
            ahead = self.work_one(one, of_case, &mut ready).await;
        }
        self.write(ready).await
    }

    /// Decides one job, on what the jobs before it in this round leave of its case. Whatever is answered without
    /// being written must rest on what is written: it waits for the next round.
    async fn work_one(
        &mut self,
        one: Waiting,
        ahead: Option<Ahead>,
        ready: &mut Vec<Ready>,
    ) -> Option<Ahead> {
        if ahead.as_ref().is_some_and(|ahead| ahead.waits) {
            self.later.push(one);
            return ahead;
        }
        match (self.decide(&one.job, ahead.as_ref().map(|ahead| &ahead.loaded)), ahead) {
            (Ok(Decided { unit: Some(unit), answer, standing }), _) => {
                let mark = Mark { version: unit.before.version + 1, chain: [0; 32] };
                let loaded = Loaded { case: unit.case.clone(), mark, standing };
                ready.push(Ready { one, unit: Arc::new(unit), answer });
                Some(Ahead { loaded, waits: false })
            }
            (_, Some(ahead)) => {
                self.later.push(one);
                Some(Ahead { waits: true, ..ahead })
            }
            (Ok(Decided { unit: None, answer, .. }), None) => {
                self.idle(one, answer);
                None
            }
            (Err(trouble), None) => {
                self.turn_down(one, trouble).await;
                None
            }
        }
    }

    /// Looks up what became of jobs whose commit gave no answer.
    async fn resolve(&mut self, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, Fault> {
        let mut open = Vec::with_capacity(waiting.len());
        let mut waiting = waiting.into_iter();
        while let Some(one) = waiting.next() {
            let Some(doubt) = &one.doubt else {
                open.push(one);
                continue;
            };
            let page = Page { after: Some(doubt.before), limit: 1 };
            match self.office.store.history(one.job.case.clone(), page).await {
                Ok(found) => {
                    let key = one.job.key.as_ref().map(|(key, _)| key);
                    if found.first().is_some_and(|entry| doubt.is(&entry.told, key)) {
                        let answer = doubt.answer.clone();
                        self.look_again(&one.job.case);
                        one.answer(Ok(answer));
                    } else {
                        open.push(one);
                    }
                }
                Err(fault) => {
                    let rest: Vec<Waiting> = open.into_iter().chain([one]).chain(waiting).collect();
                    return Err(self.failed(rest, fault));
                }
            }
        }
        Ok(open)
    }

    /// Reads the cases this lane does not know.
    async fn load(&mut self, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, Fault> {
        let opened: BTreeSet<&CaseId> = waiting.iter().filter(|w| w.opens()).map(|w| &w.job.case).collect();
        let unknown: BTreeSet<CaseId> = waiting
            .iter()
            .map(|w| &w.job)
            .filter(|job| !opened.contains(&job.case) && !self.knows(job))
            .map(|job| job.case.clone())
            .collect();
        let unknown: Vec<CaseId> = unknown.into_iter().collect();
        for page in unknown.chunks(PAGE_MAX as usize) {
            match self.office.store.load(page.to_vec()).await {
                Ok(found) => {
                    for loaded in found.into_iter().flatten() {
                        let store = &*self.office.store;
                        if let Err(fault) = self.office.shelf.fetch(store, &loaded.case.definition).await {
                            return Err(self.failed(waiting, fault));
                        }
                        self.known.put(loaded);
                    }
                }
                Err(fault) if fault.retry == Retry::Never => return Ok(self.load_each(waiting).await),
                Err(fault) => return Err(self.failed(waiting, fault)),
            }
        }
        Ok(waiting)
    }

    /// Whether the case need not be read. One that a command was meant for at a later version than is known here was
    /// written by another node since.
    fn knows(&self, job: &Job) -> bool {
        let known = self.known.get(&job.case);
        known.is_some_and(|known| job.at_version.is_none_or(|wanted| wanted <= known.mark.version))
    }

    /// One of the cases cannot be read: the others go on.
    async fn load_each(&mut self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let mut readable = Vec::with_capacity(waiting.len());
        for one in waiting {
            if one.opens() || self.known.get(&one.job.case).is_some() {
                readable.push(one);
                continue;
            }
            match self.office.store.load(vec![one.job.case.clone()]).await {
                Ok(found) => {
                    found.into_iter().flatten().for_each(|loaded| self.known.put(loaded));
                    readable.push(one);
                }
                Err(fault) => {
                    tracing::error!(case = %one.job.case, %fault, "the case cannot be read");
                    one.give_up(fault.into());
                }
            }
        }
        readable
    }

    fn decide(&self, job: &Job, ahead: Option<&Loaded>) -> Result<Decided, Trouble> {
        let fence = self.office.fence(&job.case, &job.by, &job.what)?;
        // Received under another lease: meanwhile another node may have fired what was not due at the receipt.
        if job.fence.is_some() && job.fence != fence {
            return Err(Trouble::Elsewhere { node: None });
        }
        let now = self.office.now();
        let decided = match &job.what {
            Work::Open { process, data } => {
                let definition = self.office.shelf.in_force(process);
                let definition = definition.ok_or_else(|| Trouble::UnknownProcess(process.clone()))?;
                let calendar = self.office.shelf.calendar(&definition.calendar);
                let bug = || Trouble::Fault(Fault::new(Cause::Bug, Retry::Never, "the program broke off"));
                guarded(|| decide::open(&definition, &calendar, job, data, now))
                    .unwrap_or_else(|()| Err(bug()))
            }
            Work::Input(input) => {
                let loaded = ahead.or_else(|| self.known.get(&job.case));
                let loaded = loaded.ok_or_else(|| Trouble::UnknownCase(job.case.clone()))?;
                let version = loaded.mark.version;
                if job.at_version.is_some_and(|wanted| wanted != version) {
                    return Err(Trouble::Stale { version });
                }
                self.may_happen(job, loaded)?;
                let definition = self.office.shelf.by_hash(&loaded.case.definition);
                let definition =
                    definition.ok_or_else(|| Trouble::UnknownProcess(loaded.case.process.clone()))?;
                let calendar = self.office.shelf.calendar(&definition.calendar);
                let step = || decide::go_on(&definition, &calendar, job, input, loaded, now);
                guarded(step)
                    .unwrap_or_else(|()| Ok(decide::park(&definition, job, loaded, incidents::bug(), now)))
            }
        };
        decided.map(|mut done| {
            if let Some(unit) = &mut done.unit {
                unit.fence = fence;
                if !self.office.bounds.sends {
                    unit.outbox.clear();
                }
            }
            done
        })
    }

    /// While deadlines are held, nobody makes them fire by sending something to their case.
    fn may_happen(&self, job: &Job, loaded: &Loaded) -> Result<(), Trouble> {
        let due = loaded.case.next_due().is_some_and(|due| due <= job.at);
        match self.office.deadlines.hold_back().filter(|_| due) {
            None => Ok(()),
            Some(held) => {
                let detail = format!("something is due in {}, and deadlines are held: {held:?}", job.case);
                Err(Fault::new(Cause::ClockAhead, Retry::Later, detail).into())
            }
        }
    }

    /// Nothing had to be written. A look at the clock in vain may rest on a memory of the case from before another
    /// node wrote it: it looks once more, at what is stored.
    fn idle(&mut self, mut one: Waiting, answer: Answer) {
        if one.is_tick() && one.tries == 0 {
            self.known.forget(&one.job.case);
            one.tries = 1;
            self.again.push(one);
            return;
        }
        self.look_again(&one.job.case);
        one.answer(Ok(answer));
    }

    /// A command that cannot be decided now may have been answered before.
    async fn turn_down(&self, one: Waiting, trouble: Trouble) {
        // A look at the clock under a lease that was lost and taken again is to be had anew.
        if one.is_tick() && matches!(trouble, Trouble::Elsewhere { .. }) {
            self.office.forget_due();
        }
        let Some((key, body)) = one.job.key.clone() else { return one.give_up(trouble) };
        match self.office.store.command(&key).await {
            Ok(Some(recorded)) if recorded.body == body => {
                let kept = Answer::kept(recorded.case.clone(), &recorded.answer);
                one.answer(kept.ok_or(Trouble::KeyReused(recorded.case)));
            }
            Ok(Some(recorded)) => one.answer(Err(Trouble::KeyReused(recorded.case))),
            Ok(None) => one.give_up(trouble),
            Err(fault) => one.give_up(fault.into()),
        }
    }

    async fn write(&mut self, ready: Vec<Ready>) -> Result<(), Fault> {
        if ready.is_empty() {
            return Ok(());
        }
        match self.commit(&ready).await {
            Ok(written) => {
                let mut all = ready.into_iter().zip(written).peekable();
                while let Some((one, result)) = all.next() {
                    let goes_on = all.peek().is_some_and(|(next, result)| {
                        result.is_ok() && next.unit.case.id == one.unit.case.id
                    });
                    self.settle(one, result, goes_on).await;
                }
                Ok(())
            }
            Err(CommitError::Fault(fault)) if fault.retry == Retry::Never => self.write_each(ready).await,
            Err(CommitError::Fault(fault)) => {
                let waiting = ready.into_iter().map(|r| r.one).collect();
                Err(self.failed(waiting, fault))
            }
            Err(CommitError::Unknown(fault)) => Err(self.doubted(ready, fault)),
        }
    }

    async fn commit(&self, ready: &[Ready]) -> Result<Written, CommitError> {
        let units = ready.iter().map(|r| r.unit.clone()).collect();
        self.office.store.commit(Batch { units }).await
    }

    /// One of them cannot be written: the others go on.
    async fn write_each(&mut self, ready: Vec<Ready>) -> Result<(), Fault> {
        let mut ready = ready.into_iter();
        while let Some(one) = ready.next() {
            let fault = match self.commit(std::slice::from_ref(&one)).await {
                Ok(mut written) => {
                    if let Some(result) = written.pop() {
                        self.settle(one, result, false).await;
                    }
                    continue;
                }
                Err(CommitError::Fault(fault)) if fault.retry == Retry::Never => {
                    self.cannot_keep(one, fault).await;
                    continue;
                }
                Err(CommitError::Fault(fault)) => {
                    let rest = std::iter::once(one).chain(ready).map(|r| r.one).collect();
                    return Err(self.failed(rest, fault));
                }
                Err(CommitError::Unknown(fault)) => self.doubted(vec![one], fault),
            };
            return Err(self.failed(ready.map(|r| r.one).collect(), fault));
        }
        Ok(())
    }

    /// What was decided is more than the store takes. Whoever asked is told; when nobody did, the case waits
    /// for a person, because it would meet the same limit for ever.
    async fn cannot_keep(&mut self, one: Ready, fault: Fault) {
        tracing::error!(case = %one.one.job.case, %fault, "a step cannot be kept");
        let job = &one.one.job;
        if one.one.reply.is_none()
            && let Some(loaded) = self.known.get(&job.case)
            && let Some(definition) = self.office.shelf.by_hash(&loaded.case.definition)
        {
            let incident = incidents::cannot_be_kept(&fault.detail);
            let parked = decide::park(&definition, job, loaded, incident, self.office.now());
            if let Some(mut unit) = parked.unit {
                unit.fence = one.unit.fence.clone();
                let parked = self.office.store.commit(Batch::from(vec![unit])).await;
                if !matches!(parked.as_deref(), Ok([Ok(_)])) {
                    tracing::error!(case = %job.case, "nor can the case be parked");
                }
            }
        }
        self.known.forget(&one.one.job.case);
        one.one.give_up(fault.into());
    }

    /// Nobody can say whether these were written. What was thought of their cases is forgotten; every job is
    /// looked up in the history before it is decided again.
    fn doubted(&mut self, ready: Vec<Ready>, fault: Fault) -> Fault {
        for Ready { mut one, unit, answer } in ready {
            self.known.forget(&one.job.case);
            one.tries += 1;
            let (before, entry) = (unit.before.version, Arc::unwrap_or_clone(unit).entry);
            one.doubt = Some(Box::new(Doubt { before, entry, answer }));
            if one.tries < TRIES_MAX {
                self.again.push(one);
            } else {
                self.look_again(&one.job.case);
                one.answer(Err(Trouble::Unknown));
            }
        }
        Fault { retry: fault.retry.max(Retry::Soon), ..fault }
    }

    /// The store did not answer and nothing was written. What is worth trying again at once is; otherwise
    /// whoever waits is told, rather than to wait for as long as the store is away.
    fn failed(&mut self, waiting: Vec<Waiting>, fault: Fault) -> Fault {
        for mut one in waiting {
            one.tries += 1;
            let again = fault.retry == Retry::Soon || one.doubt.is_some();
            if again && one.tries < TRIES_MAX {
                self.again.push(one);
            } else {
                self.look_again(&one.job.case);
                one.give_up(fault.clone().into());
            }
        }
        fault
    }

    /// Answers a job, or keeps it to be decided again. When another one of its case was written with it, that one
    /// says how the case stands.
    async fn settle(&mut self, ready: Ready, result: Result<Mark, Conflict>, goes_on: bool) {
        let Ready { mut one, unit, answer } = ready;
        match result {
            Ok(mark) => {
                for outgoing in &unit.outbox {
                    self.office.ring(&outgoing.connector);
                }
                if !goes_on {
                    self.written(Arc::unwrap_or_clone(unit), mark);
                }
                one.answer(Ok(answer));
            }
            // It may stand there because it was written after all.
            Err(Conflict::Stale { .. }) if one.opens() && (one.doubt.is_none() || one.tries >= TRIES_MAX) => {
                let case = one.job.case.clone();
                self.turn_down(one, Trouble::CaseExists(case)).await;
            }
            Err(Conflict::Stale { .. }) => {
                self.known.forget(&one.job.case);
                one.tries += 1;
                if one.tries < TRIES_MAX {
                    self.again.push(one);
                } else {
                    self.look_again(&one.job.case);
                    one.give_up(Trouble::Contended);
                }
            }
            Err(Conflict::Fenced) => {
                self.known.forget(&one.job.case);
                self.office.holdings.lost(&one.job.case);
                self.turn_down(one, Trouble::Elsewhere { node: None }).await;
            }
            Err(Conflict::Answered(recorded)) => {
                let same = one.job.key.as_ref().is_some_and(|(_, body)| *body == recorded.body);
                let kept = Answer::kept(recorded.case.clone(), &recorded.answer).filter(|_| same);
                self.known.forget(&one.job.case);
                one.answer(kept.ok_or(Trouble::KeyReused(recorded.case)));
            }
            Err(Conflict::KeyReused { case }) => one.answer(Err(Trouble::KeyReused(case))),
            Err(Conflict::AlreadyReceived) => one.answer(Ok(Answer { repeated: true, ..answer })),
            Err(Conflict::Forbidden { constraint }) => {
                let detail = format!("forbidden by {constraint}");
                let ready = Ready { one, unit, answer };
                self.cannot_keep(ready, Fault::new(Cause::Bug, Retry::Never, detail)).await;
            }
        }
    }

    /// The case as it is stored now; when it is next due, the clock knows at once.
    fn written(&mut self, unit: Unit, mark: Mark) {
        let Unit { case, line, .. } = unit;
        let running = line.standing == Standing::Running;
        self.office.due(&case.id, case.next_due().filter(|_| running));
        if line.standing == Standing::Ended {
            return self.known.forget(&case.id);
        }
        self.known.put(Loaded { case, mark, standing: line.standing });
    }

    /// The case was not written: its next due instant, if it is known, or the store's index says when to look.
    fn look_again(&self, case: &CaseId) {
        match self.known.get(case) {
            Some(loaded) => {
                let running = loaded.standing == Standing::Running;
                self.office.due(case, loaded.case.next_due().filter(|_| running));
            }
            None => self.office.forget_due(),
        }
    }
}

/// A panic inside the pure step is a bug of ours: it stops this job, not the program.
fn guarded<T>(step: impl FnOnce() -> T) -> Result<T, ()> {
    catch_unwind(AssertUnwindSafe(step)).map_err(drop)
}
