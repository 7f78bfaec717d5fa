//! A state that waits although nobody has a task, no clock runs and no child can end.

use machine::chart::{Chart, StateKind};
use machine::ids::{ChartIx, StateIx};
use petgraph::graph::NodeIndex;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::graph::alphabet::From;
use crate::graph::uses::numbered;
use crate::words;

/// Reports innermost states in which a case may lie forgotten.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        for (at, state) in numbered(&chart.states).skip(1).filter(|(_, it)| it.kind == StateKind::Atomic) {
            let state_ix = StateIx(at);
            if is_looked_after(subject, ix, chart, state_ix) {
                continue;
            }
            let Some(node) = graph
                .steps
                .node_indices()
                .find(|node| graph.steps[*node].has(state_ix) && lies_still(graph, *node))
            else {
                continue;
            };
            let name = &state.name;
            let message = words!(
                "`{name}` 没有任务、没有时限，案件可能一直停在这里",
                "`{name}` has no task and no clock: a case may lie here for ever"
            );
            let found = Diagnostic::new(codes::WAIT_WITHOUT_END, subject.state(ix, state_ix), message);
            let found = found.advise(words!(
                "写 `task:` 或 `deadlines:`，或用 `no_task:` 说明在等什么",
                "write `task:` or `deadlines:`, or say under `no_task:` what it waits for"
            ));
            report.push(graph.show_way(node, ix, subject.map, found));
        }
    }
}

/// Whether someone or something is responsible for what happens in the state.
fn is_looked_after(subject: &Subject<'_>, ix: ChartIx, chart: &Chart, state: StateIx) -> bool {
    std::iter::once(state).chain(chart.ancestors(state)).any(|at| {
        let decl = chart.state(at);
        let said = subject.map.silences.get(&(ix, at)).is_some_and(|it| it.no_task.is_some());
        let runs = decl.clocks.iter().any(|clock| !chart.state(state).pauses.contains(clock));
        let moves = decl.transitions.iter().any(|t| chart.transitions[t.at()].on.is_empty());
        decl.task.is_some() || said || runs || moves
    })
}

/// Whether a configuration goes on only by events that nobody is asked for; dead ends are told elsewhere.
fn lies_still(graph: &Graph<'_>, node: NodeIndex) -> bool {
    let chart = graph.chart;
    let busy = |state: &StateIx| {
        let decl = chart.state(*state);
        decl.task.is_some() || !decl.clocks.is_empty()
    };
    if graph.steps[node].active.iter().any(busy) {
        return false;
    }
    let mut steps = graph.steps.edges(node).map(|edge| edge.weight()).peekable();
    let asked = |on: usize| matches!(graph.alphabet[on].from, From::Outside | From::Own);
    steps.peek().is_some() && steps.all(|step| step.on.is_some_and(asked))
}
