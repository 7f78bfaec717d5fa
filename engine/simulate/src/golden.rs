//! Golden tables: cases an office keeps in a spreadsheet, each row held against the engine.
//!
//! The kind of table is known by its header: deadlines, unified social credit codes, or runs of a process.

use expr::time::calendar::Calendar;
use language::words::Words;

pub mod deadlines;
pub mod mapping;
pub mod runs;
pub mod usccs;

/// What came of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row's own name, or its line.
    pub name: String,
    /// The line in the file, from 1.
    pub line: u64,
    /// What did not come as the row says; empty means it holds.
    pub differs: Vec<Words>,
}

/// The kinds of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `case_id, anchor, n, unit, ...`
    Deadlines,
    /// `code, expected, note`
    Usccs,
    /// `scenario_id, process, params, events, expected, note`
    Runs,
}

/// A table that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong and what would be right.
    pub words: Words,
}

/// Which kind of table a header announces.
///
/// # Errors
/// The columns that are known.
pub fn kind(text: &str) -> Result<Kind, Unreadable> {
    let mut reader = reader(text);
    let headers = reader.headers().map_err(|e| unreadable(&e))?;
    let has = |names: &[&str]| names.iter().all(|n| headers.iter().any(|h| h == *n));
    if has(&["scenario_id", "process", "params", "events", "expected"]) {
        Ok(Kind::Runs)
    } else if has(&["case_id", "anchor", "n", "unit", "due_at_exclusive"]) {
        Ok(Kind::Deadlines)
    } else if has(&["code", "expected"]) {
        Ok(Kind::Usccs)
    } else if headers.iter().all(str::is_empty) {
        Err(Unreadable {
            line: 1,
            words: Words::new(
                "这张表是空的：第一行要写表头",
                "this table is empty: its first line names the columns",
            ),
        })
    } else {
        let found = headers.iter().collect::<Vec<_>>().join(", ");
        Err(Unreadable {
            line: 1,
            words: Words::new(
                format!(
                    "认不出这张表：表头是 {found}。时限表要有 case_id, anchor, n, unit, due_at_exclusive；代码表要有 code, expected；流程表要有 scenario_id, process, params, events, expected"
                ),
                format!(
                    "this table is of no known kind: its header is {found}. A table of deadlines has case_id, anchor, n, unit, due_at_exclusive; of codes: code, expected; of runs: scenario_id, process, params, events, expected"
                ),
            ),
        })
    }
}

/// Holds every row of a table of deadlines against legal time.
///
/// # Errors
/// The first line that is no row.
pub fn deadlines(text: &str, calendar: &Calendar) -> Result<Vec<Row>, Unreadable> {
    rows(text, |columns| deadlines::hold(columns, calendar))
}

/// Holds every row of a table of codes against the check.
///
/// # Errors
/// The first line that is no row.
pub fn usccs(text: &str) -> Result<Vec<Row>, Unreadable> {
    rows(text, usccs::hold)
}

/// The columns of a row by name.
#[derive(Debug)]
pub struct Columns<'r> {
    headers: &'r csv::StringRecord,
    record: &'r csv::StringRecord,
}

impl Columns<'_> {
    /// The cell of a column; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        let at = self.headers.iter().position(|h| h == name);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// The first cell: what the row is called.
    pub fn name(&self) -> &str {
        self.record.get(0).unwrap_or_default()
    }
}

/// Goes through a table row by row.
///
/// # Errors
/// The first line that is no row.
pub fn rows(text: &str, mut hold: impl FnMut(&Columns<'_>) -> Vec<Words>) -> Result<Vec<Row>, Unreadable> {
    let mut reader = reader(text);
    let headers = reader.headers().map_err(|e| unreadable(&e))?.clone();
    if let Some(twice) =
        headers.iter().enumerate().find(|(at, one)| headers.iter().take(*at).any(|it| it == *one))
    {
        let name = twice.1;
        let words = Words::new(format!("表头里有两列“{name}”"), format!("two columns are called `{name}`"));
        return Err(Unreadable { line: 1, words });
    }
    let mut all = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        if !reader.read_record(&mut record).map_err(|e| unreadable(&e))? {
            break;
        }
        let columns = Columns { headers: &headers, record: &record };
        all.push(Row { name: columns.name().to_owned(), line, differs: hold(&columns) });
    }
    Ok(all)
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes())
}

fn unreadable(error: &csv::Error) -> Unreadable {
    let line = error.position().map_or(1, csv::Position::line);
    Unreadable {
        line,
        words: Words::new(format!("这一行读不出来：{error}"), format!("this is no row: {error}")),
    }
}

/// A sentence for a cell that differs.
pub fn differs(what: &str, wanted: &str, found: &str) -> Words {
    Words::new(
        format!("{what} 应为 {wanted}，实际为 {found}"),
        format!("{what} should be {wanted}, but is {found}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_knows_its_line() {
        let rows = usccs("code,expected\n91320599MA00000070,ok\n91320599MA00000071,ok\n").unwrap();
        assert_eq!(rows.iter().map(|r| (r.line, r.differs.len())).collect::<Vec<_>>(), [(2, 0), (3, 1)]);
    }

    #[test]
    fn a_column_that_is_there_twice_is_told() {
        let error = usccs("code,expected,expected\n91320599MA00000070,ok,bad\n").unwrap_err();
        assert_eq!(error.words.en, "two columns are called `expected`");
    }

    #[test]
    fn a_table_of_no_known_kind_says_what_is_known() {
        let error = kind("a,b\n1,2\n").unwrap_err();
        assert!(error.words.en.contains("scenario_id"), "{}", error.words.en);
    }
}
