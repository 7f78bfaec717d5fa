//! Rows on their way in and out, in the three kinds of column that every dialect has.

use std::sync::Arc;

use jiff::Timestamp;
use machine::ids::Name;
use ports::commit::Hash;
use ports::fault::{Cause, Fault, Retry};

use super::instant;

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A statement with its values, `$1` first.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The statement.
    pub text: String,
    /// Its values.
    pub values: Vec<Cell>,
    /// Whether it looks at every row of a table, and may be planned that way.
    pub whole: bool,
}

/// The values of one column for many rows, borrowed from whoever has them: nothing is copied on its way out.
#[derive(Clone, Debug)]
pub enum Column<'v> {
    /// Whole numbers.
    Int(Vec<i64>),
    /// Whole numbers or nothing.
    IntOr(Vec<Option<i64>>),
    /// Text.
    Text(Vec<&'v str>),
    /// Text or nothing.
    TextOr(Vec<Option<&'v str>>),
    /// Bytes.
    Bytes(Vec<&'v [u8]>),
}

/// Many rows with the names of their columns.
#[derive(Clone, Debug, Default)]
pub struct Rows<'v> {
    /// The columns, all of one length.
    pub columns: Vec<(&'static str, Column<'v>)>,
}

/// Rows for a table, or off it.
#[derive(Clone, Debug)]
pub struct Write<'v> {
    /// The rows; where they are taken off, what is equal.
    pub rows: Rows<'v>,
    /// The table.
    pub table: &'static str,
    /// Which of the two.
    pub act: Act,
}

/// What is done with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// They are added; `tail` follows the statement (`ON CONFLICT ...`).
    Add {
        /// What follows.
        tail: &'static str,
    },
    /// The rows of the table that have these values are taken off.
    TakeOff,
}

impl<'v> Write<'v> {
    /// Adds rows to a table.
    pub fn add(rows: Rows<'v>, table: &'static str, tail: &'static str) -> Write<'v> {
        Write { rows, table, act: Act::Add { tail } }
    }

    /// Takes rows off a table.
    pub fn take_off(rows: Rows<'v>, table: &'static str) -> Write<'v> {
        Write { rows, table, act: Act::TakeOff }
    }
}

/// A row that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub Vec<Cell>);

impl Ask {
    /// A statement without values.
    pub fn of(text: impl Into<String>) -> Ask {
        Ask { text: text.into(), values: vec![], whole: false }
    }

    /// A statement that looks at every row of a table.
    pub fn of_all(text: impl Into<String>) -> Ask {
        Ask { whole: true, ..Ask::of(text) }
    }

    /// Adds text.
    pub fn say(&mut self, text: &str) -> &mut Ask {
        self.text.push_str(text);
        self
    }

    /// Adds a value and its place.
    pub fn value(&mut self, cell: Cell) -> &mut Ask {
        self.values.push(cell);
        let place = format!("${}", self.values.len());
        self.say(&place)
    }

    /// Adds text.
    pub fn text(&mut self, it: &str) -> &mut Ask {
        self.value(Cell::Text(it.to_owned()))
    }

    /// Adds a number.
    pub fn int(&mut self, it: i64) -> &mut Ask {
        self.value(Cell::Int(it))
    }
}

impl Column<'_> {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Int(it) => it.len(),
            Column::IntOr(it) => it.len(),
            Column::Text(it) => it.len(),
            Column::TextOr(it) => it.len(),
            Column::Bytes(it) => it.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'v> Rows<'v> {
    /// Adds a column.
    pub fn with(mut self, name: &'static str, column: Column<'v>) -> Rows<'v> {
        debug_assert!(self.columns.first().is_none_or(|(_, first)| first.len() == column.len()));
        self.columns.push((name, column));
        self
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the columns with commas between them.
    pub fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The name of the first column.
    pub fn key(&self) -> &'static str {
        self.columns.first().map_or("", |(name, _)| name)
    }

    /// `INSERT INTO table (columns) SELECT columns FROM n`. The condition that is always true lets SQLite
    /// tell a following `ON CONFLICT` from a join.
    pub fn insert_into(&self, table: &str) -> String {
        self.insert_from(table, "n")
    }

    /// The same, out of a table of that name.
    pub fn insert_from(&self, table: &str, from: &str) -> String {
        let names = self.names();
        format!("INSERT INTO {table} ({names}) SELECT {names} FROM {from} WHERE true")
    }
}

impl Line {
    fn wrong(what: &str) -> Fault {
        let detail = format!("a row has no proper {what}: the database was changed by hand or is damaged");
        Fault::new(Cause::Damaged, Retry::Never, detail)
    }

    fn take(&mut self, at: usize) -> Cell {
        self.0.get_mut(at).map_or(Cell::Null, |cell| std::mem::replace(cell, Cell::Null))
    }

    /// A number.
    pub fn int(&mut self, at: usize) -> Result<i64, Fault> {
        match self.take(at) {
            Cell::Int(it) => Ok(it),
            _ => Err(Line::wrong("number")),
        }
    }

    /// A number that fits.
    pub fn count<T: TryFrom<i64>>(&mut self, at: usize) -> Result<T, Fault> {
        T::try_from(self.int(at)?).map_err(|_| Line::wrong("count"))
    }

    /// An instant.
    pub fn at(&mut self, at: usize) -> Result<Timestamp, Fault> {
        instant(self.int(at)?)
    }

    /// An instant, if there is one.
    pub fn at_if(&mut self, at: usize) -> Result<Option<Timestamp>, Fault> {
        match self.take(at) {
            Cell::Null => Ok(None),
            Cell::Int(it) => instant(it).map(Some),
            _ => Err(Line::wrong("instant")),
        }
    }

    /// Text.
    pub fn string(&mut self, at: usize) -> Result<String, Fault> {
        match self.take(at) {
            Cell::Text(it) => Ok(it),
            _ => Err(Line::wrong("text")),
        }
    }

    /// Text, if there is some.
    pub fn string_if(&mut self, at: usize) -> Result<Option<String>, Fault> {
        match self.take(at) {
            Cell::Null => Ok(None),
            Cell::Text(it) => Ok(Some(it)),
            _ => Err(Line::wrong("text")),
        }
    }

    /// A name.
    pub fn name(&mut self, at: usize) -> Result<Name, Fault> {
        self.string(at).map(Arc::from)
    }

    /// A name, if there is one.
    pub fn name_if(&mut self, at: usize) -> Result<Option<Name>, Fault> {
        Ok(self.string_if(at)?.map(Arc::from))
    }

    /// Bytes.
    pub fn bytes(&mut self, at: usize) -> Result<Vec<u8>, Fault> {
        match self.take(at) {
            Cell::Bytes(it) => Ok(it),
            _ => Err(Line::wrong("bytes")),
        }
    }

    /// A hash.
    pub fn hash(&mut self, at: usize) -> Result<Hash, Fault> {
        self.bytes(at)?.try_into().map_err(|_| Line::wrong("hash"))
    }
}
