//! The HTTP face as a stranger meets it: a real listener over SQLite, and over PostgreSQL when `TEST_POSTGRES_URL`
//! says where one is.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

#[path = "http/boundary.rs"]
mod boundary;
#[path = "http/credit.rs"]
mod credit;
#[path = "http/demand.rs"]
mod demand;
#[path = "http/described.rs"]
mod described;
#[path = "http/door.rs"]
mod door;
#[path = "http/keys.rs"]
mod keys;
#[path = "http/matrix.rs"]
mod matrix;
#[path = "http/opening.rs"]
mod opening;
#[path = "http/restart.rs"]
mod restart;
#[path = "http/settlement.rs"]
mod settlement;
#[path = "http/slow.rs"]
mod slow;
#[path = "http/stream.rs"]
mod stream;
#[path = "http/wrong.rs"]
mod wrong;
