//! The snapshot of a case: everything a step needs, in short keys.

use std::sync::Arc;

use machine::case::{Case, Ended, Purpose, Run, Stopped, Task, Timer, Trail};
use machine::ids::{ChartIx, ClockIx, EventIx, StateIx};
use serde_json::Value as Json;

use super::Beside;
use super::fact::{read_actor, write_actor};
use super::read::{Fields, Read, exactly, list, name, number, object, parsed};
use super::write::Writer;
use super::{time, value};

/// Writes a snapshot without what stands in columns beside it.
pub fn write(w: &mut Writer, case: &Case) {
    w.object(|o| {
        o.at("at", case.at);
        o.number("facts", case.facts);
        o.key("runs");
        o.writer().list(&case.runs, |w, run| write_run(w, run));
        o.at("start", case.started_at);
        o.number("task", case.next_task);
        o.number("timer", case.next_timer);
    });
}

/// Reads a snapshot.
pub fn read(beside: Beside, json: &Json) -> Read<Case> {
    let of = object(json, "case")?;
    Ok(Case {
        id: beside.id,
        process: beside.process,
        definition: beside.definition,
        started_at: of.at("start")?,
        at: of.at("at")?,
        runs: of.list("runs", |json| read_run(json).map(Arc::new))?,
        facts: of.number("facts")?,
        next_timer: of.number("timer")?,
        next_task: of.number("task")?,
    })
}

fn write_run(w: &mut Writer, run: &Run) {
    w.object(|o| {
        o.list("active", &run.active, |w, s| w.number(s));
        o.number("chart", run.chart);
        o.list("data", &run.data, value::write);
        o.list("decided", &run.trail.decided, |w, (state, by)| pair(w, *state, |w| w.text(by)));
        o.list("due", &run.trail.due, |w, (clock, at)| pair(w, *clock, |w| w.plain(at)));
        o.some("end", run.ended.as_ref(), |w, ended| {
            w.object(|o| {
                o.at("at", ended.at);
                o.text("outcome", &ended.outcome);
            })
        });
        let entered: Vec<_> = run.trail.entered.each().collect();
        o.list("entered", &entered, |w, (state, at)| pair(w, *state, |w| w.plain(at)));
        if !run.key.is_null() {
            o.key("key");
            value::write(o.writer(), &run.key);
        }
        o.list("remembered", &run.remembered, |w, (history, states)| {
            pair(w, *history, |w| w.list(states, |w, s| w.number(s)))
        });
        o.some("slot", run.slot, Writer::number);
        o.at("start", run.started_at);
        o.list("tasks", &run.tasks, write_task);
        o.list("timers", &run.timers, write_timer);
    });
}

fn read_run(json: &Json) -> Read<Run> {
    let of = object(json, "runs")?;
    Ok(Run {
        chart: ChartIx(of.number("chart")?),
        key: of.some("key", value::read)?.unwrap_or_default(),
        slot: of.number_if("slot")?,
        started_at: of.at("start")?,
        active: of.list("active", |json| number(json, "active").map(StateIx))?,
        remembered: of.list("remembered", |json| {
            let [history, states] = exactly(json, "remembered")?;
            let states = list(states, "remembered", |json| number(json, "remembered").map(StateIx))?;
            Ok((StateIx(number(history, "remembered")?), states))
        })?,
        data: of.list("data", value::read)?,
        timers: of.list("timers", read_timer)?,
        tasks: of.list("tasks", read_task)?,
        trail: read_trail(of)?,
        ended: of.some("end", |json| {
            let of = object(json, "end")?;
            Ok(Ended { outcome: of.name("outcome")?, at: of.at("at")? })
        })?,
    })
}

fn read_trail(of: Fields<'_>) -> Read<Trail> {
    let entered = of.list("entered", |json| {
        let [state, at] = exactly(json, "entered")?;
        Ok((StateIx(number(state, "entered")?), parsed(at, "entered")?))
    })?;
    Ok(Trail {
        entered: entered.into_iter().collect(),
        due: of.list("due", |json| {
            let [clock, at] = exactly(json, "due")?;
            Ok((ClockIx(number(clock, "due")?), parsed(at, "due")?))
        })?,
        decided: of.list("decided", |json| {
            let [state, by] = exactly(json, "decided")?;
            Ok((StateIx(number(state, "decided")?), name(by, "decided")?))
        })?,
    })
}

fn pair(w: &mut Writer, first: impl std::fmt::Display, second: impl FnOnce(&mut Writer)) {
    let mut second = Some(second);
    w.list([true, false], |w, is_first| {
        if is_first {
            w.number(&first);
        } else if let Some(second) = second.take() {
            second(w);
        }
    });
}

/// Writes a timer.
pub fn write_timer(w: &mut Writer, timer: &Timer) {
    w.object(|o| {
        o.key("clock");
        time::write_clock(o.writer(), &timer.clock);
        o.flag("held", timer.held);
        o.number("id", timer.id);
        o.key("on");
        match &timer.purpose {
            Purpose::Clock(ix) => o.writer().number(ix),
            Purpose::Delayed { event, id, data } => o.writer().object(|o| {
                o.key("data");
                value::write(o.writer(), data);
                o.text("event", event);
                o.text_if("id", id.as_deref());
            }),
        }
        o.number("owner", timer.owner);
        write_reminders(o, &timer.reminders);
        write_stopped(o, timer.stopped);
    });
}

/// Reads a timer.
pub fn read_timer(json: &Json) -> Read<Timer> {
    let of = object(json, "timer")?;
    let on = of.get("on")?;
    let purpose = match on {
        Json::Number(_) => Purpose::Clock(ClockIx(number(on, "on")?)),
        _ => {
            let of = object(on, "on")?;
            let data = value::read(of.get("data")?)?;
            Purpose::Delayed { event: of.name("event")?, id: of.name_if("id")?, data }
        }
    };
    Ok(Timer {
        id: of.number("id")?,
        purpose,
        owner: StateIx(of.number("owner")?),
        clock: time::read_clock(of.get("clock")?)?,
        reminders: read_reminders(of)?,
        held: of.flag("held"),
        stopped: read_stopped(of),
    })
}

/// Writes who makes a timer stand still; nothing when nobody does.
pub fn write_stopped(o: &mut super::write::Fields<'_>, stopped: Stopped) {
    o.flag("stopped_by_authority", stopped.by_authority);
    o.flag("stopped_by_process", stopped.by_process);
}

/// Reads who makes a timer stand still.
pub fn read_stopped(of: Fields<'_>) -> Stopped {
    Stopped { by_process: of.flag("stopped_by_process"), by_authority: of.flag("stopped_by_authority") }
}

/// Writes the reminders a timer still gives.
pub fn write_reminders(o: &mut super::write::Fields<'_>, reminders: &[(jiff::Timestamp, u8)]) {
    o.list("reminders", reminders, |w, (at, which)| pair(w, *which, |w| w.plain(at)));
}

/// Reads the reminders a timer still gives.
pub fn read_reminders(of: Fields<'_>) -> Read<Vec<(jiff::Timestamp, u8)>> {
    of.list("reminders", |json| {
        let [which, at] = exactly(json, "reminders")?;
        Ok((parsed(at, "reminders")?, number(which, "reminders")?))
    })
}

/// Writes a task.
pub fn write_task(w: &mut Writer, task: &Task) {
    w.object(|o| {
        o.text_if("delegate", task.delegate.as_deref());
        o.some("holder", task.holder.as_ref(), write_actor);
        o.number("id", task.id);
        o.at("opened", task.opened_at);
        o.list("opinions", &task.opinions, |w, (who, event)| pair(w, *event, |w| w.text(who)));
        o.list("signers", &task.signers, |w, who| w.text(who));
        o.number("state", task.state);
        if task.urged > 0 {
            o.number("urged", task.urged);
        }
    });
}

/// Reads a task.
pub fn read_task(json: &Json) -> Read<Task> {
    let of = object(json, "task")?;
    Ok(Task {
        id: of.number("id")?,
        state: StateIx(of.number("state")?),
        opened_at: of.at("opened")?,
        holder: of.some("holder", read_actor)?,
        delegate: of.name_if("delegate")?,
        signers: of.list("signers", |json| name(json, "signers"))?,
        opinions: of.list("opinions", |json| {
            let [event, who] = exactly(json, "opinions")?;
            Ok((name(who, "opinions")?, EventIx(number(event, "opinions")?)))
        })?,
        urged: of.number_if("urged")?.unwrap_or(0),
    })
}
