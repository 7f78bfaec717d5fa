//! Values as JSON, and back. Numbers leave as texts: no reader may turn an amount into a float.

use std::collections::BTreeMap;
use std::sync::Arc;

use expr::value::{Moment, Value};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

/// A value for people and partners. Numbers, dates and spans are texts; instants are RFC 3339 in UTC.
pub fn of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::List(entries) => Json::Array(entries.iter().map(of).collect()),
        Value::Context(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.to_string(), of(value))).collect())
        }
        Value::DateTime(Moment::Instant(at)) => Json::String(at.to_string()),
        other => Json::String(other.plain()),
    }
}

/// What a partner answered. Numbers are exact; `None` for one that no exact decimal holds.
pub fn read(json: &Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(it) => Some(Value::Bool(*it)),
        Json::Number(it) => {
            let text = it.to_string();
            let exact = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
            exact.ok().map(Value::Number)
        }
        Json::String(it) => Some(Value::Text(it.as_str().into())),
        Json::Array(entries) => {
            Some(Value::List(entries.iter().map(read).collect::<Option<Vec<_>>>()?.into()))
        }
        Json::Object(entries) => Some(Value::Context(Arc::new(context(entries)?))),
    }
}

fn context(entries: &Map<String, Json>) -> Option<BTreeMap<Arc<str>, Value>> {
    entries.iter().map(|(name, value)| Some((name.as_str().into(), read(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_never_become_floats() {
        let json: Json =
            serde_json::from_str(r#"{"rate": 0.0345, "n": 12345678901234567890.12, "e": 1e3}"#).unwrap();
        let value = read(&json).unwrap();
        assert_eq!(of(&value).to_string(), r#"{"e":"1000","n":"12345678901234567890.12","rate":"0.0345"}"#);
        let huge: Json = serde_json::from_str("1e99").unwrap();
        assert_eq!(read(&huge), None);
    }
}
