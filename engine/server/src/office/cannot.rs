//! Why something cannot be shown or done, before anybody thinks of HTTP.

use machine::ids::{Bilingual, Name};
use ports::fault::Fault;
use runtime::answer::Trouble;

use super::view::PossibleView;
use crate::words;

/// Why not.
#[derive(Clone, Debug)]
pub enum Cannot {
    /// It is not there, or not for this viewer: the two look the same.
    Missing {
        /// `unknown_case`, `unknown_process`, ...
        code: &'static str,
        /// Its name as given.
        name: String,
    },
    /// The rules say no.
    Refused(Box<RefusedView>),
    /// What was asked makes no sense: a code of [`words`], and what it is about.
    Wrong {
        /// `bad_cursor`, `bad_value`, ...
        code: &'static str,
        /// What is wrong, with its place.
        detail: Bilingual,
    },
    /// This role may not.
    Forbidden {
        /// What is needed.
        detail: Bilingual,
    },
    /// The case changed since the caller looked.
    Stale {
        /// Its version now.
        version: u64,
    },
    /// The engine gave no answer.
    Trouble(Trouble),
    /// A text did not compile: every finding, as JSON.
    Findings(Vec<serde_json::Value>),
}

/// A refusal with what is possible instead.
#[derive(Clone, Debug)]
pub struct RefusedView {
    /// The refusal's code.
    pub code: Name,
    /// Its sentence.
    pub words: Bilingual,
    /// Fields, states, people.
    pub about: Vec<Name>,
    /// What is possible now, for whom.
    pub possible: Vec<PossibleView>,
    /// The case's version.
    pub version: Option<u64>,
}

impl Cannot {
    /// No such case.
    pub fn no_case(case: &str) -> Cannot {
        Cannot::Missing { code: words::UNKNOWN_CASE, name: case.to_owned() }
    }

    /// No such process or definition.
    pub fn no_definition(name: &str) -> Cannot {
        Cannot::Missing { code: words::UNKNOWN_PROCESS, name: name.to_owned() }
    }

    /// Something wrong in a request.
    pub fn wrong(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Cannot {
        Cannot::Wrong { code, detail: Bilingual::new(zh.into(), en.into()) }
    }

    /// A role is needed.
    pub fn forbidden(zh: &str, en: &str) -> Cannot {
        Cannot::Forbidden { detail: Bilingual::new(zh, en) }
    }
}

impl From<Fault> for Cannot {
    fn from(fault: Fault) -> Cannot {
        Cannot::Trouble(Trouble::Fault(fault))
    }
}

impl From<Trouble> for Cannot {
    fn from(trouble: Trouble) -> Cannot {
        Cannot::Trouble(trouble)
    }
}
