//! Reads stored JSON field by field, and says which field is not as it should be.

use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use machine::ids::Name;
use serde_json::{Map, Value as Json};

use super::Unreadable;

/// What reading gives.
pub type Read<T> = Result<T, Unreadable>;

/// The fields of an object.
#[derive(Clone, Copy)]
pub struct Fields<'j>(&'j Map<String, Json>);

/// Stored bytes as JSON.
pub fn parse(bytes: &[u8]) -> Read<Json> {
    serde_json::from_slice(bytes).map_err(|_| Unreadable::NotJson)
}

/// This is an object.
pub fn object<'j>(json: &'j Json, what: &'static str) -> Read<Fields<'j>> {
    json.as_object().map(Fields).ok_or(Unreadable::At(what))
}

/// This is a list of so many.
pub fn exactly<'j, const N: usize>(json: &'j Json, what: &'static str) -> Read<&'j [Json; N]> {
    json.as_array().and_then(|a| a.as_slice().try_into().ok()).ok_or(Unreadable::At(what))
}

/// This is a list.
pub fn list<T>(json: &Json, what: &'static str, each: impl FnMut(&Json) -> Read<T>) -> Read<Vec<T>> {
    json.as_array().ok_or(Unreadable::At(what))?.iter().map(each).collect()
}

/// This is a string.
pub fn text<'j>(json: &'j Json, what: &'static str) -> Read<&'j str> {
    json.as_str().ok_or(Unreadable::At(what))
}

/// This is a name.
pub fn name(json: &Json, what: &'static str) -> Read<Name> {
    text(json, what).map(Arc::from)
}

/// This is a whole number that fits.
pub fn number<T: TryFrom<i64>>(json: &Json, what: &'static str) -> Read<T> {
    json.as_i64().and_then(|n| T::try_from(n).ok()).ok_or(Unreadable::At(what))
}

/// This is a string that stands for something.
pub fn parsed<T: FromStr>(json: &Json, what: &'static str) -> Read<T> {
    text(json, what)?.parse().map_err(|_| Unreadable::At(what))
}

impl<'j> Fields<'j> {
    /// The field, if it is there.
    pub fn find(&self, key: &str) -> Option<&'j Json> {
        self.0.get(key)
    }

    /// The field.
    pub fn get(&self, key: &'static str) -> Read<&'j Json> {
        self.find(key).ok_or(Unreadable::At(key))
    }

    /// A string.
    pub fn text(&self, key: &'static str) -> Read<&'j str> {
        text(self.get(key)?, key)
    }

    /// A name.
    pub fn name(&self, key: &'static str) -> Read<Name> {
        name(self.get(key)?, key)
    }

    /// A name, if it is there.
    pub fn name_if(&self, key: &'static str) -> Read<Option<Name>> {
        self.some(key, |json| name(json, key))
    }

    /// A whole number.
    pub fn number<T: TryFrom<i64>>(&self, key: &'static str) -> Read<T> {
        number(self.get(key)?, key)
    }

    /// A whole number, if it is there.
    pub fn number_if<T: TryFrom<i64>>(&self, key: &'static str) -> Read<Option<T>> {
        self.some(key, |json| number(json, key))
    }

    /// An instant.
    pub fn at(&self, key: &'static str) -> Read<Timestamp> {
        self.parsed(key)
    }

    /// A string that stands for something.
    pub fn parsed<T: FromStr>(&self, key: &'static str) -> Read<T> {
        parsed(self.get(key)?, key)
    }

    /// Whether it is there and true.
    pub fn flag(&self, key: &str) -> bool {
        self.find(key) == Some(&Json::Bool(true))
    }

    /// A list; nothing is an empty one.
    pub fn list<T>(&self, key: &'static str, each: impl FnMut(&Json) -> Read<T>) -> Read<Vec<T>> {
        self.find(key).map_or(Ok(vec![]), |json| list(json, key, each))
    }

    /// Anything else, if it is there.
    pub fn some<T>(&self, key: &str, read: impl FnOnce(&'j Json) -> Read<T>) -> Read<Option<T>> {
        self.find(key).map(read).transpose()
    }
}
