//! What is equal to, less than and inside what.

use std::cmp::Ordering;

use super::super::ast::{Comparison, Named};
use super::super::error::EvalError;
use super::Env;
use crate::value::{Bound, ClockTime, Moment, Range, Value};

type Verdict = Result<Option<bool>, Box<EvalError>>;

/// Whether the comparison holds; `None` when the two cannot be compared.
pub(crate) fn holds(env: &mut Env<'_>, comparison: Comparison, left: &Value, right: &Value) -> Verdict {
    // By far the most frequent case first.
    if let (Value::Number(a), Value::Number(b)) = (left, right) {
        return Ok(Some(decide(comparison, a.cmp(b))));
    }
    match comparison {
        Comparison::Equal => equal(env, left, right),
        Comparison::NotEqual => Ok(equal(env, left, right)?.map(|it| !it)),
        _ => {
            let (a, b) = (left.as_text().map_or(0, str::len), right.as_text().map_or(0, str::len));
            env.charge(a.min(b) / 256)?;
            Ok(order(left, right).map(|it| decide(comparison, it)))
        }
    }
}

fn decide(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::AtLeast => order.is_ge(),
    }
}

/// FEEL's `=`: null equals only null, values of two kinds have no answer.
pub(crate) fn equal(env: &mut Env<'_>, left: &Value, right: &Value) -> Verdict {
    if let (Value::Text(a), Value::Text(b)) = (left, right) {
        env.charge(a.len().min(b.len()) / 256)?;
        return Ok(Some(a == b));
    }
    Ok(match (left, right) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Period(a), Value::Period(b)) => Some(a == b),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Ok(Some(false));
            }
            return all_equal(env, a.iter().zip(b.iter()));
        }
        (Value::Context(a), Value::Context(b)) => {
            if a.len() != b.len() || a.keys().ne(b.keys()) {
                return Ok(Some(false));
            }
            return all_equal(env, a.values().zip(b.values()));
        }
        (Value::Range(a), Value::Range(b)) => {
            let low = equal_bounds(env, &a.low, &b.low)?;
            let high = equal_bounds(env, &a.high, &b.high)?;
            Some(low && high)
        }
        (Value::Time(a), Value::Time(b)) => Some(clock(a) == clock(b)),
        _ => order(left, right).map(Ordering::is_eq),
    })
}

fn all_equal<'a>(env: &mut Env<'_>, pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Verdict {
    for (a, b) in pairs {
        env.charge(1)?;
        // Within a list, two kinds are simply different.
        if !equal(env, a, b)?.unwrap_or(false) {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

fn equal_bounds(env: &mut Env<'_>, a: &Bound, b: &Bound) -> Result<bool, Box<EvalError>> {
    let (Some(x), Some(y)) = (a.value(), b.value()) else { return Ok(a == b) };
    Ok(a.is_closed() == b.is_closed() && equal(env, x, y)?.unwrap_or(false))
}

/// FEEL's order: only within one kind, and only where the kind has one.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Months(a), Value::Months(b)) => a.cmp(b),
        (Value::Span(a), Value::Span(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => {
            let (a, b) = (clock(a), clock(b));
            if a.1 != b.1 {
                return None;
            }
            a.0.cmp(&b.0)
        }
        (Value::DateTime(a), Value::DateTime(b)) => return moments(a, b),
        _ => return None,
    })
}

/// Seconds and nanoseconds of the day in UTC, and whether a zone is known.
fn clock(it: &ClockTime) -> ((i64, i32), bool) {
    let of_day = i64::from(it.at.hour()) * 3600 + i64::from(it.at.minute()) * 60 + i64::from(it.at.second());
    let offset = it.offset();
    let utc = of_day - offset.map_or(0, |offset| i64::from(offset.seconds()));
    ((utc, it.at.subsec_nanosecond()), offset.is_some())
}

fn moments(a: &Moment, b: &Moment) -> Option<Ordering> {
    match (a, b) {
        (Moment::Local(a), Moment::Local(b)) => Some(a.cmp(b)),
        _ => Some(a.timestamp()?.cmp(&b.timestamp()?)),
    }
}

/// Whether a value lies inside a range; `None` when they cannot be compared.
pub(crate) fn within(value: &Value, range: &Range) -> Option<bool> {
    let above = match &range.low {
        Bound::Unbounded => true,
        Bound::Open(low) => order(value, low)?.is_gt(),
        Bound::Closed(low) => order(value, low)?.is_ge(),
    };
    let below = match &range.high {
        Bound::Unbounded => true,
        Bound::Open(high) => order(value, high)?.is_lt(),
        Bound::Closed(high) => order(value, high)?.is_le(),
    };
    Some(above && below)
}

/// `instance of`.
pub(super) fn is_a(value: &Value, named: &Named) -> bool {
    match (named, value) {
        (Named::Any, it) => !it.is_null(),
        (Named::Null, Value::Null)
        | (Named::Number, Value::Number(_))
        | (Named::Text, Value::Text(_))
        | (Named::Bool, Value::Bool(_))
        | (Named::Date, Value::Date(_))
        | (Named::Time, Value::Time(_))
        | (Named::DateTime, Value::DateTime(_))
        | (Named::Span, Value::Span(_))
        | (Named::Months, Value::Months(_)) => true,
        (Named::List(of), Value::List(items)) => {
            **of == Named::Any || items.iter().all(|item| is_a(item, of))
        }
        (Named::Range(of), Value::Range(range)) => {
            let ends = [range.low.value(), range.high.value()];
            **of == Named::Any || ends.into_iter().flatten().all(|end| is_a(end, of))
        }
        (Named::Context(fields), Value::Context(entries)) => fields
            .iter()
            .all(|(name, of)| entries.get(name.as_str()).is_some_and(|it| it.is_null() || is_a(it, of))),
        _ => false,
    }
}
