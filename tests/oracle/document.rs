//! A statechart as SCXML writes it: states by name, in document order.

/// A chart. The first state is the `scxml` element itself; parents stand before their children.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    pub states: Vec<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub id: String,
    pub kind: Kind,
    /// `None` for the `scxml` element only.
    pub parent: Option<String>,
    pub onentry: Vec<Content>,
    pub onexit: Vec<Content>,
    pub transitions: Vec<Transition>,
    /// The initial transition of a compound state, or the default transition of a history state.
    pub initial: Option<Transition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Scxml,
    /// Compound when it has child states, atomic when it has none.
    State,
    Parallel,
    Final,
    History {
        deep: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    pub source: String,
    /// Event descriptors; none for an eventless transition.
    pub events: Vec<String>,
    /// All of them must hold.
    pub conds: Vec<Cond>,
    pub internal: bool,
    /// None for a targetless transition.
    pub targets: Vec<String>,
    pub content: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cond {
    In(String),
    NotIn(String),
}

/// Executable content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Raise(String),
    Log(String),
}

/// The name of the `scxml` element.
pub const ROOT: &str = "chart";

impl Document {
    pub fn state(&self, id: &str) -> &State {
        self.states.iter().find(|s| s.id == id).unwrap_or_else(|| panic!("no state {id}"))
    }

    /// Where a state stands in document order.
    pub fn position(&self, id: &str) -> usize {
        self.states.iter().position(|s| s.id == id).unwrap_or_else(|| panic!("no state {id}"))
    }

    /// Every child, history states among them, in document order.
    pub fn children(&self, id: &str) -> Vec<&State> {
        self.states.iter().filter(|s| s.parent.as_deref() == Some(id)).collect()
    }

    /// `true` when `inner` lies anywhere inside `outer`.
    pub fn is_inside(&self, inner: &str, outer: &str) -> bool {
        let mut at = self.state(inner).parent.as_deref();
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.state(id).parent.as_deref();
        }
        false
    }
}

impl State {
    /// A state with nothing in it yet.
    pub fn new(id: &str, kind: Kind, parent: Option<&str>) -> State {
        State {
            id: id.to_owned(),
            kind,
            parent: parent.map(str::to_owned),
            onentry: vec![],
            onexit: vec![],
            transitions: vec![],
            initial: None,
        }
    }
}

impl Transition {
    /// A transition that answers no event and leads nowhere yet.
    pub fn from(source: &str) -> Transition {
        Transition {
            source: source.to_owned(),
            events: vec![],
            conds: vec![],
            internal: false,
            targets: vec![],
            content: vec![],
        }
    }
}
