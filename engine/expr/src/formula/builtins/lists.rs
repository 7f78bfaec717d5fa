//! Lists: looking into them and making new ones.

use std::borrow::Cow;

use super::super::error::EvalError;
use super::super::eval::{Env, Outcome, equal, order, within};
use super::Builtin;
use super::reading::{any, bad, list, optional_whole, whole};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "list contains",
        zh: "列表包含",
        signature: "list contains(list: list<any?>, element: any?) -> boolean",
        words: ("列表里有没有这一项。", "Whether a list has this item."),
        example: "list contains([1, 2, 3], 2) => true",
        run: list_contains,
    },
    Builtin {
        name: "sublist",
        zh: "子列表",
        signature: "sublist(list: list<T?>, start position: number, length?: number) -> list<T?>",
        words: (
            "从第几项起的若干项；负数从末尾数起。",
            "Items from a position on; negative positions count from the end.",
        ),
        example: "sublist([4, 5, 6], 2) => [5, 6]",
        run: sublist,
    },
    Builtin {
        name: "append",
        zh: "追加",
        signature: "append(list: list<T?>, item: T?, ...) -> list<T?>",
        words: ("在末尾加上若干项。", "A list with items added at the end."),
        example: "append([1], 2, 3) => [1, 2, 3]",
        run: append,
    },
    Builtin {
        name: "concatenate",
        zh: "连接列表",
        signature: "concatenate(list: list<T?>, ...) -> list<T?>",
        words: ("把几个列表接成一个。", "Several lists one after the other."),
        example: "concatenate([1, 2], [3]) => [1, 2, 3]",
        run: concatenate,
    },
    Builtin {
        name: "insert before",
        zh: "插入",
        signature: "insert before(list: list<T?>, position: number, newItem: T?) -> list<T?>",
        words: ("在某个位置之前插入一项。", "A list with an item put in before a position."),
        example: "insert before([1, 3], 2, 2) => [1, 2, 3]",
        run: insert_before,
    },
    Builtin {
        name: "list replace",
        zh: "替换项",
        signature: "list replace(list: list<T?>, position: number, newItem: T?) -> list<T?>",
        words: ("换掉某个位置上的一项。", "A list with the item at a position replaced."),
        example: "list replace([2, 4, 7], 3, 6) => [2, 4, 6]",
        run: list_replace,
    },
    Builtin {
        name: "remove",
        zh: "移除项",
        signature: "remove(list: list<T?>, position: number) -> list<T?>",
        words: ("去掉某个位置上的一项。", "A list without the item at a position."),
        example: "remove([1, 2, 3], 2) => [1, 3]",
        run: remove,
    },
    Builtin {
        name: "reverse",
        zh: "倒序",
        signature: "reverse(list: list<T?>) -> list<T?>",
        words: ("次序颠倒的列表。", "A list back to front."),
        example: "reverse([1, 2, 3]) => [3, 2, 1]",
        run: reverse,
    },
    Builtin {
        name: "index of",
        zh: "所在位置",
        signature: "index of(list: list<any?>, match: any?) -> list<integer>",
        words: ("这一项出现在哪些位置。", "The positions at which an item stands."),
        example: "index of([1, 2, 3, 2], 2) => [2, 4]",
        run: index_of,
    },
    Builtin {
        name: "union",
        zh: "并集",
        signature: "union(list: list<T?>, ...) -> list<T?>",
        words: (
            "几个列表合起来，重复的只留一个。",
            "Several lists one after the other, without repetitions.",
        ),
        example: "union([1, 2], [2, 3]) => [1, 2, 3]",
        run: union,
    },
    Builtin {
        name: "distinct values",
        zh: "去重",
        signature: "distinct values(list: list<T?>) -> list<T?>",
        words: ("重复的只留第一个。", "A list without repetitions."),
        example: "distinct values([1, 2, 1]) => [1, 2]",
        run: distinct_values,
    },
    Builtin {
        name: "flatten",
        zh: "展平",
        signature: "flatten(list: list<any?>) -> list<any?>",
        words: ("把列表里的列表摊开成一层。", "Lists within lists as one list."),
        example: "flatten([[1, 2], [[3]], 4]) => [1, 2, 3, 4]",
        run: flatten,
    },
    Builtin {
        name: "sort",
        zh: "排序",
        signature: "sort(list: list<T>) -> list<T>",
        words: ("从小到大排列。", "The items in ascending order."),
        example: "sort([3, 1, 2]) => [1, 2, 3]",
        run: sort,
    },
];

fn contains(env: &mut Env<'_>, items: &[Value], wanted: &Value) -> Result<bool, Box<EvalError>> {
    for item in items {
        env.charge(1)?;
        if equal(env, item, wanted)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn list_contains(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let wanted = any(arguments, 1);
    let items = list(arguments, 0)?;
    if contains(env, &items, wanted)? {
        return Ok(Value::Bool(true));
    }
    let in_range =
        items.iter().any(|it| matches!(it, Value::Range(range) if within(wanted, range) == Some(true)));
    Ok(Value::Bool(in_range))
}

fn place_error() -> Box<EvalError> {
    bad("列表没有这个位置", "The list has no such position")
}

/// The index of position 1, 2, … or -1, -2, …; `extra` positions after the end count too.
fn index(position: i64, length: usize, extra: i64) -> Result<usize, Box<EvalError>> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if position > 0 { position - 1 } else { length + position };
    let outside = position == 0 || at < 0 || at >= length + extra;
    usize::try_from(at).ok().filter(|_| !outside).ok_or_else(place_error)
}

fn sublist(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let items = list(arguments, 0)?;
    let start = index(whole(arguments, 1)?, items.len(), 0)?;
    let end = match optional_whole(arguments, 2)? {
        None => items.len(),
        Some(length) => {
            let length = usize::try_from(length).map_err(|_| place_error())?;
            start.checked_add(length).filter(|end| *end <= items.len()).ok_or_else(place_error)?
        }
    };
    env.list(items[start..end].to_vec())
}

fn append(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    items.extend_from_slice(arguments.get(1..).unwrap_or_default());
    env.list(items)
}

fn concatenate(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = Vec::new();
    for at in 0..arguments.len() {
        let more = list(arguments, at)?;
        env.charge(more.len())?;
        items.extend_from_slice(&more);
    }
    env.list(items)
}

fn insert_before(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    let at = index(whole(arguments, 1)?, items.len(), 0)?;
    items.insert(at, any(arguments, 2).clone());
    env.list(items)
}

fn list_replace(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    let at = index(whole(arguments, 1)?, items.len(), 0)?;
    items[at] = any(arguments, 2).clone();
    env.list(items)
}

fn remove(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    let at = index(whole(arguments, 1)?, items.len(), 0)?;
    items.remove(at);
    env.list(items)
}

fn reverse(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    items.reverse();
    env.list(items)
}

fn index_of(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let items = list(arguments, 0)?;
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        env.charge(1)?;
        if equal(env, item, any(arguments, 1))? == Some(true) {
            found.push(Value::from(i64::try_from(at + 1).unwrap_or(i64::MAX)));
        }
    }
    env.list(found)
}

fn distinct(env: &mut Env<'_>, items: &[Value]) -> Outcome {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !contains(env, &kept, item)? {
            kept.push(item.clone());
        }
    }
    env.list(kept)
}

fn union(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let all = concatenate(env, arguments)?;
    distinct(env, all.as_list().unwrap_or_default())
}

fn distinct_values(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    distinct(env, &list(arguments, 0)?)
}

fn flatten(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let items: Cow<'_, [Value]> = list(arguments, 0)?;
    let mut flat = Vec::new();
    // A stack of open lists instead of recursion: lists may be nested by the data.
    let mut open = vec![items.iter()];
    while let Some(level) = open.last_mut() {
        env.charge(1)?;
        match level.next() {
            None => drop(open.pop()),
            Some(Value::List(inner)) => open.push(inner.iter()),
            Some(item) => flat.push(item.clone()),
        }
    }
    env.list(flat)
}

fn sort(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut items = list(arguments, 0)?.into_owned();
    for _ in 0..8 {
        env.charge_look(&items)?;
    }
    if items.iter().any(|item| order(item, &items[0]).is_none()) {
        return Err(bad("列表里的值不能互相比较大小", "The items cannot be compared with each other"));
    }
    items.sort_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    env.list(items)
}
