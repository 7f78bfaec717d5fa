//! How many bytes each table takes, with its indexes, and a row of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ports::clock::Clock;
use ports::fault::{Cause, Fault, Retry};

use crate::Address;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tables::{Ask, Line, Tables};

/// Tables of what a case is now; the rest is its history.
pub const HOT: [&str; 4] = ["cases", "tasks", "slots", "parties"];

/// Bytes by table.
///
/// # Errors
/// A fault; memory has no tables.
pub async fn by_table(address: &Address, clock: Arc<dyn Clock>) -> Result<BTreeMap<String, u64>, Fault> {
    let sqlite =
        "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat AS d JOIN sqlite_master AS m ON m.name = d.name
         WHERE d.aggregate = TRUE GROUP BY m.tbl_name";
    let postgres = "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
         WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
    let lines = ask(address, clock, (sqlite, postgres)).await?;
    lines.into_iter().map(|mut line| Ok((line.string(0)?, line.count(1)?))).collect()
}

/// How many rows some tables hold, and how long what is in them is on the average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowSizes {
    /// Cases.
    pub cases: u64,
    /// Bytes of the snapshot of one.
    pub snapshot: u64,
    /// Entries of histories.
    pub entries: u64,
    /// Bytes of one.
    pub entry: u64,
    /// Commands that were answered.
    pub commands: u64,
    /// Bytes of one answer.
    pub answer: u64,
}

/// The rows of cases, entries and commands.
///
/// # Errors
/// A fault; memory has no tables.
pub async fn of_rows(address: &Address, clock: Arc<dyn Clock>) -> Result<RowSizes, Fault> {
    let of = |table: &str, column: &str| {
        format!("SELECT '{table}', COUNT(*), CAST(COALESCE(AVG(LENGTH({column})), 0) AS BIGINT) FROM {table}")
    };
    let tables = [("cases", "snapshot"), ("entries", "body"), ("commands", "answer")];
    let text = tables.map(|(table, column)| of(table, column)).join(" UNION ALL ");
    let mut sizes = RowSizes::default();
    for mut line in ask(address, clock, (&text, &text)).await? {
        let (table, rows, bytes) = (line.string(0)?, line.count(1)?, line.count(2)?);
        match table.as_str() {
            "cases" => (sizes.cases, sizes.snapshot) = (rows, bytes),
            "entries" => (sizes.entries, sizes.entry) = (rows, bytes),
            _ => (sizes.commands, sizes.answer) = (rows, bytes),
        }
    }
    Ok(sizes)
}

/// Asks in the words of each dialect.
async fn ask(
    address: &Address,
    clock: Arc<dyn Clock>,
    (sqlite, postgres): (&str, &str),
) -> Result<Vec<Line>, Fault> {
    match address {
        Address::Memory => {
            Err(Fault::new(Cause::Unsuitable, Retry::Never, "memory keeps no tables to measure"))
        }
        Address::Sqlite(path) => {
            let tables = Sqlite::open(Path::new(path), clock).await?;
            let lines = tables.ask(Ask::of(sqlite)).await;
            tables.close().await;
            lines
        }
        Address::Postgres(url) => {
            let tables = Postgres::open(url, 2).await?;
            let lines = tables.ask(Ask::of_all(postgres)).await;
            tables.close().await;
            lines
        }
    }
}
