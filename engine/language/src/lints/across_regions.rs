//! A transition from one region of a parallel state into another.

use machine::chart::{Chart, Go, StateKind, Transition};
use machine::ids::{StateIx, TransitionIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports transitions that leave and enter the same parallel state: every region starts anew.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, transition) in numbered(&chart.transitions) {
            let Some(parallel) = crossed(chart, transition) else { continue };
            let name = &chart.state(parallel).name;
            let message = words!(
                "从 `{name}` 的一个分区跳到另一个分区：所有分区都会重新开始",
                "this leads from one region of `{name}` to another: every region starts anew"
            );
            let span = subject.span(Thing::Transition(ix, TransitionIx(at)));
            report.push(
                Diagnostic::new(codes::ACROSS_REGIONS, span, message)
                    .also(subject.state(ix, parallel), words!("并行状态", "the parallel state"))
                    .advise(words!(
                        "用 `raise` 发一个事件，让另一个分区自己应答",
                        "`raise` an event and let the other region answer it"
                    )),
            );
        }
    }
}

fn crossed(chart: &Chart, transition: &Transition) -> Option<StateIx> {
    let Go::To { targets, .. } = &transition.go else { return None };
    let source = transition.source;
    let within = |state: StateIx, region: StateIx| state == region || chart.is_descendant(state, region);
    chart.ancestors(source).filter(|at| chart.state(*at).kind == StateKind::Parallel).find(|parallel| {
        let own = chart.state(*parallel).children.iter().find(|region| within(source, **region));
        own.is_some_and(|own| {
            targets.iter().any(|it| chart.is_descendant(*it, *parallel) && !within(*it, *own))
        })
    })
}
