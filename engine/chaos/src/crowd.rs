//! Programs that are started, ended, frozen and told to stop; and waiting for what they do, with a bound.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use machine::ids::CaseId;
use runtime::holdings::part_of;
use rustix::process::{Pid, Signal, kill_process};

use crate::diary::instant;
use crate::dice::Dice;
use crate::load::{Kind, Load};

/// How a program of the load is called.
pub type Call = Box<dyn Fn(&Load) -> std::io::Result<Command> + Send>;

/// Where programs come from.
pub struct Crowd {
    /// How one is called.
    pub call: Call,
    /// Where diaries are kept.
    pub folder: PathBuf,
    /// The store, as programs reach it.
    pub database: String,
    /// The store by a node's own way, by its number; where there is none, [`Crowd::database`].
    pub ways: Vec<String>,
    /// How many banks.
    pub banks: u64,
    dice: Dice,
    began: u64,
    starts: u64,
}

impl Crowd {
    /// A crowd without programs.
    pub fn new(call: Call, folder: &Path, database: &str, banks: u64, seed: u64) -> Crowd {
        let (folder, database) = (folder.to_owned(), database.to_owned());
        Crowd { call, folder, database, ways: vec![], banks, dice: Dice(seed), began: instant(), starts: 0 }
    }

    /// Starts a program.
    ///
    /// # Errors
    /// The host starts none.
    pub fn start(&mut self, number: usize, kind: Kind) -> std::io::Result<Program> {
        self.starts += 1;
        let diary = self.folder.join(format!("diary-{number}-{:05}", self.starts));
        let load = Load {
            name: format!("n{number}"),
            database: self.ways.get(number).unwrap_or(&self.database).clone(),
            diary: diary.clone(),
            banks: self.banks,
            seed: self.dice.roll(1 << 31),
            began: self.began,
            kind,
        };
        let said = self.folder.join(format!("said-{number}-{:05}", self.starts));
        let child = (self.call)(&load)?
            .stdin(Stdio::null())
            .stdout(Stdio::from(std::fs::File::create(self.folder.join("output"))?))
            .stderr(Stdio::from(std::fs::File::create(&said)?))
            .spawn()?;
        Ok(Program { number, child, diary, said })
    }
}

/// A program at work. Dropped, it is ended.
#[derive(Debug)]
pub struct Program {
    /// Which node it is.
    pub number: usize,
    child: Child,
    diary: PathBuf,
    said: PathBuf,
}

impl Program {
    /// Its number with the system.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub fn kill(&mut self) {
        // A program that is gone already needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGSTOP, or SIGCONT, or SIGTERM.
    pub fn tell(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // A program that is gone already hears nothing.
        let _ = pid.map(|pid| kill_process(pid, signal));
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it ends, at most so long.
    pub fn end_within(&mut self, long: Duration) -> Option<ExitStatus> {
        until(long, || self.ended())
    }

    /// What it said about itself.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// The cases it answered so far, each with when, oldest first.
    pub fn answered(&self) -> Vec<(u64, String)> {
        let text = std::fs::read(&self.diary).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut asked = BTreeMap::new();
        let mut answered = Vec::new();
        for line in text.lines() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["ask", _, key, case, ..] => drop(asked.insert((*key).to_owned(), (*case).to_owned())),
                ["yes" | "no", at, key, ..] => {
                    let at = at.parse().unwrap_or_default();
                    answered.extend(asked.get(*key).cloned().map(|case| (at, case)));
                }
                _ => {}
            }
        }
        answered
    }

    /// The parts of the cases it answered, each with when it last did.
    pub fn parts(&self) -> BTreeMap<u16, u64> {
        self.answered().into_iter().map(|(at, case)| (part_of(&CaseId(case.as_str().into())), at)).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until there is something, at most so long.
pub fn until<T>(long: Duration, mut found: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return Some(found);
        }
        if began.elapsed() > long {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
