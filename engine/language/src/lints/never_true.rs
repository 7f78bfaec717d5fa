//! A condition that can never hold.

use machine::chart::Guard;
use machine::ids::{ClockIx, TransitionIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::guards::Guards;
use crate::graph::uses::{numbered, of_guard};
use crate::process::Thing;
use crate::words;

/// Reports guards of branches and clocks that are false in every case.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        let guards = Guards::of(subject.definition, chart, &subject.patience);
        let of_branch = numbered(&chart.transitions)
            .filter_map(|(at, it)| Some((Thing::Transition(ix, TransitionIx(at)), it.guard.as_ref()?)));
        let of_clock = numbered(&chart.clocks)
            .filter_map(|(at, it)| Some((Thing::Clock(ix, ClockIx(at)), it.when.as_ref()?)));
        for (of, guard) in of_branch.chain(of_clock).filter(|(_, guard)| !guards.together(&[guard])) {
            report.push(found(subject, of, guard));
        }
    }
}

fn found(subject: &Subject<'_>, of: Thing, guard: &Guard) -> Diagnostic {
    let span = of_guard(guard).first().map_or_else(|| subject.span(of), |it| subject.formula(of, it));
    Diagnostic::new(codes::NEVER_TRUE, span, words!("这个条件永远不成立", "this condition never holds"))
        .advise(words!("改正条件，或删去这个分支", "mend the condition, or remove the branch"))
}
