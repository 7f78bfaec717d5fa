//! A data field of a child process that nothing ever fills.

use std::collections::BTreeSet;

use machine::action::Action;
use machine::ids::{ChartIx, FieldIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{each_action, numbered, sites};
use crate::process::Thing;
use crate::words;

/// Reports fields of children without form, `set`, `with` or default. A main process takes its data when a
/// case starts, so all of it may be given there.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let mut filled: BTreeSet<(ChartIx, FieldIx)> = BTreeSet::new();
    for site in sites(subject.definition) {
        each_action(site.actions, &mut |action| match action {
            Action::Set { field, .. } => drop(filled.insert((site.chart, *field))),
            Action::Start { child, data, .. } => {
                filled.extend(data.iter().map(|(field, _)| (*child, *field)))
            }
            _ => {}
        });
    }
    for (ix, chart, _) in subject.charts().filter(|(ix, ..)| *ix != ChartIx::MAIN) {
        let by_form: BTreeSet<FieldIx> =
            chart.events.iter().flat_map(|event| &event.form).filter_map(|line| line.field).collect();
        for (at, field) in numbered(&chart.fields) {
            let at = FieldIx(at);
            if field.default.is_some() || by_form.contains(&at) || filled.contains(&(ix, at)) {
                continue;
            }
            let name = &field.name;
            let message = words!("数据项 `{name}` 从来没有人填", "nothing ever fills the field `{name}`");
            let found =
                Diagnostic::new(codes::FIELD_NEVER_FILLED, subject.span(Thing::Field(ix, at)), message);
            report.push(found.advise(words!(
                "写进某个事件的 `form`、用 `set` 赋值，或删去它",
                "put it into the `form` of an event, `set` it, or remove it"
            )));
        }
    }
}
