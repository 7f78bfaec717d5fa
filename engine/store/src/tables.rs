//! The tables of a relational database, and every statement on them, written once for all dialects.
//!
//! A dialect brings sessions: it runs a statement, feeds it many rows at once, and commits. What differs
//! between SQLite and PostgreSQL is how rows are handed over and what an error means, nothing else; so the
//! statements, and the order they come in, are the same by construction.

pub(crate) mod commit;
mod definitions;
mod inbox;
pub(crate) mod lease;
pub(crate) mod news;
mod outbox;
pub(crate) mod prepare;
mod read;
mod rows;
mod serve;

use std::collections::BTreeSet;
use std::future::Future;

use jiff::Timestamp;
use machine::ids::Name;
use ports::fault::{CommitError, Fault};

use crate::migrate::Migration;

pub use rows::{Act, Ask, Cell, Column, Line, Rows, Write};
pub use serve::Served;

/// A statement was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A constraint of the tables forbids it: its name.
    Constraint(Name),
    /// The world misbehaves.
    Fault(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Fault(fault)
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Fault {
        match trouble {
            Trouble::Fault(fault) => fault,
            Trouble::Constraint(name) => {
                let detail = format!("the tables forbid what was to be written: {name}");
                Fault::new(ports::fault::Cause::Bug, ports::fault::Retry::Never, detail)
            }
        }
    }
}

/// One transaction that writes.
pub trait Session: Send {
    /// Runs a statement.
    fn run(&mut self, ask: Ask) -> impl Future<Output = Result<Vec<Line>, Trouble>> + Send;

    /// Runs a statement over many rows, which it knows as the table `n`.
    fn run_over(
        &mut self,
        rows: &Rows<'_>,
        body: &str,
    ) -> impl Future<Output = Result<Vec<Line>, Trouble>> + Send;

    /// Adds rows to a table; `tail` follows the statement (`ON CONFLICT ...`).
    fn insert(
        &mut self,
        rows: &Rows<'_>,
        table: &str,
        tail: &str,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Adds those rows whose first column, the key of the table, is not in it yet: answers these keys.
    fn insert_new(
        &mut self,
        rows: &Rows<'_>,
        table: &str,
    ) -> impl Future<Output = Result<BTreeSet<String>, Trouble>> + Send;

    /// Changes rows of a table. `set` and `matching` call the given rows `n` and the table by its name; the first
    /// column given is the key of the table. Answers the keys of the rows that matched.
    fn change(
        &mut self,
        rows: &Rows<'_>,
        table: &str,
        set: &str,
        matching: &str,
    ) -> impl Future<Output = Result<BTreeSet<String>, Trouble>> + Send;

    /// Takes the rows off a table that have these values.
    fn remove(&mut self, rows: &Rows<'_>, table: &str) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Carries out several writes of which none touches a row of another. A dialect that pays for each statement
    /// makes one of them.
    fn together(&mut self, writes: &[Write<'_>]) -> impl Future<Output = Result<(), Trouble>> + Send {
        async move {
            for write in writes {
                match write.act {
                    Act::Add { tail } => self.insert(&write.rows, write.table, tail).await?,
                    Act::TakeOff => self.remove(&write.rows, write.table).await?,
                }
            }
            Ok(())
        }
    }

    /// Runs a text of several statements.
    fn script(&mut self, text: &'static str) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Makes it durable.
    fn commit(self) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// A database of one dialect.
/// Cloning it is cheap; all clones are one.
pub trait Tables: Clone + Send + Sync + 'static {
    /// Its transactions that write.
    type Session<'t>: Session
    where
        Self: 't;

    /// Carries out an act that writes where it may wait for a disk without holding up others.
    fn carry<F>(&self, act: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        act
    }

    /// Begins a transaction that writes.
    fn begin(&self) -> impl Future<Output = Result<Self::Session<'_>, Fault>> + Send;

    /// Asks without writing.
    fn ask(&self, ask: Ask) -> impl Future<Output = Result<Vec<Line>, Fault>> + Send;

    /// Asks over many rows, known as the table `n`, without writing.
    fn ask_over(&self, rows: &Rows<'_>, body: &str) -> impl Future<Output = Result<Vec<Line>, Fault>> + Send;

    /// What time it is where the data are.
    fn now(&self) -> impl Future<Output = Result<Timestamp, Fault>> + Send;

    /// Lets others know that there is something to look at: a hint that may be lost.
    fn hint(&self) -> impl Future<Output = ()> + Send;

    /// The words of this dialect.
    fn words(&self) -> &'static Words;
}

/// Where dialects differ in words.
#[derive(Debug)]
pub struct Words {
    /// Passes over rows that another transaction works on.
    pub skip_locked: &'static str,
    /// Whether a change of a row should name as few columns as possible.
    pub narrow: bool,
    /// Keeps rows as they are until the transaction ends.
    pub for_share: &'static str,
    /// What holds for news behind which nothing older can appear.
    pub settled_news: &'static str,
    /// Asks for a row if there is a table of migrations.
    pub has_migrations: &'static str,
    /// Makes the table of migrations.
    pub create_migrations: &'static str,
    /// Lets one program at a time change the tables; empty where a transaction does that already.
    pub one_migrates: &'static str,
    /// The changes of the tables, in order.
    pub migrations: &'static [Migration],
}

/// An instant as it is stored: whole microseconds since 1970, rounded down.
pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond() - i64::from(at.subsec_nanosecond() % 1_000 < 0)
}

/// The instant that is stored as this.
///
/// # Errors
/// A fault when it lies outside the years that can be written.
pub fn instant(micros: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(micros).map_err(|_| {
        let detail =
            format!("{micros} microseconds is no instant: the database was changed by hand or is damaged");
        Fault::new(ports::fault::Cause::Damaged, ports::fault::Retry::Never, detail)
    })
}
