//! Making values and looking into them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Lang, Moment, Value};
use crate::time::period::Period;

impl Value {
    /// A text value.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Arc::from(text.as_ref()))
    }

    /// A number, also for money (yuan) and rates (ratio).
    pub fn number(number: impl Into<Decimal>) -> Value {
        Value::Number(number.into())
    }

    /// An instant. Its civil date and time are those of the office's zone.
    pub fn instant(at: Timestamp) -> Value {
        Value::DateTime(Moment::Instant(at))
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(items.into_iter().collect())
    }

    /// A context of named values.
    pub fn context<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        let named = entries.into_iter().map(|(name, value)| (Arc::from(name.as_ref()), value));
        Value::Context(Arc::new(named.collect()))
    }

    /// Whether nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Yes or no, if it is that.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(it) = self { Some(*it) } else { None }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<Decimal> {
        if let Value::Number(it) = self { Some(*it) } else { None }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(it) = self { Some(it) } else { None }
    }

    /// The date, if it is one.
    pub fn as_date(&self) -> Option<Date> {
        if let Value::Date(it) = self { Some(*it) } else { None }
    }

    /// The date and time, if it is one.
    pub fn as_moment(&self) -> Option<&Moment> {
        if let Value::DateTime(it) = self { Some(it) } else { None }
    }

    /// The instant of a date and time that has a zone or is an instant.
    pub fn as_instant(&self) -> Option<Timestamp> {
        self.as_moment()?.timestamp()
    }

    /// The exact duration, if it is one.
    pub fn as_span(&self) -> Option<SignedDuration> {
        if let Value::Span(it) = self { Some(*it) } else { None }
    }

    /// The stretch of legal time, if it is one.
    pub fn as_period(&self) -> Option<Period> {
        if let Value::Period(it) = self { Some(*it) } else { None }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Value::List(it) = self { Some(it) } else { None }
    }

    /// The entries, if it is a context.
    pub fn as_context(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        if let Value::Context(it) = self { Some(it) } else { None }
    }

    /// What kind of value this is, in words.
    pub fn type_name(&self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Value::Null => ("空值", "null"),
            Value::Bool(_) => ("是否", "boolean"),
            Value::Number(_) => ("数字", "number"),
            Value::Text(_) => ("文字", "string"),
            Value::Date(_) => ("日期", "date"),
            Value::Time(_) => ("时刻", "time"),
            Value::DateTime(_) => ("日期时间", "date and time"),
            Value::Months(_) => ("年月时长", "years and months duration"),
            Value::Span(_) => ("天时时长", "days and time duration"),
            Value::Period(_) => ("法定期间", "legal period"),
            Value::List(_) => ("列表", "list"),
            Value::Context(_) => ("记录", "context"),
            Value::Range(_) => ("区间", "range"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Value {
        Value::Bool(it)
    }
}

impl From<Decimal> for Value {
    fn from(it: Decimal) -> Value {
        Value::Number(it)
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Value {
        Value::Number(it.into())
    }
}

impl From<&str> for Value {
    fn from(it: &str) -> Value {
        Value::text(it)
    }
}

impl From<Date> for Value {
    fn from(it: Date) -> Value {
        Value::Date(it)
    }
}
