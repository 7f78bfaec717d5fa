//! A branch for an event that cannot happen in its state.

use machine::chart::{Chart, StateKind, Transition};
use machine::ids::{StateIx, TransitionIx};
use petgraph::graph::NodeIndex;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::Graph;
use crate::graph::alphabet::From;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;
use crate::words::Words;

/// Reports branches whose event never comes while their state is active.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        let reached = graph.reached();
        for (at, transition) in numbered(&chart.transitions) {
            let t = TransitionIx(at);
            if graph.live.contains(&t) || !reached.contains(&transition.source) {
                continue;
            }
            if let Some((message, advice)) = why(graph, chart, transition) {
                let span = subject.span(Thing::Transition(ix, t));
                report.push(Diagnostic::new(codes::NEVER_HAPPENS, span, message).advise(advice));
            }
        }
    }
}

fn why(graph: &Graph<'_>, chart: &Chart, transition: &Transition) -> Option<(Words, Words)> {
    if transition.on.is_empty() {
        return None;
    }
    let state = &chart.state(transition.source).name;
    let answered = |name: &str| transition.on.iter().any(|pattern| pattern.answers(name));
    let events: Vec<_> = graph.alphabet.iter().filter(|it| answered(&it.name)).collect();
    let here: Vec<NodeIndex> =
        graph.steps.node_indices().filter(|node| graph.steps[*node].has(transition.source)).collect();
    let Some(event) = events.first().map(|event| &event.name) else {
        let prefix = transition.on.iter().find_map(|pattern| match pattern {
            machine::chart::Pattern::Prefix(prefix) => Some(prefix.clone()),
            machine::chart::Pattern::Any => None,
        })?;
        return Some((
            words!("没有谁会发出事件 `{prefix}`", "nobody sends the event `{prefix}`"),
            words!("在 `events` 里声明它，或删去这个分支", "declare it under `events`, or remove the branch"),
        ));
    };
    // Why a state never completes is told where its inside stops.
    let inner = |at: StateIx| (at.0..=chart.state(at).last.0).map(StateIx);
    let is_final = |at: StateIx| matches!(chart.state(at).kind, StateKind::Final { .. });
    if events.iter().any(|it| matches!(it.from, From::Done(at) if inner(at).any(is_final))) {
        return None;
    }
    if !here.iter().any(|it| events.iter().any(|event| event.possible(chart, &graph.steps[*it]))) {
        return Some((
            words!("在 `{state}` 里不会发生 `{event}`", "`{event}` cannot happen in `{state}`"),
            words!("把这个分支移到它会发生的状态", "move the branch to the state in which it happens"),
        ));
    }
    let passing = here.iter().all(|it| is_passing(graph, *it));
    passing.then(|| {
        (
            words!(
                "`{state}` 一进入就离开，等不到 `{event}`",
                "`{state}` is left as soon as it is entered: `{event}` comes too late"
            ),
            words!("给 `always` 加条件，或删去这个分支", "give `always` a condition, or remove the branch"),
        )
    })
}

/// Whether a configuration is left by a sure eventless transition.
fn is_passing(graph: &Graph<'_>, node: NodeIndex) -> bool {
    let mut edges = graph.steps.edges(node).peekable();
    edges.peek().is_some() && edges.all(|edge| edge.weight().on.is_none())
}
