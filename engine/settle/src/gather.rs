//! Gathering: what several rows come to, and finding it again by what they agree in.

use std::collections::{BTreeMap, BTreeSet};

use expr::value::Value;
use language::rules::{Gather, Total};
use rust_decimal::Decimal;

use crate::Stopped;
use crate::frame::Fixed;
use crate::stopped::too_large;

/// What has been gathered so far.
#[derive(Clone, Debug)]
pub enum Gathered {
    Sum(Decimal),
    Count(u64),
    Distinct(BTreeSet<Value>),
    Average(Decimal, u64),
    Least(Option<Value>),
    Greatest(Option<Value>),
    Any(Option<bool>),
    Only(Option<Value>),
}

impl Gathered {
    /// Nothing yet.
    pub fn new(gather: Gather) -> Gathered {
        match gather {
            Gather::Sum => Gathered::Sum(Decimal::ZERO),
            Gather::Count => Gathered::Count(0),
            Gather::Distinct => Gathered::Distinct(BTreeSet::new()),
            Gather::Average => Gathered::Average(Decimal::ZERO, 0),
            Gather::Least => Gathered::Least(None),
            Gather::Greatest => Gathered::Greatest(None),
            Gather::Any => Gathered::Any(None),
            Gather::Only => Gathered::Only(None),
        }
    }

    /// One more row, if it counts.
    pub fn take(&mut self, total: &Total, fixed: &Fixed<'_>, row: &[Value]) -> Result<(), Stopped> {
        if let Some(keep) = &total.keep
            && !fixed.holds(keep, row)?
        {
            return Ok(());
        }
        let value = match &total.value {
            Some(value) => fixed.eval(value, row)?,
            None => Value::Null,
        };
        self.add(value)
    }

    fn add(&mut self, value: Value) -> Result<(), Stopped> {
        match self {
            Gathered::Sum(sum) => *sum = plus(*sum, &value)?,
            Gathered::Average(sum, count) => {
                *sum = plus(*sum, &value)?;
                *count += 1;
            }
            Gathered::Count(count) => *count += 1,
            Gathered::Distinct(all) => {
                all.insert(value);
            }
            Gathered::Least(least) => {
                if least.as_ref().is_none_or(|least| value < *least) {
                    *least = Some(value);
                }
            }
            Gathered::Greatest(most) => {
                if most.as_ref().is_none_or(|most| value > *most) {
                    *most = Some(value);
                }
            }
            Gathered::Any(any) => *any = Some(any.unwrap_or(false) || value == Value::Bool(true)),
            Gathered::Only(only) => match only {
                Some(other) if *other != value => {
                    return Err(Stopped::new(
                        format!("`only` 要唯一的值，却有 {other} 和 {value}"),
                        format!("`only` wants one value and there are {other} and {value}"),
                    ));
                }
                _ => *only = Some(value),
            },
        }
        Ok(())
    }

    /// What it comes to; none when no row says anything.
    pub fn value(&self) -> Option<Value> {
        match self {
            Gathered::Sum(sum) => Some(Value::Number(*sum)),
            Gathered::Count(count) => Some(Value::number(*count)),
            Gathered::Distinct(all) => Some(Value::number(all.len() as u64)),
            Gathered::Average(_, 0) => None,
            Gathered::Average(sum, count) => sum.checked_div(Decimal::from(*count)).map(Value::Number),
            Gathered::Least(value) | Gathered::Greatest(value) | Gathered::Only(value) => value.clone(),
            Gathered::Any(any) => any.map(Value::Bool),
        }
    }

    /// What no rows at all come to.
    pub fn of_nothing(gather: Gather) -> Option<Value> {
        match gather {
            Gather::Any => Some(Value::Bool(false)),
            other => Gathered::new(other).value(),
        }
    }
}

fn plus(sum: Decimal, value: &Value) -> Result<Decimal, Stopped> {
    let number = value.as_number().unwrap_or_default();
    sum.checked_add(number).ok_or_else(too_large)
}

/// What rows agree in, or an order.
pub type Key = Box<[Value]>;

/// What has come up to and including each step of an order.
pub type Steps = Vec<(Key, Value)>;

/// What is gathered at each step of an order in each group.
pub type Ordered = BTreeMap<(Key, Key), Gathered>;

/// Totals by what their rows agree in.
#[derive(Clone, Debug)]
pub enum Index {
    /// One for each.
    Whole(BTreeMap<Key, Value>),
    /// In each, by an order: what has come up to and including each step of it.
    Earlier(BTreeMap<Key, Steps>),
}

impl Index {
    /// The total for a row that agrees in `key`, before `order` where it has one.
    pub fn find(&self, key: &[Value], order: &[Value]) -> Option<Value> {
        match self {
            Index::Whole(all) => all.get(key).cloned(),
            Index::Earlier(all) => {
                let steps = all.get(key)?;
                let at = steps.partition_point(|(step, _)| **step < *order);
                at.checked_sub(1).map(|at| steps[at].1.clone())
            }
        }
    }
}

/// The values of a row in some columns.
pub fn pick(row: &[Value], columns: impl Iterator<Item = usize>) -> Key {
    columns.map(|at| row[at].clone()).collect()
}
