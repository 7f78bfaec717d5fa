//! Contexts: named values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::eval::{Env, Outcome, unsuited};
use super::Builtin;
use super::reading::{any, bad, context, list};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "get value",
        zh: "取值",
        signature: "get value(m: context, key: string) -> any?",
        words: ("记录里某个名称的值；没有就是空值。", "The value of a name in a context, or null."),
        example: "get value({a: 1}, \"a\") => 1",
        run: get_value,
    },
    Builtin {
        name: "get entries",
        zh: "取全部项",
        signature: "get entries(m: context) -> list<context>",
        words: (
            "记录的各项，每项有 key 和 value，按名称排列。",
            "The entries as a list of key and value, in the order of their names.",
        ),
        example: "get entries({a: 1}) => [{key: \"a\", value: 1}]",
        run: get_entries,
    },
    Builtin {
        name: "context",
        zh: "建记录",
        signature: "context(entries: list<context>) -> context",
        words: ("用一列 key 和 value 建一个记录。", "A context from a list of keys and values."),
        example: "context([{key: \"a\", value: 1}]) => {a: 1}",
        run: build,
    },
    Builtin {
        name: "context put",
        zh: "放入记录",
        signature: "context put(context: context, key: string, value: any?) -> context; \
                    context put(context: context, keys: list<string>, value: any?) -> context",
        words: (
            "在记录里放入一项；keys 指出里层的位置。",
            "A context with an entry put in; `keys` leads to an inner context.",
        ),
        example: "context put({a: 1}, \"b\", 2) => {a: 1, b: 2}",
        run: put,
    },
    Builtin {
        name: "context merge",
        zh: "合并记录",
        signature: "context merge(contexts: list<context>) -> context",
        words: ("几个记录合成一个，后面的优先。", "Several contexts as one; later ones win."),
        example: "context merge([{a: 1}, {a: 2, b: 3}]) => {a: 2, b: 3}",
        run: merge,
    },
];

fn get_value(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let entries = context(arguments, 0)?;
    let mut found = None;
    match any(arguments, 1) {
        Value::Text(key) => found = entries.get(key),
        Value::List(keys) => {
            let mut level = Some(entries);
            for key in keys.iter() {
                found = level.zip(key.as_text()).and_then(|(level, key)| level.get(key));
                level = found.and_then(Value::as_context);
            }
        }
        other => return Err(unsuited(other, "这里要文字", "Text is needed here")),
    }
    Ok(found.cloned().unwrap_or_default())
}

fn get_entries(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let entries = context(arguments, 0)?;
    let list = entries
        .iter()
        .map(|(key, value)| Value::context([("key", Value::Text(key.clone())), ("value", value.clone())]));
    env.list(list.collect())
}

fn build(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let entries = list(arguments, 0)?;
    env.charge(entries.len())?;
    let mut named = BTreeMap::new();
    for entry in entries.iter() {
        let entry =
            entry.as_context().ok_or_else(|| unsuited(entry, "这里要记录", "A context is needed here"))?;
        let Some(Value::Text(key)) = entry.get("key") else {
            return Err(bad("每一项要有文字的 key", "Each entry needs a text as its key"));
        };
        let Some(value) = entry.get("value") else {
            return Err(bad("每一项要有 value", "Each entry needs a value"));
        };
        if named.insert(key.clone(), value.clone()).is_some() {
            return Err(bad(format!("key“{key}”重复"), format!("The key `{key}` comes twice")));
        }
    }
    Ok(Value::Context(Arc::new(named)))
}

fn put(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let entries = context(arguments, 0)?;
    let keys = list(arguments, 1)?;
    if keys.is_empty() || keys.len() > 16 {
        return Err(bad("keys 要有 1 到 16 个名称", "`keys` has 1 to 16 names"));
    }
    put_at(env, entries, &keys, any(arguments, 2))
}

fn put_at(env: &mut Env<'_>, entries: &BTreeMap<Arc<str>, Value>, keys: &[Value], value: &Value) -> Outcome {
    env.charge(entries.len() + 1)?;
    let Some(Value::Text(key)) = keys.first() else {
        return Err(bad("名称要是文字", "A name is text"));
    };
    let mut copy = entries.clone();
    let placed = match (&keys[1..], entries.get(key)) {
        ([], _) => value.clone(),
        (deeper, Some(Value::Context(inner))) => put_at(env, inner, deeper, value)?,
        (deeper, None | Some(Value::Null)) => put_at(env, &BTreeMap::new(), deeper, value)?,
        (_, Some(other)) => return Err(unsuited(other, "里层要是记录", "The inner value is a context")),
    };
    copy.insert(key.clone(), placed);
    Ok(Value::Context(Arc::new(copy)))
}

fn merge(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let mut merged = BTreeMap::new();
    for part in list(arguments, 0)?.iter() {
        let entries =
            part.as_context().ok_or_else(|| unsuited(part, "这里要记录", "Contexts are needed here"))?;
        env.charge(entries.len() + 1)?;
        merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Ok(Value::Context(Arc::new(merged)))
}
