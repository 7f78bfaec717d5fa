//! A clock that begins on a day of the city's, goes as clocks go, and can be pushed forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use ports::clock::Clock;

/// The demonstration's clock.
#[derive(Debug)]
pub struct StageClock {
    base: Timestamp,
    began: Instant,
    ahead_micros: AtomicI64,
}

impl StageClock {
    /// A clock that shows this instant now.
    pub fn at(base: Timestamp) -> Arc<StageClock> {
        Arc::new(StageClock { base, began: Instant::now(), ahead_micros: AtomicI64::new(0) })
    }

    /// So much time has passed since it began, pushed or not.
    pub fn steady(&self) -> SignedDuration {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap_or(SignedDuration::MAX);
        passed + SignedDuration::from_micros(self.ahead_micros.load(Ordering::Acquire))
    }

    /// Pushes it forward. It never goes back.
    pub fn forward(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(0).max(0);
        self.ahead_micros.fetch_add(micros, Ordering::AcqRel);
    }
}

impl Clock for StageClock {
    fn now(&self) -> Timestamp {
        self.base.checked_add(self.steady()).unwrap_or(self.base)
    }
}
