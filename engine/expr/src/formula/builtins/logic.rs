//! Truth values and what is not known.

use super::super::eval::{Env, Outcome, equal, unsuited};
use super::Builtin;
use super::reading::{any, items, single};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "not",
        zh: "非",
        signature: "not(negand: boolean) -> boolean",
        words: ("把“是”变成“否”，把“否”变成“是”。", "The opposite of a condition."),
        example: "not(true) => false",
        run: not,
    },
    Builtin {
        name: "all",
        zh: "全部成立",
        signature: "all(list: list<boolean>) -> boolean; all(list: boolean, ...) -> boolean",
        words: ("列表里每一项都成立；空列表也算成立。", "Whether every item holds; true for an empty list."),
        example: "all([true, false]) => false",
        run: all,
    },
    Builtin {
        name: "any",
        zh: "任一成立",
        signature: "any(list: list<boolean>) -> boolean; any(list: boolean, ...) -> boolean",
        words: ("列表里至少有一项成立；空列表不成立。", "Whether some item holds; false for an empty list."),
        example: "any([true, false]) => true",
        run: any_of,
    },
    Builtin {
        name: "is",
        zh: "",
        signature: "is(value1: any?, value2: any?) -> boolean",
        words: (
            "两个值种类相同、写法也相同（时区也要一样）。",
            "Whether two values are the same in kind and in every detail, zone included.",
        ),
        example: "is(@\"10:00:00Z\", @\"10:00:00\") => false",
        run: is,
    },
    Builtin {
        name: "is defined",
        zh: "有值",
        signature: "is defined(value: any?) -> boolean",
        words: (
            "有值为“是”，空值为“否”；等同于 x is known。",
            "Whether a value is known; the same as `x is known`.",
        ),
        example: "is defined(null) => false",
        run: is_defined,
    },
    Builtin {
        name: "coalesce",
        zh: "取首个有值",
        signature: "coalesce(value: T?, otherwise: T) -> T; coalesce(value: T?, otherwise: T?, ...) -> T?",
        words: (
            "第一个有值的参数；用来给空值一个默认值。",
            "The first argument that is known: a default for null.",
        ),
        example: "coalesce(null, 0) => 0",
        run: coalesce,
    },
];

fn not(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    match single(arguments, 0) {
        Value::Bool(it) => Ok(Value::Bool(!it)),
        Value::Null if env.feel => Ok(Value::Null),
        other => Err(unsuited(other, "not 要“是否”", "`not` takes a condition")),
    }
}

fn quantify(arguments: &[Value], decides: bool) -> Outcome {
    let mut unknown = None;
    for item in items(arguments)?.iter() {
        match item {
            Value::Bool(it) if *it == decides => return Ok(Value::Bool(decides)),
            Value::Bool(_) => {}
            other => unknown = Some(unsuited(other, "这里要“是否”", "Conditions are needed here")),
        }
    }
    unknown.map_or(Ok(Value::Bool(!decides)), Err)
}

fn all(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    quantify(arguments, false)
}

fn any_of(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    quantify(arguments, true)
}

fn is(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let (a, b) = (any(arguments, 0), any(arguments, 1));
    let same_zone = match (a, b) {
        (Value::Time(a), Value::Time(b)) => a.zone == b.zone && a.at == b.at,
        (Value::DateTime(a), Value::DateTime(b)) => a.zone() == b.zone(),
        _ => true,
    };
    Ok(Value::Bool(same_zone && equal(env, a, b)?.unwrap_or(false)))
}

fn is_defined(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::Bool(!any(arguments, 0).is_null()))
}

fn coalesce(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(arguments.iter().find(|it| !it.is_null()).cloned().unwrap_or_default())
}
