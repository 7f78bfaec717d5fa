//! Clocks: the host's, and the store's as several nodes agree on it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use ports::clock::Clock;
use ports::fault::Fault;
use ports::store::Store;

/// A clock that never jumps, read from any beginning.
pub type Steady = Arc<dyn Fn() -> SignedDuration + Send + Sync>;

/// The host's wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostClock;

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The store's clock, asked now and then and carried on by the steady clock in between. It is never ahead of
/// the store's: the store read it before its answer arrived.
pub struct StoreClock {
    steady: Steady,
    told: Mutex<(Timestamp, SignedDuration)>,
}

impl StoreClock {
    /// Asks the store.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn ask(store: &dyn Store, steady: Steady) -> Result<StoreClock, Fault> {
        let told = store.now().await?;
        let at = steady();
        Ok(StoreClock { steady, told: Mutex::new((told, at)) })
    }

    /// Asks the store again.
    ///
    /// # Errors
    /// A fault of the store; the clock goes on as before.
    pub async fn ask_again(&self, store: &dyn Store) -> Result<(), Fault> {
        let told = store.now().await?;
        let at = (self.steady)();
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = (told, at);
        Ok(())
    }
}

impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        let (told, at) = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.checked_add((self.steady)() - at).unwrap_or(told)
    }
}
