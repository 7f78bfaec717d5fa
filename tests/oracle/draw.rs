//! Random charts: every kind of state, transition and guard that the standard allows, small enough to shrink.
//!
//! A sketch holds choices only; [`Sketch::document`] makes them fit (a target that would be illegal beside
//! another is dropped), so whatever shrinks is still a legal chart.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::document::{Cond, Content, Document, Kind, ROOT, State, Transition};

/// Events that come from outside.
pub const OUTSIDE: [&str; 6] = ["a", "a.b", "a.b.c", "ab", "b", "c.d"];
const RAISED: [&str; 4] = ["a.b", "b", "x", "x.y"];
/// Some twice: a star answers done events too, and loops often.
const DESCRIPTORS: [&str; 20] = [
    "a",
    "a",
    "a.b",
    "a.b",
    "a.*",
    "ab",
    "ab",
    "b",
    "b",
    "b.*",
    "c",
    "c",
    "c.d",
    "c.*",
    "a.b.c",
    "*",
    "x",
    "x.*",
    "x.y",
    "done.state",
];

/// States in a chart, at most.
pub const STATES_MAX: usize = 40;

/// Choices that make a chart.
#[derive(Clone, Debug)]
pub struct Sketch {
    top: Vec<Part>,
    start: Choice,
    always: Vec<Arrow>,
}

#[derive(Clone, Debug)]
struct Part {
    shape: Shape,
    parts: Vec<Part>,
    histories: Vec<(bool, Choice)>,
    start: Choice,
    arrows: Vec<Arrow>,
    raises_on_entry: Option<Index>,
    raises_on_exit: Option<Index>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Sequence,
    Regions,
    End,
}

/// Where an initial or default transition leads: to the first child, or to chosen states inside.
#[derive(Clone, Debug)]
struct Choice {
    deep: bool,
    targets: Vec<Index>,
}

#[derive(Clone, Debug)]
struct Arrow {
    trigger: Trigger,
    guards: Vec<(bool, Index)>,
    targets: Vec<Index>,
    internal: bool,
    raises: Option<Index>,
}

#[derive(Clone, Debug)]
enum Trigger {
    Events(Vec<Index>),
    DoneOf(Index),
    Nothing,
}

/// A strategy for charts of 1 to [`STATES_MAX`] states besides the chart, at most five deep.
pub fn charts() -> impl Strategy<Value = Document> {
    sketches().prop_map(|s| s.document()).prop_filter("too large", |d| d.states.len() <= STATES_MAX + 1)
}

fn sketches() -> impl Strategy<Value = Sketch> {
    (vec(parts(), 1..5), choice(), vec(arrow(), 0..2)).prop_map(|(top, start, mut always)| {
        always.iter_mut().for_each(|a| {
            if matches!(a.trigger, Trigger::Nothing) {
                a.trigger = Trigger::Events(vec![]);
            }
        });
        Sketch { top, start, always }
    })
}

fn parts() -> impl Strategy<Value = Part> {
    let leaf = prop_oneof![2 => Just(Shape::Sequence), 1 => Just(Shape::End)];
    let leaf = (leaf, vec(arrow(), 0..3), raise(), raise()).prop_map(|(shape, arrows, entry, exit)| Part {
        shape,
        parts: vec![],
        histories: vec![],
        start: Choice { deep: false, targets: vec![] },
        arrows,
        raises_on_entry: entry,
        raises_on_exit: exit,
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        let shape = prop_oneof![3 => Just(Shape::Sequence), 2 => Just(Shape::Regions)];
        let histories = vec((any::<bool>(), choice()), 0..2);
        (shape, vec(inner, 1..4), histories, choice(), vec(arrow(), 0..3), raise(), raise()).prop_map(
            |(shape, parts, histories, start, arrows, entry, exit)| Part {
                shape,
                parts,
                histories,
                start,
                arrows,
                raises_on_entry: entry,
                raises_on_exit: exit,
            },
        )
    })
}

fn choice() -> impl Strategy<Value = Choice> {
    (any::<bool>(), vec(any::<Index>(), 0..3)).prop_map(|(deep, targets)| Choice { deep, targets })
}

fn raise() -> impl Strategy<Value = Option<Index>> {
    prop_oneof![11 => Just(None), 1 => any::<Index>().prop_map(Some)]
}

fn arrow() -> impl Strategy<Value = Arrow> {
    let trigger = prop_oneof![
        20 => vec(any::<Index>(), 1..3).prop_map(Trigger::Events),
        3 => any::<Index>().prop_map(Trigger::DoneOf),
        1 => Just(Trigger::Nothing),
    ];
    let guards = prop_oneof![3 => Just(vec![]), 2 => vec((any::<bool>(), any::<Index>()), 1..3)];
    let targets =
        prop_oneof![1 => Just(vec![]), 5 => vec(any::<Index>(), 1..2), 2 => vec(any::<Index>(), 2..4)];
    (trigger, guards, targets, any::<bool>(), raise()).prop_map(
        |(trigger, guards, targets, internal, raises)| Arrow { trigger, guards, targets, internal, raises },
    )
}

impl Sketch {
    /// The chart these choices make.
    pub fn document(&self) -> Document {
        let mut document = Document { states: vec![State::new(ROOT, Kind::Scxml, None)] };
        let mut sources = vec![];
        self.top.iter().for_each(|part| plant(&mut document, ROOT, part, &mut sources));
        let start = lead_inside(&document, ROOT, &self.start);
        document.states[0].initial = Some(Transition { content: vec![], ..start });
        for (id, choice) in sources.iter().filter_map(|(id, _, choice)| choice.as_ref().map(|c| (id, c))) {
            let lead = match document.state(id).kind {
                Kind::History { .. } => lead_default(&document, id, choice),
                _ => lead_inside(&document, id, choice),
            };
            let at = document.position(id);
            document.states[at].initial = Some(lead);
        }
        let mut number = 0;
        let own = std::iter::once((ROOT.to_owned(), self.always.as_slice(), None::<Choice>));
        for (id, arrows, _) in own.chain(sources) {
            for arrow in arrows {
                number += 1;
                let transition = draw_arrow(&document, &id, arrow, number);
                let at = document.position(&id);
                document.states[at].transitions.push(transition);
            }
        }
        document
    }
}

/// Adds a part and what is inside it. `sources` collects who has transitions and a start to be drawn later.
fn plant<'p>(
    document: &mut Document,
    parent: &str,
    part: &'p Part,
    sources: &mut Vec<(String, &'p [Arrow], Option<Choice>)>,
) {
    let id = format!("s{}", document.states.len());
    let kind = match part.shape {
        Shape::Sequence => Kind::State,
        Shape::Regions => Kind::Parallel,
        Shape::End => Kind::Final,
    };
    let mut state = State::new(&id, kind, Some(parent));
    // A final state of a parallel state would be no region.
    if kind == Kind::Final && document.state(parent).kind == Kind::Parallel {
        state.kind = Kind::State;
    }
    state.onentry = logged(format!("+{id}"), part.raises_on_entry);
    state.onexit = logged(format!("-{id}"), part.raises_on_exit);
    let is_final = state.kind == Kind::Final;
    document.states.push(state);
    let start = (part.shape == Shape::Sequence && !part.parts.is_empty()).then(|| part.start.clone());
    sources.push((id.clone(), if is_final { &[] } else { &part.arrows }, start));
    for (deep, default) in part.histories.iter().filter(|_| !part.parts.is_empty()) {
        let history = format!("h{}", document.states.len());
        document.states.push(State::new(&history, Kind::History { deep: *deep }, Some(&id)));
        sources.push((history, &[], Some(default.clone())));
    }
    part.parts.iter().for_each(|inner| plant(document, &id, inner, sources));
}

fn logged(text: String, raises: Option<Index>) -> Vec<Content> {
    let raised = raises.map(|r| Content::Raise((*r.get(&RAISED)).to_owned()));
    std::iter::once(Content::Log(text)).chain(raised).collect()
}

/// An initial transition: to the first child, or to states anywhere inside.
fn lead_inside(document: &Document, id: &str, choice: &Choice) -> Transition {
    let inside: Vec<&State> = document.states.iter().filter(|s| document.is_inside(&s.id, id)).collect();
    let children = document.children(id);
    let first = children.iter().find(|c| !is_history(c)).map(|c| c.id.clone());
    let chosen = if choice.deep { pick(document, &inside, &choice.targets) } else { vec![] };
    let targets = if chosen.is_empty() { first.into_iter().collect() } else { chosen };
    let content = if id == ROOT { vec![] } else { vec![Content::Log(format!("start-{id}"))] };
    Transition { targets, content, ..Transition::from(id) }
}

/// A default transition of a history state: inside its parent, all regions for a parallel one; never to a
/// history state of the same parent, which could lead back.
fn lead_default(document: &Document, id: &str, choice: &Choice) -> Transition {
    let parent = document.state(id).parent.clone().expect("a history state has a parent");
    let inside = |s: &&State| {
        document.is_inside(&s.id, &parent) && !(is_history(s) && s.parent.as_deref() == Some(&*parent))
    };
    let inside: Vec<&State> = document.states.iter().filter(inside).collect();
    let chosen = pick(document, &inside, &choice.targets);
    let first = inside.iter().find(|s| s.parent.as_deref() == Some(&*parent)).map(|s| s.id.clone());
    let targets = if chosen.is_empty() { first.into_iter().collect() } else { chosen };
    Transition { targets, content: vec![Content::Log(format!("default-{id}"))], ..Transition::from(id) }
}

/// The chosen states that can be active together.
fn pick(document: &Document, from: &[&State], chosen: &[Index]) -> Vec<String> {
    let mut targets: Vec<String> = vec![];
    for index in chosen.iter().filter(|_| !from.is_empty()) {
        let id = &index.get(from).id;
        if targets.iter().all(|t| stand_together(document, t, id)) {
            targets.push(id.clone());
        }
    }
    targets
}

/// Two targets are legal together when the nearest state round both is parallel. A history state stands for
/// its whole parent.
fn stand_together(document: &Document, one: &str, other: &str) -> bool {
    let anchor = |id: &str| {
        let state = document.state(id);
        if is_history(state) { state.parent.clone().expect("it has a parent") } else { id.to_owned() }
    };
    let (one, other) = (anchor(one), anchor(other));
    if one == other || related(document, &one, &other) {
        return false;
    }
    let mut round = document.state(&one).parent.clone();
    while let Some(id) = round {
        if document.is_inside(&other, &id) {
            return document.state(&id).kind == Kind::Parallel;
        }
        round = document.state(&id).parent.clone();
    }
    false
}

/// Whether one lies inside the other.
fn related(document: &Document, one: &str, other: &str) -> bool {
    document.is_inside(one, other) || document.is_inside(other, one)
}

/// States of other regions, which can be active at the same time.
fn neighbours(document: &Document, source: &str, real: &[&State]) -> Vec<String> {
    let near = real.iter().filter(|s| stand_together(document, &s.id, source));
    near.map(|s| s.id.clone()).collect()
}

fn is_history(state: &State) -> bool {
    matches!(state.kind, Kind::History { .. })
}

fn draw_arrow(document: &Document, source: &str, arrow: &Arrow, number: usize) -> Transition {
    let states: Vec<&State> = document.states.iter().skip(1).collect();
    let real: Vec<&State> = states.iter().copied().filter(|s| !is_history(s)).collect();
    let events = match &arrow.trigger {
        Trigger::Events(all) if all.is_empty() => vec!["*".to_owned()],
        Trigger::Events(all) => all.iter().map(|e| (*e.get(&DESCRIPTORS)).to_owned()).collect(),
        Trigger::DoneOf(state) => vec![format!("done.state.{}", state.get(&real).id)],
        Trigger::Nothing => vec![],
    };
    let mut conds: Vec<Cond> =
        arrow.guards.iter().map(|(holds, at)| cond(*holds, at.get(&real).id.clone())).collect();
    let mut targets = pick(document, &states, &arrow.targets);
    // Most eventless branches would lead back at once. A few do; the others look at their neighbours and leave.
    if events.is_empty() && !number.is_multiple_of(4) {
        conds = neighbours(document, source, &real)
            .get(number % 3)
            .map(|s| cond(true, s.clone()))
            .into_iter()
            .collect();
        let beside = |s: &&State| s.id != source && !related(document, &s.id, source);
        let beside: Vec<&State> = real.iter().copied().filter(beside).collect();
        targets = pick(document, &beside, &arrow.targets);
    }
    if events.is_empty() && (targets.is_empty() || source == ROOT) {
        conds.push(Cond::NotIn(real[0].id.clone()));
    }
    Transition {
        internal: arrow.internal && !targets.is_empty(),
        events,
        conds,
        targets,
        content: logged(format!("t{number}"), arrow.raises),
        ..Transition::from(source)
    }
}

fn cond(holds: bool, state: String) -> Cond {
    if holds { Cond::In(state) } else { Cond::NotIn(state) }
}
