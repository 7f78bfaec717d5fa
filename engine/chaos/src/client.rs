//! A client's hand: sends commands with their keys, writes down both ends, asks again when nobody can say.

use std::sync::Arc;
use std::time::Duration;

use expr::value::{Moment, Value};
use jiff::{SignedDuration, Timestamp};
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::engine::Engine;
use runtime::loops::Ended;

use crate::diary::{Asked, Diary, Heard};
use crate::dice::Dice;

/// How long an offer stands, from the instant it is given (offer.yaml).
pub const STANDS: SignedDuration = SignedDuration::from_hours(1);
/// How often a command is sent again before its client gives up.
const TRIES_MAX: u32 = 50;
/// The rest after an answer that says "not now".
const REST: Duration = Duration::from_millis(5);

/// The engine, and where it is written down.
#[derive(Clone)]
pub struct Hand {
    /// The engine.
    pub engine: Engine,
    /// The diary.
    pub diary: Arc<Diary>,
}

/// No offer stands longer.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// What an attempt brought.
enum Came {
    /// An answer that holds.
    Answer(Heard),
    /// Nothing was done by this attempt; another may find it done.
    NotNow(&'static str),
    /// Looked up, and not to be done.
    NotAtAll(&'static str),
    /// Nobody can say.
    Unknown,
}

impl Hand {
    /// One act by chance on one of these demands: a new one, a claim, a withdrawal.
    pub async fn act(&self, dice: &mut Dice, pool: std::ops::Range<u64>, banks: u64, key: &str) {
        let what = ["open", "publish", "claim", "claim", "claim", "claim", "withdraw"];
        let what = dice.pick(&what).copied().unwrap_or("claim");
        let who = format!("bank{:02}", dice.roll(banks));
        // Another node works on half of them; this one asks for its own.
        let mut case = String::new();
        for _ in 0..16 {
            case = format!("D-{}", pool.start + dice.roll(pool.end - pool.start));
            if self.engine.works_on(&CaseId(case.as_str().into())) {
                break;
            }
        }
        self.first(&Asked { key: key.into(), case, what: what.into(), who }).await;
    }

    /// Opens and publishes a demand. Every program does, with one key: it is done once.
    pub async fn publish(&self, demand: u64) {
        for what in ["open", "publish"] {
            let key = format!("{what}-{demand}");
            let case = format!("D-{demand}");
            self.first(&Asked { key, case, what: what.into(), who: "enterprise".into() }).await;
        }
    }

    /// One claim on a demand. Some give their place back, so that there is something to fight for.
    pub async fn claim(&self, dice: &mut Dice, demand: u64, banks: u64, key: &str) {
        let (case, who) = (format!("D-{demand}"), format!("bank{:02}", dice.roll(banks)));
        let one =
            |what: &str, key: String| Asked { key, case: case.clone(), what: what.into(), who: who.clone() };
        self.first(&one("claim", key.into())).await;
        if dice.roll(8) == 0 {
            self.first(&one("withdraw", format!("{key}-w"))).await;
        }
    }

    /// An offer that lapses in a moment, and mostly somebody who accepts it about then.
    pub async fn offer(&self, dice: &mut Dice, key: &str) {
        let life = SignedDuration::from_millis(i64::try_from(100 + dice.roll(1_500)).unwrap_or(100));
        let due = self.engine.now().checked_add(life).unwrap_or(Timestamp::MAX);
        let (case, who) = (format!("O-{key}"), due.as_microsecond().to_string());
        if !self.engine.works_on(&CaseId(case.as_str().into())) {
            return tokio::time::sleep(REST).await;
        }
        let one =
            |key: String, what: &str| Asked { key, case: case.clone(), what: what.into(), who: who.clone() };
        self.first(&one(format!("{key}-offer"), "offer")).await;
        if dice.roll(4) == 0 {
            return;
        }
        let about = SignedDuration::from_millis(i64::try_from(dice.roll(60)).unwrap_or(0) - 30);
        let wait = (due.duration_since(self.engine.now()) + about).max(SignedDuration::ZERO);
        // The clock may have jumped since.
        tokio::time::sleep(Duration::try_from(wait).unwrap_or_default().min(WAIT_MAX)).await;
        self.first(&one(format!("{key}-accept"), "accept")).await;
    }

    /// Sends a new command; when nobody can say whether it was done, sends it again.
    async fn first(&self, one: &Asked) {
        self.diary.ask(one);
        match self.send(one).await {
            Came::Answer(heard) => self.diary.heard(&one.key, &heard),
            Came::NotNow(why) | Came::NotAtAll(why) => {
                self.diary.heard(&one.key, &Heard::Not { why: why.into() });
                let rest = if why == "elsewhere" { REST * 10 } else { REST };
                tokio::time::sleep(rest).await;
            }
            Came::Unknown => drop(self.again(one).await),
        }
    }

    /// Sends a command again, with the same key, until it is answered or its client has had enough.
    ///
    /// # Errors
    /// Never: what stays open is for the quiet program.
    pub async fn again(&self, one: &Asked) -> Ended {
        for _ in 0..TRIES_MAX {
            self.diary.ask(one);
            if let Came::Answer(heard) = self.send(one).await {
                self.diary.heard(&one.key, &heard);
                break;
            }
            if self.engine.is_closing() {
                break;
            }
            tokio::time::sleep(REST * 4).await;
        }
        Ok(())
    }

    /// Asks again when all is quiet: what is not to be done now never was.
    pub async fn once_more(&self, one: &Asked) -> bool {
        self.diary.ask(one);
        match self.send(one).await {
            Came::Answer(heard) => self.diary.heard(&one.key, &heard),
            Came::NotAtAll(_) => self.diary.never(&one.key),
            Came::NotNow(_) | Came::Unknown => return false,
        }
        true
    }

    async fn send(&self, one: &Asked) -> Came {
        match self.deliver(one).await {
            Ok(Answer { version, verdict: Verdict::Accepted, .. }) => Came::Answer(Heard::Yes { version }),
            Ok(Answer {
                version,
                verdict: Verdict::Refused { code, .. } | Verdict::Stopped { code },
                ..
            }) => Came::Answer(Heard::No { version, code: code.to_string() }),
            Err(Trouble::Unknown) => Came::Unknown,
            Err(Trouble::Elsewhere { .. }) => Came::NotNow("elsewhere"),
            Err(Trouble::Overloaded) => Came::NotNow("overloaded"),
            Err(Trouble::Closing) => Came::NotNow("closing"),
            Err(Trouble::Contended) => Came::NotNow("contended"),
            Err(Trouble::Fault(fault)) => {
                Came::NotNow(fault.cause.name().split(' ').next().unwrap_or("fault"))
            }
            Err(Trouble::UnknownCase(_)) => Came::NotAtAll("no_case"),
            Err(Trouble::CaseExists(_)) => Came::NotAtAll("exists"),
            Err(Trouble::UnknownProcess(_)) => Came::NotAtAll("no_process"),
            Err(Trouble::KeyReused(_)) => Came::NotAtAll("key_reused"),
            Err(Trouble::NotOpened(..)) => Came::NotAtAll("not_opened"),
            Err(Trouble::Parked(_)) => Came::NotAtAll("parked"),
            Err(Trouble::Stale { .. }) => Came::NotAtAll("stale"),
        }
    }

    async fn deliver(&self, one: &Asked) -> Result<Answer, Trouble> {
        let (case, key) = (CaseId(one.case.as_str().into()), Some(Name::from(one.key.as_str())));
        let agent = || Actor::person("zhou", "91320599MA00000070", "ent_agent");
        let clerk = |role: &str| Actor::person(&format!("clerk of {}", one.who), &one.who, role);
        let event =
            |to, name: &str, data, reason| Input::Event(Event { to, name: name.into(), data, reason });
        let main = |name: &str, data| event(Target::Main, name, data, None);
        match one.what.as_str() {
            "open" => self.engine.open(case, "financing_demand", demand(), agent(), key).await,
            "publish" => self.engine.give(case, main("publish", vec![]), agent(), key).await,
            "claim" => {
                let data = vec![("bank".into(), Value::text(&one.who))];
                self.engine.give(case, main("claim", data), clerk("bank_clerk"), key).await
            }
            "withdraw" => {
                let to = Target::Child { kind: "claims".into(), key: Value::text(&one.who) };
                let reason = Some(Name::from("too little credit left"));
                let input = event(to, "withdraw", vec![], reason);
                self.engine.give(case, input, clerk("bank_clerk"), key).await
            }
            "offer" => {
                let due = Timestamp::from_microsecond(one.who.parse().unwrap_or_default());
                let from = due.ok().and_then(|due| due.checked_sub(STANDS).ok()).unwrap_or(Timestamp::MIN);
                let data = vec![("anchor".into(), Value::DateTime(Moment::Instant(from)))];
                self.engine.open(case, "chaos_offer", data, clerk("clerk"), key).await
            }
            _ => self.engine.give(case, main("accept", vec![]), clerk("clerk"), key).await,
        }
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
