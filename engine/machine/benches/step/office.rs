//! Definitions to measure, written out as `language` would lower them.

use expr::formula::{Formula, Mode, Scope, compile};
use expr::value::{Type, Value};
use machine::action::Action;
use machine::chart::{
    Again, Cap, Chart, ChildRules, Clock, ClockKind, EventDecl, Field, FieldType, FormField, Go, Guard,
    Initial, Pattern, Protection, Sign, State, StateKind, TaskDecl, Transition, Variable,
};
use machine::definition::{Definition, RefusalDecl, Role};
use machine::ids::{Bilingual, ChartIx, ClockIx, EventIx, FieldIx, Name, RoleIx, StateIx, TransitionIx};

/// A process of these charts with the roles clerk and head.
fn definition(charts: Vec<Chart>) -> Definition {
    let role = |name: &str| Role { name: name.into(), title: Bilingual::default() };
    Definition {
        process: "measured".into(),
        version: 1,
        hash: "measured".into(),
        title: Bilingual::default(),
        basis: None,
        owner: None,
        effective: None,
        calendar: "weekends".into(),
        roles: vec![role("clerk"), role("head")],
        parameters: vec![],
        refusals: vec![RefusalDecl { code: "too_much".into(), words: Bilingual::default() }],
        records: vec![],
        notices: vec![],
        tables: vec![],
        charts,
        correlate: None,
        opened_by: vec![],
        choices: Default::default(),
    }
}

fn chart(name: &str, states: Vec<State>, transitions: Vec<Transition>, events: &[&str]) -> Chart {
    let declared = |name: &&str| EventDecl {
        name: (*name).into(),
        title: Bilingual::default(),
        by: vec![],
        form: vec![],
        otherwise: None,
        told: false,
        reason: false,
    };
    let mut chart = Chart {
        name: name.into(),
        title: Bilingual::default(),
        states,
        transitions,
        fields: vec![],
        clocks: vec![],
        events: events.iter().map(declared).collect(),
        conditions: vec![],
        variables: vec![],
        functions: vec![],
        child: None,
        parties: vec![],
    };
    for at in 0..chart.transitions.len() {
        let source = chart.transitions[at].source;
        chart.states[source.at()].transitions.push(TransitionIx(small(at)));
    }
    chart
}

fn state(name: &str, kind: StateKind, parent: Option<u16>, children: &[u16], last: u16) -> State {
    State {
        name: name.into(),
        title: Bilingual::default(),
        initial: (kind == StateKind::Compound)
            .then(|| Initial { targets: vec![StateIx(children[0])], actions: vec![] }),
        kind,
        parent: parent.map(StateIx),
        children: children.iter().map(|c| StateIx(*c)).collect(),
        last: StateIx(last),
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

fn go(source: u16, on: &str, event: u16, target: u16) -> Transition {
    Transition {
        source: StateIx(source),
        on: vec![Pattern::read(on)],
        event: Some(EventIx(event)),
        by: vec![],
        guard: None,
        go: Go::To { targets: vec![StateIx(target)], internal: false },
        actions: vec![],
        basis: None,
    }
}

fn formula(text: &str, scope: &Scope) -> Formula {
    compile(text, scope, Mode::Policy).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn small(n: usize) -> u16 {
    u16::try_from(n).expect("a small chart")
}

/// A review with a task, a deadline of five working days and a guard over the amount, and back again.
pub fn review() -> Definition {
    definition(vec![review_chart("review")])
}

fn review_chart(name: &str) -> Chart {
    let mut scope = Scope::new();
    scope.variable("amount", Type::Number);
    let mut chart = chart(
        name,
        vec![
            state(name, StateKind::Compound, None, &[1, 2], 2),
            state("review", StateKind::Atomic, Some(0), &[], 1),
            state("decided", StateKind::Atomic, Some(0), &[], 2),
        ],
        vec![go(1, "decide", 0, 2), go(2, "reopen", 1, 1), go(1, "clock.review", 0, 2)],
        &["decide", "reopen"],
    );
    chart.transitions[0].guard = Some(Guard::Formula(formula("amount <= 1000000", &scope)));
    chart.transitions[2].event = None;
    chart.fields = vec![field("amount")];
    chart.variables = vec![Variable::Field(FieldIx(0))];
    chart.clocks = vec![Clock {
        name: "review".into(),
        title: Bilingual::default(),
        kind: ClockKind::Deadline,
        owner: StateIx(1),
        when: None,
        within: formula("5工作日", &scope),
        from: None,
        floor: None,
        reminders: vec![],
        authority: vec![],
        basis: None,
        event: "clock.review".into(),
    }];
    chart.states[1].clocks = vec![ClockIx(0)];
    chart.states[1].task = Some(TaskDecl {
        title: Bilingual::default(),
        role: RoleIx(0),
        candidates: None,
        outcomes: vec![EventIx(0)],
        not_same_actor_as: vec![],
        sign: Sign::One,
        verbs: vec![],
    });
    chart.events[0].by = vec![RoleIx(0)];
    chart
}

fn field(name: &str) -> Field {
    Field {
        name: name.into(),
        title: Bilingual::default(),
        ty: FieldType::Plain(Type::Number),
        required: false,
        asked: None,
        from: None,
        default: Some(Value::number(500_000)),
        range: None,
        refusal: None,
        protection: Protection::None,
    }
}

/// A chain of states, each inside the one before; the innermost goes to a sibling of the outermost and back.
pub fn deep(depth: u16) -> Definition {
    let last = depth + 1;
    let mut states = vec![state("chart", StateKind::Compound, None, &[1, last], last)];
    for at in 1..depth {
        states.push(state(&format!("s{at}"), StateKind::Compound, Some(at - 1), &[at + 1], depth));
    }
    states.push(state("innermost", StateKind::Atomic, Some(depth - 1), &[], depth));
    states.push(state("beside", StateKind::Atomic, Some(0), &[], last));
    let transitions = vec![go(depth, "leave", 0, last), go(last, "return", 1, 1)];
    definition(vec![chart("chart", states, transitions, &["leave", "return"])])
}

/// A parallel state of so many regions, each with two states that `tick` moves between.
pub fn wide(regions: u16) -> Definition {
    let last = 1 + 3 * regions;
    let region = |r: u16| 2 + 3 * r;
    let inside: Vec<u16> = (0..regions).map(region).collect();
    let mut states = vec![
        state("chart", StateKind::Compound, None, &[1], last),
        state("all", StateKind::Parallel, Some(0), &inside, last),
    ];
    let mut transitions = vec![];
    for r in 0..regions {
        let at = region(r);
        states.push(state(&format!("r{r}"), StateKind::Compound, Some(1), &[at + 1, at + 2], at + 2));
        states.push(state(&format!("a{r}"), StateKind::Atomic, Some(at), &[], at + 1));
        states.push(state(&format!("b{r}"), StateKind::Atomic, Some(at), &[], at + 2));
        transitions.extend([go(at + 1, "tick", 0, at + 2), go(at + 2, "tick", 0, at + 1)]);
    }
    definition(vec![chart("chart", states, transitions, &["tick"])])
}

/// A case whose banks each run a review, three at a time.
pub fn claims() -> Definition {
    let mut scope = Scope::new();
    scope.variable("event", Type::context([("bank", Type::Text)]));
    let key = formula("event.bank", &scope);
    let mut open = chart(
        "demand",
        vec![
            state("demand", StateKind::Compound, None, &[1], 1),
            state("open", StateKind::Atomic, Some(0), &[], 1),
        ],
        vec![go(1, "claim", 0, 1)],
        &["claim"],
    );
    open.transitions[0].go = Go::Stay;
    open.transitions[0].actions = vec![Action::Start { child: ChartIx(1), key, data: vec![] }];
    open.variables = vec![Variable::Event];
    open.events[0].form = vec![FormField {
        name: "bank".into(),
        title: Bilingual::default(),
        field: None,
        ty: FieldType::Plain(Type::Text),
        required: true,
        own: false,
        from: None,
        range: None,
        refusal: None,
    }];
    let mut claim = review_chart("claims");
    let code = |code: &str| -> Name { code.into() };
    claim.child = Some(ChildRules {
        key: Type::Text,
        key_name: code("bank"),
        cap: Some(Cap {
            limit: formula("3", &scope),
            scope: formula("\"concurrent\"", &scope),
            refusal: code("full"),
        }),
        already: code("already"),
        again: Some(Again { limit: formula("1", &scope), cooldown: None, refusal: code("again") }),
        ended: code("claims.ended"),
        cascade: None,
    });
    definition(vec![open, claim])
}
