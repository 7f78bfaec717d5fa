//! What was read: the rows of the input sets, column by column, so that a large year stays small.
//!
//! A text is kept once however often it stands there; a row knows the line of the file it comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use expr::value::{Type, Value};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// One column.
#[derive(Clone, Debug)]
enum Store {
    Numbers(Vec<Option<Decimal>>),
    Dates(Vec<Option<Date>>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<u32>>),
    Values(Vec<Value>),
}

/// The rows of one set.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    columns: Vec<Store>,
    lines: Vec<u32>,
    texts: Vec<Arc<str>>,
    known: BTreeMap<Arc<str>, u32>,
}

impl Rows {
    /// No rows, for columns of these types.
    pub fn new<'t>(types: impl IntoIterator<Item = &'t Type>) -> Rows {
        let columns = types.into_iter().map(Store::of).collect();
        Rows { columns, ..Rows::default() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One more row, read from a line of its file. Values of another type than the column's count as missing.
    pub fn push(&mut self, line: u32, row: impl IntoIterator<Item = Value>) {
        for (at, value) in row.into_iter().enumerate().take(self.columns.len()) {
            let text = match &value {
                Value::Text(text) => Some(self.text(text)),
                _ => None,
            };
            match &mut self.columns[at] {
                Store::Numbers(all) => all.push(value.as_number()),
                Store::Dates(all) => all.push(value.as_date()),
                Store::Bools(all) => all.push(value.as_bool()),
                Store::Texts(all) => all.push(text),
                Store::Values(all) => all.push(value),
            }
        }
        self.lines.push(line);
    }

    fn text(&mut self, text: &Arc<str>) -> u32 {
        if let Some(at) = self.known.get(text) {
            return *at;
        }
        let at = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.clone());
        self.known.insert(text.clone(), at);
        at
    }

    /// The value of a cell.
    pub fn value(&self, row: usize, column: usize) -> Value {
        match &self.columns[column] {
            Store::Numbers(all) => all[row].map_or(Value::Null, Value::Number),
            Store::Dates(all) => all[row].map_or(Value::Null, Value::Date),
            Store::Bools(all) => all[row].map_or(Value::Null, Value::Bool),
            Store::Texts(all) => {
                all[row].map_or(Value::Null, |at| Value::Text(self.texts[at as usize].clone()))
            }
            Store::Values(all) => all[row].clone(),
        }
    }

    /// Puts the values of a row behind what is there.
    pub fn append(&self, row: usize, into: &mut Vec<Value>) {
        into.extend((0..self.columns.len()).map(|column| self.value(row, column)));
    }

    /// The line of the file a row was read from.
    pub fn line(&self, row: usize) -> u32 {
        self.lines[row]
    }
}

impl Store {
    fn of(ty: &Type) -> Store {
        match ty.known() {
            Type::Number | Type::Money | Type::Rate | Type::Integer => Store::Numbers(Vec::new()),
            Type::Date => Store::Dates(Vec::new()),
            Type::Bool => Store::Bools(Vec::new()),
            Type::Text | Type::Choice(_) => Store::Texts(Vec::new()),
            _ => Store::Values(Vec::new()),
        }
    }
}

/// The input sets of a run, by the position of the list in the book. A list that a caller gives stands for what would
/// be read or computed.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The rows of lists.
    pub lists: BTreeMap<usize, Rows>,
    /// SHA-256 of each file, by the name of its set.
    pub files: BTreeMap<String, String>,
}
