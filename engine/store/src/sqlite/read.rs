//! Reading through connections of their own, many at a time, while the writer writes.

use ports::fault::Fault;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, Row, Sqlite as Dialect, TypeInfo, ValueRef};

use super::fault::read_failed;
use crate::tables::{Ask, Cell, Column, Line, Rows};

type Asked<'q> = Query<'q, Dialect, SqliteArguments>;

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

/// A statement over rows.
pub fn query_over<'q>(rows: &Rows<'_>, body: &str) -> Asked<'q> {
    let one = format!("({})", vec!["?"; rows.columns.len()].join(","));
    let all = vec![one.as_str(); rows.len()].join(",");
    let text = format!("WITH n({}) AS (VALUES {all}) {body}", rows.names());
    // As many texts as there are numbers of rows: none is worth keeping.
    let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
    for row in 0..rows.len() {
        for (_, column) in &rows.columns {
            query = match column {
                Column::Int(it) => query.bind(it[row]),
                Column::IntOr(it) => query.bind(it[row]),
                Column::Text(it) => query.bind(it[row].to_owned()),
                Column::TextOr(it) => query.bind(it[row].map(str::to_owned)),
                Column::Bytes(it) => query.bind(it[row].to_vec()),
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
            return Ok::<_, sqlx::Error>(Cell::Null);
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
