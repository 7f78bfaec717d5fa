//! States written in an order that makes readers jump back.

use std::collections::{BTreeMap, BTreeSet};

use machine::chart::{Chart, Go, StateKind};
use machine::ids::{ChartIx, StateIx};
use petgraph::algo::greedy_feedback_arc_set;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Fewer ways back than this are not worth a word.
const BACK_MIN: usize = 4;
/// Another order has to save at least so many.
const SAVES_MIN: usize = 3;

/// Advises another order where one would save several ways back.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, state) in numbered(&chart.states).filter(|(_, it)| it.kind == StateKind::Compound) {
            let edges = ways(chart, StateIx(at));
            let back = edges.iter().filter(|(from, to)| to < from).count();
            let least = least_back(&edges);
            if back < BACK_MIN || back < least + SAVES_MIN {
                continue;
            }
            let name = &state.name;
            let thing = place(ix, StateIx(at));
            let message = words!(
                "`{name}` 里有 {back} 条路往回指，换个顺序只要 {least} 条",
                "{back} ways inside `{name}` lead back; in another order only {least} would"
            );
            report.push(Diagnostic::new(codes::AUTHOR_ORDER, subject.span(thing), message).advise(words!(
                "按办理的先后写状态，图和说明就从上往下读",
                "write the states in the order of the work: picture and text then read downwards"
            )));
        }
    }
}

fn place(ix: ChartIx, state: StateIx) -> Thing {
    if state == StateIx::ROOT { Thing::Chart(ix) } else { Thing::State(ix, state) }
}

/// Ways between the states directly inside a state; outcomes beside the main path do not count.
fn ways(chart: &Chart, round: StateIx) -> BTreeSet<(StateIx, StateIx)> {
    let lift = |state: StateIx| {
        let own = std::iter::once(state).chain(chart.ancestors(state));
        own.into_iter().find(|at| chart.state(*at).parent == Some(round))
    };
    let steps = |state: &StateIx| {
        let decl = chart.state(*state);
        !decl.side && !matches!(decl.kind, StateKind::Final { .. } | StateKind::History { .. })
    };
    let mut found = BTreeSet::new();
    for transition in &chart.transitions {
        let Go::To { targets, .. } = &transition.go else { continue };
        let Some(from) = lift(transition.source).filter(steps) else { continue };
        let ends = targets.iter().filter_map(|target| lift(*target)).filter(steps);
        found.extend(ends.filter(|to| *to != from).map(|to| (from, to)));
    }
    found
}

/// How many ways back a good order has (a greedy bound from above).
fn least_back(edges: &BTreeSet<(StateIx, StateIx)>) -> usize {
    let mut graph: DiGraph<StateIx, ()> = DiGraph::new();
    let mut nodes: BTreeMap<StateIx, NodeIndex> = BTreeMap::new();
    for (from, to) in edges {
        let from = *nodes.entry(*from).or_insert_with(|| graph.add_node(*from));
        let to = *nodes.entry(*to).or_insert_with(|| graph.add_node(*to));
        graph.add_edge(from, to, ());
    }
    greedy_feedback_arc_set(&graph).count()
}
