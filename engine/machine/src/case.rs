//! One run of a process together with its children: what is stored, and what a step changes.

use std::sync::Arc;

use expr::time::clock::Clock;
use expr::value::Value;
use jiff::Timestamp;

use crate::event::Actor;
use crate::ids::{CaseId, ChartIx, ClockIx, EventIx, Name, RunIx, StateIx};

/// A case. Cloning is cheap: runs are shared until one of them changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The office's number.
    pub id: CaseId,
    /// The process it runs.
    pub process: Name,
    /// Hash of the definition it keeps to.
    pub definition: Name,
    /// When it started.
    pub started_at: Timestamp,
    /// The latest instant it has lived through. Time never runs backwards inside a case.
    pub at: Timestamp,
    /// The main run first, then the children in the order they started.
    pub runs: Vec<Arc<Run>>,
    /// How many facts its history holds.
    pub facts: u64,
    /// The number the next timer gets.
    pub next_timer: u32,
    /// The number the next task gets.
    pub next_task: u32,
}

/// One run of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which chart.
    pub chart: ChartIx,
    /// What tells it from its siblings; null for the main run.
    pub key: Value,
    /// The place it takes among capped children, from 1; `None` when it takes none.
    pub slot: Option<u16>,
    /// When it started.
    pub started_at: Timestamp,
    /// Active states in document order, compound ones included.
    pub active: Vec<StateIx>,
    /// What history states remember.
    pub remembered: Vec<(StateIx, Vec<StateIx>)>,
    /// The data, by field.
    pub data: Vec<Value>,
    /// Pending timers.
    pub timers: Vec<Timer>,
    /// Open tasks.
    pub tasks: Vec<Task>,
    /// When and by whom things were last done.
    pub trail: Trail,
    /// Set when a top-level final state was reached.
    pub ended: Option<Ended>,
}

/// What a run remembers of its own past, for formulas and four-eyes rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// When each state was last entered.
    pub entered: Entered,
    /// When each clock is or was last due, by clock.
    pub due: Vec<(ClockIx, Timestamp)>,
    /// Who last decided in each state.
    pub decided: Vec<(StateIx, Name)>,
}

/// When each state was last entered: a place for each, so that many regions entered at once cost no more each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered(Vec<Option<Timestamp>>);

impl Entered {
    /// Keeps that a state was entered.
    pub fn keep(&mut self, state: StateIx, at: Timestamp) {
        if self.0.len() <= state.at() {
            self.0.resize(state.at() + 1, None);
        }
        self.0[state.at()] = Some(at);
    }

    /// When the state was last entered.
    pub fn at(&self, state: StateIx) -> Option<Timestamp> {
        self.0.get(state.at()).copied().flatten()
    }

    /// Every state that was entered, in document order.
    pub fn each(&self) -> impl Iterator<Item = (StateIx, Timestamp)> + '_ {
        (0u16..).map(StateIx).zip(&self.0).filter_map(|(state, at)| at.map(|at| (state, at)))
    }
}

impl FromIterator<(StateIx, Timestamp)> for Entered {
    fn from_iter<I: IntoIterator<Item = (StateIx, Timestamp)>>(all: I) -> Entered {
        let mut entered = Entered::default();
        all.into_iter().for_each(|(state, at)| entered.keep(state, at));
        entered
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The final state's outcome.
    pub outcome: Name,
    /// When.
    pub at: Timestamp,
}

/// Something that will happen at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Unique in the case.
    pub id: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// The state whose exit ends it; the chart itself for delayed events.
    pub owner: StateIx,
    /// The reckoning: rule, anchor, due, pauses.
    pub clock: Clock,
    /// When it still reminds, and as which reminder (from 0); soonest first.
    pub reminders: Vec<(Timestamp, u8)>,
    /// Held by a history state: the owner is not active now.
    pub held: bool,
    /// Who stopped it. It runs only while nobody does.
    pub stopped: Stopped,
}

/// Who makes a timer stand still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// A state that pauses it is active.
    pub by_process: bool,
    /// Somebody with authority suspended it.
    pub by_authority: bool,
}

impl Stopped {
    /// Whether anybody stops it.
    pub fn at_all(self) -> bool {
        self.by_process || self.by_authority
    }
}

/// What a timer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A clock of a state.
    Clock(ClockIx),
    /// A delayed event.
    Delayed {
        /// The event.
        event: Name,
        /// The id it can be cancelled by.
        id: Option<Name>,
        /// What comes with it: a context.
        data: Value,
    },
}

/// Work waiting for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Unique in the case.
    pub id: u32,
    /// The state that opened it.
    pub state: StateIx,
    /// Since when it waits.
    pub opened_at: Timestamp,
    /// Who has taken it.
    pub holder: Option<Actor>,
    /// Who may act in the holder's name.
    pub delegate: Option<Name>,
    /// Others asked to sign.
    pub signers: Vec<Name>,
    /// What the signers have said so far.
    pub opinions: Vec<(Name, EventIx)>,
    /// How often it was urged.
    pub urged: u32,
}

impl Case {
    /// The main run.
    pub fn main(&self) -> &Run {
        &self.runs[0]
    }

    /// The run of this index.
    pub fn run(&self, run: RunIx) -> &Run {
        &self.runs[run.at()]
    }

    /// All runs with their indexes.
    pub fn each_run(&self) -> impl Iterator<Item = (RunIx, &Run)> {
        (0u16..).map(RunIx).zip(self.runs.iter().map(|r| &**r))
    }

    /// The latest child of this kind and key.
    pub fn find_child(&self, chart: ChartIx, key: &Value) -> Option<RunIx> {
        self.each_run().filter(|(_, r)| r.chart == chart && r.key == *key).map(|(i, _)| i).last()
    }

    /// When the next timer of any run is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.each_run().filter_map(|(_, r)| r.next_due()).min()
    }

    /// Whether the main run has ended.
    pub fn is_over(&self) -> bool {
        self.main().ended.is_some()
    }
}

impl Run {
    /// Whether the state is active.
    pub fn is_in(&self, state: StateIx) -> bool {
        self.active.binary_search(&state).is_ok()
    }

    /// When the next timer or reminder of this run is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.iter().filter_map(Timer::next).min()
    }

    /// When the state was last entered.
    pub fn entered(&self, state: StateIx) -> Option<Timestamp> {
        self.trail.entered.at(state)
    }

    /// When the clock is or was last due.
    pub fn due(&self, clock: ClockIx) -> Option<Timestamp> {
        self.trail.due.iter().find(|(c, _)| *c == clock).map(|(_, at)| *at)
    }

    /// The pending timer of a clock.
    pub fn timer_of(&self, clock: ClockIx) -> Option<&Timer> {
        self.timers.iter().find(|t| matches!(t.purpose, Purpose::Clock(c) if c == clock))
    }

    /// The pending timer of this number.
    pub fn timer(&self, id: u32) -> Option<&Timer> {
        self.timers.iter().find(|t| t.id == id)
    }

    /// The open task of this number.
    pub fn task(&self, id: u32) -> Option<&Task> {
        self.tasks.iter().find(|t| t.id == id)
    }
}

impl Timer {
    /// When it next does something: reminds, or is due. `None` while it stands still.
    pub fn next(&self) -> Option<Timestamp> {
        if self.held {
            return None;
        }
        let due = self.clock.fires_at()?;
        Some(self.reminders.first().map_or(due, |(at, _)| (*at).min(due)))
    }
}
