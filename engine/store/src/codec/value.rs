//! Values: text is a string, a list a list, everything else an object that names its kind.

use std::sync::Arc;

use expr::value::{Bound, ClockTime, Moment, Range, Value, Zone};
use jiff::SignedDuration;
use jiff::tz::Offset;
use serde_json::Value as Json;

use super::read::{Fields, Read, exactly, list, name, number, object, parsed, text};
use super::write::{Writer, canonical_order};
use super::{Unreadable, time};

const NANOS: i128 = 1_000_000_000;

/// Writes a value.
pub fn write(w: &mut Writer, value: &Value) {
    match value {
        Value::Null => w.null(),
        Value::Bool(it) => w.bool(*it),
        Value::Text(it) => w.text(it),
        Value::List(items) => w.list(items.iter(), write),
        Value::Number(it) => w.object(|o| o.plain("n", it)),
        Value::Date(it) => w.object(|o| o.plain("date", it)),
        Value::Time(it) => w.object(|o| {
            o.plain("time", it.at);
            write_zone(o, &it.zone);
        }),
        Value::DateTime(it) => w.object(|o| match it {
            Moment::Local(at) => o.plain("local", at),
            Moment::Instant(at) => o.at("at", *at),
            Moment::Zoned(at, zone) => {
                o.at("at", *at);
                write_zone(o, zone);
                o.flag("zoned", *zone == Zone::Local);
            }
        }),
        Value::Months(it) => w.object(|o| o.plain("months", it)),
        Value::Span(it) => w.object(|o| o.plain("seconds", seconds(*it))),
        Value::Period(it) => w.object(|o| {
            o.key("period");
            time::write_period(o.writer(), it);
        }),
        Value::Context(it) => w.object(|o| {
            o.key("of");
            let mut entries: Vec<(&str, &Value)> = it.iter().map(|(k, v)| (&**k, v)).collect();
            entries.sort_by(|a, b| canonical_order(a.0, b.0));
            o.writer().entries(entries, write);
        }),
        Value::Range(it) => w.object(|o| {
            o.key("range");
            o.writer().list([&it.low, &it.high], write_bound);
        }),
    }
}

/// Reads a value.
pub fn read(json: &Json) -> Read<Value> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Bool(*it),
        Json::String(it) => Value::Text(Arc::from(it.as_str())),
        Json::Array(_) => Value::List(list(json, "list", read)?.into()),
        Json::Object(_) => read_named(object(json, "value")?)?,
        Json::Number(_) => return Err(Unreadable::At("value")),
    })
}

fn read_named(of: Fields<'_>) -> Read<Value> {
    if let Some(json) = of.find("n") {
        return parsed(json, "n").map(Value::Number);
    }
    if let Some(json) = of.find("of") {
        let entries = json.as_object().ok_or(Unreadable::At("of"))?;
        let read = entries.iter().map(|(k, v)| Ok((Arc::from(k.as_str()), read(v)?)));
        return read.collect::<Read<_>>().map(|all| Value::Context(Arc::new(all)));
    }
    if let Some(json) = of.find("date") {
        return parsed(json, "date").map(Value::Date);
    }
    if let Some(json) = of.find("time") {
        return Ok(Value::Time(ClockTime { at: parsed(json, "time")?, zone: read_zone(of)? }));
    }
    if let Some(json) = of.find("period") {
        return time::read_period(json).map(Value::Period);
    }
    if let Some(json) = of.find("months") {
        return parsed(json, "months").map(Value::Months);
    }
    if let Some(json) = of.find("seconds") {
        return read_seconds(text(json, "seconds")?).map(Value::Span);
    }
    if let Some(json) = of.find("range") {
        let [low, high] = exactly(json, "range")?;
        return Ok(Value::Range(Arc::new(Range { low: read_bound(low)?, high: read_bound(high)? })));
    }
    read_moment(of).map(Value::DateTime)
}

fn read_moment(of: Fields<'_>) -> Read<Moment> {
    if let Some(json) = of.find("local") {
        return parsed(json, "local").map(Moment::Local);
    }
    let at = of.at("at")?;
    Ok(match read_zone(of)? {
        Zone::Local if !of.flag("zoned") => Moment::Instant(at),
        zone => Moment::Zoned(at, zone),
    })
}

fn write_zone(o: &mut super::write::Fields<'_>, zone: &Zone) {
    match zone {
        Zone::Local => {}
        Zone::Offset(offset) => o.number("zone", offset.seconds()),
        Zone::Named(name) => o.text("zone", name),
    }
}

fn read_zone(of: Fields<'_>) -> Read<Zone> {
    Ok(match of.find("zone") {
        None => Zone::Local,
        Some(json @ Json::String(_)) => Zone::Named(name(json, "zone")?),
        Some(json) => {
            Zone::Offset(Offset::from_seconds(number(json, "zone")?).map_err(|_| Unreadable::At("zone"))?)
        }
    })
}

fn write_bound(w: &mut Writer, bound: &Bound) {
    match bound {
        Bound::Unbounded => w.null(),
        Bound::Open(it) => w.list([it, &Value::Bool(false)], write),
        Bound::Closed(it) => w.list([it, &Value::Bool(true)], write),
    }
}

fn read_bound(json: &Json) -> Read<Bound> {
    if json.is_null() {
        return Ok(Bound::Unbounded);
    }
    let [value, closed] = exactly(json, "range")?;
    let value = read(value)?;
    Ok(if *closed == Json::Bool(true) { Bound::Closed(value) } else { Bound::Open(value) })
}

/// `-1.5` is a second and a half back.
fn seconds(span: SignedDuration) -> String {
    let nanos = span.as_nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, part) = (nanos.abs() / NANOS, nanos.abs() % NANOS);
    if part == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:09}") }
}

fn read_seconds(text: &str) -> Read<SignedDuration> {
    let wrong = Unreadable::At("seconds");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let (Ok(whole), Ok(part)) = (whole.parse::<i128>(), part.parse::<i128>()) else { return Err(wrong) };
    let nanos = sign * (whole * NANOS + part);
    let whole = i64::try_from(nanos / NANOS).map_err(|_| wrong.clone())?;
    let part = i32::try_from(nanos % NANOS).map_err(|_| wrong)?;
    Ok(SignedDuration::new(whole, part))
}
