//! The ground of a run: a folder, programs that are this very test called again, and the verdict.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chaos::crowd::{Call, Crowd};
use chaos::judge::{Judgement, judge};
use chaos::load::Load;
use chaos::storm::Seen;
use language::words::{Lang, Words};
use ports::fault::Retry;
use runtime::clocks::HostClock;
use store::Address;

/// What a program of the load has to do.
const LOAD: &str = "CHARTER_TEST_CHAOS_LOAD";
/// Nothing that is waited for takes longer on the slowest machine.
pub const LONG: Duration = Duration::from_secs(60);
/// Banks of a run.
pub const BANKS: u64 = 75;

/// A folder with the diaries of a run.
pub struct Ground {
    pub folder: tempfile::TempDir,
}

impl Ground {
    pub fn new() -> Ground {
        Ground { folder: tempfile::tempdir().unwrap() }
    }

    pub fn diaries(&self) -> &Path {
        self.folder.path()
    }

    /// A file for SQLite, with its tables.
    pub fn file(&self) -> String {
        let database = format!("sqlite:{}", self.folder.path().join("chaos.db").display());
        prepare(&database);
        database
    }

    pub fn crowd(&self, database: &str) -> Crowd {
        Crowd::new(call(vec![]), self.diaries(), database, BANKS, 11)
    }

    /// The judge finds nothing wrong, and enough happened.
    pub fn verdict(&self, database: &str, seen: &Seen) -> Judgement {
        let address: Address = database.parse().unwrap();
        let verdict = threads().block_on(judge(&address, self.diaries())).unwrap();
        let said = said(&verdict.lines());
        eprintln!("{said}");
        assert!(verdict.breaches.is_empty(), "{said}");
        assert!(verdict.proves(seen), "too little happened to prove anything:\n{said}");
        verdict
    }
}

pub fn said(words: &[Words]) -> String {
    words.iter().map(|words| words.get(Lang::En)).collect::<Vec<_>>().join("\n")
}

/// Makes the tables.
pub fn prepare(database: &str) {
    let address: Address = database.parse().unwrap();
    threads().block_on(store::migrate(&address, Arc::new(HostClock))).unwrap();
}

pub fn threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Programs are this test, called again; `before` are words of a command that calls it in its turn.
pub fn call(before: Vec<String>) -> Call {
    Box::new(move |load| {
        let own = std::env::current_exe()?;
        let mut words = before.iter().cloned().chain([own.display().to_string()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(one("ground::a_program_of_the_load")).env(LOAD, load.to_string());
        Ok(command)
    })
}

/// The arguments that run one ignored test of this program.
pub fn one(test: &str) -> [&str; 5] {
    ["--ignored", "--exact", test, "--nocapture", "--test-threads=1"]
}

#[test]
#[ignore = "no test: what the programs of a run do when this test is called again"]
fn a_program_of_the_load() {
    let Ok(load) = std::env::var(LOAD) else { return };
    let load: Load = load.parse().unwrap();
    let code = match threads().block_on(load.run()) {
        Ok(()) => 0,
        Err(fault) => {
            eprintln!("{fault}");
            if fault.retry == Retry::Restart { 75 } else { 3 }
        }
    };
    std::process::exit(code);
}

/// A test that cannot run here says so; in CI that is a failure.
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CHARTER_NO_SKIP").is_none(), "{why}");
    // Straight to the error stream: what a test prints is not shown when it passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
