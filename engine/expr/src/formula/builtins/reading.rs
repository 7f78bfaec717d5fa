//! Reading arguments: the kind wanted, or a sentence that names the kind found.
//!
//! As FEEL asks, a list of one item stands for the item, and an item for the list of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::error::{EvalError, EvalKind};
use super::super::eval::{Env, error, unsuited};
use crate::value::Value;

type Read<T> = Result<T, Box<EvalError>>;

static NULL: Value = Value::Null;

/// The argument, a list of one being its item.
pub(super) fn single(arguments: &[Value], at: usize) -> &Value {
    match arguments.get(at) {
        Some(Value::List(items)) if items.len() == 1 => &items[0],
        Some(value) => value,
        None => &NULL,
    }
}

pub(super) fn any(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&NULL)
}

pub(super) fn text(arguments: &[Value], at: usize) -> Read<&str> {
    let value = single(arguments, at);
    value.as_text().ok_or_else(|| unsuited(value, "这里要文字", "Text is needed here"))
}

pub(super) fn number(arguments: &[Value], at: usize) -> Read<Decimal> {
    let value = single(arguments, at);
    value.as_number().ok_or_else(|| unsuited(value, "这里要数字", "A number is needed here"))
}

pub(super) fn whole(arguments: &[Value], at: usize) -> Read<i64> {
    let number = number(arguments, at)?;
    number
        .is_integer()
        .then(|| number.to_i64())
        .flatten()
        .ok_or_else(|| bad("这里要整数", "A whole number is needed here"))
}

/// A count of places or characters: FEEL drops its decimals, a policy refuses them.
pub(super) fn size(env: &Env<'_>, arguments: &[Value], at: usize) -> Read<i64> {
    if !env.feel {
        return whole(arguments, at);
    }
    let number = number(arguments, at)?;
    number.trunc().to_i64().ok_or_else(|| bad("数字太大", "The number is too large"))
}

pub(super) fn optional_whole(arguments: &[Value], at: usize) -> Read<Option<i64>> {
    if arguments.len() > at { whole(arguments, at).map(Some) } else { Ok(None) }
}

pub(super) fn list(arguments: &[Value], at: usize) -> Read<Cow<'_, [Value]>> {
    match arguments.get(at) {
        Some(Value::List(items)) => Ok(Cow::Borrowed(items)),
        None | Some(Value::Null) => Err(unsuited(&Value::Null, "这里要列表", "A list is needed here")),
        Some(single) => Ok(Cow::Owned(vec![single.clone()])),
    }
}

/// One list, or all arguments as if they were one.
pub(super) fn items(arguments: &[Value]) -> Read<Cow<'_, [Value]>> {
    if arguments.len() == 1 { list(arguments, 0) } else { Ok(Cow::Borrowed(arguments)) }
}

pub(super) fn numbers(arguments: &[Value]) -> Read<Vec<Decimal>> {
    let items = items(arguments)?;
    items
        .iter()
        .map(|item| item.as_number().ok_or_else(|| unsuited(item, "这里要数字", "Numbers are needed here")))
        .collect()
}

pub(super) fn context(arguments: &[Value], at: usize) -> Read<&BTreeMap<Arc<str>, Value>> {
    let value = single(arguments, at);
    value.as_context().ok_or_else(|| unsuited(value, "这里要记录", "A context is needed here"))
}

pub(super) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Box<EvalError> {
    error(EvalKind::BadArgument, zh, en)
}

pub(super) fn overflow() -> Box<EvalError> {
    error(EvalKind::Overflow, "计算结果超出范围", "The result is out of range")
}
