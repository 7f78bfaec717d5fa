//! What is drawn: the states of one process as a tree, the edges between them, its child processes.
//!
//! Pure data, filled from a definition or by hand. Ids are unique inside one [`Picture`]; where two
//! states share an id, edges reach the first. Nothing here is measured or placed: see [`crate::layout`].

/// The language of the words in a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// A title or label in both languages. Either may be empty: then the other one is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both languages at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Words { zh: zh.into(), en: en.into() }
    }

    /// The words in `lang`, or in the other language where these are missing.
    pub fn get(&self, lang: Lang) -> &str {
        let (wanted, other) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if wanted.is_empty() { other } else { wanted }
    }
}

/// One process: its states in the author's order, its edges, its child processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The process's id.
    pub id: String,
    /// The process's title.
    pub title: Words,
    /// The state entered first; `None` draws no mark.
    pub initial: Option<String>,
    /// Top-level states in the author's order.
    pub states: Vec<State>,
    /// All edges, of every level, in the author's order.
    pub edges: Vec<Edge>,
    /// Processes started by this one, each drawn as a ladder in a box of its own.
    pub children: Vec<Child>,
}

/// A child process and how many of it there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The child's own ladder. Overlays name its states `child-id/state-id`.
    pub picture: Picture,
    /// How many, and for whom: 最多 3 家, 每家银行一份.
    pub note: Words,
    /// Titles of the states that start it are shown in the header of its box.
    pub started_by: Vec<String>,
}

/// What a state is. Children of a [`Kind::Parallel`] are its regions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Someone has to act.
    #[default]
    Task,
    /// Waits for a message or for others.
    Wait,
    /// The machine acts by itself.
    Automatic,
    /// Waits for the clock.
    Timer,
    /// The end.
    Final,
    /// Returns to where the enclosing state was left.
    History {
        /// Deep history (H*) restores every level.
        deep: bool,
    },
    /// Holds states of which one is active.
    Compound,
    /// Holds regions that are all active.
    Parallel,
    /// Runs another process and waits for it.
    Process,
    /// A compound drawn closed. Made by folding; `inside` counts the states it hides.
    Folded {
        /// How many states are hidden, at any depth.
        inside: usize,
    },
}

/// Where a state stands. Only top-level states without inner states can stand at the side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Every end but the first, and whatever only errors lead to, stands at the side.
    #[default]
    Auto,
    /// In the ladder.
    Main,
    /// In the right-hand column of outcomes.
    Side,
}

/// One state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Unique in the picture.
    pub id: String,
    /// Its name for people.
    pub title: Words,
    /// A second, smaller line: who acts, how long. Empty: none.
    pub note: Words,
    /// What it is.
    pub kind: Kind,
    /// Ladder or side column.
    pub place: Place,
    /// The inner state entered first; `None` draws no mark.
    pub initial: Option<String>,
    /// Inner states or regions in the author's order.
    pub states: Vec<State>,
}

impl State {
    /// A state without inner states.
    pub fn new(kind: Kind, id: &str, zh: &str, en: &str) -> Self {
        State { id: id.into(), title: Words::new(zh, en), kind, ..State::default() }
    }

    /// With a second line.
    #[must_use]
    pub fn note(mut self, zh: &str, en: &str) -> Self {
        self.note = Words::new(zh, en);
        self
    }

    /// With inner states, the first of which is entered first.
    #[must_use]
    pub fn holding(mut self, states: Vec<State>) -> Self {
        let marked = self.kind != Kind::Parallel;
        self.initial = states.first().filter(|_| marked).map(|s| s.id.clone());
        self.states = states;
        self
    }

    /// Standing in the given place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

/// What makes an edge go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Someone or something sends an event.
    #[default]
    Event,
    /// The clock.
    Timer,
    /// Nothing more is needed: eventless and done transitions.
    Automatic,
    /// A failure.
    Error,
}

/// One transition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// Unique in the picture; overlays name edges by it.
    pub id: String,
    /// The state it leaves. An edge from a state that does not exist is not drawn.
    pub from: String,
    /// Where it leads. None: it stays, and is written inside the state. Several: one line each.
    /// A target that does not exist is written inside the state as missing.
    pub to: Vec<String>,
    /// Event, condition, time limit in a few words. May be empty.
    pub label: Words,
    /// What makes it go.
    pub cause: Cause,
}

impl Edge {
    /// An edge with one target, its id made of its ends.
    pub fn new(cause: Cause, from: &str, to: &str, zh: &str, en: &str) -> Self {
        let id = format!("{from}>{to}:{zh}");
        Edge { id, from: from.into(), to: vec![to.into()], label: Words::new(zh, en), cause }
    }

    /// An edge that stays where it is.
    pub fn staying(cause: Cause, from: &str, zh: &str, en: &str) -> Self {
        let id = format!("{from}:{zh}");
        Edge { id, from: from.into(), to: Vec::new(), label: Words::new(zh, en), cause }
    }
}

/// Calls `look` for every state of `states`, outer before inner, in the author's order.
pub(crate) fn each_state<'a>(states: &'a [State], look: &mut dyn FnMut(&'a State)) {
    for state in states {
        look(state);
        each_state(&state.states, look);
    }
}
