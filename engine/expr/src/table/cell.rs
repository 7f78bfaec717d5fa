//! What one cell of a row asks of one input.

use super::domain::{Interval, Point};
use rust_decimal::Decimal;

/// The question a cell asks. A value that is not known matches only [`Cell::Any`] and a cell that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `-`: anything.
    Any,
    /// At least one of these holds.
    AnyOf(Vec<Test>),
    /// `not(...)`: none of these holds.
    NoneOf(Vec<Test>),
}

/// One test of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `< 600`, `[600..700)`: on an ordered axis.
    In(Interval),
    /// `"制造业"`, `true`, `null`: exactly this.
    Is(Point),
}

impl Test {
    fn holds(&self, point: &Point) -> bool {
        match self {
            Test::In(interval) => point.ordinal().is_some_and(|at| interval.contains(at)),
            Test::Is(value) => value == point,
        }
    }
}

impl Cell {
    /// Whether `point` answers the question.
    pub fn matches(&self, point: &Point) -> bool {
        match self {
            Cell::Any => true,
            Cell::AnyOf(tests) => tests.iter().any(|test| test.holds(point)),
            Cell::NoneOf(tests) => {
                let names_missing = tests.contains(&Test::Is(Point::Missing));
                (*point != Point::Missing || names_missing) && !tests.iter().any(|test| test.holds(point))
            }
        }
    }

    /// The tests in it.
    pub fn tests(&self) -> &[Test] {
        match self {
            Cell::Any => &[],
            Cell::AnyOf(tests) | Cell::NoneOf(tests) => tests,
        }
    }

    /// The interval, when the cell is nothing but one.
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Cell::AnyOf(tests) => match tests.as_slice() {
                [Test::In(interval)] => Some(*interval),
                _ => None,
            },
            Cell::Any | Cell::NoneOf(_) => None,
        }
    }

    /// Where its answer can change along an ordered axis.
    pub fn cuts(&self) -> impl Iterator<Item = Decimal> + '_ {
        self.tests().iter().flat_map(|test| match test {
            Test::In(interval) => interval.ends().collect::<Vec<_>>(),
            Test::Is(point) => point.ordinal().into_iter().collect(),
        })
    }

    /// The texts it names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tests().iter().filter_map(|test| match test {
            Test::Is(Point::Text(text)) => Some(text.as_str()),
            Test::Is(_) | Test::In(_) => None,
        })
    }
}
