//! The types of the language: what may stand where.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::Lang;

/// What a value is known to be before the formula runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing is known; checked when it runs.
    Any,
    /// Only null.
    Null,
    /// Yes or no.
    Bool,
    /// A plain number.
    Number,
    /// Yuan; a number at run time.
    Money,
    /// A ratio such as 3 %; a number at run time.
    Rate,
    /// A whole number; a number at run time.
    Integer,
    /// Text.
    Text,
    /// One of these texts.
    Choice(Arc<[Arc<str>]>),
    /// A civil date.
    Date,
    /// A time of day.
    Time,
    /// A date and time.
    Instant,
    /// A days-and-time duration.
    Span,
    /// A years-and-months duration.
    Months,
    /// A stretch of legal time.
    Period,
    /// A list of one type.
    List(Box<Type>),
    /// Named values.
    Context(Arc<BTreeMap<Arc<str>, Type>>),
    /// A range of one type.
    Range(Box<Type>),
    /// That type, or null.
    Nullable(Box<Type>),
}

impl Type {
    /// A context type from its fields.
    pub fn context<K: AsRef<str>>(fields: impl IntoIterator<Item = (K, Type)>) -> Type {
        Type::Context(Arc::new(fields.into_iter().map(|(k, t)| (Arc::from(k.as_ref()), t)).collect()))
    }

    /// A choice from its texts.
    pub fn choice<K: AsRef<str>>(texts: impl IntoIterator<Item = K>) -> Type {
        Type::Choice(texts.into_iter().map(|text| Arc::from(text.as_ref())).collect())
    }

    /// A list of this type.
    pub fn list(of: Type) -> Type {
        Type::List(Box::new(of))
    }

    /// This type or null.
    pub fn nullable(self) -> Type {
        match self {
            it @ (Type::Nullable(_) | Type::Null | Type::Any) => it,
            it => Type::Nullable(Box::new(it)),
        }
    }

    /// Whether null is a possible value. `Any` promises nothing and is checked when it runs.
    pub fn may_be_null(&self) -> bool {
        matches!(self, Type::Nullable(_) | Type::Null)
    }

    /// The type without null.
    pub fn known(&self) -> &Type {
        if let Type::Nullable(inner) = self { inner.known() } else { self }
    }

    /// Whether it is a number at run time.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Type::Number | Type::Money | Type::Rate | Type::Integer)
    }

    /// Whether it is text at run time.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Text | Type::Choice(_))
    }

    /// The type in words.
    pub fn name(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            Type::List(of) if zh => format!("{}的列表", of.name(lang)),
            Type::List(of) => format!("list of {}", of.name(lang)),
            Type::Range(of) if zh => format!("{}区间", of.name(lang)),
            Type::Range(of) => format!("range of {}", of.name(lang)),
            Type::Nullable(of) if zh => format!("可能为空的{}", of.name(lang)),
            Type::Nullable(of) => format!("{} or null", of.name(lang)),
            plain => plain.plain_name(zh).to_owned(),
        }
    }

    fn plain_name(&self, zh: bool) -> &'static str {
        let (chinese, english) = match self {
            Type::Null => ("空值", "null"),
            Type::Bool => ("是否", "boolean"),
            Type::Number => ("数字", "number"),
            Type::Money => ("金额", "money"),
            Type::Rate => ("比率", "rate"),
            Type::Integer => ("整数", "integer"),
            Type::Text => ("文字", "text"),
            Type::Choice(_) => ("选项", "choice"),
            Type::Date => ("日期", "date"),
            Type::Time => ("时刻", "time"),
            Type::Instant => ("日期时间", "date and time"),
            Type::Span => ("天时时长", "days and time duration"),
            Type::Months => ("年月时长", "years and months duration"),
            Type::Period => ("法定期间", "legal period"),
            Type::Context(_) => ("记录", "context"),
            Type::Any | Type::List(_) | Type::Range(_) | Type::Nullable(_) => ("任意值", "anything"),
        };
        if zh { chinese } else { english }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name(Lang::En))
    }
}
