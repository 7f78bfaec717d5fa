//! A process without any final state: its cases never end.

use machine::ids::StateIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::is_top_final;
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports charts that have no final state at the top.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        if numbered(&chart.states).any(|(at, _)| is_top_final(chart, StateIx(at))) {
            continue;
        }
        let name = &chart.name;
        let message = words!(
            "`{name}` 没有终结状态，案件永远不会办结",
            "`{name}` has no final state: its cases never end"
        );
        report.push(Diagnostic::new(codes::NO_END, subject.span(Thing::Chart(ix)), message).advise(words!(
            "在最外层的 `states` 里写一个 `type: final` 的状态",
            "write a state with `type: final` among the outermost `states`"
        )));
    }
}
