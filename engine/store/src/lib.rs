//! Keeping cases, their history, tasks and outgoing work: in memory, in SQLite, in PostgreSQL.

pub mod codec;
