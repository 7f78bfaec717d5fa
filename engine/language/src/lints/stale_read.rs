//! A guard that reads a data field which the very event is about to fill.
//!
//! A form's line of a field's name fills the field when the event is accepted, and guards are weighed before that: they
//! read what was there until now. Where the same formula reads `event.NAME`, too, the author knows both.

use expr::formula::{Formula, Read};
use machine::chart::{Chart, FormField, Transition, Variable};
use machine::ids::{ChartIx, TransitionIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{numbered, of_guard};
use crate::process::Thing;
use crate::words;

/// Conditions read through conditions no deeper than this.
const DEPTH_MAX: usize = 16;

/// Reports guards on an event that read a field by the name of a line of its form.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    for (ix, chart, _) in subject.charts() {
        for (at, transition) in numbered(&chart.transitions) {
            for guard in transition.guard.iter().flat_map(of_guard) {
                if let Some((line, read)) = stale(chart, transition, guard, 0) {
                    report.push(found(subject, ix, TransitionIx(at), guard, line, &read));
                }
            }
        }
    }
}

/// The line whose field a formula reads too early, and where a formula reads it itself.
fn stale<'d>(
    chart: &'d Chart,
    transition: &Transition,
    formula: &'d Formula,
    depth: usize,
) -> Option<(&'d FormField, Option<Read>)> {
    let form = &chart.event(transition.event?).form;
    let reads =
        || formula.reads().iter().filter_map(|read| Some((read, chart.variables.get(read.slot.0 as usize)?)));
    let of_event = |line: &FormField| {
        let same = |read: &Read| read.path.first().is_some_and(|name| **name == *line.name);
        reads().any(|(read, variable)| *variable == Variable::Event && same(read))
    };
    for (read, variable) in reads() {
        match variable {
            Variable::Field(field) => {
                let line = form.iter().find(|line| line.field == Some(*field));
                if let Some(line) = line.filter(|line| !of_event(line)) {
                    return Some((line, Some(read.clone())));
                }
            }
            Variable::Condition(condition) if depth < DEPTH_MAX => {
                let inner = &chart.conditions[condition.at()].formula;
                let inner = stale(chart, transition, inner, depth + 1);
                if let Some((line, _)) = inner.filter(|(line, _)| !of_event(line)) {
                    return Some((line, None));
                }
            }
            _ => {}
        }
    }
    None
}

fn found(
    subject: &Subject<'_>,
    ix: ChartIx,
    at: TransitionIx,
    guard: &Formula,
    line: &FormField,
    read: &Option<Read>,
) -> Diagnostic {
    let of = Thing::Transition(ix, at);
    let (span, name) = match read {
        Some(read) => (subject.part(of, guard, read.span.clone()), &line.name),
        None => (subject.formula(of, guard), &line.name),
    };
    Diagnostic::new(
        codes::STALE_READ,
        span,
        words!(
            "这个条件读的是 `{name}` 原来的值，不是这次填的",
            "this condition reads what `{name}` was before, not what comes with the event"
        ),
    )
    .advise(words!(
        "要这次填的值写 `event.{name}`；要原来的值写 `case.{name}`（子流程里 `this.{name}`）",
        "write `event.{name}` for what is given now, `case.{name}` (in a child `this.{name}`) for what was there"
    ))
}
