//! The load: banks that claim demands, each command with a key, all of it written down before and after.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use expr::value::Value;
use jiff::SignedDuration;
use language::{Sources, words};
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::clocks::{HostClock, StoreClock};
use runtime::engine::{Engine, Setting};
use runtime::loops;
use runtime::nodes::Node;
use runtime::shelf::Shelf;
use store::Address;
use tokio::task::JoinSet;

use super::Dice;
use crate::calendars::Calendars;
use crate::database::failure;
use crate::embedded;
use crate::exit::{Exit, Failure};

/// Clients of one program.
const CLIENTS: u64 = 32;
/// Demands that are claimed at one time.
const DEMANDS: u64 = 40;

/// One program of the load.
pub struct Load {
    /// Its place: `n0`, `n1`.
    pub name: String,
    /// Where it writes down what it asks and hears.
    pub diary: PathBuf,
    /// How many banks.
    pub banks: usize,
    /// What its chances come from.
    pub seed: u64,
}

/// What is asked, as it stands in a diary: `ask KEY CASE WHAT BANK`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key.
    pub key: String,
    /// The demand.
    pub case: String,
    /// `open`, `publish`, `claim`, `withdraw`.
    pub what: String,
    /// Which bank.
    pub bank: String,
}

/// What was heard: `yes KEY VERSION`, `no KEY VERSION CODE`, `not KEY` (surely not done), `unknown KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was done, or refused by the rules: that is a fact too.
    Answered {
        /// The version of the case that holds it.
        version: u64,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// It was not done.
    NotDone,
}

/// Everything in the diaries of a folder: what was asked by key, what was heard.
pub fn diaries(folder: &Path) -> std::io::Result<(BTreeMap<String, Asked>, BTreeMap<String, Heard>)> {
    let (mut asked, mut heard) = (BTreeMap::new(), BTreeMap::new());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("diary-")) {
            continue;
        }
        let text = std::fs::read(&path)?;
        // A line that was cut off by the end of its program was never finished.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &text[..=end]);
        for line in String::from_utf8_lossy(whole).lines() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["ask", key, case, what, bank] => {
                    let one = Asked {
                        key: (*key).into(),
                        case: (*case).into(),
                        what: (*what).into(),
                        bank: (*bank).into(),
                    };
                    asked.insert((*key).to_owned(), one);
                }
                [word @ ("yes" | "no"), key, version, ..] => {
                    let version = version.parse().unwrap_or_default();
                    heard.insert((*key).to_owned(), Heard::Answered { version, accepted: *word == "yes" });
                }
                ["not", key] => drop(heard.entry((*key).to_owned()).or_insert(Heard::NotDone)),
                _ => {}
            }
        }
    }
    Ok((asked, heard))
}

/// A client's hand: the engine, the diary.
#[derive(Clone)]
struct Hand {
    engine: Engine,
    diary: Arc<Mutex<File>>,
}

impl Load {
    /// Works until it is killed, or until the store fails it.
    ///
    /// # Errors
    /// A fault of the store, or a diary that cannot be written.
    pub async fn run(&self, address: &Address) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| {
            Failure::new(Exit::Unreachable, words!("写不了记录：{error}", "cannot write the diary: {error}"))
        };
        let folder = self.diary.parent().unwrap_or(Path::new(".")).to_owned();
        let (asked, heard) = diaries(&folder).map_err(unwritable)?;
        let diary = OpenOptions::new().create(true).append(true).open(&self.diary).map_err(unwritable)?;
        let (engine, mut work) = self.engine(address).await?;
        let hand = Hand { engine, diary: Arc::new(Mutex::new(diary)) };
        // What nobody answered is asked again with the same key: it may have been done.
        let place = format!("{}-", self.name);
        let open =
            asked.into_values().filter(|one| !heard.contains_key(&one.key) && one.key.starts_with(&place));
        for one in open {
            let hand = hand.clone();
            work.spawn(async move {
                hand.again(one).await;
                Ok(())
            });
        }
        let start = self
            .diary
            .file_name()
            .map(|name| name.to_string_lossy().replace("diary-", ""))
            .unwrap_or_default();
        for client in 0..CLIENTS {
            let mut dice = Dice(self.seed ^ (client << 40));
            let (hand, banks, key) =
                (hand.clone(), self.banks as u64, format!("{}-{start}-{client}", self.name));
            work.spawn(async move {
                for number in 0u64.. {
                    hand.act(&mut dice, banks, &format!("{key}-{number}")).await;
                }
                Ok(())
            });
        }
        while let Some(ended) = work.join_next().await {
            if let Ok(Err(fault)) = ended {
                return Err(failure(&fault));
            }
        }
        Ok(())
    }

    async fn engine(&self, address: &Address) -> Result<(Engine, JoinSet<loops::Ended>), Failure> {
        let store = store::open(address, Arc::new(HostClock), 8).await.map_err(|fault| failure(&fault))?;
        let shelf = Shelf::default();
        let text = embedded::DEMO[1][0];
        shelf.put_compiled(&language::compile(&mut Sources::new(), text.0, text.1.as_bytes()));
        shelf.put_calendar(Calendars::default().own());
        let mut setting = Setting::alone(store.clone(), Arc::new(HostClock), Arc::new(shelf));
        setting.shared = matches!(address, Address::Postgres(_));
        let shared = setting.shared;
        if shared {
            let clock =
                StoreClock::ask(&*store, setting.steady.clone()).await.map_err(|fault| failure(&fault))?;
            setting.clock = Arc::new(clock);
        }
        let (engine, lanes) = Engine::new(setting);
        let mut work = JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            work.spawn(loops::lane(engine.clone(), number, lane));
        }
        if shared {
            let began = Instant::now().elapsed();
            let name = format!("{}-{}-{:?}", self.name, self.seed, SignedDuration::try_from(began));
            work.spawn(loops::node(engine.clone(), Node::new(&name)));
        }
        Ok((engine, work))
    }
}

impl Hand {
    /// One act by chance: a new demand, a claim, a withdrawal.
    async fn act(&self, dice: &mut Dice, banks: u64, key: &str) {
        // Demands come and go: the pool moves on as keys are used up.
        let (generation, number) = (dice.roll(4), dice.roll(DEMANDS));
        let case = format!("D-{generation}-{number}");
        let bank = format!("bank{:02}", dice.roll(banks));
        let what = ["open", "publish", "claim", "claim", "claim", "claim", "withdraw"];
        let what = what[usize::try_from(dice.roll(7)).unwrap_or_default()];
        let one = Asked { key: key.to_owned(), case, what: what.to_owned(), bank };
        self.note(&format!("ask {} {} {} {}", one.key, one.case, one.what, one.bank));
        self.again(one).await;
    }

    async fn again(&self, one: Asked) {
        match self.send(&one).await {
            Ok(Answer { version, verdict: Verdict::Accepted, .. }) => {
                self.note(&format!("yes {} {version}", one.key))
            }
            Ok(Answer { version, verdict: Verdict::Refused { code, .. }, .. }) => {
                self.note(&format!("no {} {version} {code}", one.key));
            }
            Ok(Answer { version, verdict: Verdict::Stopped { code }, .. }) => {
                self.note(&format!("no {} {version} {code}", one.key));
            }
            Err(Trouble::Unknown) => {}
            Err(Trouble::Elsewhere { .. } | Trouble::Overloaded | Trouble::Fault(_) | Trouble::Closing) => {
                // Said to be not done: the judge holds it to that.
                self.note(&format!("not {}", one.key));
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            Err(_) => self.note(&format!("not {}", one.key)),
        }
    }

    async fn send(&self, one: &Asked) -> Result<Answer, Trouble> {
        let (case, key) = (CaseId(one.case.as_str().into()), Some(Name::from(one.key.as_str())));
        let agent = Actor::person("zhou", "91320599MA00000070", "ent_agent");
        let clerk = Actor::person(&format!("clerk of {}", one.bank), &one.bank, "bank_clerk");
        let event =
            |to, name: &str, data, reason| Input::Event(Event { to, name: name.into(), data, reason });
        match one.what.as_str() {
            "open" => self.engine.open(case, "financing_demand", demand(), agent, key).await,
            "publish" => {
                self.engine.give(case, event(Target::Main, "publish", vec![], None), agent, key).await
            }
            "claim" => {
                let data = vec![("bank".into(), Value::text(&one.bank))];
                self.engine.give(case, event(Target::Main, "claim", data, None), clerk, key).await
            }
            _ => {
                let to = Target::Child { kind: "claims".into(), key: Value::text(&one.bank) };
                let reason = Some(Name::from("too little credit left"));
                self.engine.give(case, event(to, "withdraw", vec![], reason), clerk, key).await
            }
        }
    }

    /// One line, handed to the system at once: it outlives this program.
    fn note(&self, line: &str) {
        let mut diary = self.diary.lock().unwrap_or_else(PoisonError::into_inner);
        // A line that cannot be written is an answer nobody heard.
        let _ = diary.write_all(format!("{line}\n").as_bytes());
    }
}

fn demand() -> Vec<(Name, Value)> {
    vec![
        ("enterprise".into(), Value::text("91320599MA00000070")),
        ("account_active".into(), Value::from(true)),
        ("collect_consent".into(), Value::from(true)),
        ("amount".into(), Value::number(5_000_000)),
        ("tenor".into(), Value::number(12)),
        ("purpose".into(), Value::text("working_capital")),
    ]
}
