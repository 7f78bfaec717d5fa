//! Decision-table cells: tests of one input, and their normal form as intervals.

use std::sync::Arc;

use super::ast::Comparison;
use super::check::{Checker, Read};
use super::error::{EvalError, FormulaError};
use super::eval::{Inputs, Machine, order};
use super::node::Test;
use super::parse::{self, Cell};
use super::scope::{HostFn, Scope};
use super::{Literal, Mode};
use crate::value::{Bound, Type, Value};

/// The values between two ends.
pub type Interval = crate::value::Range;

/// A compiled cell.
#[derive(Clone, Debug)]
pub struct UnaryTests(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    mode: Mode,
    kind: Kind,
    reads: Vec<Read>,
    literals: Vec<Literal>,
    calls: Vec<HostFn>,
}

#[derive(Debug)]
enum Kind {
    Any,
    Some(Vec<Test>),
    None(Vec<Test>),
}

/// Compiles a decision-table cell: `-`, `< 600`, `[600..700)`, `"甲", "乙"`, `not(…)`.
///
/// # Errors
/// Everything that is wrong with the text, with places and advice.
pub fn compile_unary(
    text: &str,
    input: &Type,
    scope: &Scope,
    mode: Mode,
) -> Result<UnaryTests, Vec<FormulaError>> {
    let mut names = scope.long_names().clone();
    names.add_fields(input, 0);
    let reading = parse::cell(text, names);
    let Some(cell) = reading.tree else { return Err(reading.errors) };
    let mut checker = Checker::new(text, scope, mode).with_input(input);
    let kind = match &cell {
        Cell::Any => Kind::Any,
        Cell::Tests(tests) => Kind::Some(checker.cell(tests)),
        Cell::Not(tests) => Kind::None(checker.cell(tests)),
    };
    let mut errors = reading.errors;
    errors.append(&mut checker.errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let Checker { reads, literals, calls, .. } = checker;
    Ok(UnaryTests(Arc::new(Inner { text: text.to_owned(), mode, kind, reads, literals, calls })))
}

impl UnaryTests {
    /// The cell as written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The variables read besides the input.
    pub fn reads(&self) -> &[Read] {
        &self.0.reads
    }

    /// The numbers and stretches of time written in the cell.
    pub fn literals(&self) -> &[Literal] {
        &self.0.literals
    }

    /// The functions of the host it may call, each once.
    pub fn calls(&self) -> &[HostFn] {
        &self.0.calls
    }

    /// Whether the input matches. In a policy an unknown input matches only `-` and `null`.
    ///
    /// # Errors
    /// Whatever stops the evaluation of a test.
    pub fn matches(&self, input: &Value, inputs: &dyn Inputs) -> Result<bool, EvalError> {
        let (tests, wanted) = match &self.0.kind {
            Kind::Any => return Ok(true),
            Kind::Some(tests) => (tests, true),
            Kind::None(tests) => (tests, false),
        };
        let conditions = tests.iter().any(|test| matches!(test, Test::Condition(_)));
        if input.is_null() && self.0.mode == Mode::Policy && !conditions {
            return Ok(wanted && tests.iter().any(is_null_test));
        }
        let mut machine = Machine::new(&self.0.text, inputs, self.0.mode == Mode::Feel, false);
        machine.locals.push(input.clone());
        let verdict = machine.any_test(input, tests).map_err(|error| *error)?;
        Ok(verdict == Value::Bool(wanted))
    }

    /// The matching values as intervals in ascending order, none touching another, if the cell is made of
    /// constants: numbers, dates, times, durations, texts or yes and no. `None` if it reads anything else
    /// than its input, or speaks of null.
    pub fn as_intervals(&self) -> Option<Vec<Interval>> {
        let everything = || vec![Interval { low: Bound::Unbounded, high: Bound::Unbounded }];
        match &self.0.kind {
            Kind::Any => Some(everything()),
            Kind::Some(tests) => union(tests),
            Kind::None(tests) => complement(&union(tests)?),
        }
    }
}

fn is_null_test(test: &Test) -> bool {
    matches!(test, Test::Value(node) if node.as_constant().is_some_and(Value::is_null))
}

fn union(tests: &[Test]) -> Option<Vec<Interval>> {
    let mut all = Vec::new();
    for test in tests {
        match test {
            Test::Condition(_) => return None,
            Test::Compare(comparison, node) => compared(*comparison, node.as_constant()?, &mut all)?,
            Test::Value(node) => value(node.as_constant()?, &mut all)?,
        }
    }
    merged(all)
}

fn point(value: &Value) -> Interval {
    Interval { low: Bound::Closed(value.clone()), high: Bound::Closed(value.clone()) }
}

fn compared(comparison: Comparison, end: &Value, all: &mut Vec<Interval>) -> Option<()> {
    plain(end)?;
    let (open, closed) = (Bound::Open(end.clone()), Bound::Closed(end.clone()));
    let below = |high| Interval { low: Bound::Unbounded, high };
    let above = |low| Interval { low, high: Bound::Unbounded };
    match comparison {
        Comparison::Equal => all.push(point(end)),
        Comparison::NotEqual => {
            all.push(below(open.clone()));
            all.push(above(open));
        }
        Comparison::Less => all.push(below(open)),
        Comparison::AtMost => all.push(below(closed)),
        Comparison::Greater => all.push(above(open)),
        Comparison::AtLeast => all.push(above(closed)),
    }
    Some(())
}

fn value(value: &Value, all: &mut Vec<Interval>) -> Option<()> {
    match value {
        Value::Range(range) => all.push(range.as_ref().clone()),
        Value::List(items) => {
            for item in items.iter() {
                self::value(item, all)?;
            }
        }
        other => {
            plain(other)?;
            all.push(point(other));
        }
    }
    Some(())
}

fn plain(value: &Value) -> Option<()> {
    let ordered = order(value, value).is_some() || matches!(value, Value::Bool(_));
    ordered.then_some(())
}

/// The order of two constants of one kind; no has yes above it.
fn compare(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => order(a, b),
    }
}

/// Sorted by their lower ends, with those that overlap or touch made one; empty ones are left out.
fn merged(all: Vec<Interval>) -> Option<Vec<Interval>> {
    let mut sorted: Vec<Interval> = Vec::new();
    for it in all {
        if is_empty(&it)? {
            continue;
        }
        let mut at = 0;
        while at < sorted.len() && low_order(&sorted[at].low, &it.low)?.is_le() {
            at += 1;
        }
        sorted.insert(at, it);
    }
    let mut result: Vec<Interval> = Vec::new();
    for it in sorted {
        let Some(last) = result.last_mut() else {
            result.push(it);
            continue;
        };
        if !reaches(&last.high, &it.low)? {
            result.push(it);
        } else if high_order(&last.high, &it.high)?.is_lt() {
            last.high = it.high;
        }
    }
    Some(result)
}

fn is_empty(it: &Interval) -> Option<bool> {
    let (Some(low), Some(high)) = (it.low.value(), it.high.value()) else { return Some(false) };
    let order = compare(low, high)?;
    Some(order.is_gt() || (order.is_eq() && !(it.low.is_closed() && it.high.is_closed())))
}

/// Whether an interval ending here touches one starting there, leaving no value between.
fn reaches(high: &Bound, low: &Bound) -> Option<bool> {
    let (Some(a), Some(b)) = (high.value(), low.value()) else { return Some(true) };
    let order = compare(a, b)?;
    Some(order.is_gt() || (order.is_eq() && (high.is_closed() || low.is_closed())))
}

fn low_order(a: &Bound, b: &Bound) -> Option<std::cmp::Ordering> {
    match (a.value(), b.value()) {
        // Closed starts before open.
        (Some(x), Some(y)) => Some(compare(x, y)?.then(b.is_closed().cmp(&a.is_closed()))),
        (x, y) => Some(x.is_some().cmp(&y.is_some())),
    }
}

fn high_order(a: &Bound, b: &Bound) -> Option<std::cmp::Ordering> {
    match (a.value(), b.value()) {
        (Some(x), Some(y)) => Some(compare(x, y)?.then(a.is_closed().cmp(&b.is_closed()))),
        (x, y) => Some(x.is_none().cmp(&y.is_none())),
    }
}

/// Everything outside intervals that are in order and apart.
fn complement(all: &[Interval]) -> Option<Vec<Interval>> {
    let points: Vec<bool> = all.iter().filter_map(|it| it.low.value().and_then(Value::as_bool)).collect();
    if !points.is_empty() {
        // Two values only: the rest is listed, not fenced in.
        let rest = [false, true].into_iter().filter(|it| !points.contains(it));
        return Some(rest.map(|it| point(&Value::Bool(it))).collect());
    }
    let flip = |bound: &Bound| match bound {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Open(it) => Bound::Closed(it.clone()),
        Bound::Closed(it) => Bound::Open(it.clone()),
    };
    let mut result = Vec::new();
    let mut low = Some(Bound::Unbounded);
    for it in all {
        if let Some(low) = low.take().filter(|_| it.low != Bound::Unbounded) {
            result.push(Interval { low, high: flip(&it.low) });
        }
        low = (it.high != Bound::Unbounded).then(|| flip(&it.high));
    }
    result.extend(low.map(|low| Interval { low, high: Bound::Unbounded }));
    Some(result)
}

impl PartialEq for UnaryTests {
    fn eq(&self, other: &UnaryTests) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for UnaryTests {}
