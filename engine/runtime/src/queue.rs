//! The queue of a lane: bounded, fair between organisations, in order within a case.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use machine::event::Input;
use machine::ids::{CaseId, Name};
use tokio::sync::{Notify, oneshot};

use crate::answer::{Answer, Trouble};
use crate::decide::{Doubt, Job, Work};
use crate::ticks::Ticks;

/// Whoever waits for an answer.
pub type Reply = oneshot::Sender<Result<Answer, Trouble>>;

/// A job with whoever waits for it.
#[derive(Debug)]
pub struct Waiting {
    /// The job.
    pub job: Job,
    /// Nobody waits for timers.
    pub reply: Option<Reply>,
    /// How often it was tried in vain.
    pub tries: u32,
    /// It may have been written: by this it is known again.
    pub doubt: Option<Box<Doubt>>,
    /// Counts it among the looks at the clock while it is here.
    pub under_way: Option<UnderWay>,
}

/// Counts as under way until it is dropped.
#[derive(Debug)]
pub struct UnderWay(Arc<Ticks>);

impl UnderWay {
    /// One more.
    pub fn begin(ticks: Arc<Ticks>) -> UnderWay {
        ticks.begin();
        UnderWay(ticks)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Waiting {
    /// A job that has not been tried.
    pub fn new(job: Job, reply: Option<Reply>) -> Waiting {
        Waiting { job, reply, tries: 0, doubt: None, under_way: None }
    }

    /// Answers whoever waits.
    pub fn answer(self, answer: Result<Answer, Trouble>) {
        if let Some(reply) = self.reply {
            // Whoever waited may have gone away; the commit stands.
            let _ = reply.send(answer);
        }
    }

    /// Answers that it was not done, or that nobody knows.
    pub fn give_up(self, trouble: Trouble) {
        let trouble = if self.doubt.is_some() { Trouble::Unknown } else { trouble };
        self.answer(Err(trouble));
    }

    /// Whose turn it takes: an organisation's, or one of the engine's own parts'.
    fn flow(&self) -> Name {
        let by = &self.job.by;
        by.organisation.clone().unwrap_or_else(|| by.role.clone())
    }

    /// Whether it opens its case.
    pub fn opens(&self) -> bool {
        matches!(self.job.what, Work::Open { .. })
    }

    /// Whether it is a look at the clock.
    pub fn is_tick(&self) -> bool {
        matches!(self.job.what, Work::Input(Input::Tick))
    }
}

/// Jobs waiting for one lane. Every case has a line of its own, in the order of receipt; organisations take
/// turns, so that one with a hundred times the work of the others waits for itself.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: std::sync::Mutex<Lines>,
    /// Rung when a job enters.
    pub bell: Notify,
}

#[derive(Debug, Default)]
struct Lines {
    by_case: BTreeMap<CaseId, VecDeque<Waiting>>,
    /// Cases whose first job may be taken, by whose turn it takes.
    ready: BTreeMap<Name, VecDeque<CaseId>>,
    turns: VecDeque<Name>,
    /// Cases with a job in the lane's hands.
    busy: BTreeSet<CaseId>,
    /// Cases that wait for a look at the clock already.
    ticking: BTreeSet<CaseId>,
    by_flow: BTreeMap<Name, usize>,
    count: usize,
    latest: Option<Timestamp>,
    shut: bool,
}

/// The most jobs of one case in one batch.
const RIDE_MAX: usize = 32;

/// Why a job was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// Too much waits.
    Full,
    /// Nobody works here any more.
    Shut,
}

impl Queue {
    /// Puts a job at the end of its case's line. Its time of receipt is read while it enters and never runs
    /// backwards, so that times follow the order. One that was `received` before, by another node or while the case
    /// was not ours, keeps that time and stands before what was received later. A second look at the clock for a case
    /// that waits for one is not queued.
    ///
    /// # Errors
    /// [`Turned`] when `most` jobs wait, or three quarters of that from one organisation. Looks at the clock are not
    /// turned away: there are few of them at once ([`crate::engine::Bounds::wake_max`]), and no flood may keep a
    /// deadline from firing.
    pub fn enter(
        &self,
        most: usize,
        received: Option<Timestamp>,
        make: impl FnOnce() -> Job,
        reply: Option<Reply>,
        under_way: Option<UnderWay>,
    ) -> Result<(), Turned> {
        let mut lines = self.lock();
        if lines.shut {
            return Err(Turned::Shut);
        }
        if lines.count >= most && under_way.is_none() {
            return Err(Turned::Full);
        }
        let mut one = Waiting { under_way, ..Waiting::new(make(), reply) };
        if !one.is_tick()
            && lines.by_flow.get(&one.flow()).is_some_and(|count| *count >= (most - most / 4).max(1))
        {
            return Err(Turned::Full);
        }
        let end = match received {
            Some(before) => {
                one.job.at = before.min(one.job.at);
                End::Receipt
            }
            None => {
                let received = lines.latest.map_or(one.job.at, |latest| latest.max(one.job.at));
                lines.latest = Some(received);
                one.job.at = received;
                End::Back
            }
        };
        if one.is_tick() && !lines.ticking.insert(one.job.case.clone()) {
            return Ok(());
        }
        lines.join(one, end);
        drop(lines);
        self.bell.notify_one();
        Ok(())
    }

    /// Takes at most so many jobs, none with the key of another; the cases are busy until [`Queue::done`]. What
    /// waits behind the first job of a case rides along, next to it.
    pub fn take(&self, most: usize) -> Vec<Waiting> {
        let mut lines = self.lock();
        let (mut taken, mut keys, mut later) = (Vec::new(), BTreeSet::new(), Vec::new());
        while taken.len() < most {
            let Some(case) = lines.next() else { break };
            let key = lines.first(&case).and_then(|one| one.job.key.as_ref()).map(|(key, _)| key.clone());
            // The same key on two cases: the second is decided when the first is written.
            if key.is_some_and(|key| !keys.insert(key)) {
                later.push(case);
                continue;
            }
            taken.extend(lines.leave(&case));
            for _ in 1..RIDE_MAX.min(most + 1 - taken.len()) {
                if !taken.last().is_some_and(|before| lines.rides(before, &mut keys)) {
                    break;
                }
                taken.extend(lines.leave(&case));
            }
        }
        later.iter().for_each(|case| lines.make_ready(case));
        taken
    }

    /// The cases are free again; what is to be tried again stands first in its case's line, in the order given.
    pub fn done(&self, cases: BTreeSet<CaseId>, again: Vec<Waiting>) {
        let mut lines = self.lock();
        for one in again.into_iter().rev() {
            if one.is_tick() && !lines.ticking.insert(one.job.case.clone()) {
                continue;
            }
            lines.join(one, End::Front);
        }
        for case in cases {
            lines.busy.remove(&case);
            lines.make_ready(&case);
        }
    }

    /// Nobody works here any more: everyone who waits, and everyone who comes, is told.
    pub fn shut(&self, trouble: &Trouble) {
        let mut lines = self.lock();
        let all = std::mem::take(&mut *lines);
        lines.shut = true;
        drop(lines);
        all.by_case.into_values().flatten().for_each(|one| one.give_up(trouble.clone()));
    }

    /// Whether nothing more would be let in. Whoever is turned away here costs nothing.
    pub fn is_full(&self, most: usize) -> bool {
        self.len() >= most
    }

    /// The clock was set right: times of receipt go on from where it stands now.
    pub fn forget_latest(&self) {
        self.lock().latest = None;
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().count
    }

    /// When the job was received that has waited longest; cases are many, so this is for figures.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.lock().by_case.values().filter_map(|line| Some(line.front()?.job.at)).min()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nobody waits and nothing is in the lane's hands.
    pub fn is_at_rest(&self) -> bool {
        let lines = self.lock();
        lines.count == 0 && lines.busy.is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Lines> {
        // A poisoned lock only means that another thread panicked between whole operations.
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Where in its line a job stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Front,
    Back,
    /// Before what was received later.
    Receipt,
}

impl Lines {
    fn join(&mut self, one: Waiting, end: End) {
        *self.by_flow.entry(one.flow()).or_default() += 1;
        self.count += 1;
        let case = one.job.case.clone();
        let line = self.by_case.entry(case.clone()).or_default();
        let alone = line.is_empty();
        match end {
            End::Front => line.push_front(one),
            End::Back => line.push_back(one),
            End::Receipt => {
                // What may have been written already keeps its place.
                let before = |other: &Waiting| other.job.at <= one.job.at || other.doubt.is_some();
                let place = line.iter().rposition(before).map_or(0, |at| at + 1);
                line.insert(place, one);
            }
        }
        if alone {
            self.make_ready(&case);
        }
    }

    /// A case whose first job may be taken waits for its organisation's turn.
    fn make_ready(&mut self, case: &CaseId) {
        if self.busy.contains(case) {
            return;
        }
        let Some(flow) = self.first(case).map(Waiting::flow) else { return };
        let cases = self.ready.entry(flow.clone()).or_default();
        if cases.is_empty() {
            self.turns.push_back(flow);
        }
        cases.push_back(case.clone());
    }

    /// The case whose turn it is.
    fn next(&mut self) -> Option<CaseId> {
        let flow = self.turns.pop_front()?;
        let cases = self.ready.get_mut(&flow)?;
        let case = cases.pop_front();
        if cases.is_empty() {
            self.ready.remove(&flow);
        } else {
            self.turns.push_back(flow);
        }
        case
    }

    /// Whether the next job of a case goes with the one before it: neither may have been written before, nor take
    /// in a message, whose place in its row is looked up alone; nor has it the key of another.
    fn rides(&self, before: &Waiting, keys: &mut BTreeSet<Name>) -> bool {
        let alone = |one: &Waiting| one.doubt.is_some() || one.job.message.is_some();
        let Some(next) = self.first(&before.job.case) else { return false };
        let key = next.job.key.as_ref().map(|(key, _)| key);
        !alone(before) && !alone(next) && key.is_none_or(|key| keys.insert(key.clone()))
    }

    fn first(&self, case: &CaseId) -> Option<&Waiting> {
        self.by_case.get(case)?.front()
    }

    /// The first job of a case leaves its line.
    fn leave(&mut self, case: &CaseId) -> Option<Waiting> {
        let line = self.by_case.get_mut(case)?;
        let one = line.pop_front()?;
        if line.is_empty() {
            self.by_case.remove(case);
        }
        self.count -= 1;
        let flow = one.flow();
        if let Some(count) = self.by_flow.get_mut(&flow) {
            *count -= 1;
            if *count == 0 {
                self.by_flow.remove(&flow);
            }
        }
        if one.is_tick() {
            self.ticking.remove(case);
        }
        self.busy.insert(case.clone());
        Some(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Verdict;
    use machine::event::Actor;
    use ports::commit::NewEntry;

    /// `who case[=key]`, in the order of receipt.
    fn queue(jobs: &str) -> Queue {
        let queue = Queue::default();
        for (second, line) in (0i64..).zip(jobs.lines().map(str::trim).filter(|l| !l.is_empty())) {
            let (who, what) = line.split_once(' ').unwrap();
            let (case, key) = what.split_once('=').map_or((what, None), |(c, k)| (c, Some(k)));
            let make = || Job {
                case: CaseId(case.into()),
                what: Work::Input(if who == "timer" { Input::Tick } else { Input::Calendar }),
                by: Actor::person("p", who, "clerk"),
                at: Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(second),
                key: key.map(|key| (key.into(), [0; 32])),
                message: None,
                at_version: None,
                fence: None,
            };
            queue.enter(100, None, make, None, None).unwrap();
        }
        queue
    }

    fn cases(taken: &[Waiting]) -> String {
        taken.iter().map(|one| &*one.job.case.0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_waits_for_a_case_rides_along_in_its_order() {
        let queue = queue("icbc A\n icbc B\n abc A\n icbc A");
        let first = queue.take(10);
        assert_eq!(cases(&first), "A A A B");
        assert_eq!(cases(&queue.take(10)), "", "A is busy");
        let again: Vec<Waiting> = first.into_iter().filter(|one| &*one.job.case.0 == "A").collect();
        queue.done(["A", "B"].map(|id| CaseId(id.into())).into(), again);
        let again: Vec<i64> = queue.take(10).iter().map(|one| one.job.at.as_second()).collect();
        assert_eq!(again, [0, 2, 3], "what was put back comes before what came later");
    }

    #[test]
    fn a_job_that_may_be_written_goes_alone() {
        let queue = queue("icbc A\n icbc A");
        let mut first = queue.take(1);
        let case = first[0].job.case.clone();
        let entry = NewEntry { at: Timestamp::UNIX_EPOCH, facts: vec![], reasons: vec![], incident: None };
        let answer = Answer { case, version: 2, verdict: Verdict::Accepted, states: vec![], repeated: false };
        first[0].doubt = Some(Box::new(Doubt { before: 1, entry, answer }));
        queue.done([CaseId("A".into())].into(), first);
        assert_eq!(cases(&queue.take(10)), "A");
    }

    #[test]
    fn what_another_node_received_before_stands_before_what_was_received_here_later() {
        let queue = queue("icbc A\n timer A\n abc A");
        let at = |second| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(second);
        let make = || Job {
            case: CaseId("A".into()),
            what: Work::Input(Input::Calendar),
            by: Actor::person("p", "boc", "clerk"),
            at: at(9),
            key: None,
            message: None,
            at_version: None,
            fence: None,
        };
        queue.enter(100, Some(at(0)), make, None, None).unwrap();
        let order: Vec<(String, i64)> =
            queue.take(10).iter().map(|one| (one.flow().to_string(), one.job.at.as_second())).collect();
        let wanted =
            [("icbc", 0), ("boc", 0), ("timer", 1), ("abc", 2)].map(|(who, at)| (who.to_owned(), at));
        assert_eq!(order, wanted);
    }

    #[test]
    fn organisations_take_turns() {
        let queue = queue("icbc A\n icbc B\n icbc C\n icbc D\n abc E");
        assert_eq!(cases(&queue.take(2)), "A E");
    }

    #[test]
    fn one_key_is_once_in_a_batch() {
        let queue = queue("icbc A=k\n icbc B=k\n icbc C=m");
        assert_eq!(cases(&queue.take(10)), "A C");
        assert_eq!(cases(&queue.take(10)), "B");
    }

    #[test]
    fn a_case_waits_for_one_look_at_the_clock_at_most() {
        let queue = queue("timer A\n timer A\n timer B");
        assert_eq!(queue.len(), 2);
        assert_eq!(cases(&queue.take(10)), "A B");
    }

    #[test]
    fn one_organisation_does_not_fill_the_queue() {
        let queue = Queue::default();
        let make = |who: &str, at: usize| Job {
            case: CaseId(format!("{at}").into()),
            what: Work::Input(Input::Calendar),
            by: Actor::person("p", who, "clerk"),
            at: Timestamp::UNIX_EPOCH,
            key: None,
            message: None,
            at_version: None,
            fence: None,
        };
        let entered =
            (0..10).filter(|at| queue.enter(8, None, || make("icbc", *at), None, None).is_ok()).count();
        assert_eq!(entered, 6);
        assert_eq!(queue.enter(8, None, || make("abc", 20), None, None), Ok(()));
        assert_eq!(queue.enter(8, None, || make("boc", 21), None, None), Ok(()));
        assert_eq!(queue.enter(8, None, || make("ccb", 22), None, None), Err(Turned::Full));
    }

    #[test]
    fn a_flood_keeps_no_deadline_from_entering() {
        let queue = Queue::default();
        let make = |what: Work, by: Actor, at: usize| Job {
            case: CaseId(format!("{at}").into()),
            what,
            by,
            at: Timestamp::UNIX_EPOCH,
            key: None,
            message: None,
            at_version: None,
            fence: None,
        };
        let people =
            |at| make(Work::Input(Input::Calendar), Actor::person("p", &format!("{at}"), "clerk"), at);
        for at in 0..4 {
            queue.enter(4, None, || people(at), None, None).unwrap();
        }
        assert!(queue.is_full(4));
        assert_eq!(queue.enter(4, None, || people(4), None, None), Err(Turned::Full));
        for at in 10..14 {
            let tick = || make(Work::Input(Input::Tick), Actor::system("timer"), at);
            let ticks = Arc::new(Ticks::default());
            assert_eq!(queue.enter(4, None, tick, None, Some(UnderWay::begin(ticks))), Ok(()));
        }
        assert_eq!(queue.oldest(), Some(Timestamp::UNIX_EPOCH));
    }
}
