//! Folding facts: history to case. A step changes a case in no other way.

use std::sync::Arc;

use crate::case::{Case, Ended, Run, Timer, Trail};
use crate::fact::{Fact, What};
use crate::ids::{Name, RunIx, StateIx};
use crate::travel;

/// A history that is no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// There is no fact.
    #[error("a history needs at least one fact")]
    Empty,
    /// The first fact is not the opening.
    #[error("a history begins with the opening of its case")]
    NotOpened,
    /// A fact speaks of a run that has not started.
    #[error("fact {0} speaks of a run that has not started")]
    UnknownRun(usize),
}

/// The case that a history makes.
///
/// # Errors
/// [`ReplayError`] when the facts are not the whole history of one case.
pub fn replay(facts: &[Fact]) -> Result<Case, ReplayError> {
    let first = facts.first().ok_or(ReplayError::Empty)?;
    let mut case = opened(first).ok_or(ReplayError::NotOpened)?;
    for (number, fact) in facts.iter().enumerate().skip(1) {
        let starts = matches!(fact.what, What::Started { .. });
        let known = fact.run.at() < case.runs.len() || (starts && fact.run.at() == case.runs.len());
        let early = case.runs.is_empty() && matches!(fact.what, What::Refused { .. });
        if !known && !early {
            return Err(ReplayError::UnknownRun(number));
        }
        apply(&mut case, fact);
    }
    Ok(case)
}

/// A case with nothing in it but its opening.
pub fn opened(fact: &Fact) -> Option<Case> {
    let What::Opened { id, process, definition, .. } = &fact.what else { return None };
    Some(Case {
        id: id.clone(),
        process: process.clone(),
        definition: definition.clone(),
        started_at: fact.at,
        at: fact.at,
        runs: Vec::with_capacity(1),
        facts: 1,
        next_timer: 1,
        next_task: 1,
    })
}

/// Lets one fact take effect.
pub fn apply(case: &mut Case, fact: &Fact) {
    case.at = fact.at;
    case.facts += 1;
    if let What::Started { chart, key, slot, data } = &fact.what {
        case.runs.push(Arc::new(Run {
            chart: *chart,
            key: key.clone(),
            slot: *slot,
            started_at: fact.at,
            active: Vec::with_capacity(4),
            remembered: vec![],
            data: data.clone(),
            timers: vec![],
            tasks: vec![],
            trail: Trail::default(),
            ended: None,
        }));
        return;
    }
    match &fact.what {
        What::TimerSet(timer) => case.next_timer = timer.id + 1,
        What::TaskOpened(task) => case.next_task = task.id + 1,
        _ => {}
    }
    if changes_run(&fact.what) {
        apply_to_run(run_mut(case, fact.run), fact);
    }
}

fn run_mut(case: &mut Case, run: RunIx) -> &mut Run {
    Arc::make_mut(&mut case.runs[run.at()])
}

/// Facts that only tell: they leave the run as it is.
fn changes_run(what: &What) -> bool {
    !matches!(
        what,
        What::Opened { .. }
            | What::Started { .. }
            | What::Received { .. }
            | What::Refused { .. }
            | What::Notified { .. }
            | What::Called { .. }
            | What::Sent { .. }
            | What::Recorded { .. }
    )
}

fn apply_to_run(run: &mut Run, fact: &Fact) {
    match &fact.what {
        What::Exited(state) => {
            if let Ok(at) = run.active.binary_search(state) {
                run.active.remove(at);
            }
        }
        What::Entered(state) => {
            travel::insert(&mut run.active, *state);
            run.trail.entered.keep(*state, fact.at);
        }
        What::Remembered { history, states } => put(&mut run.remembered, *history, states.to_vec()),
        What::Set { field, value } => run.data[field.at()] = value.clone(),
        What::Decided { state, by } => decided(run, *state, by),
        What::Released => run.slot = None,
        What::Ended { outcome } => run.ended = Some(Ended { outcome: outcome.clone(), at: fact.at }),
        other => {
            apply_to_timers(run, other);
            apply_to_tasks(run, other);
        }
    }
}

fn apply_to_timers(run: &mut Run, what: &What) {
    match what {
        What::TimerSet(timer) => {
            run.timers.retain(|t| !(t.held && t.purpose == timer.purpose));
            run.timers.push(timer.clone());
            keep_due(run, timer);
        }
        What::TimerCleared { timer } | What::TimerFired { timer, .. } => {
            run.timers.retain(|t| t.id != *timer)
        }
        What::Reminded { timer, reminder } => {
            if let Some(timer) = run.timers.iter_mut().find(|t| t.id == *timer) {
                timer.reminders.retain(|(_, n)| n != reminder);
            }
        }
        What::TimerChanged { timer, clock, held, reminders, stopped, .. } => {
            let Some(at) = run.timers.iter().position(|t| t.id == *timer) else { return };
            let timer = &mut run.timers[at];
            timer.clock = clock.clone();
            timer.held = *held;
            timer.stopped = *stopped;
            timer.reminders.clone_from(reminders);
            let timer = timer.clone();
            keep_due(run, &timer);
        }
        _ => {}
    }
}

fn apply_to_tasks(run: &mut Run, what: &What) {
    match what {
        What::TaskOpened(task) => run.tasks.push(task.clone()),
        What::TaskChanged { task, .. } => {
            if let Some(open) = run.tasks.iter_mut().find(|t| t.id == task.id) {
                open.clone_from(task);
            }
        }
        What::Opinion { task, by, event } => {
            if let Some(open) = run.tasks.iter_mut().find(|t| t.id == *task) {
                open.opinions.retain(|(who, _)| who != by);
                open.opinions.push((by.clone(), *event));
            }
        }
        What::TaskClosed { task, .. } => run.tasks.retain(|t| t.id != *task),
        _ => {}
    }
}

fn keep_due(run: &mut Run, timer: &Timer) {
    if let crate::case::Purpose::Clock(clock) = timer.purpose {
        put(&mut run.trail.due, clock, timer.clock.due.at);
    }
}

fn decided(run: &mut Run, state: StateIx, by: &Name) {
    put(&mut run.trail.decided, state, by.clone());
}

/// Sets the value of a key in a small list sorted by key.
fn put<K: Ord + Copy, V>(list: &mut Vec<(K, V)>, key: K, value: V) {
    match list.binary_search_by_key(&key, |(k, _)| *k) {
        Ok(at) => list[at].1 = value,
        Err(at) => list.insert(at, (key, value)),
    }
}
