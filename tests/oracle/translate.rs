//! From a document of the oracle to a definition of the machine.

use machine::action::Action;
use machine::chart::{Chart, EventDecl, Go, Guard, Initial, Pattern, State, StateKind, Transition};
use machine::definition::Definition;
use machine::ids::{Bilingual, EventIx, StateIx, TransitionIx};

use super::document::{Cond, Content, Document, Kind, ROOT, State as Drawn, Transition as Arrow};
use super::draw::OUTSIDE;

/// A process with this one chart. Events of [`OUTSIDE`] are declared, for everybody.
pub fn definition(document: &Document) -> Definition {
    Definition {
        process: ROOT.into(),
        version: 1,
        hash: "drawn".into(),
        title: Bilingual::default(),
        basis: None,
        owner: None,
        effective: None,
        calendar: "weekends".into(),
        roles: vec![],
        tables: vec![],
        parameters: vec![],
        refusals: vec![],
        records: vec![],
        notices: vec![],
        charts: vec![chart(document)],
        correlate: None,
        opened_by: vec![],
        choices: Default::default(),
    }
}

fn chart(document: &Document) -> Chart {
    let mut transitions = vec![];
    let states = document.states.iter().map(|s| state(document, s, &mut transitions)).collect();
    Chart {
        name: ROOT.into(),
        title: Bilingual::default(),
        states,
        transitions,
        fields: vec![],
        clocks: vec![],
        events: OUTSIDE.iter().map(|name| declared(name)).collect(),
        conditions: vec![],
        variables: vec![],
        functions: vec![],
        child: None,
        parties: vec![],
    }
}

fn declared(name: &str) -> EventDecl {
    EventDecl {
        name: name.into(),
        title: Bilingual::default(),
        by: vec![],
        form: vec![],
        otherwise: None,
        told: false,
        reason: false,
    }
}

fn state(document: &Document, drawn: &Drawn, transitions: &mut Vec<Transition>) -> State {
    let own = document.position(&drawn.id);
    let children = document.children(&drawn.id);
    let inside = document.states.iter().filter(|s| document.is_inside(&s.id, &drawn.id));
    let last = inside.map(|s| document.position(&s.id)).max().unwrap_or(own);
    let first = transitions.len();
    transitions.extend(drawn.transitions.iter().map(|t| transition(document, t)));
    let real = children.iter().any(|c| !matches!(c.kind, Kind::History { .. }));
    State {
        name: (*drawn.id).into(),
        title: Bilingual::default(),
        kind: match drawn.kind {
            Kind::Scxml => StateKind::Compound,
            Kind::State if real => StateKind::Compound,
            Kind::State => StateKind::Atomic,
            Kind::Parallel => StateKind::Parallel,
            Kind::Final => StateKind::Final { outcome: (*drawn.id).into() },
            Kind::History { deep } => StateKind::History { deep, clocks: false },
        },
        parent: drawn.parent.as_ref().map(|p| index(document, p)),
        children: children.iter().map(|c| index(document, &c.id)).collect(),
        last: StateIx(u16::try_from(last).unwrap()),
        initial: drawn.initial.as_ref().map(|i| Initial {
            targets: i.targets.iter().map(|t| index(document, t)).collect(),
            actions: actions(&i.content),
        }),
        entry: actions(&drawn.onentry),
        exit: actions(&drawn.onexit),
        transitions: (first..transitions.len()).map(|t| TransitionIx(u16::try_from(t).unwrap())).collect(),
        clocks: vec![],
        pauses: vec![],
        task: None,
        requires: vec![],
        basis: None,
        side: false,
    }
}

fn transition(document: &Document, arrow: &Arrow) -> Transition {
    let event = OUTSIDE.iter().position(|o| arrow.events.iter().any(|e| e == o));
    Transition {
        source: index(document, &arrow.source),
        on: arrow.events.iter().map(|e| Pattern::read(e)).collect(),
        event: event.map(|e| EventIx(u16::try_from(e).unwrap())),
        by: vec![],
        guard: guard(document, &arrow.conds),
        go: match arrow.targets.is_empty() {
            true => Go::Stay,
            false => Go::To {
                targets: arrow.targets.iter().map(|t| index(document, t)).collect(),
                internal: arrow.internal,
            },
        },
        actions: actions(&arrow.content),
        basis: None,
    }
}

fn guard(document: &Document, conds: &[Cond]) -> Option<Guard> {
    let one = |cond: &Cond| match cond {
        Cond::In(state) => Guard::In(index(document, state)),
        Cond::NotIn(state) => Guard::Not(Box::new(Guard::In(index(document, state)))),
    };
    match conds {
        [] => None,
        [only] => Some(one(only)),
        all => Some(Guard::All(all.iter().map(one).collect())),
    }
}

fn actions(content: &[Content]) -> Vec<Action> {
    let one = |content: &Content| match content {
        Content::Log(text) => Action::Record { code: (**text).into(), data: vec![] },
        Content::Raise(event) => Action::Raise { event: (**event).into(), data: vec![] },
    };
    content.iter().map(one).collect()
}

fn index(document: &Document, id: &str) -> StateIx {
    StateIx(u16::try_from(document.position(id)).unwrap())
}
