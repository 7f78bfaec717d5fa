//! One turn: an event taken by one run and everything that follows inside the case, or nothing at all.
//!
//! A turn works on its own copy of the case. It changes that copy only by emitting facts, so folding the
//! facts gives the same case again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::case::{Case, Run};
use crate::chart::{Chart, StateKind};
use crate::definition::Definition;
use crate::event::Actor;
use crate::fact::{Fact, What};
use crate::ids::{Name, RunIx, StateIx, TransitionIx};
use crate::incident::Incident;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::replay;
use crate::travel::{Entry, Place};

/// More microsteps than any office needs between two events from outside.
pub const MICROSTEPS_MAX: u32 = 1_000;

/// Why a turn came to nothing.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The rules say no.
    Refused(Refusal),
    /// The definition is at fault; the case waits for a person.
    Incident(Incident),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl From<Incident> for Stop {
    fn from(incident: Incident) -> Stop {
        Stop::Incident(incident)
    }
}

/// An event as a run sees it.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Its name.
    pub name: Name,
    /// What came with it: a context.
    pub data: Value,
    /// Whether it comes from outside the case and must be taken or refused.
    pub command: bool,
}

impl Occurrence {
    /// Something the engine tells a run; nobody waits for an answer.
    pub fn told(name: Name, data: Value) -> Occurrence {
        Occurrence { name, data, command: false }
    }
}

/// Something for a run once the present one has come to rest.
enum Letter {
    Begin(RunIx),
    Tell(RunIx, Occurrence),
}

/// The working copy of a case during one turn.
pub struct Turn<'a> {
    /// The process.
    pub definition: &'a Definition,
    /// The calendar it counts by.
    pub calendar: &'a Calendar,
    /// Who acts.
    pub by: &'a Actor,
    /// The instant everything in this turn counts at.
    pub at: Timestamp,
    /// Its civil date in the calendar's zone.
    pub today: Date,
    /// A clock fired at 24:00 of a day: what it does happens on the day that ends, not on the next.
    pub day_ends: bool,
    /// The case so far.
    pub case: Case,
    /// What happened so far.
    pub facts: Vec<Fact>,
    /// Why; what is only looked at leaves reasons, too.
    pub reasons: RefCell<Vec<Reason>>,
    /// What formulas have seen of each run, until the run changes.
    seen: RefCell<Vec<Option<Value>>>,
    internal: VecDeque<Occurrence>,
    letters: VecDeque<Letter>,
    microsteps: u32,
}

impl<'a> Turn<'a> {
    /// A turn over a copy of the case.
    pub fn new(
        definition: &'a Definition,
        calendar: &'a Calendar,
        case: Case,
        by: &'a Actor,
        at: Timestamp,
    ) -> Turn<'a> {
        let today = calendar.zone().to_datetime(at).date();
        Turn {
            definition,
            calendar,
            by,
            at,
            today,
            day_ends: false,
            case,
            facts: Vec::with_capacity(8),
            reasons: RefCell::default(),
            seen: RefCell::default(),
            internal: VecDeque::new(),
            letters: VecDeque::new(),
            microsteps: 0,
        }
    }

    /// Writes a fact and lets it take effect.
    pub fn emit(&mut self, run: RunIx, what: What) {
        let fact = Fact { run, at: self.at, what };
        replay::apply(&mut self.case, &fact);
        self.facts.push(fact);
        if let Some(seen) = self.seen.get_mut().get_mut(run.at()) {
            *seen = None;
        }
    }

    /// A run as a formula sees it, made anew only after the run has changed.
    pub fn seen(&self, run: RunIx, make: impl FnOnce() -> Value) -> Value {
        if let Some(Some(seen)) = self.seen.borrow().get(run.at()) {
            return seen.clone();
        }
        let made = make();
        let mut seen = self.seen.borrow_mut();
        if seen.len() <= run.at() {
            seen.resize(run.at() + 1, None);
        }
        seen[run.at()] = Some(made.clone());
        made
    }

    /// The run's chart.
    pub fn chart(&self, run: RunIx) -> &'a Chart {
        self.definition.chart(self.case.run(run).chart)
    }

    /// The run.
    pub fn run(&self, run: RunIx) -> &Run {
        self.case.run(run)
    }

    fn place(&self, run: RunIx) -> Place<'_> {
        let r = self.case.run(run);
        Place { chart: self.definition.chart(r.chart), active: &r.active, remembered: &r.remembered }
    }

    /// An event for the internal queue of the run at work.
    pub fn raise(&mut self, occurrence: Occurrence) {
        self.internal.push_back(occurrence);
    }

    /// An event for a run, after the present one has come to rest.
    pub fn tell(&mut self, run: RunIx, occurrence: Occurrence) {
        self.letters.push_back(Letter::Tell(run, occurrence));
    }

    /// A new run starts after the present one has come to rest.
    pub fn begin(&mut self, run: RunIx) {
        self.letters.push_back(Letter::Begin(run));
    }

    /// Starts the main run and lets everything come to rest.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn start(&mut self) -> Result<(), Stop> {
        self.enter_first(RunIx::MAIN)?;
        self.settle()
    }

    /// Gives an event to a run and lets everything come to rest. `false`: no state took it.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn deliver(&mut self, run: RunIx, occurrence: &Occurrence) -> Result<bool, Stop> {
        let enabled = self.select(run, Some(occurrence))?;
        if enabled.is_empty() {
            return Ok(false);
        }
        self.take(run, occurrence, enabled)?;
        Ok(true)
    }

    /// Takes transitions already selected for an event and lets everything come to rest.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn take(&mut self, run: RunIx, on: &Occurrence, enabled: Vec<TransitionIx>) -> Result<(), Stop> {
        self.microstep(run, &enabled, Some(on))?;
        self.rest(run)?;
        self.settle()
    }

    /// Hands out letters until none is left.
    fn settle(&mut self) -> Result<(), Stop> {
        while let Some(letter) = self.letters.pop_front() {
            match letter {
                Letter::Begin(run) => self.enter_first(run)?,
                Letter::Tell(run, occurrence) => self.tell_now(run, &occurrence)?,
            }
        }
        Ok(())
    }

    fn tell_now(&mut self, run: RunIx, occurrence: &Occurrence) -> Result<(), Stop> {
        if self.run(run).ended.is_some() {
            return Ok(());
        }
        let enabled = self.select(run, Some(occurrence))?;
        if !enabled.is_empty() {
            self.microstep(run, &enabled, Some(occurrence))?;
            self.rest(run)?;
        }
        Ok(())
    }

    fn enter_first(&mut self, run: RunIx) -> Result<(), Stop> {
        let entry = self.place(run).enters_at_start();
        if let Some(initial) = &self.chart(run).state(StateIx::ROOT).initial {
            self.act(run, &initial.actions, None)?;
        }
        self.enter(run, &entry, None)?;
        self.rest(run)
    }

    /// Enters states a run was put into, and lets everything come to rest.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn enter_anew(&mut self, run: RunIx, entry: &Entry) -> Result<(), Stop> {
        self.enter(run, entry, None)?;
        self.rest(run)?;
        self.settle()
    }

    /// Which states a run put into `targets` enters; `None` when it cannot be in all of them at once.
    pub fn entry_anew(&self, run: RunIx, targets: &[StateIx]) -> Option<Entry> {
        self.place(run).enters_anew(targets)
    }

    /// Runs a macrostep to its end: eventless transitions first, then the internal queue.
    fn rest(&mut self, run: RunIx) -> Result<(), Stop> {
        while self.run(run).ended.is_none() {
            let enabled = self.select(run, None)?;
            if !enabled.is_empty() {
                self.microstep(run, &enabled, None)?;
                continue;
            }
            let Some(occurrence) = self.internal.pop_front() else { break };
            let enabled = self.select(run, Some(&occurrence))?;
            if !enabled.is_empty() {
                self.microstep(run, &enabled, Some(&occurrence))?;
            }
        }
        self.internal.clear();
        Ok(())
    }

    /// The transitions to take (`selectTransitions`, `selectEventlessTransitions`), conflicts removed.
    ///
    /// # Errors
    /// A refusal when a branch that refuses comes first.
    pub fn select(&mut self, run: RunIx, on: Option<&Occurrence>) -> Result<Vec<TransitionIx>, Stop> {
        let chart = self.chart(run);
        let place = self.place(run);
        let atomic: Vec<StateIx> = place.atomic_states().collect();
        let mut enabled: Vec<TransitionIx> = Vec::new();
        for state in atomic {
            let mut round = std::iter::once(state).chain(chart.ancestors(state));
            let found = loop {
                let Some(here) = round.next() else { break None };
                if let Some(t) = self.first_enabled(run, here, on)? {
                    break Some(t);
                }
            };
            // Only what stands on a state round several others can be found twice.
            if let Some(t) = found
                && (chart.transitions[t.at()].source == state || !enabled.contains(&t))
            {
                enabled.push(t);
            }
        }
        self.refuse_if_told(run, &enabled)?;
        Ok(self.place(run).without_conflicts(enabled))
    }

    /// The first transition of a state, in document order, that the event and its guard allow.
    fn first_enabled(
        &mut self,
        run: RunIx,
        state: StateIx,
        on: Option<&Occurrence>,
    ) -> Result<Option<TransitionIx>, Stop> {
        let chart = self.chart(run);
        for t in &chart.state(state).transitions {
            let transition = &chart.transitions[t.at()];
            let answers = match on {
                None => transition.on.is_empty(),
                Some(o) => transition.on.iter().any(|p| p.answers(&o.name)),
            };
            if !answers || !self.may_send(run, transition, on) {
                continue;
            }
            let held = match &transition.guard {
                Some(guard) => self.holds(run, guard, on, Some(*t))?,
                None => true,
            };
            if held {
                return Ok(Some(*t));
            }
        }
        Ok(None)
    }

    fn refuse_if_told(&self, run: RunIx, enabled: &[TransitionIx]) -> Result<(), Stop> {
        let chart = self.chart(run);
        for t in enabled {
            if let crate::chart::Go::Refuse { code } = &chart.transitions[t.at()].go {
                return Err(Refusal::named(code).into());
            }
        }
        Ok(())
    }

    fn microstep(&mut self, run: RunIx, taken: &[TransitionIx], on: Option<&Occurrence>) -> Result<(), Stop> {
        self.microsteps += 1;
        if self.microsteps > MICROSTEPS_MAX {
            return Err(Incident::endless(self.chart(run), run, taken, MICROSTEPS_MAX).into());
        }
        self.leave(run, taken, on)?;
        for t in taken {
            self.act(run, &self.chart(run).transitions[t.at()].actions, on)?;
        }
        let entry = self.place(run).enters(taken);
        self.enter(run, &entry, on)
    }

    /// `exitStates`
    fn leave(&mut self, run: RunIx, taken: &[TransitionIx], on: Option<&Occurrence>) -> Result<(), Stop> {
        let chart = self.chart(run);
        let leaving = self.place(run).leaves(taken);
        let holding = self.remember(run, &leaving);
        for state in leaving.iter().rev() {
            self.act(run, &chart.state(*state).exit, on)?;
            self.end_waiting(run, *state, &holding)?;
            self.emit(run, What::Exited(*state));
        }
        Ok(())
    }

    /// Lets history states remember, and tells which states' clocks they hold.
    fn remember(&mut self, run: RunIx, leaving: &[StateIx]) -> Vec<StateIx> {
        let chart = self.chart(run);
        let mut holding = Vec::new();
        for state in leaving {
            for child in &chart.state(*state).children {
                let StateKind::History { clocks, .. } = chart.state(*child).kind else { continue };
                let states = self.place(run).to_remember(*child);
                if clocks {
                    holding.push(*state);
                }
                self.emit(run, What::Remembered { history: *child, states: Arc::from(states) });
            }
        }
        holding
    }

    /// `enterStates`
    fn enter(&mut self, run: RunIx, entry: &Entry, on: Option<&Occurrence>) -> Result<(), Stop> {
        let chart = self.chart(run);
        for state in &entry.states {
            self.emit(run, What::Entered(*state));
            self.begin_waiting(run, *state, on)?;
            self.act(run, &chart.state(*state).entry, on)?;
            if entry.by_default.contains(state)
                && let Some(initial) = &chart.state(*state).initial
            {
                self.act(run, &initial.actions, on)?;
            }
            for (_, history) in entry.histories.iter().filter(|(parent, _)| parent == state) {
                if let Some(default) = &chart.state(*history).initial {
                    self.act(run, &default.actions, on)?;
                }
            }
            self.finish(run, *state, on)?;
        }
        Ok(())
    }

    /// What entering a final state brings: done events, or the end of the run.
    fn finish(&mut self, run: RunIx, state: StateIx, on: Option<&Occurrence>) -> Result<(), Stop> {
        let chart = self.chart(run);
        let StateKind::Final { outcome } = &chart.state(state).kind else { return Ok(()) };
        let Some(parent) = chart.state(state).parent else { return Ok(()) };
        if parent == StateIx::ROOT {
            return self.end(run, outcome.clone(), on);
        }
        self.raise(done(chart, parent));
        if let Some(grandparent) = chart.state(parent).parent
            && chart.state(grandparent).kind == StateKind::Parallel
            && self.place(run).is_in_final(grandparent)
        {
            self.raise(done(chart, grandparent));
        }
        Ok(())
    }

    /// Ends a run: exit actions of what is active, clocks and tasks closed, its parent told.
    fn end(&mut self, run: RunIx, outcome: Name, on: Option<&Occurrence>) -> Result<(), Stop> {
        let chart = self.chart(run);
        let active = self.run(run).active.clone();
        for state in active.iter().rev() {
            self.act(run, &chart.state(*state).exit, on)?;
            self.end_waiting(run, *state, &[])?;
        }
        self.clear_timers(run);
        self.emit(run, What::Ended { outcome: outcome.clone() });
        self.tell_of_end(run, outcome);
        Ok(())
    }

    fn tell_of_end(&mut self, run: RunIx, outcome: Name) {
        if let Some(rules) = &self.chart(run).child {
            let key = self.run(run).key.clone();
            let data = Value::context([("key", key), ("outcome", Value::text(&*outcome))]);
            self.tell(RunIx::MAIN, Occurrence::told(rules.ended.clone(), data));
            return;
        }
        let told: Vec<(RunIx, Name)> = self
            .case
            .each_run()
            .filter(|(i, r)| *i != RunIx::MAIN && r.ended.is_none())
            .filter_map(|(i, r)| {
                let rules = self.definition.chart(r.chart).child.as_ref()?;
                rules.cascade.clone().map(|event| (i, event))
            })
            .collect();
        for (child, event) in told {
            let data = Value::context([("outcome", Value::text(&*outcome))]);
            self.tell(child, Occurrence::told(event, data));
        }
    }
}

fn done(chart: &Chart, state: StateIx) -> Occurrence {
    Occurrence::told(format!("done.state.{}", chart.state(state).name).into(), Value::context::<Name>([]))
}
