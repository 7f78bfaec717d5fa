//! The outline of a chart: which states, clocks, events, fields and conditions there are, and where.
//! Names are known after this; what they mean is read later.

use machine::chart::ClockKind;
use machine::ids::{ChartIx, ClockIx, EventIx, FieldIx, Name, StateIx, TransitionIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::{Key, Kind, Node};
use crate::words;

use super::desk::{Desk, Sort};
use super::map::Thing;
use super::names;
use super::pick;

/// More states than this are refused: an index has sixteen bits, and no reader follows so many.
pub(crate) const STATES_MAX: usize = 4_000;

/// A process has no more clocks, and no more kinds of children.
pub(crate) const CLOCKS_MAX: usize = 400;
/// See [`CLOCKS_MAX`].
pub(crate) const CHILDREN_MAX: usize = 64;

/// A declared thing: its name, its key's place and its body.
#[derive(Clone, Debug)]
pub(crate) struct Declared<'t> {
    pub name: Name,
    pub span: Span,
    pub node: &'t Node,
}

/// A state before its body is read.
#[derive(Clone, Debug)]
pub(crate) struct StateOutline<'t> {
    pub name: Name,
    pub span: Span,
    pub node: &'t Node,
    pub parent: Option<StateIx>,
    pub children: Vec<StateIx>,
    pub last: StateIx,
}

/// A clock before its body is read.
#[derive(Clone, Debug)]
pub(crate) struct ClockOutline<'t> {
    pub name: Name,
    pub node: &'t Node,
    pub kind: ClockKind,
    pub owner: StateIx,
}

/// The keys a state's clocks stand under, with the sort of clock and the key of what follows.
pub(crate) const CLOCK_KEYS: [(&str, ClockKind, &str); 4] = [
    ("deadlines", ClockKind::Deadline, "overdue"),
    ("gates", ClockKind::Gate, "opens"),
    ("validities", ClockKind::Validity, "expires"),
    ("waits", ClockKind::Wait, "then"),
];

/// A chart's names.
pub(crate) struct Outline<'t> {
    pub ix: ChartIx,
    pub name: Name,
    pub node: &'t Node,
    pub states: Vec<StateOutline<'t>>,
    pub clocks: Vec<ClockOutline<'t>>,
    pub fields: Vec<Declared<'t>>,
    pub events: Vec<Declared<'t>>,
    pub conditions: Vec<Declared<'t>>,
}

impl<'t> Outline<'t> {
    /// Reads the names of a chart; reports those that are written twice or cannot be names.
    pub fn of(ix: ChartIx, name: &str, span: Span, node: &'t Node, desk: &mut Desk<'_>) -> Outline<'t> {
        let mut outline = Outline {
            ix,
            name: name.into(),
            node,
            states: Vec::new(),
            clocks: Vec::new(),
            fields: declared(node, "data"),
            events: declared(node, "events"),
            conditions: declared(node, "conditions"),
        };
        outline.push_state(name, span, node, None, desk);
        outline.close(StateIx::ROOT);
        outline.check_names(desk);
        outline.place(desk);
        outline
    }

    fn push_state(
        &mut self,
        name: &str,
        span: Span,
        node: &'t Node,
        parent: Option<StateIx>,
        desk: &mut Desk<'_>,
    ) {
        if self.states.len() >= STATES_MAX {
            desk.say(too_many(span, STATES_MAX));
            return;
        }
        let ix = state_ix(self.states.len());
        if let Some(parent) = parent {
            self.states[parent.at()].children.push(ix);
        }
        self.states.push(StateOutline { name: name.into(), span, node, parent, children: vec![], last: ix });
        for (key, kind, _) in CLOCK_KEYS {
            for (key, node) in pick::entries(node, key) {
                self.push_clock(key, node, kind, ix, desk);
            }
        }
        for (key, inner) in pick::entries(node, "states") {
            self.push_state(&key.text, key.span, inner, Some(ix), desk);
        }
    }

    fn push_clock(
        &mut self,
        key: &Key,
        node: &'t Node,
        kind: ClockKind,
        owner: StateIx,
        desk: &mut Desk<'_>,
    ) {
        names::check_ascii(Sort::Clock, &key.text, key.span, desk);
        desk.clocks += 1;
        if desk.clocks > CLOCKS_MAX {
            desk.say(too_many(key.span, CLOCKS_MAX));
            return;
        }
        if let Some(other) = self.clocks.iter().position(|clock| *clock.name == *key.text) {
            let first = desk.map.span(Thing::Clock(self.ix, clock_ix(other)));
            desk.say(names::twice(Sort::Clock, &key.text, key.span, first));
            return;
        }
        desk.map.put(Thing::Clock(self.ix, clock_ix(self.clocks.len())), key.span);
        self.clocks.push(ClockOutline { name: key.text.as_str().into(), node, kind, owner });
    }

    /// Fills in the last descendants.
    fn close(&mut self, state: StateIx) -> StateIx {
        let children = self.states[state.at()].children.clone();
        let last = children.into_iter().map(|child| self.close(child)).last().unwrap_or(state);
        self.states[state.at()].last = last;
        last
    }

    fn check_names(&self, desk: &mut Desk<'_>) {
        for (at, state) in self.states.iter().enumerate().skip(1) {
            names::check_ascii(Sort::State, &state.name, state.span, desk);
            let other = self.states[..at].iter().skip(1).find(|other| other.name == state.name);
            if let Some(other) = other {
                desk.say(names::twice(Sort::State, &state.name, state.span, Some(other.span)));
            }
        }
        for event in &self.events {
            names::check_ascii(Sort::Event, &event.name, event.span, desk);
        }
    }

    fn place(&self, desk: &mut Desk<'_>) {
        for (at, state) in self.states.iter().enumerate() {
            desk.map.put(Thing::State(self.ix, state_ix(at)), state.span);
        }
        for (at, field) in self.fields.iter().enumerate() {
            desk.map.put(Thing::Field(self.ix, FieldIx(narrow(at))), field.span);
        }
        for (at, event) in self.events.iter().enumerate() {
            desk.map.put(Thing::Event(self.ix, EventIx(narrow(at))), event.span);
        }
        for (at, condition) in self.conditions.iter().enumerate() {
            let ix = machine::ids::ConditionIx(narrow(at));
            desk.map.put(Thing::Condition(self.ix, ix), condition.span);
        }
    }

    /// The state of a name written at a place; reports an unknown one.
    pub fn state(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<StateIx> {
        let known = self.states.iter().skip(1).map(|state| &*state.name);
        desk.find(Sort::State, written, span, known).map(|at| state_ix(at + 1))
    }

    /// The clock of a name written at a place; reports an unknown one.
    pub fn clock(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<ClockIx> {
        let known = self.clocks.iter().map(|clock| &*clock.name);
        desk.find(Sort::Clock, written, span, known).map(clock_ix)
    }

    /// The field of a name written at a place; reports an unknown one.
    pub fn field(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<FieldIx> {
        let known = self.fields.iter().map(|field| &*field.name);
        desk.find(Sort::Field, written, span, known).map(|at| FieldIx(narrow(at)))
    }

    /// The declared event of this name.
    pub fn event(&self, name: &str) -> Option<EventIx> {
        self.events.iter().position(|event| *event.name == *name).map(|at| EventIx(narrow(at)))
    }

    /// Whether `inner` lies inside `outer`.
    pub fn is_inside(&self, inner: StateIx, outer: StateIx) -> bool {
        inner > outer && inner <= self.states[outer.at()].last
    }

    /// A state and those round it, innermost first, the chart last.
    pub fn and_round(&self, state: StateIx) -> impl Iterator<Item = StateIx> + '_ {
        std::iter::successors(Some(state), |at| self.states[at.at()].parent)
    }

    /// What a run of this chart can end as.
    pub fn outcomes(&self) -> Vec<Name> {
        let top = &self.states[StateIx::ROOT.at()].children;
        let ends = top.iter().filter(|state| self.kind_word(**state) == "final");
        ends.map(|state| {
            let outline = &self.states[state.at()];
            pick::name(outline.node, "outcome").unwrap_or_else(|| outline.name.clone())
        })
        .collect()
    }

    /// The innermost states a run of this chart can be in.
    pub fn innermost(&self) -> Vec<Name> {
        let states = self.states.iter().enumerate().skip(1);
        let innermost = states
            .filter(|(at, state)| state.children.is_empty() && self.kind_word(state_ix(*at)) != "history");
        innermost.map(|(_, state)| state.name.clone()).collect()
    }

    /// The `type` of a state.
    pub fn kind_word(&self, state: StateIx) -> &'t str {
        pick::text(self.states[state.at()].node, "type").map_or("", |(word, _)| word)
    }
}

/// More of one kind than an index holds, or a reader follows.
pub(crate) fn too_many(span: Span, most: usize) -> Diagnostic {
    Diagnostic::new(codes::TOO_MANY, span, words!("这里最多 {most} 个", "at most {most} are allowed here"))
        .advise(words!("请拆成几个流程，或用子流程", "split the process, or use child processes"))
}

/// Reports every map with more entries than that.
pub(crate) fn check_sizes(node: &Node, desk: &mut Desk<'_>) {
    match &node.kind {
        Kind::Map(entries) => {
            if let Some((key, _)) = entries.get(STATES_MAX) {
                desk.say(too_many(key.span, STATES_MAX));
            }
            entries.iter().for_each(|(_, value)| check_sizes(value, desk));
        }
        Kind::Seq(items) => items.iter().for_each(|item| check_sizes(item, desk)),
        Kind::Scalar(_) | Kind::Null => {}
    }
}

/// The declared things of a map.
pub(crate) fn declared<'t>(node: &'t Node, key: &str) -> Vec<Declared<'t>> {
    let entries = pick::entries(node, key).iter();
    entries
        .take(STATES_MAX)
        .map(|(key, node)| Declared { name: key.text.as_str().into(), span: key.span, node })
        .collect()
}

/// A position as an index; the bounds here keep every list far below 65,536.
pub(crate) fn narrow(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

pub(crate) fn state_ix(at: usize) -> StateIx {
    StateIx(narrow(at))
}

pub(crate) fn clock_ix(at: usize) -> ClockIx {
    ClockIx(narrow(at))
}

pub(crate) fn transition_ix(at: usize) -> TransitionIx {
    TransitionIx(narrow(at))
}
