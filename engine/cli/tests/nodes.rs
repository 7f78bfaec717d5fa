//! Several real programs over one PostgreSQL: whoever is asked, the right one answers, also while one dies, freezes or
//! is told to end.
//!
//! What is waited for is a thing that happens, always with a bound; nothing is said about how long it takes.

#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

#[path = "nodes/ground.rs"]
mod ground;
#[path = "nodes/house.rs"]
mod house;
#[path = "../../../tests/chaos/server.rs"]
mod server;
#[path = "nodes/stories.rs"]
mod stories;
#[path = "nodes/traces.rs"]
mod traces;
