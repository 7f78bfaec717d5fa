//! An event that is declared and that no state answers.

use machine::ids::EventIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports events that are refused in every state.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, event) in numbered(&chart.events) {
            let patterns = || chart.transitions.iter().flat_map(|transition| &transition.on);
            if patterns().any(|pattern| pattern.answers(&event.name)) {
                continue;
            }
            let name = &event.name;
            let message = words!("没有状态应答事件 `{name}`", "no state answers the event `{name}`");
            let span = subject.span(Thing::Event(ix, EventIx(at)));
            report.push(Diagnostic::new(codes::UNANSWERED_EVENT, span, message).advise(words!(
                "在某个状态的 `on` 里写 `{name}`，或删去它",
                "write `{name}` under `on` of some state, or remove it"
            )));
        }
    }
}
