//! Acts of the people who run the engine on one case: always with a reason, always a fact.

use expr::value::Value;

use crate::definition::Definition;
use crate::event::{AdminAct, Target};
use crate::fact::What;
use crate::ids::{Name, RunIx, StateIx};
use crate::refusal::{Code, Refusal};
use crate::turn::{Stop, Turn};

/// The role of those who may: no process declares it, so no process can give it away.
pub const ADMINISTRATOR: &str = "administrator";
/// The outcome of what was cancelled by an administrator.
pub const CANCELLED: &str = "cancelled_by_administrator";

impl AdminAct {
    /// The name it has in the history.
    pub fn name(&self) -> &'static str {
        match self {
            AdminAct::Retry => "administer.retry",
            AdminAct::Skip { .. } => "administer.skip",
            AdminAct::Move { .. } => "administer.move",
            AdminAct::Cancel => "administer.cancel",
        }
    }

    /// What it is about, as it stands in the history.
    pub fn about(&self) -> Value {
        match self {
            AdminAct::Retry | AdminAct::Cancel => Value::context::<Name>([]),
            AdminAct::Skip { timer } => Value::context([("timer", Value::text(timer.to_string()))]),
            AdminAct::Move { of, to } => {
                let mut about = vec![(Name::from("to"), Value::text(to.join(", ")))];
                if let Target::Child { kind, key } = of {
                    about.push(("kind".into(), Value::text(&**kind)));
                    about.push(("key".into(), key.clone()));
                }
                Value::context(about)
            }
        }
    }
}

impl Turn<'_> {
    /// Does it, whatever the states allow.
    ///
    /// # Errors
    /// A refusal without authority, reason or target; an incident when what is entered cannot be.
    pub fn administer(&mut self, act: &AdminAct, reason: &Name) -> Result<(), Stop> {
        if &*self.by.role != ADMINISTRATOR && !self.by.is_system() {
            return Err(Refusal::of(Code::NotAllowed, &[&self.by.role]).into());
        }
        if reason.trim().is_empty() {
            return Err(Refusal::of(Code::ReasonMissing, &[]).into());
        }
        if self.case.each_run().all(|(_, run)| run.ended.is_some()) {
            return Err(Refusal::of(Code::Ended, &[]).into());
        }
        match act {
            AdminAct::Retry => self.note_administered(RunIx::MAIN, act, reason),
            AdminAct::Skip { timer } => self.skip(*timer, act, reason)?,
            AdminAct::Move { of, to } => self.move_to(of, to, act, reason)?,
            AdminAct::Cancel => self.cancel_all(act, reason),
        }
        Ok(())
    }

    fn note_administered(&mut self, run: RunIx, act: &AdminAct, reason: &Name) {
        let what = What::Received {
            event: act.name().into(),
            data: act.about(),
            by: self.by.clone(),
            reason: Some(reason.clone()),
        };
        self.emit(run, what);
    }

    /// A timer ends without firing.
    fn skip(&mut self, timer: u32, act: &AdminAct, reason: &Name) -> Result<(), Stop> {
        let run = self.case.each_run().find(|(_, run)| run.timer(timer).is_some()).map(|(ix, _)| ix);
        let Some(run) = run else { return Err(Refusal::of(Code::NoSuchTimer, &[]).into()) };
        self.note_administered(run, act, reason);
        self.emit(run, What::TimerCleared { timer });
        Ok(())
    }

    /// A run leaves where it is, without exit actions, and enters these states as if a transition led there.
    fn move_to(&mut self, of: &Target, to: &[Name], act: &AdminAct, reason: &Name) -> Result<(), Stop> {
        let run = find(self.definition, &self.case, of).ok_or(Refusal::of(Code::NoSuchChild, &[]))?;
        if self.run(run).ended.is_some() {
            return Err(Refusal::of(Code::Ended, &[]).into());
        }
        let chart = self.chart(run);
        let mut targets: Vec<StateIx> = Vec::with_capacity(to.len());
        for name in to {
            let Some(state) = chart.find_state(name) else {
                return Err(Refusal::of(Code::NotPossibleNow, &[name]).into());
            };
            targets.push(state);
        }
        let names: Vec<&str> = to.iter().map(|name| &**name).collect();
        let Some(entry) = self.entry_anew(run, &targets) else {
            return Err(Refusal::of(Code::NotPossibleNow, &names).into());
        };
        self.note_administered(run, act, reason);
        let active = self.run(run).active.clone();
        for state in active.iter().rev().filter(|state| **state != StateIx::ROOT) {
            self.end_waiting(run, *state, &[])?;
            self.emit(run, What::Exited(*state));
        }
        self.enter_anew(run, &entry)
    }

    /// Every run ends where it is.
    fn cancel_all(&mut self, act: &AdminAct, reason: &Name) {
        self.note_administered(RunIx::MAIN, act, reason);
        let open: Vec<RunIx> =
            self.case.each_run().filter(|(_, run)| run.ended.is_none()).map(|(ix, _)| ix).collect();
        for run in open.into_iter().rev() {
            let tasks: Vec<u32> = self.run(run).tasks.iter().map(|task| task.id).collect();
            for task in tasks {
                self.emit(run, What::TaskClosed { task, by: None });
            }
            self.clear_timers(run);
            self.emit(run, What::Ended { outcome: CANCELLED.into() });
        }
    }
}

fn find(definition: &Definition, case: &crate::case::Case, of: &Target) -> Option<RunIx> {
    match of {
        Target::Main => Some(RunIx::MAIN),
        Target::Child { kind, key } => case.find_child(definition.find_child(kind)?, key),
    }
}
