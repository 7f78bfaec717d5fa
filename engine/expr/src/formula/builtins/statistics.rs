//! Sums, extremes and averages.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::error::EvalKind;
use super::super::eval::{Env, Outcome, error, order};
use super::Builtin;
use super::reading::{items, list, numbers, overflow};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "count",
        zh: "计数",
        signature: "count(list: list<any?>) -> integer",
        words: ("列表有几项。", "How many items a list has."),
        example: "count([1, 2, 3]) => 3",
        run: count,
    },
    Builtin {
        name: "min",
        zh: "最小",
        signature: "min(list: list<T>) -> T?; min(first: T, second: T, ...) -> T",
        words: ("最小的一项；列表为空时没有值。", "The least item; null for an empty list."),
        example: "min([3, 1, 2]) => 1",
        run: min,
    },
    Builtin {
        name: "max",
        zh: "最大",
        signature: "max(list: list<T>) -> T?; max(first: T, second: T, ...) -> T",
        words: ("最大的一项；列表为空时没有值。", "The greatest item; null for an empty list."),
        example: "max(3, 1, 2) => 3",
        run: max,
    },
    Builtin {
        name: "sum",
        zh: "求和",
        signature: "sum(list: list<N>) -> N; sum(first: N, ...) -> N",
        words: (
            "各项之和；策略里空列表的和是 0，FEEL 模式下是空值。",
            "The sum of the items; of an empty list 0 in a policy and null in FEEL mode.",
        ),
        example: "sum([1, 2, 3]) => 6",
        run: sum,
    },
    Builtin {
        name: "product",
        zh: "求积",
        signature: "product(list: list<number>) -> number?; product(first: number, ...) -> number",
        words: ("各项之积。", "The product of the items."),
        example: "product([2, 3, 4]) => 24",
        run: product,
    },
    Builtin {
        name: "mean",
        zh: "平均",
        signature: "mean(list: list<N>) -> N?; mean(first: N, ...) -> N",
        words: ("平均数；列表为空时没有值。", "The average; null for an empty list."),
        example: "mean([1, 2, 3]) => 2",
        run: mean,
    },
    Builtin {
        name: "median",
        zh: "中位数",
        signature: "median(list: list<N>) -> N?; median(first: N, ...) -> N",
        words: (
            "排在中间的数；有两个时取其平均。",
            "The number in the middle, or the average of the two in the middle.",
        ),
        example: "median([8, 2, 5, 3, 4]) => 4",
        run: median,
    },
    Builtin {
        name: "mode",
        zh: "众数",
        signature: "mode(list: list<N>) -> list<N>; mode(first: N, ...) -> list<N>",
        words: ("出现次数最多的数，从小到大。", "The most frequent numbers, in ascending order."),
        example: "mode([6, 1, 9, 6, 1]) => [1, 6]",
        run: mode,
    },
];

fn count(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let items = list(arguments, 0)?;
    Ok(Value::from(i64::try_from(items.len()).unwrap_or(i64::MAX)))
}

fn extreme(arguments: &[Value], wanted: Ordering) -> Outcome {
    let items = items(arguments)?;
    let mut best: Option<&Value> = None;
    for item in items.iter() {
        let Some(found) = order(item, best.unwrap_or(item)) else {
            return Err(error(
                EvalKind::WrongType,
                "列表里的值不能互相比较大小",
                "The items cannot be compared with each other",
            ));
        };
        if best.is_none() || found == wanted {
            best = Some(item);
        }
    }
    Ok(best.cloned().unwrap_or_default())
}

fn min(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(&items(arguments)?)?;
    extreme(arguments, Ordering::Less)
}

fn max(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(&items(arguments)?)?;
    extreme(arguments, Ordering::Greater)
}

fn total(numbers: &[Decimal]) -> Option<Decimal> {
    numbers.iter().try_fold(Decimal::ZERO, |sum, it| sum.checked_add(*it))
}

fn sum(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let numbers = numbers(arguments)?;
    env.charge(numbers.len())?;
    if numbers.is_empty() && env.feel {
        return Ok(Value::Null);
    }
    total(&numbers).map(Value::Number).ok_or_else(overflow)
}

fn product(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let numbers = numbers(arguments)?;
    env.charge(numbers.len())?;
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    let product = numbers.iter().try_fold(Decimal::ONE, |product, it| product.checked_mul(*it));
    product.map(Value::Number).ok_or_else(overflow)
}

fn mean(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let numbers = numbers(arguments)?;
    env.charge(numbers.len())?;
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    let mean = total(&numbers).and_then(|sum| sum.checked_div(Decimal::from(numbers.len())));
    mean.map(Value::Number).ok_or_else(overflow)
}

fn median(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut numbers = numbers(arguments)?;
    env.charge(numbers.len().saturating_mul(4))?;
    numbers.sort();
    let middle = numbers.len() / 2;
    match (numbers.len() % 2, numbers.get(middle)) {
        (_, None) => Ok(Value::Null),
        (1, Some(it)) => Ok(Value::Number(*it)),
        (_, Some(above)) => {
            let half = numbers[middle - 1].checked_add(*above).and_then(|sum| sum.checked_div(Decimal::TWO));
            half.map(Value::Number).ok_or_else(overflow)
        }
    }
}

fn mode(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let numbers = numbers(arguments)?;
    env.charge(numbers.len().saturating_mul(4))?;
    let mut seen: BTreeMap<Decimal, usize> = BTreeMap::new();
    for number in numbers {
        *seen.entry(number).or_default() += 1;
    }
    let most = seen.values().max().copied().unwrap_or(0);
    let modes = seen.into_iter().filter(|(_, times)| *times == most).map(|(number, _)| Value::Number(number));
    env.list(modes.collect())
}
