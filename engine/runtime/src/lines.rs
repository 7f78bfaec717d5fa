//! What lists show of a case, and what of a step goes out: the rows beside the case itself.

use expr::value::Value;
use jiff::Timestamp;
use machine::action::Reach;
use machine::case::{Case, Purpose, Run, Task};
use machine::chart::{Chart, PartyOf};
use machine::definition::Definition;
use machine::fact::{Addressee, Fact, What};
use machine::ids::{ChartIx, Name, RunIx};
use ports::commit::{Line, OpenTask, TaskChange};
use ports::outbox::Outgoing;
use ports::query::Standing;

/// The connector that takes messages to other cases; it is the engine itself.
pub const MESSAGES: &str = "cases";
/// The connector that takes notices to people.
pub const NOTICES: &str = "notices";

/// The line of a case.
pub fn line(definition: &Definition, case: &Case, facts: &[Fact], standing: Standing) -> Line {
    let main = case.main();
    let chart = definition.main();
    let inner = main.active.iter().filter(|s| !main.active.iter().any(|o| chart.is_descendant(*o, **s)));
    Line {
        states: inner.map(|s| chart.state(*s).name.clone()).collect(),
        joined: joined(definition, case, facts),
        correlate: definition.correlate.and_then(|f| text(&main.data[f.at()])),
        standing,
    }
}

/// Parties that have a part in the case since these facts: those of runs that started or whose party was set.
fn joined(definition: &Definition, case: &Case, facts: &[Fact]) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    let touched = |what: &What| matches!(what, What::Started { .. } | What::Set { .. });
    for fact in facts.iter().filter(|f| touched(&f.what)) {
        for party in parties(definition, case, fact.run) {
            if !all.contains(&party) {
                all.push(party);
            }
        }
    }
    all
}

fn parties(definition: &Definition, case: &Case, run: RunIx) -> impl Iterator<Item = Name> {
    let r = case.run(run);
    let of = definition.chart(r.chart).parties.iter().map(|p| p.of).collect::<Vec<_>>();
    let values: Vec<Name> = of.into_iter().filter_map(|of| party(case, r, of)).collect();
    values.into_iter()
}

fn party(case: &Case, run: &Run, of: PartyOf) -> Option<Name> {
    match of {
        PartyOf::Key => text(&run.key),
        PartyOf::Field(field) => text(&run.data[field.at()]),
        PartyOf::Case(field) => text(&case.main().data[field.at()]),
    }
}

fn text(value: &Value) -> Option<Name> {
    value.as_text().map(Name::from)
}

/// How the inbox changes by these facts.
pub fn tasks(definition: &Definition, case: &Case, facts: &[Fact]) -> Vec<TaskChange> {
    let mut changes: Vec<(u32, Option<RunIx>)> = Vec::new();
    for fact in facts {
        let (task, open) = match &fact.what {
            What::TaskOpened(task) | What::TaskChanged { task, .. } => (task.id, Some(fact.run)),
            What::TaskClosed { task, .. } => (*task, None),
            _ => continue,
        };
        changes.retain(|(id, _)| *id != task);
        changes.push((task, open));
    }
    changes.into_iter().map(|(task, run)| change(definition, case, task, run)).collect()
}

fn change(definition: &Definition, case: &Case, task: u32, run: Option<RunIx>) -> TaskChange {
    let open = run.and_then(|run| case.run(run).task(task).map(|t| (run, t)));
    open.and_then(|(run, open)| open_task(definition, case, run, open))
        .map_or(TaskChange::Close(task), TaskChange::Put)
}

fn open_task(definition: &Definition, case: &Case, run: RunIx, task: &Task) -> Option<OpenTask> {
    let r = case.run(run);
    let chart = definition.chart(r.chart);
    let decl = chart.state(task.state).task.as_ref()?;
    let own = chart.parties.iter().find(|p| p.role == decl.role).map(|p| p.of);
    let of = own.or_else(|| {
        let main = definition.chart(ChartIx::MAIN).parties.iter().find(|p| p.role == decl.role)?;
        match main.of {
            PartyOf::Field(field) => Some(PartyOf::Case(field)),
            other => Some(other),
        }
    });
    Some(OpenTask {
        task: task.id,
        state: chart.state(task.state).name.clone(),
        role: definition.roles[decl.role.at()].name.clone(),
        holder: task.holder.as_ref().map(|h| h.id.clone()),
        party: of.and_then(|of| party(case, r, of)),
        opened: task.opened_at,
        due: due(chart, r, task),
    })
}

/// When a task is due: the soonest clock of its state or of a state round it.
fn due(chart: &Chart, run: &Run, task: &Task) -> Option<Timestamp> {
    let round = |owner| owner == task.state || chart.is_descendant(task.state, owner);
    let clocks = run.timers.iter().filter(|t| matches!(t.purpose, Purpose::Clock(_)) && round(t.owner));
    clocks.filter(|t| !t.held).filter_map(|t| t.clock.fires_at()).min()
}

/// What goes out by these facts.
pub fn outgoing(facts: &[Fact]) -> Vec<Outgoing> {
    facts.iter().filter_map(one).collect()
}

fn one(fact: &Fact) -> Option<Outgoing> {
    let (connector, lane): (Name, Option<Name>) = match &fact.what {
        What::Notified { .. } => (NOTICES.into(), None),
        What::Called { connector, .. } => (connector.split('.').next().unwrap_or(connector).into(), None),
        // Messages between one pair of cases keep their order.
        What::Sent { process, reach: Reach::Correlated, key, .. } => {
            (MESSAGES.into(), Some(format!("{process}/{key}").into()))
        }
        What::Sent { process, reach: Reach::Joined, key, .. } => {
            (MESSAGES.into(), Some(format!("{process}/joined/{key}").into()))
        }
        _ => return None,
    };
    Some(Outgoing { connector, lane, fact: fact.clone(), at: fact.at })
}

/// Everyone a notice goes to, by name.
pub fn addressees(fact: &Fact) -> Vec<&Name> {
    match &fact.what {
        What::Notified { to, .. } => to
            .iter()
            .map(|addressee| {
                let (Addressee::Role(who) | Addressee::Party(who)) = addressee;
                who
            })
            .collect(),
        _ => vec![],
    }
}
