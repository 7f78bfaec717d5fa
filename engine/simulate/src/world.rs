//! A case in virtual time: send events, let time pass, look at what became of it.
//!
//! There is no clock and no connector here, so a simulation cannot touch the world: notices, calls and
//! messages are only counted.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use machine::case::Case;
use machine::definition::Definition;
use machine::event::{Actor, Command, Event, Input, Target};
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use machine::incident::Incident;
use machine::reason::Reason;
use machine::refusal::Refusal;
use machine::step::{Opening, Step, Verdict, start, step};
use machine::turn::Stop;

/// A case with its definition, calendar and whole history.
#[derive(Clone, Debug)]
pub struct World {
    /// The process.
    pub definition: Arc<Definition>,
    /// The calendar it counts by.
    pub calendar: Calendar,
    /// The case now.
    pub case: Case,
    /// Its history.
    pub facts: Vec<Fact>,
    /// Virtual time.
    pub now: Timestamp,
}

/// Room for the history of an ordinary case, made at once.
const HISTORY: usize = 120;

/// What one command brought.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answer.
    pub verdict: Verdict,
    /// Where its facts begin in the history.
    pub from: usize,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Why a case could not be opened.
#[derive(Clone, Debug)]
pub enum NotOpened {
    /// The rules say no.
    Refused(Refusal),
    /// The definition is at fault.
    Stopped(Incident),
}

impl World {
    /// Opens a case.
    ///
    /// # Errors
    /// [`NotOpened`]
    pub fn open(
        definition: Arc<Definition>,
        calendar: Calendar,
        id: &str,
        data: Vec<(Name, Value)>,
        by: Actor,
        at: Timestamp,
    ) -> Result<World, NotOpened> {
        let opening = Opening { id: CaseId(id.into()), data, by, at };
        let opened = start(&definition, &calendar, &opening).map_err(|stop| match stop {
            Stop::Refused(refusal) => NotOpened::Refused(refusal),
            Stop::Incident(incident) => NotOpened::Stopped(incident),
        })?;
        if let Verdict::Stopped(incident) = opened.verdict {
            return Err(NotOpened::Stopped(incident));
        }
        let mut facts = opened.facts;
        facts.reserve(HISTORY);
        Ok(World { definition, calendar, case: opened.case, facts, now: at })
    }

    /// Sends an event to the main run (`claim`) or to a child (`claims`, its key, `approve`).
    pub fn send(
        &mut self,
        to: Target,
        event: &str,
        data: Vec<(Name, Value)>,
        reason: Option<Name>,
        by: Actor,
        at: Timestamp,
    ) -> Outcome {
        let event = Event { to, name: event.into(), data, reason };
        self.give(Command { input: Input::Event(event), by, at })
    }

    /// Lets time pass until an instant; everything due by then fires.
    pub fn pass_to(&mut self, at: Timestamp) -> Outcome {
        self.give(Command { input: Input::Tick, by: Actor::system("clock"), at })
    }

    /// Gives the case a command.
    pub fn give(&mut self, command: Command) -> Outcome {
        self.now = self.now.max(command.at);
        let Step { case, mut facts, reasons, verdict } =
            step(&self.definition, &self.calendar, &self.case, &command);
        let from = self.facts.len();
        self.case = case;
        self.facts.append(&mut facts);
        Outcome { verdict, from, reasons }
    }
}
