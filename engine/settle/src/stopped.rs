//! Why a settlement cannot be computed: a value that is missing, an amount out of range, a rule that contradicts itself.

use expr::formula::{EvalError, Formula};
use language::words::Words;

/// A computation that stops, with the place in the rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .words.en)]
pub struct Stopped {
    /// What happened.
    pub words: Words,
    /// The file and line of the rule, from the inside out.
    pub places: Vec<String>,
}

impl Stopped {
    /// A computation that stops.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Stopped {
        Stopped { words: Words::new(zh, en), places: Vec::new() }
    }

    /// A formula that stopped.
    pub fn formula(formula: &Formula, error: &EvalError) -> Stopped {
        let text = formula.text();
        let (zh, en) = (&error.message.zh, &error.message.en);
        Stopped::new(format!("公式 `{text}` 算不出来：{zh}"), format!("`{text}` has no value: {en}"))
    }

    /// With one more place round it.
    #[must_use]
    pub fn at(mut self, place: &str) -> Stopped {
        if self.places.len() < 8 && self.places.last().is_none_or(|last| last != place) {
            self.places.push(place.to_owned());
        }
        self
    }
}

/// An amount that cannot be written.
pub fn too_large() -> Stopped {
    Stopped::new("金额太大，写不下", "an amount is too large to be written")
}
