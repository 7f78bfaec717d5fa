//! The engine at work: commands in batches, timers, deliveries, messages between cases.
//!
//! Deciding is `machine`'s, keeping is the store's; here are the loops between them. Every loop is a
//! `run_once` that tests call; only [`loops`] sleeps. Units: instants are UTC, cut to the microsecond.
//! Errors: [`answer::Trouble`] for whoever sent a command; faults of the world are retried or reported.

pub mod answer;
pub mod bench;
pub mod breaker;
pub mod circuit;
pub mod clocks;
pub mod decide;
pub mod deploy;
pub mod engine;
pub mod holdings;
pub mod incidents;
pub mod known;
pub mod lane;
pub mod lines;
pub mod loops;
pub mod messages;
pub mod nodes;
pub mod outbox;
pub mod own;
pub mod pace;
pub mod queue;
pub mod retry;
pub mod schedule;
pub mod shelf;
pub mod ticks;
pub mod timers;
pub mod watch;
pub mod wheel;
