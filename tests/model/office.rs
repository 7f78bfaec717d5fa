//! Two nodes, a store, banks that send and send again: everything between a command and its answer.

use stateright::{Model, Property};

use crate::demand::{CaseNo, Demand, Said, What};

/// How much of the world there is.
#[derive(Clone, Copy, Debug)]
pub struct Runtime {
    pub banks: u8,
    /// The first bank decides, too: in time or late.
    pub late: bool,
    /// How many times a node dies.
    pub crashes: u8,
    /// How many times a node sleeps past its lease.
    pub sleeps: u8,
    /// How many of the instants come.
    pub hours: u8,
}

/// The model.
pub struct Office {
    demand: Demand,
    runtime: Runtime,
    /// Writes are held against the lease and the version.
    pub guarded: bool,
}

/// A command on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Job {
    what: What,
    /// The instant it was received.
    at: u8,
    /// The lease under which it was received.
    epoch: u8,
}

/// Decided and not yet written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Ready {
    job: Job,
    before: CaseNo,
    after: CaseNo,
    said: Said,
    writes: bool,
    epoch: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Node {
    /// It believes that it holds the lease, in this epoch.
    holds: Option<u8>,
    queue: Vec<Job>,
    ready: Option<Ready>,
    /// The case as it remembers it.
    known: Option<CaseNo>,
}

/// Where a bank stands with its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    Idle,
    Waits(What),
    /// It heard nothing, or was sent elsewhere.
    Again(What),
    Heard(What, Said),
}

/// What is kept with the key of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kept {
    what: What,
    said: Said,
    at: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    now: u8,
    stored: CaseNo,
    epoch: u8,
    owner: u8,
    keys: Vec<Kept>,
    nodes: [Node; 2],
    banks: Vec<Client>,
    crashes: u8,
    sleeps: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Send { bank: u8, node: u8, what: What },
    Wake { node: u8 },
    Decide { node: u8 },
    Write { node: u8 },
    WriteAndDie { node: u8 },
    Die { node: u8 },
    TakeOver { node: u8 },
    TimePasses,
}

impl Office {
    pub fn new(runtime: Runtime) -> Office {
        Office { demand: Demand::new(), runtime, guarded: true }
    }

    fn last(&self) -> u8 {
        self.runtime.hours - 1
    }

    /// What a bank may send now.
    fn may_send(&self, state: &State, bank: u8) -> Option<What> {
        match state.banks[usize::from(bank)] {
            // Banks are alike: those who only claim begin in one order. Claims are made in the first two hours.
            Client::Idle if state.now <= 1 => {
                let before = bank.checked_sub(1).filter(|before| *before > 0);
                let alike = before.is_none_or(|before| state.banks[usize::from(before)] != Client::Idle);
                alike.then_some(What::Claim(bank))
            }
            Client::Again(what) => Some(what),
            Client::Heard(What::Claim(_), Said::Yes) if self.runtime.late && bank == 0 => {
                Some(What::Reject(bank))
            }
            _ => None,
        }
    }

    fn is_due(&self, state: &State) -> bool {
        let due = self.demand.case(state.stored).next_due();
        due.is_some_and(|due| due <= self.demand.instants[usize::from(state.now)])
    }

    /// The one decision of the model that is not its own: `machine::step`.
    fn decide(&self, state: &mut State, node: u8) {
        let stored = state.stored;
        let node = &mut state.nodes[usize::from(node)];
        let job = node.queue.remove(0);
        // What was received under another lease is for its sender to send again.
        let Some(epoch) = node.holds.filter(|epoch| *epoch == job.epoch) else {
            return turn_away(&mut state.banks, job);
        };
        let before = *node.known.get_or_insert(stored);
        let step = self.demand.step(before, job.what, job.at);
        let (after, said, writes) = (step.after, step.said, step.writes);
        node.ready = Some(Ready { job, before, after, said, writes, epoch });
    }

    /// The transaction: the lease, the key, the version, or nothing. Says what is to be answered.
    fn write(&self, state: &mut State, node: u8) -> Option<(Job, Said)> {
        let at = usize::from(node);
        let ready = state.nodes[at].ready.take()?;
        let job = ready.job;
        let own = |kept: &&Kept| kept.what == job.what && job.what != What::Tick;
        if self.guarded && ready.epoch != state.epoch {
            state.nodes[at].known = None;
            state.nodes[at].holds = None;
            // The key is looked up before anybody is sent away.
            let kept = state.keys.iter().find(own).map(|kept| kept.said);
            if kept.is_none() {
                turn_away(&mut state.banks, job);
            }
            return kept.map(|said| (job, said));
        }
        if let Some(kept) = state.keys.iter().find(own) {
            state.nodes[at].known = None;
            return Some((job, kept.said));
        }
        if self.guarded && ready.before != state.stored {
            state.nodes[at].known = None;
            state.nodes[at].queue.insert(0, job);
            return None;
        }
        if job.what != What::Tick {
            state.keys.push(Kept { what: job.what, said: ready.said, at: job.at });
            state.keys.sort_by_key(|kept| kept.what);
        } else if !ready.writes {
            return None;
        }
        state.stored = ready.after;
        state.nodes[at].known = Some(ready.after);
        Some((job, ready.said))
    }
}

fn turn_away(banks: &mut [Client], job: Job) {
    if let What::Claim(bank) | What::Reject(bank) = job.what {
        let client = &mut banks[usize::from(bank)];
        if *client == Client::Waits(job.what) {
            *client = Client::Again(job.what);
        }
    }
}

fn answer(banks: &mut [Client], (job, said): (Job, Said)) {
    if let What::Claim(bank) | What::Reject(bank) = job.what {
        let client = &mut banks[usize::from(bank)];
        if *client == Client::Waits(job.what) {
            *client = Client::Heard(job.what, said);
        }
    }
}

/// A node dies: whoever waits for it hears nothing.
fn die(state: &mut State, node: u8) {
    let dead = std::mem::take(&mut state.nodes[usize::from(node)]);
    let jobs = dead.queue.into_iter().chain(dead.ready.map(|ready| ready.job));
    jobs.for_each(|job| turn_away(&mut state.banks, job));
    state.crashes -= 1;
}

impl Model for Office {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        let first = Node { holds: Some(1), ..Node::default() };
        vec![State {
            now: 0,
            stored: self.demand.published,
            epoch: 1,
            owner: 0,
            keys: vec![],
            nodes: [first, Node::default()],
            banks: vec![Client::Idle; usize::from(self.runtime.banks)],
            crashes: self.runtime.crashes,
            sleeps: self.runtime.sleeps,
        }]
    }

    fn actions(&self, state: &State, acts: &mut Vec<Act>) {
        if state.now < self.last() {
            acts.push(Act::TimePasses);
        }
        for node in [0u8, 1] {
            let it = &state.nodes[usize::from(node)];
            if it.holds.is_some() {
                for bank in 0..self.runtime.banks {
                    acts.extend(self.may_send(state, bank).map(|what| Act::Send { bank, node, what }));
                }
                let ticking = it.queue.iter().chain(it.ready.as_ref().map(|ready| &ready.job));
                if !ticking.into_iter().any(|job| job.what == What::Tick) && self.is_due(state) {
                    acts.push(Act::Wake { node });
                }
            }
            if it.ready.is_none() && !it.queue.is_empty() {
                acts.push(Act::Decide { node });
            }
            if it.ready.is_some() {
                acts.push(Act::Write { node });
                if state.crashes > 0 {
                    acts.push(Act::WriteAndDie { node });
                }
            }
            if state.crashes > 0 && *it != Node::default() {
                acts.push(Act::Die { node });
            }
            // The owner is dead, or sleeps past its lease and does not know it.
            let owner = &state.nodes[usize::from(state.owner)];
            let dead = owner.holds != Some(state.epoch);
            if dead || (state.owner != node && state.sleeps > 0) {
                acts.push(Act::TakeOver { node });
            }
        }
    }

    fn next_state(&self, before: &State, act: Act) -> Option<State> {
        let mut state = before.clone();
        match act {
            Act::TimePasses => state.now += 1,
            Act::Send { bank, node, what } => {
                let (at, node) = (state.now, &mut state.nodes[usize::from(node)]);
                node.queue.extend(node.holds.map(|epoch| Job { what, at, epoch }));
                state.banks[usize::from(bank)] = Client::Waits(what);
            }
            Act::Wake { node } => {
                let (at, node) = (state.now, &mut state.nodes[usize::from(node)]);
                node.queue.extend(node.holds.map(|epoch| Job { what: What::Tick, at, epoch }));
            }
            Act::Decide { node } => self.decide(&mut state, node),
            Act::Write { node } => {
                if let Some(heard) = self.write(&mut state, node) {
                    answer(&mut state.banks, heard);
                }
            }
            Act::WriteAndDie { node } => {
                let job = state.nodes[usize::from(node)].ready.map(|ready| ready.job);
                self.write(&mut state, node);
                job.into_iter().for_each(|job| turn_away(&mut state.banks, job));
                die(&mut state, node);
            }
            Act::Die { node } => die(&mut state, node),
            Act::TakeOver { node } => {
                let owner = &state.nodes[usize::from(state.owner)];
                if owner.holds == Some(state.epoch) {
                    state.sleeps -= 1;
                }
                state.epoch += 1;
                state.owner = node;
                let taker = &mut state.nodes[usize::from(node)];
                taker.holds = Some(state.epoch);
                taker.known = None;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always("never more than three live claims", |office: &Office, state: &State| {
                let case = office.demand.case(state.stored);
                case.runs.iter().filter(|run| run.slot.is_some() && run.ended.is_none()).count() <= 3
            }),
            Property::always("nothing happens twice", |office: &Office, state: &State| {
                let case = office.demand.case(state.stored);
                (0..office.runtime.banks).all(|bank| Demand::claims(&case, bank).count() <= 1)
            }),
            Property::always("what was answered stands", answered_stands),
            Property::always("a decision counts by when it was received", by_receipt),
            Property::eventually("everything is finished", finished),
        ];
        if self.runtime.crashes + self.runtime.sleeps > 0 {
            all.push(Property::sometimes("a repeated command gets its first answer", repeated));
        }
        if self.runtime.late && self.runtime.hours > 3 {
            all.push(Property::sometimes("the timer is first and a late bank is turned away", too_late));
            all.push(Property::sometimes("the timer is due and a bank that was in time is heard", in_time));
        }
        if self.runtime.banks > 3 {
            all.push(Property::sometimes("a fourth bank is turned away", |_: &Office, state: &State| {
                state.keys.iter().any(|kept| matches!(kept.what, What::Claim(_)) && kept.said == Said::No)
            }));
        }
        if self.runtime.hours > 3 {
            all.push(Property::sometimes("a deadline cancels a claim", |office: &Office, state: &State| {
                let case = office.demand.case(state.stored);
                case.runs
                    .iter()
                    .filter_map(|run| run.ended.as_ref())
                    .any(|end| &*end.outcome == "auto_cancelled")
            }));
        }
        all
    }
}

/// Every answer a bank heard is the one that is kept, and the claim it speaks of is in the case.
fn answered_stands(office: &Office, state: &State) -> bool {
    let case = office.demand.case(state.stored);
    let kept = |what: What, said: Said| state.keys.iter().any(|kept| kept.what == what && kept.said == said);
    let heard = state.banks.iter().all(|client| match client {
        Client::Heard(what, said) => kept(*what, *said),
        _ => true,
    });
    let there = state.keys.iter().all(|kept| match (kept.what, kept.said) {
        (What::Claim(bank), Said::Yes) => Demand::claims(&case, bank).count() == 1,
        (What::Reject(bank), Said::Yes) => Demand::claims(&case, bank)
            .any(|run| run.ended.as_ref().is_some_and(|end| &*end.outcome == "rejected")),
        _ => true,
    });
    heard && there
}

/// A bank's decision counts exactly when it was received before the deadline; whatever the deadline cancels, it
/// cancels at its own instant.
fn by_receipt(office: &Office, state: &State) -> bool {
    let instants = &office.demand.instants;
    let due = |bank: u8| office.demand.due(state.stored, bank);
    let decided = state.keys.iter().all(|kept| match kept.what {
        What::Reject(bank) => {
            due(bank).is_some_and(|due| (kept.said == Said::Yes) == (instants[usize::from(kept.at)] < due))
        }
        _ => true,
    });
    let case = office.demand.case(state.stored);
    let cancelled = (0..office.runtime.banks).all(|bank| {
        Demand::claims(&case, bank)
            .filter_map(|run| run.ended.as_ref())
            .all(|end| &*end.outcome != "auto_cancelled" || due(bank).is_some_and(|due| due == end.at))
    });
    decided && cancelled
}

/// Everybody who asked has an answer, and nothing is due.
fn finished(office: &Office, state: &State) -> bool {
    let answered = state.banks.iter().all(|client| matches!(client, Client::Heard(..) | Client::Idle));
    answered && state.now == office.last() && !office.is_due(state)
}

/// A decision was received at the deadline or after it, and refused.
fn too_late(_: &Office, state: &State) -> bool {
    state.keys.iter().any(|kept| matches!(kept.what, What::Reject(_)) && kept.said == Said::No)
}

/// A decision that was received before the deadline is decided when the deadline has come, and counts.
fn in_time(office: &Office, state: &State) -> bool {
    let now = office.demand.instants[usize::from(state.now)];
    state.nodes.iter().filter_map(|node| node.ready.as_ref()).any(|ready| match ready.job.what {
        What::Reject(bank) if ready.said == Said::Yes => {
            office.demand.due(ready.before, bank).is_some_and(|due| due <= now)
        }
        _ => false,
    })
}

/// A key is kept while its bank asks again.
fn repeated(_: &Office, state: &State) -> bool {
    state.banks.iter().any(|client| match client {
        Client::Again(what) => state.keys.iter().any(|kept| kept.what == *what),
        _ => false,
    })
}
