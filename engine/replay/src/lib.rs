//! The city driven through the durable engine in virtual time: every command stored, every timer fired by the
//! engine's own clock work, interruptible at any moment. And what came of it: statistics, a hash of the end state,
//! a report. Errors: [`drive::Broken`]. It is given a store and knows none.

pub mod clock;
pub mod drive;
pub mod ledger;
pub mod report;
pub mod sum;
pub mod tally;
