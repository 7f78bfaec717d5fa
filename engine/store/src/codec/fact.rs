//! Facts: `do` names the kind, the rest is what that kind carries.

use machine::action::Reach;
use machine::chart::Verb;
use machine::event::{Actor, TimerAct};
use machine::fact::{Addressee, Change, Fact, What};
use machine::ids::{CaseId, ChartIx, EventIx, FieldIx, RunIx, StateIx};
use serde_json::Value as Json;

use super::case::{
    read_reminders, read_stopped, read_task, read_timer, write_reminders, write_stopped, write_task,
    write_timer,
};
use super::read::{Fields, Read, name, number, object};
use super::write::{Fields as Out, Writer};
use super::{Unreadable, time, value};

const VERBS: [(Verb, &str); 7] = [
    (Verb::Claim, "claim"),
    (Verb::Release, "release"),
    (Verb::Transfer, "transfer"),
    (Verb::Delegate, "delegate"),
    (Verb::AddSigner, "add_signer"),
    (Verb::RemoveSigner, "remove_signer"),
    (Verb::Urge, "urge"),
];

/// Writes a fact without its instant, which its turn carries.
pub fn write(w: &mut Writer, fact: &Fact) {
    w.object(|o| {
        let run = (fact.run != RunIx::MAIN).then_some(fact.run);
        match &fact.what {
            What::Opened { .. } | What::Started { .. } => write_beginning(o, run, &fact.what),
            What::TimerSet(_) | What::TimerCleared { .. } | What::TimerFired { .. } => {
                write_timers(o, run, &fact.what);
            }
            What::Reminded { .. } | What::TimerChanged { .. } => write_timers(o, run, &fact.what),
            What::TaskOpened(_) | What::TaskChanged { .. } => write_tasks(o, run, &fact.what),
            What::Opinion { .. } | What::TaskClosed { .. } => write_tasks(o, run, &fact.what),
            What::Notified { .. } | What::Called { .. } | What::Sent { .. } | What::Recorded { .. } => {
                write_telling(o, run, &fact.what);
            }
            What::Received { .. } | What::Refused { .. } | What::Decided { .. } | What::Set { .. } => {
                write_course(o, run, &fact.what);
            }
            What::Exited(_) | What::Entered(_) | What::Remembered { .. } => {
                write_course(o, run, &fact.what);
            }
            What::Released | What::Ended { .. } => write_course(o, run, &fact.what),
        }
    });
}

/// Reads a fact of this instant.
pub fn read(json: &Json, at: jiff::Timestamp) -> Read<Fact> {
    let of = object(json, "fact")?;
    let run = RunIx(of.number_if("run")?.unwrap_or(0));
    let kind = of.text("do")?;
    let what = read_beginning(kind, of)
        .or_else(|| read_course(kind, of))
        .or_else(|| read_timers(kind, of))
        .or_else(|| read_tasks(kind, of))
        .or_else(|| read_telling(kind, of));
    Ok(Fact { run, at, what: what.ok_or(Unreadable::At("do"))?? })
}

fn put_run(o: &mut Out<'_>, run: Option<RunIx>) {
    o.some("run", run, Writer::number);
}

fn put(o: &mut Out<'_>, key: &'static str, it: &expr::value::Value) {
    o.key(key);
    value::write(o.writer(), it);
}

fn get(of: Fields<'_>, key: &'static str) -> Read<expr::value::Value> {
    value::read(of.get(key)?)
}

fn write_beginning(o: &mut Out<'_>, run: Option<RunIx>, what: &What) {
    match what {
        What::Opened { id, process, definition, by } => {
            o.some("by", Some(by), write_actor);
            o.text("definition", definition);
            o.text("do", "opened");
            o.text("id", &id.0);
            o.text("process", process);
            put_run(o, run);
        }
        What::Started { chart, key, slot, data } => {
            o.number("chart", chart);
            o.list("data", data, value::write);
            o.text("do", "started");
            put(o, "key", key);
            put_run(o, run);
            o.some("slot", *slot, Writer::number);
        }
        _ => {}
    }
}

fn read_beginning(kind: &str, of: Fields<'_>) -> Option<Read<What>> {
    Some(match kind {
        "opened" => (|| {
            Ok(What::Opened {
                id: CaseId(of.name("id")?),
                process: of.name("process")?,
                definition: of.name("definition")?,
                by: read_actor(of.get("by")?)?,
            })
        })(),
        "started" => (|| {
            Ok(What::Started {
                chart: ChartIx(of.number("chart")?),
                key: get(of, "key")?,
                slot: of.number_if("slot")?,
                data: of.list("data", value::read)?,
            })
        })(),
        _ => return None,
    })
}

fn write_course(o: &mut Out<'_>, run: Option<RunIx>, what: &What) {
    match what {
        What::Received { event, data, by, reason } => {
            o.some("by", Some(by), write_actor);
            put(o, "data", data);
            o.text("do", "received");
            o.text("event", event);
            o.text_if("reason", reason.as_deref());
            put_run(o, run);
        }
        What::Refused { event, data, by, code } => {
            o.some("by", Some(by), write_actor);
            o.text("code", code);
            put(o, "data", data);
            o.text("do", "refused");
            o.text("event", event);
            put_run(o, run);
        }
        What::Exited(state) => write_state(o, run, "exited", *state),
        What::Entered(state) => write_state(o, run, "entered", *state),
        What::Remembered { history, states } => {
            o.text("do", "remembered");
            o.number("history", history);
            put_run(o, run);
            o.list("states", states, |w, s| w.number(s));
        }
        What::Set { field, value } => {
            o.text("do", "set");
            o.number("field", field);
            put_run(o, run);
            put(o, "value", value);
        }
        What::Decided { state, by } => {
            o.text("by", by);
            o.text("do", "decided");
            put_run(o, run);
            o.number("state", state);
        }
        What::Released => {
            o.text("do", "released");
            put_run(o, run);
        }
        What::Ended { outcome } => {
            o.text("do", "ended");
            o.text("outcome", outcome);
            put_run(o, run);
        }
        _ => {}
    }
}

fn write_state(o: &mut Out<'_>, run: Option<RunIx>, kind: &str, state: StateIx) {
    o.text("do", kind);
    put_run(o, run);
    o.number("state", state);
}

fn read_course(kind: &str, of: Fields<'_>) -> Option<Read<What>> {
    let state = || of.number("state").map(StateIx);
    Some(match kind {
        "received" => (|| {
            Ok(What::Received {
                event: of.name("event")?,
                data: get(of, "data")?,
                by: read_actor(of.get("by")?)?,
                reason: of.name_if("reason")?,
            })
        })(),
        "refused" => (|| {
            Ok(What::Refused {
                event: of.name("event")?,
                data: get(of, "data")?,
                by: read_actor(of.get("by")?)?,
                code: of.name("code")?,
            })
        })(),
        "exited" => state().map(What::Exited),
        "entered" => state().map(What::Entered),
        "remembered" => (|| {
            let states = of.list("states", |json| number(json, "states").map(StateIx))?;
            Ok(What::Remembered { history: StateIx(of.number("history")?), states: states.into() })
        })(),
        "set" => (|| Ok(What::Set { field: FieldIx(of.number("field")?), value: get(of, "value")? }))(),
        "decided" => (|| Ok(What::Decided { state: state()?, by: of.name("by")? }))(),
        "released" => Ok(What::Released),
        "ended" => of.name("outcome").map(|outcome| What::Ended { outcome }),
        _ => return None,
    })
}

fn write_timers(o: &mut Out<'_>, run: Option<RunIx>, what: &What) {
    match what {
        What::TimerSet(timer) => {
            o.text("do", "timer_set");
            put_run(o, run);
            o.some("timer", Some(timer), write_timer);
        }
        What::TimerCleared { timer } => {
            o.text("do", "timer_cleared");
            put_run(o, run);
            o.number("timer", timer);
        }
        What::TimerFired { timer, due } => {
            o.text("do", "timer_fired");
            o.at("due", *due);
            put_run(o, run);
            o.number("timer", timer);
        }
        What::Reminded { timer, reminder } => {
            o.text("do", "reminded");
            o.number("reminder", reminder);
            put_run(o, run);
            o.number("timer", timer);
        }
        What::TimerChanged { timer, how, clock, reminders, held, stopped } => {
            o.some("clock", Some(clock), time::write_clock);
            o.text("do", "timer_changed");
            o.flag("held", *held);
            o.some("how", Some(how), write_change);
            write_reminders(o, reminders);
            put_run(o, run);
            write_stopped(o, *stopped);
            o.number("timer", timer);
        }
        _ => {}
    }
}

fn read_timers(kind: &str, of: Fields<'_>) -> Option<Read<What>> {
    Some(match kind {
        "timer_set" => of.get("timer").and_then(read_timer).map(What::TimerSet),
        "timer_cleared" => of.number("timer").map(|timer| What::TimerCleared { timer }),
        "timer_fired" => (|| Ok(What::TimerFired { timer: of.number("timer")?, due: of.at("due")? }))(),
        "reminded" => {
            (|| Ok(What::Reminded { timer: of.number("timer")?, reminder: of.number("reminder")? }))()
        }
        "timer_changed" => (|| {
            Ok(What::TimerChanged {
                timer: of.number("timer")?,
                how: read_change(of.get("how")?)?,
                clock: time::read_clock(of.get("clock")?)?,
                reminders: read_reminders(of)?,
                held: of.flag("held"),
                stopped: read_stopped(of),
            })
        })(),
        _ => return None,
    })
}

fn write_change(w: &mut Writer, change: &Change) {
    match change {
        Change::Paused => w.text("paused"),
        Change::Resumed => w.text("resumed"),
        Change::Extended => w.text("extended"),
        Change::Reckoned => w.text("reckoned"),
        Change::ByAuthority { act, by, reason } => w.object(|o| {
            match act {
                TimerAct::Suspend => o.text("act", "suspend"),
                TimerAct::Resume => o.text("act", "resume"),
                TimerAct::Extend(by) => {
                    o.text("act", "extend");
                    o.number("add", by);
                }
                TimerAct::Move(to) => {
                    o.text("act", "move");
                    o.at("at", *to);
                }
            }
            o.some("by", Some(by), write_actor);
            o.text("reason", reason);
        }),
    }
}

fn read_change(json: &Json) -> Read<Change> {
    if let Some(word) = json.as_str() {
        return Ok(match word {
            "paused" => Change::Paused,
            "resumed" => Change::Resumed,
            "extended" => Change::Extended,
            "reckoned" => Change::Reckoned,
            _ => return Err(Unreadable::At("how")),
        });
    }
    let of = object(json, "how")?;
    let act = match of.text("act")? {
        "suspend" => TimerAct::Suspend,
        "resume" => TimerAct::Resume,
        "extend" => TimerAct::Extend(of.number("add")?),
        "move" => TimerAct::Move(of.at("at")?),
        _ => return Err(Unreadable::At("act")),
    };
    Ok(Change::ByAuthority { act, by: read_actor(of.get("by")?)?, reason: of.name("reason")? })
}

fn write_tasks(o: &mut Out<'_>, run: Option<RunIx>, what: &What) {
    match what {
        What::TaskOpened(task) => {
            o.text("do", "task_opened");
            put_run(o, run);
            o.some("task", Some(task), write_task);
        }
        What::TaskChanged { verb, by, reason, task } => {
            o.some("by", Some(by), write_actor);
            o.text("do", "task_changed");
            o.text_if("reason", reason.as_deref());
            put_run(o, run);
            o.some("task", Some(task), write_task);
            o.text("verb", VERBS.iter().find(|(v, _)| v == verb).map_or("", |(_, name)| name));
        }
        What::Opinion { task, by, event } => {
            o.text("by", by);
            o.text("do", "opinion");
            o.number("event", event);
            put_run(o, run);
            o.number("task", task);
        }
        What::TaskClosed { task, by } => {
            o.text_if("by", by.as_deref());
            o.text("do", "task_closed");
            put_run(o, run);
            o.number("task", task);
        }
        _ => {}
    }
}

fn read_tasks(kind: &str, of: Fields<'_>) -> Option<Read<What>> {
    Some(match kind {
        "task_opened" => of.get("task").and_then(read_task).map(What::TaskOpened),
        "task_changed" => (|| {
            let verb = of.text("verb")?;
            let verb = VERBS.iter().find(|(_, name)| *name == verb).ok_or(Unreadable::At("verb"))?.0;
            let (by, task) = (read_actor(of.get("by")?)?, read_task(of.get("task")?)?);
            Ok(What::TaskChanged { verb, by, reason: of.name_if("reason")?, task })
        })(),
        "opinion" => (|| {
            let event = EventIx(of.number("event")?);
            Ok(What::Opinion { task: of.number("task")?, by: of.name("by")?, event })
        })(),
        "task_closed" => (|| Ok(What::TaskClosed { task: of.number("task")?, by: of.name_if("by")? }))(),
        _ => return None,
    })
}

fn write_telling(o: &mut Out<'_>, run: Option<RunIx>, what: &What) {
    match what {
        What::Notified { notice, to, data } => {
            put(o, "data", data);
            o.text("do", "notified");
            o.text("notice", notice);
            put_run(o, run);
            o.list("to", to, write_addressee);
        }
        What::Called { connector, request, reply, failure } => {
            o.text("connector", connector);
            o.text("do", "called");
            o.text_if("failure", failure.as_deref());
            o.text_if("reply", reply.as_deref());
            put(o, "request", request);
            put_run(o, run);
        }
        What::Sent { process, reach, key, event, data } => {
            put(o, "data", data);
            o.text("do", "sent");
            o.text("event", event);
            put(o, "key", key);
            o.text("process", process);
            // Facts of before `joined` reach those that correlate.
            o.text_if("reach", (*reach == Reach::Joined).then_some(JOINED));
            put_run(o, run);
        }
        What::Recorded { code, data } => {
            o.text("code", code);
            put(o, "data", data);
            o.text("do", "recorded");
            put_run(o, run);
        }
        _ => {}
    }
}

fn read_telling(kind: &str, of: Fields<'_>) -> Option<Read<What>> {
    Some(match kind {
        "notified" => (|| {
            let to = of.list("to", read_addressee)?;
            Ok(What::Notified { notice: of.name("notice")?, to, data: get(of, "data")? })
        })(),
        "called" => (|| {
            Ok(What::Called {
                connector: of.name("connector")?,
                request: get(of, "request")?,
                reply: of.name_if("reply")?,
                failure: of.name_if("failure")?,
            })
        })(),
        "sent" => (|| {
            Ok(What::Sent {
                process: of.name("process")?,
                reach: read_reach(of)?,
                key: get(of, "key")?,
                event: of.name("event")?,
                data: get(of, "data")?,
            })
        })(),
        "recorded" => (|| Ok(What::Recorded { code: of.name("code")?, data: get(of, "data")? }))(),
        _ => return None,
    })
}

fn write_addressee(w: &mut Writer, to: &Addressee) {
    w.object(|o| match to {
        Addressee::Role(role) => o.text("role", role),
        Addressee::Party(party) => o.text("party", party),
    });
}

fn read_addressee(json: &Json) -> Read<Addressee> {
    let of = object(json, "to")?;
    Ok(match of.find("role") {
        Some(role) => Addressee::Role(name(role, "role")?),
        None => Addressee::Party(of.name("party")?),
    })
}

/// Writes who acted.
pub fn write_actor(w: &mut Writer, actor: &Actor) {
    w.object(|o| {
        o.text_if("for", actor.on_behalf_of.as_deref());
        o.text("id", &actor.id);
        o.text_if("org", actor.organisation.as_deref());
        o.text("role", &actor.role);
    });
}

/// Reads who acted.
pub fn read_actor(json: &Json) -> Read<Actor> {
    let of = object(json, "by")?;
    Ok(Actor {
        id: of.name("id")?,
        organisation: of.name_if("org")?,
        role: of.name("role")?,
        on_behalf_of: of.name_if("for")?,
    })
}

/// The word for a message to all cases in which an organisation has a part.
const JOINED: &str = "joined";

fn read_reach(of: Fields<'_>) -> Read<Reach> {
    match of.name_if("reach")?.as_deref() {
        None => Ok(Reach::Correlated),
        Some(JOINED) => Ok(Reach::Joined),
        Some(_) => Err(Unreadable::At("reach")),
    }
}
