//! Two clocks that are due in the same instant and lead to different places.

use std::collections::BTreeSet;

use machine::chart::{Chart, Clock, Go};
use machine::ids::{ChartIx, ClockIx, StateIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::graph::guards::Guards;
use crate::graph::reckon;
use crate::graph::uses::{numbered, of_guard};
use crate::process::Thing;
use crate::words;

/// Reports pairs of clocks with the same rule and start of which only the order decides.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        let leads: Vec<BTreeSet<StateIx>> = chart.clocks.iter().map(|clock| outcomes(chart, clock)).collect();
        let differ = |one: u16, other: u16| {
            let (here, there) = (&leads[usize::from(one)], &leads[usize::from(other)]);
            !here.is_empty() && !there.is_empty() && here != there
        };
        for (one, first) in numbered(&chart.clocks) {
            for (other, second) in numbered(&chart.clocks).filter(|(at, _)| *at > one && differ(one, *at)) {
                if let Some(node) = meet(subject, graph, first, second) {
                    let found = found(subject, (ix, chart), ClockIx(one), ClockIx(other));
                    report.push(graph.show_way(node, ix, subject.map, found));
                }
            }
        }
    }
}

fn meet(
    subject: &Subject<'_>,
    graph: &Graph<'_>,
    first: &Clock,
    second: &Clock,
) -> Option<petgraph::graph::NodeIndex> {
    let (definition, chart) = (subject.definition, graph.chart);
    if first.floor != second.floor {
        return None;
    }
    let same_rule = first.within == second.within
        || reckon::period(definition, chart, first)
            .is_some_and(|it| Some(it) == reckon::period(definition, chart, second) && fixed(first, second));
    let from = reckon::anchor(definition, chart, first)?;
    if !same_rule
        || reckon::anchor(definition, chart, second) != Some(from)
        || !may_both_run(subject, graph, first, second)
    {
        return None;
    }
    graph.first(|it| it.has(first.owner) && it.has(second.owner))
}

/// Equal by what they say, not by the value that a parameter happens to have.
fn fixed(first: &Clock, second: &Clock) -> bool {
    first.within.as_constant().is_some() && second.within.as_constant().is_some()
}

fn may_both_run(subject: &Subject<'_>, graph: &Graph<'_>, first: &Clock, second: &Clock) -> bool {
    let guards: Vec<_> = first.when.iter().chain(&second.when).collect();
    let open = guards.iter().any(|guard| of_guard(guard).is_empty());
    !open
        && (guards.is_empty()
            || Guards::of(subject.definition, graph.chart, &subject.patience).surely_together(&guards))
}

/// Where a clock may lead.
fn outcomes(chart: &Chart, clock: &Clock) -> BTreeSet<StateIx> {
    let answers = chart.transitions.iter().filter(|t| t.on.iter().any(|it| it.answers(&clock.event)));
    answers
        .flat_map(|t| match &t.go {
            Go::To { targets, .. } => targets.clone(),
            Go::Stay | Go::Refuse { .. } => vec![],
        })
        .collect()
}

fn found(subject: &Subject<'_>, (ix, chart): (ChartIx, &Chart), one: ClockIx, other: ClockIx) -> Diagnostic {
    let (first, second) = (&chart.clocks[one.at()].name, &chart.clocks[other.at()].name);
    let message = words!(
        "时限 `{first}` 和 `{second}` 同时到期，却走向不同的地方",
        "the clocks `{first}` and `{second}` are due in the same instant and lead to different places"
    );
    Diagnostic::new(codes::SAME_INSTANT, subject.span(Thing::Clock(ix, other)), message)
        .also(subject.span(Thing::Clock(ix, one)), words!("另一个在这里", "the other one"))
        .advise(words!("只留一个，或给它们不同的时间", "keep one of them, or give them different times"))
}
