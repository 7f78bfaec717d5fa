//! Golden tables of settlement rules: worked cases (`rule_id, inputs, expected`) held against a book by `golden.yaml`.
//!
//! A case gives lists (input sets or steps) and parameters, and names what it asks of other lists. Lists of codes have
//! no order; amounts are equal when they are the same number.

mod held;
mod mapping;

use language::rules::Book;
use language::words::Words;

pub use held::hold;
pub use mapping::{Answer, Case, Given, Mapping, Way, read};

/// One row held against the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule id.
    pub name: String,
    /// Its line in the file.
    pub line: u64,
    /// What differs.
    pub differs: Vec<Words>,
}

/// Whether a text is such a table, by its header.
pub fn is_table(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let columns: Vec<&str> = first.split(',').map(str::trim).collect();
    ["rule_id", "inputs", "expected"].iter().all(|wanted| columns.contains(wanted))
}

/// Holds every row of a table against the rules.
///
/// # Errors
/// The first line that is no row, with its number.
pub fn rows(text: &str, book: &Book, mapping: &Mapping) -> Result<Vec<Row>, (u64, Words)> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let unreadable = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        (line, Words::new(format!("这一行读不出来：{error}"), format!("this is no row: {error}")))
    };
    let headers = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let mut all = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        if !reader.read_record(&mut record).map_err(|error| unreadable(&error))? {
            return Ok(all);
        }
        let cell = |name: &str| {
            headers.iter().position(|header| header == name).and_then(|at| record.get(at)).unwrap_or_default()
        };
        let name = cell("rule_id").to_owned();
        let differs = hold(&name, cell("inputs"), cell("expected"), book, mapping);
        all.push(Row { name, line, differs });
    }
}
