//! Fields, properties, filters, and the values written in brackets.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::prelude::ToPrimitive;

use super::super::error::{EvalError, EvalKind};
use super::super::limits;
use super::super::node::{Node, Op, Picks};
use super::{Machine, Outcome, error, order, unsuited};
use crate::value::{Bound, Range, Value, Zone};

impl Machine<'_> {
    pub(super) fn path(&mut self, of: &Node, name: &Arc<str>) -> Outcome {
        // A trace shows the record, too; otherwise it need not be made.
        if let Op::Variable(slot) = of.op
            && self.trace.is_none()
            && let Some(value) = self.env.inputs.field(slot, name)
        {
            self.env.charge(1)?;
            return Ok(value);
        }
        let value = self.eval(of)?;
        self.field(&value, name)
    }

    fn field(&mut self, value: &Value, name: &str) -> Outcome {
        match value {
            Value::Context(entries) => match entries.get(name) {
                Some(value) => Ok(value.clone()),
                None => Ok(Value::Null),
            },
            Value::List(items) => {
                self.env.charge(items.len())?;
                let fields = items.iter().map(|item| self.field(item, name)).collect::<Result<_, _>>()?;
                self.env.list(fields)
            }
            Value::Null if self.env.feel => Ok(Value::Null),
            Value::Null => Err(unsuited(value, "取字段要有记录", "A field is taken from a record")),
            other => self.property(other, name).ok_or_else(|| {
                error(
                    EvalKind::WrongType,
                    format!("这个值没有“{name}”"),
                    format!("This value has no `{name}`"),
                )
            }),
        }
    }

    fn property(&self, value: &Value, name: &str) -> Option<Value> {
        match value {
            Value::Date(it) => of_date(*it, name),
            Value::Time(it) => of_time(it.at, name).or_else(|| of_zone(it.offset(), &it.zone, name)),
            Value::DateTime(it) => {
                let office = self.env.inputs.zone();
                let civil: DateTime = it.civil(&office);
                of_date(civil.date(), name)
                    .or_else(|| of_time(civil.time(), name))
                    .or_else(|| of_zone(it.offset(&office), &it.zone(), name))
            }
            Value::Months(n) => match name {
                "years" => Some(Value::from(n / 12)),
                "months" => Some(Value::from(n % 12)),
                _ => None,
            },
            Value::Span(it) => of_span(*it, name),
            Value::Range(it) => of_range(it, name),
            _ => None,
        }
    }

    pub(super) fn item_or(&mut self, at: u32, name: &Arc<str>, otherwise: &Node) -> Outcome {
        if let Some(Value::Context(entries)) = self.locals.get(at as usize)
            && let Some(value) = entries.get(name)
        {
            return Ok(value.clone());
        }
        self.eval(otherwise)
    }

    pub(super) fn filter(&mut self, of: &Node, by: &Node, picks: Picks) -> Outcome {
        let value = self.eval(of)?;
        let items: Arc<[Value]> = match value {
            Value::List(items) => items,
            Value::Null if self.env.feel => Arc::new([]),
            Value::Null => return Err(unsuited(&value, "筛选要有列表", "A filter needs a list")),
            single => Arc::new([single]),
        };
        match picks {
            Picks::Index => {
                let index = self.eval(by)?;
                pick(&items, &index)
            }
            Picks::Matching => self.matching(&items, by, 0, Vec::new()),
            Picks::Unclear => self.unclear(&items, by),
        }
    }

    /// The first item tells whether the brackets hold a number or a condition.
    fn unclear(&mut self, items: &Arc<[Value]>, by: &Node) -> Outcome {
        let first = items.first().cloned();
        let verdict = self.with_item(first.clone().unwrap_or_default(), by)?;
        match (verdict, first) {
            (index @ Value::Number(_), _) => pick(items, &index),
            (_, None) => Ok(Value::List(items.clone())),
            (Value::Bool(true), Some(first)) => self.matching(items, by, 1, vec![first]),
            _ => self.matching(items, by, 1, Vec::new()),
        }
    }

    fn matching(&mut self, items: &[Value], by: &Node, from: usize, mut kept: Vec<Value>) -> Outcome {
        for item in &items[from..] {
            match self.with_item(item.clone(), by)? {
                Value::Bool(true) => kept.push(item.clone()),
                Value::Bool(false) => {}
                _ if self.env.feel => {}
                other => {
                    let error = unsuited(&other, "筛选条件要是“是否”", "A filter takes a condition");
                    return Err(Box::new(error.at(by.place)));
                }
            }
        }
        self.env.list(kept)
    }

    fn with_item(&mut self, item: Value, node: &Node) -> Outcome {
        self.locals.push(item);
        let outcome = self.eval(node);
        self.locals.pop();
        outcome
    }

    pub(super) fn list(&mut self, items: &[Node]) -> Outcome {
        let values = self.all(items)?;
        self.env.list(values)
    }

    pub(super) fn context(&mut self, entries: &[(Arc<str>, Node)]) -> Outcome {
        let base = self.locals.len();
        let mut named = BTreeMap::new();
        for (name, node) in entries {
            match self.eval(node) {
                Ok(value) => {
                    self.locals.push(value.clone());
                    named.insert(name.clone(), value);
                }
                Err(error) => {
                    self.locals.truncate(base);
                    return Err(error);
                }
            }
        }
        self.locals.truncate(base);
        Ok(Value::Context(Arc::new(named)))
    }

    pub(super) fn range(
        &mut self,
        low: Option<&Node>,
        low_closed: bool,
        high: Option<&Node>,
        high_closed: bool,
    ) -> Outcome {
        let low = self.bound(low, low_closed)?;
        let high = self.bound(high, high_closed)?;
        if let (Some(a), Some(b)) = (low.value(), high.value()) {
            match order(a, b) {
                None => {
                    return Err(error(
                        EvalKind::WrongType,
                        "区间两端的类型不同",
                        "The two ends of the range are of different kinds",
                    ));
                }
                // An empty range is most likely a slip: FEEL calls it null too.
                Some(it) if it.is_gt() => {
                    return Err(error(
                        EvalKind::BadArgument,
                        "区间的下端大于上端",
                        "The lower end of the range is above its upper end",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(Value::Range(Arc::new(Range { low, high })))
    }

    fn bound(&mut self, node: Option<&Node>, closed: bool) -> Result<Bound, Box<EvalError>> {
        let Some(node) = node else { return Ok(Bound::Unbounded) };
        let value = self.eval(node)?;
        if order(&value, &value).is_none() {
            return Err(unsuited(&value, "区间两端要能比较大小", "The ends of a range have an order"));
        }
        Ok(if closed { Bound::Closed(value) } else { Bound::Open(value) })
    }
}

/// The item with this number: 1 is the first, -1 the last.
fn pick(items: &[Value], index: &Value) -> Outcome {
    let Value::Number(number) = index else {
        return Err(unsuited(index, "列表的序号要是数字", "The place in a list is a number"));
    };
    let Some(at) = number.is_integer().then(|| number.to_i64()).flatten() else { return Ok(Value::Null) };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from_start = if at > 0 { at - 1 } else { length.saturating_add(at) };
    if at == 0 || from_start < 0 {
        return Ok(Value::Null);
    }
    Ok(usize::try_from(from_start).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default())
}

fn small(n: impl Into<i64>) -> Option<Value> {
    Some(Value::from(n.into()))
}

fn of_date(it: Date, name: &str) -> Option<Value> {
    match name {
        "year" => small(it.year()),
        "month" => small(it.month()),
        "day" => small(it.day()),
        "weekday" => small(it.weekday().to_monday_one_offset()),
        _ => None,
    }
}

fn of_time(it: Time, name: &str) -> Option<Value> {
    match name {
        "hour" => small(it.hour()),
        "minute" => small(it.minute()),
        "second" => small(it.second()),
        _ => None,
    }
}

fn of_zone(offset: Option<jiff::tz::Offset>, zone: &Zone, name: &str) -> Option<Value> {
    match name {
        "time offset" => Some(offset.map_or(Value::Null, |offset| {
            Value::Span(SignedDuration::from_secs(i64::from(offset.seconds())))
        })),
        "timezone" => Some(match zone {
            Zone::Named(name) => Value::Text(name.clone()),
            _ => Value::Null,
        }),
        _ => None,
    }
}

fn of_span(it: SignedDuration, name: &str) -> Option<Value> {
    let seconds = it.as_secs();
    match name {
        "days" => small(seconds / 86_400),
        "hours" => small(seconds / 3600 % 24),
        "minutes" => small(seconds / 60 % 60),
        "seconds" => small(seconds % 60),
        _ => None,
    }
}

fn of_range(it: &Range, name: &str) -> Option<Value> {
    match name {
        "start" => Some(it.low.value().cloned().unwrap_or_default()),
        "end" => Some(it.high.value().cloned().unwrap_or_default()),
        "start included" => Some(Value::Bool(it.low.is_closed())),
        "end included" => Some(Value::Bool(it.high.is_closed())),
        _ => None,
    }
}

/// Refuses lists within lists beyond what can be walked safely; counts what it looks at.
pub(super) fn shallow(machine: &mut Machine<'_>, value: &Value, depth: usize) -> Result<(), Box<EvalError>> {
    machine.env.charge(1)?;
    if depth > limits::VALUE_DEPTH {
        return Err(error(EvalKind::Size, "列表嵌套过深", "The lists are nested too deeply"));
    }
    match value {
        Value::List(items) => items.iter().try_for_each(|item| shallow(machine, item, depth + 1)),
        Value::Context(entries) => entries.values().try_for_each(|it| shallow(machine, it, depth + 1)),
        _ => Ok(()),
    }
}
