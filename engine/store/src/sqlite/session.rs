//! A transaction of the one writer, and how rows go in and out.

use std::sync::atomic::Ordering;

use ports::fault::{CommitError, Fault};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, Row, Sqlite as Dialect, Transaction, TypeInfo, ValueRef};

use super::Sqlite;
use super::fault::{commit_failed, read_failed, statement_failed};
use crate::tables::{Ask, Cell, Column, Line, Rows, Session, Trouble};

/// Rows go in so many at a time, the largest that fits first: few statements, each prepared once.
const AT_ONCE: [usize; 4] = [64, 16, 4, 1];

/// A transaction that writes. Dropped without a commit, it is rolled back before the writer is used again.
pub struct SqliteSession<'t> {
    store: &'t Sqlite,
    writer: Transaction<'static, Dialect>,
}

type Asked<'q> = Query<'q, Dialect, SqliteArguments>;

impl<'t> SqliteSession<'t> {
    /// Waits for the writer and begins.
    pub async fn begin(store: &'t Sqlite) -> Result<SqliteSession<'t>, Fault> {
        let writer = store.writer.begin_with("BEGIN IMMEDIATE").await.map_err(read_failed)?;
        Ok(SqliteSession { store, writer })
    }

    fn noted(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Fault(fault) => Trouble::Fault(self.store.noted(fault)),
            constraint => constraint,
        }
    }
}

impl Session for SqliteSession<'_> {
    async fn run(&mut self, ask: Ask) -> Result<Vec<Line>, Trouble> {
        let rows = query(ask).fetch_all(&mut *self.writer).await;
        let rows = rows.map_err(|error| self.noted(statement_failed(error)))?;
        Ok(lines(rows)?)
    }

    async fn run_over(&mut self, rows: &Rows, body: &str) -> Result<Vec<Line>, Trouble> {
        let mut out = Vec::new();
        let mut from = 0;
        while from < rows.len() {
            let left = rows.len() - from;
            let size = AT_ONCE.into_iter().find(|size| *size <= left).unwrap_or(1);
            let found = query_over(rows, body, from, size).fetch_all(&mut *self.writer).await;
            let found = found.map_err(|error| self.noted(statement_failed(error)))?;
            out.append(&mut lines(found)?);
            from += size;
        }
        Ok(out)
    }

    async fn script(&mut self, text: &'static str) -> Result<(), Trouble> {
        let done = sqlx::raw_sql(text).execute(&mut *self.writer).await;
        done.map(drop).map_err(|error| self.noted(statement_failed(error)))
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        let seconds = Sqlite::seconds(self.store.clock.now());
        if seconds > self.store.high.load(Ordering::Relaxed) {
            let mark = format!("PRAGMA user_version = {seconds}");
            let marked = sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut *self.writer).await;
            marked.map_err(|error| self.store.noted(read_failed(error)))?;
        }
        match self.writer.commit().await {
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

/// A statement with its values.
pub fn query<'q>(ask: Ask) -> Asked<'q> {
    let mut query = sqlx::query(AssertSqlSafe(ask.text));
    for value in ask.values {
        query = match value {
            Cell::Null => query.bind(None::<i64>),
            Cell::Int(it) => query.bind(it),
            Cell::Text(it) => query.bind(it),
            Cell::Bytes(it) => query.bind(it),
        };
    }
    query
}

/// A statement over some of the rows.
pub fn query_over<'q>(rows: &Rows, body: &str, from: usize, size: usize) -> Asked<'q> {
    let one = format!("({})", vec!["?"; rows.columns.len()].join(","));
    let all = vec![one.as_str(); size].join(",");
    let text = format!("WITH n({}) AS (VALUES {all}) {body}", rows.names());
    let mut query = sqlx::query(AssertSqlSafe(text));
    for row in from..from + size {
        for (_, column) in &rows.columns {
            query = match column {
                Column::Int(it) => query.bind(it[row]),
                Column::IntOr(it) => query.bind(it[row]),
                Column::Text(it) => query.bind(it[row].clone()),
                Column::TextOr(it) => query.bind(it[row].clone()),
                Column::Bytes(it) => query.bind(it[row].clone()),
            };
        }
    }
    query
}

/// Rows that came back.
pub fn lines(rows: Vec<SqliteRow>) -> Result<Vec<Line>, Fault> {
    rows.iter().map(line).collect()
}

fn line(row: &SqliteRow) -> Result<Line, Fault> {
    let cell = |at: usize| {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        let kind = value.type_info();
        Ok(match kind.name() {
            "INTEGER" => Cell::Int(row.try_get(at)?),
            "TEXT" => Cell::Text(row.try_get(at)?),
            _ => Cell::Bytes(row.try_get(at)?),
        })
    };
    row.columns()
        .iter()
        .map(|column| cell(column.ordinal()))
        .collect::<Result<_, _>>()
        .map(Line)
        .map_err(read_failed)
}
