//! How the program ends: the exit codes, and what is said when a command cannot do its work.
//!
//! The codes are a promise (docs/cli/README.md): scripts decide by them.

use std::process::ExitCode;

use language::words::Words;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing to report.
    Fine,
    /// It ran and found something: errors, differences, a refusal, a failed story.
    Found,
    /// The command line is wrong.
    Usage,
    /// A file cannot be reached.
    Unreachable,
    /// It is there and may not be read or written.
    NotAllowed,
    /// Somebody else's work is in the way.
    Conflict,
    /// Our bug.
    Bug,
    /// The world failed a server in a way it cannot outlive: start it again.
    Again,
}

impl Exit {
    /// The number scripts see.
    pub fn number(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Found => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::NotAllowed => 4,
            Exit::Conflict => 5,
            Exit::Bug => 70,
            Exit::Again => 75,
        }
    }

    /// Fine when nothing was found.
    pub fn found(something: bool) -> Exit {
        if something { Exit::Found } else { Exit::Fine }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.number())
    }
}

/// Why a command could not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What happened.
    pub words: Words,
    /// What to do.
    pub advice: Option<Words>,
}

/// What a command comes to.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A failure without advice.
    pub fn new(exit: Exit, words: Words) -> Failure {
        Failure { exit, words, advice: None }
    }

    /// The command line is wrong.
    pub fn usage(words: Words) -> Failure {
        Failure::new(Exit::Usage, words)
    }

    /// With what to do.
    #[must_use]
    pub fn advise(mut self, words: Words) -> Failure {
        self.advice = Some(words);
        self
    }
}
