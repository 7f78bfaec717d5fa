//! Transitions that follow one another without anything happening, round and round.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use machine::chart::{Chart, Guard};
use machine::ids::{Name, StateIx, TransitionIx};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::graph::alphabet::From;
use crate::graph::guards::Guards;
use crate::graph::{Graph, Step, uses};
use crate::process::Thing;
use crate::words;

/// Reports each round of eventless steps: an error when nothing can stop it, a warning when guards may.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        let mut said: BTreeSet<BTreeSet<TransitionIx>> = BTreeSet::new();
        for round in rounds(graph) {
            let steps: Vec<&Step> =
                round.iter().filter_map(|(edge, _)| graph.steps.edge_weight(*edge)).collect();
            let taken: BTreeSet<TransitionIx> =
                steps.iter().flat_map(|step| step.taken.iter().copied()).collect();
            let sure = steps.iter().all(|step| step.certain);
            if !said.insert(taken.clone()) || !(sure || may_go_round(subject, chart, &taken)) {
                continue;
            }
            let Some((first, node)) = round.first().copied() else { continue };
            let begins = graph.steps.edge_endpoints(first).map_or(node, |(from, _)| from);
            let Some(t) = taken.first() else { continue };
            let message = if sure {
                words!(
                    "这里会不停地转下去：什么也没发生，状态却一直在变",
                    "this goes round for ever: states change without anything happening"
                )
            } else {
                words!(
                    "条件同时成立时，这里可能不停地转下去",
                    "this can go round for ever while its conditions hold"
                )
            };
            let found =
                Diagnostic::new(codes::ENDLESS_LOOP, subject.span(Thing::Transition(ix, *t)), message)
                    .severity(if sure { Severity::Error } else { Severity::Warning })
                    .advise(words!(
                        "让其中一步等待事件或时限",
                        "let one of the steps wait for an event or a clock"
                    ));
            let found = graph.show_way(begins, ix, subject.map, found);
            report.push(round.iter().fold(
                found,
                |found, (edge, node)| match graph.steps.edge_weight(*edge) {
                    Some(step) => {
                        let shown = graph.shown(*node, step, ix, subject.map);
                        found.step(shown.text, shown.span)
                    }
                    None => found,
                },
            ));
        }
    }
}

/// Guards that hold together and that nothing on the way changes.
fn may_go_round(subject: &Subject<'_>, chart: &Chart, taken: &BTreeSet<TransitionIx>) -> bool {
    let guards: Vec<&Guard> = taken.iter().filter_map(|t| chart.transitions[t.at()].guard.as_ref()).collect();
    let acts = taken.iter().any(|t| !chart.transitions[t.at()].actions.is_empty());
    !acts && Guards::of(subject.definition, chart, &subject.patience).together(&guards)
}

/// One shortest round for each knot of eventless steps.
fn rounds(graph: &Graph<'_>) -> Vec<Vec<(EdgeIndex, NodeIndex)>> {
    let raised = raised(graph);
    let silent = graph
        .steps
        .filter_map(|node, _| Some(node), |edge, step| is_silent(graph, edge, step, &raised).then_some(edge));
    let mut found: Vec<_> =
        petgraph::algo::kosaraju_scc(&silent).into_iter().filter_map(|knot| round(&silent, &knot)).collect();
    found.retain(|round| is_fed(graph, round, &raised));
    found
}

/// Which internal events each transition or entered state raises.
struct Raised {
    by_transition: BTreeMap<TransitionIx, BTreeSet<Name>>,
    by_state: BTreeMap<StateIx, BTreeSet<Name>>,
}

/// What entering a state does, its start included.
fn of_entry(state: &machine::chart::State) -> Vec<machine::action::Action> {
    let start = state.initial.iter().flat_map(|initial| &initial.actions);
    state.entry.iter().chain(start).cloned().collect()
}

fn raised(graph: &Graph<'_>) -> Raised {
    let chart = graph.chart;
    let names = |actions: &[machine::action::Action]| {
        let mut names = BTreeSet::new();
        uses::each_action(actions, &mut |action| {
            if let machine::action::Action::Raise { event, .. } = action {
                names.insert(event.clone());
            }
        });
        names
    };
    let transitions = uses::numbered(&chart.transitions);
    let states = uses::numbered(&chart.states);
    Raised {
        by_transition: transitions.map(|(at, t)| (TransitionIx(at), names(&t.actions))).collect(),
        by_state: states.map(|(at, state)| (StateIx(at), names(&of_entry(state)))).collect(),
    }
}

/// Whether a step may be taken with nothing happening outside.
fn is_silent(graph: &Graph<'_>, edge: EdgeIndex, step: &Step, raised: &Raised) -> bool {
    let Some(on) = step.on else { return true };
    match graph.alphabet[on].from {
        From::Done(_) => graph.steps.edge_endpoints(edge).is_some_and(|(from, to)| from != to),
        From::Own => {
            let name = &graph.alphabet[on].name;
            let mut all = raised.by_transition.values().chain(raised.by_state.values());
            all.any(|names| names.contains(name))
        }
        _ => false,
    }
}

/// The shortest round through the first node of a knot.
fn round(silent: &DiGraph<NodeIndex, EdgeIndex>, knot: &[NodeIndex]) -> Option<Vec<(EdgeIndex, NodeIndex)>> {
    let inside: BTreeSet<NodeIndex> = knot.iter().copied().collect();
    let start = knot.iter().min_by_key(|node| silent[**node]).copied()?;
    let mut came: BTreeMap<NodeIndex, (NodeIndex, EdgeIndex)> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        for edge in silent.edges(node).filter(|edge| inside.contains(&edge.target())) {
            if edge.target() == start {
                return Some(back(silent, &came, node, start, *edge.weight()));
            }
            if let std::collections::btree_map::Entry::Vacant(place) = came.entry(edge.target()) {
                place.insert((node, *edge.weight()));
                waiting.push_back(edge.target());
            }
        }
    }
    None
}

fn back(
    silent: &DiGraph<NodeIndex, EdgeIndex>,
    came: &BTreeMap<NodeIndex, (NodeIndex, EdgeIndex)>,
    last: NodeIndex,
    start: NodeIndex,
    closing: EdgeIndex,
) -> Vec<(EdgeIndex, NodeIndex)> {
    let mut round = vec![(closing, silent[start])];
    let mut node = last;
    while let Some((before, edge)) = came.get(&node).filter(|_| node != start) {
        round.push((*edge, silent[node]));
        node = *before;
    }
    round.reverse();
    round
}

/// The states a step enters, those it leaves first among them.
fn entered(graph: &Graph<'_>, edge: EdgeIndex) -> Vec<StateIx> {
    let (Some((from, to)), Some(step)) = (graph.steps.edge_endpoints(edge), graph.steps.edge_weight(edge))
    else {
        return vec![];
    };
    let (before, after) = (&graph.steps[from], &graph.steps[to]);
    let left = before.place(graph.chart).leaves(&step.taken);
    let anew = |state: &StateIx| !before.has(*state) || left.contains(state);
    after.active.iter().copied().filter(anew).collect()
}

/// Whether the internal events that a round answers are raised on the round itself.
fn is_fed(graph: &Graph<'_>, round: &[(EdgeIndex, NodeIndex)], raised: &Raised) -> bool {
    let steps: Vec<&Step> = round.iter().filter_map(|(edge, _)| graph.steps.edge_weight(*edge)).collect();
    let by_transition = steps.iter().flat_map(|step| &step.taken).filter_map(|t| raised.by_transition.get(t));
    let entered: BTreeSet<StateIx> = round.iter().flat_map(|(edge, _)| entered(graph, *edge)).collect();
    let by_state = entered.iter().filter_map(|state| raised.by_state.get(state));
    let names: BTreeSet<&Name> = by_transition.chain(by_state).flatten().collect();
    steps.iter().filter_map(|step| step.on).all(|on| match graph.alphabet[on].from {
        From::Own => names.contains(&graph.alphabet[on].name),
        _ => true,
    })
}
