//! What a command is answered with, and how the answer is kept with the command's key.

use machine::ids::{CaseId, Name};
use machine::refusal::Possible;
use ports::fault::Fault;

/// What came of a command. Given only after the commit that covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The case.
    pub case: CaseId,
    /// Its version after the command.
    pub version: u64,
    /// Accepted, refused or stopped.
    pub verdict: Verdict,
    /// The innermost states of its main run.
    pub states: Vec<Name>,
    /// The command had been answered before: this is the same answer again.
    pub repeated: bool,
}

/// The verdict on a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Accepted,
    /// The rules say no.
    Refused {
        /// The refusal's code.
        code: Name,
        /// What it is about.
        about: Vec<Name>,
        /// What is possible instead; empty in a repeated answer.
        possible: Vec<Possible>,
    },
    /// The case cannot go on by itself.
    Stopped {
        /// The incident's code.
        code: Name,
    },
}

/// Why a command got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such case.
    #[error("there is no case {0}")]
    UnknownCase(CaseId),
    /// There is no such process, or its definition does not compile here.
    #[error("there is no process {0}")]
    UnknownProcess(Name),
    /// The number is taken.
    #[error("there is a case {0} already")]
    CaseExists(CaseId),
    /// The key was used for another command.
    #[error("the key was used for another command, on case {0}")]
    KeyReused(CaseId),
    /// A case may not start with these data.
    #[error("refused: {0}")]
    NotOpened(Name, Vec<Name>),
    /// Too much is waiting; try again later.
    #[error("too much is waiting")]
    Overloaded,
    /// The case waits for a person since an incident.
    #[error("the case waits for a person: {0}")]
    Parked(Name),
    /// The engine is closing.
    #[error("the engine is closing")]
    Closing,
    /// The case does not stand at the version the command was meant for.
    #[error("the case stands at version {version} now")]
    Stale {
        /// Its version.
        version: u64,
    },
    /// Nobody can say whether it was done: send it again with the same key.
    #[error("nobody can say whether it was done: send it again with the same key")]
    Unknown,
    /// Another node works on this case.
    #[error("another node works on this case")]
    Elsewhere {
        /// Which, if it is known.
        node: Option<Name>,
    },
    /// Somebody else keeps writing this case.
    #[error("the case keeps changing under somebody else's hands")]
    Contended,
    /// The world misbehaves.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The most lines an answer is kept in.
const LINES_MAX: usize = 64;

impl Answer {
    /// The bytes kept with the command's key: lines of text, the first of them a version.
    pub fn keep(&self) -> Vec<u8> {
        let mut lines = vec!["1".to_owned(), self.version.to_string(), self.states.join(",")];
        match &self.verdict {
            Verdict::Accepted => lines.push("accepted".into()),
            Verdict::Refused { code, about, .. } => {
                lines.push("refused".into());
                lines.push(code.to_string());
                lines.extend(about.iter().take(LINES_MAX).map(|a| a.replace('\n', " ")));
            }
            Verdict::Stopped { code } => {
                lines.push("stopped".into());
                lines.push(code.to_string());
            }
        }
        lines.join("\n").into_bytes()
    }

    /// The answer out of its kept bytes; `None` when they are of a form this program does not know.
    pub fn kept(case: CaseId, bytes: &[u8]) -> Option<Answer> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.split('\n');
        if lines.next()? != "1" {
            return None;
        }
        let version = lines.next()?.parse().ok()?;
        let states = lines.next()?.split(',').filter(|s| !s.is_empty()).map(Name::from).collect();
        let verdict = match lines.next()? {
            "accepted" => Verdict::Accepted,
            "refused" => Verdict::Refused {
                code: lines.next()?.into(),
                about: lines.map(Name::from).collect(),
                possible: vec![],
            },
            "stopped" => Verdict::Stopped { code: lines.next()?.into() },
            _ => return None,
        };
        Some(Answer { case, version, verdict, states, repeated: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_the_same_after_it_was_kept() {
        let refused =
            Verdict::Refused { code: "slots_full".into(), about: vec!["claim".into()], possible: vec![] };
        for verdict in [Verdict::Accepted, refused, Verdict::Stopped { code: "endless_loop".into() }] {
            let case = CaseId("FD-1".into());
            let states = vec!["published".into()];
            let answer = Answer { case: case.clone(), version: 7, verdict, states, repeated: true };
            assert_eq!(Answer::kept(case, &answer.keep()), Some(answer));
        }
        assert_eq!(Answer::kept(CaseId("X".into()), b"2\n"), None);
    }
}
