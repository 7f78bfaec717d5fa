//! Something people see that has no title for them.

use machine::ids::{Bilingual, ClockIx, EventIx, FieldIx, ParameterIx, StateIx};

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::numbered;
use crate::process::Thing;
use crate::words;

/// Reports states, events, clocks, data and parameters shown by their technical name.
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
}

fn found(subject: &Subject<'_>, thing: Thing, name: &str) -> Diagnostic {
    let message = words!("`{name}` 没有给人看的标题", "`{name}` has no title for people");
    Diagnostic::new(codes::MISSING_TITLE, subject.span(thing), message).advise(words!(
        "写 `title: {{ zh: 中文, en: English }}`",
        "write `title: {{ zh: 中文, en: English }}`"
    ))
}
