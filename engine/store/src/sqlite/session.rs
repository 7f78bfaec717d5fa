//! A transaction of the one writer: prepared statements, row by row, on the thread that holds the file.
//!
//! Nothing here waits for anything but the disk, so every future is ready when it is first asked; the whole
//! transaction runs on a thread of its own ([`super::carried`]). A row at a time is the quickest way to write
//! here: a statement over many rows makes SQLite keep a second journal of every page it touches.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use ports::fault::{Cause, CommitError, Fault, Retry};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, Row};
use tokio::sync::MutexGuard;

use super::Sqlite;
use super::fault::{commit_failed, read_failed, statement_failed};
use crate::tables::{Ask, Cell, Column, Line, Rows, Session, Trouble};

/// A transaction that writes. Dropped without a commit, it is rolled back.
pub struct SqliteSession<'t> {
    store: &'t Sqlite,
    writer: MutexGuard<'t, Option<Connection>>,
}

impl<'t> SqliteSession<'t> {
    /// Waits for the writer and begins.
    pub async fn begin(store: &'t Sqlite) -> Result<SqliteSession<'t>, Fault> {
        let session = SqliteSession { store, writer: store.writer.lock().await };
        session.connection()?.execute_batch("BEGIN IMMEDIATE").map_err(read_failed)?;
        Ok(session)
    }

    fn connection(&self) -> Result<&Connection, Fault> {
        let closed = || Fault::new(Cause::Unreachable, Retry::Later, "the file was closed");
        self.writer.as_ref().ok_or_else(closed)
    }

    fn noted(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Fault(fault) => Trouble::Fault(self.store.noted(fault)),
            constraint => constraint,
        }
    }

    fn each_row(&self, rows: &Rows<'_>, text: &str) -> Result<Vec<Line>, Trouble> {
        let mut out = Vec::new();
        self.for_each(rows, text, |_, statement, _| fetch(statement, &mut out))?;
        Ok(out)
    }

    /// Runs a statement that answers nothing, row by row; gives the keys of those that changed something.
    fn each_hit(&self, rows: &Rows<'_>, text: &str) -> Result<BTreeSet<String>, Trouble> {
        let Some((_, Column::Text(keys))) = rows.columns.first() else { return Ok(BTreeSet::new()) };
        let mut hit = BTreeSet::new();
        self.for_each(rows, text, |connection, statement, row| {
            done(statement)?;
            if connection.changes() > 0 {
                hit.insert(keys[row].to_owned());
            }
            Ok(())
        })?;
        Ok(hit)
    }

    fn for_each(
        &self,
        rows: &Rows<'_>,
        text: &str,
        mut each: impl FnMut(&Connection, &mut CachedStatement<'_>, usize) -> rusqlite::Result<()>,
    ) -> Result<(), Trouble> {
        let mut run = |connection: &Connection| {
            let mut statement = connection.prepare_cached(text)?;
            for row in 0..rows.len() {
                for (at, (_, column)) in rows.columns.iter().enumerate() {
                    bind(&mut statement, at + 1, column, row)?;
                }
                each(connection, &mut statement, row)?;
            }
            Ok(())
        };
        run(self.connection()?).map_err(|error: rusqlite::Error| self.noted(statement_failed(error)))
    }
}

impl Drop for SqliteSession<'_> {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.as_ref()
            && !writer.is_autocommit()
        {
            // What cannot even be rolled back was never committed.
            let _ = writer.execute_batch("ROLLBACK");
        }
    }
}

impl Session for SqliteSession<'_> {
    async fn run(&mut self, ask: Ask) -> Result<Vec<Line>, Trouble> {
        let run = |connection: &Connection| {
            let mut statement = connection.prepare_cached(&ask.text)?;
            for (at, value) in ask.values.iter().enumerate() {
                match value {
                    Cell::Null => statement.raw_bind_parameter(at + 1, None::<i64>)?,
                    Cell::Int(it) => statement.raw_bind_parameter(at + 1, it)?,
                    Cell::Text(it) => statement.raw_bind_parameter(at + 1, it)?,
                    Cell::Bytes(it) => statement.raw_bind_parameter(at + 1, it)?,
                }
            }
            let mut out = Vec::new();
            fetch(&mut statement, &mut out)?;
            Ok(out)
        };
        run(self.connection()?).map_err(|error: rusqlite::Error| self.noted(statement_failed(error)))
    }

    async fn run_over(&mut self, rows: &Rows<'_>, body: &str) -> Result<Vec<Line>, Trouble> {
        self.each_row(rows, &format!("WITH n({}) AS (VALUES ({})) {body}", rows.names(), places(rows)))
    }

    async fn insert(&mut self, rows: &Rows<'_>, table: &str, tail: &str) -> Result<(), Trouble> {
        let text = format!("INSERT INTO {table} ({}) VALUES ({}) {tail}", rows.names(), places(rows));
        self.for_each(rows, &text, |_, statement, _| done(statement))
    }

    async fn insert_new(&mut self, rows: &Rows<'_>, table: &str) -> Result<BTreeSet<String>, Trouble> {
        let (names, key, places) = (rows.names(), rows.key(), places(rows));
        let text = format!("INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT ({key}) DO NOTHING");
        self.each_hit(rows, &text)
    }

    async fn change(
        &mut self,
        rows: &Rows<'_>,
        table: &str,
        set: &str,
        matching: &str,
    ) -> Result<BTreeSet<String>, Trouble> {
        let text = format!("UPDATE {table} SET {set} WHERE {matching}");
        self.each_hit(rows, &numbered(rows, &text))
    }

    async fn remove(&mut self, rows: &Rows<'_>, table: &str) -> Result<(), Trouble> {
        let equal: Vec<String> = rows.columns.iter().map(|(name, _)| format!("{name} = ?")).collect();
        let text = format!("DELETE FROM {table} WHERE {}", equal.join(" AND "));
        self.for_each(rows, &text, |_, statement, _| done(statement))
    }

    async fn script(&mut self, text: &'static str) -> Result<(), Trouble> {
        let done = self.connection()?.execute_batch(text);
        done.map_err(|error: rusqlite::Error| self.noted(statement_failed(error)))
    }

    async fn commit(self) -> Result<(), CommitError> {
        let writer = self.connection()?;
        let seconds = Sqlite::seconds(self.store.clock.now());
        if seconds > self.store.high.load(Ordering::Relaxed) {
            let marked = writer.execute_batch(&format!("PRAGMA user_version = {seconds}"));
            marked.map_err(|error| self.store.noted(read_failed(error)))?;
        }
        match writer.execute_batch("COMMIT") {
            Ok(()) => {
                self.store.high.fetch_max(seconds, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(match commit_failed(error) {
                CommitError::Fault(fault) => CommitError::Fault(self.store.noted(fault)),
                CommitError::Unknown(fault) => CommitError::Unknown(self.store.noted(fault)),
            }),
        }
    }
}

/// A question mark for each column.
fn places(rows: &Rows<'_>) -> String {
    vec!["?"; rows.columns.len()].join(",")
}

/// `n.column` is the place of that column. A statement over one row needs no table of its own, which SQLite would
/// build and throw away for every row.
fn numbered(rows: &Rows<'_>, text: &str) -> String {
    let mut numbered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("n.") {
        let (before, from) = (&rest[..at], &rest[at + 2..]);
        let end = from.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(from.len());
        let place = rows.columns.iter().position(|(name, _)| *name == &from[..end]);
        let whole = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        numbered.push_str(before);
        match place.filter(|_| whole) {
            Some(place) => numbered.push_str(&format!("?{}", place + 1)),
            None => numbered.push_str(&rest[at..at + 2 + end]),
        }
        rest = &from[end..];
    }
    numbered.push_str(rest);
    numbered
}

fn bind(
    statement: &mut CachedStatement<'_>,
    at: usize,
    column: &Column<'_>,
    row: usize,
) -> rusqlite::Result<()> {
    match column {
        Column::Int(it) => statement.raw_bind_parameter(at, it[row]),
        Column::IntOr(it) => statement.raw_bind_parameter(at, it[row]),
        Column::Text(it) => statement.raw_bind_parameter(at, it[row]),
        Column::TextOr(it) => statement.raw_bind_parameter(at, it[row]),
        Column::Bytes(it) => statement.raw_bind_parameter(at, it[row]),
    }
}

/// Carries out a statement that answers no rows.
fn done(statement: &mut CachedStatement<'_>) -> rusqlite::Result<()> {
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

fn fetch(statement: &mut CachedStatement<'_>, out: &mut Vec<Line>) -> rusqlite::Result<()> {
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        out.push(line(row, columns)?);
    }
    Ok(())
}

fn line(row: &Row<'_>, columns: usize) -> rusqlite::Result<Line> {
    let cell = |at: usize| {
        Ok(match row.get_ref(at)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(it) => Cell::Int(it),
            ValueRef::Text(it) => Cell::Text(String::from_utf8_lossy(it).into_owned()),
            ValueRef::Blob(it) => Cell::Bytes(it.to_vec()),
            // No column of ours has broken numbers: whoever reads the row says that it is damaged.
            ValueRef::Real(_) => Cell::Null,
        })
    };
    (0..columns).map(cell).collect::<rusqlite::Result<_>>().map(Line)
}
