//! How many bytes each table takes, with its indexes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ports::clock::Clock;
use ports::fault::{Cause, Fault, Retry};

use crate::Address;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tables::{Ask, Tables};

/// Tables of what a case is now; the rest is its history.
pub const HOT: [&str; 4] = ["cases", "tasks", "slots", "parties"];

/// Bytes by table.
///
/// # Errors
/// A fault; memory has no tables.
pub async fn by_table(address: &Address, clock: Arc<dyn Clock>) -> Result<BTreeMap<String, u64>, Fault> {
    match address {
        Address::Memory => {
            Err(Fault::new(Cause::Unsuitable, Retry::Never, "memory keeps no tables to measure"))
        }
        Address::Sqlite(path) => {
            let tables = Sqlite::open(Path::new(path), clock).await?;
            let text =
                "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat AS d JOIN sqlite_master AS m ON m.name = d.name
                 WHERE d.aggregate = TRUE GROUP BY m.tbl_name";
            let sizes = ask(&tables, text).await;
            tables.close().await;
            sizes
        }
        Address::Postgres(url) => {
            let tables = Postgres::open(url, 2).await?;
            let text = "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
                 WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
            let sizes = ask(&tables, text).await;
            tables.close().await;
            sizes
        }
    }
}

async fn ask(tables: &impl Tables, text: &str) -> Result<BTreeMap<String, u64>, Fault> {
    let lines = tables.ask(Ask::of(text)).await?;
    lines.into_iter().map(|mut line| Ok((line.string(0)?, line.count(1)?))).collect()
}
