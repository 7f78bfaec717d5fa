//! The engine at work: commands in batches, timers, deliveries, messages between cases.
//!
//! Deciding is `machine`'s, keeping is the store's; here are the loops between them. Every loop is a
//! `run_once` that tests call; only [`loops`] sleeps. Units: instants are UTC, cut to the microsecond.
//! Errors: [`answer::Trouble`] for whoever sent a command; faults of the world are retried or reported.

pub mod answer;
pub mod breaker;
pub mod decide;
pub mod engine;
pub mod lane;
pub mod lines;
pub mod loops;
pub mod messages;
pub mod outbox;
pub mod retry;
pub mod shelf;
pub mod timers;
