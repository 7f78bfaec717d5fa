//! A formula as written: the tree the parser builds and the checker reads.

use super::error::Place;
use crate::value::{Type, Value};

/// The operators of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// The operators of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

/// A type named after `instance of`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Named {
    Any,
    Null,
    Number,
    Text,
    Bool,
    Date,
    Time,
    DateTime,
    Span,
    Months,
    List(Box<Named>),
    Context(Vec<(String, Named)>),
    Range(Box<Named>),
    /// No value of the language is a function.
    Function,
}

#[derive(Clone, Debug)]
pub(crate) struct Ast {
    pub kind: Kind,
    pub place: Place,
    /// Levels below and including this one.
    pub height: u16,
}

/// What an iterator runs over.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Items(Ast),
    Numbers(Ast, Ast),
}

#[derive(Clone, Debug)]
pub(crate) struct Iterator {
    pub name: String,
    pub source: Source,
}

/// One test of a decision-table cell or after `in`.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Compare(Comparison, Ast),
    /// A range, a value, a list or a condition about `?`.
    Value(Ast),
}

#[derive(Clone, Debug)]
pub(crate) enum Arguments {
    Placed(Vec<Ast>),
    Named(Vec<(String, Place, Ast)>),
}

/// One end of a range literal.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub at: Option<Box<Ast>>,
    pub closed: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Literal(Value, Type),
    Name(String),
    Input,
    Path(Box<Ast>, String, Place),
    Filter(Box<Ast>, Box<Ast>),
    Call {
        name: String,
        at: Place,
        arguments: Arguments,
    },
    Arithmetic(Box<Ast>, Vec<(Operator, Place, Ast)>),
    Negative(Box<Ast>),
    Compare(Comparison, Place, Box<Ast>, Box<Ast>),
    Between(Box<Ast>, Box<Ast>, Box<Ast>),
    In(Box<Ast>, Vec<Test>),
    InstanceOf(Box<Ast>, Named),
    /// `x is known` (true) or `x is unknown`.
    Known(Box<Ast>, bool),
    And(Vec<Ast>),
    Or(Vec<Ast>),
    If(Box<Ast>, Box<Ast>, Box<Ast>),
    For(Vec<Iterator>, Box<Ast>),
    /// `every` (true) or `some`.
    Quantified(bool, Vec<Iterator>, Box<Ast>),
    List(Vec<Ast>),
    Context(Vec<(String, Place, Ast)>),
    Range(End, End),
}

impl Kind {
    /// The height of the highest child.
    pub fn height_below(&self) -> u16 {
        match self {
            Kind::Literal(..) | Kind::Name(_) | Kind::Input => 0,
            Kind::Path(a, ..) | Kind::Negative(a) | Kind::InstanceOf(a, _) | Kind::Known(a, _) => a.height,
            Kind::Filter(a, b) | Kind::Compare(_, _, a, b) => a.height.max(b.height),
            Kind::Between(a, b, c) | Kind::If(a, b, c) => a.height.max(b.height).max(c.height),
            Kind::Call { arguments: Arguments::Placed(all), .. }
            | Kind::And(all)
            | Kind::Or(all)
            | Kind::List(all) => tallest(all),
            Kind::Call { arguments: Arguments::Named(all), .. } | Kind::Context(all) => {
                all.iter().map(|(_, _, it)| it.height).max().unwrap_or(0)
            }
            Kind::Arithmetic(first, rest) => {
                rest.iter().map(|(_, _, it)| it.height).max().unwrap_or(0).max(first.height)
            }
            Kind::In(a, tests) => tests.iter().map(Test::height).max().unwrap_or(0).max(a.height),
            Kind::For(iterators, body) | Kind::Quantified(_, iterators, body) => {
                iterators.iter().map(Iterator::height).max().unwrap_or(0).max(body.height)
            }
            Kind::Range(low, high) => low.height().max(high.height()),
        }
    }
}

fn tallest(all: &[Ast]) -> u16 {
    all.iter().map(|it| it.height).max().unwrap_or(0)
}

impl Test {
    fn height(&self) -> u16 {
        match self {
            Test::Compare(_, it) | Test::Value(it) => it.height,
        }
    }
}

impl Iterator {
    fn height(&self) -> u16 {
        match &self.source {
            Source::Items(it) => it.height,
            Source::Numbers(a, b) => a.height.max(b.height),
        }
    }
}

impl End {
    fn height(&self) -> u16 {
        self.at.as_ref().map_or(0, |it| it.height)
    }
}
