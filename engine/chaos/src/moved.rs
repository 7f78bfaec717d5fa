//! A host's clock that a storm moves, by a file in the folder of the run: `SECONDS RELEASES`.
//!
//! The programs read it; on PostgreSQL, where nobody asks the host for the time, the database's own clock is moved
//! instead ([`crate::server`]). When the releases go up, a person lets the deadlines go.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use machine::event::Actor;
use ports::clock::Clock;
use runtime::engine::Engine;
use runtime::loops::Ended;
use runtime::watch;

/// How often the file is read.
const LOOK: Duration = Duration::from_millis(50);
/// The file.
const NAME: &str = "clock";

/// The host's clock, moved.
#[derive(Debug)]
pub struct Moved {
    file: PathBuf,
    seconds: AtomicI64,
    releases: AtomicI64,
}

impl Moved {
    /// The clock of a run with this folder.
    pub fn new(folder: &Path) -> Moved {
        let (seconds, releases) = read(&folder.join(NAME));
        Moved { file: folder.join(NAME), seconds: seconds.into(), releases: releases.into() }
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        let by = SignedDuration::from_secs(self.seconds.load(Ordering::Relaxed));
        Timestamp::now().checked_add(by).unwrap_or(Timestamp::MAX)
    }
}

fn read(file: &Path) -> (i64, i64) {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut numbers = text.split_whitespace().map(|word| word.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Moves the clocks of a run.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path, seconds: i64, releases: i64) -> std::io::Result<()> {
    let new = folder.join("clock.new");
    std::fs::write(&new, format!("{seconds} {releases}"))?;
    std::fs::rename(new, folder.join(NAME))
}

/// Reads the file again and again, and lets the deadlines go when it says so, until the engine closes.
///
/// # Errors
/// Never.
pub async fn watched(engine: Engine, clock: Arc<Moved>) -> Ended {
    while !engine.is_closing() {
        let (seconds, releases) = read(&clock.file);
        clock.seconds.store(seconds, Ordering::Relaxed);
        let held = engine.held().is_some();
        if clock.releases.load(Ordering::Relaxed) < releases && held {
            let by = Actor::person("root", "centre", "administrator");
            // Another node may have the case, or did it before: each of them tries until nothing is held.
            let _ = watch::release(&engine, "the clock is set right", by).await;
        }
        if !held {
            clock.releases.store(releases, Ordering::Relaxed);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
