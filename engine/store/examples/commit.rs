//! What the store costs above the database: commits of cases against the same rows put in by hand.
//!
//! `cargo run --release -p store --example commit -- sqlite:/tmp/x/commit.db 20000 200`
//!
//! The address names an empty database; for PostgreSQL also a second, empty one (`RAW_URL`) for the rows put in
//! by hand, for SQLite a second file is made beside the first. "By hand" are the very rows that the store wrote,
//! ready-made, in the same batches, through the same driver: no encoding, no hashing, no check of versions.

#![expect(clippy::unwrap_used, reason = "a measurement fails where it cannot go on")]

#[expect(dead_code, reason = "the stories need more of it than the measurement")]
#[path = "../tests/conformance/demand.rs"]
mod demand;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use expr::value::Value;
use jiff::Timestamp;
use machine::definition::Definition;
use machine::ids::CaseId;
use ports::clock::Clock;
use ports::commit::{Batch, Mark, Unit};
use ports::store::Store;
use store::postgres::Postgres;
use store::sqlite::Sqlite;
use store::tables::{Ask, Cell, Column, Line, Rows, Served, Session, Tables};
use store::{Address, migrate};

struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

const TABLES: [(&str, &[&str], &str); 6] = [
    (
        "cases",
        &[
            "case_id",
            "part",
            "version",
            "process",
            "definition",
            "states",
            "correlate",
            "status",
            "incident",
            "next_due",
            "started_at",
            "updated_at",
            "chain",
            "snapshot",
        ],
        "version = ",
    ),
    ("entries", &["case_id", "entry", "first_fact", "written_at", "body", "chain"], "entry = "),
    ("commands", &["command", "case_id", "asked", "answer", "answered_at"], "length(answer) = "),
    ("tasks", &["case_id", "task", "state", "role", "holder", "party", "opened_at", "due_at"], "task = "),
    ("slots", &["case_id", "kind", "slot", "run"], "2 = "),
    ("parties", &["case_id", "party"], "2 = "),
];

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, cases, batch] = args.as_slice() else { panic!("ADDRESS CASES BATCH") };
    let (cases, batch) = (cases.parse().unwrap(), batch.parse().unwrap());
    match address.parse::<Address>().unwrap() {
        Address::Memory => panic!("nothing to compare"),
        Address::Sqlite(path) => {
            let open = async |path: String| Sqlite::open(Path::new(&path), Arc::new(Wall)).await.unwrap();
            measure(open(path.clone()).await, open(format!("{path}.raw")).await, cases, batch).await;
        }
        Address::Postgres(url) => {
            let raw = std::env::var("RAW_URL").unwrap();
            measure(
                Postgres::open(&url, 4).await.unwrap(),
                Postgres::open(&raw, 4).await.unwrap(),
                cases,
                batch,
            )
            .await;
        }
    }
}

async fn measure<T: Tables>(tables: T, raw: T, cases: usize, batch: usize) {
    migrate::migrate(&tables, Timestamp::now()).await.unwrap();
    migrate::migrate(&raw, Timestamp::now()).await.unwrap();
    let store = Served(tables);
    let definition = demand::definition();
    let ids: Vec<String> = (0..cases).map(|n| format!("FD-2026-{n:08}")).collect();
    let report = |phase: &str, ours: Duration, theirs: Duration| {
        let rate = |time: Duration| u128::try_from(cases).unwrap() * 1_000_000 / time.as_micros().max(1);
        let part = theirs.as_micros() * 100 / ours.as_micros().max(1);
        println!("{phase:>8}: store {:>7}/s  by hand {:>7}/s  = {part} % of it", rate(ours), rate(theirs));
    };
    let mut ours = Duration::ZERO;
    for ids in ids.chunks(batch) {
        let units = ids.iter().map(|id| opening(&definition, id)).collect();
        ours += commit(&store, units).await;
    }
    report("open", ours, by_hand(&store.0, &raw, &ids, batch, 1).await);
    let mut ours = Duration::ZERO;
    for ids in ids.chunks(batch) {
        let units = claims(&store, &definition, ids).await;
        ours += commit(&store, units).await;
    }
    report("claim", ours, by_hand(&store.0, &raw, &ids, batch, 2).await);
}

fn opening(definition: &Definition, id: &str) -> Unit {
    let step = demand::open_case(definition, id, demand::minute(0));
    let mut unit = demand::unit(definition, Mark::NEW, step, demand::minute(0));
    unit.command = Some(demand::answered(&format!("open/{id}"), 1, "o"));
    unit
}

async fn claims<T: Tables>(store: &Served<T>, definition: &Definition, ids: &[String]) -> Vec<Unit> {
    let ids: Vec<CaseId> = ids.iter().map(|id| CaseId(id.as_str().into())).collect();
    let mut units = Vec::new();
    for part in ids.chunks(1_000) {
        for loaded in store.load(part.to_vec()).await.unwrap().into_iter().flatten() {
            let at = demand::minute(1);
            let bank = [("bank", Value::text("icbc"))];
            let step = demand::send(definition, &loaded.case, "claim", &bank, demand::bank("icbc"), at);
            let mut unit = demand::unit(definition, loaded.mark, step, at);
            unit.command = Some(demand::answered(&format!("claim/{}", loaded.case.id), 1, "cl"));
            units.push(unit);
        }
    }
    units
}

async fn commit<T: Tables>(store: &Served<T>, units: Vec<Unit>) -> Duration {
    let start = Instant::now();
    let written = store.commit(Batch::from(units)).await.unwrap();
    let took = start.elapsed();
    assert!(written.iter().all(Result::is_ok));
    took
}

/// Puts the rows of one round in by hand, batch by batch.
async fn by_hand<T: Tables>(from: &T, to: &T, ids: &[String], batch: usize, round: i64) -> Duration {
    let mut took = Duration::ZERO;
    for ids in ids.chunks(batch) {
        let mut ready = Vec::new();
        for (table, columns, which) in TABLES {
            let mut ask =
                Ask::of(format!("SELECT {} FROM {table} WHERE case_id BETWEEN ", columns.join(", ")));
            ask.text(&ids[0]).say(" AND ").text(&ids[ids.len() - 1]);
            ask.say(&format!(" AND {which}{round}"));
            let lines = from.ask(ask).await.unwrap();
            if !lines.is_empty() {
                ready.push((table, columns, lines));
            }
        }
        let ready: Vec<_> = ready.iter().map(|(table, names, lines)| (*table, rows(names, lines))).collect();
        let start = Instant::now();
        let mut session = to.begin().await.unwrap();
        for (table, rows) in &ready {
            if *table == "cases" && round > 1 {
                session.change(rows, table, SET, "cases.case_id = n.case_id").await.unwrap();
            } else {
                session.insert(rows, table, "").await.unwrap();
            }
        }
        session.commit().await.unwrap();
        took += start.elapsed();
    }
    took
}

const SET: &str = "version = n.version, definition = n.definition, states = n.states,
  correlate = n.correlate, status = n.status, incident = n.incident, next_due = n.next_due,
  updated_at = n.updated_at, chain = n.chain, snapshot = n.snapshot";

fn rows<'l>(columns: &[&'static str], lines: &'l [Line]) -> Rows<'l> {
    let mut rows = Rows::default();
    for (at, name) in columns.iter().enumerate() {
        let cells: Vec<&'l Cell> = lines.iter().map(|line| &line.0[at]).collect();
        rows = rows.with(name, column(&cells));
    }
    rows
}

fn column<'l>(cells: &[&'l Cell]) -> Column<'l> {
    let text = |cell: &&'l Cell| if let Cell::Text(it) = cell { Some(it.as_str()) } else { None };
    let int = |cell: &&'l Cell| if let Cell::Int(it) = cell { Some(*it) } else { None };
    let bytes = |cell: &&'l Cell| if let Cell::Bytes(it) = cell { Some(it.as_slice()) } else { None };
    match cells.iter().find(|cell| ***cell != Cell::Null) {
        Some(Cell::Int(_)) => Column::IntOr(cells.iter().map(int).collect()),
        Some(Cell::Bytes(_)) => Column::Bytes(cells.iter().filter_map(bytes).collect()),
        Some(Cell::Text(_)) if cells.iter().all(|cell| **cell != Cell::Null) => {
            Column::Text(cells.iter().filter_map(text).collect())
        }
        _ => Column::TextOr(cells.iter().map(text).collect()),
    }
}
