//! Programs at work that are killed, frozen, drained and cut off at random moments, and a judge of what is left.
//!
//! Every program writes down what it asks before it asks and what it hears when it hears it ([`diary`]). When
//! everything is over the judge holds the diaries against the database and the database against itself
//! ([`judge`]). Times in diaries are readings of the host's steady clock, the same for all programs of a host.
//! Errors: a [`ports::fault::Fault`] when the run itself cannot go on; whatever a run finds wrong is a breach, a
//! sentence for people.

pub mod blows;
pub mod client;
pub mod crowd;
pub mod diary;
pub mod dice;
pub mod explain;
pub mod judge;
pub mod load;
pub mod moved;
pub mod offers;
pub mod power;
pub mod proxy;
pub mod server;
pub mod storm;
pub mod tracer;
