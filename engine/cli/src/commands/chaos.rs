//! `charter chaos`: programs under load are killed and frozen at random moments; then a judge reads what is left.
//!
//! The load is a crowd of banks that claims demands. What is asked and what is answered is written down by each
//! program before and after; the judge holds it against the database.

mod judge;
mod load;

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::Lang;
use rustix::process::{Pid, Signal, kill_process};
use store::Address;

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

/// A lease lasts three seconds: a program frozen for longer has lost it.
const FROZEN: Duration = Duration::from_millis(4_500);

pub fn command(lang: Lang) -> Command {
    let hidden = |name: &'static str| Arg::new(name).long(name).hide(true);
    args::command("chaos", lang, "反复杀死正在办件的程序，再核对什么都没丢", "Kill programs at work, and check that nothing is lost")
        .arg(database::option(lang))
        .arg(args::option("seconds", "N", lang, "折腾多少秒，默认 20", "How long; 20 unless given"))
        .arg(args::option("seed", "N", lang, "同样的数，同样的安排，默认 1", "The same number plans the same; 1 unless given"))
        .arg(args::option("banks", "N", lang, "多少家银行，默认 75", "How many banks; 75 unless given"))
        .arg(hidden("load"))
        .arg(hidden("diary"))
        .after_help(lang.pick(
            "请用空的数据库。不写 --database 就用临时文件夹里的 SQLite。PostgreSQL 上有两个程序同时办件，还会被冻住到租约过期以后。",
            "Use an empty database. Without --database a SQLite file in a temporary folder. On PostgreSQL two programs work at once, and are frozen past their leases too.",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let number = |name, otherwise| args::number(found, name).map(|given| given.unwrap_or(otherwise));
    let banks = number("banks", 75)?.max(4);
    let (seconds, seed) = (number("seconds", 20)?, number("seed", 1)?);
    if let (Some(name), Some(diary)) = (args::text(found, "load"), args::text(found, "diary")) {
        let address = database::asked(found)?.ok_or_else(nowhere)?;
        let work = load::Load { name: name.to_owned(), diary: diary.into(), banks, seed: seed as u64 };
        database::wait_for(work.run(&address))?;
        return Ok(Exit::Fine);
    }
    let folder = tempfile::tempdir().map_err(nowhere_to_write)?;
    let asked = database::asked(found)?;
    let address =
        asked.unwrap_or_else(|| Address::Sqlite(folder.path().join("chaos.db").display().to_string()));
    let plan = Plan { folder: folder.path().to_owned(), address, seconds, banks, dice: Dice(seed as u64) };
    plan.carry_out(talk)
}

fn nowhere() -> Failure {
    Failure::usage(words!("缺少 --database", "--database is missing"))
}

fn nowhere_to_write(error: std::io::Error) -> Failure {
    Failure::new(
        Exit::Unreachable,
        words!("临时文件夹不能用：{error}", "the temporary folder cannot be used: {error}"),
    )
}

/// Numbers that are the same for the same seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }
}

struct Plan {
    folder: PathBuf,
    address: Address,
    seconds: usize,
    banks: usize,
    dice: Dice,
}

impl Plan {
    fn carry_out(mut self, talk: &Talk) -> Outcome {
        database::wait_for(async {
            let clock = std::sync::Arc::new(runtime::clocks::HostClock);
            store::migrate(&self.address, clock).await.map_err(|fault| database::failure(&fault))
        })?;
        let nodes = if matches!(self.address, Address::Postgres(_)) { 2 } else { 1 };
        let mut working: Vec<Option<Child>> = (0..nodes).map(|_| None).collect();
        let (began, mut kills, mut freezes, mut starts) = (Instant::now(), 0u64, 0u64, 0u64);
        let long = Duration::from_secs(self.seconds as u64);
        while began.elapsed() < long {
            for (number, place) in working.iter_mut().enumerate() {
                if place.is_none() {
                    starts += 1;
                    *place = Some(self.start(number, starts)?);
                }
            }
            std::thread::sleep(Duration::from_millis(300 + self.dice.roll(1_700)));
            let victim = usize::try_from(self.dice.roll(nodes)).unwrap_or_default();
            if nodes > 1 && self.dice.roll(4) == 0 {
                freezes += 1;
                freeze(working[victim].as_ref());
            } else if let Some(mut child) = working[victim].take() {
                kills += 1;
                end(&mut child);
            }
        }
        working.iter_mut().flatten().for_each(end);
        let verdict = database::wait_for(judge::judge(&self.address, &self.folder))?;
        verdict.tell(kills, freezes, talk);
        Ok(Exit::found(!verdict.holds(kills)))
    }

    fn start(&mut self, number: usize, start: u64) -> Result<Child, Failure> {
        let program = std::env::current_exe().map_err(nowhere_to_write)?;
        let database = match &self.address {
            Address::Postgres(url) => url.clone(),
            Address::Sqlite(path) => format!("sqlite:{path}"),
            Address::Memory => {
                return Err(Failure::usage(words!(
                    "内存里的数据随程序而去，没有什么可核对",
                    "memory goes with the program: there is nothing to check"
                )));
            }
        };
        let seed = self.dice.roll(1 << 31);
        std::process::Command::new(program)
            .args([
                "chaos",
                "--database",
                &database,
                "--load",
                &format!("n{number}"),
                "--seed",
                &seed.to_string(),
            ])
            .args(["--banks", &self.banks.to_string(), "--diary"])
            .arg(self.folder.join(format!("diary-{number}-{start:05}")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(stderr_of(&self.folder, start)?))
            .spawn()
            .map_err(nowhere_to_write)
    }
}

fn stderr_of(folder: &Path, start: u64) -> Result<std::fs::File, Failure> {
    std::fs::File::create(folder.join(format!("stderr-{start:05}"))).map_err(nowhere_to_write)
}

/// SIGKILL: no destructor runs, nothing is flushed.
fn end(child: &mut Child) {
    // A program that is gone already needs no killing.
    let _ = child.kill();
    let _ = child.wait();
}

/// SIGSTOP past the lease, then SIGCONT.
fn freeze(child: Option<&Child>) {
    let pid = child.and_then(|child| i32::try_from(child.id()).ok()).and_then(Pid::from_raw);
    let Some(pid) = pid else { return };
    if kill_process(pid, Signal::STOP).is_ok() {
        std::thread::sleep(FROZEN);
        let _ = kill_process(pid, Signal::CONT);
    }
}
