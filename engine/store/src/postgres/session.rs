//! A transaction, and how rows go in and out.

use std::collections::BTreeSet;

use ports::fault::{CommitError, Fault};
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Column as _, Postgres as Dialect, Row, Transaction, TypeInfo, ValueRef};

use super::fault::{commit_failed, read_failed, statement_failed};
use crate::tables::{Act, Ask, Cell, Column, Line, Rows, Session, Trouble, Write};

/// A transaction that writes. Dropped without a commit, it is rolled back.
pub struct PostgresSession {
    transaction: Transaction<'static, Dialect>,
}

type Asked<'q> = Query<'q, Dialect, PgArguments>;

impl PostgresSession {
    /// Takes a connection and begins.
    pub async fn begin(pool: &PgPool) -> Result<PostgresSession, Fault> {
        Ok(PostgresSession { transaction: pool.begin().await.map_err(read_failed)? })
    }
}

impl Session for PostgresSession {
    async fn run(&mut self, ask: Ask) -> Result<Vec<Line>, Trouble> {
        let rows = query(ask).fetch_all(&mut *self.transaction).await.map_err(statement_failed)?;
        Ok(lines(rows)?)
    }

    async fn run_over(&mut self, rows: &Rows<'_>, body: &str) -> Result<Vec<Line>, Trouble> {
        let rows =
            query_over(rows, body).fetch_all(&mut *self.transaction).await.map_err(statement_failed)?;
        Ok(lines(rows)?)
    }

    async fn insert(&mut self, rows: &Rows<'_>, table: &str, tail: &str) -> Result<(), Trouble> {
        self.run_over(rows, &format!("{} {tail}", rows.insert_into(table))).await.map(drop)
    }

    async fn insert_new(&mut self, rows: &Rows<'_>, table: &str) -> Result<BTreeSet<String>, Trouble> {
        let key = rows.key();
        let body = format!("{} ON CONFLICT ({key}) DO NOTHING RETURNING {key}", rows.insert_into(table));
        keys(self.run_over(rows, &body).await?)
    }

    async fn change(
        &mut self,
        rows: &Rows<'_>,
        table: &str,
        set: &str,
        matching: &str,
    ) -> Result<BTreeSet<String>, Trouble> {
        let key = rows.key();
        let body = format!("UPDATE {table} SET {set} FROM n WHERE {matching} RETURNING {table}.{key}");
        keys(self.run_over(rows, &body).await?)
    }

    async fn remove(&mut self, rows: &Rows<'_>, table: &str) -> Result<(), Trouble> {
        let names = rows.names();
        let body = format!("DELETE FROM {table} WHERE ({names}) IN (SELECT {names} FROM n)");
        self.run_over(rows, &body).await.map(drop)
    }

    async fn together(&mut self, writes: &[Write<'_>]) -> Result<(), Trouble> {
        if writes.is_empty() {
            return Ok(());
        }
        query_together(writes).execute(&mut *self.transaction).await.map(drop).map_err(statement_failed)
    }

    async fn script(&mut self, text: &'static str) -> Result<(), Trouble> {
        sqlx::raw_sql(text).execute(&mut *self.transaction).await.map(drop).map_err(statement_failed)
    }

    async fn commit(self) -> Result<(), CommitError> {
        self.transaction.commit().await.map_err(commit_failed)
    }
}

fn keys(lines: Vec<Line>) -> Result<BTreeSet<String>, Trouble> {
    lines.into_iter().map(|mut line| Ok(line.string(0)?)).collect()
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

/// A statement over rows: one array for each column, whatever their number.
pub fn query_over<'r>(rows: &'r Rows<'_>, body: &str) -> Asked<'r> {
    let text = format!("WITH {} {body}", table("n", rows, 0));
    bound(sqlx::query(AssertSqlSafe(text)), rows)
}

/// One statement for several writes: each with its rows as a table of its own.
fn query_together<'r>(writes: &'r [Write<'_>]) -> Asked<'r> {
    let (mut text, mut before) = (String::from("WITH "), 0);
    for (number, Write { rows, table: written, act }) in writes.iter().enumerate() {
        let from = format!("n{number}");
        let write = match act {
            Act::Add { tail } => format!("{} {tail}", rows.insert_from(written, &from)),
            Act::TakeOff => {
                let names = rows.names();
                format!("DELETE FROM {written} WHERE ({names}) IN (SELECT {names} FROM {from})")
            }
        };
        let comma = if number == 0 { "" } else { ", " };
        text.push_str(&format!("{comma}{}, w{number} AS ({write})", table(&from, rows, before)));
        before += rows.columns.len();
    }
    text.push_str(" SELECT 1");
    writes.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, write| bound(query, &write.rows))
}

/// Rows as a table of that name, whose values come after so many others.
fn table(name: &str, rows: &Rows<'_>, before: usize) -> String {
    let kind = |column: &Column<'_>| match column {
        Column::Int(_) | Column::IntOr(_) => "bigint",
        Column::Text(_) | Column::TextOr(_) => "text",
        Column::Bytes(_) => "bytea",
    };
    let places = (before + 1..).zip(&rows.columns);
    let arrays: Vec<String> = places.map(|(place, (_, c))| format!("${place}::{}[]", kind(c))).collect();
    format!("{name}({}) AS (SELECT * FROM UNNEST({}))", rows.names(), arrays.join(", "))
}

fn bound<'r>(mut query: Asked<'r>, rows: &'r Rows<'_>) -> Asked<'r> {
    for (_, column) in &rows.columns {
        query = match column {
            Column::Int(it) => query.bind(it),
            Column::IntOr(it) => query.bind(it),
            Column::Text(it) => query.bind(it),
            Column::TextOr(it) => query.bind(it),
            Column::Bytes(it) => query.bind(it),
        };
    }
    query
}

/// Asks for what lies all over a table: read from its beginning to its end.
pub async fn ask_all(pool: &PgPool, ask: Ask) -> Result<Vec<Line>, Fault> {
    let mut transaction = pool.begin().await.map_err(read_failed)?;
    let all = "SELECT set_config('enable_seqscan', 'on', true)";
    sqlx::query(all).execute(&mut *transaction).await.map_err(read_failed)?;
    // The values are looked at as well: there are few such statements, and each is long.
    let rows = query(ask).persistent(false).fetch_all(&mut *transaction).await.map_err(read_failed)?;
    transaction.commit().await.map_err(read_failed)?;
    lines(rows)
}

/// Rows that came back.
pub fn lines(rows: Vec<PgRow>) -> Result<Vec<Line>, Fault> {
    rows.iter().map(line).collect()
}

fn line(row: &PgRow) -> Result<Line, Fault> {
    let cell = |at: usize| {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        let kind = value.type_info();
        Ok(match kind.name() {
            "INT8" => Cell::Int(row.try_get(at)?),
            "INT4" => Cell::Int(row.try_get::<i32, _>(at)?.into()),
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
