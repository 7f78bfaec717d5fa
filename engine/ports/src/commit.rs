//! What one transaction writes: many cases at once, each whole or not at all.

use std::sync::Arc;

use jiff::Timestamp;
use machine::case::Case;
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use machine::incident::Incident;
use machine::reason::Reason;

use crate::outbox::{EffectKey, Outgoing};
use crate::query::Standing;

/// A SHA-256.
pub type Hash = [u8; 32];

/// The most steps one transaction carries.
pub const UNITS_MAX: usize = 4_096;
/// The longest name of any kind a store takes, in bytes: case numbers, keys of commands, parties.
pub const NAME_BYTES_MAX: usize = 200;
/// The longest answer kept with a command's key, in bytes.
pub const ANSWER_BYTES_MAX: usize = 65_536;

/// What one transaction writes. A case may take several steps in it, in their order. When one of them meets a
/// conflict all steps of that case are left out: that one is told its conflict, the others that they are stale. The
/// other cases are written.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The steps. One that follows another of its case says the version that one leaves; its chain is not looked at.
    pub units: Vec<Arc<Unit>>,
}

impl From<Vec<Unit>> for Batch {
    fn from(units: Vec<Unit>) -> Batch {
        Batch { units: units.into_iter().map(Arc::new).collect() }
    }
}

/// What is written about one case: what a step changed, and everything that follows from it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The case after the step.
    pub case: Case,
    /// Where its history stood when it was loaded.
    pub before: Mark,
    /// Written only while this lease is held.
    pub fence: Option<Fence>,
    /// What lists show of it from now on.
    pub line: Line,
    /// What its history says of the step.
    pub entry: NewEntry,
    /// The command this answers.
    pub command: Option<Answered>,
    /// The message from another case this takes in.
    pub received: Option<Received>,
    /// Changes of the inbox.
    pub tasks: Vec<TaskChange>,
    /// What goes out.
    pub outbox: Vec<Outgoing>,
}

/// Where a case's history stands: how many entries, and the hash that covers them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Entries so far. The version of the case.
    pub version: u64,
    /// The chain hash of the last one.
    pub chain: Hash,
}

impl Mark {
    /// A case that is not stored yet.
    pub const NEW: Mark = Mark { version: 0, chain: [0; 32] };
}

/// A lease that must still be held, in the same epoch, when the transaction is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence {
    /// Which lease.
    pub lease: Name,
    /// The epoch in which it was taken.
    pub epoch: u64,
}

/// What lists show of a case; the store reads nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The innermost active states of the main run, by name.
    pub states: Vec<Name>,
    /// Organisations and people who have a part in it from this commit on.
    pub joined: Vec<Name>,
    /// The value other cases reach it by.
    pub correlate: Option<Name>,
    /// Whether it goes on.
    pub standing: Standing,
}

/// What is written into the history: one entry for each unit, gapless within its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When it was decided, by the engine's clock.
    pub at: Timestamp,
    /// What happened, in order.
    pub facts: Vec<Fact>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Why the case cannot go on by itself.
    pub incident: Option<Incident>,
}

/// A command with the answer it got, kept so that the same key gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The caller's key, unique among all commands.
    pub key: Name,
    /// Hash of what was asked: the same key with another body is a conflict.
    pub body: Hash,
    /// What was answered, as the caller's side wrote it.
    pub answer: Vec<u8>,
}

/// A message taken in. Messages of one sender are taken in the order of their keys, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The message's own key: sender, entry, effect.
    pub message: EffectKey,
}

/// A change of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskChange {
    /// Opened, or changed hands.
    Put(OpenTask),
    /// No longer open.
    Close(u32),
}

/// What the inbox shows of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTask {
    /// Its number in the case.
    pub task: u32,
    /// The state that opened it.
    pub state: Name,
    /// Who may take it.
    pub role: Name,
    /// Who has taken it.
    pub holder: Option<Name>,
    /// The organisation it belongs to.
    pub party: Option<Name>,
    /// Since when it waits.
    pub opened: Timestamp,
    /// When it is due.
    pub due: Option<Timestamp>,
}

/// Why a unit was left out. Nothing of it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Somebody wrote this case in between; it stands at this version now, 0 if it is not stored.
    Stale {
        /// The version stored.
        stored: u64,
    },
    /// The lease was lost.
    Fenced,
    /// The same command was answered before: here is the answer.
    Answered(Recorded),
    /// The key was used for another command.
    KeyReused {
        /// The case it was used on.
        case: CaseId,
    },
    /// The message, or a later one of the same sender, was taken in before.
    AlreadyReceived,
    /// The tables forbid it: the constraint's name. The step and the tables disagree, which is a bug.
    Forbidden {
        /// `slots_one_holder`, ...
        constraint: Name,
    },
}

/// A command that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its key.
    pub key: Name,
    /// The case it was for.
    pub case: CaseId,
    /// Hash of what was asked.
    pub body: Hash,
    /// What was answered.
    pub answer: Vec<u8>,
    /// When.
    pub at: Timestamp,
}
