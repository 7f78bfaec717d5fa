//! Something people see that has no title for them.

use expr::value::Type;
use machine::ids::{Bilingual, ChartIx, ClockIx, ConditionIx, EventIx, FieldIx, ParameterIx, StateIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports states, events, clocks, data and parameters shown by their technical name, words of choices shown as they
/// are written, and conditions that have only a Chinese name.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let mut say = |thing: Thing, name: &str, title: &Bilingual| {
        if *title.zh == *name && *title.en == *name {
            report.push(found(subject, thing, name));
        }
    };
    for (at, it) in numbered(&subject.definition.parameters) {
        say(Thing::Parameter(ParameterIx(at)), &it.name, &it.title);
    }
    for (ix, chart, _) in subject.charts() {
        for (at, it) in numbered(&chart.states).skip(1) {
            if !matches!(it.kind, machine::chart::StateKind::History { .. }) {
                say(Thing::State(ix, StateIx(at)), &it.name, &it.title);
            }
        }
        numbered(&chart.events).for_each(|(at, it)| say(Thing::Event(ix, EventIx(at)), &it.name, &it.title));
        numbered(&chart.clocks).for_each(|(at, it)| say(Thing::Clock(ix, ClockIx(at)), &it.name, &it.title));
        numbered(&chart.fields).for_each(|(at, it)| say(Thing::Field(ix, FieldIx(at)), &it.name, &it.title));
    }
    for (at, it) in numbered(&subject.definition.parameters) {
        if let Some(word) = untitled(subject, None, &it.name, &it.ty) {
            report.push(untold(subject, Thing::Parameter(ParameterIx(at)), &it.name, word));
        }
    }
    for (ix, chart, _) in subject.charts() {
        for (at, it) in numbered(&chart.fields) {
            let ty = it.ty.plain();
            if let Some(word) = untitled(subject, Some(ix), &it.name, &ty) {
                report.push(untold(subject, Thing::Field(ix, FieldIx(at)), &it.name, word));
            }
        }
        for (at, it) in numbered(&chart.conditions) {
            if *it.title.en == *it.name && !is_english(&it.name) {
                report.push(half_said(subject, Thing::Condition(ix, ConditionIx(at)), &it.name));
            }
        }
    }
}

/// The first word of a choice that people would see as it is written.
fn untitled<'d>(subject: &Subject<'_>, of: Option<ChartIx>, name: &str, ty: &'d Type) -> Option<&'d str> {
    let words = match ty.known() {
        Type::Choice(words) => words,
        Type::List(item) => return untitled(subject, of, name, item),
        _ => return None,
    };
    words.iter().map(|word| &**word).find(|word| subject.definition.choices.of(of, name, word).is_none())
}

fn untold(subject: &Subject<'_>, thing: Thing, name: &str, word: &str) -> Diagnostic {
    let message = words!(
        "`{name}` 可选的 `{word}` 没有给人看的标题",
        "`{word}`, a choice of `{name}`, has no title for people"
    );
    Diagnostic::new(codes::MISSING_TITLE, subject.span(thing), message).advise(words!(
        "写成 `of: {{ {word}: {{ zh: 中文, en: English }}, ... }}`",
        "write `of: {{ {word}: {{ zh: 中文, en: English }}, ... }}`"
    ))
}

/// Whether an English reader can make something of a name.
fn is_english(name: &str) -> bool {
    name.is_ascii()
}

fn half_said(subject: &Subject<'_>, thing: Thing, name: &str) -> Diagnostic {
    let message = words!("条件 `{name}` 没有英文", "the condition `{name}` has no words in English");
    Diagnostic::new(codes::MISSING_TITLE, subject.span(thing), message).advise(words!(
        "写成 `{name}: {{ is: 公式, en: English }}`",
        "write `{name}: {{ is: FORMULA, en: English }}`"
    ))
}

fn found(subject: &Subject<'_>, thing: Thing, name: &str) -> Diagnostic {
    let message = words!("`{name}` 没有给人看的标题", "`{name}` has no title for people");
    Diagnostic::new(codes::MISSING_TITLE, subject.span(thing), message).advise(words!(
        "写 `title: {{ zh: 中文, en: English }}`",
        "write `title: {{ zh: 中文, en: English }}`"
    ))
}
