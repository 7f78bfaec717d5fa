//! A state that is not final, that nothing leaves and that waits for nothing.

use std::collections::BTreeSet;

use machine::chart::{Chart, StateKind};
use machine::ids::StateIx;
use petgraph::graph::NodeIndex;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::words;

/// Reports each state in which a case stops without having ended.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        let mut said = BTreeSet::new();
        for node in stops(graph) {
            for state in blamed(chart, graph, node).into_iter().filter(|state| said.insert(*state)) {
                let name = &chart.state(state).name;
                let message = if chart.state(state).children.is_empty() {
                    words!(
                        "状态 `{name}` 没有出路，也不是终结状态",
                        "nothing leaves the state `{name}`, and it is not final"
                    )
                } else {
                    words!(
                        "`{name}` 里面办完之后没有出路",
                        "nothing follows when the inside of `{name}` is complete"
                    )
                };
                let found =
                    Diagnostic::new(codes::DEAD_END, subject.state(ix, state), message).advise(words!(
                        "写明下一步去哪里，或写 `type: final`",
                        "say where it goes next, or write `type: final`"
                    ));
                report.push(graph.show_way(node, ix, subject.map, found));
            }
        }
    }
}

/// Configurations that nothing leaves and that are not the end.
pub(super) fn stops(graph: &Graph<'_>) -> Vec<NodeIndex> {
    let leaves = |node: &NodeIndex| graph.steps.neighbors(*node).next().is_some();
    let nodes = graph.steps.node_indices();
    nodes.filter(|node| !leaves(node) && !graph.steps[*node].is_end(graph.chart)).collect()
}

/// The states to blame: innermost ones that are not final, or what has become complete.
fn blamed(chart: &Chart, graph: &Graph<'_>, node: NodeIndex) -> Vec<StateIx> {
    let innermost = graph.steps[node].innermost(chart);
    let is_final = |state: &StateIx| matches!(chart.state(*state).kind, StateKind::Final { .. });
    let open: Vec<StateIx> = innermost.iter().copied().filter(|state| !is_final(state)).collect();
    if !open.is_empty() {
        return open;
    }
    let top = |state: StateIx| chart.ancestors(state).filter(|at| *at != StateIx::ROOT).last();
    innermost.first().and_then(|state| top(*state)).into_iter().collect()
}
