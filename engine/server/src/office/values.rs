//! What comes in as JSON, read by the type it is meant for.
//!
//! Amounts and rates may be strings (`"5000000"`, `"500万"`, `"3.1%"`) or JSON numbers, which are read exactly;
//! everything else that is no text, list or yes-or-no is a string: dates, instants, periods.

use expr::value::{Type, Value};
use jiff::tz::TimeZone;
use language::words::Words;
use machine::chart::FieldType;
use machine::ids::Name;
use serde_json::{Map, Value as Json};
use simulate::json;
use simulate::values::{plain, read_text};

use super::cannot::Cannot;
use crate::words;

/// The name of a type in forms.
pub fn kind(ty: &FieldType) -> String {
    match ty {
        FieldType::Uscc => "uscc".to_owned(),
        FieldType::File => "file".to_owned(),
        FieldType::Plain(ty) => kind_of(ty),
        FieldType::List(of) => format!("list of {}", kind(of)),
        FieldType::Record(_) => kind_of(&ty.plain()),
    }
}

fn kind_of(ty: &Type) -> String {
    match ty.known() {
        Type::Bool => "bool".to_owned(),
        Type::Number => "decimal".to_owned(),
        Type::Money => "money".to_owned(),
        Type::Rate => "rate".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Choice(_) => "choice".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Instant => "instant".to_owned(),
        Type::Period => "period".to_owned(),
        Type::List(of) => format!("list of {}", kind_of(of)),
        _ => "value".to_owned(),
    }
}

/// The words a choice may be.
pub fn choices(ty: &FieldType) -> Vec<String> {
    match ty {
        FieldType::Plain(ty) => match ty.known() {
            Type::Choice(of) => of.iter().map(|word| word.to_string()).collect(),
            _ => vec![],
        },
        _ => vec![],
    }
}

/// Whether values of it are words people know by titles.
pub fn is_choice(ty: &FieldType) -> bool {
    match ty {
        FieldType::Plain(ty) => match ty.known() {
            Type::List(of) => matches!(of.known(), Type::Choice(_)),
            ty => matches!(ty, Type::Choice(_)),
        },
        _ => false,
    }
}

/// Reads what came with a command. `ty` knows the type of each name; what it does not know is handed on as it is,
/// and the rules refuse it.
///
/// # Errors
/// The first value that cannot be what its field is, with its place.
pub fn read_all<'t>(
    given: &Map<String, Json>,
    ty: impl Fn(&str) -> Option<&'t FieldType>,
    zone: &TimeZone,
) -> Result<Vec<(Name, Value)>, Cannot> {
    let mut read = Vec::with_capacity(given.len());
    for (name, value) in given {
        let value = match ty(name) {
            Some(ty) => read_one(value, &plain(ty), zone),
            None => json::read(value),
        };
        let value = value.map_err(|why| wrong(name, &why))?;
        read.push((Name::from(name.as_str()), value));
    }
    Ok(read)
}

fn wrong(name: &str, why: &Words) -> Cannot {
    Cannot::wrong(words::BAD_VALUE, format!("data.{name}：{}", why.zh), format!("data.{name}: {}", why.en))
}

fn read_one(value: &Json, ty: &Type, zone: &TimeZone) -> Result<Value, Words> {
    match (value, ty.known()) {
        (Json::String(text), Type::Text) => Ok(Value::text(text)),
        (Json::String(text), Type::Context(_) | Type::List(_) | Type::Bool) => Err(unlike(text, ty)),
        // A formula is never read from a request.
        (Json::String(text), Type::Any) => Ok(Value::text(text)),
        (Json::String(text), ty) if text == "null" || text == "~" => Err(unlike(text, ty)),
        (Json::String(text), ty) => read_text(text, ty, zone),
        (Json::Number(number), ty) if !(ty.is_numeric() || *ty == Type::Any) => {
            Err(unlike(&number.to_string(), ty))
        }
        (Json::Bool(it), ty) if !matches!(ty, Type::Bool | Type::Any) => Err(unlike(&it.to_string(), ty)),
        (Json::Array(items), Type::List(of)) => {
            let items: Result<Vec<Value>, Words> =
                items.iter().map(|item| read_one(item, of, zone)).collect();
            items.map(Value::list)
        }
        (Json::Object(entries), Type::Context(fields)) => {
            let one = |(name, item): (&String, &Json)| {
                let ty = fields.get(name.as_str()).cloned().unwrap_or(Type::Any);
                Ok((name.clone(), read_one(item, &ty, zone)?))
            };
            let entries: Result<Vec<(String, Value)>, Words> = entries.iter().map(one).collect();
            entries.map(Value::context)
        }
        (Json::Array(_) | Json::Object(_), ty) if *ty != Type::Any => Err(unlike(&value.to_string(), ty)),
        (other, _) => json::read(other),
    }
}

fn unlike(text: &str, ty: &Type) -> Words {
    let kind = kind_of(ty);
    let shown: String = text.chars().take(40).collect();
    Words::new(format!("“{shown}”不能作为 {kind}"), format!("`{shown}` cannot be a {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, ty: Type) -> String {
        let json: Json = serde_json::from_str(json).unwrap();
        match read_one(&json, &ty, &TimeZone::UTC) {
            Ok(value) => value.plain(),
            Err(words) => format!("! {}", words.en),
        }
    }

    #[test]
    fn values_are_read_exactly_and_never_guessed() {
        let table = [
            ("5000000", Type::Money, "5000000"),
            (r#""5000000.10""#, Type::Money, "5000000.1"),
            (r#""500万""#, Type::Money, "5000000"),
            ("0.1", Type::Rate, "0.1"),
            (r#""null""#, Type::Money, "! `null` cannot be a money"),
            (r#""true""#, Type::Bool, "! `true` cannot be a bool"),
            ("true", Type::Bool, "true"),
            ("12", Type::Text, "! `12` cannot be a text"),
            (r#""12""#, Type::Text, "12"),
            (r#""2026-02-30""#, Type::Date, "! `2026-02-30` is not a date, such as 2026-03-02"),
            (r#"{"a":1}"#, Type::Money, r#"! `{"a":1}` cannot be a money"#),
            ("1e400", Type::Money, "! the number 1e+400 has more than the 28 digits that are exact"),
        ];
        for (json, ty, wanted) in table {
            assert_eq!(read(json, ty), wanted, "{json}");
        }
    }
}
