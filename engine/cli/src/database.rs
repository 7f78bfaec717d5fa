//! `--database`: where a store is, and what its faults mean for whoever typed the command.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgMatches};
use language::words;
use language::words::Lang;
use ports::fault::{Cause, Fault};
use ports::store::Store;
use runtime::clocks::HostClock;
use store::Address;

use crate::args;
use crate::exit::{Exit, Failure};

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

/// What the option says, if it was given. A bare path is a SQLite file.
///
/// # Errors
/// An address of no known kind.
pub fn asked(found: &ArgMatches) -> Result<Option<Address>, Failure> {
    let Some(text) = args::text(found, "database") else { return Ok(None) };
    if !text.contains(':') {
        return Ok(Some(Address::Sqlite(text.to_owned())));
    }
    match text.parse() {
        Ok(address) => Ok(Some(address)),
        Err(_) => Err(Failure::usage(words!(
            "--database 不认识“{text}”：写一个 SQLite 文件，或 postgres://用户@主机/数据库",
            "--database does not know `{text}`: give a SQLite file, or postgres://USER@HOST/DATABASE"
        ))),
    }
}

/// A fault of the store, for a person.
pub fn failure(fault: &Fault) -> Failure {
    let exit = match fault.cause {
        Cause::Busy => Exit::Conflict,
        Cause::Damaged => Exit::Found,
        Cause::Bug => Exit::Bug,
        _ => Exit::Unreachable,
    };
    let failure = Failure::new(exit, words!("数据库：{fault}", "the database: {fault}"));
    match fault.cause {
        Cause::OldSchema => failure.advise(words!("先运行 charter migrate", "run charter migrate first")),
        Cause::Unreachable => failure.advise(words!(
            "看看地址、网络和数据库服务是否正常",
            "check the address, the network and whether the database is running"
        )),
        _ => failure,
    }
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
