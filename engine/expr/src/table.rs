//! Decision tables: rows of questions, the rows that answer to a point, and why.
//!
//! A table is read from Markdown against a declared signature ([`Signature`]), asked with one value per input
//! ([`Table::decide`]), and examined over the declared domain for gaps, overlaps and rows that can never
//! matter ([`analyse`]). Beside it stand the other tabular rules of a settlement: [`scale`], [`ranking`] and
//! [`allocation`].
//!
//! Units: money is yuan, rates are ratios, both exact. Errors: [`Problem`] for a text, [`Undecided`] for a
//! point; nothing here panics, and everything has a limit.

pub mod allocation;
mod analysis;
mod cell;
mod convert;
mod decide;
mod domain;
mod findings;
mod hit;
mod line;
mod number;
mod pieces;
mod problem;
pub mod ranking;
mod read;
mod read_cell;
pub mod scale;
mod sweep;

use std::ops::Range;

pub use crate::formula::Words;
pub use analysis::{Advice, Budget, Finding, Report, analyse};
pub use cell::{Cell, Test};
pub use convert::NotAPoint;
pub use decide::{Decision, Undecided, Verdict};
pub use domain::{Domain, End, Interval, Notation, Point};
pub use hit::{Collect, Hit};
pub use line::Line;
pub use problem::{Kind, Problem};
pub use read::{BYTES_MAX, COLUMNS_MAX, ROWS_MAX};

/// An input of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name of its column.
    pub name: String,
    /// What it can be.
    pub domain: Domain,
    /// Whether it may be missing.
    pub optional: bool,
}

impl Input {
    /// An input that is always known.
    pub fn new(name: impl Into<String>, domain: Domain) -> Input {
        Input { name: name.into(), domain, optional: false }
    }
}

/// An output of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The name of its column.
    pub name: String,
    /// What it can be. The order of a [`Domain::Choice`] is the order of priority.
    pub domain: Domain,
    /// Whether a cell must be a plain value; otherwise it may be the text of a formula.
    pub literal: bool,
}

impl Output {
    /// An output whose cells are plain values.
    pub fn new(name: impl Into<String>, domain: Domain) -> Output {
        Output { name: name.into(), domain, literal: true }
    }
}

/// What a table is declared to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What it is asked with, in this order.
    pub inputs: Vec<Input>,
    /// What it answers, in this order.
    pub outputs: Vec<Output>,
    /// What happens when several rows match.
    pub hit: Hit,
}

/// A cell of an input column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it asks.
    pub cell: Cell,
    /// As it is written.
    pub text: String,
    /// Where, in bytes of the table's text.
    pub span: Range<usize>,
}

/// A cell of an output column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The plain value; none when the cell is a formula that the caller compiles.
    pub literal: Option<Point>,
    /// As it is written.
    pub text: String,
    /// Where, in bytes of the table's text.
    pub span: Range<usize>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// One per input, in the order of the signature.
    pub questions: Vec<Question>,
    /// One per output, in the order of the signature.
    pub answers: Vec<Answer>,
    /// What a column `# ...` says, for the reader.
    pub note: Option<String>,
    /// The whole row, in bytes of the table's text.
    pub span: Range<usize>,
}

/// A table that was read without a problem. Invariant: every row has one question per input and one answer per
/// output, and there are at most [`ROWS_MAX`] rows and [`COLUMNS_MAX`] columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    signature: Signature,
    rows: Vec<Row>,
}

impl Table {
    /// Reads a table written in Markdown; all problems at once.
    ///
    /// ```
    /// use expr::table::{Domain, Hit, Input, Output, Signature, Table};
    /// let signature = Signature {
    ///     inputs: vec![Input::new("信用评分", Domain::number())],
    ///     outputs: vec![Output::new("奖励比例", Domain::rate())],
    ///     hit: Hit::Unique,
    /// };
    /// let table = Table::read("| 信用评分 | = 奖励比例 |\n| < 600 | 3% |\n| >= 600 | 5% |", signature).unwrap();
    /// assert_eq!(table.rows().len(), 2);
    /// ```
    pub fn read(text: &str, signature: Signature) -> Result<Table, Vec<Problem>> {
        read::read(text, signature)
    }

    /// What it is declared to be.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Its rows, from the top.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}
