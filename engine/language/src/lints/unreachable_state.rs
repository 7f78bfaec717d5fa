//! A state that no case can ever be in.

use machine::chart::{Chart, Go, StateKind};
use machine::ids::{ChartIx, StateIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::words;

/// Reports the outermost states that nothing leads to.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, graph) in subject.charts().filter(|(_, _, graph)| !graph.cut) {
        let reached = graph.reached();
        let outside = |state: &StateIx| match chart.state(*state).kind {
            StateKind::History { .. } => !is_named(chart, *state),
            _ => !reached.contains(state),
        };
        let round = |state: StateIx| chart.state(state).parent.filter(|parent| *parent != StateIx::ROOT);
        let all = numbered(&chart.states).skip(1).map(|(at, _)| StateIx(at));
        for state in all.filter(|state| outside(state) && round(*state).is_none_or(|it| !outside(&it))) {
            report.push(found(subject, ix, chart, state));
        }
    }
}

/// Whether anything leads to a state by name.
fn is_named(chart: &Chart, state: StateIx) -> bool {
    let start = chart.states.iter().filter_map(|other| other.initial.as_ref());
    let by_transition = chart.transitions.iter().any(|t| match &t.go {
        Go::To { targets, .. } => targets.contains(&state),
        Go::Stay | Go::Refuse { .. } => false,
    });
    by_transition || start.into_iter().any(|initial| initial.targets.contains(&state))
}

fn found(subject: &Subject<'_>, ix: ChartIx, chart: &Chart, state: StateIx) -> Diagnostic {
    let name = &chart.state(state).name;
    let message = words!("没有案件能到达状态 `{name}`", "no case can ever reach the state `{name}`");
    let named = chart.transitions.iter().position(|t| match &t.go {
        Go::To { targets, .. } => targets.contains(&state),
        Go::Stay | Go::Refuse { .. } => false,
    });
    let found = Diagnostic::new(codes::UNREACHABLE_STATE, subject.state(ix, state), message);
    match named.and_then(|at| u16::try_from(at).ok()) {
        Some(at) => {
            let way = crate::process::Thing::Transition(ix, machine::ids::TransitionIx(at));
            found
                .also(subject.span(way), words!("这条路本身走不到", "this way to it can never be taken"))
                .advise(words!("看通往它的路为什么走不通", "see why the way to it is closed"))
        }
        None => found.advise(words!(
            "在某个状态的 `on` 里写 `go: {name}`，或删去这个状态",
            "lead to it with `go: {name}` in some state, or remove it"
        )),
    }
}
