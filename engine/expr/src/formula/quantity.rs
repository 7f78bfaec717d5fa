//! Units after a number: amounts, rates and stretches of time as people write them.

use jiff::SignedDuration;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::error::{FormulaCode, FormulaError, Place};
use super::token::{continues_name, shifted};
use crate::time::period::{CountFrom, Period, Roll, Shift, Unit};
use crate::value::{Type, Value};

/// What stands after the number.
pub(crate) enum Read {
    /// No unit.
    Plain,
    /// A unit of this length in bytes.
    With { length: usize, value: Value, ty: Type },
    /// A word that is no unit, or a unit this number cannot have.
    Wrong { length: usize, error: fn(Place) -> FormulaError },
}

#[derive(Clone, Copy)]
enum Measure {
    Times(i64),
    Yuan(i64),
    Share(i64),
    Seconds(i64),
    Months(i64),
    Legal(Unit),
}

/// The unit at the start of `rest`, the text right after the digits.
pub(crate) fn read(rest: &str, number: Decimal) -> Read {
    let trimmed = rest.trim_start_matches(' ');
    let gap = rest.len() - trimmed.len();
    let word = word_at(trimmed);
    if word.is_empty() {
        return Read::Plain;
    }
    let Some((length, measure)) = measure_of(trimmed, word) else {
        return if gap == 0 { Read::Wrong { length: word.len(), error: unknown } } else { Read::Plain };
    };
    match quantity(number, measure) {
        Some((value, ty)) => Read::With { length: gap + length, value, ty },
        None => Read::Wrong { length: gap + length, error: unsuited },
    }
}

/// A number with at most one unit and nothing else, such as `300万元` or `4.35%`, as a formula means it; `None` for
/// everything else.
pub fn amount(text: &str) -> Option<Decimal> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (written, rest) = text.split_at(digits);
    if !written.starts_with(|c: char| c.is_ascii_digit()) || written.ends_with('.') {
        return None;
    }
    let number = shifted(written, 0)?;
    match read(rest, number) {
        Read::Plain if rest.is_empty() => Some(number),
        Read::With { length, value: Value::Number(number), .. } if length == rest.len() => Some(number),
        _ => None,
    }
}

fn word_at(text: &str) -> &str {
    if let Some(sign) = text.chars().next().filter(|c| matches!(c, '%' | '‰' | '％')) {
        return &text[..sign.len_utf8()];
    }
    &text[..text.find(|c| !continues_name(c)).unwrap_or(text.len())]
}

fn measure_of(text: &str, word: &str) -> Option<(usize, Measure)> {
    const DAY: i64 = 86_400;
    let measure = match word {
        "万" => Measure::Times(10_000),
        "百万" => Measure::Times(1_000_000),
        "千万" => Measure::Times(10_000_000),
        "亿" => Measure::Times(100_000_000),
        "万亿" => Measure::Times(1_000_000_000_000),
        "元" => Measure::Yuan(1),
        "万元" => Measure::Yuan(10_000),
        "百万元" => Measure::Yuan(1_000_000),
        "千万元" => Measure::Yuan(10_000_000),
        "亿元" => Measure::Yuan(100_000_000),
        "万亿元" => Measure::Yuan(1_000_000_000_000),
        "%" | "％" => Measure::Share(100),
        "‰" => Measure::Share(1000),
        "秒" | "second" | "seconds" => Measure::Seconds(1),
        "分钟" | "minute" | "minutes" => Measure::Seconds(60),
        "小时" | "个小时" | "hour" | "hours" => Measure::Seconds(3600),
        "天" | "day" | "days" => Measure::Seconds(DAY),
        "周" | "week" | "weeks" => Measure::Seconds(7 * DAY),
        "个月" | "month" | "months" => Measure::Months(1),
        "年" | "year" | "years" => Measure::Months(12),
        "工作日" | "个工作日" => Measure::Legal(Unit::WorkingDays),
        "自然日" | "个自然日" => Measure::Legal(Unit::CalendarDays),
        "working" => return two_words(text, word, Unit::WorkingDays),
        "calendar" => return two_words(text, word, Unit::CalendarDays),
        _ => return None,
    };
    Some((word.len(), measure))
}

/// `working days`, `calendar day`.
fn two_words(text: &str, first: &str, unit: Unit) -> Option<(usize, Measure)> {
    let rest = &text[first.len()..];
    let second = rest.trim_start_matches(' ');
    let word = word_at(second);
    matches!(word, "day" | "days").then(|| (text.len() - second.len() + word.len(), Measure::Legal(unit)))
}

fn quantity(number: Decimal, measure: Measure) -> Option<(Value, Type)> {
    match measure {
        Measure::Times(by) => {
            let product = number.checked_mul(Decimal::from(by))?;
            let ty = if product.is_integer() { Type::Integer } else { Type::Number };
            Some((Value::Number(product), ty))
        }
        Measure::Yuan(by) => Some((Value::Number(number.checked_mul(Decimal::from(by))?), Type::Money)),
        Measure::Share(of) => {
            let mut share = number;
            share.set_scale(number.scale() + if of == 100 { 2 } else { 3 }).ok()?;
            Some((Value::Number(share), Type::Rate))
        }
        Measure::Seconds(each) => {
            let nanos = number.checked_mul(Decimal::from(each))?.checked_mul(Decimal::from(1_000_000_000))?;
            let whole = nanos.is_integer().then(|| nanos.to_i128())??;
            Some((Value::Span(SignedDuration::try_from_nanos_i128(whole)?), Type::Span))
        }
        Measure::Months(each) => {
            let months = number.checked_mul(Decimal::from(each))?;
            let whole = months.is_integer().then(|| months.to_i64())??;
            Some((Value::Months(whole), Type::Months))
        }
        Measure::Legal(unit) => {
            let n = number.is_integer().then(|| number.to_u32())??;
            Some((Value::Period(plain_period(n, unit)), Type::Period))
        }
    }
}

/// A period counted by the general rules: from the next day, no roll, until midnight.
fn plain_period(n: u32, unit: Unit) -> Period {
    Period { n, unit, count_from: CountFrom::NextDay, roll: Roll::None, cutoff: None, shift: Shift::None }
}

fn unknown(place: Place) -> FormulaError {
    FormulaError::new(
        FormulaCode::UnknownUnit,
        place,
        "数字后面的单位无法识别",
        "The word after the number is not a unit",
    )
    .advice(
        "可用的单位：万 亿 元 万元 亿元 % ‰ 秒 分钟 小时 天 周 个月 年 工作日 自然日；名称不能以数字开头",
        "Units: 万 亿 元 万元 亿元 % ‰, seconds, minutes, hours, days, weeks, months, years, working days, \
         calendar days; a name cannot start with a digit",
    )
}

fn unsuited(place: Place) -> FormulaError {
    FormulaError::new(
        FormulaCode::BadNumber,
        place,
        "这个数字不能带这个单位",
        "This number cannot have this unit",
    )
    .advice("工作日、自然日和月数须是整数", "Working days, calendar days and months are whole numbers")
}
