//! One line of a case's history. Folding the facts of a case gives the case (`replay`).

use std::sync::Arc;

use expr::value::Value;
use jiff::Timestamp;

use crate::action::Reach;
use crate::case::{Stopped, Task, Timer};
use crate::chart::Verb;
use crate::event::{Actor, TimerAct};
use crate::ids::{CaseId, ChartIx, EventIx, FieldIx, Name, RunIx, StateIx};
use expr::time::clock::Clock;

/// What happened, in which run, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The run it belongs to.
    pub run: RunIx,
    /// The instant it counts at: of receipt for commands, of the due time for timers.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// The kinds of fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The case began.
    Opened {
        /// Its number.
        id: CaseId,
        /// The process.
        process: Name,
        /// Hash of the definition.
        definition: Name,
        /// Who opened it.
        by: Actor,
    },
    /// A run began: the main one, or a child.
    Started {
        /// Which chart.
        chart: ChartIx,
        /// Its key; null for the main run.
        key: Value,
        /// The place it takes.
        slot: Option<u16>,
        /// Its data at the start.
        data: Vec<Value>,
    },
    /// An event was accepted.
    Received {
        /// Its name.
        event: Name,
        /// What came with it.
        data: Value,
        /// Who sent it.
        by: Actor,
        /// Why, where a reason is wanted.
        reason: Option<Name>,
    },
    /// An attempt was refused. Nothing else changed.
    Refused {
        /// What was tried: an event's name or a verb.
        event: Name,
        /// What came with it.
        data: Value,
        /// Who tried.
        by: Actor,
        /// The refusal's code.
        code: Name,
    },
    /// A state was left.
    Exited(StateIx),
    /// A state was entered.
    Entered(StateIx),
    /// A history state remembers.
    Remembered {
        /// The history state.
        history: StateIx,
        /// What was active.
        states: Arc<[StateIx]>,
    },
    /// A field took a value.
    Set {
        /// Which.
        field: FieldIx,
        /// The value.
        value: Value,
    },
    /// A timer was set.
    TimerSet(Timer),
    /// A timer ended without firing.
    TimerCleared {
        /// Its number.
        timer: u32,
    },
    /// A timer fired.
    TimerFired {
        /// Its number.
        timer: u32,
        /// When it was due.
        due: Timestamp,
    },
    /// A reminder of a timer was given.
    Reminded {
        /// The timer's number.
        timer: u32,
        /// Which reminder, from 0.
        reminder: u8,
    },
    /// A timer's reckoning changed: paused, resumed, extended, moved, reckoned again.
    TimerChanged {
        /// Its number.
        timer: u32,
        /// How.
        how: Change,
        /// The reckoning from now on.
        clock: Clock,
        /// The reminders it still gives.
        reminders: Vec<(Timestamp, u8)>,
        /// Held by a history state from now on.
        held: bool,
        /// Who stops it from now on.
        stopped: Stopped,
    },
    /// A task was opened.
    TaskOpened(Task),
    /// Somebody acted on a task.
    TaskChanged {
        /// What was done.
        verb: Verb,
        /// By whom.
        by: Actor,
        /// Why.
        reason: Option<Name>,
        /// The task from now on.
        task: Task,
    },
    /// A signer said what they think; the task goes on.
    Opinion {
        /// The task.
        task: u32,
        /// Who.
        by: Name,
        /// Which outcome.
        event: EventIx,
    },
    /// A task was closed: decided, or its state was left.
    TaskClosed {
        /// Its number.
        task: u32,
        /// Who decided it; `None` when its state was left otherwise.
        by: Option<Name>,
    },
    /// Somebody decided in a state.
    Decided {
        /// The state.
        state: StateIx,
        /// Who.
        by: Name,
    },
    /// A child gave its place back although it goes on.
    Released,
    /// A run ended.
    Ended {
        /// As what.
        outcome: Name,
    },
    /// People were to be told.
    Notified {
        /// Which notice.
        notice: Name,
        /// To whom, in order.
        to: Vec<Addressee>,
        /// What it shows.
        data: Value,
    },
    /// A connector was to be asked.
    Called {
        /// Which.
        connector: Name,
        /// The request.
        request: Value,
        /// Event on an answer.
        reply: Option<Name>,
        /// Event when it was given up.
        failure: Option<Name>,
    },
    /// A message was to go to other cases.
    Sent {
        /// The process they run.
        process: Name,
        /// Which of them.
        reach: Reach,
        /// Their correlate value, or the organisation.
        key: Value,
        /// The event.
        event: Name,
        /// What comes with it.
        data: Value,
    },
    /// A line of history in people's words.
    Recorded {
        /// Its code.
        code: Name,
        /// Values it shows.
        data: Value,
    },
}

/// How a timer's reckoning changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The process itself paused it.
    Paused,
    /// The process itself resumed it.
    Resumed,
    /// The process itself extended it.
    Extended,
    /// Authority acted.
    ByAuthority {
        /// What.
        act: TimerAct,
        /// Who.
        by: Actor,
        /// Why.
        reason: Name,
    },
    /// A calendar notice made a provisional date certain or moved it.
    Reckoned,
}

/// Who a notice goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressee {
    /// Everyone of a role with a part in the case.
    Role(Name),
    /// An organisation or person.
    Party(Name),
}
