//! What the engine asks of the outside: what time it is, to keep, to deliver. Traits and plain data only.
//!
//! The three traits are [`clock::Clock`], [`store::Store`] and [`connector::Connector`]. Units: instants are
//! UTC and kept to the microsecond in lists, exactly in facts. Errors are [`fault::Fault`] (the world
//! misbehaves; its type says whether trying again can help), [`commit::Conflict`] (somebody was there first)
//! and [`fault::CommitError::Unknown`] (a commit of which nobody can say whether it took effect).

pub mod clock;
pub mod commit;
pub mod connector;
pub mod definitions;
pub mod fault;
pub mod outbox;
pub mod query;
pub mod store;
