//! A clock that stands where the replay stands, and shows each command its own instant while it enters.
//!
//! Deciding takes no time here. The clock shows everyone the instant up to which all is written; whoever enters a
//! command sees, for that moment and on that thread alone, the instant the command has in the script. So many
//! commands of one day are under way at once, and each history still says what a quiet office would have written.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ports::clock::Clock;

thread_local! {
    static INSTANT: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// The clock of a replay.
#[derive(Debug)]
pub struct VirtualClock {
    began: Timestamp,
    micros: AtomicI64,
}

impl VirtualClock {
    /// A clock that stands.
    pub fn at(instant: Timestamp) -> Arc<VirtualClock> {
        Arc::new(VirtualClock { began: instant, micros: AtomicI64::new(instant.as_microsecond()) })
    }

    /// Everything before this instant is written.
    pub fn reach(&self, instant: Timestamp) {
        self.micros.fetch_max(instant.as_microsecond(), Ordering::AcqRel);
    }

    /// The same as a steady clock: it moves along.
    pub fn steady(&self) -> SignedDuration {
        self.written().duration_since(self.began)
    }

    fn written(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::Acquire)).unwrap_or(self.began)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        INSTANT.get().unwrap_or_else(|| self.written())
    }
}

/// Does something at an instant: whatever it asks the clock for, it sees that one.
pub fn seeing<T>(instant: Timestamp, work: impl FnOnce() -> T) -> T {
    INSTANT.set(Some(instant));
    let done = work();
    INSTANT.set(None);
    done
}

/// As [`seeing`], for something that has to wait in between.
pub async fn seeing_while<F: Future>(instant: Timestamp, work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| seeing(instant, || work.as_mut().poll(context))).await
}
