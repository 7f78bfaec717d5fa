//! What people do with tasks besides deciding them, and what authority does to timers.

use expr::time::deadline::TimeError;

use crate::case::{Stopped, Task, Timer};
use crate::chart::{ClockEffect, TaskDecl, Verb};
use crate::event::{Actor, TimerAct};
use crate::fact::{Change, What};
use crate::ids::{Bilingual, Name, RunIx};
use crate::incident::Incident;
use crate::refusal::{Code, Refusal};
use crate::turn::{Stop, Turn};

impl Turn<'_> {
    /// Somebody acts on a task.
    ///
    /// # Errors
    /// A refusal: the task is not open, the verb is not offered, the person may not.
    pub fn act_on_task(
        &mut self,
        number: u32,
        verb: Verb,
        person: Option<&Actor>,
        reason: Option<&Name>,
    ) -> Result<(), Stop> {
        let (run, task) = self.find_task(number)?;
        let chart = self.chart(run);
        let decl = chart.state(task.state).task.as_ref().ok_or_else(|| Refusal::of(Code::NoSuchTask, &[]))?;
        let Some((_, effect)) = decl.verbs.iter().find(|(v, _)| *v == verb) else {
            return Err(Refusal::of(Code::VerbNotOffered, &[verb.name()]).into());
        };
        self.may_act(run, decl, &task, verb)?;
        let changed = self.changed(run, decl, &task, verb, person)?;
        let reason = reason.cloned();
        self.emit(run, What::TaskChanged { verb, by: self.by.clone(), reason, task: changed });
        if *effect == ClockEffect::Restarts {
            self.restart_clocks(run, &task)?;
        }
        Ok(())
    }

    fn find_task(&self, number: u32) -> Result<(RunIx, Task), Refusal> {
        let found = self.case.each_run().find_map(|(i, r)| r.task(number).map(|t| (i, t.clone())));
        found.ok_or_else(|| Refusal::of(Code::NoSuchTask, &[]))
    }

    /// Taking, urging and the rest are for different people.
    fn may_act(&self, run: RunIx, decl: &TaskDecl, task: &Task, verb: Verb) -> Result<(), Stop> {
        if self.by.is_system() {
            return Ok(());
        }
        self.belongs_to(run)?;
        if verb == Verb::Urge {
            return Ok(());
        }
        if self.definition.roles[decl.role.at()].name != self.by.role {
            return Err(Refusal::of(Code::NotAllowed, &[&self.by.role]).into());
        }
        if let Some(holder) = task.holder.as_ref().filter(|h| h.id != self.by.id) {
            return Err(Refusal::of(Code::TaskHeld, &[&holder.id]).into());
        }
        if verb == Verb::Claim && !self.is_candidate(run, decl)? {
            return Err(Refusal::of(Code::NotACandidate, &[&self.by.id]).into());
        }
        Ok(())
    }

    fn changed(
        &self,
        run: RunIx,
        decl: &TaskDecl,
        task: &Task,
        verb: Verb,
        person: Option<&Actor>,
    ) -> Result<Task, Stop> {
        let other = || person.ok_or_else(|| Refusal::of(Code::DataMissing, &["person"]));
        let mut task = task.clone();
        match verb {
            Verb::Claim => task.holder = Some(self.may_hold(run, decl, self.by)?),
            Verb::Release => task.holder = None,
            Verb::Transfer => task.holder = Some(self.may_hold(run, decl, other()?)?),
            Verb::Delegate => task.delegate = Some(other()?.id.clone()),
            Verb::AddSigner => {
                let id = other()?.id.clone();
                if !task.signers.contains(&id) {
                    task.signers.push(id);
                }
            }
            Verb::RemoveSigner => {
                let id = other()?.id.clone();
                task.signers.retain(|s| *s != id);
            }
            Verb::Urge => task.urged += 1,
        }
        Ok(task)
    }

    fn may_hold(&self, run: RunIx, decl: &TaskDecl, person: &Actor) -> Result<Actor, Refusal> {
        let decided = &self.run(run).trail.decided;
        let same = |state| decided.iter().any(|(s, by)| s == state && *by == person.id);
        if decl.not_same_actor_as.iter().any(same) {
            return Err(Refusal::of(Code::SamePerson, &[&person.id]));
        }
        Ok(person.clone())
    }

    fn restart_clocks(&mut self, run: RunIx, task: &Task) -> Result<(), Stop> {
        let clocks = &self.chart(run).state(task.state).clocks;
        for clock in clocks {
            if let Some(timer) = self.run(run).timer_of(*clock).map(|t| t.id) {
                self.emit(run, What::TimerCleared { timer });
                self.set_clock(run, *clock, None)?;
            }
        }
        Ok(())
    }

    /// Authority acts on a timer.
    ///
    /// # Errors
    /// A refusal: not pending, no authority, no reason, not possible.
    pub fn act_on_timer(&mut self, number: u32, act: TimerAct, reason: &Name) -> Result<(), Stop> {
        if reason.trim().is_empty() {
            return Err(Refusal::of(Code::ReasonMissing, &[]).into());
        }
        let found = self.case.each_run().find_map(|(i, r)| r.timer(number).map(|t| (i, t.clone())));
        let Some((run, timer)) = found else { return Err(Refusal::of(Code::NoSuchTimer, &[]).into()) };
        self.has_authority(run, &timer)?;
        let how = Change::ByAuthority { act, by: self.by.clone(), reason: reason.clone() };
        let clock = timer.clock.clone();
        let moved = match act {
            TimerAct::Suspend | TimerAct::Resume => return self.stop_for_authority(run, &timer, act, how),
            TimerAct::Extend(units) => clock.extend(units, self.calendar),
            TimerAct::Move(to) => clock.move_to(to, self.calendar),
        };
        let clock = moved.map_err(|e| Refusal::of(Code::TimerAct, &[e.code()]))?;
        self.change(run, &timer, how, clock);
        Ok(())
    }

    /// Authority stops a clock for itself: it stands until authority lets it go, whatever the process does.
    fn stop_for_authority(
        &mut self,
        run: RunIx,
        timer: &Timer,
        act: TimerAct,
        how: Change,
    ) -> Result<(), Stop> {
        let by_authority = act == TimerAct::Suspend;
        if timer.stopped.by_authority == by_authority {
            let why = if by_authority { TimeError::AlreadyPaused } else { TimeError::NotPaused };
            return Err(Refusal::of(Code::TimerAct, &[why.code()]).into());
        }
        let stopped = Stopped { by_authority, ..timer.stopped };
        self.stand(run, &Timer { stopped, ..timer.clone() }, how)
    }

    fn has_authority(&self, run: RunIx, timer: &Timer) -> Result<(), Refusal> {
        if self.by.is_system() {
            return Ok(());
        }
        let crate::case::Purpose::Clock(ix) = timer.purpose else {
            return Err(Refusal::of(Code::NotAllowed, &[&self.by.role]));
        };
        let authority = &self.chart(run).clocks[ix.at()].authority;
        match authority.iter().any(|r| self.definition.roles[r.at()].name == self.by.role) {
            true => Ok(()),
            false => Err(Refusal::of(Code::NotAllowed, &[&self.by.role])),
        }
    }

    /// Reckons every provisional timer again under the calendar at hand.
    ///
    /// # Errors
    /// An incident when a time is out of range.
    pub fn reckon_again(&mut self) -> Result<(), Stop> {
        let timers: Vec<(RunIx, Timer)> = self
            .case
            .each_run()
            .flat_map(|(i, r)| r.timers.iter().map(move |t| (i, t.clone())))
            .filter(|(_, t)| t.clock.due.provisional)
            .collect();
        for (run, timer) in timers {
            let clock =
                timer.clock.clone().recompute(self.calendar).map_err(|e| Incident::clock(run, "", &e))?;
            if clock != timer.clock {
                self.change(run, &timer, Change::Reckoned, clock);
            }
        }
        Ok(())
    }
}

impl Verb {
    /// Every verb, in the order they are offered.
    pub const ALL: [Verb; 7] = [
        Verb::Claim,
        Verb::Release,
        Verb::Transfer,
        Verb::Delegate,
        Verb::AddSigner,
        Verb::RemoveSigner,
        Verb::Urge,
    ];

    /// The stable spelling.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Claim => "claim",
            Verb::Release => "release",
            Verb::Transfer => "transfer",
            Verb::Delegate => "delegate",
            Verb::AddSigner => "add_signer",
            Verb::RemoveSigner => "remove_signer",
            Verb::Urge => "urge",
        }
    }

    /// The words on its button.
    pub fn words(self) -> Bilingual {
        match self {
            Verb::Claim => Bilingual::new("认领", "Claim"),
            Verb::Release => Bilingual::new("退回待认领", "Put back"),
            Verb::Transfer => Bilingual::new("转办", "Transfer"),
            Verb::Delegate => Bilingual::new("委派", "Delegate"),
            Verb::AddSigner => Bilingual::new("加签", "Add a signer"),
            Verb::RemoveSigner => Bilingual::new("减签", "Remove a signer"),
            Verb::Urge => Bilingual::new("催办", "Urge"),
        }
    }
}
