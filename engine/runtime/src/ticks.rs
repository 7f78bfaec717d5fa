//! Looks at the clock under way, and waiting until there are none.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How many looks at the clock are under way.
#[derive(Debug, Default)]
pub struct Ticks {
    count: AtomicUsize,
    /// Rung when the last one is done.
    none: Notify,
}

impl Ticks {
    /// How many.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    pub(crate) fn begin(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn end(&self) {
        if self.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.none.notify_waiters();
        }
    }

    /// Waits until there are none.
    pub async fn at_rest(&self) {
        loop {
            let mut none = std::pin::pin!(self.none.notified());
            // Listening begins before the look, so that no bell is missed in between.
            none.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            none.await;
        }
    }
}
