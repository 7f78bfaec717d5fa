//! `--database`: where a store is, and what its faults mean for whoever typed the command.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgMatches};
use language::words;
use language::words::Lang;
use ports::fault::Fault;
use ports::store::Store;
use runtime::clocks::HostClock;
use store::Address;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::faults::failure;

/// The option.
pub fn option(lang: Lang) -> Arg {
    args::option(
        "database",
        "URL|FILE",
        lang,
        "数据库：SQLite 文件，或 postgres:// 地址",
        "The database: a SQLite file, or a postgres:// address",
    )
}

/// `FILE`, `sqlite:FILE`, `postgres://USER@HOST/DATABASE` or `memory:`, wherever a database is named.
///
/// # Errors
/// An address of no known kind.
pub fn address(text: &str) -> Result<Address, Failure> {
    if !text.contains(':') && !text.trim().is_empty() {
        return Ok(Address::Sqlite(text.to_owned()));
    }
    text.parse().map_err(|_: Fault| {
        let shown = crate::serving::shown(text);
        Failure::usage(words!(
            "--database 不认识“{shown}”：写一个 SQLite 文件，或 postgres://用户@主机/数据库",
            "--database does not know `{shown}`: give a SQLite file, or postgres://USER@HOST/DATABASE"
        ))
    })
}

/// What the option says, if it was given.
///
/// # Errors
/// An address of no known kind.
pub fn asked(found: &ArgMatches) -> Result<Option<Address>, Failure> {
    args::text(found, "database").map(address).transpose()
}

/// Opens a database that is there.
///
/// # Errors
/// It is not there, or cannot be used.
pub async fn open(address: Address) -> Result<Arc<dyn Store>, Failure> {
    if let Address::Sqlite(file) = &address
        && !Path::new(file).exists()
    {
        return Err(Failure::new(Exit::Unreachable, words!("没有文件 {file}", "there is no file {file}")));
    }
    store::open(&address, Arc::new(HostClock), 4).await.map_err(|fault| failure(&fault))
}

/// Carries out work that waits for a database.
///
/// # Errors
/// What the work came to, or that no thread could be started.
pub fn wait_for<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    threads()?.block_on(work)
}

/// Threads for an engine.
///
/// # Errors
/// The system gives none.
pub fn threads() -> Result<tokio::runtime::Runtime, Failure> {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    threads.map_err(|error| {
        Failure::new(Exit::Unreachable, words!("不能启动线程：{error}", "cannot start threads: {error}"))
    })
}
