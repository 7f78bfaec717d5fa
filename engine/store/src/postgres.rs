//! PostgreSQL 14 or later: many writers, many nodes, rows handed over as arrays.
//!
//! Every connection limits how long a statement, a lock and an idle transaction may last, so that no node can
//! hold up the others. Time is the server's (`clock_timestamp()`); nodes never compare their own clocks.

mod fault;
mod session;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ports::fault::{Cause, Fault, Retry};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, Row};

use crate::by_hand::{Shape, Step, filled};
use crate::migrate::Migration;
use crate::tables::{Ask, Line, Rows, Tables, Words};
use fault::read_failed;
pub use session::PostgresSession;

/// The changes of the tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "cases", text: include_str!("../../../migrations/postgres/0001_cases.sql") },
    Migration { number: 2, name: "news", text: include_str!("../../../migrations/postgres/0002_news.sql") },
];

const WORDS: Words = Words {
    skip_locked: " FOR UPDATE OF o SKIP LOCKED",
    narrow: false,
    for_share: " FOR SHARE",
    settled_news: "xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    has_migrations: "SELECT 1 WHERE to_regclass('migrations') IS NOT NULL",
    create_migrations: "CREATE TABLE migrations (
        number bigint NOT NULL, name text NOT NULL, hash bytea NOT NULL, applied_at bigint NOT NULL,
        CONSTRAINT migrations_once PRIMARY KEY (number))",
    // Any number will do, as long as every program takes the same.
    one_migrates: "SELECT 1 FROM pg_advisory_xact_lock(7104117111)",
    migrations: MIGRATIONS,
};

/// The channel of hints.
const CHANNEL: &str = "charter";
/// A hint for each commit would make commits wait for each other; one in so many microseconds is enough.
const HINT_EVERY: i64 = 5_000;
const OLDEST: i64 = 140_000;
const WAIT: Duration = Duration::from_secs(5);
/// A connection that rested longer than this is tried before it is used; of a busy one its next statement tells.
const RESTED: Duration = Duration::from_secs(1);
/// Every statement of ours goes by a key or an index, few rows at a time, and is kept ready. A plan made while a table
/// was new and empty would read the whole table once it is large; plans of the one right shape are right at any size.
/// What a server does not know is left out.
const PLANS: &str = "SELECT set_config(name, CASE name WHEN 'plan_cache_mode' THEN 'force_generic_plan' ELSE 'off' END, false)
  FROM pg_settings
  WHERE name IN ('plan_cache_mode', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit')";

/// A database on a server.
#[derive(Clone, Debug)]
pub struct Postgres {
    pool: PgPool,
    hinted: Arc<AtomicI64>,
}

impl Postgres {
    /// Connects. Says nothing about its tables yet.
    ///
    /// # Errors
    /// [`Cause::Unreachable`], or [`Cause::Unsuitable`] when the server would lose acknowledged work.
    pub async fn open(url: &str, connections: u32) -> Result<Postgres, Fault> {
        let options = PgConnectOptions::from_str(url).map_err(|error| {
            Fault::new(Cause::Unsuitable, Retry::Never, format!("the address of the database: {error}"))
        })?;
        let options = options
            .application_name("charter")
            .statement_cache_capacity(500)
            .options([
                ("statement_timeout", "30s"),
                ("lock_timeout", "1s"),
                // A transaction of ours lasts milliseconds; one that sleeps longer is a frozen node, and others wait.
                ("idle_in_transaction_session_timeout", "3s"),
                ("default_transaction_isolation", "read committed"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(2))
            .acquire_timeout(WAIT)
            .test_before_acquire(false)
            .before_acquire(|connection, used| {
                Box::pin(async move {
                    if used.idle_for > RESTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(PLANS).execute(connection).await.map(drop) })
            })
            .connect_with(options)
            .await
            .map_err(read_failed)?;
        assert_settings(&pool).await?;
        Ok(Postgres { pool, hinted: Arc::default() })
    }

    /// Waits for hints of other nodes on a connection of its own.
    ///
    /// # Errors
    /// A fault of the connection.
    pub async fn listen(&self) -> Result<Hints, Fault> {
        let mut listener = PgListener::connect_with(&self.pool).await.map_err(read_failed)?;
        listener.listen(CHANNEL).await.map_err(read_failed)?;
        Ok(Hints(listener))
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Hints that there is something to look at. They may be lost: looking now and then is the truth.
#[derive(Debug)]
pub struct Hints(PgListener);

impl Hints {
    /// Waits for the next hint.
    ///
    /// # Errors
    /// A fault of the connection.
    pub async fn next(&mut self) -> Result<(), Fault> {
        self.0.recv().await.map(drop).map_err(read_failed)
    }
}

async fn assert_settings(pool: &PgPool) -> Result<(), Fault> {
    let text = "SELECT current_setting('server_version_num')::bigint, current_setting('fsync'),
         current_setting('full_page_writes'), current_setting('synchronous_commit'),
         current_setting('server_encoding')";
    let row = sqlx::query(text).fetch_one(pool).await.map_err(read_failed)?;
    let version: i64 = row.try_get(0).map_err(read_failed)?;
    if version < OLDEST {
        return Err(unsuitable(format!("PostgreSQL 14 or later is needed, this is {}", version / 10_000)));
    }
    let wanted = [(1, "fsync", "off"), (2, "full_page_writes", "off"), (3, "synchronous_commit", "off")];
    for (at, name, bad) in wanted {
        let value: String = row.try_get(at).map_err(read_failed)?;
        if value == bad {
            return Err(unsuitable(format!(
                "the server runs with {name} = {bad}: a power cut would lose acknowledged work"
            )));
        }
    }
    let encoding: String = row.try_get(4).map_err(read_failed)?;
    if encoding != "UTF8" {
        return Err(unsuitable(format!("the database is encoded as {encoding}: make one with UTF8")));
    }
    Ok(())
}

fn unsuitable(detail: String) -> Fault {
    Fault::new(Cause::Unsuitable, Retry::Never, detail)
}

impl Tables for Postgres {
    type Session<'t> = PostgresSession;

    async fn begin(&self) -> Result<PostgresSession, Fault> {
        PostgresSession::begin(&self.pool).await
    }

    async fn ask(&self, ask: Ask) -> Result<Vec<Line>, Fault> {
        if ask.whole {
            return session::ask_all(&self.pool, ask).await;
        }
        session::lines(session::query(ask).fetch_all(&self.pool).await.map_err(read_failed)?)
    }

    async fn ask_over(&self, rows: &Rows<'_>, body: &str) -> Result<Vec<Line>, Fault> {
        session::lines(session::query_over(rows, body).fetch_all(&self.pool).await.map_err(read_failed)?)
    }

    async fn now(&self) -> Result<Timestamp, Fault> {
        let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        let row = sqlx::query(text).fetch_one(&self.pool).await.map_err(read_failed)?;
        crate::tables::instant(row.try_get(0).map_err(read_failed)?)
    }

    async fn hint(&self) {
        let now = crate::tables::micros(Timestamp::now());
        let last = self.hinted.load(Ordering::Relaxed);
        let ours = self.hinted.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed);
        if (now - last).abs() < HINT_EVERY || ours.is_err() {
            return;
        }
        // A lost hint costs a moment: whoever listens also looks now and then.
        let _ = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&self.pool).await;
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}

/// Writes rows in batches by hand, on one connection ([`crate::by_hand`]).
pub(crate) async fn by_hand(url: &str, steps: &[Step], shape: &Shape) -> Result<(), Fault> {
    let store = Postgres::open(url, 2).await?;
    let bytes = |length: usize| format!("decode(repeat('00', {length}), 'hex')");
    for case in 0..shape.cases {
        for step in steps {
            let mut transaction = store.pool.begin().await.map_err(read_failed)?;
            for text in &step.statements {
                let text = sqlx::AssertSqlSafe(filled(text, shape, case, bytes));
                sqlx::raw_sql(text).execute(&mut *transaction).await.map_err(read_failed)?;
            }
            transaction.commit().await.map_err(read_failed)?;
        }
    }
    store.close().await;
    Ok(())
}
