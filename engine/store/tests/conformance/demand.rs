//! A small financing demand, made by hand: three banks at most, five days each, ninety days in all.

use std::sync::Arc;

use expr::formula::{Formula, Mode, Scope, compile};
use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use jiff::Timestamp;
use machine::action::{Action, Destination, Reach, Recipient};
use machine::case::Case;
use machine::chart::{
    Cap, Chart, ChildRules, Clock, ClockKind, EventDecl, Field, FieldType, FormField, Go, Initial, Pattern,
    Protection, Sign, State, StateKind, TaskDecl, Transition, Variable,
};
use machine::definition::{Definition, Role};
use machine::event::{Actor, Command, Event, Input, Target};
use machine::fact::{Fact, What};
use machine::ids::{
    Bilingual, CaseId, ChartIx, ClockIx, EventIx, FieldIx, Name, RoleIx, StateIx, TransitionIx,
};
use machine::step::{Opening, Step, Verdict, start, step};
use ports::commit::{Answered, Line, Mark, NewEntry, OpenTask, TaskChange, Unit};
use ports::outbox::Outgoing;
use ports::query::Standing;

fn title(text: &str) -> Bilingual {
    Bilingual::new(text, text)
}

fn formula(text: &str) -> Formula {
    let mut scope = Scope::new();
    scope.variable("event", Type::Any);
    compile(text, &scope, Mode::Feel).unwrap()
}

fn state(name: &str, kind: StateKind, parent: Option<u16>) -> State {
    State {
        name: name.into(),
        title: title(name),
        kind,
        parent: parent.map(StateIx),
        children: vec![],
        last: StateIx(0),
        initial: None,
        entry: vec![],
        exit: vec![],
        transitions: vec![],
        clocks: vec![],
        pauses: vec![],
        task: None,
        requires: vec![],
        basis: None,
        side: false,
    }
}

fn ending(name: &str) -> State {
    state(name, StateKind::Final { outcome: name.into() }, Some(0))
}

fn transition(source: u16, on: &str, go: Go, actions: Vec<Action>) -> Transition {
    Transition {
        source: StateIx(source),
        on: vec![Pattern::read(on)],
        event: None,
        by: vec![],
        guard: None,
        go,
        actions,
        basis: None,
    }
}

fn to(state: u16) -> Go {
    Go::To { targets: vec![StateIx(state)], internal: false }
}

fn clock(name: &str, within: &str) -> Clock {
    Clock {
        name: name.into(),
        title: title(name),
        kind: ClockKind::Deadline,
        owner: StateIx(1),
        when: None,
        within: formula(within),
        from: None,
        floor: None,
        reminders: vec![],
        authority: vec![RoleIx(0)],
        basis: None,
        event: format!("clock.{name}").into(),
    }
}

fn event(name: &str, role: u16, form: &[(&str, Option<u16>)]) -> EventDecl {
    let line = |(name, field): &(&str, Option<u16>)| FormField {
        name: (*name).into(),
        title: title(name),
        field: field.map(FieldIx),
        ty: FieldType::Plain(Type::Any),
        required: true,
        own: false,
        from: None,
        range: None,
        refusal: None,
    };
    EventDecl {
        name: name.into(),
        title: title(name),
        by: vec![RoleIx(role)],
        form: form.iter().map(line).collect(),
        otherwise: None,
        reason: false,
        told: false,
    }
}

fn task(role: u16, outcome: u16) -> TaskDecl {
    TaskDecl {
        title: title("decide"),
        role: RoleIx(role),
        candidates: None,
        outcomes: vec![EventIx(outcome)],
        not_same_actor_as: vec![],
        sign: Sign::One,
        verbs: vec![],
    }
}

fn chart(name: &str, states: Vec<State>, transitions: Vec<Transition>) -> Chart {
    let mut states = states;
    let last = StateIx(u16::try_from(states.len() - 1).unwrap());
    states[0].children = (1..=last.0).map(StateIx).collect();
    states[0].initial = Some(Initial { targets: vec![StateIx(1)], actions: vec![] });
    for (at, state) in (0u16..).zip(&mut states) {
        state.last = if at == 0 { last } else { StateIx(at) };
    }
    for (at, transition) in (0u16..).zip(&transitions) {
        states[transition.source.at()].transitions.push(TransitionIx(at));
    }
    Chart {
        name: name.into(),
        title: title(name),
        states,
        transitions,
        fields: vec![],
        clocks: vec![],
        events: vec![],
        conditions: vec![],
        variables: vec![Variable::Event],
        functions: vec![],
        child: None,
        parties: vec![],
    }
}

fn demand() -> Chart {
    let start_claim = Action::Start { child: ChartIx(1), key: formula("event.bank"), data: vec![] };
    let tell = |notice: &str| Action::Notify {
        notice: notice.into(),
        to: vec![Recipient::Role(RoleIx(1))],
        data: vec![("at".into(), formula("event.name"))],
    };
    let pass_on = Action::Send {
        event: "told".into(),
        to: Destination::Cases {
            process: "demand".into(),
            reach: Reach::Correlated,
            key: formula("event.to"),
        },
        delay: None,
        id: None,
        data: vec![],
    };
    let ask = Action::Call {
        connector: "credit_system".into(),
        request: vec![("amount".into(), formula("event.amount"))],
        reply: None,
        failure: None,
    };
    let mut states = vec![
        state("demand", StateKind::Compound, None),
        state("open", StateKind::Atomic, Some(0)),
        ending("settled"),
        ending("expired"),
    ];
    states[1].clocks = vec![ClockIx(0)];
    states[1].task = Some(task(0, 1));
    let mut chart = chart(
        "demand",
        states,
        vec![
            transition(1, "claim", Go::Stay, vec![start_claim]),
            transition(1, "settle", to(2), vec![tell("settled")]),
            transition(1, "clock.life", to(3), vec![]),
            transition(1, "amend", Go::Stay, vec![ask]),
            transition(1, "pass_on", Go::Stay, vec![pass_on]),
            transition(1, "told", Go::Stay, vec![tell("told")]),
        ],
    );
    chart.fields = vec![Field {
        name: "amount".into(),
        title: title("amount"),
        ty: FieldType::Plain(Type::Any),
        required: false,
        asked: None,
        from: None,
        default: None,
        range: None,
        refusal: None,
        protection: Protection::None,
    }];
    chart.clocks = vec![clock("life", "duration(\"P90D\")")];
    chart.events = vec![
        event("claim", 1, &[("bank", None)]),
        event("settle", 0, &[]),
        event("amend", 0, &[("amount", Some(0))]),
        event("pass_on", 0, &[("to", None)]),
        event("told", 0, &[]),
    ];
    chart
}

fn claims() -> Chart {
    let mut states = vec![
        state("claims", StateKind::Compound, None),
        state("evaluating", StateKind::Atomic, Some(0)),
        state("waiting", StateKind::Atomic, Some(0)),
        ending("evaluated"),
        ending("lapsed"),
    ];
    states[1].clocks = vec![ClockIx(0)];
    states[1].task = Some(task(1, 0));
    let transitions = vec![
        transition(1, "evaluate", to(3), vec![]),
        transition(1, "clock.evaluation", to(4), vec![]),
        transition(1, "step_back", to(2), vec![Action::Release]),
        transition(0, "over", to(4), vec![]),
    ];
    let mut chart = chart("claims", states, transitions);
    chart.clocks = vec![clock("evaluation", "duration(\"P5D\")")];
    chart.events = vec![event("evaluate", 1, &[]), event("step_back", 1, &[])];
    chart.child = Some(ChildRules {
        key: Type::Text,
        key_name: "bank".into(),
        cap: Some(Cap {
            limit: formula("3"),
            scope: formula("\"concurrent\""),
            refusal: "slots_full".into(),
        }),
        already: "already_claimed".into(),
        again: None,
        ended: "claims.ended".into(),
        cascade: Some("over".into()),
    });
    chart
}

/// The definition.
pub fn definition() -> Arc<Definition> {
    let role = |name: &str| Role { name: name.into(), title: title(name) };
    Arc::new(Definition {
        process: "demand".into(),
        version: 1,
        hash: "d6e1".repeat(16).into(),
        title: title("demand"),
        basis: None,
        owner: None,
        effective: None,
        calendar: "cn".into(),
        roles: vec![role("clerk"), role("bank")],
        parameters: vec![],
        refusals: vec![],
        records: vec![],
        notices: vec![],
        tables: vec![],
        charts: vec![demand(), claims()],
        correlate: Some(FieldIx(0)),
        opened_by: vec![],
        choices: Default::default(),
    })
}

/// An instant so many minutes after the beginning of the story.
pub fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + minutes * 60).unwrap()
}

/// A clerk of the office.
pub fn clerk() -> Actor {
    Actor::person("li.na", "office", "clerk")
}

/// Somebody of a bank.
pub fn bank(name: &str) -> Actor {
    Actor::person(&format!("zhang@{name}"), name, "bank")
}

/// Opens a demand.
pub fn open_case(definition: &Definition, id: &str, at: Timestamp) -> Step {
    let opening = Opening { id: CaseId(id.into()), data: vec![], by: clerk(), at };
    start(definition, &Calendar::weekends_only(), &opening).unwrap()
}

/// Sends an event to the main run.
pub fn send(
    definition: &Definition,
    case: &Case,
    name: &str,
    data: &[(&str, Value)],
    by: Actor,
    at: Timestamp,
) -> Step {
    let data = data.iter().map(|(k, v)| (Name::from(*k), v.clone())).collect();
    let event = Event { to: Target::Main, name: name.into(), data, reason: None };
    step(definition, &Calendar::weekends_only(), case, &Command { input: Input::Event(event), by, at })
}

/// Sends an event to a bank's claim.
pub fn send_to_claim(
    definition: &Definition,
    case: &Case,
    name: &str,
    bank_name: &str,
    at: Timestamp,
) -> Step {
    let to = Target::Child { kind: "claims".into(), key: Value::text(bank_name) };
    let event = Event { to, name: name.into(), data: vec![], reason: None };
    let by = bank(bank_name);
    step(definition, &Calendar::weekends_only(), case, &Command { input: Input::Event(event), by, at })
}

/// Lets time pass.
pub fn tick(definition: &Definition, case: &Case, at: Timestamp) -> Step {
    let command = Command { input: Input::Tick, by: Actor::system("timer"), at };
    step(definition, &Calendar::weekends_only(), case, &command)
}

/// A step as a unit, the way an engine makes one.
pub fn unit(definition: &Definition, before: Mark, step: Step, at: Timestamp) -> Unit {
    let main = step.case.main();
    let states = main.active.iter().filter(|s| **s != StateIx::ROOT);
    let standing = match &step.verdict {
        Verdict::Stopped(incident) => Standing::Incident(incident.code.clone()),
        _ if step.case.is_over() => Standing::Ended,
        _ => Standing::Running,
    };
    let line = Line {
        states: states.map(|s| definition.main().state(*s).name.clone()).collect(),
        joined: step.facts.iter().filter_map(joined).collect(),
        correlate: main.data[0].as_text().map(Name::from),
        standing,
    };
    let tasks = step.facts.iter().filter_map(|fact| task_change(definition, &step.case, fact)).collect();
    let outbox = step.facts.iter().filter_map(|fact| outgoing(fact, at)).collect();
    let incident = match step.verdict {
        Verdict::Stopped(incident) => Some(incident),
        _ => None,
    };
    let entry = NewEntry { at, facts: step.facts, reasons: step.reasons, incident };
    Unit { case: step.case, before, fence: None, line, entry, command: None, received: None, tasks, outbox }
}

fn joined(fact: &Fact) -> Option<Name> {
    match &fact.what {
        What::Started { key, .. } => key.as_text().map(Name::from),
        _ => None,
    }
}

fn task_change(definition: &Definition, case: &Case, fact: &Fact) -> Option<TaskChange> {
    let chart = definition.chart(case.run(fact.run).chart);
    let key = case.run(fact.run).key.as_text().map(Name::from);
    match &fact.what {
        What::TaskOpened(task) => Some(TaskChange::Put(OpenTask {
            task: task.id,
            state: chart.state(task.state).name.clone(),
            role: definition.roles[chart.state(task.state).task.as_ref()?.role.at()].name.clone(),
            holder: task.holder.as_ref().map(|h| h.id.clone()),
            party: key,
            opened: task.opened_at,
            due: case.run(fact.run).next_due(),
        })),
        What::TaskClosed { task, .. } => Some(TaskChange::Close(*task)),
        _ => None,
    }
}

fn outgoing(fact: &Fact, at: Timestamp) -> Option<Outgoing> {
    let (connector, lane): (&str, Option<String>) = match &fact.what {
        What::Notified { .. } => ("mail", None),
        What::Called { connector, .. } => (connector, None),
        What::Sent { process, key, .. } => ("cases", Some(format!("{process}/{}", key.as_text()?))),
        _ => return None,
    };
    Some(Outgoing { connector: connector.into(), lane: lane.map(Name::from), fact: fact.clone(), at })
}

/// A command's answer.
pub fn answered(key: &str, body: u8, answer: &str) -> Answered {
    Answered { key: key.into(), body: [body; 32], answer: answer.as_bytes().to_vec() }
}
