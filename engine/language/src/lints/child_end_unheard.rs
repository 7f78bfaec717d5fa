//! Children whose end the main process does not notice.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::alphabet::started;
use crate::process::Thing;
use crate::words;

/// Reports kinds of children of which no state answers the end.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let definition = subject.definition;
    for ix in started(definition) {
        let chart = definition.chart(ix);
        let Some(rules) = &chart.child else { continue };
        let mut patterns = definition.main().transitions.iter().flat_map(|transition| &transition.on);
        if patterns.any(|pattern| pattern.answers(&rules.ended)) {
            continue;
        }
        let (name, ended) = (&chart.name, &rules.ended);
        let message = words!(
            "没有状态应答 `{ended}`：子流程 `{name}` 办完了主流程也不知道",
            "no state answers `{ended}`: the main process does not notice that a `{name}` has ended"
        );
        let span = subject.span(Thing::Chart(ix));
        report.push(Diagnostic::new(codes::CHILD_END_UNHEARD, span, message).advise(words!(
            "在等待子流程的状态里写 `on: {{ {ended}: ... }}`",
            "write `on: {{ {ended}: ... }}` in the state that waits for it"
        )));
    }
}
