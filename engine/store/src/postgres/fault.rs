//! What an error of PostgreSQL means, by its SQLSTATE.

use ports::fault::{Cause, CommitError, Fault, Retry};
use sqlx::Error;
use sqlx::postgres::PgDatabaseError;

use crate::tables::Trouble;

fn of_server(error: &Error) -> Option<&PgDatabaseError> {
    let Error::Database(error) = error else { return None };
    error.try_downcast_ref::<PgDatabaseError>()
}

/// A statement failed.
pub fn statement_failed(error: Error) -> Trouble {
    if let Some(server) = of_server(&error)
        && server.code().starts_with("23")
    {
        return Trouble::Constraint(server.constraint().unwrap_or("not null").into());
    }
    Trouble::Fault(read_failed(error))
}

/// A read, a connection or a beginning failed.
pub fn read_failed(error: Error) -> Fault {
    let (cause, retry) = match (of_server(&error), &error) {
        (Some(server), _) => meaning(server.code()),
        (None, Error::PoolTimedOut) => (Cause::Busy, Retry::Later),
        (None, Error::Io(_) | Error::PoolClosed | Error::WorkerCrashed) => (Cause::Unreachable, Retry::Later),
        (None, Error::Protocol(_)) => (Cause::Unreachable, Retry::Later),
        (None, Error::Tls(_) | Error::Configuration(_)) => (Cause::Unsuitable, Retry::Never),
        (None, _) => (Cause::Bug, Retry::Never),
    };
    Fault::new(cause, retry, error.to_string())
}

/// What a SQLSTATE means (PostgreSQL, appendix A).
fn meaning(code: &str) -> (Cause, Retry) {
    match code {
        "40001" | "40P01" | "55P03" => (Cause::Busy, Retry::Soon),
        "57014" | "25P03" => (Cause::Busy, Retry::Later),
        "53100" => (Cause::Full, Retry::Later),
        "58030" => (Cause::Disk, Retry::Later),
        "25006" => (Cause::Unsuitable, Retry::Later),
        "42P01" | "42703" | "3F000" => (Cause::OldSchema, Retry::Never),
        _ => match &code[..code.len().min(2)] {
            "08" | "57" => (Cause::Unreachable, Retry::Later),
            "53" => (Cause::Busy, Retry::Later),
            "58" => (Cause::Disk, Retry::Later),
            "XX" => (Cause::Damaged, Retry::Later),
            "28" | "3D" | "42" => (Cause::Unsuitable, Retry::Never),
            _ => (Cause::Bug, Retry::Never),
        },
    }
}

/// A commit failed. Only when the server itself says that it rolled back is that certain; a lost connection,
/// a shutdown or a failing disk leave it open.
pub fn commit_failed(error: Error) -> CommitError {
    let certain = of_server(&error).is_some_and(|e| ["23", "25", "40"].contains(&&e.code()[..2]));
    let fault = read_failed(error);
    if certain { CommitError::Fault(fault) } else { CommitError::Unknown(fault) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_the_server_say_what_helps() {
        let table = [
            ("40001", Cause::Busy, Retry::Soon),
            ("40P01", Cause::Busy, Retry::Soon),
            ("55P03", Cause::Busy, Retry::Soon),
            ("57014", Cause::Busy, Retry::Later),
            ("53100", Cause::Full, Retry::Later),
            ("53300", Cause::Busy, Retry::Later),
            ("57P01", Cause::Unreachable, Retry::Later),
            ("08006", Cause::Unreachable, Retry::Later),
            ("28P01", Cause::Unsuitable, Retry::Never),
            ("42P01", Cause::OldSchema, Retry::Never),
            ("XX001", Cause::Damaged, Retry::Later),
            ("22012", Cause::Bug, Retry::Never),
        ];
        for (code, cause, retry) in table {
            assert_eq!(meaning(code), (cause, retry), "{code}");
        }
    }

    #[test]
    fn a_lost_reply_to_a_commit_is_unknown_not_failed() {
        let lost = Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(matches!(commit_failed(lost), CommitError::Unknown(fault) if fault.retry == Retry::Later));
    }
}
