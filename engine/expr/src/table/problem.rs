//! What is wrong with the text of a table: where, why, and what to write instead.

use crate::formula::Words;
use std::ops::Range;

/// The kinds of mistake a table's text can have. The order is that of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Not the shape of a table: no heading, no rows, a line outside it.
    Shape,
    /// A row with more or fewer cells than the heading.
    CellCount,
    /// A heading that names no declared input or output, or one twice, or one that is missing.
    Heading,
    /// A unit that is not known.
    Unit,
    /// An empty cell.
    Empty,
    /// A Chinese word of comparison, whose end points are not certain.
    WordForOperator,
    /// A full-width sign where the language has an ASCII one.
    FullWidth,
    /// Not a test of this language.
    Syntax,
    /// A value of another kind than the column's.
    WrongKind,
    /// A name that is not among the choices.
    UnknownChoice,
    /// A range that holds nothing.
    EmptyRange,
    /// A number too large or too fine.
    OutOfRange,
    /// More rows, columns or tests than a table may have.
    TooMany,
}

impl Kind {
    /// A short stable name, for programs.
    pub fn slug(self) -> &'static str {
        match self {
            Kind::Shape => "table-shape",
            Kind::CellCount => "table-cell-count",
            Kind::Heading => "table-heading",
            Kind::Unit => "table-unit",
            Kind::Empty => "table-empty-cell",
            Kind::WordForOperator => "table-word-for-operator",
            Kind::FullWidth => "table-full-width",
            Kind::Syntax => "table-syntax",
            Kind::WrongKind => "table-wrong-kind",
            Kind::UnknownChoice => "table-unknown-choice",
            Kind::EmptyRange => "table-empty-range",
            Kind::OutOfRange => "table-out-of-range",
            Kind::TooMany => "table-too-many",
        }
    }
}

/// One mistake, with its place in the text that was read, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Range<usize>,
    /// What kind.
    pub kind: Kind,
    /// For people: what is wrong and what to do.
    pub words: Words,
    /// What to write in place of the span, when that is certain.
    pub fix: Option<String>,
}

impl Problem {
    /// A mistake without a certain cure.
    pub fn new(span: Range<usize>, kind: Kind, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { span, kind, words: Words::new(zh, en), fix: None }
    }

    /// The same with its cure.
    #[must_use]
    pub fn with_fix(self, fix: impl Into<String>) -> Problem {
        Problem { fix: Some(fix.into()), ..self }
    }
}
