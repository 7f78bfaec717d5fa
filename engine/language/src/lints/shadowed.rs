//! A branch that is never tried: an earlier one, or one further inside, is always taken instead.

use machine::chart::{Chart, Guard, Pattern, Transition};
use machine::ids::{ChartIx, TransitionIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::graph::choices::{is_certain, never};
use crate::graph::guards::Guards;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports branches behind one that is always taken.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        for (at, transition) in numbered(&chart.transitions) {
            let t = TransitionIx(at);
            if never(transition) {
                continue;
            }
            if let Some(by) = shadow(subject, chart, t, transition) {
                report.push(found(subject, ix, t, by));
            } else if let Some(by) = inner(graph, t, transition).filter(|_| !graph.cut) {
                report.push(found(subject, ix, t, by));
            }
        }
    }
}

/// The earlier branch of the same state that is always taken, or that together with others leaves nothing.
fn shadow(
    subject: &Subject<'_>,
    chart: &Chart,
    t: TransitionIx,
    transition: &Transition,
) -> Option<TransitionIx> {
    let own = &chart.state(transition.source).transitions;
    let earlier = own.iter().copied().take_while(|other| *other != t);
    let before: Vec<TransitionIx> =
        earlier.filter(|other| covers(&chart.transitions[other.at()], transition)).collect();
    if let Some(by) = before.iter().find(|other| is_certain(chart, **other)) {
        return Some(*by);
    }
    let guard = transition.guard.as_ref()?;
    let open = before.iter().filter(|other| chart.transitions[other.at()].by.is_empty());
    let tried: Vec<TransitionIx> = open.copied().collect();
    let guards = Guards::of(subject.definition, chart, &subject.patience);
    if tried.is_empty() || !guards.together(&[guard]) {
        return None;
    }
    let mut branches: Vec<Option<&Guard>> =
        tried.iter().map(|other| chart.transitions[other.at()].guard.as_ref()).collect();
    branches.push(Some(guard));
    let first = guards.first_to_hold(&branches);
    (first.last() == Some(&false)).then(|| tried.last().copied()).flatten()
}

/// Whether an earlier branch answers everything the later one does.
pub(super) fn covers(earlier: &Transition, later: &Transition) -> bool {
    if later.on.is_empty() || earlier.on.is_empty() {
        return later.on.is_empty() && earlier.on.is_empty();
    }
    let covered = |pattern: &Pattern| match pattern {
        Pattern::Any => earlier.on.contains(&Pattern::Any),
        Pattern::Prefix(prefix) => earlier.on.iter().any(|it| it.answers(prefix)),
    };
    later.on.iter().all(covered)
}

/// A branch further inside that is taken in every configuration that could take this one.
fn inner(graph: &Graph<'_>, t: TransitionIx, transition: &Transition) -> Option<TransitionIx> {
    let chart = graph.chart;
    if graph.live.contains(&t) || transition.on.is_empty() || !is_first(chart, t, transition) {
        return None;
    }
    let mut by = None;
    for node in graph.steps.node_indices() {
        let here = &graph.steps[node];
        if !here.has(transition.source) {
            continue;
        }
        let answered = |name: &str| transition.on.iter().any(|pattern| pattern.answers(name));
        let possible = graph.alphabet.iter().filter(|it| answered(&it.name) && it.possible(chart, here));
        for happening in possible {
            let took = graph
                .steps
                .edges(node)
                .find(|edge| edge.weight().on.is_some_and(|on| graph.alphabet[on] == *happening));
            let taken = took.and_then(|edge| edge.weight().taken.first().copied())?;
            by = by.or(Some(taken));
        }
    }
    by
}

/// Whether no branch before it in its own state could be in the way.
fn is_first(chart: &Chart, t: TransitionIx, transition: &Transition) -> bool {
    let own = &chart.state(transition.source).transitions;
    let mut earlier = own.iter().take_while(|other| **other != t);
    !earlier.any(|other| covers(&chart.transitions[other.at()], transition))
}

fn found(subject: &Subject<'_>, ix: ChartIx, t: TransitionIx, by: TransitionIx) -> Diagnostic {
    let message = words!("这个分支永远轮不到", "this branch is never tried");
    Diagnostic::new(codes::SHADOWED, subject.span(Thing::Transition(ix, t)), message)
        .label(words!("轮不到", "never tried"))
        .also(
            subject.span(Thing::Transition(ix, by)),
            words!("这里已经把所有情况办完", "everything is taken here already"),
        )
        .advise(words!(
            "把没有条件的分支放在最后，或删去轮不到的分支",
            "put the branch without a condition last, or remove the one that is never tried"
        ))
}
