//! A program that is struck down while it writes, so that what it leaves behind can be started from.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use language::words;
use store::Address;

use super::course::stopped_by;
use super::house::{Ahead, House};
use super::load;
use super::way::Way;
use crate::exit::{Exit, Failure};

/// How long it writes before it is struck down.
const WRITES: Duration = Duration::from_secs(2);
/// Clients meanwhile.
const CLIENTS: usize = 64;
/// Cases of each: more than it comes to.
const CASES: usize = 1_000_000;

/// Lets another program write into the database, and kills it.
///
/// # Errors
/// It cannot be started.
pub fn leave(address: &Address) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Unreachable,
            words!("不能启动另一个进程：{error}", "cannot start another process: {error}"),
        )
    };
    let place = match address {
        Address::Sqlite(place) | Address::Postgres(place) => place.as_str(),
        Address::Memory => return Err(stopped_by("memory leaves nothing behind")),
    };
    let program = std::env::current_exe().map_err(failed)?;
    let mut child = Command::new(program)
        .args(["bench", "--until-killed", "--database", place])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut line = String::new();
    if let Some(said) = child.stdout.take() {
        BufReader::new(said).read_line(&mut line).map_err(failed)?;
    }
    std::thread::sleep(WRITES);
    child.kill().map_err(failed)?;
    child.wait().map_err(failed)?;
    if line.trim() == AT_WORK { Ok(()) } else { Err(stopped_by("the program to be killed did not begin")) }
}

/// What it says when it writes.
pub const AT_WORK: &str = "at work";

/// Writes until it is killed.
///
/// # Errors
/// What stopped it before.
pub async fn until_killed(address: &Address, say: &dyn Fn()) -> Result<(), Failure> {
    let house = House::open(address, Arc::new(Ahead::default())).await?;
    let way = Way::Inside(house.engine.clone());
    let run = format!("k{}", Timestamp::now().as_microsecond());
    load::closed(&way, &run, 1, 1).await.map_err(|why| stopped_by(&why))?;
    say();
    load::closed(&way, &format!("{run}-"), CLIENTS, CASES).await.map_err(|why| stopped_by(&why))?;
    Ok(())
}
