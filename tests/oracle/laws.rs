//! Laws of the machine over random histories of a real process, children, clocks and tasks included.
//!
//! After every command: the history gives the case; the same arguments give the same answer; a refused or
//! stopped command left nothing but its refusal; time went forwards; timers fired once, in order, never early,
//! and before the command when due by its receipt; configurations are legal; places are not taken twice.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use charter_tests::{calendar, compiled, root};
use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use machine::case::{Case, Run};
use machine::chart::{Chart, StateKind};
use machine::definition::Definition;
use machine::event::{Actor, Command, Input};
use machine::fact::{Change, Fact, What};
use machine::ids::{CaseId, ChartIx, StateIx};
use machine::replay::{apply, replay};
use machine::step::{Opening, Step, Verdict, start, step};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::histories::{ENTERPRISE, Move, moves};

static DEMAND: LazyLock<Arc<Definition>> =
    LazyLock::new(|| compiled(&root().join("workflows/financing-demand/workflow.yaml")));
static SIGNING: LazyLock<Arc<Definition>> =
    LazyLock::new(|| compiled(&root().join("tests/stories/signing/workflow.yaml")));
static CALENDAR: LazyLock<Calendar> = LazyLock::new(calendar);

/// Other readings of the policy: each history is lived under one of them.
const READINGS: [&[(&str, &str)]; 5] = [
    &[],
    &[("claim_cap_scope", "lifetime")],
    &[("gate_mode", "due_by"), ("evaluation_min_is", "enforced")],
    &[("evaluation_timeout", "cancel_demand"), ("gate_mode", "none")],
    &[("evaluation_anchor", "publish"), ("gate_floor", "none")],
];

/// A case, everything that ever happened in it, and what it was decided by.
struct Life<'d> {
    definition: &'d Definition,
    calendar: &'d Calendar,
    case: Case,
    facts: Vec<Fact>,
    fired: BTreeSet<u32>,
}

fn demand() -> Opening {
    let data = [
        ("enterprise", Value::text(ENTERPRISE)),
        ("account_active", Value::Bool(true)),
        ("collect_consent", Value::Bool(true)),
        ("amount", Value::number(3_000_000)),
        ("tenor", Value::number(12)),
        ("purpose", Value::text("equipment")),
    ];
    Opening {
        id: CaseId("FD-2026-000001".into()),
        data: data.map(|(name, value)| (name.into(), value)).to_vec(),
        by: Actor::person("周敏", ENTERPRISE, "ent_agent"),
        at: "2026-03-02T09:00:00+08:00".parse().unwrap(),
    }
}

fn signing() -> Opening {
    let panel = Value::list(["周敏", "陈刚"].map(Value::text));
    Opening {
        data: vec![("office".into(), Value::text("一处")), ("panel".into(), panel)],
        by: Actor::person("周敏", "一处", "clerk"),
        ..demand()
    }
}

impl<'d> Life<'d> {
    fn open(definition: &'d Definition, calendar: &'d Calendar, opening: &Opening) -> Life<'d> {
        let opened = start(definition, calendar, opening).unwrap();
        Life { definition, calendar, case: opened.case, facts: opened.facts, fired: BTreeSet::new() }
    }

    fn live(&mut self, one: &Move, now: Timestamp) -> Result<Timestamp, TestCaseError> {
        let command = one.command(self.definition, self.calendar, &self.case, now);
        let done = step(self.definition, self.calendar, &self.case, &command);
        self.is_a_function(&command, &done)?;
        self.undone_leaves_nothing(&command, &done)?;
        self.time_goes_forwards(&command, &done)?;
        self.timers_fire_once_and_in_time(&command, &done)?;
        self.facts.extend(done.facts);
        self.case = done.case;
        let folded = replay(&self.facts);
        prop_assert_eq!(folded.as_ref(), Ok(&self.case), "the history is not the case after {:?}", command);
        for run in &self.case.runs {
            stands(self.definition.chart(run.chart), run)?;
        }
        self.places_are_kept()?;
        Ok(command.at)
    }

    fn is_a_function(&self, command: &Command, done: &Step) -> Result<(), TestCaseError> {
        let again = step(self.definition, self.calendar, &self.case, command);
        prop_assert_eq!(&again.case, &done.case);
        prop_assert_eq!(&again.facts, &done.facts);
        prop_assert_eq!(&again.reasons, &done.reasons);
        prop_assert_eq!(&again.verdict, &done.verdict);
        Ok(())
    }

    /// A command that came to nothing is time passing, and the record of a refusal.
    fn undone_leaves_nothing(&self, command: &Command, done: &Step) -> Result<(), TestCaseError> {
        if done.verdict == Verdict::Accepted {
            return Ok(());
        }
        let tick = Command { input: Input::Tick, ..command.clone() };
        let mut waited = step(self.definition, self.calendar, &self.case, &tick);
        if let Verdict::Refused(refusal) = &done.verdict {
            let last = done.facts.last().unwrap();
            let told = matches!(&last.what, What::Refused { code, .. } if *code == refusal.code);
            prop_assert!(told, "{:?} is not recorded as {:?}", last, refusal);
            apply(&mut waited.case, last);
            waited.facts.push(last.clone());
        }
        prop_assert_eq!(&waited.facts, &done.facts, "after {:?}", command);
        prop_assert_eq!(&waited.case, &done.case, "after {:?}", command);
        Ok(())
    }

    fn time_goes_forwards(&self, command: &Command, done: &Step) -> Result<(), TestCaseError> {
        let mut at = self.case.at;
        for fact in &done.facts {
            prop_assert!(fact.at >= at, "{:?} before {}", fact, at);
            at = fact.at;
        }
        prop_assert!(done.case.at >= self.case.at);
        prop_assert!(at <= command.at.max(self.case.at), "{} is later than {:?}", at, command);
        Ok(())
    }

    fn timers_fire_once_and_in_time(&mut self, command: &Command, done: &Step) -> Result<(), TestCaseError> {
        let received = command.at.max(self.case.at);
        let mut case = self.case.clone();
        for fact in &done.facts {
            if let What::TimerFired { timer, due } = &fact.what {
                prop_assert!(self.fired.insert(*timer), "timer {} fires twice", timer);
                let pending = case.run(fact.run).timer(*timer).and_then(|t| t.clock.fires_at());
                prop_assert_eq!(pending, Some(*due), "timer {} was due otherwise", timer);
                prop_assert!(*due <= fact.at && fact.at <= received, "timer {} fired early", timer);
            }
            if let What::Received { event, .. } = &fact.what {
                let waiting = case.next_due();
                prop_assert!(waiting.is_none_or(|due| due > received), "{} overtook a timer", event);
            }
            apply(&mut case, fact);
        }
        if !matches!(done.verdict, Verdict::Stopped(_)) {
            prop_assert!(done.case.next_due().is_none_or(|due| due > received), "a due timer still waits");
        }
        Ok(())
    }

    /// Caps hold, and no two active children have one place or one key.
    fn places_are_kept(&self) -> Result<(), TestCaseError> {
        if self.definition.charts.len() == 1 {
            return Ok(());
        }
        let kind = ChartIx(1);
        let claims: Vec<&Run> = self.case.runs.iter().map(|r| &**r).filter(|r| r.chart == kind).collect();
        let active: Vec<&Run> = claims.iter().copied().filter(|r| r.ended.is_none()).collect();
        let places: BTreeSet<u16> = active.iter().filter_map(|r| r.slot).collect();
        prop_assert_eq!(places.len(), active.len(), "two banks in one place");
        prop_assert!(places.iter().all(|place| (1..=3).contains(place)), "a fourth bank");
        let keys: BTreeSet<String> = active.iter().map(|r| r.key.to_string()).collect();
        prop_assert_eq!(keys.len(), active.len(), "a bank claims twice at a time");
        let scope = self.definition.find_parameter("claim_cap_scope").unwrap();
        if self.definition.parameters[scope.at()].values[0].value == Value::text("lifetime") {
            prop_assert!(claims.len() <= 3, "more than three banks in a lifetime");
        }
        Ok(())
    }
}

/// A run's configuration is one the standard allows, and what waits in it belongs to it.
fn stands(chart: &Chart, run: &Run) -> Result<(), TestCaseError> {
    if run.ended.is_some() {
        prop_assert!(run.tasks.is_empty() && run.timers.is_empty(), "something waits in a run that ended");
        return Ok(());
    }
    for (at, state) in (0u16..).map(StateIx).zip(&chart.states) {
        let inside = state.children.iter().filter(|c| !is_history(chart, **c));
        let active = inside.clone().filter(|c| run.is_in(**c)).count();
        let wanted = match state.kind {
            _ if at != StateIx::ROOT && !run.is_in(at) => 0,
            StateKind::Parallel => inside.count(),
            StateKind::Compound => 1,
            _ => 0,
        };
        prop_assert_eq!(active, wanted, "inside {}", state.name);
        let tasks = run.tasks.iter().filter(|t| t.state == at).count();
        let most = usize::from(run.is_in(at) && state.task.is_some());
        prop_assert!(tasks <= most, "a task of {} is open", state.name);
    }
    for timer in &run.timers {
        let owned = run.is_in(timer.owner) || timer.owner == StateIx::ROOT;
        prop_assert!(owned != timer.held, "timer {} of {:?}", timer.id, timer.purpose);
    }
    Ok(())
}

fn is_history(chart: &Chart, state: StateIx) -> bool {
    matches!(chart.state(state).kind, StateKind::History { .. })
}

/// Clocks that a history state held go on with exactly what was left.
fn held_clocks_go_on(facts: &[Fact], calendar: &Calendar) -> Result<usize, TestCaseError> {
    let mut held: Vec<(u32, expr::time::clock::Clock)> = vec![];
    let mut returned = 0;
    for fact in facts {
        let What::TimerChanged { timer, how, clock, held: now, .. } = &fact.what else { continue };
        if *now {
            held.retain(|(id, _)| id != timer);
            held.push((*timer, clock.clone()));
        } else if let Some(at) = held.iter().position(|(id, _)| id == timer)
            && *how == Change::Resumed
        {
            let (_, before) = held.remove(at);
            // Somebody else may stop it still; then it stands as it stood.
            let expected = match (before.fires_at(), clock.fires_at()) {
                (None, Some(_)) => before.resume(fact.at, calendar).unwrap(),
                _ => before,
            };
            prop_assert_eq!(&expected, clock);
            returned += 1;
        }
    }
    Ok(returned)
}

fn read_differently(definition: &Definition, reading: &[(&str, &str)]) -> Definition {
    let values: Vec<_> = reading.iter().map(|(name, value)| ((*name).into(), Value::text(*value))).collect();
    definition.with_parameters(&values).unwrap()
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_history_keeps_the_laws(reading in 0..READINGS.len(), moves in moves(40)) {
        let definition = read_differently(&DEMAND, READINGS[reading]);
        let mut life = Life::open(&definition, &CALENDAR, &demand());
        let mut now = life.case.at;
        for one in &moves {
            now = life.live(one, now)?.max(now);
        }
        held_clocks_go_on(&life.facts, &CALENDAR)?;
        prop_assert_eq!(u64::try_from(life.facts.len()).unwrap(), life.case.facts);
    }

    #[test]
    fn people_signing_together_keep_the_laws(moves in moves(40)) {
        let mut life = Life::open(&SIGNING, &CALENDAR, &signing());
        let mut now = life.case.at;
        for one in &moves {
            now = life.live(one, now)?.max(now);
        }
        prop_assert_eq!(u64::try_from(life.facts.len()).unwrap(), life.case.facts);
    }
}

#[test]
fn random_histories_go_deep() {
    let mut runner = TestRunner::deterministic();
    let (mut outcomes, mut fired, mut returned) = (BTreeSet::new(), 0, 0);
    for _ in 0..150 {
        let moves = moves(60).new_tree(&mut runner).unwrap().current();
        let mut life = Life::open(&DEMAND, &CALENDAR, &demand());
        let mut now = life.case.at;
        for one in &moves {
            now = life.live(one, now).unwrap().max(now);
        }
        let ended = life.case.runs.iter().filter_map(|r| r.ended.as_ref());
        outcomes.extend(ended.map(|e| e.outcome.clone()));
        fired += life.fired.len();
        returned += held_clocks_go_on(&life.facts, &CALENDAR).unwrap();
    }
    let deep = outcomes.len() >= 8 && fired >= 30 && returned >= 3;
    assert!(deep, "{outcomes:?}, {fired} timers fired, {returned} held clocks went on");
}
