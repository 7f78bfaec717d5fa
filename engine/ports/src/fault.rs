//! The world misbehaves: what happened, and whether trying again can help.

use std::fmt;

/// Something outside the engine failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}: {detail}")]
pub struct Fault {
    /// What kind of trouble.
    pub cause: Cause,
    /// What helps.
    pub retry: Retry,
    /// What was seen, for the log and for a person.
    pub detail: String,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retry {
    /// At once: two writers met.
    Soon,
    /// After a while: the database is away, busy or full.
    Later,
    /// Not before a person has done something.
    Never,
    /// Not by this process: it must end with exit code 75 and be started again.
    Restart,
}

/// Kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// No connection, or it broke.
    Unreachable,
    /// Somebody else holds a lock, or a time limit was reached.
    Busy,
    /// No room on the disk.
    Full,
    /// Reading or writing the disk failed.
    Disk,
    /// What is stored contradicts itself.
    Damaged,
    /// The tables are older than this program.
    OldSchema,
    /// The tables, or a stored form, are newer than this program.
    NewSchema,
    /// The place or its settings cannot be used for keeping anything.
    Unsuitable,
    /// The clock stands before a time that was already written.
    ClockBack,
    /// The clock jumped ahead, or too much fell due at once: what is due waits for a person.
    ClockAhead,
    /// More at once than the store takes.
    TooMuch,
    /// The program asked for something that makes no sense: a bug.
    Bug,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 12] = [
        Cause::Unreachable,
        Cause::Busy,
        Cause::Full,
        Cause::Disk,
        Cause::Damaged,
        Cause::OldSchema,
        Cause::NewSchema,
        Cause::Unsuitable,
        Cause::ClockBack,
        Cause::ClockAhead,
        Cause::TooMuch,
        Cause::Bug,
    ];

    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Unreachable => "unreachable",
            Cause::Busy => "busy",
            Cause::Full => "disk full",
            Cause::Disk => "disk failure",
            Cause::Damaged => "damaged",
            Cause::OldSchema => "old schema",
            Cause::NewSchema => "newer than this program",
            Cause::Unsuitable => "unsuitable",
            Cause::ClockBack => "clock went back",
            Cause::ClockAhead => "deadlines are held",
            Cause::TooMuch => "too much at once",
            Cause::Bug => "bug",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Fault {
    /// A fault of this kind.
    pub fn new(cause: Cause, retry: Retry, detail: impl Into<String>) -> Fault {
        Fault { cause, retry, detail: detail.into() }
    }
}

/// Why a commit gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Nothing was written.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It may have been written: look the command's key up before anything else.
    #[error("nobody can say whether it was written: {0}")]
    Unknown(Fault),
}
