//! A clock that changes nothing: no branch answers it and no formula asks when it is due.

use machine::ids::{ChartIx, ClockIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{formulas, numbered};
use crate::process::Thing;
use crate::words;

/// Reports clocks without effect.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    // Most formulas ask for no clock.
    let asking = formulas(subject.definition).into_iter().filter(|it| it.formula.text().contains("due"));
    let asking: Vec<(ChartIx, String)> =
        asking.map(|it| (it.chart, it.formula.text().replace(' ', ""))).collect();
    for (ix, chart, _) in subject.charts() {
        for (at, clock) in numbered(&chart.clocks) {
            let answered = chart.transitions.iter().flat_map(|t| &t.on).any(|it| it.answers(&clock.event));
            let asks = format!("due(\"{}\")", clock.name);
            let asked = asking.iter().any(|(chart, text)| *chart == ix && text.contains(&asks));
            if answered || asked {
                continue;
            }
            let name = &clock.name;
            let message =
                words!("时限 `{name}` 到期后什么也不发生", "nothing happens when the clock `{name}` is due");
            let span = subject.span(Thing::Clock(ix, ClockIx(at)));
            report.push(Diagnostic::new(codes::IDLE_CLOCK, span, message).advise(words!(
                "写明到期后做什么（期限写 `overdue`，门槛写 `opens`，等待写 `then`），或删去它",
                "say what follows (`overdue` of a deadline, `opens` of a gate, `then` of a wait), or remove it"
            )));
        }
    }
}
