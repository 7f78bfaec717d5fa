//! Dates looked at as parts of a week, month or year.

use jiff::civil::{Date, Weekday};

use super::super::error::EvalError;
use super::super::eval::{Env, Outcome, unsuited};
use super::Builtin;
use super::reading::single;
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "day of week",
        zh: "星期",
        signature: "day of week(date: date) -> string; day of week(date: date and time) -> string",
        words: ("星期几的英文名。", "The name of the day of the week."),
        example: "day of week(@\"2026-03-02\") => \"Monday\"",
        run: day_of_week,
    },
    Builtin {
        name: "day of year",
        zh: "年中日",
        signature: "day of year(date: date) -> integer; day of year(date: date and time) -> integer",
        words: ("一年里的第几天。", "The number of the day in its year."),
        example: "day of year(@\"2026-02-01\") => 32",
        run: day_of_year,
    },
    Builtin {
        name: "month of year",
        zh: "月份",
        signature: "month of year(date: date) -> string; month of year(date: date and time) -> string",
        words: ("月份的英文名。", "The name of the month."),
        example: "month of year(@\"2026-03-02\") => \"March\"",
        run: month_of_year,
    },
    Builtin {
        name: "week of year",
        zh: "年中周",
        signature: "week of year(date: date) -> integer; week of year(date: date and time) -> integer",
        words: (
            "一年里的第几周（ISO 8601，周一为首日）。",
            "The number of the week (ISO 8601, weeks start on Monday).",
        ),
        example: "week of year(@\"2026-01-01\") => 1",
        run: week_of_year,
    },
    Builtin {
        name: "last day of month",
        zh: "月末",
        signature: "last day of month(date: date) -> date; last day of month(date: date and time) -> date",
        words: ("当月最后一天。", "The last day of the month."),
        example: "last day of month(@\"2026-02-10\") => @\"2026-02-28\"",
        run: last_day_of_month,
    },
];

fn day(env: &Env<'_>, arguments: &[Value]) -> Result<Date, Box<EvalError>> {
    match single(arguments, 0) {
        Value::Date(it) => Ok(*it),
        Value::DateTime(it) => Ok(it.civil(&env.inputs.zone()).date()),
        other => Err(unsuited(other, "这里要日期", "A date is needed here")),
    }
}

fn day_of_week(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::text(match day(env, arguments)?.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }))
}

fn day_of_year(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::from(i64::from(day(env, arguments)?.day_of_year())))
}

fn month_of_year(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(day(env, arguments)?.month()).unwrap_or(1);
    Ok(Value::text(NAMES[(month - 1) % 12]))
}

fn week_of_year(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::from(i64::from(day(env, arguments)?.iso_week_date().week())))
}

fn last_day_of_month(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::Date(day(env, arguments)?.last_of_month()))
}
