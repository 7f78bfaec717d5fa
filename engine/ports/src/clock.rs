//! What time it is.

use jiff::Timestamp;

/// Tells the time. Tests move it by hand; a server takes it from the store, so that several nodes agree.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}
