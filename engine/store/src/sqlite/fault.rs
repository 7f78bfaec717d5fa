//! What an error of SQLite means.

use ports::fault::{Cause, CommitError, Fault, Retry};
use sqlx::Error;

use crate::tables::Trouble;

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

/// The primary result code: the low byte of the extended one.
fn code(error: &Error) -> Option<i64> {
    let Error::Database(error) = error else { return None };
    error.code()?.parse::<i64>().ok().map(|code| code & 0xff)
}

/// A statement failed.
pub fn statement_failed(error: Error) -> Trouble {
    if code(&error) != Some(CONSTRAINT) {
        return Trouble::Fault(read_failed(error));
    }
    let Error::Database(database) = &error else { return Trouble::Fault(read_failed(error)) };
    let message = database.message();
    let about = message.split_once("failed: ").map_or(message, |(_, about)| about);
    let name = KEYS.iter().find(|(columns, _)| *columns == about).map_or(about, |(_, name)| name);
    Trouble::Constraint(name.into())
}

/// A read, an opening or a beginning failed.
pub fn read_failed(error: Error) -> Fault {
    let detail = error.to_string();
    let (cause, retry) = match code(&error) {
        Some(BUSY | LOCKED) => (Cause::Busy, Retry::Soon),
        Some(FULL) => (Cause::Full, Retry::Later),
        Some(IO) => (Cause::Disk, Retry::Restart),
        Some(DAMAGED | NOT_A_DATABASE) => (Cause::Damaged, Retry::Restart),
        Some(READ_ONLY | CANNOT_OPEN) => (Cause::Unsuitable, Retry::Later),
        Some(_) => (Cause::Bug, Retry::Never),
        None => match error {
            Error::PoolTimedOut => (Cause::Busy, Retry::Later),
            Error::WorkerCrashed | Error::PoolClosed => (Cause::Disk, Retry::Restart),
            Error::Io(_) => (Cause::Disk, Retry::Restart),
            _ => (Cause::Bug, Retry::Never),
        },
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
pub fn commit_failed(error: Error) -> CommitError {
    let certain = matches!(code(&error), Some(BUSY | LOCKED | FULL | CONSTRAINT | READ_ONLY));
    let fault = read_failed(error);
    if certain { CommitError::Fault(fault) } else { CommitError::Unknown(fault) }
}
