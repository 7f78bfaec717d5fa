//! SQLite: one file on a local disk, one writer, several readers.
//!
//! `synchronous=FULL` and WAL are set and then asked back: with anything less a power cut loses work that was
//! acknowledged. Any failure of the disk closes the store for good; the process has to end with exit code 75
//! and be started again, because only a fresh start reads what the disk really has.

mod check;
mod disk;
mod fault;
mod read;
mod session;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use ports::clock::Clock;
use ports::fault::{Cause, Fault, Retry};
use rusqlite::{Connection, OpenFlags};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tokio::sync::Mutex;

use crate::by_hand::{Shape, Step, filled};
use crate::migrate::Migration;
use crate::tables::{Ask, Line, Rows, Tables, Words};
pub use check::whole;
use fault::read_failed;
pub use session::SqliteSession;

/// The changes of the tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "cases", text: include_str!("../../../migrations/sqlite/0001_cases.sql") },
    Migration { number: 2, name: "news", text: include_str!("../../../migrations/sqlite/0002_news.sql") },
];

const WORDS: Words = Words {
    // A transaction that writes has the whole database to itself.
    skip_locked: "",
    narrow: true,
    for_share: "",
    settled_news: "true",
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
/// Statements kept ready for use.
const STATEMENTS: usize = 500;
/// How the writer works. Pages stay in memory (64 MiB), so that a page is read once; the log is copied back every
/// 4,000 pages (16 MiB), so that a page that changes often is copied once; what SQLite notes beside a statement
/// stays in memory too.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;";

/// A database in one file.
#[derive(Clone)]
pub struct Sqlite {
    /// One connection only, so that writers queue here and not in the file. `None` once it is closed.
    writer: Arc<Mutex<Option<Connection>>>,
    /// Whose turn it is to write: threads begin in any order, writes do not.
    turn: Arc<Mutex<()>>,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    /// The latest second that was written, counted from [`EPOCH_SECONDS`].
    high: Arc<AtomicI64>,
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
        let place = path.to_owned();
        let (writer, high) = carried(async move { open_writer(&place, unclean) }).await?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS)
            .read_only(true)
            .disable_statement_logging();
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY)
            .connect_lazy_with(options);
        Ok(Sqlite {
            writer: Arc::new(Mutex::new(Some(writer))),
            turn: Arc::default(),
            readers,
            clock,
            high: Arc::new(AtomicI64::new(high)),
            broken: Arc::default(),
        })
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
        drop(self.writer.lock().await.take());
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

fn open_writer(path: &Path, unclean: bool) -> Result<(Connection, i64), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let writer = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let writer = writer.map_err(read_failed)?;
    writer.busy_timeout(BUSY).map_err(read_failed)?;
    writer.execute_batch(WRITER).map_err(read_failed)?;
    writer.set_prepared_statement_cache_capacity(STATEMENTS);
    assert_settings(&writer)?;
    if unclean {
        check::after_unclean_end(&writer, path)?;
    }
    let high = writer.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(read_failed)?;
    Ok((writer, high))
}

fn assert_settings(writer: &Connection) -> Result<(), Fault> {
    let mode: String = writer.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(read_failed)?;
    let synchronous: i64 =
        writer.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(read_failed)?;
    if mode != "wal" || synchronous != 2 {
        let detail = format!(
            "SQLite runs with journal_mode={mode} and synchronous={synchronous} although wal and 2 (FULL) were asked for: a power cut would lose acknowledged work"
        );
        return Err(Fault::new(Cause::Unsuitable, Retry::Never, detail));
    }
    Ok(())
}

/// Carries out an act on a thread that may wait for the disk. Once begun it is carried to its end, whether
/// somebody still waits for it or not.
pub(crate) async fn carried<F>(act: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let threads = tokio::runtime::Handle::current();
    match tokio::task::spawn_blocking(move || threads.block_on(act)).await {
        Ok(done) => done,
        Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
        // The program ends: nobody is left to be answered.
        Err(_) => std::future::pending().await,
    }
}

impl Tables for Sqlite {
    type Session<'t> = SqliteSession<'t>;

    fn carry<F>(&self, act: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let turn = self.turn.clone().lock_owned();
        async move {
            // Writes begin in the order they were asked for, also those whose caller has gone away since.
            let turn = turn.await;
            carried(async move {
                let done = act.await;
                drop(turn);
                done
            })
            .await
        }
    }

    async fn begin(&self) -> Result<SqliteSession<'_>, Fault> {
        self.whole()?;
        SqliteSession::begin(self).await.map_err(|fault| self.noted(fault))
    }

    async fn ask(&self, ask: Ask) -> Result<Vec<Line>, Fault> {
        self.whole()?;
        let rows = read::query(ask).fetch_all(&self.readers).await;
        read::lines(rows.map_err(|error| self.noted(read_failed(error)))?)
    }

    async fn ask_over(&self, rows: &Rows<'_>, body: &str) -> Result<Vec<Line>, Fault> {
        self.whole()?;
        let rows = read::query_over(rows, body).fetch_all(&self.readers).await;
        read::lines(rows.map_err(|error| self.noted(read_failed(error)))?)
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

/// Writes rows in batches by hand, with the settings of the writer ([`crate::by_hand`]).
pub(crate) fn by_hand(path: &Path, steps: &[Step], shape: &Shape) -> Result<(), Fault> {
    let (writer, _) = open_writer(path, false)?;
    let bytes = |length: usize| format!("zeroblob({length})");
    for case in 0..shape.cases {
        for step in steps {
            writer.execute_batch("BEGIN IMMEDIATE").map_err(read_failed)?;
            for text in &step.statements {
                writer.execute_batch(&filled(text, shape, case, bytes)).map_err(read_failed)?;
            }
            writer.execute_batch("COMMIT").map_err(read_failed)?;
        }
    }
    Ok(())
}
