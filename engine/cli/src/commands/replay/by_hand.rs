//! The replay beside the database by hand: as many cases of as many steps, with rows as long, and nothing decided.

use std::path::Path;
use std::time::Duration;

use language::words;
use replay::clock::VirtualClock;
use replay::report::grouped;
use replay::tally::Tally;
use store::by_hand::{self, Shape};
use store::{Address, sizes};

use super::Done;
use crate::database::address;
use crate::exit::{Exit, Failure};
use crate::faults::failure;
use crate::talk::Talk;

/// Cases in one transaction by hand.
const AT_ONCE: usize = 512;

/// What was measured.
pub struct Beside {
    /// Transitions by hand.
    transitions: u64,
    /// How long they took.
    took: Duration,
}

/// Writes the rows of a replayed city by hand into a file beside its database, which is taken away again.
///
/// # Errors
/// Not a file of SQLite, or it cannot be written.
pub async fn measure(database: &str, tally: &Tally) -> Result<Beside, Failure> {
    let own = address(database)?;
    let Address::Sqlite(path) = &own else {
        return Err(Failure::usage(words!(
            "--by-hand 只能用在 SQLite 文件上",
            "--by-hand works for a file of SQLite"
        )));
    };
    let clock = VirtualClock::at(jiff::Timestamp::UNIX_EPOCH);
    let failed = |fault| failure(&fault);
    let rows = sizes::of_rows(&own, clock.clone()).await.map_err(failed)?;
    let beside = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = tempfile::tempdir_in(beside.unwrap_or(Path::new("."))).map_err(|error| {
        Failure::new(
            Exit::Unreachable,
            words!("不能在数据库旁边建文件夹：{error}", "cannot make a folder beside the database: {error}"),
        )
    })?;
    let file = Address::Sqlite(folder.path().join("by-hand.db").display().to_string());
    store::migrate(&file, clock).await.map_err(failed)?;
    let shape = shape(&rows, tally);
    let took = by_hand::write(&file, &shape).await.map_err(failed)?;
    Ok(Beside { transitions: shape.transitions() as u64, took })
}

/// The same number of cases with as many steps each, as many of them commands and tasks, with rows as long. A snapshot
/// begins with half its last length.
fn shape(rows: &sizes::RowSizes, tally: &Tally) -> Shape {
    let number = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    let each = |all: u64| number((all + rows.cases / 2) / rows.cases.max(1));
    let clients = AT_ONCE.min(number(rows.cases)).max(1);
    let steps = each(rows.entries).max(1);
    Shape {
        run: "by-hand".into(),
        clients,
        cases: number(rows.cases) / clients,
        steps,
        commands: each(rows.commands).min(steps),
        tasks: each(tally.tasks).min(steps),
        snapshot: (number(rows.snapshot) / 2, number(rows.snapshot)),
        entry: number(rows.entry),
        answer: number(rows.answer),
    }
}

/// In the terminal, with the share.
pub fn show(beside: &Beside, done: &Done, talk: &Talk) {
    let millis = u64::try_from(beside.took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = beside.transitions * 1_000 / millis;
    let share = done.pace.rate() * 100 / rate.max(1);
    let (transitions, rate) = (grouped(beside.transitions), grouped(rate));
    let seconds = format!("{}.{}", millis / 1_000, millis / 100 % 10);
    talk.words(&words!(
        "同样多、同样长的行由手工批量写入：{transitions} 步，{seconds} 秒，每秒 {rate} 步；重放达到它的 {share}%",
        "as many rows of the same length written by hand in batches: {transitions} steps, {seconds} s, {rate} a second; the replay reaches {share} % of it"
    ));
}
