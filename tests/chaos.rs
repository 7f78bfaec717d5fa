//! Real programs over real databases: killed, frozen, told to end, cut off at a COMMIT, with a full disk, with a
//! disk that fails; afterwards the judge of `charter chaos` reads what is left.
//!
//! What is waited for is a thing that happens, always with a bound; nothing is said about how long it takes.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

#[path = "chaos/disk.rs"]
mod disk;
#[path = "chaos/fight.rs"]
mod fight;
#[path = "chaos/ground.rs"]
mod ground;
#[path = "chaos/server.rs"]
mod server;
#[path = "chaos/storms.rs"]
mod storms;
