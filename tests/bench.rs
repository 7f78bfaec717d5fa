//! Measures the engine over SQLite and PostgreSQL beside the raw limit: the same rows and bytes by hand.
//!
//! `cargo run --release -p charter-tests --example bench -- [sqlite:FILE | postgres://...] [cases per client]`
#![expect(clippy::unwrap_used, reason = "a bench: what is missing stops it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use ports::clock::Clock;
use runtime::bench::{self, Figure, TRANSITIONS};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::loops;
use runtime::shelf::Shelf;
use rust_decimal::Decimal;
use store::Address;

/// The host's clock, moved ahead when the story wants it.
#[derive(Default)]
struct Moved(std::sync::atomic::AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(std::sync::atomic::Ordering::SeqCst));
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

fn show(store: &str, figure: &Figure) {
    let raw = figure.raw_limit.map_or("-".to_owned(), |raw| raw.to_string());
    let ratio = figure.ratio.map_or("-".to_owned(), |ratio| ratio.to_string());
    let settings: Vec<String> = figure.settings.iter().map(|(k, v)| format!("{k}={v}")).collect();
    println!(
        "{store:9} {:32} {:>12} {:4} raw {raw:>12} ratio {ratio:>6}  {}",
        figure.name,
        figure.value,
        figure.unit,
        settings.join(" ")
    );
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let folder = tempfile::tempdir_in(".").unwrap();
    let file = format!("sqlite:{}", folder.path().join("bench.db").display());
    let address = args.first().cloned().unwrap_or(file);
    let cases: usize = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(40);
    let timers: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let name = if address.starts_with("postgres") { "postgres" } else { "sqlite" };
    let parsed: Address = address.parse().unwrap();
    let clock = Arc::new(Moved::default());
    store::migrate(&parsed, clock.clone()).await.unwrap();
    let store = store::open(&parsed, clock.clone(), 8).await.unwrap();
    let lanes = std::env::var("LANES").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let bounds = Bounds { lanes, queue_max: 20_000, ..Bounds::default() };
    let setting = Setting { bounds, ..Setting::alone(store, clock.clone(), Arc::new(Shelf::default())) };
    let (engine, lanes) = Engine::new(setting);
    for (number, lane) in lanes.into_iter().enumerate() {
        tokio::spawn(loops::lane(engine.clone(), number, lane));
    }
    bench::prepare(&engine);
    let run = format!("{}", Timestamp::now().as_microsecond());
    bench::transitions(&engine, &format!("warm{run}"), 16, 10).await.unwrap();
    show(name, &bench::latency(&engine, &format!("one{run}"), 40).await.unwrap());
    for clients in [64, 256] {
        let figure = bench::transitions(&engine, &format!("c{clients}-{run}"), clients, cases).await.unwrap();
        let raw = match name {
            "postgres" => {
                by_hand::postgres(&address, &format!("raw{clients}-{run}"), clients, clients * cases).await
            }
            _ => {
                by_hand::sqlite(&folder.path().join(format!("raw{clients}.db")), clients, clients * cases)
                    .await
            }
        };
        show(name, &figure.against(raw));
    }
    bench::fill_timers(&engine, &format!("t{run}"), timers).await.unwrap();
    clock.0.store(bench::UNTIL_DUE.as_secs(), std::sync::atomic::Ordering::SeqCst);
    engine.store().now().await.unwrap();
    show(name, &bench::drain_timers(&engine, timers).await.unwrap());
}

/// The same rows and bytes, written by somebody who knows nothing but the tables.
mod by_hand {
    use super::*;
    use sqlx::{Connection, Executor};

    /// What one step keeps, in bytes: a snapshot, an entry, an answer (measured on the real rows).
    const SNAPSHOT: usize = 555;
    const ENTRY: usize = 702;
    const ANSWER: usize = 20;

    fn rate(count: usize, took: Duration) -> Decimal {
        bench::per_second(count, took)
    }

    pub async fn sqlite(path: &std::path::Path, batch: usize, cases: usize) -> Decimal {
        let address: Address = format!("sqlite:{}", path.display()).parse().unwrap();
        store::migrate(&address, Arc::new(Moved::default())).await.unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let (snapshot, entry, answer, hash) =
            (vec![7u8; SNAPSHOT], vec![7u8; ENTRY], vec![7u8; ANSWER], vec![7u8; 32]);
        let began = Instant::now();
        for first in (0..cases).step_by(batch) {
            for step in 0..TRANSITIONS as i64 {
                connection.execute("BEGIN IMMEDIATE").await.unwrap();
                // One statement a table, its rows counted out by the database itself: no driver in between.
                let last = (first + batch).min(cases) as i64 - 1;
                let rows = format!(
                    "WITH RECURSIVE n(v) AS (VALUES({first}) UNION ALL SELECT v + 1 FROM n WHERE v < {last}) "
                );
                let cases_sql = match step {
                    0 => {
                        "INSERT INTO cases (case_id, part, version, process, definition, states, status, next_due, started_at, updated_at, chain, snapshot) SELECT 'raw-' || v, 7, $1, 'bench', 'hash', ' a ', 'running', 9, 1, 1, $2, $3 FROM n"
                    }
                    _ => {
                        "UPDATE cases SET version = $1, states = ' b ', next_due = $1, updated_at = $1, chain = $2, snapshot = $3 WHERE case_id IN (SELECT 'raw-' || v FROM n) AND version = $1 - 1"
                    }
                };
                let run = |sql: &str| sqlx::AssertSqlSafe(format!("{rows}{sql}"));
                sqlx::query(run(cases_sql))
                    .bind(step + 1)
                    .bind(&hash)
                    .bind(&snapshot)
                    .execute(&mut connection)
                    .await
                    .unwrap();
                sqlx::query(run("INSERT INTO entries (case_id, entry, first_fact, written_at, body, chain) SELECT 'raw-' || v, $1, $1, 1, $2, $3 FROM n"))
                    .bind(step + 1).bind(&entry).bind(&hash).execute(&mut connection).await.unwrap();
                sqlx::query(run("INSERT INTO commands (command, case_id, asked, answer, answered_at) SELECT 'raw-' || v || '/' || $1, 'raw-' || v, $2, $3, 1 FROM n"))
                    .bind(step).bind(&hash).bind(&answer).execute(&mut connection).await.unwrap();
                if step > 0 {
                    sqlx::query(run(
                        "DELETE FROM tasks WHERE case_id IN (SELECT 'raw-' || v FROM n) AND task = $1",
                    ))
                    .bind(step)
                    .execute(&mut connection)
                    .await
                    .unwrap();
                }
                if step < 4 {
                    sqlx::query(run("INSERT INTO tasks (case_id, task, state, role, opened_at, due_at) SELECT 'raw-' || v, $1, 'a', 'clerk', 1, 9 FROM n"))
                        .bind(step + 1).execute(&mut connection).await.unwrap();
                }
                connection.execute("COMMIT").await.unwrap();
            }
        }
        rate(cases * TRANSITIONS, began.elapsed())
    }

    pub async fn postgres(url: &str, run: &str, batch: usize, cases: usize) -> Decimal {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        let (snapshot, entry, answer, hash) =
            (vec![7u8; SNAPSHOT], vec![7u8; ENTRY], vec![7u8; ANSWER], vec![7u8; 32]);
        let began = Instant::now();
        for first in (0..cases).step_by(batch) {
            for step in 0..TRANSITIONS as i64 {
                let ids: Vec<String> =
                    (first..(first + batch).min(cases)).map(|case| format!("{run}-{case}")).collect();
                let keys: Vec<String> = ids.iter().map(|id| format!("{id}/{step}")).collect();
                let mut tx = connection.begin().await.unwrap();
                if step == 0 {
                    sqlx::query("INSERT INTO cases (case_id, part, version, process, definition, states, status, next_due, started_at, updated_at, chain, snapshot) SELECT id, 7, 1, 'bench', 'hash', ' a ', 'running', 9, 1, 1, $2, $3 FROM unnest($1::text[]) AS id")
                        .bind(&ids).bind(&hash).bind(&snapshot).execute(&mut *tx).await.unwrap();
                } else {
                    sqlx::query("UPDATE cases SET version = $2, states = ' b ', next_due = $2, updated_at = $2, chain = $3, snapshot = $4 FROM unnest($1::text[]) AS id WHERE case_id = id AND version = $2 - 1")
                        .bind(&ids).bind(step + 1).bind(&hash).bind(&snapshot).execute(&mut *tx).await.unwrap();
                }
                sqlx::query("INSERT INTO entries (case_id, entry, first_fact, written_at, body, chain) SELECT id, $2, $2, 1, $3, $4 FROM unnest($1::text[]) AS id")
                    .bind(&ids).bind(step + 1).bind(&entry).bind(&hash).execute(&mut *tx).await.unwrap();
                sqlx::query("INSERT INTO commands (command, case_id, asked, answer, answered_at) SELECT key, id, $3, $4, 1 FROM unnest($1::text[], $2::text[]) AS n(id, key)")
                    .bind(&ids).bind(&keys).bind(&hash).bind(&answer).execute(&mut *tx).await.unwrap();
                if step > 0 {
                    sqlx::query(
                        "DELETE FROM tasks USING unnest($1::text[]) AS id WHERE case_id = id AND task = $2",
                    )
                    .bind(&ids)
                    .bind(step)
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                }
                if step < 4 {
                    sqlx::query("INSERT INTO tasks (case_id, task, state, role, opened_at, due_at) SELECT id, $2, 'a', 'clerk', 1, 9 FROM unnest($1::text[]) AS id")
                        .bind(&ids).bind(step + 1).execute(&mut *tx).await.unwrap();
                }
                tx.commit().await.unwrap();
            }
        }
        rate(cases * TRANSITIONS, began.elapsed())
    }
}
