//! What waits while a state is active: clocks for time, tasks for people.

use expr::formula::Formula;
use expr::time::calendar::Calendar;
use expr::time::clock::{Clock, State};
use expr::time::deadline::{Due, TimeError};
use expr::time::period::Unit;
use expr::time::reminder::Reminder;
use expr::value::Value;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use crate::case::{Purpose, Stopped, Task, Timer};
use crate::chart::Clock as ClockDecl;
use crate::children::whole;
use crate::fact::{Change, What};
use crate::ids::{ClockIx, Name, RunIx, StateIx};
use crate::incident::Incident;
use crate::refusal::{Code, Refusal};
use crate::turn::{Occurrence, Stop, Turn};

impl Turn<'_> {
    /// Entering a state: what it needs is there, its clocks start, its task opens, others stand still.
    ///
    /// # Errors
    /// A refusal when a needed field is missing; an incident when a clock cannot be reckoned.
    pub fn begin_waiting(&mut self, run: RunIx, state: StateIx, on: Option<&Occurrence>) -> Result<(), Stop> {
        let chart = self.chart(run);
        let s = chart.state(state);
        let data = &self.run(run).data;
        let missing: Vec<&str> = s
            .requires
            .iter()
            .filter(|f| data[f.at()] == Value::Null)
            .map(|f| &*chart.fields[f.at()].name)
            .collect();
        if !missing.is_empty() {
            return Err(Refusal::of(Code::DataMissing, &missing).into());
        }
        for clock in &s.clocks {
            self.set_clock(run, *clock, on)?;
        }
        for clock in &s.pauses {
            self.stop_for_process(run, *clock, true)?;
        }
        if s.task.is_some() {
            let task = Task {
                id: self.case.next_task,
                state,
                opened_at: self.at,
                holder: None,
                delegate: None,
                signers: vec![],
                opinions: vec![],
                urged: 0,
            };
            self.emit(run, What::TaskOpened(task));
        }
        Ok(())
    }

    /// Leaving a state: its clocks end (or are held for the return), its task closes, others run on.
    ///
    /// # Errors
    /// An incident when a clock cannot be reckoned.
    pub fn end_waiting(&mut self, run: RunIx, state: StateIx, holding: &[StateIx]) -> Result<(), Stop> {
        let chart = self.chart(run);
        let s = chart.state(state);
        let tasks: Vec<u32> = self.run(run).tasks.iter().filter(|t| t.state == state).map(|t| t.id).collect();
        for task in tasks {
            self.emit(run, What::TaskClosed { task, by: None });
        }
        let hold = holding.iter().any(|h| *h == state || chart.is_descendant(state, *h));
        for clock in &s.pauses {
            self.stop_for_process(run, *clock, false)?;
        }
        for clock in &s.clocks {
            match self.run(run).timer_of(*clock) {
                Some(timer) if hold => {
                    self.stand(run, &Timer { held: true, ..timer.clone() }, Change::Paused)?
                }
                Some(timer) => {
                    let timer = timer.id;
                    self.emit(run, What::TimerCleared { timer });
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Starts a clock of a state, or lets a held one run on.
    ///
    /// # Errors
    /// An incident when it cannot be reckoned.
    pub fn set_clock(&mut self, run: RunIx, ix: ClockIx, on: Option<&Occurrence>) -> Result<(), Stop> {
        let decl = &self.chart(run).clocks[ix.at()];
        if let Some(held) = self.run(run).timer_of(ix).filter(|t| t.held).cloned() {
            return self.stand(run, &Timer { held: false, ..held }, Change::Resumed);
        }
        if let Some(when) = &decl.when
            && !self.holds(run, when, on, None)?
        {
            return Ok(());
        }
        let clock = self.reckon(run, decl, on)?;
        let reminders = self.reminders(decl, &clock);
        let timer = Timer {
            id: self.case.next_timer,
            purpose: Purpose::Clock(ix),
            owner: decl.owner,
            clock,
            reminders,
            held: false,
            stopped: Stopped::default(),
        };
        self.emit(run, What::TimerSet(timer));
        Ok(())
    }

    fn reckon(&self, run: RunIx, decl: &ClockDecl, on: Option<&Occurrence>) -> Result<Clock, Stop> {
        let within = self.value(run, &decl.within, on)?;
        let from = match &decl.from {
            Some(formula) => self.instant(run, formula, on)?,
            None => None,
        };
        let anchor = from.map_or_else(|| self.beginning(&within), |from| self.counted_from(from, &within));
        let floor = match &decl.floor {
            Some(formula) => self.instant(run, formula, on)?,
            None => None,
        };
        let clock = self.clock_from(run, &decl.within, &within, anchor)?;
        Ok(match floor {
            Some(floor) => self.floored(run, &decl.within, clock, floor)?,
            None => clock,
        })
    }

    /// The instant that what begins now counts from. What happens at 24:00 of a day belongs to that day, so
    /// days are counted from it (Civil Code 201, 203); exact hours are not touched.
    fn beginning(&self, within: &Value) -> Timestamp {
        let days = within.as_period().is_some_and(|p| p.unit != Unit::Hours);
        match self.day_ends && days {
            true => self.at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(self.at),
            false => self.at,
        }
    }

    /// What is counted from a date, or from the end of another clock, counts from the day that ends there
    /// (Civil Code 201): both stand at 24:00. Exact hours are not touched.
    fn counted_from(&self, from: Timestamp, within: &Value) -> Timestamp {
        let days = within.as_period().is_some_and(|p| p.unit != Unit::Hours);
        match days && self.calendar.zone().to_datetime(from).time() == Time::midnight() {
            true => from.checked_sub(SignedDuration::from_secs(1)).unwrap_or(from),
            false => from,
        }
    }

    fn floored(&self, run: RunIx, within: &Formula, clock: Clock, floor: Timestamp) -> Result<Clock, Stop> {
        let floor = Due::at(floor, self.calendar);
        let clock = floor.and_then(|floor| clock.not_before(floor, self.calendar));
        clock.map_err(|e| clock_failed(run, within, &e))
    }

    fn clock_from(
        &self,
        run: RunIx,
        formula: &Formula,
        within: &Value,
        anchor: Timestamp,
    ) -> Result<Clock, Stop> {
        if let Value::Period(period) = within {
            return Clock::start(anchor, *period, self.calendar).map_err(|e| clock_failed(run, formula, &e));
        }
        if let Some(span) = within.as_span() {
            let due =
                anchor.checked_add(span).map_err(|_| clock_failed(run, formula, &TimeError::OutOfRange))?;
            return Clock::until(anchor, due, self.calendar).map_err(|e| clock_failed(run, formula, &e));
        }
        match self.instant_of(within) {
            Some(due) => Clock::until(anchor, due, self.calendar).map_err(|e| clock_failed(run, formula, &e)),
            None => {
                let wanted = ("期限、时刻或日期", "a period, an instant or a date");
                Err(Incident::wrong_kind(run, formula.text(), wanted, within).into())
            }
        }
    }

    /// An instant out of an instant or a date (its end: the whole day still counts).
    fn instant_of(&self, value: &Value) -> Option<Timestamp> {
        match value {
            Value::Date(date) => end_of(*date, self.calendar),
            other => other.as_instant(),
        }
    }

    fn instant(
        &self,
        run: RunIx,
        formula: &Formula,
        on: Option<&Occurrence>,
    ) -> Result<Option<Timestamp>, Stop> {
        match self.value(run, formula, on)? {
            Value::Null => Ok(None),
            value => match self.instant_of(&value) {
                Some(at) => Ok(Some(at)),
                None => {
                    let wanted = ("时刻或日期", "an instant or a date");
                    Err(Incident::wrong_kind(run, formula.text(), wanted, &value).into())
                }
            },
        }
    }

    /// The instant a period after an instant.
    ///
    /// # Errors
    /// An incident when the formula yields no period or the time is out of range.
    pub fn after(
        &self,
        run: RunIx,
        from: Timestamp,
        period: &Formula,
        on: Option<&Occurrence>,
    ) -> Result<Timestamp, Stop> {
        let value = self.value(run, period, on)?;
        Ok(self.clock_from(run, period, &value, from)?.due.at)
    }

    /// The instants a clock reminds at, those already past left out.
    fn reminders(&self, decl: &ClockDecl, clock: &Clock) -> Vec<(Timestamp, u8)> {
        let at = |r: &Reminder| clock.remind_at(*r, self.calendar).ok().flatten();
        let numbered = (0u8..).zip(&decl.reminders);
        let mut due: Vec<(Timestamp, u8)> =
            numbered.filter_map(|(n, r)| at(r).map(|t| (t, n))).filter(|(t, _)| *t > self.at).collect();
        due.sort_unstable();
        due
    }

    /// The reminders a changed clock still gives: those not given before.
    fn reminders_left(&self, run: RunIx, timer: &Timer, clock: &Clock) -> Vec<(Timestamp, u8)> {
        let Purpose::Clock(ix) = timer.purpose else { return vec![] };
        let left: Vec<u8> = timer.reminders.iter().map(|(_, n)| *n).collect();
        let all = self.reminders(&self.chart(run).clocks[ix.at()], clock);
        all.into_iter().filter(|(_, n)| left.contains(n)).collect()
    }

    /// A state that pauses a clock is entered or left.
    fn stop_for_process(&mut self, run: RunIx, ix: ClockIx, stop: bool) -> Result<(), Stop> {
        let Some(timer) = self.run(run).timer_of(ix) else { return Ok(()) };
        let stopped = Stopped { by_process: stop, ..timer.stopped };
        let timer = Timer { stopped, ..timer.clone() };
        self.stand(run, &timer, if stop { Change::Paused } else { Change::Resumed })
    }

    /// Lets a timer stand or run as its own marks say: it runs while nobody stops it and nothing holds it.
    ///
    /// # Errors
    /// An incident when the time left is out of range.
    pub fn stand(&mut self, run: RunIx, timer: &Timer, how: Change) -> Result<(), Stop> {
        let runs = !timer.held && !timer.stopped.at_all();
        let clock = timer.clock.clone();
        let clock = match (runs, clock.fires_at().is_some()) {
            (true, false) => match self.reckoned_anew(run, timer) {
                Some(anew) => anew,
                None => {
                    let resumed = clock.resume(self.at, self.calendar);
                    resumed.map_err(|e| Stop::from(Incident::clock(run, &self.clock_name(run, timer), &e)))?
                }
            },
            (false, true) => match clock.clone().pause(self.at) {
                Ok(stands) => stands,
                Err(TimeError::Backwards) => Clock { state: State::Paused { since: self.at }, ..clock },
                // A clock that is due already stands as it is.
                Err(_) => clock,
            },
            _ => clock,
        };
        self.change(run, timer, how, clock);
        Ok(())
    }

    /// A clock that was stopped before it had begun counts anew: what it counts from may have moved meanwhile.
    fn reckoned_anew(&self, run: RunIx, timer: &Timer) -> Option<Clock> {
        let (Purpose::Clock(ix), State::Paused { since }) = (&timer.purpose, timer.clock.state) else {
            return None;
        };
        let decl = &self.chart(run).clocks[ix.at()];
        let not_begun = since < timer.clock.anchor && decl.from.is_some();
        not_begun.then(|| self.reckon(run, decl, None).ok()).flatten()
    }

    fn clock_name(&self, run: RunIx, timer: &Timer) -> Name {
        match &timer.purpose {
            Purpose::Clock(ix) => self.chart(run).clocks[ix.at()].name.clone(),
            Purpose::Delayed { event, .. } => event.clone(),
        }
    }

    /// Writes down that a timer's reckoning changed, with the reminders it still gives.
    pub fn change(&mut self, run: RunIx, timer: &Timer, how: Change, clock: Clock) {
        let reminders = match clock.fires_at() {
            Some(_) => self.reminders_left(run, timer, &clock),
            None => timer.reminders.clone(),
        };
        let (held, stopped) = (timer.held, timer.stopped);
        self.emit(run, What::TimerChanged { timer: timer.id, how, clock, reminders, held, stopped });
    }

    /// Gives a clock more of its own units.
    ///
    /// # Errors
    /// An incident when the number is no whole number or the time is out of range.
    pub fn extend(
        &mut self,
        run: RunIx,
        ix: ClockIx,
        by: &Formula,
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        let value = self.value(run, by, on)?;
        let Some(units) = whole(&value).and_then(|n| u32::try_from(n).ok()) else {
            let wanted = ("不小于零的整数", "a whole number, zero or more");
            return Err(Incident::wrong_kind(run, by.text(), wanted, &value).into());
        };
        let Some(timer) = self.run(run).timer_of(ix) else { return Ok(()) };
        let timer = timer.clone();
        let clock =
            timer.clock.clone().extend(units, self.calendar).map_err(|e| clock_failed(run, by, &e))?;
        self.change(run, &timer, Change::Extended, clock);
        Ok(())
    }

    /// Sets a delayed event.
    ///
    /// # Errors
    /// An incident when the delay is no period or span.
    pub fn send_later(
        &mut self,
        run: RunIx,
        event: Name,
        id: Option<Name>,
        data: Value,
        delay: &Formula,
        on: Option<&Occurrence>,
    ) -> Result<(), Stop> {
        let value = self.value(run, delay, on)?;
        let timer = Timer {
            id: self.case.next_timer,
            purpose: Purpose::Delayed { event, id, data },
            owner: StateIx::ROOT,
            clock: self.clock_from(run, delay, &value, self.beginning(&value))?,
            reminders: vec![],
            held: false,
            stopped: Stopped::default(),
        };
        self.emit(run, What::TimerSet(timer));
        Ok(())
    }

    /// Cancels delayed events of this id.
    pub fn cancel(&mut self, run: RunIx, id: &Name) {
        let named = |t: &&Timer| matches!(&t.purpose, Purpose::Delayed { id: Some(i), .. } if i == id);
        let timers: Vec<u32> = self.run(run).timers.iter().filter(named).map(|t| t.id).collect();
        for timer in timers {
            self.emit(run, What::TimerCleared { timer });
        }
    }

    /// Ends every timer of a run.
    pub fn clear_timers(&mut self, run: RunIx) {
        let timers: Vec<u32> = self.run(run).timers.iter().map(|t| t.id).collect();
        for timer in timers {
            self.emit(run, What::TimerCleared { timer });
        }
    }
}

fn clock_failed(run: RunIx, formula: &Formula, error: &TimeError) -> Stop {
    Incident::clock(run, formula.text(), error).into()
}

/// The first instant after a day.
fn end_of(date: jiff::civil::Date, calendar: &Calendar) -> Option<Timestamp> {
    let next = date.tomorrow().ok()?;
    let midnight = next.at(0, 0, 0, 0);
    calendar.zone().to_timestamp(midnight).ok()
}
