//! Keeping cases, their history, tasks and outgoing work: in memory, in SQLite, in PostgreSQL.
//!
//! [`open`] gives a store by its address and refuses tables that are not up to date; [`pending`] and
//! [`migrate`] bring them up to date. Errors are [`Fault`]s; those that say [`ports::fault::Retry::Restart`]
//! want the process to end with exit code 75.

pub mod audit;
pub mod by_hand;
pub mod chain;
pub mod codec;
pub mod memory;
pub mod migrate;
pub mod postgres;
pub mod seal;
pub mod sizes;
pub mod sqlite;
pub mod tables;

use std::path::Path;
use std::sync::Arc;

use ports::clock::Clock;
use ports::fault::{Cause, Fault, Retry};
use ports::store::Store;

use migrate::Migration;
use postgres::Postgres;
use sqlite::Sqlite;
use tables::Served;

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `memory:` keeps nothing beyond the process.
    Memory,
    /// `sqlite:charter.db`
    Sqlite(String),
    /// `postgres://user@host/database`
    Postgres(String),
}

impl std::str::FromStr for Address {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Address, Fault> {
        if text == "memory:" {
            return Ok(Address::Memory);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Address::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match path.filter(|path| !path.is_empty()) {
            Some(path) => Ok(Address::Sqlite(path.to_owned())),
            None => Err(Fault::new(
                Cause::Unsuitable,
                Retry::Never,
                "the address of a store is `sqlite:FILE`, `postgres://USER@HOST/DATABASE` or `memory:`",
            )),
        }
    }
}

/// Opens a store whose tables are up to date. SQLite takes the time from `clock`, PostgreSQL from its server.
///
/// # Errors
/// A fault; [`Cause::OldSchema`] names the command to run.
pub async fn open(
    address: &Address,
    clock: Arc<dyn Clock>,
    connections: u32,
) -> Result<Arc<dyn Store>, Fault> {
    match address {
        Address::Memory => Ok(Arc::new(memory::Memory::new(clock))),
        Address::Sqlite(path) => {
            let tables = Sqlite::open(Path::new(path), clock).await?;
            migrate::check(&tables).await?;
            Ok(Arc::new(Served(tables)))
        }
        Address::Postgres(url) => {
            let tables = Postgres::open(url, connections).await?;
            migrate::check(&tables).await?;
            Ok(Arc::new(Served(tables)))
        }
    }
}

/// Walks everything a store keeps on this machine: what is wrong with it. A large file takes minutes.
///
/// # Errors
/// A fault when it cannot be read.
pub async fn damage(address: &Address) -> Result<Vec<String>, Fault> {
    let Address::Sqlite(path) = address else { return Ok(vec![]) };
    let path = std::path::PathBuf::from(path);
    sqlite::carried(async move { sqlite::whole(&path) }).await
}

/// What `migrate` would do, in order.
///
/// # Errors
/// A fault.
pub async fn pending(address: &Address, clock: Arc<dyn Clock>) -> Result<Vec<Migration>, Fault> {
    match address {
        Address::Memory => Ok(vec![]),
        Address::Sqlite(path) => migrate::pending(&Sqlite::open(Path::new(path), clock).await?).await,
        Address::Postgres(url) => migrate::pending(&Postgres::open(url, 2).await?).await,
    }
}

/// Brings the tables up to date; answers what was done.
///
/// # Errors
/// A fault.
pub async fn migrate(address: &Address, clock: Arc<dyn Clock>) -> Result<Vec<Migration>, Fault> {
    let now = clock.now();
    match address {
        Address::Memory => Ok(vec![]),
        Address::Sqlite(path) => {
            let tables = Sqlite::open(Path::new(path), clock).await?;
            let done = migrate::migrate(&tables, now).await;
            tables.close().await;
            done
        }
        Address::Postgres(url) => migrate::migrate(&Postgres::open(url, 2).await?, now).await,
    }
}
