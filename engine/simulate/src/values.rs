//! Values as people write them in stories, scripts and tables, read by the type they are meant for.

use expr::formula::{Mode, NoInputs, Scope, amount, compile};
use expr::time::period::Period;
use expr::value::{Type, Value};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use language::tree::{Kind, Node};
use language::words::Words;
use machine::chart::FieldType;
use machine::ids::Name;
use rust_decimal::Decimal;

/// The plain type behind a field's type.
pub fn plain(ty: &FieldType) -> Type {
    ty.plain()
}

/// Reads a text as a value of a type.
///
/// # Errors
/// What is wrong with it and what would be right.
pub fn read_text(text: &str, ty: &Type, zone: &TimeZone) -> Result<Value, Words> {
    if matches!(text, "null" | "~") {
        return Ok(Value::Null);
    }
    match ty.known() {
        Type::Number | Type::Money | Type::Rate | Type::Integer => number(text).map(Value::Number),
        Type::Bool => match text {
            "true" | "是" => Ok(Value::Bool(true)),
            "false" | "否" => Ok(Value::Bool(false)),
            _ => Err(unlike(text, "true 或 false", "true or false")),
        },
        Type::Text => Ok(Value::text(text)),
        Type::Choice(of) => match of.iter().any(|c| &**c == text) {
            true => Ok(Value::text(text)),
            false => Err(unlike(text, &of.join("、"), &of.join(", "))),
        },
        Type::Date => date(text).map(Value::Date),
        Type::Instant => instant(text, zone).map(Value::instant),
        Type::Period => period(text).map(Value::Period),
        Type::List(of) => {
            let items = text.split(',').map(|item| read_text(item.trim(), of, zone));
            Ok(Value::list(items.collect::<Result<Vec<_>, _>>()?))
        }
        _ => formula(text),
    }
}

/// Reads a value of a document.
///
/// # Errors
/// As [`read_text`].
pub fn read_node(node: &Node, ty: &Type, zone: &TimeZone) -> Result<Value, Words> {
    match (&node.kind, ty.known()) {
        (Kind::Null, _) => Ok(Value::Null),
        (Kind::Scalar(scalar), ty) => read_text(&scalar.text, ty, zone),
        (Kind::Seq(items), Type::List(of)) => {
            let items = items.iter().map(|item| read_node(item, of, zone));
            Ok(Value::list(items.collect::<Result<Vec<_>, _>>()?))
        }
        (Kind::Map(entries), Type::Context(fields)) => {
            let mut values: Vec<(Name, Value)> = Vec::with_capacity(entries.len());
            for (key, node) in entries {
                let ty = fields.get(&*key.text).ok_or_else(|| {
                    Words::new(
                        format!("没有“{}”这一项", key.text),
                        format!("there is no `{}` here", key.text),
                    )
                })?;
                values.push((key.text.as_str().into(), read_node(node, ty, zone)?));
            }
            Ok(Value::context(values))
        }
        _ => Err(Words::new("这里不能这样写", "this cannot be written here")),
    }
}

/// Reads an exact number, with units such as 万元, 亿元, %, ‰.
///
/// # Errors
/// What is wrong with it.
pub fn number(text: &str) -> Result<Decimal, Words> {
    // Nearly all are plain amounts; what is left may be a sum.
    if let Some(number) = amount(text) {
        return Ok(number);
    }
    // The parser takes a point with nothing behind it; people who write one have forgotten something.
    if let Ok(number) = text.parse::<Decimal>()
        && !text.ends_with('.')
    {
        return Ok(number);
    }
    match formula(text) {
        Ok(Value::Number(number)) => Ok(number),
        _ => Err(unlike(text, "数字，如 500万 或 3%", "a number, such as 500万 or 3%")),
    }
}

fn formula(text: &str) -> Result<Value, Words> {
    let unreadable = || unlike(text, "一个值", "a value");
    let formula = compile(text, &Scope::new(), Mode::Feel).map_err(|_| unreadable())?;
    formula.eval(&NoInputs).map_err(|_| unreadable())
}

fn date(text: &str) -> Result<Date, Words> {
    text.parse().map_err(|_| unlike(text, "日期，如 2026-03-02", "a date, such as 2026-03-02"))
}

/// Reads a period such as `5工作日`.
///
/// # Errors
/// What is wrong with it.
pub fn period(text: &str) -> Result<Period, Words> {
    text.parse().map_err(|_| unlike(text, "期限，如 5工作日、72小时", "a period, such as 5 working days"))
}

/// Reads `2026-03-02 09:00` in the calendar's zone, or an instant with its offset.
///
/// # Errors
/// What is wrong with it.
pub fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, Words> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wall = text.parse::<DateTime>().or_else(|_| text.replacen(' ', "T", 1).parse::<DateTime>());
    let at = wall.ok().and_then(|wall| zone.to_timestamp(wall).ok());
    at.ok_or_else(|| unlike(text, "时刻，如 2026-03-02 09:00", "an instant, such as 2026-03-02 09:00"))
}

fn unlike(text: &str, zh: &str, en: &str) -> Words {
    Words::new(format!("“{text}”读不出来，应写成{zh}"), format!("`{text}` is not {en}"))
}

#[cfg(test)]
mod tests {
    use super::{formula, number};
    use expr::value::Value;

    #[test]
    fn an_amount_means_in_a_story_what_it_means_in_a_formula() {
        let written = [
            "300",
            "0.50",
            "300万元",
            "4.35%",
            "4.10%",
            "3‰",
            "2亿",
            "1.5 亿元",
            "5千万元",
            "12 万",
            "1e3",
            "3 ％",
        ];
        for text in written {
            assert_eq!(number(text).map(Value::Number), formula(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        for text in ["", "万元", "3.", "3天", "3万万", "３万", "三百", "1.2.3", "5工作日"] {
            assert!(number(text).is_err(), "{text}");
        }
        assert_eq!(number("-3万").unwrap(), number("-30000").unwrap());
    }
}
