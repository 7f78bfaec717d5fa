//! SQLite: one file on a local disk, one writer, several readers.
//!
//! `synchronous=FULL` and WAL are set and then asked back: with anything less a power cut loses work that was
//! acknowledged. Any failure of the disk closes the store for good; the process has to end with exit code 75
//! and be started again, because only a fresh start reads what the disk really has.

mod disk;
mod fault;
mod session;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use ports::clock::Clock;
use ports::fault::{Cause, Fault, Retry};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row};

use crate::migrate::Migration;
use crate::tables::{Ask, Line, Rows, Tables, Words};
use fault::read_failed;
pub use session::SqliteSession;

/// The changes of the tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "cases",
    text: include_str!("../../../migrations/sqlite/0001_cases.sql"),
}];

const WORDS: Words = Words {
    // A transaction that writes has the whole database to itself.
    skip_locked: "",
    for_share: "",
    has_migrations: "SELECT 1 FROM sqlite_master WHERE name = 'migrations'",
    create_migrations: "CREATE TABLE migrations (
        number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL,
        applied_at INTEGER NOT NULL) STRICT",
    one_migrates: "",
    migrations: MIGRATIONS,
};

/// How far the clock may stand before what was already written: clocks are corrected by a little.
const BACK_MICROS_MAX: i64 = 2_000_000;
/// The high-water mark counts seconds from 2020-01-01: a number of 32 bits lasts until 2088.
const EPOCH_SECONDS: i64 = 1_577_836_800;
const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(5);
const WRITER_WAIT: Duration = Duration::from_secs(30);

/// A database in one file.
pub struct Sqlite {
    /// One connection only, so that writers queue here and not in the file.
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    /// The latest second that was written, counted from [`EPOCH_SECONDS`].
    high: AtomicI64,
    /// Set once the disk failed.
    broken: Arc<OnceLock<Fault>>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("broken", &self.broken.get()).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Opens the file, makes it if there is none. Says nothing about its tables yet.
    ///
    /// # Errors
    /// [`Cause::Unsuitable`] on a network file system or where the settings do not hold,
    /// [`Cause::Damaged`] when the file fails its check after an unclean end.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Sqlite, Fault> {
        disk::check(path)?;
        let unclean = std::fs::metadata(wal(path)).is_ok_and(|wal| wal.len() > 0);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .statement_cache_capacity(500)
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(WRITER_WAIT)
            .connect_with(options.clone())
            .await
            .map_err(read_failed)?;
        let mut first = writer.acquire().await.map_err(read_failed)?;
        assert_settings(&mut first).await?;
        if unclean {
            check_integrity(&mut first).await?;
        }
        let high = number(&mut first, "PRAGMA user_version").await?;
        drop(first);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY)
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        let broken = Arc::new(OnceLock::new());
        Ok(Sqlite { writer, readers, clock, high: AtomicI64::new(high), broken })
    }

    fn whole(&self) -> Result<(), Fault> {
        self.broken.get().map_or(Ok(()), |fault| Err(fault.clone()))
    }

    /// The fault, after noting whether the disk failed.
    fn noted(&self, fault: Fault) -> Fault {
        note(&self.broken, fault)
    }

    /// Closes the file in order, so that the next start has nothing to check.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Seconds of the high-water mark at this instant.
    fn seconds(at: Timestamp) -> i64 {
        at.as_second() - EPOCH_SECONDS
    }
}

/// Remembers a fault after which this process can no longer trust its connections.
fn note(broken: &OnceLock<Fault>, fault: Fault) -> Fault {
    if fault.retry == Retry::Restart {
        // Whoever is first says why; the others repeat it.
        let _ = broken.set(fault.clone());
    }
    fault
}

fn wal(path: &Path) -> PathBuf {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    PathBuf::from(wal)
}

async fn number(connection: &mut SqliteConnection, text: &'static str) -> Result<i64, Fault> {
    let row = sqlx::query(text).fetch_one(connection).await.map_err(read_failed)?;
    row.try_get(0).map_err(read_failed)
}

async fn assert_settings(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await.map_err(read_failed)?;
    let mode: String = row.try_get(0).map_err(read_failed)?;
    let synchronous = number(connection, "PRAGMA synchronous").await?;
    if mode != "wal" || synchronous != 2 {
        let detail = format!(
            "SQLite runs with journal_mode={mode} and synchronous={synchronous} although wal and 2 (FULL) were asked for: a power cut would lose acknowledged work"
        );
        return Err(Fault::new(Cause::Unsuitable, Retry::Never, detail));
    }
    Ok(())
}

async fn check_integrity(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let row = sqlx::query("PRAGMA integrity_check(5)").fetch_one(connection).await.map_err(read_failed)?;
    let said: String = row.try_get(0).map_err(read_failed)?;
    if said == "ok" {
        return Ok(());
    }
    let detail = format!("after an unclean end the database fails its check: {said}. Restore a backup");
    Err(Fault::new(Cause::Damaged, Retry::Never, detail))
}

impl Tables for Sqlite {
    type Session<'t> = SqliteSession<'t>;

    async fn begin(&self) -> Result<SqliteSession<'_>, Fault> {
        self.whole()?;
        SqliteSession::begin(self).await.map_err(|fault| self.noted(fault))
    }

    async fn ask(&self, ask: Ask) -> Result<Vec<Line>, Fault> {
        self.whole()?;
        let rows = session::query(ask).fetch_all(&self.readers).await;
        session::lines(rows.map_err(|error| self.noted(read_failed(error)))?)
    }

    async fn ask_over(&self, rows: &Rows, body: &str) -> Result<Vec<Line>, Fault> {
        self.whole()?;
        let rows = session::query_over(rows, body, 0, rows.len()).fetch_all(&self.readers).await;
        session::lines(rows.map_err(|error| self.noted(read_failed(error)))?)
    }

    async fn now(&self) -> Result<Timestamp, Fault> {
        let now = self.clock.now();
        let high = (self.high.load(Ordering::Relaxed) + EPOCH_SECONDS) * 1_000_000;
        if crate::tables::micros(now) < high - BACK_MICROS_MAX {
            let detail = format!(
                "the clock says {now}, but work was already written {} seconds later than that: set the clock right",
                high / 1_000_000 - now.as_second()
            );
            return Err(Fault::new(Cause::ClockBack, Retry::Later, detail));
        }
        Ok(now)
    }

    async fn hint(&self) {
        // One process: whoever committed knows.
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}
