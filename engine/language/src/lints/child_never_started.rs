//! A kind of child process that nothing starts.

use machine::ids::ChartIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::alphabet::started;
use crate::process::Thing;
use crate::words;

/// Reports kinds of children without any `start`.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let started = started(subject.definition);
    for (ix, chart, _) in subject.charts().filter(|(ix, ..)| *ix != ChartIx::MAIN && !started.contains(ix)) {
        let name = &chart.name;
        let message =
            words!("子流程 `{name}` 从来没有启动", "nothing ever starts the child process `{name}`");
        let span = subject.span(Thing::Chart(ix));
        report.push(Diagnostic::new(codes::CHILD_NEVER_STARTED, span, message).advise(words!(
            "在某个分支的 `do` 里写 `start: {{ child: {name}, key: ... }}`，或删去它",
            "write `start: {{ child: {name}, key: ... }}` under `do` of some branch, or remove it"
        )));
    }
}
