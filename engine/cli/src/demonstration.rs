//! The demonstration: a small city replayed, then an office over it whose clock can be pushed forward.

pub mod accounts;
pub mod bureau;
pub mod clock;
pub mod letters;

pub mod settlement;
pub mod stage;
