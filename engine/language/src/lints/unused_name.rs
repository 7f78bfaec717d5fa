//! A parameter, table, condition, role, refusal, record or notice that is declared and never used.

use std::collections::BTreeSet;

use machine::action::{Action, Recipient};
use machine::chart::{Chart, Go, Variable};
use machine::ids::{ChartIx, ConditionIx, Name, ParameterIx, RoleIx, TableIx};
use machine::refusal::Code;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::graph::uses::{bounds, charts, each_action, formulas, numbered, sites, variable};
use crate::process::Thing;
use crate::words;
use crate::words::Words;

/// What is used, gathered once.
#[derive(Default)]
struct Used {
    parameters: BTreeSet<ParameterIx>,
    conditions: BTreeSet<(ChartIx, ConditionIx)>,
    roles: BTreeSet<RoleIx>,
    refusals: BTreeSet<Name>,
    records: BTreeSet<Name>,
    notices: BTreeSet<Name>,
}

/// Reports every name nobody uses.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report) {
    let definition = subject.definition;
    let used = gather(subject);
    let mut say =
        |thing: Thing, kind: (&str, &str), name: &str| report.push(found(subject, thing, kind, name));
    for (at, it) in numbered(&definition.parameters) {
        let in_table = subject.map.tables.iter().any(|table| table.text.contains(&*it.name));
        if !used.parameters.contains(&ParameterIx(at)) && !in_table {
            say(Thing::Parameter(ParameterIx(at)), ("参数", "parameter"), &it.name);
        }
    }
    let texts: Vec<&str> = formulas(definition).iter().map(|it| it.formula.text()).collect();
    for (at, it) in
        numbered(&definition.tables).filter(|(_, it)| !texts.iter().any(|text| text.contains(&*it.name)))
    {
        say(Thing::Table(TableIx(at)), ("决策表", "table"), &it.name);
    }
    for (ix, chart) in charts(definition) {
        for (at, it) in numbered(&chart.conditions) {
            if !used.conditions.contains(&(ix, ConditionIx(at))) {
                say(Thing::Condition(ix, ConditionIx(at)), ("条件", "condition"), &it.name);
            }
        }
    }
    for (at, it) in numbered(&definition.roles).filter(|(at, _)| !used.roles.contains(&RoleIx(*at))) {
        say(Thing::Role(RoleIx(at)), ("角色", "role"), &it.name);
    }
    for (at, it) in numbered(&definition.refusals).filter(|(_, it)| !used.refusals.contains(&it.code)) {
        say(Thing::Refusal(at), ("拒绝理由", "refusal"), &it.code);
    }
    for (at, it) in numbered(&definition.records).filter(|(_, it)| !used.records.contains(&it.code)) {
        say(Thing::Record(at), ("历史用语", "record"), &it.code);
    }
    for (at, it) in numbered(&definition.notices).filter(|(_, it)| !used.notices.contains(&it.name)) {
        say(Thing::Notice(at), ("通知", "notice"), &it.name);
    }
}

fn found(subject: &Subject<'_>, thing: Thing, (zh, en): (&str, &str), name: &str) -> Diagnostic {
    let message = Words::new(format!("{zh} `{name}` 没有用到"), format!("the {en} `{name}` is never used"));
    Diagnostic::new(codes::UNUSED_NAME, subject.span(thing), message)
        .advise(words!("用上它，或删去", "use it, or remove it"))
}

fn gather(subject: &Subject<'_>) -> Used {
    let definition = subject.definition;
    // The words of an engine's own refusal may be replaced without naming it anywhere.
    let mut used =
        Used { refusals: Code::ALL.iter().map(|code| code.name().into()).collect(), ..Used::default() };
    let reads = formulas(definition)
        .into_iter()
        .flat_map(|it| it.formula.reads().iter().map(move |read| (it.chart, read)));
    let tests = bounds(definition)
        .into_iter()
        .flat_map(|it| it.tests.reads().iter().map(move |read| (it.chart, read)));
    for (chart, read) in reads.chain(tests) {
        match variable(definition.chart(chart), read) {
            Some(Variable::Parameter(parameter)) => drop(used.parameters.insert(*parameter)),
            Some(Variable::Condition(condition)) => drop(used.conditions.insert((chart, *condition))),
            _ => {}
        }
    }
    charts(definition).for_each(|(_, chart)| of_chart(chart, &mut used));
    for site in sites(definition) {
        each_action(site.actions, &mut |action| of_action(action, &mut used));
    }
    used
}

fn of_action(action: &Action, used: &mut Used) {
    match action {
        Action::Record { code, .. } => drop(used.records.insert(code.clone())),
        Action::Notify { notice, to, .. } => {
            used.notices.insert(notice.clone());
            used.roles.extend(to.iter().filter_map(|it| match it {
                Recipient::Role(role) => Some(*role),
                Recipient::Key | Recipient::Named(_) => None,
            }));
        }
        _ => {}
    }
}

fn of_chart(chart: &Chart, used: &mut Used) {
    for transition in &chart.transitions {
        used.roles.extend(&transition.by);
        if let Go::Refuse { code } = &transition.go {
            used.refusals.insert(code.clone());
        }
    }
    for event in &chart.events {
        used.roles.extend(&event.by);
        used.refusals.extend(event.otherwise.clone());
        used.refusals.extend(event.form.iter().filter_map(|line| line.refusal.clone()));
    }
    used.refusals.extend(chart.fields.iter().filter_map(|field| field.refusal.clone()));
    used.roles.extend(chart.states.iter().filter_map(|state| state.task.as_ref()).map(|task| task.role));
    used.roles.extend(chart.clocks.iter().flat_map(|clock| &clock.authority));
    used.roles.extend(chart.parties.iter().map(|party| party.role));
    if let Some(rules) = &chart.child {
        used.refusals.insert(rules.already.clone());
        used.refusals.extend(rules.cap.iter().map(|cap| cap.refusal.clone()));
        used.refusals.extend(rules.again.iter().map(|again| again.refusal.clone()));
    }
}
