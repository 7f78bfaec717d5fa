//! What entering, leaving and moving between states does. Deciding is here; doing is elsewhere.

use expr::formula::Formula;

use crate::chart::{Chart, Guard};
use crate::ids::{Bilingual, ChartIx, ClockIx, FieldIx, Name, RoleIx, StateIx, TransitionIx};

/// One action. Actions run in order; a formula that fails stops the whole turn.
#[derive(Clone, Debug)]
pub enum Action {
    /// A data field takes a value.
    Set {
        /// The field.
        field: FieldIx,
        /// Its new value.
        value: Formula,
    },
    /// An event for this run's internal queue, handled before anything from outside.
    Raise {
        /// Its name.
        event: Name,
        /// What comes with it.
        data: Vec<(Name, Formula)>,
    },
    /// An event for this or another run of the case, or a message to other cases.
    Send {
        /// Its name.
        event: Name,
        /// Where it goes.
        to: Destination,
        /// After this period or span; at once unless given. Only within the run itself.
        delay: Option<Formula>,
        /// So that it can be cancelled.
        id: Option<Name>,
        /// What comes with it.
        data: Vec<(Name, Formula)>,
    },
    /// A delayed event is not sent after all.
    Cancel {
        /// The id it was sent under.
        id: Name,
    },
    /// A child starts. Its cap, key and coming-again rules are checked here.
    Start {
        /// The kind of child.
        child: ChartIx,
        /// Its key.
        key: Formula,
        /// Data it starts with.
        data: Vec<(FieldIx, Formula)>,
    },
    /// This child gives its place back although it goes on.
    Release,
    /// People are told.
    Notify {
        /// The notice's template.
        notice: Name,
        /// Who is told, in order.
        to: Vec<Recipient>,
        /// What the template may show besides the case.
        data: Vec<(Name, Formula)>,
    },
    /// A connector is asked; its answer comes back as an event.
    Call {
        /// `credit_system.activate`
        connector: Name,
        /// The request.
        request: Vec<(Name, Formula)>,
        /// Event on an answer.
        reply: Option<Name>,
        /// Event when it was given up.
        failure: Option<Name>,
    },
    /// A line for the case's history in people's words.
    Record {
        /// The line's code, declared under `records`.
        code: Name,
        /// Values the line shows.
        data: Vec<(Name, Formula)>,
    },
    /// Some more units on a clock.
    Extend {
        /// The clock.
        clock: ClockIx,
        /// A formula that yields a whole number of the clock's units.
        by: Formula,
    },
    /// Actions under a condition; the first branch that holds runs.
    Choose {
        /// In order; a branch without a guard always holds.
        branches: Vec<(Option<Guard>, Vec<Action>)>,
    },
}

/// Where a sent event goes.
#[derive(Clone, Debug)]
pub enum Destination {
    /// This run, after everything internal.
    Own,
    /// The main run of the case.
    Main,
    /// Active children of a kind.
    Children {
        /// The kind.
        kind: ChartIx,
        /// Which of them.
        which: Which,
    },
    /// Another case, or cases, as a message.
    Cases {
        /// The process they run.
        process: Name,
        /// Which of them.
        reach: Reach,
        /// Their `correlate` value, or the organisation; a formula that yields a text.
        key: Formula,
    },
}

/// Which cases of a process a message reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those that correlate by the key.
    #[default]
    Correlated,
    /// Those in which the organisation of that name has a part.
    Joined,
}

/// Which children an event goes to.
#[derive(Clone, Debug)]
pub enum Which {
    /// Every active one.
    All,
    /// The active one of this key.
    Key(Formula),
    /// Every active one but this key's.
    AllBut(Formula),
}

/// Who is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipient {
    /// Everyone of a role with a part in the case.
    Role(RoleIx),
    /// The party a child belongs to, by its key.
    Key,
    /// Those a formula names.
    Named(Formula),
}

/// A declared line of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDecl {
    /// Its code.
    pub code: Name,
    /// The words, with `{name}` for the values.
    pub words: Bilingual,
}

/// What a list of actions belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// A state: its entry, exit or start.
    State(StateIx),
    /// A transition.
    Transition(TransitionIx),
}

impl Chart {
    /// Every list of actions with what it belongs to: those of the states, then those of the transitions.
    pub fn action_lists(&self) -> impl Iterator<Item = (Acting, &[Action])> {
        let states = (0u16..).zip(&self.states).flat_map(|(at, state)| {
            let start = state.initial.iter().map(|initial| &initial.actions);
            let lists = [&state.entry, &state.exit].into_iter().chain(start);
            lists.map(move |actions| (Acting::State(StateIx(at)), &actions[..]))
        });
        let transitions = (0u16..).zip(&self.transitions);
        let transitions = transitions
            .map(|(at, transition)| (Acting::Transition(TransitionIx(at)), &transition.actions[..]));
        states.chain(transitions)
    }
}

/// Every action of a list, those in branches too, in the order written.
pub fn each_action<'d>(actions: &'d [Action], visit: &mut impl FnMut(&'d Action)) {
    for action in actions {
        visit(action);
        if let Action::Choose { branches } = action {
            branches.iter().for_each(|(_, inner)| each_action(inner, visit));
        }
    }
}
