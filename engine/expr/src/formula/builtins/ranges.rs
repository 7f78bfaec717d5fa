//! How points and ranges lie to each other (Allen's relations, as FEEL names them).

use std::cmp::Ordering;

use super::super::error::{EvalError, EvalKind};
use super::super::eval::{Env, error, order};
use super::Builtin;
use super::reading::any;
use crate::value::{Bound, Value};

macro_rules! relation {
    ($name:literal, $zh:literal, $a:literal, $b:literal, $words:expr, $example:literal, $verdict:expr) => {
        Builtin {
            name: $name,
            zh: $zh,
            signature: concat!($name, "(", $a, ": any, ", $b, ": any) -> boolean"),
            words: $words,
            example: concat!($name, $example),
            run: |_: &mut Env<'_>, arguments: &[Value]| relate(arguments, $verdict),
        }
    };
}

pub(super) const ALL: &[Builtin] = &[
    relation!(
        "before",
        "早于",
        "a",
        "b",
        ("前者整个在后者之前。", "The first lies entirely before the second."),
        "([1..5), 5) => true",
        before
    ),
    relation!(
        "after",
        "晚于",
        "a",
        "b",
        ("前者整个在后者之后。", "The first lies entirely after the second."),
        "(7, [1..5]) => true",
        |a, b| before(b, a)
    ),
    relation!(
        "meets",
        "紧接",
        "range1",
        "range2",
        ("前者的末端就是后者的始端。", "The first ends where the second starts."),
        "([1..5], [5..10]) => true",
        meets
    ),
    relation!(
        "met by",
        "被紧接",
        "range1",
        "range2",
        ("后者的末端就是前者的始端。", "The second ends where the first starts."),
        "([5..10], [1..5]) => true",
        |a, b| meets(b, a)
    ),
    relation!(
        "overlaps",
        "有重叠",
        "range1",
        "range2",
        ("两个区间有共同的部分。", "Two ranges have something in common."),
        "([1..5], [3..8]) => true",
        |a, b| Some(!before(a, b)? && !before(b, a)?)
    ),
    relation!(
        "overlaps before",
        "前部重叠",
        "range1",
        "range2",
        ("前者先开始，并伸入后者。", "The first starts earlier and reaches into the second."),
        "([1..5], [3..8]) => true",
        overlaps_before
    ),
    relation!(
        "overlaps after",
        "后部重叠",
        "range1",
        "range2",
        ("前者后结束，并从后者里开始。", "The first starts inside the second and ends later."),
        "([3..8], [1..5]) => true",
        overlaps_after
    ),
    relation!(
        "finishes",
        "同时结束",
        "a",
        "range",
        ("前者与区间同时结束，且不早于它开始。", "The first ends with the range and starts no earlier."),
        "(5, [1..5]) => true",
        finishes
    ),
    relation!(
        "finished by",
        "被同时结束",
        "range",
        "a",
        ("后者与区间同时结束，且不早于它开始。", "The second ends with the range and starts no earlier."),
        "([1..5], [3..5]) => true",
        |a, b| finishes(b, a)
    ),
    relation!(
        "includes",
        "区间包含",
        "range",
        "a",
        ("后者整个在区间之内。", "The second lies entirely inside the range."),
        "([1..10], [4..6]) => true",
        includes
    ),
    relation!(
        "during",
        "处于",
        "a",
        "range",
        ("前者整个在区间之内。", "The first lies entirely inside the range."),
        "(5, [1..10]) => true",
        |a, b| includes(b, a)
    ),
    relation!(
        "starts",
        "同时开始",
        "a",
        "range",
        ("前者与区间同时开始，且不晚于它结束。", "The first starts with the range and ends no later."),
        "([1..5], [1..10]) => true",
        starts
    ),
    relation!(
        "started by",
        "被同时开始",
        "range",
        "a",
        ("后者与区间同时开始，且不晚于它结束。", "The second starts with the range and ends no later."),
        "([1..10], 1) => true",
        |a, b| starts(b, a)
    ),
    relation!(
        "coincides",
        "重合",
        "a",
        "b",
        ("两个点或两个区间完全相同。", "Two points or two ranges are the same."),
        "([1..5], [1..5]) => true",
        coincides
    ),
];

/// A point, or a range, seen as two ends. A missing end is infinitely far away.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    low: Option<&'a Value>,
    low_closed: bool,
    high: Option<&'a Value>,
    high_closed: bool,
}

fn stretch(value: &Value) -> Stretch<'_> {
    let Value::Range(range) = value else {
        return Stretch { low: Some(value), low_closed: true, high: Some(value), high_closed: true };
    };
    let closed = Bound::is_closed;
    Stretch {
        low: range.low.value(),
        low_closed: closed(&range.low),
        high: range.high.value(),
        high_closed: closed(&range.high),
    }
}

fn relate(
    arguments: &[Value],
    verdict: fn(Stretch<'_>, Stretch<'_>) -> Option<bool>,
) -> Result<Value, Box<EvalError>> {
    let (a, b) = (any(arguments, 0), any(arguments, 1));
    let no_answer = || {
        error(
            EvalKind::WrongType,
            "这两个值不能比较先后",
            "These two cannot be compared: points or ranges of one kind are needed",
        )
    };
    verdict(stretch(a), stretch(b)).map(Value::Bool).ok_or_else(no_answer)
}

/// The order of two lower ends; a missing one is below everything.
fn lows(a: Stretch<'_>, b: Stretch<'_>) -> Option<Ordering> {
    match (a.low, b.low) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => Some(a.is_some().cmp(&b.is_some())),
    }
}

/// The order of two upper ends; a missing one is above everything.
fn highs(a: Stretch<'_>, b: Stretch<'_>) -> Option<Ordering> {
    match (a.high, b.high) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => Some(a.is_none().cmp(&b.is_none())),
    }
}

/// The upper end of one against the lower end of the other.
fn high_to_low(a: Stretch<'_>, b: Stretch<'_>) -> Option<Ordering> {
    match (a.high, b.low) {
        (Some(a), Some(b)) => order(a, b),
        _ => Some(Ordering::Greater),
    }
}

fn before(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let touching = !(a.high_closed && b.low_closed);
    high_to_low(a, b).map(|it| it.is_lt() || (it.is_eq() && touching))
}

fn meets(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    high_to_low(a, b).map(|it| it.is_eq() && a.high_closed && b.low_closed)
}

fn overlaps_before(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let (low, high) = (lows(a, b)?, highs(a, b)?);
    let earlier = low.is_lt() || (low.is_eq() && a.low_closed && !b.low_closed);
    let ends_first = high.is_lt() || (high.is_eq() && (!a.high_closed || b.high_closed));
    Some(earlier && ends_first && !before(a, b)?)
}

fn overlaps_after(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let (low, high) = (lows(a, b)?, highs(a, b)?);
    let later = high.is_gt() || (high.is_eq() && a.high_closed && !b.high_closed);
    let starts_last = low.is_gt() || (low.is_eq() && (!a.low_closed || b.low_closed));
    Some(later && starts_last && !before(b, a)?)
}

fn finishes(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let together = highs(a, b)?.is_eq() && a.high_closed == b.high_closed;
    let low = lows(a, b)?;
    Some(together && (low.is_gt() || (low.is_eq() && (!a.low_closed || b.low_closed))))
}

fn starts(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let together = lows(a, b)?.is_eq() && a.low_closed == b.low_closed;
    let high = highs(a, b)?;
    Some(together && (high.is_lt() || (high.is_eq() && (!a.high_closed || b.high_closed))))
}

fn includes(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let (low, high) = (lows(a, b)?, highs(a, b)?);
    let from = low.is_lt() || (low.is_eq() && (a.low_closed || !b.low_closed));
    let to = high.is_gt() || (high.is_eq() && (a.high_closed || !b.high_closed));
    Some(from && to)
}

fn coincides(a: Stretch<'_>, b: Stretch<'_>) -> Option<bool> {
    let ends = lows(a, b)?.is_eq() && highs(a, b)?.is_eq();
    Some(ends && a.low_closed == b.low_closed && a.high_closed == b.high_closed)
}
