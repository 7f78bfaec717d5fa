//! A chart with more combinations of active states than the analysis looks at.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::CONFIGURATIONS_MAX;
use crate::process::Thing;
use crate::words;

/// Says that part of the analysis was left out.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts().filter(|(_, _, graph)| graph.cut) {
        let name = &chart.name;
        let message = words!(
            "`{name}` 的状态组合超过 {CONFIGURATIONS_MAX} 种，走不到、走不出的状态没有查",
            "`{name}` has more than {CONFIGURATIONS_MAX} combinations of states: ways in and out were not checked"
        );
        let found = Diagnostic::new(codes::TOO_MANY_CONFIGURATIONS, subject.span(Thing::Chart(ix)), message);
        report.push(found.advise(words!(
            "减少并行分区，或把其中一部分写成子流程",
            "use fewer parallel regions, or make some of them child processes"
        )));
    }
}
