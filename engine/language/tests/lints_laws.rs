//! On random charts the analysis agrees with the machine: what it says no case can do, no case does, and
//! what it does not complain of, some case does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use expr::time::calendar::Calendar;
use expr::value::Value;
use language::graph::STEPS_MAX;
use language::graph::explore::explore;
use language::{Report, Sources, analyse, codes, compile};
use machine::case::Case;
use machine::chart::{Chart, StateKind};
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target};
use machine::ids::{CaseId, ChartIx, StateIx};
use machine::step::{Opening, Verdict, start, step};
use proptest::prelude::*;

const EVENTS: [&str; 3] = ["go", "halt", "turn"];
/// Guards read what comes with the event, each its own bit: every way they can be is a way a case can go.
const BITS: usize = 3;

/// A branch: its event (`None` for eventless), whether it has a guard, and where it leads.
#[derive(Clone, Debug)]
struct Branch {
    on: Option<usize>,
    guarded: bool,
    to: usize,
}

#[derive(Clone, Copy, Debug)]
enum Sort {
    Atomic,
    Final,
    Compound,
    Parallel,
}

#[derive(Clone, Debug)]
struct Sketch {
    sorts: Vec<Sort>,
    /// By state, inner ones too.
    branches: Vec<Vec<Branch>>,
}

fn sort() -> impl Strategy<Value = Sort> {
    prop_oneof![4 => Just(Sort::Atomic), 1 => Just(Sort::Final), 2 => Just(Sort::Compound), 1 => Just(Sort::Parallel)]
}

fn branch() -> impl Strategy<Value = Branch> {
    let on = prop_oneof![5 => (0..EVENTS.len()).prop_map(Some), 1 => Just(None)];
    (on, any::<bool>(), 0..64usize).prop_map(|(on, guarded, to)| Branch {
        guarded: guarded && on.is_some(),
        on,
        to,
    })
}

fn sketch() -> impl Strategy<Value = Sketch> {
    proptest::collection::vec(sort(), 2..6).prop_flat_map(|sorts| {
        let branches = proptest::collection::vec(proptest::collection::vec(branch(), 0..3), 40);
        branches.prop_map(move |branches| Sketch { sorts: sorts.clone(), branches })
    })
}

/// The states of a sketch by name, those one may lead to.
fn names(sketch: &Sketch) -> Vec<String> {
    let mut names = Vec::new();
    for (at, sort) in sketch.sorts.iter().enumerate() {
        names.push(format!("s{at}"));
        match sort {
            Sort::Atomic | Sort::Final => {}
            Sort::Compound => names.extend([format!("s{at}a"), format!("s{at}b"), format!("s{at}h")]),
            Sort::Parallel => {
                names.extend(["x", "xa", "xb", "y", "ya", "yb"].map(|inner| format!("s{at}{inner}")));
            }
        }
    }
    names
}

/// The sketch as a process.
fn yaml(sketch: &Sketch) -> String {
    let mut out =
        "process: law\nlanguage: 1\nversion: 1\ntitle: { zh: 例, en: Law }\neffective: 2026-01-01\n\
        roles: { clerk: { zh: 经办人, en: Clerk } }\nevents:\n"
            .to_owned();
    let form: Vec<String> =
        (0..BITS).map(|bit| format!("b{bit}: {{ type: bool, required: true }}")).collect();
    for event in EVENTS {
        let _ = writeln!(out, "  {event}: {{ by: [clerk], form: {{ {} }} }}", form.join(", "));
    }
    out.push_str("initial: s0\nstates:\n");
    let mut writer = Writer { out, names: names(sketch), next: 0, bits: BTreeMap::new(), sketch };
    for (at, sort) in sketch.sorts.iter().enumerate() {
        writer.top(at, *sort);
    }
    writer.out
}

struct Writer<'s> {
    out: String,
    names: Vec<String>,
    next: usize,
    bits: BTreeMap<usize, usize>,
    sketch: &'s Sketch,
}

impl Writer<'_> {
    fn top(&mut self, at: usize, sort: Sort) {
        let name = format!("s{at}");
        match sort {
            Sort::Atomic => self.state(2, &name, ""),
            Sort::Final => self.line(2, &format!("{name}: {{ type: final }}")),
            Sort::Compound => {
                self.state(2, &name, &format!("initial: {name}a"));
                self.line(4, "states:");
                self.state(6, &format!("{name}a"), "");
                self.line(6, &format!("{name}b: {{ type: final }}"));
                self.line(6, &format!("{name}h: {{ type: history, default: {name}a }}"));
            }
            Sort::Parallel => {
                self.state(2, &name, "type: parallel");
                self.line(4, "states:");
                for region in ["x", "y"].map(|region| format!("{name}{region}")) {
                    self.state(6, &region, &format!("initial: {region}a"));
                    self.line(8, "states:");
                    self.state(10, &format!("{region}a"), "");
                    self.state(10, &format!("{region}b"), "");
                }
            }
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    fn state(&mut self, indent: usize, name: &str, key: &str) {
        self.line(indent, &format!("{name}:"));
        self.line(indent + 2, "side: false");
        if !key.is_empty() {
            self.line(indent + 2, key);
        }
        let branches = self.sketch.branches[self.next].clone();
        self.next += 1;
        let answers = |on| branches.iter().filter(move |branch| branch.on == on).cloned().collect::<Vec<_>>();
        let always: Vec<Branch> = answers(None);
        if !always.is_empty() {
            self.line(indent + 2, "always:");
            always.iter().for_each(|branch| self.branch(indent + 4, branch));
        }
        let on: Vec<(usize, Vec<Branch>)> = (0..EVENTS.len())
            .map(|event| (event, answers(Some(event))))
            .filter(|(_, all)| !all.is_empty())
            .collect();
        if !on.is_empty() {
            self.line(indent + 2, "on:");
        }
        for (event, branches) in on {
            self.line(indent + 4, &format!("{}:", EVENTS[event]));
            branches.iter().for_each(|branch| self.branch(indent + 6, branch));
        }
    }

    fn branch(&mut self, indent: usize, branch: &Branch) {
        let to = self.names[branch.to % self.names.len()].clone();
        let bit = branch.on.filter(|_| branch.guarded).and_then(|event| {
            let used = self.bits.entry(event).or_default();
            *used += 1;
            (*used <= BITS).then(|| *used - 1)
        });
        let when = bit.map_or(String::new(), |bit| format!("when: event.b{bit}, "));
        self.line(indent, &format!("- {{ {when}go: {to} }}"));
    }
}

/// What a run of the main chart is in.
type Where = (Vec<StateIx>, Vec<(StateIx, Vec<StateIx>)>);

/// Everything the machine itself comes to, with what follows what; `None` when it goes round for ever.
fn brute(definition: &Definition) -> Option<BTreeMap<Where, BTreeSet<Where>>> {
    let calendar = Calendar::weekends_only();
    let by = Actor::person("p1", "office", "clerk");
    let at = "2026-03-02T01:00:00Z".parse().expect("it is an instant");
    let opening = Opening { id: CaseId("L-1".into()), data: vec![], by: by.clone(), at };
    let opened = start(definition, &calendar, &opening).ok()?;
    let place = |case: &Case| (case.main().active.clone(), case.main().remembered.clone());
    let mut found = BTreeMap::from([(place(&opened.case), BTreeSet::new())]);
    let mut waiting = VecDeque::from([opened.case]);
    while let Some(case) = waiting.pop_front() {
        for (event, bits) in EVENTS.iter().flat_map(|event| (0..1 << BITS).map(move |bits| (event, bits))) {
            let data = (0..BITS).map(|bit| (format!("b{bit}").into(), Value::Bool(bits >> bit & 1 == 1)));
            let event = Event { to: Target::Main, name: (*event).into(), data: data.collect(), reason: None };
            let command = Command { input: Input::Event(event), by: by.clone(), at };
            let next = step(definition, &calendar, &case, &command);
            match next.verdict {
                Verdict::Accepted => {}
                Verdict::Refused(_) => continue,
                Verdict::Stopped(_) => return None,
            }
            let there = place(&next.case);
            found.entry(place(&case)).or_default().insert(there.clone());
            if let std::collections::btree_map::Entry::Vacant(place) = found.entry(there) {
                place.insert(BTreeSet::new());
                waiting.push_back(next.case);
            }
        }
    }
    Some(found)
}

fn ended(chart: &Chart, (active, _): &Where) -> bool {
    active.iter().any(|state| {
        let state = chart.state(*state);
        state.parent == Some(StateIx::ROOT) && matches!(state.kind, StateKind::Final { .. })
    })
}

/// Whether from every configuration some way leads to an end.
fn all_can_end(chart: &Chart, found: &BTreeMap<Where, BTreeSet<Where>>) -> bool {
    let mut good: BTreeSet<&Where> = found.keys().filter(|it| ended(chart, it)).collect();
    loop {
        let more: Vec<&Where> = found
            .iter()
            .filter(|(it, next)| !good.contains(it) && next.iter().any(|it| good.contains(it)))
            .map(|(it, _)| it)
            .collect();
        if more.is_empty() {
            return good.len() == found.len();
        }
        good.extend(more);
    }
}

/// Top states that are said to be unreachable, by name.
fn said_unreachable(report: &Report, sources: &Sources) -> BTreeSet<String> {
    let found = report.iter().filter(|found| found.code == codes::UNREACHABLE_STATE);
    found.map(|found| sources.slice(found.primary.span).to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_the_analysis_says_of_ways_in_and_out_is_what_the_machine_does(sketch in sketch()) {
        let text = yaml(&sketch);
        let mut sources = Sources::new();
        let compiled = compile(&mut sources, "law.yaml", text.as_bytes());
        let Some(definition) = compiled.definition else {
            let found: Vec<_> = compiled.report.iter().map(|d| d.message.en.clone()).collect();
            panic!("{}\n{text}", found.join("\n"));
        };
        let report = analyse(&definition, &compiled.map, &sources, None);
        let Some(found) = brute(&definition) else {
            prop_assert!(report.has(codes::ENDLESS_LOOP), "the machine goes round for ever\n{}", text);
            return Ok(());
        };
        let graph = explore(&definition, ChartIx::MAIN, &mut STEPS_MAX.clone());
        let known: BTreeSet<Where> =
            graph.steps.node_weights().map(|it| (it.active.clone(), it.remembered.clone())).collect();
        for place in found.keys() {
            prop_assert!(known.contains(place), "{:?} is not in the graph\n{}", place, text);
        }
        // States passed through between two events are entered, too: only those never rested in may differ.
        let chart = definition.main();
        let rested: BTreeSet<StateIx> = found.keys().flat_map(|(active, _)| active.iter().copied()).collect();
        let unreachable = said_unreachable(&report, &sources);
        for state in &rested {
            let name = chart.state(*state).name.to_string();
            prop_assert!(!unreachable.contains(&name), "{} is reached\n{}", name, text);
        }
        let passed = |state: StateIx| {
            let own = std::iter::once(state).chain((state.0 + 1..=chart.state(state).last.0).map(StateIx));
            own.into_iter().any(|at| chart.state(at).transitions.iter().any(|t| chart.transitions[t.at()].on.is_empty()))
        };
        for state in &chart.state(StateIx::ROOT).children {
            let name = chart.state(*state).name.to_string();
            if !rested.contains(state) && !passed(*state) {
                prop_assert!(unreachable.contains(&name), "{} is never reached\n{}", name, text);
            }
        }
        let ends = chart.states.iter().any(|it| it.parent == Some(StateIx::ROOT) && matches!(it.kind, StateKind::Final { .. }));
        let blamed = report.has(codes::TRAP) || report.has(codes::DEAD_END);
        if ends && !report.has(codes::ENDLESS_LOOP) {
            prop_assert_eq!(blamed, !all_can_end(chart, &found), "{}", text);
        }
    }
}
