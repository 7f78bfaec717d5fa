//! The engine at work over real stores: claims, repetitions, faults, deadlines, messages, incidents, nodes.
//!
//! Every story runs over the store in memory and over SQLite, and over PostgreSQL when `TEST_POSTGRES_URL` says
//! where one is. Time is moved by hand; nothing sleeps.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

#[path = "runtime/audit.rs"]
mod audit;
#[path = "runtime/boundary.rs"]
mod boundary;
#[path = "runtime/claims.rs"]
mod claims;
#[path = "runtime/deadlines.rs"]
mod deadlines;
#[path = "runtime/faults.rs"]
mod faults;
#[path = "runtime/faulty.rs"]
mod faulty;
#[path = "runtime/house.rs"]
mod house;
#[path = "runtime/incidents.rs"]
mod incidents;
#[path = "runtime/linear.rs"]
mod linear;
#[path = "runtime/loan.rs"]
mod loan;
#[path = "runtime/messages.rs"]
mod messages;
#[path = "runtime/nodes.rs"]
mod nodes;
#[path = "runtime/policies.rs"]
mod policies;
#[path = "runtime/schedules.rs"]
mod schedules;
#[path = "runtime/seal.rs"]
mod seal;
#[path = "runtime/versions.rs"]
mod versions;
