//! What every program of a run asked and heard, line by line, in a file that outlives it.
//!
//! `ask TIME KEY CASE WHAT WHO` before a command is sent, each time it is sent; then at most one of
//! `yes TIME KEY VERSION`, `no TIME KEY VERSION CODE`, `not TIME KEY WHY` (it was not done), `never TIME KEY`
//! (asked when all was quiet: it never was done). `sent TIME CASE/ENTRY/EFFECT HASH` when a notice goes out.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of the host's steady clock.
pub fn instant() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let whole = u64::try_from(now.tv_sec).unwrap_or_default();
    whole * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or_default()
}

/// A command, as a diary has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its key.
    pub key: String,
    /// The case.
    pub case: String,
    /// `open`, `publish`, `claim`, `withdraw`; `offer`, `accept`.
    pub what: String,
    /// The bank; for an offer, the microsecond it is due.
    pub who: String,
}

/// What was heard of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was accepted, and stands in this entry.
    Yes {
        /// The version of the case.
        version: u64,
    },
    /// The rules said no; that is an entry too.
    No {
        /// The version of the case.
        version: u64,
        /// The refusal's code.
        code: String,
    },
    /// It was not done.
    Not {
        /// Why.
        why: String,
    },
}

/// A command with everything that was heard of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The command.
    pub asked: Asked,
    /// When it was first sent.
    pub began: u64,
    /// How often it was sent.
    pub sent: u32,
    /// Answers, in the order they came.
    pub heard: Vec<(u64, Heard)>,
}

impl Deed {
    /// The first answer.
    pub fn answer(&self) -> Option<&(u64, Heard)> {
        self.heard.first()
    }
}

/// Everything in the diaries of a run.
#[derive(Clone, Debug, Default)]
pub struct Diaries {
    /// Commands, by key.
    pub deeds: BTreeMap<String, Deed>,
    /// What went out: by effect, the hash of each copy.
    pub sent: BTreeMap<String, Vec<String>>,
}

/// A diary that is being written.
#[derive(Debug)]
pub struct Diary(Mutex<File>);

impl Diary {
    /// Opens a diary to write at its end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(path: &Path) -> std::io::Result<Diary> {
        Ok(Diary(Mutex::new(OpenOptions::new().create(true).append(true).open(path)?)))
    }

    /// A command is about to be sent.
    pub fn ask(&self, one: &Asked) {
        self.note("ask", &format!("{} {} {} {}", one.key, one.case, one.what, one.who));
    }

    /// An answer came.
    pub fn heard(&self, key: &str, heard: &Heard) {
        match heard {
            Heard::Yes { version } => self.note("yes", &format!("{key} {version}")),
            Heard::No { version, code } => self.note("no", &format!("{key} {version} {code}")),
            Heard::Not { why } => self.note("not", &format!("{key} {why}")),
        }
    }

    /// All is quiet, and it was not done.
    pub fn never(&self, key: &str) {
        self.note("never", key);
    }

    /// Something went out.
    pub fn sent(&self, effect: &str, hash: &str) {
        self.note("sent", &format!("{effect} {hash}"));
    }

    /// One line, handed to the system at once: it outlives this program.
    fn note(&self, what: &str, rest: &str) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A line that cannot be written is an answer nobody heard.
        let _ = file.write_all(format!("{what} {} {rest}\n", instant()).as_bytes());
    }
}

/// Reads all diaries of a folder.
///
/// # Errors
/// A file cannot be read.
pub fn read(folder: &Path) -> std::io::Result<Diaries> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("diary-")) {
            continue;
        }
        let text = std::fs::read(&path)?;
        // A line that was cut off by the end of its program was never finished.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &text[..=end]);
        for line in String::from_utf8_lossy(whole).lines() {
            let at = line.split(' ').nth(1).and_then(|at| at.parse().ok()).unwrap_or_default();
            lines.push((at, line.to_owned()));
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    let mut all = Diaries::default();
    lines.iter().for_each(|(at, line)| all.take(*at, line));
    Ok(all)
}

impl Diaries {
    /// When answers were heard, oldest first.
    pub fn answers(&self) -> Vec<u64> {
        let heard = self.deeds.values().flat_map(|deed| &deed.heard);
        let answers = heard.filter(|(_, heard)| !matches!(heard, Heard::Not { .. }));
        let mut answers: Vec<u64> = answers.map(|(at, _)| *at).collect();
        answers.sort_unstable();
        answers
    }

    fn take(&mut self, at: u64, line: &str) {
        let heard = |all: &mut Diaries, key: &str, heard: Heard| {
            if let Some(deed) = all.deeds.get_mut(key) {
                deed.heard.push((at, heard));
            }
        };
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["ask", _, key, case, what, who] => {
                let asked = || Asked {
                    key: (*key).into(),
                    case: (*case).into(),
                    what: (*what).into(),
                    who: (*who).into(),
                };
                let new = || Deed { asked: asked(), began: at, sent: 0, heard: vec![] };
                self.deeds.entry((*key).to_owned()).or_insert_with(new).sent += 1;
            }
            ["yes", _, key, version] => {
                heard(self, key, Heard::Yes { version: version.parse().unwrap_or_default() });
            }
            ["no", _, key, version, code] => {
                let version = version.parse().unwrap_or_default();
                heard(self, key, Heard::No { version, code: (*code).into() });
            }
            ["not", _, key, why] => {
                // Of a command that was sent before, this says nothing: the first sending may have been done.
                let once = self.deeds.get(*key).is_some_and(|deed| deed.sent == 1);
                if once {
                    heard(self, key, Heard::Not { why: (*why).into() });
                }
            }
            ["never", _, key] => heard(self, key, Heard::Not { why: "never".into() }),
            ["sent", _, effect, hash] => {
                self.sent.entry((*effect).to_owned()).or_default().push((*hash).to_owned());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_twice_is_not_called_undone_by_a_later_no() {
        let mut all = Diaries::default();
        let lines = "ask 1 k D-1 claim icbc\n ask 5 k D-1 claim icbc\n not 6 k elsewhere\n yes 9 k 4\n ask 10 m D-1 claim abc\n not 11 m full";
        for line in lines.lines().map(str::trim) {
            all.take(line.split(' ').nth(1).unwrap().parse().unwrap(), line);
        }
        assert_eq!(all.deeds["k"].heard, [(9, Heard::Yes { version: 4 })]);
        assert_eq!((all.deeds["k"].began, all.deeds["k"].sent), (1, 2));
        assert_eq!(all.deeds["m"].heard, [(11, Heard::Not { why: "full".into() })]);
    }
}
