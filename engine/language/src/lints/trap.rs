//! States a case can walk among for ever, without any way to an end.

use std::collections::BTreeSet;

use machine::ids::StateIx;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::NodeIndex;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::path::list;
use crate::graph::{Graph, is_top_final};
use crate::words;

/// Reports each round of configurations from which no end can be reached, with the way in.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        let ends =
            crate::graph::uses::numbered(&chart.states).any(|(at, _)| is_top_final(chart, StateIx(at)));
        let mut said: BTreeSet<BTreeSet<StateIx>> = BTreeSet::new();
        for round in rounds(graph).into_iter().filter(|_| ends) {
            let states: BTreeSet<StateIx> =
                round.iter().flat_map(|node| graph.steps[*node].innermost(chart)).collect();
            let Some(first) = round.iter().min().copied() else { continue };
            if !said.insert(states.clone()) {
                continue;
            }
            let names = list(graph, &states.iter().copied().collect::<Vec<_>>());
            let state = graph.steps[first].innermost(chart).first().copied().unwrap_or(StateIx::ROOT);
            let found = Diagnostic::new(
                codes::TRAP,
                subject.state(ix, state),
                words!(
                    "从这里永远走不到终结状态，只能在 {names} 里打转",
                    "no end can be reached from here: a case stays within {names} for ever"
                ),
            );
            let found = found.advise(words!(
                "给其中一个状态加一条通往终结状态的路",
                "give one of them a way to a final state"
            ));
            report.push(graph.show_way(first, ix, subject.map, found));
        }
    }
}

/// Strongly connected configurations that nothing leaves, that have steps, and that hold no end.
pub(super) fn rounds(graph: &Graph<'_>) -> Vec<Vec<NodeIndex>> {
    let can_end = graph.can_end();
    let mut found: Vec<Vec<NodeIndex>> = kosaraju_scc(&graph.steps);
    found.retain(|round| {
        let inside: BTreeSet<NodeIndex> = round.iter().copied().collect();
        let mut next = round.iter().flat_map(|node| graph.steps.neighbors(*node)).peekable();
        let moves = next.peek().is_some();
        moves && next.all(|node| inside.contains(&node)) && !round.iter().any(|node| can_end.contains(node))
    });
    found.sort_by_key(|round| round.iter().min().copied());
    found
}
