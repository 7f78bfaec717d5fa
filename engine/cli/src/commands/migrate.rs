//! `charter migrate`: brings the tables of the database up to date.

use std::sync::Arc;

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use runtime::clocks::HostClock;

use crate::args;
use crate::assemble::{address, folders};
use crate::exit::{Exit, Failure, Outcome};
use crate::faults::failure;
use crate::settings::{self, Settings};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command = args::command(
        "migrate",
        lang,
        "把数据库的表升级到这个程序的版本",
        "Bring the tables of the database up to this program's version",
    );
    settings::flags(command, lang).arg(args::flag(
        "dry-run",
        lang,
        "只说要做什么",
        "Only say what would be done",
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let settings = Settings::read(found)?;
    let dry = found.get_flag("dry-run");
    let address = address(&settings)?;
    folders(&settings)?;
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(Exit::Unreachable, words!("不能启动线程：{error}", "cannot start threads: {error}"))
    })?;
    let clock = Arc::new(HostClock);
    let done = threads.block_on(async {
        match dry {
            true => store::pending(&address, clock).await,
            false => store::migrate(&address, clock).await,
        }
    });
    let done = done.map_err(|fault| failure(&fault))?;
    for migration in &done {
        talk.line(&format!("{:04} {}", migration.number, migration.name));
    }
    let count = done.len();
    talk.remark(&match (count, dry) {
        (0, _) => words!("表已是最新", "the tables are up to date"),
        (_, true) => words!("要做 {count} 步；什么都没有动", "{count} to be done; nothing was touched"),
        (_, false) => words!("做了 {count} 步", "{count} done"),
    });
    Ok(Exit::Fine)
}
