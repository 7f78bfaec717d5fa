//! What an error of SQLite means.

use ports::fault::{Cause, CommitError, Fault, Retry};

use crate::tables::Trouble;

/// An error of either driver: the one that writes, the one that reads.
pub trait Said: ToString {
    /// The primary result code of SQLite: the low byte of the extended one. `None`: it did not come so far.
    fn code(&self) -> Option<i64>;
    /// What SQLite itself said.
    fn words(&self) -> String;
    /// What it means when SQLite gave no code.
    fn otherwise(&self) -> (Cause, Retry);
}

impl Said for sqlx::Error {
    fn code(&self) -> Option<i64> {
        let sqlx::Error::Database(error) = self else { return None };
        error.code()?.parse::<i64>().ok().map(|code| code & 0xff)
    }

    fn words(&self) -> String {
        let sqlx::Error::Database(error) = self else { return self.to_string() };
        error.message().to_owned()
    }

    fn otherwise(&self) -> (Cause, Retry) {
        match self {
            sqlx::Error::PoolTimedOut => (Cause::Busy, Retry::Later),
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => (Cause::Disk, Retry::Restart),
            sqlx::Error::Io(_) => (Cause::Disk, Retry::Restart),
            _ => (Cause::Bug, Retry::Never),
        }
    }
}

impl Said for rusqlite::Error {
    fn code(&self) -> Option<i64> {
        self.sqlite_error().map(|error| i64::from(error.extended_code & 0xff))
    }

    fn words(&self) -> String {
        match self {
            rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
            other => other.to_string(),
        }
    }

    fn otherwise(&self) -> (Cause, Retry) {
        (Cause::Bug, Retry::Never)
    }
}

/// The names of keys, which SQLite reports by their columns. Checks it reports by name.
const KEYS: [(&str, &str); 13] = [
    ("cases.case_id", "cases_number_once"),
    ("entries.case_id, entries.entry", "entries_once"),
    ("slots.case_id, slots.run", "slots_once"),
    ("slots.case_id, slots.kind, slots.slot", "slots_one_holder"),
    ("parties.case_id, parties.party", "parties_once"),
    ("tasks.case_id, tasks.task", "tasks_once"),
    ("outbox.case_id, outbox.entry, outbox.effect", "outbox_once"),
    ("deliveries.case_id, deliveries.entry, deliveries.effect", "deliveries_once"),
    ("messages.case_id, messages.sender", "messages_last_of_sender"),
    ("commands.command", "commands_once"),
    ("leases.lease", "leases_once"),
    ("definitions.definition", "definitions_once"),
    ("migrations.number", "migrations_once"),
];

const BUSY: i64 = 5;
const LOCKED: i64 = 6;
const READ_ONLY: i64 = 8;
const IO: i64 = 10;
const DAMAGED: i64 = 11;
const FULL: i64 = 13;
const CANNOT_OPEN: i64 = 14;
const CONSTRAINT: i64 = 19;
const NOT_A_DATABASE: i64 = 26;

/// A statement failed.
pub fn statement_failed(error: impl Said) -> Trouble {
    if error.code() != Some(CONSTRAINT) {
        return Trouble::Fault(read_failed(error));
    }
    let words = error.words();
    let about = words.split_once("failed: ").map_or(&*words, |(_, about)| about);
    let name = KEYS.iter().find(|(columns, _)| *columns == about).map_or(about, |(_, name)| name);
    Trouble::Constraint(name.into())
}

/// A read, an opening or a beginning failed.
pub fn read_failed(error: impl Said) -> Fault {
    let detail = error.to_string();
    let (cause, retry) = match error.code() {
        Some(BUSY | LOCKED) => (Cause::Busy, Retry::Soon),
        Some(FULL) => (Cause::Full, Retry::Later),
        Some(IO) => (Cause::Disk, Retry::Restart),
        Some(DAMAGED | NOT_A_DATABASE) => (Cause::Damaged, Retry::Restart),
        Some(READ_ONLY | CANNOT_OPEN) => (Cause::Unsuitable, Retry::Later),
        Some(_) => (Cause::Bug, Retry::Never),
        None => error.otherwise(),
    };
    let detail = match retry {
        Retry::Restart => format!(
            "{detail}. This process can no longer trust what it has read: it must end with exit code 75 and be started again"
        ),
        _ => detail,
    };
    Fault::new(cause, retry, detail)
}

/// A commit failed. A full disk or a lock leaves nothing behind; of anything else nobody knows.
pub fn commit_failed(error: impl Said) -> CommitError {
    let certain = matches!(error.code(), Some(BUSY | LOCKED | FULL | CONSTRAINT | READ_ONLY));
    let fault = read_failed(error);
    if certain { CommitError::Fault(fault) } else { CommitError::Unknown(fault) }
}
