//! Letters of the demonstration: nothing is sent, each is a file in a folder, and the last ones can be shown.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use expr::value::Value;
use language::words::Lang;
use machine::fact::{Addressee, What};
use ports::connector::{Connector, Delivering, Delivery, Request};
use runtime::engine::Engine;
use server::pages::stage::Letter;

/// How many are shown.
const SHOWN: usize = 500;

/// Takes the notices of the engine.
pub struct Letters {
    engine: Engine,
    folder: PathBuf,
    lang: Lang,
    last: Mutex<VecDeque<Letter>>,
}

impl Letters {
    /// Letters into this folder.
    pub fn new(engine: Engine, folder: PathBuf, lang: Lang) -> Letters {
        Letters { engine, folder, lang, last: Mutex::default() }
    }

    /// The last ones, newest first.
    pub fn last(&self, most: usize) -> Vec<Letter> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().rev().take(most).cloned().collect()
    }

    fn letter(&self, request: &Request) -> Option<Letter> {
        let What::Notified { notice, to, data } = &request.fact.what else { return None };
        let definition = self.engine.shelf().in_force(&request.process)?;
        let title = definition.notices.iter().find(|known| known.name == *notice);
        let subject = title.map_or(&**notice, |known| self.lang.pick(&known.title.zh, &known.title.en));
        let process = self.lang.pick(&definition.title.zh, &definition.title.en);
        let to: Vec<&str> = to
            .iter()
            .map(|addressee| match addressee {
                Addressee::Role(role) => {
                    let known = definition.find_role(role).map(|at| &definition.roles[at.at()]);
                    known.map_or(&**role, |known| self.lang.pick(&known.title.zh, &known.title.en))
                }
                Addressee::Party(party) => party,
            })
            .collect();
        let about: Vec<String> = data
            .as_context()
            .into_iter()
            .flat_map(|all| all.iter())
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let case = request.key.case.to_string();
        Some(Letter {
            key: request.key.to_string(),
            text: format!("{process} {case}\n{}", about.join("\n")),
            subject: format!("{subject}（{case}）"),
            to: to.join("、"),
            case,
            at: request.fact.at,
        })
    }

    fn put(&self, letter: &Letter) -> std::io::Result<()> {
        let name: String = letter.key.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let path = Path::new(&self.folder).join(format!("{name}.txt"));
        let Letter { to, subject, text, at, .. } = letter;
        std::fs::create_dir_all(&self.folder)?;
        std::fs::write(path, format!("{at}\nTo: {to}\nSubject: {subject}\n\n{text}\n"))
    }
}

impl Connector for Letters {
    fn name(&self) -> &str {
        "notices"
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(async move {
            if let Some(letter) = self.letter(request) {
                if let Err(error) = self.put(&letter) {
                    return Delivery::TryLater { after: None, problem: error.to_string(), perhaps: true };
                }
                let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                last.push_back(letter);
                if last.len() > SHOWN {
                    last.pop_front();
                }
            }
            Delivery::Delivered { answer: Value::Null }
        })
    }
}
