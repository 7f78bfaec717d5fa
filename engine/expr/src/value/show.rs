//! Values as literals of the language.

use std::fmt::{self, Display, Formatter, Write};

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::{Bound, ClockTime, Moment, Range, Value, Zone};
use crate::time::period::{Period, Unit};

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => out.write_str("null"),
            Value::Bool(it) => write!(out, "{it}"),
            Value::Number(it) => write!(out, "{}", it.normalize()),
            Value::Text(it) => quoted(out, it),
            Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Months(_) | Value::Span(_) => {
                out.write_str("@\"")?;
                bare(self, out)?;
                out.write_str("\"")
            }
            Value::Period(it) => period(out, it),
            Value::List(items) => {
                out.write_char('[')?;
                separated(out, items.iter(), |out, item| write!(out, "{item}"))?;
                out.write_char(']')
            }
            Value::Context(entries) => {
                out.write_char('{')?;
                separated(out, entries.iter(), |out, (name, value)| {
                    key(out, name)?;
                    write!(out, ": {value}")
                })?;
                out.write_char('}')
            }
            Value::Range(it) => write!(out, "{it}"),
        }
    }
}

/// A value as plain text: what `string(x)` yields at the top.
pub(super) fn bare(value: &Value, out: &mut impl Write) -> fmt::Result {
    match value {
        Value::Text(it) => out.write_str(it),
        Value::Date(it) => date(out, *it),
        Value::Time(it) => clock(out, it),
        Value::DateTime(it) => moment(out, it),
        Value::Months(it) => months(out, *it),
        Value::Span(it) => span(out, *it),
        other => write!(out, "{other}"),
    }
}

impl Value {
    /// The value as people read it: text without quotation marks, dates without `@`.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = bare(self, &mut text);
        text
    }
}

fn separated<T>(
    out: &mut Formatter<'_>,
    items: impl Iterator<Item = T>,
    mut each: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.write_str(", ")?;
        }
        each(out, item)?;
    }
    Ok(())
}

fn quoted(out: &mut Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c.is_control() => write!(out, "\\u{:04X}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

fn key(out: &mut Formatter<'_>, name: &str) -> fmt::Result {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_');
    if plain { out.write_str(name) } else { quoted(out, name) }
}

/// Four digits for the year: `-0044-03-15`, not the six of ISO 8601's expanded form.
fn date(out: &mut impl Write, at: Date) -> fmt::Result {
    let sign = if at.year() < 0 { "-" } else { "" };
    write!(out, "{sign}{:04}-{:02}-{:02}", at.year().unsigned_abs(), at.month(), at.day())
}

fn time(out: &mut impl Write, at: Time) -> fmt::Result {
    write!(out, "{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())?;
    fraction(out, at.subsec_nanosecond())
}

fn fraction(out: &mut impl Write, nanos: i32) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(out, ".{}", digits.trim_end_matches('0'))
}

fn zone(out: &mut impl Write, zone: &Zone) -> fmt::Result {
    match zone {
        Zone::Local => Ok(()),
        Zone::Offset(offset) => distance(out, *offset),
        Zone::Named(name) => write!(out, "@{name}"),
    }
}

fn distance(out: &mut impl Write, offset: Offset) -> fmt::Result {
    let seconds = offset.seconds();
    if seconds == 0 {
        return out.write_char('Z');
    }
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    write!(out, "{sign}{:02}:{:02}", size / 3600, size / 60 % 60)?;
    if size % 60 != 0 { write!(out, ":{:02}", size % 60) } else { Ok(()) }
}

fn clock(out: &mut impl Write, it: &ClockTime) -> fmt::Result {
    time(out, it.at)?;
    zone(out, &it.zone)
}

fn moment(out: &mut impl Write, it: &Moment) -> fmt::Result {
    let civil: DateTime = it.civil(&TimeZone::UTC);
    date(out, civil.date())?;
    out.write_char('T')?;
    time(out, civil.time())?;
    match it {
        Moment::Instant(_) => out.write_char('Z'),
        other => zone(out, &other.zone()),
    }
}

fn months(out: &mut impl Write, total: i64) -> fmt::Result {
    let size = total.unsigned_abs();
    out.write_str(if total < 0 { "-P" } else { "P" })?;
    match (size / 12, size % 12) {
        (0, months) => write!(out, "{months}M"),
        (years, 0) => write!(out, "{years}Y"),
        (years, months) => write!(out, "{years}Y{months}M"),
    }
}

fn span(out: &mut impl Write, it: SignedDuration) -> fmt::Result {
    let negative = it.is_negative();
    let (total, nanos) = (it.as_secs().unsigned_abs(), it.subsec_nanos().abs());
    out.write_str(if negative { "-P" } else { "P" })?;
    let days = total / 86_400;
    if days > 0 {
        write!(out, "{days}D")?;
    }
    let (hours, minutes, seconds) = (total / 3600 % 24, total / 60 % 60, total % 60);
    if days > 0 && hours + minutes + seconds == 0 && nanos == 0 {
        return Ok(());
    }
    out.write_char('T')?;
    if hours > 0 {
        write!(out, "{hours}H")?;
    }
    if minutes > 0 {
        write!(out, "{minutes}M")?;
    }
    if seconds > 0 || nanos > 0 || total == 0 {
        write!(out, "{seconds}")?;
        fraction(out, nanos)?;
        out.write_char('S')?;
    }
    Ok(())
}

fn period(out: &mut impl Write, it: &Period) -> fmt::Result {
    let unit = match it.unit {
        Unit::WorkingDays => "工作日",
        Unit::CalendarDays => "自然日",
        Unit::Hours => "小时",
        Unit::Months => "个月",
    };
    write!(out, "{}{unit}", it.n)
}

impl Display for Range {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match (&self.low, &self.high) {
            (Bound::Unbounded, Bound::Open(it)) => write!(out, "(<{it})"),
            (Bound::Unbounded, Bound::Closed(it)) => write!(out, "(<={it})"),
            (Bound::Open(it), Bound::Unbounded) => write!(out, "(>{it})"),
            (Bound::Closed(it), Bound::Unbounded) => write!(out, "(>={it})"),
            (low, high) => {
                out.write_char(if low.is_closed() { '[' } else { '(' })?;
                end(out, low)?;
                out.write_str("..")?;
                end(out, high)?;
                out.write_char(if high.is_closed() { ']' } else { ')' })
            }
        }
    }
}

fn end(out: &mut Formatter<'_>, bound: &Bound) -> fmt::Result {
    match bound.value() {
        None => out.write_str("null"),
        Some(value) => write!(out, "{value}"),
    }
}
