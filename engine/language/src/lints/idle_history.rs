//! A history state with nothing to remember.

use machine::chart::StateKind;
use machine::ids::StateIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::words;

/// Reports history states in a state that has fewer than two states to tell apart.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, state) in numbered(&chart.states) {
            let StateKind::History { .. } = state.kind else { continue };
            let parent = state.parent.unwrap_or(StateIx::ROOT);
            let inside = (parent.0 + 1..=chart.state(parent).last.0).map(StateIx);
            let real = inside.filter(|it| !matches!(chart.state(*it).kind, StateKind::History { .. }));
            if real.count() > 1 {
                continue;
            }
            let (name, round) = (&state.name, &chart.state(parent).name);
            let message = words!(
                "历史状态 `{name}` 没有什么可记：`{round}` 里没有几个状态可选",
                "the history state `{name}` has nothing to remember: `{round}` has no states to tell apart"
            );
            let found = Diagnostic::new(codes::IDLE_HISTORY, subject.state(ix, StateIx(at)), message);
            report.push(found.advise(words!(
                "把历史状态移到要返回的那个状态里面，或删去它",
                "move it into the state that is returned to, or remove it"
            )));
        }
    }
}
