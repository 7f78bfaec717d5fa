//! Legal time: periods, clocks, what they run towards and what happened to them.

use expr::time::clock::{Change, Clock, Rule, State};
use expr::time::deadline::Due;
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit};
use serde_json::Value as Json;

use super::Unreadable;
use super::read::{Read, object, parsed};
use super::write::Writer;

const UNITS: [(Unit, &str); 4] = [
    (Unit::WorkingDays, "working_days"),
    (Unit::CalendarDays, "calendar_days"),
    (Unit::Hours, "hours"),
    (Unit::Months, "months"),
];

/// Writes a period; what is usual is left out.
pub fn write_period(w: &mut Writer, period: &Period) {
    w.object(|o| {
        o.number("n", period.n);
        o.flag("roll", period.roll == Roll::NextWorkingDay);
        o.flag("same_day", period.count_from == CountFrom::SameDay);
        o.flag("shift", period.shift == Shift::NextWorkingDay);
        let unit = UNITS.iter().find(|(unit, _)| *unit == period.unit).map_or("", |(_, name)| name);
        o.text("unit", unit);
        o.some("until", period.cutoff, Writer::plain);
    });
}

/// Reads a period.
pub fn read_period(json: &Json) -> Read<Period> {
    let of = object(json, "period")?;
    let unit = of.text("unit")?;
    let unit = UNITS.iter().find(|(_, name)| *name == unit).ok_or(Unreadable::At("unit"))?.0;
    Ok(Period {
        n: of.number("n")?,
        unit,
        count_from: if of.flag("same_day") { CountFrom::SameDay } else { CountFrom::NextDay },
        roll: if of.flag("roll") { Roll::NextWorkingDay } else { Roll::None },
        cutoff: of.some("until", |json| parsed(json, "until"))?,
        shift: if of.flag("shift") { Shift::NextWorkingDay } else { Shift::None },
    })
}

/// Writes a clock as it stands.
pub fn write_clock(w: &mut Writer, clock: &Clock) {
    w.object(|o| {
        o.at("anchor", clock.anchor);
        o.list("changes", &clock.changes, write_change);
        o.key("due");
        write_due(o.writer(), &clock.due);
        o.some("floor", clock.floor, |w, due| write_due(w, &due));
        if let State::Paused { since } = clock.state {
            o.at("paused", since);
        }
        o.key("rule");
        match &clock.rule {
            Rule::Period(period) => write_period(o.writer(), period),
            Rule::At(at) => o.writer().plain(at),
        }
    });
}

/// Reads a clock.
pub fn read_clock(json: &Json) -> Read<Clock> {
    let of = object(json, "clock")?;
    let rule = of.get("rule")?;
    Ok(Clock {
        rule: match rule {
            Json::String(_) => Rule::At(parsed(rule, "rule")?),
            _ => Rule::Period(read_period(rule)?),
        },
        anchor: of.at("anchor")?,
        changes: of.list("changes", read_change)?,
        floor: of.some("floor", read_due)?,
        state: of
            .some("paused", |json| parsed(json, "paused"))?
            .map_or(State::Running, |since| State::Paused { since }),
        due: read_due(of.get("due")?)?,
    })
}

fn write_due(w: &mut Writer, due: &Due) {
    w.object(|o| {
        o.at("at", due.at);
        o.plain("last_day", due.last_day);
        o.flag("provisional", due.provisional);
    });
}

fn read_due(json: &Json) -> Read<Due> {
    let of = object(json, "due")?;
    Ok(Due { at: of.at("at")?, last_day: of.parsed("last_day")?, provisional: of.flag("provisional") })
}

fn write_change(w: &mut Writer, change: &Change) {
    w.object(|o| match change {
        Change::Paused { from, to } => {
            o.at("from", *from);
            o.at("to", *to);
        }
        Change::Extended { by } => o.number("by", by),
        Change::MovedTo { at } => o.at("at", *at),
    });
}

fn read_change(json: &Json) -> Read<Change> {
    let of = object(json, "changes")?;
    Ok(if of.find("by").is_some() {
        Change::Extended { by: of.number("by")? }
    } else if of.find("at").is_some() {
        Change::MovedTo { at: of.at("at")? }
    } else {
        Change::Paused { from: of.at("from")?, to: of.at("to")? }
    })
}
