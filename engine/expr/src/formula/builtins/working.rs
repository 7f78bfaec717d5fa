//! Working days, by the calendar of the host.

use jiff::civil::Date;

use super::super::error::{EvalError, EvalKind};
use super::super::eval::{Env, Outcome, WorkingDays, error, unsuited};
use super::Builtin;
use super::reading::{overflow, single, whole};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "is working day",
        zh: "是工作日",
        signature: "is working day(date: date) -> boolean; is working day(date: date and time) -> boolean",
        words: (
            "这一天是否上班（含调休）。",
            "Whether offices work on that day, adjusted weekends included.",
        ),
        example: "is working day(@\"2026-03-02\") => true",
        run: is_working_day,
    },
    Builtin {
        name: "working days between",
        zh: "间隔工作日",
        signature: "working days between(from: date, to: date) -> integer; \
                    working days between(from: date and time, to: date and time) -> integer",
        words: (
            "两个日期之间有几个工作日：起日不算，止日算。",
            "How many working days lie between two dates: the first is not counted, the last is.",
        ),
        example: "working days between(@\"2026-03-02\", @\"2026-03-09\") => 5",
        run: between,
    },
    Builtin {
        name: "add working days",
        zh: "加工作日",
        signature: "add working days(date: date, days: number) -> date; \
                    add working days(date: date and time, days: number) -> date",
        words: (
            "此后（负数为此前）第几个工作日；起日不算。",
            "The nth working day after a date, or before it if n is negative; the date itself is not counted.",
        ),
        example: "add working days(@\"2026-03-06\", 1) => @\"2026-03-09\"",
        run: add,
    },
];

fn day(env: &Env<'_>, arguments: &[Value], at: usize) -> Result<Date, Box<EvalError>> {
    match single(arguments, at) {
        Value::Date(it) => Ok(*it),
        Value::DateTime(it) => Ok(it.civil(&env.inputs.zone()).date()),
        other => Err(unsuited(other, "这里要日期", "A date is needed here")),
    }
}

fn calendar<'a>(env: &Env<'a>) -> Result<&'a dyn WorkingDays, Box<EvalError>> {
    env.inputs.working_days().ok_or_else(|| {
        error(
            EvalKind::NoCalendar,
            "没有工作日历，无法计算工作日",
            "There is no calendar to count working days with",
        )
    })
}

fn is_working_day(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let day = day(env, arguments, 0)?;
    Ok(Value::Bool(calendar(env)?.is_working_day(day)))
}

fn between(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let (from, to) = (day(env, arguments, 0)?, day(env, arguments, 1)?);
    let calendar = calendar(env)?;
    let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
    let mut count: i64 = 0;
    let mut at = first;
    while at < last {
        env.charge(1)?;
        at = at.tomorrow().map_err(|_| overflow())?;
        count += i64::from(calendar.is_working_day(at));
    }
    Ok(Value::from(sign * count))
}

fn add(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut at = day(env, arguments, 0)?;
    let days = whole(arguments, 1)?;
    let calendar = calendar(env)?;
    let mut left = days.unsigned_abs();
    while left > 0 {
        env.charge(1)?;
        at = if days > 0 { at.tomorrow() } else { at.yesterday() }.map_err(|_| overflow())?;
        left -= u64::from(calendar.is_working_day(at));
    }
    Ok(Value::Date(at))
}
