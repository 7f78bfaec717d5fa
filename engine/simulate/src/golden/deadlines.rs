//! Rows of deadlines: an anchor, a period and when it is due.

use expr::time::calendar::Calendar;
use expr::time::deadline::due;
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit};
use jiff::Timestamp;
use jiff::civil::Time;
use language::words::{Lang, Words};

use super::{Columns, differs};
use crate::told;

/// Holds one row against legal time.
pub fn hold(row: &Columns<'_>, calendar: &Calendar) -> Vec<Words> {
    let (anchor, period) = match (anchor(row), period(row)) {
        (Ok(anchor), Ok(period)) => (anchor, period),
        (Err(words), _) | (_, Err(words)) => return vec![words],
    };
    let due = match due(anchor, &period, calendar) {
        Ok(due) => due,
        Err(error) => {
            return vec![Words::new(error.text(Lang::Zh), error.text(Lang::En))];
        }
    };
    let mut found = Vec::new();
    let last_day = due.last_day.to_string();
    if row.get("last_day") != last_day {
        found.push(differs("last_day", row.get("last_day"), &last_day));
    }
    if row.get("due_at_exclusive").parse::<Timestamp>().ok() != Some(due.at) {
        let local = told::wall(due.at, calendar.zone());
        found.push(differs("due_at_exclusive", row.get("due_at_exclusive"), &local));
    }
    if row.get("provisional") != due.provisional.to_string() {
        found.push(differs("provisional", row.get("provisional"), &due.provisional.to_string()));
    }
    found
}

fn anchor(row: &Columns<'_>) -> Result<Timestamp, Words> {
    let text = row.get("anchor");
    text.parse().map_err(|_| unlike("anchor", text, "2026-03-02T09:00:00+08:00"))
}

fn period(row: &Columns<'_>) -> Result<Period, Words> {
    let n = row.get("n").parse().map_err(|_| unlike("n", row.get("n"), "0, 1, 2, ..."))?;
    Ok(Period {
        n,
        unit: unit(row.get("unit"))?,
        count_from: count_from(row.get("count_from"))?,
        roll: roll(row.get("roll"))?,
        cutoff: cutoff(row.get("cutoff"))?,
        shift: shift(row.get("anchor_shift"))?,
    })
}

/// Reads a unit.
///
/// # Errors
/// The units there are.
pub fn unit(text: &str) -> Result<Unit, Words> {
    match text {
        "working_days" => Ok(Unit::WorkingDays),
        "calendar_days" => Ok(Unit::CalendarDays),
        "hours" => Ok(Unit::Hours),
        "months" => Ok(Unit::Months),
        _ => Err(unlike("unit", text, "working_days, calendar_days, hours, months")),
    }
}

/// Reads where counting starts.
///
/// # Errors
/// The words there are.
pub fn count_from(text: &str) -> Result<CountFrom, Words> {
    match text {
        "" | "next_day" => Ok(CountFrom::NextDay),
        "same_day" => Ok(CountFrom::SameDay),
        _ => Err(unlike("count_from", text, "next_day, same_day")),
    }
}

/// Reads what a rest day at the end does.
///
/// # Errors
/// The words there are.
pub fn roll(text: &str) -> Result<Roll, Words> {
    match text {
        "" | "none" => Ok(Roll::None),
        "next_working_day" => Ok(Roll::NextWorkingDay),
        _ => Err(unlike("roll", text, "none, next_working_day")),
    }
}

/// Reads what a late anchor does.
///
/// # Errors
/// The words there are.
pub fn shift(text: &str) -> Result<Shift, Words> {
    match text {
        "" | "none" => Ok(Shift::None),
        "next_working_day" => Ok(Shift::NextWorkingDay),
        _ => Err(unlike("anchor_shift", text, "none, next_working_day")),
    }
}

/// Reads the close of the last day.
///
/// # Errors
/// What a time of day looks like.
pub fn cutoff(text: &str) -> Result<Option<Time>, Words> {
    match text {
        "" | "24:00" => Ok(None),
        _ => text.parse().map(Some).map_err(|_| unlike("cutoff", text, "24:00, 17:30")),
    }
}

fn unlike(column: &str, text: &str, known: &str) -> Words {
    Words::new(
        format!("{column}：“{text}”读不出来，可写 {known}"),
        format!("{column}: `{text}` is none of {known}"),
    )
}
