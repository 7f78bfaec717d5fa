//! What reaches a case from outside: commands, the passing of time, acts on tasks and clocks.

use expr::value::Value;
use jiff::Timestamp;

use crate::chart::Verb;
use crate::ids::Name;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person, or `system:timer`, `system:NAME` for machines.
    pub id: Name,
    /// The organisation at that time.
    pub organisation: Option<Name>,
    /// The role at that time, by its name in the definition.
    pub role: Name,
    /// The person in whose name it is done.
    pub on_behalf_of: Option<Name>,
}

impl Actor {
    /// A person of an organisation in a role.
    pub fn person(id: &str, organisation: &str, role: &str) -> Actor {
        Actor {
            id: id.into(),
            organisation: Some(organisation.into()),
            role: role.into(),
            on_behalf_of: None,
        }
    }

    /// The engine itself: timers, messages, connectors. It is not bound by roles.
    pub fn system(part: &str) -> Actor {
        Actor {
            id: format!("system:{part}").into(),
            organisation: None,
            role: "system".into(),
            on_behalf_of: None,
        }
    }

    /// Whether it is the engine itself.
    pub fn is_system(&self) -> bool {
        &*self.role == "system"
    }
}

/// Which run of a case an input is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The main run.
    Main,
    /// The latest child of this kind and key.
    Child {
        /// The kind, as declared under `children`.
        kind: Name,
        /// Its key.
        key: Value,
    },
}

/// An event with what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which run.
    pub to: Target,
    /// Declared name.
    pub name: Name,
    /// What came with it.
    pub data: Vec<(Name, Value)>,
    /// Why, in words, where the event wants a reason.
    pub reason: Option<Name>,
}

/// Something for a case to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Somebody, a connector or another case sends an event.
    Event(Event),
    /// Somebody acts on a task.
    Task {
        /// The task's number.
        task: u32,
        /// What is done.
        verb: Verb,
        /// To or for whom, where the verb needs one.
        person: Option<Actor>,
        /// Why, in words.
        reason: Option<Name>,
    },
    /// Somebody with authority acts on a timer.
    Timer {
        /// The timer's number.
        timer: u32,
        /// What is done.
        act: TimerAct,
        /// Why, in words; mandatory.
        reason: Name,
    },
    /// Somebody who runs the engine acts on the case, whatever its states allow.
    Administer {
        /// What is done.
        act: AdminAct,
        /// Why, in words; mandatory.
        reason: Name,
    },
    /// Nothing but time passing: due timers fire.
    Tick,
    /// A calendar notice was loaded: provisional deadlines are reckoned again.
    Calendar,
}

/// What those who run the engine can do to a case. Timers that are due fire after it, not before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAct {
    /// It goes on after an incident: what was due is tried again, the command that stopped it may be sent again.
    Retry,
    /// A timer ends without firing.
    Skip {
        /// Its number.
        timer: u32,
    },
    /// A run leaves where it is, without exit actions, and enters other states.
    Move {
        /// Which run.
        of: Target,
        /// The states, by name.
        to: Vec<Name>,
    },
    /// Every run ends where it is.
    Cancel,
}

/// What authority can do to a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerAct {
    /// It stands still.
    Suspend,
    /// It runs on with what was left.
    Resume,
    /// So many more of its own units.
    Extend(u32),
    /// Due at another instant.
    Move(Timestamp),
}

/// An input with who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What.
    pub input: Input,
    /// Who.
    pub by: Actor,
    /// When it was received: the only time that counts for its verdict.
    pub at: Timestamp,
}
