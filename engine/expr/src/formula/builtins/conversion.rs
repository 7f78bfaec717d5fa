//! From one kind of value to another.

use std::fmt::Write;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::error::EvalError;
use super::super::eval::{Env, Outcome, unsuited};
use super::super::limits;
use super::Builtin;
use super::reading::{any, bad, number, single, text, whole};
use crate::value::{self, ClockTime, Moment, Value, Zone};

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "string",
        zh: "转文字",
        signature: "string(from: any) -> string; string(from: any?) -> string?",
        words: ("把任何值写成文字；空值还是空值。", "Any value as text; null stays null."),
        example: "string(1.10) => \"1.1\"",
        run: string,
    },
    Builtin {
        name: "number",
        zh: "转数字",
        signature: "number(from: string, grouping separator?: string?, decimal separator?: string?) -> number",
        words: (
            "把文字读成数字，可说明千分位和小数点。",
            "Reads a number from text, with the separators it uses.",
        ),
        example: "number(\"1,000.50\", \",\", \".\") => 1000.5",
        run: to_number,
    },
    Builtin {
        name: "date",
        zh: "日期",
        signature: "date(from: string) -> date; date(from: date and time) -> date; date(from: date) -> date; \
                    date(year: number, month: number, day: number) -> date",
        words: (
            "从文字、日期时间或年月日得到日期。",
            "A date from text, from a date and time, or from year, month and day.",
        ),
        example: "date(2026, 3, 1) => @\"2026-03-01\"",
        run: date,
    },
    Builtin {
        name: "time",
        zh: "时刻",
        signature: "time(from: string) -> time; time(from: date and time) -> time; time(from: time) -> time; \
                    time(hour: number, minute: number, second: number, offset?: days and time duration?) -> time",
        words: (
            "从文字、日期时间或时分秒得到时刻。",
            "A time from text, from a date and time, or from hour, minute and second.",
        ),
        example: "time(9, 30, 0) => @\"09:30:00\"",
        run: time,
    },
    Builtin {
        name: "date and time",
        zh: "日期时间",
        signature: "date and time(from: string) -> date and time; date and time(from: date) -> date and time; \
                    date and time(from: date and time) -> date and time; \
                    date and time(date: date, time: time) -> date and time; \
                    date and time(date: date and time, time: time) -> date and time; \
                    date and time(date and time: date and time, timezone: string) -> date and time",
        words: (
            "从文字、日期加时刻得到日期时间，或换到另一个时区。",
            "A date and time from text, from a date and a time, or seen in another zone.",
        ),
        example: "date and time(@\"2026-03-01\", @\"09:30:00\") => @\"2026-03-01T09:30:00\"",
        run: date_and_time,
    },
    Builtin {
        name: "duration",
        zh: "时长",
        signature: "duration(from: string) -> duration; duration(from: duration) -> duration",
        words: ("从文字得到时长。", "A duration from text."),
        example: "duration(\"P1DT2H\") => @\"P1DT2H\"",
        run: duration,
    },
    Builtin {
        name: "years and months duration",
        zh: "相差年月",
        signature: "years and months duration(from: date, to: date) -> years and months duration; \
                    years and months duration(from: date and time, to: date and time) -> years and months duration",
        words: ("两个日期之间有几整月。", "The whole months between two dates."),
        example: "years and months duration(@\"2024-12-01\", @\"2026-03-15\") => @\"P1Y3M\"",
        run: years_and_months,
    },
];

fn string(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    match any(arguments, 0) {
        Value::Null => Ok(Value::Null),
        Value::Text(it) => Ok(Value::Text(it.clone())),
        value @ (Value::List(_) | Value::Context(_)) => written(env, value),
        value => env.text(value.plain()),
    }
}

/// A list or context as text, given up when it grows too large: parts may be shared many times over.
fn written(env: &mut Env<'_>, value: &Value) -> Outcome {
    struct Bounded(String);
    impl Write for Bounded {
        fn write_str(&mut self, piece: &str) -> std::fmt::Result {
            self.0.push_str(piece);
            if self.0.len() > limits::SIZE { Err(std::fmt::Error) } else { Ok(()) }
        }
    }
    let mut text = Bounded(String::new());
    let fits = write!(text, "{value}").is_ok();
    env.charge_size(if fits { text.0.len() } else { limits::SIZE + 1 })?;
    env.text(text.0)
}

fn to_number(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut digits = text(arguments, 0)?.to_owned();
    let separator = |at: usize, allowed: &[&str]| -> Result<Option<String>, Box<EvalError>> {
        if any(arguments, at).is_null() {
            return Ok(None);
        }
        let sign = text(arguments, at)?;
        if allowed.contains(&sign) { Ok(Some(sign.to_owned())) } else { Err(bad_separator()) }
    };
    let grouping = separator(1, &[" ", ",", "."])?;
    let decimal = separator(2, &[".", ","])?;
    if grouping.is_some() && grouping == decimal {
        return Err(bad_separator());
    }
    if let Some(grouping) = grouping {
        digits = digits.replace(&grouping, "");
    }
    if let Some(decimal) = decimal {
        digits = digits.replace(&decimal, ".");
    }
    let plain = digits.strip_prefix('-').unwrap_or(&digits);
    let shaped = plain.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && plain.ends_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = if shaped { Decimal::from_str_exact(&digits).ok() } else { None };
    let scientific = || Decimal::from_scientific(&digits).ok();
    number
        .or_else(|| plain.starts_with(|c: char| c.is_ascii_digit()).then(scientific).flatten())
        .map(Value::Number)
        .ok_or_else(|| bad("这不是数字", "This is not a number"))
}

fn bad_separator() -> Box<EvalError> {
    bad(
        "千分位只能是空格、逗号或句点，小数点只能是句点或逗号，且两者不同",
        "The grouping separator is a space, comma or period, the decimal separator another one of comma and period",
    )
}

fn no_date() -> Box<EvalError> {
    bad("没有这个日期（写法：2026-03-01）", "There is no such date; write it as 2026-03-01")
}

fn no_time() -> Box<EvalError> {
    bad("没有这个时刻（写法：09:30:00）", "There is no such time; write it as 09:30:00")
}

fn date(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    if arguments.len() == 3 {
        let (year, month, day) = (whole(arguments, 0)?, whole(arguments, 1)?, whole(arguments, 2)?);
        return civil(year, month, day).map(Value::Date).ok_or_else(no_date);
    }
    match single(arguments, 0) {
        Value::Date(it) => Ok(Value::Date(*it)),
        Value::DateTime(it) => Ok(Value::Date(it.civil(&env.inputs.zone()).date())),
        Value::Text(it) => value::date(it).map(Value::Date).ok_or_else(no_date),
        other => Err(unsuited(other, "这里要文字或日期时间", "Text or a date and time is needed here")),
    }
}

fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn time(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    if arguments.len() >= 3 {
        return time_of_parts(arguments);
    }
    match single(arguments, 0) {
        Value::Time(it) => Ok(Value::Time(it.clone())),
        Value::DateTime(it) => {
            let at = it.civil(&env.inputs.zone()).time();
            Ok(Value::Time(ClockTime { at, zone: it.zone() }))
        }
        Value::Date(_) => {
            Ok(Value::Time(ClockTime { at: Time::midnight(), zone: Zone::Offset(Offset::UTC) }))
        }
        Value::Text(it) => value::time_of_day(it).map(Value::Time).ok_or_else(no_time),
        other => Err(unsuited(other, "这里要文字或日期时间", "Text or a date and time is needed here")),
    }
}

fn time_of_parts(arguments: &[Value]) -> Outcome {
    let (hour, minute, second) = (whole(arguments, 0)?, whole(arguments, 1)?, number(arguments, 2)?);
    let nanos =
        (second - second.trunc()).checked_mul(Decimal::from(1_000_000_000)).and_then(|it| it.to_i32());
    let parts = i8::try_from(hour).ok().zip(i8::try_from(minute).ok()).zip(second.trunc().to_i8()).zip(nanos);
    let at = parts.and_then(|(((hour, minute), second), nanos)| Time::new(hour, minute, second, nanos).ok());
    let zone = match any(arguments, 3) {
        Value::Null => Zone::Local,
        Value::Span(it) => Zone::Offset(offset(*it).ok_or_else(no_time)?),
        other => return Err(unsuited(other, "时差要是时长", "The offset is a duration")),
    };
    Ok(Value::Time(ClockTime { at: at.ok_or_else(no_time)?, zone }))
}

fn offset(span: SignedDuration) -> Option<Offset> {
    Offset::from_seconds(i32::try_from(span.as_secs()).ok()?)
        .ok()
        .filter(|_| span.as_secs().abs() <= 18 * 3600)
}

fn date_and_time(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    if arguments.len() == 2 {
        return joined(env, single(arguments, 0), single(arguments, 1));
    }
    match single(arguments, 0) {
        Value::DateTime(it) => Ok(Value::DateTime(it.clone())),
        Value::Date(it) => Ok(Value::DateTime(Moment::Local(it.to_datetime(Time::midnight())))),
        Value::Text(it) => value::date_and_time(it).map(Value::DateTime).ok_or_else(no_moment),
        other => Err(unsuited(other, "这里要文字或日期", "Text or a date is needed here")),
    }
}

fn no_moment() -> Box<EvalError> {
    bad(
        "没有这个日期时间（写法：2026-03-01T09:30:00+08:00）",
        "There is no such date and time; write it as 2026-03-01T09:30:00+08:00",
    )
}

fn joined(env: &mut Env<'_>, first: &Value, second: &Value) -> Outcome {
    let day = match (first, second) {
        (Value::DateTime(it), Value::Text(zone)) => {
            let known =
                jiff::tz::TimeZone::get(zone).map_err(|_| bad("没有这个时区", "There is no such zone"))?;
            let zone = Zone::Named(known.iana_name().unwrap_or(zone).into());
            let moved = match it.timestamp() {
                Some(at) => Some(Moment::Zoned(at, zone)),
                None => Moment::new(it.civil(&known), zone),
            };
            return moved.map(Value::DateTime).ok_or_else(no_moment);
        }
        (Value::Date(it), _) => *it,
        (Value::DateTime(it), _) => it.civil(&env.inputs.zone()).date(),
        (other, _) => return Err(unsuited(other, "这里要日期", "A date is needed here")),
    };
    let Value::Time(clock) = second else {
        return Err(unsuited(second, "这里要时刻", "A time is needed here"));
    };
    let civil = DateTime::from_parts(day, clock.at);
    Moment::new(civil, clock.zone.clone()).map(Value::DateTime).ok_or_else(no_moment)
}

fn duration(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    match single(arguments, 0) {
        it @ (Value::Months(_) | Value::Span(_)) => Ok(it.clone()),
        Value::Text(it) => value::duration(it).ok_or_else(|| {
            bad(
                "没有这个时长（写法：P3M、P5D、PT72H）",
                "There is no such duration; write it as P3M, P5D or PT72H",
            )
        }),
        other => Err(unsuited(other, "这里要文字", "Text is needed here")),
    }
}

fn years_and_months(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let office = env.inputs.zone();
    let day = |at: usize| match single(arguments, at) {
        Value::Date(it) => Ok(*it),
        Value::DateTime(it) => Ok(it.civil(&office).date()),
        other => Err(unsuited(other, "这里要日期", "A date is needed here")),
    };
    let (from, to) = (day(0)?, day(1)?);
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let mut between = months(to) - months(from);
    // A month that has begun but is not over does not count, in either direction.
    if between > 0 && to.day() < from.day() {
        between -= 1;
    } else if between < 0 && to.day() > from.day() {
        between += 1;
    }
    Ok(Value::Months(between))
}
