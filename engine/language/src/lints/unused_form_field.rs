//! A line of a form that nothing keeps and nothing reads.

use machine::chart::Variable;
use machine::ids::EventIx;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{formulas, numbered, variable};
use crate::process::Thing;
use crate::words;

/// Reports form fields without a data field of the same name that no formula asks for.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let formulas = formulas(subject.definition);
    for (ix, chart, _) in subject.charts() {
        let own: Vec<_> = formulas.iter().filter(|it| it.chart == ix).collect();
        let reads = |name: &str| {
            let mut all = own.iter().flat_map(|it| it.formula.reads());
            all.any(|read| {
                let event = variable(chart, read) == Some(&Variable::Event);
                event && read.path.first().is_none_or(|first| first == name)
            })
        };
        for (at, event) in numbered(&chart.events) {
            for line in event.form.iter().filter(|line| line.field.is_none() && !reads(&line.name)) {
                let (name, sent) = (&line.name, &event.name);
                let message = words!(
                    "`{sent}` 的表单项 `{name}` 填了没有用",
                    "what is filled into `{name}` of `{sent}` is lost"
                );
                let span = subject.span(Thing::Event(ix, EventIx(at)));
                report.push(Diagnostic::new(codes::UNUSED_FORM_FIELD, span, message).advise(words!(
                    "在 `data` 里声明同名的数据项，或在公式里用 `event.{name}`",
                    "declare a data field of that name, or read `event.{name}` in a formula"
                )));
            }
        }
    }
}
