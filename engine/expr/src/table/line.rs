//! How an amount came about, step by step, for people and for auditors.

use crate::formula::Words;
use rust_decimal::Decimal;

/// One step of a computation: what was done, in words with the numbers in it, and what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was done.
    pub words: Words,
    /// What came out, in yuan unless the words say otherwise.
    pub amount: Decimal,
}

impl Line {
    /// A step with its result.
    pub fn new(zh: impl Into<String>, en: impl Into<String>, amount: Decimal) -> Line {
        Line { words: Words::new(zh, en), amount }
    }
}
