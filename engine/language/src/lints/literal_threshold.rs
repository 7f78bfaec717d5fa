//! A number written into a condition or a bound instead of a parameter.

use expr::formula::Literal;
use expr::value::Value;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{Bounds, Purpose, bounds, formulas};
use crate::span::Span;
use crate::words;

/// How far behind a field's name its range is looked for, in bytes.
const RANGE_WITHIN: usize = 2_000;

/// Reports literals other than 0 and 1 that decide something.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let deciding = [Purpose::Guard, Purpose::Condition, Purpose::Bound];
    for used in formulas(subject.definition).into_iter().filter(|it| deciding.contains(&it.purpose)) {
        for literal in used.formula.literals().iter().filter(|it| is_policy(it)) {
            let text = used.formula.text().get(literal.span.clone()).unwrap_or_default();
            report.push(found(subject.part(used.of, used.formula, literal.span.clone()), text));
        }
    }
    for bound in bounds(subject.definition) {
        for literal in bound.tests.literals().iter().filter(|it| is_policy(it)) {
            let text = bound.tests.text().get(literal.span.clone()).unwrap_or_default();
            report.push(found(place(subject, &bound, literal), text));
        }
    }
}

/// Nothing and one are not a policy; everything else is.
fn is_policy(literal: &Literal) -> bool {
    literal.value != Value::number(0) && literal.value != Value::number(1)
}

/// The literal in the text behind the name of what is bounded.
fn place(subject: &Subject<'_>, bound: &Bounds<'_>, literal: &Literal) -> Span {
    let name = subject.span(bound.of);
    let text = subject.sources.text(name.file);
    let mut end = (name.end() + RANGE_WITHIN).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text.get(name.end()..end).and_then(|behind| behind.find(bound.tests.text())) {
        Some(at) => {
            let start = name.end() + at;
            Span::new(name.file, start + literal.span.start..start + literal.span.end)
        }
        None => name,
    }
}

fn found(span: Span, text: &str) -> Diagnostic {
    let message = words!("条件里直接写了 `{text}`", "`{text}` is written into a condition");
    Diagnostic::new(codes::LITERAL_THRESHOLD, span, message)
        .label(words!("政策一变就得改这里", "a change of policy has to find this place"))
        .advise(words!(
            "在 `parameters` 里给它起名字、写生效日期和依据，这里用名字",
            "give it a name, a date and a basis under `parameters`, and write the name here"
        ))
}
