//! A task that may wait for ever: no clock runs over it and no reason is given.

use machine::chart::{Chart, ClockKind};
use machine::ids::{ChartIx, StateIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::words;

/// Reports tasks without a deadline of their own or round them.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, state) in numbered(&chart.states).filter(|(_, state)| state.task.is_some()) {
            if is_limited(chart, StateIx(at)) || is_explained(subject, ix, chart, StateIx(at)) {
                continue;
            }
            let name = &state.name;
            let message = words!("`{name}` 的任务没有期限", "the task of `{name}` has no deadline");
            let found =
                Diagnostic::new(codes::TASK_WITHOUT_DEADLINE, subject.state(ix, StateIx(at)), message);
            report.push(found.advise(words!(
                "写 `deadlines:`，或用 `no_deadline:` 说明为什么不设期限",
                "write `deadlines:`, or say under `no_deadline:` why there is none"
            )));
        }
    }
}

/// Whether a clock that limits something runs while the state is active.
fn is_limited(chart: &Chart, state: StateIx) -> bool {
    let round = std::iter::once(state).chain(chart.ancestors(state));
    let stands = &chart.state(state).pauses;
    round
        .flat_map(|at| &chart.state(at).clocks)
        .any(|clock| chart.clocks[clock.at()].kind != ClockKind::Gate && !stands.contains(clock))
}

fn is_explained(subject: &Subject<'_>, ix: ChartIx, chart: &Chart, state: StateIx) -> bool {
    let mut round = std::iter::once(state).chain(chart.ancestors(state));
    round.any(|at| subject.map.silences.get(&(ix, at)).is_some_and(|said| said.no_deadline.is_some()))
}
