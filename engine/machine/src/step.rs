//! The function everything rests on: a case and something to decide, to the case after it.
//!
//! A step is a row of turns: first every timer due by the time of receipt, in due order, then the command,
//! then timers that it set already in the past. Each turn takes effect whole or not at all. So whether an
//! act was in time depends on when it was received, never on when we came round to it.

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;

use crate::case::{Case, Purpose};
use crate::children::start_data;
use crate::definition::Definition;
use crate::event::{Actor, Command, Event, Input};
use crate::fact::{Fact, What};
use crate::ids::{CaseId, ChartIx, Name, RunIx};
use crate::incident::Incident;
use crate::possible::possible;
use crate::reason::Reason;
use crate::refusal::{Code, Refusal};
use crate::replay;
use crate::turn::{Occurrence, Stop, Turn};

/// More timers than any one case fires between two looks at it.
pub const TURNS_MAX: usize = 10_000;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The case now.
    pub case: Case,
    /// What happened, in order; what goes out to the world is among it ([`What::goes_out`]).
    pub facts: Vec<Fact>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The answer to the command.
    pub verdict: Verdict,
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Accepted,
    /// The rules say no.
    Refused(Refusal),
    /// The case cannot go on by itself.
    Stopped(Incident),
}

/// Who opens a case, when, with what.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The case's number.
    pub id: CaseId,
    /// What it starts with, by field.
    pub data: Vec<(Name, Value)>,
    /// Who opens it.
    pub by: Actor,
    /// When it was received.
    pub at: Timestamp,
}

/// Opens a case.
///
/// # Errors
/// A refusal when the data do not fit; an incident when the definition is at fault.
pub fn start(definition: &Definition, calendar: &Calendar, opening: &Opening) -> Result<Step, Stop> {
    let what = What::Opened {
        id: opening.id.clone(),
        process: definition.process.clone(),
        definition: definition.hash.clone(),
        by: opening.by.clone(),
    };
    let first = Fact { run: RunIx::MAIN, at: opening.at, what };
    let Some(case) = replay::opened(&first) else { unreachable!("the first fact opens the case") };
    if !definition.opens_for(&opening.by) {
        return Err(Refusal::of(Code::NotAllowed, &[&opening.by.role]).into());
    }
    let data = admit_start(definition, opening)?;
    let mut turn = Turn::new(definition, calendar, case, &opening.by, opening.at);
    turn.facts.push(first);
    turn.emit(RunIx::MAIN, What::Started { chart: ChartIx::MAIN, key: Value::Null, slot: None, data });
    turn.check_ranges(RunIx::MAIN)?;
    turn.start()?;
    let mut step = Step {
        case: turn.case,
        facts: turn.facts,
        reasons: turn.reasons.into_inner(),
        verdict: Verdict::Accepted,
    };
    if let Some(incident) = fire_due(definition, calendar, &mut step, opening.at) {
        step.verdict = Verdict::Stopped(incident);
    }
    Ok(step)
}

fn admit_start(definition: &Definition, opening: &Opening) -> Result<Vec<Value>, Refusal> {
    let chart = definition.main();
    let mut data = start_data(chart, &opening.data).map_err(|unknown| {
        let about = unknown.iter().map(|n| &**n).collect::<Vec<_>>();
        Refusal::of(Code::DataUnknown, &about)
    })?;
    let (mut missing, mut unfit) = (Vec::new(), Vec::new());
    for (field, value) in chart.fields.iter().zip(&mut data) {
        let given = std::mem::replace(value, Value::Null);
        match crate::admit::admit_value(&field.ty, given) {
            Some(Value::Null) if field.required => missing.push(&*field.name),
            Some(admitted) => *value = admitted,
            None => unfit.push(&*field.name),
        }
    }
    // Everything of a kind at once: nobody should have to ask again for the next.
    match (missing.is_empty(), unfit.is_empty()) {
        (false, _) => Err(Refusal::of(Code::DataMissing, &missing)),
        (true, false) => Err(Refusal::of(Code::DataType, &unfit)),
        (true, true) => Ok(data),
    }
}

/// Decides one command on a case. Pure: the same arguments always give the same answer.
pub fn step(definition: &Definition, calendar: &Calendar, case: &Case, command: &Command) -> Step {
    let mut step = Step { case: case.clone(), facts: vec![], reasons: vec![], verdict: Verdict::Accepted };
    // Time never runs backwards inside a case.
    let at = command.at.max(case.at);
    // What is due may be what stopped the case: those who mend it come first.
    let first = matches!(command.input, Input::Administer { .. });
    if !first && let Some(incident) = fire_due(definition, calendar, &mut step, at) {
        step.verdict = Verdict::Stopped(incident);
        return step;
    }
    match decide(definition, calendar, &mut step, command, at) {
        Ok(()) => {
            if let Some(incident) = fire_due(definition, calendar, &mut step, at) {
                step.verdict = Verdict::Stopped(incident);
            }
        }
        Err(Stop::Incident(incident)) => step.verdict = Verdict::Stopped(incident),
        Err(Stop::Refused(refusal)) => refuse(definition, calendar, &mut step, command, at, refusal),
    }
    step
}

fn decide(
    definition: &Definition,
    calendar: &Calendar,
    step: &mut Step,
    command: &Command,
    at: Timestamp,
) -> Result<(), Stop> {
    if let Input::Tick = command.input {
        return Ok(());
    }
    let mut turn = Turn::new(definition, calendar, step.case.clone(), &command.by, at);
    let done = match &command.input {
        Input::Event(event) => turn.receive(event),
        Input::Task { task, verb, person, reason } => {
            turn.act_on_task(*task, *verb, person.as_ref(), reason.as_ref())
        }
        Input::Timer { timer, act, reason } => turn.act_on_timer(*timer, *act, reason),
        Input::Administer { act, reason } => turn.administer(act, reason),
        Input::Calendar => turn.reckon_again(),
        Input::Tick => Ok(()),
    };
    // Guards that said no explain a refusal, too.
    step.reasons.append(turn.reasons.get_mut());
    done?;
    step.case = turn.case;
    step.facts.append(&mut turn.facts);
    Ok(())
}

fn refuse(
    definition: &Definition,
    calendar: &Calendar,
    step: &mut Step,
    command: &Command,
    at: Timestamp,
    mut refusal: Refusal,
) {
    let (run, event, data) = attempt(definition, &step.case, &command.input);
    let what = What::Refused { event, data, by: command.by.clone(), code: refusal.code.clone() };
    let fact = Fact { run, at, what };
    replay::apply(&mut step.case, &fact);
    step.facts.push(fact);
    refusal.possible = possible(definition, calendar, &step.case, at);
    step.verdict = Verdict::Refused(refusal);
}

/// What was tried, for the record.
fn attempt(definition: &Definition, case: &Case, input: &Input) -> (RunIx, Name, Value) {
    match input {
        Input::Event(event) => {
            let run = match &event.to {
                crate::event::Target::Child { kind, key } => {
                    definition.find_child(kind).and_then(|chart| case.find_child(chart, key))
                }
                crate::event::Target::Main => None,
            };
            (run.unwrap_or(RunIx::MAIN), event.name.clone(), with_key(event))
        }
        Input::Task { verb, .. } => {
            (RunIx::MAIN, format!("task.{}", verb.name()).into(), Value::context::<Name>([]))
        }
        Input::Timer { .. } => (RunIx::MAIN, "timer".into(), Value::context::<Name>([])),
        Input::Administer { act, .. } => (RunIx::MAIN, act.name().into(), act.about()),
        Input::Tick | Input::Calendar => (RunIx::MAIN, "tick".into(), Value::context::<Name>([])),
    }
}

fn with_key(event: &Event) -> Value {
    let key = match &event.to {
        crate::event::Target::Child { key, .. } => Some((Name::from("key"), key.clone())),
        crate::event::Target::Main => None,
    };
    Value::context(event.data.iter().cloned().chain(key))
}

/// Fires every timer and reminder due by `until`, soonest first, each as a turn of its own.
fn fire_due(
    definition: &Definition,
    calendar: &Calendar,
    step: &mut Step,
    until: Timestamp,
) -> Option<Incident> {
    soonest(&step.case).filter(|(_, _, due)| *due <= until)?;
    let by = Actor::system("timer");
    for _ in 0..TURNS_MAX {
        let (run, timer, due) = soonest(&step.case).filter(|(_, _, due)| *due <= until)?;
        let at = due.max(step.case.at);
        let mut turn = Turn::new(definition, calendar, step.case.clone(), &by, at);
        match turn.fire(run, timer, due) {
            Ok(()) => {
                step.case = turn.case;
                step.facts.append(&mut turn.facts);
                step.reasons.append(turn.reasons.get_mut());
            }
            Err(Stop::Incident(incident)) => return Some(incident),
            Err(Stop::Refused(refusal)) => return Some(Incident::refused(run, &refusal.code)),
        }
    }
    Some(Incident::too_many_timers(TURNS_MAX))
}

fn soonest(case: &Case) -> Option<(RunIx, u32, Timestamp)> {
    let all = case.each_run().flat_map(|(i, r)| r.timers.iter().map(move |t| (i, t)));
    let pending = all.filter_map(|(i, t)| t.next().map(|due| (i, t.id, due)));
    pending.min_by_key(|(_, id, due)| (*due, *id))
}

impl Turn<'_> {
    /// Fires a timer: its reminder, its clock's event, or its delayed event.
    fn fire(&mut self, run: RunIx, number: u32, due: Timestamp) -> Result<(), Stop> {
        let Some(timer) = self.run(run).timer(number).cloned() else { return Ok(()) };
        let reminder = timer.reminders.first().filter(|(at, _)| *at <= due && *at < timer.clock.due.at);
        if let (Some((_, which)), Purpose::Clock(ix)) = (reminder, &timer.purpose) {
            let name = format!("reminder.{}.{}", self.chart(run).clocks[ix.at()].name, which + 1);
            self.emit(run, What::Reminded { timer: number, reminder: *which });
            self.deliver(run, &Occurrence::told(name.into(), Value::context::<Name>([])))?;
            return Ok(());
        }
        self.emit(run, What::TimerFired { timer: number, due });
        self.day_ends = self.at == timer.clock.due.at && timer.clock.due.last_day < self.today;
        let occurrence = match timer.purpose {
            Purpose::Clock(ix) => {
                let data = [("due", Value::instant(timer.clock.due.at))];
                Occurrence::told(self.chart(run).clocks[ix.at()].event.clone(), Value::context(data))
            }
            Purpose::Delayed { event, data, .. } => Occurrence::told(event, data),
        };
        self.deliver(run, &occurrence)?;
        Ok(())
    }
}

impl What {
    /// Whether this goes out to the world after the commit: notices, calls, messages.
    pub fn goes_out(&self) -> bool {
        matches!(self, What::Notified { .. } | What::Called { .. } | What::Sent { .. })
    }
}
