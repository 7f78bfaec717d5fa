//! Holes in the rule that nobody reviews their own work.
//!
//! A review is a task with several outcomes of which one needs a reason: saying no has to be justified. A
//! review needs `not_same_actor_as` when the task just before it, or the one a case begins with, belongs to
//! the same role.

use std::collections::BTreeSet;

use machine::chart::{Chart, TaskDecl};
use machine::ids::{ChartIx, StateIx};
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::graph::Graph;
use crate::graph::uses::numbered;
use crate::words;

/// Reports exclusions that exclude nobody, and reviews open to those who did the work.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts() {
        for (at, state) in numbered(&chart.states) {
            let Some(task) = &state.task else { continue };
            excludes_nobody(subject, ix, chart, (StateIx(at), task), report);
            if is_review(chart, task) {
                same_hands(subject, ix, graph, (StateIx(at), task), report);
            }
        }
    }
}

fn excludes_nobody(
    subject: &Subject<'_>,
    ix: ChartIx,
    chart: &Chart,
    (state, task): (StateIx, &TaskDecl),
    report: &mut Report,
) {
    for other in task.not_same_actor_as.iter().filter(|other| !is_decided(chart, **other)) {
        let name = &chart.state(*other).name;
        let message = words!(
            "`not_same_actor_as` 里的 `{name}` 没有人办理，起不到回避的作用",
            "nobody acts in `{name}`: `not_same_actor_as` excludes nobody"
        );
        let found = Diagnostic::new(codes::FOUR_EYES, subject.state(ix, state), message)
            .also(subject.state(ix, *other), words!("这里没有任务", "no task here"))
            .advise(words!("写先前办理这件事的那个状态", "name the state in which the work was done"));
        report.push(found);
    }
}

/// Whether somebody acts in a state, or in one inside it.
fn is_decided(chart: &Chart, state: StateIx) -> bool {
    (state.0..=chart.state(state).last.0).map(StateIx).any(|at| {
        let decl = chart.state(at);
        let sent = decl.transitions.iter().any(|t| chart.transitions[t.at()].event.is_some());
        decl.task.is_some() || sent
    })
}

fn is_review(chart: &Chart, task: &TaskDecl) -> bool {
    task.outcomes.len() > 1 && task.outcomes.iter().any(|event| chart.events[event.at()].reason)
}

fn same_hands(
    subject: &Subject<'_>,
    ix: ChartIx,
    graph: &Graph<'_>,
    (state, task): (StateIx, &TaskDecl),
    report: &mut Report,
) {
    let chart = graph.chart;
    let excluded = |other: StateIx| {
        let same = |it: &StateIx| *it == other || chart.is_descendant(other, *it);
        task.not_same_actor_as.iter().any(same)
    };
    for (before, node) in done_before(graph, state) {
        let Some(other) = &chart.state(before).task else { continue };
        if before >= state || other.role != task.role || excluded(before) {
            continue;
        }
        let (name, earlier) = (&chart.state(state).name, &chart.state(before).name);
        let role = &subject.definition.roles[task.role.at()].name;
        let message = words!(
            "`{name}` 由 `{role}` 审核，而 `{earlier}` 也由 `{role}` 办理：同一个人可以自己审自己",
            "`{name}` is reviewed by `{role}`, who also acts in `{earlier}`: one person may do both"
        );
        // Two checks in a row by one office may be meant; a check of one's own work never is.
        let severity = if is_review(chart, other) { Severity::Advice } else { Severity::Warning };
        let found = Diagnostic::new(codes::FOUR_EYES, subject.state(ix, state), message)
            .severity(severity)
            .also(subject.state(ix, before), words!("前一道手", "the work that is reviewed"))
            .advise(words!(
                "在任务里写 `not_same_actor_as: [{earlier}]`，或换一个角色审核",
                "write `not_same_actor_as: [{earlier}]` in the task, or let another role review"
            ));
        report.push(graph.show_way(node, ix, subject.map, found));
    }
}

/// Task states whose outcome leads to a state, and the one a case begins with; with a configuration to show.
fn done_before(graph: &Graph<'_>, state: StateIx) -> BTreeSet<(StateIx, NodeIndex)> {
    let mut found: BTreeSet<(StateIx, NodeIndex)> = BTreeSet::new();
    let mut add = |at: StateIx, node: NodeIndex| {
        if !found.iter().any(|(known, _)| *known == at) {
            found.insert((at, node));
        }
    };
    for edge in graph.steps.edge_references().filter(|edge| arrives(graph, edge.target(), state)) {
        let Some(on) = edge.weight().on else { continue };
        for at in graph.steps[edge.source()].active.iter().copied().filter(|at| *at != state) {
            let task = graph.chart.state(at).task.as_ref();
            let completes = task.is_some_and(|task| {
                let mut names = task.outcomes.iter().map(|event| &graph.chart.events[event.at()].name);
                names.any(|name| *name == graph.alphabet[on].name)
            });
            if completes {
                add(at, edge.target());
            }
        }
    }
    let reached = graph.first(|here| here.has(state));
    let begins = graph.steps.node_weight(NodeIndex::new(0));
    for at in begins.into_iter().flat_map(|here| here.active.iter().copied()).filter(|at| *at != state) {
        if let Some(node) = reached.filter(|_| graph.chart.state(at).task.is_some()) {
            add(at, node);
        }
    }
    found
}

/// Whether a state is active in a configuration, or in one that follows at once.
fn arrives(graph: &Graph<'_>, node: NodeIndex, state: StateIx) -> bool {
    let has = |node: NodeIndex| graph.steps[node].has(state);
    has(node) || graph.steps.edges(node).any(|edge| edge.weight().on.is_none() && has(edge.target()))
}
