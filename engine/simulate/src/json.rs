//! Values and facts as JSON, for programs. The forms are stable: docs/cli/simulate.md lists them.
//!
//! Numbers of a case are strings in plain decimal notation, so that no reader rounds an amount; instants
//! are RFC 3339 with the calendar's offset; dates are `2026-03-02`; periods are written as in a definition.

use expr::value::{Bound, Moment, Range, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::words::Words;
use machine::action::Reach;
use machine::case::{Case, Purpose, Run, Timer};
use machine::chart::Chart;
use machine::definition::Definition;
use machine::event::{Actor, TimerAct};
use machine::fact::{Addressee, Change, Fact, What};
use machine::ids::{Name, StateIx};
use machine::refusal::{Possible, Refusal};
use machine::table::{Decided, MatchedRow};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use crate::told;

/// Lists and objects nested deeper than this are not read.
pub const DEPTH_MAX: usize = 64;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As strings: what a case holds.
    Texts,
    /// As JSON numbers with every digit: what a formula yields.
    Exact,
}

/// A value as JSON.
pub fn value(value: &Value, numbers: Numbers, zone: &TimeZone) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Number(it) => number(*it, numbers),
        Value::DateTime(Moment::Instant(at)) => Json::from(instant(*at, zone)),
        Value::List(items) => items.iter().map(|item| self::value(item, numbers, zone)).collect(),
        Value::Context(entries) => {
            let entries = entries.iter().map(|(name, v)| (name.to_string(), self::value(v, numbers, zone)));
            Json::Object(entries.collect())
        }
        Value::Range(range) => Json::from(range_text(range)),
        Value::Period(period) => Json::from(period.to_string()),
        plain => Json::from(plain.plain()),
    }
}

fn number(it: Decimal, numbers: Numbers) -> Json {
    let text = it.normalize().to_string();
    match numbers {
        Numbers::Texts => Json::from(text),
        // A plain decimal is a JSON number; the text is kept as it is.
        Numbers::Exact => serde_json::from_str(&text).unwrap_or(Json::from(text)),
    }
}

fn range_text(range: &Range) -> String {
    let end = |bound: &Bound| bound.value().map(Value::plain).unwrap_or_default();
    let open = if range.low.is_closed() { "[" } else { "(" };
    let close = if range.high.is_closed() { "]" } else { ")" };
    format!("{open}{}..{}{close}", end(&range.low), end(&range.high))
}

/// An instant as RFC 3339 with the zone's offset.
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    at.display_with_offset(offset).to_string()
}

/// A JSON value as a value of a formula: numbers exact, texts as texts.
///
/// # Errors
/// A number of more than 28 digits, or nesting deeper than [`DEPTH_MAX`].
pub fn read(json: &Json) -> Result<Value, Words> {
    read_within(json, DEPTH_MAX)
}

fn read_within(json: &Json, depth: usize) -> Result<Value, Words> {
    if depth == 0 {
        return Err(Words::new(
            format!("嵌套超过 {DEPTH_MAX} 层"),
            format!("nested more than {DEPTH_MAX} deep"),
        ));
    }
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(it) => Ok(Value::Bool(*it)),
        Json::Number(it) => read_number(&it.to_string()).map(Value::Number),
        Json::String(it) => Ok(Value::text(it)),
        Json::Array(items) => {
            let items: Result<Vec<Value>, Words> =
                items.iter().map(|item| read_within(item, depth - 1)).collect();
            items.map(Value::list)
        }
        Json::Object(entries) => {
            let entries: Result<Vec<(&String, Value)>, Words> =
                entries.iter().map(|(name, item)| Ok((name, read_within(item, depth - 1)?))).collect();
            entries.map(Value::context)
        }
    }
}

fn read_number(text: &str) -> Result<Decimal, Words> {
    let plain = Decimal::from_str_exact(text).ok();
    // An exponent within the digits we keep is the same number written shorter.
    let scientific = || Decimal::from_scientific(text).ok().filter(|_| text.contains(['e', 'E']));
    plain.or_else(scientific).ok_or_else(|| {
        Words::new(
            format!("数字 {text} 超出能精确计算的 28 位"),
            format!("the number {text} has more than the 28 digits that are exact"),
        )
    })
}

/// Who acted.
pub fn actor(by: &Actor) -> Json {
    let mut out = Map::new();
    out.insert("id".into(), Json::from(&*by.id));
    if let Some(organisation) = &by.organisation {
        out.insert("organisation".into(), Json::from(&**organisation));
    }
    out.insert("role".into(), Json::from(&*by.role));
    if let Some(person) = &by.on_behalf_of {
        out.insert("on_behalf_of".into(), Json::from(&**person));
    }
    Json::Object(out)
}

/// A case's sight of one of its definitions, for writing facts.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The process.
    pub definition: &'a Definition,
    /// The case as it is now: names of children come from it.
    pub case: &'a Case,
    /// The calendar's zone.
    pub zone: &'a TimeZone,
}

impl Writer<'_> {
    fn chart(&self, run: &Run) -> &Chart {
        self.definition.chart(run.chart)
    }

    /// A value of the case.
    pub fn value(&self, it: &Value) -> Json {
        value(it, Numbers::Texts, self.zone)
    }

    /// An instant.
    pub fn instant(&self, at: Timestamp) -> Json {
        Json::from(instant(at, self.zone))
    }

    /// A line of history.
    pub fn fact(&self, fact: &Fact) -> Json {
        let mut out = Map::new();
        out.insert("at".into(), self.instant(fact.at));
        let run = self.case.runs.get(fact.run.at());
        let name = run.map(|run| told::run_name(self.definition, run)).unwrap_or_default();
        out.insert("run".into(), Json::from(name));
        let chart = run.map_or(self.definition.main(), |run| self.chart(run));
        let (kind, more) = self.what(chart, &fact.what);
        out.insert("fact".into(), Json::from(kind));
        if let Json::Object(more) = more {
            out.extend(more);
        }
        Json::Object(out)
    }

    fn what(&self, chart: &Chart, what: &What) -> (&'static str, Json) {
        let state = |s: &StateIx| chart.state(*s).name.to_string();
        match what {
            What::Opened { id, process, definition, by } => (
                "opened",
                json!({ "case": &*id.0, "process": &**process, "definition": &**definition, "by": actor(by) }),
            ),
            What::Started { chart, key, slot, data } => {
                let chart = self.definition.chart(*chart);
                let fields = chart.fields.iter().zip(data).filter(|(_, v)| !v.is_null());
                let data: Map<String, Json> =
                    fields.map(|(field, v)| (field.name.to_string(), self.value(v))).collect();
                ("started", json!({ "of": &*chart.name, "key": self.value(key), "slot": slot, "data": data }))
            }
            What::Received { event, data, by, reason } => (
                "received",
                json!({ "event": &**event, "data": self.value(data), "by": actor(by), "reason": reason.as_deref() }),
            ),
            What::Refused { event, data, by, code } => (
                "refused",
                json!({ "event": &**event, "data": self.value(data), "by": actor(by), "code": &**code }),
            ),
            What::Exited(s) => ("exited", json!({ "state": state(s) })),
            What::Entered(s) => ("entered", json!({ "state": state(s) })),
            What::Remembered { history, states } => {
                let states: Vec<String> = states.iter().map(state).collect();
                ("remembered", json!({ "history": state(history), "states": states }))
            }
            What::Set { field, value } => {
                ("set", json!({ "field": &*chart.fields[field.at()].name, "value": self.value(value) }))
            }
            What::Decided { state: s, by } => ("decided", json!({ "state": state(s), "by": &**by })),
            What::Released => ("released", json!({})),
            What::Ended { outcome } => ("ended", json!({ "outcome": &**outcome })),
            What::Recorded { code, data } => {
                ("recorded", json!({ "code": &**code, "data": self.value(data) }))
            }
            other => self.time_or_task(chart, other).unwrap_or_else(|| self.outward(other)),
        }
    }

    fn time_or_task(&self, chart: &Chart, what: &What) -> Option<(&'static str, Json)> {
        Some(match what {
            What::TimerSet(timer) => ("timer_set", self.timer(chart, timer)),
            What::TimerCleared { timer } => ("timer_cleared", json!({ "timer": timer })),
            What::TimerFired { timer, due } => {
                ("timer_fired", json!({ "timer": timer, "due": self.instant(*due) }))
            }
            What::Reminded { timer, reminder } => {
                ("reminded", json!({ "timer": timer, "reminder": reminder + 1 }))
            }
            What::TimerChanged { timer, how, clock, held, .. } => {
                let due = clock.fires_at().map(|at| self.instant(at));
                (
                    "timer_changed",
                    json!({ "timer": timer, "how": self.change(how), "due": due, "held": held }),
                )
            }
            What::TaskOpened(task) => {
                ("task_opened", json!({ "task": task.id, "state": &*chart.state(task.state).name }))
            }
            What::TaskChanged { verb, by, reason, task } => (
                "task_changed",
                json!({ "task": task.id, "verb": verb.name(), "by": actor(by), "reason": reason.as_deref() }),
            ),
            What::Opinion { task, by, event } => {
                ("opinion", json!({ "task": task, "by": &**by, "event": &*chart.events[event.at()].name }))
            }
            What::TaskClosed { task, by } => ("task_closed", json!({ "task": task, "by": by.as_deref() })),
            _ => return None,
        })
    }

    fn outward(&self, what: &What) -> (&'static str, Json) {
        match what {
            What::Notified { notice, to, data } => {
                let to: Vec<Json> = to.iter().map(addressee).collect();
                ("notified", json!({ "notice": &**notice, "to": to, "data": self.value(data) }))
            }
            What::Called { connector, request, reply, failure } => (
                "called",
                json!({
                    "connector": &**connector, "request": self.value(request),
                    "reply": reply.as_deref(), "failure": failure.as_deref(),
                }),
            ),
            What::Sent { process, reach, key, event, data } => (
                "sent",
                json!({
                    "process": &**process, reached_by(*reach): self.value(key),
                    "event": &**event, "data": self.value(data),
                }),
            ),
            // Every other kind is written by `what` and `time_or_task`.
            _ => ("other", json!({})),
        }
    }

    fn change(&self, how: &Change) -> Json {
        match how {
            Change::Paused => Json::from("paused"),
            Change::Resumed => Json::from("resumed"),
            Change::Extended => Json::from("extended"),
            Change::Reckoned => Json::from("reckoned"),
            Change::ByAuthority { act, by, reason } => {
                let act = match act {
                    TimerAct::Suspend => json!("suspend"),
                    TimerAct::Resume => json!("resume"),
                    TimerAct::Extend(n) => json!({ "extend": n }),
                    TimerAct::Move(at) => json!({ "move": self.instant(*at) }),
                };
                json!({ "act": act, "by": actor(by), "reason": &**reason })
            }
        }
    }

    /// A pending timer: what it is for and when it is due; null while it stands still.
    pub fn timer(&self, chart: &Chart, timer: &Timer) -> Json {
        let due = timer.clock.fires_at().filter(|_| !timer.held).map(|at| self.instant(at));
        match &timer.purpose {
            Purpose::Clock(clock) => {
                let clock = &chart.clocks[clock.at()];
                json!({ "timer": timer.id, "clock": &*clock.name, "due": due, "provisional": timer.clock.due.provisional })
            }
            Purpose::Delayed { event, .. } => json!({ "timer": timer.id, "event": &**event, "due": due }),
        }
    }

    /// Every run: where it is, what it waits for, how it ended.
    pub fn runs(&self) -> Json {
        let one = |run: &Run| {
            let chart = self.chart(run);
            let timers: Vec<Json> = run.timers.iter().map(|timer| self.timer(chart, timer)).collect();
            let tasks: Vec<Json> = run.tasks.iter().map(|task| self.task(chart, task)).collect();
            json!({
                "run": told::run_name(self.definition, run),
                "state": told::states(chart, run).iter().map(|s| s.to_string()).collect::<Vec<_>>(),
                "outcome": run.ended.as_ref().map(|e| e.outcome.to_string()),
                "timers": timers,
                "tasks": tasks,
            })
        };
        self.case.runs.iter().map(|run| one(run)).collect()
    }

    fn task(&self, chart: &Chart, task: &machine::case::Task) -> Json {
        let decl = chart.state(task.state).task.as_ref();
        let role = decl.map(|decl| self.definition.roles[decl.role.at()].name.to_string());
        json!({
            "task": task.id, "state": &*chart.state(task.state).name, "role": role,
            "holder": task.holder.as_ref().map(actor),
        })
    }

    /// What a decision table answered, and by which rows.
    pub fn decided(&self, it: &Decided) -> Json {
        let inputs = it.inputs.iter().map(|(name, value)| (name.to_string(), self.value(value)));
        let row = |row: &MatchedRow| {
            let cells: Vec<&str> = row.cells.iter().map(|cell| &**cell).collect();
            json!({ "row": row.number, "cells": cells, "note": row.note.as_deref() })
        };
        json!({
            "table": &*it.table,
            "from": it.from.to_string(),
            "basis": it.basis.as_deref(),
            "inputs": inputs.collect::<Map<_, _>>(),
            "rows": it.rows.iter().map(row).collect::<Vec<_>>(),
            "answer": self.value(&it.answer),
        })
    }

    /// A refusal with its words and what is possible instead.
    pub fn refusal(&self, refusal: &Refusal) -> Json {
        let words =
            self.definition.refusal_words(&refusal.code).cloned().or_else(|| own_words(&refusal.code));
        let words = words.unwrap_or_default();
        json!({
            "code": &*refusal.code,
            "zh": &*words.zh,
            "en": &*words.en,
            "about": refusal.about.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "possible": refusal.possible.iter().map(|p| self.possible(p)).collect::<Vec<_>>(),
        })
    }

    /// Something that could be sent now.
    pub fn possible(&self, possible: &Possible) -> Json {
        let run = told::run_name(self.definition, self.case.run(possible.run));
        let by: Vec<String> = possible.by.iter().map(ToString::to_string).collect();
        json!({ "run": run, "event": &*possible.event, "by": by })
    }
}

/// The words of the engine's own refusal of this code.
pub fn own_words(code: &str) -> Option<machine::ids::Bilingual> {
    machine::refusal::Code::ALL.iter().find(|known| known.name() == code).map(|known| known.words())
}

fn addressee(to: &Addressee) -> Json {
    let named = |kind: &str, name: &Name| json!({ kind: &**name });
    match to {
        Addressee::Role(role) => named("role", role),
        Addressee::Party(party) => named("party", party),
    }
}

/// The key a message's receivers are named under, as in a process.
fn reached_by(reach: Reach) -> &'static str {
    match reach {
        Reach::Correlated => "key",
        Reach::Joined => "joined",
    }
}
