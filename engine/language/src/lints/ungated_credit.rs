//! Credit data read on a way on which nobody has asked for consent.
//!
//! Credit data are fields marked `credit: true`. Consent is a yes-or-no field or condition whose name speaks
//! of it (`consent`, `authorisation`, 授权, 同意). A read is gated when every way to it passes a branch that
//! cannot be taken while no consent is given.

use std::collections::BTreeSet;

use expr::formula::Formula;
use machine::action::Action;
use machine::chart::{Chart, Go, Guard, Protection, Variable};
use machine::ids::{ChartIx, EventIx, StateIx, TransitionIx};

use super::Subject;
use super::shadowed::covers;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::explore::explore_without;
use crate::graph::guards::{Guards, is_consent};
use crate::graph::uses::{each_action, formulas, numbered, sites, variable};
use crate::graph::{Graph, STEPS_MAX};
use crate::process::Thing;
use crate::span::Span;
use crate::words;

/// Conditions read through conditions no deeper than this.
const DEPTH_MAX: usize = 32;

/// Reports formulas, calls, notices and forms that touch credit data without consent.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let marked = |chart: &Chart| chart.fields.iter().any(|field| field.protection == Protection::Credit);
    if !subject.definition.charts.iter().any(marked) {
        return;
    }
    let mut steps = STEPS_MAX;
    let main = without_consent(subject, ChartIx::MAIN, subject.definition.main(), &mut steps);
    for (ix, chart, _) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        if ix != ChartIx::MAIN && !can_start(subject, ix, &main) {
            continue;
        }
        let free = (ix != ChartIx::MAIN).then(|| without_consent(subject, ix, chart, &mut steps));
        let free = free.as_ref().unwrap_or(&main);
        in_formulas(subject, ix, free, report);
        in_forms(subject, ix, free, report);
    }
}

/// The chart as it runs while no consent is given.
fn without_consent<'a>(subject: &Subject<'a>, ix: ChartIx, chart: &'a Chart, steps: &mut usize) -> Graph<'a> {
    let guards = Guards::of(subject.definition, chart, &subject.patience).without_consent();
    let all = numbered(&chart.transitions).map(|(at, _)| TransitionIx(at));
    let barred: BTreeSet<TransitionIx> = all.filter(|t| is_gated(chart, guards, *t)).collect();
    explore_without(subject.definition, ix, &barred, steps)
}

/// Whether a branch cannot be taken without consent: by its own guard, or because an earlier one is.
fn is_gated(chart: &Chart, guards: Guards<'_>, t: TransitionIx) -> bool {
    let transition = &chart.transitions[t.at()];
    let own = &chart.state(transition.source).transitions;
    let earlier = own.iter().take_while(|other| **other != t).map(|other| &chart.transitions[other.at()]);
    let before = earlier.filter(|it| it.by.is_empty() && covers(it, transition));
    let mut branches: Vec<Option<&Guard>> = before.map(|it| it.guard.as_ref()).collect();
    branches.push(transition.guard.as_ref());
    guards.first_to_hold(&branches).last() == Some(&false)
}

fn can_start(subject: &Subject<'_>, kind: ChartIx, main: &Graph<'_>) -> bool {
    let reached = main.reached();
    sites(subject.definition).iter().filter(|site| site.chart == ChartIx::MAIN).any(|site| {
        let mut starts = false;
        each_action(site.actions, &mut |action| {
            starts |= matches!(action, Action::Start { child, .. } if *child == kind);
        });
        starts && is_free(site.of, main, &reached)
    })
}

/// Whether something can happen while no consent is given.
fn is_free(of: Thing, free: &Graph<'_>, reached: &BTreeSet<StateIx>) -> bool {
    match of {
        Thing::Transition(_, t) => free.live.contains(&t),
        Thing::State(_, state) => reached.contains(&state),
        Thing::Clock(_, clock) => reached.contains(&free.chart.clocks[clock.at()].owner),
        _ => false,
    }
}

fn in_formulas(subject: &Subject<'_>, ix: ChartIx, free: &Graph<'_>, report: &mut Report) {
    let reached = free.reached();
    let guards = Guards::of(subject.definition, free.chart, &subject.patience);
    for used in formulas(subject.definition).into_iter().filter(|it| it.chart == ix) {
        let asks = guards.reads_consent(used.formula, 0);
        if asks || !is_free(used.of, free, &reached) {
            continue;
        }
        if let Some(field) = credit(subject, free.chart, used.formula, 0) {
            let span = subject.formula(used.of, used.formula);
            report.push(found(subject, ix, free, (used.of, span), &field));
        }
    }
}

/// The credit field a formula reads, itself or through conditions.
fn credit(subject: &Subject<'_>, chart: &Chart, formula: &Formula, depth: usize) -> Option<String> {
    let main = subject.definition.main();
    let marked = |chart: &Chart, name: &str| {
        let field = chart.find_field(name)?;
        let protected = chart.fields[field.at()].protection == Protection::Credit;
        protected.then(|| name.to_owned())
    };
    formula.reads().iter().find_map(|read| match variable(chart, read)? {
        Variable::Field(field) => marked(chart, &chart.fields[field.at()].name),
        Variable::Case => marked(main, read.path.first()?),
        Variable::This => marked(chart, read.path.first()?),
        Variable::Children(kind) => marked(subject.definition.chart(*kind), read.path.first()?),
        Variable::Condition(condition) if depth < DEPTH_MAX => {
            credit(subject, chart, &chart.conditions[condition.at()].formula, depth + 1)
        }
        _ => None,
    })
}

fn in_forms(subject: &Subject<'_>, ix: ChartIx, free: &Graph<'_>, report: &mut Report) {
    let chart = free.chart;
    for (at, event) in numbered(&chart.events) {
        let field = |line: &machine::chart::FormField| line.field.map(|field| &chart.fields[field.at()]);
        let asks = event.form.iter().any(|line| is_consent(&line.name));
        let protected = event.form.iter().filter_map(field).find(|it| it.protection == Protection::Credit);
        let Some(protected) = protected.filter(|_| !asks) else { continue };
        let answers = |t: &&TransitionIx| {
            let transition = &chart.transitions[t.at()];
            transition.event == Some(EventIx(at)) && !matches!(transition.go, Go::Refuse { .. })
        };
        if let Some(t) = free.live.iter().find(answers) {
            let span = subject.span(Thing::Event(ix, EventIx(at)));
            report.push(found(subject, ix, free, (Thing::Transition(ix, *t), span), &protected.name));
        }
    }
}

fn found(
    subject: &Subject<'_>,
    ix: ChartIx,
    free: &Graph<'_>,
    (of, span): (Thing, Span),
    field: &str,
) -> Diagnostic {
    let message = words!(
        "没有查过授权就用了征信数据 `{field}`",
        "credit data `{field}` is used on a way on which no consent was asked for"
    );
    let found = Diagnostic::new(codes::UNGATED_CREDIT, span, message).advise(words!(
        "在前面加一个分支，未授权就拒绝：`{{ when: not(consent), refuse: ... }}`",
        "put a branch before it that refuses without consent: `{{ when: not(consent), refuse: ... }}`"
    ));
    let state = match of {
        Thing::State(_, state) => Some(state),
        Thing::Transition(_, t) => Some(free.chart.transitions[t.at()].source),
        Thing::Clock(_, clock) => Some(free.chart.clocks[clock.at()].owner),
        _ => None,
    };
    match state.and_then(|state| free.first(|here| here.has(state))) {
        Some(node) => free.show_way(node, ix, subject.map, found),
        None => found,
    }
}
