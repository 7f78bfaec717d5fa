//! Reading an amount as offices write it: `1,234.50`, `1000万元`, `2亿`, `¥300`.

use super::{MoneyError, Yuan};
use rust_decimal::Decimal;
use std::str::FromStr;

/// Units by their ending, longest first.
const UNITS: [(&str, u64); 5] = [
    ("万亿", 1_000_000_000_000),
    ("亿", 100_000_000),
    ("千万", 10_000_000),
    ("百万", 1_000_000),
    ("万", 10_000),
];

impl FromStr for Yuan {
    type Err = MoneyError;

    /// A number with an optional sign, thousands separators and unit (元, 万, 万元, 亿, 亿元; also
    /// 百万, 千万, 万亿). Full-width characters are read as plain ones. Nothing is rounded.
    fn from_str(written: &str) -> Result<Yuan, MoneyError> {
        if written.chars().count() > 60 {
            return Err(MoneyError::NotAnAmount);
        }
        let text: String = written.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (Decimal::NEGATIVE_ONE, rest),
            None => (Decimal::ONE, text.as_str()),
        };
        let text = text.strip_prefix(['¥', '￥']).unwrap_or(text);
        let text = text.strip_suffix('元').unwrap_or(text);
        let unit = UNITS.iter().find_map(|(name, size)| Some((text.strip_suffix(name)?, *size)));
        let (number, size) = unit.unwrap_or((text, 1));
        let amount = plain(number)?.checked_mul(Decimal::from(size)).ok_or(MoneyError::TooLarge)?;
        Yuan::exact(amount * sign)
    }
}

fn narrow(c: char) -> char {
    match c {
        '，' => ',',
        '．' => '.',
        '－' | '−' => '-',
        '圆' => '元',
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        other => other,
    }
}

/// Digits with at most one point, and separators every three digits or none.
fn plain(number: &str) -> Result<Decimal, MoneyError> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(&whole.replace(',', "")) || !digits(part) {
        return Err(MoneyError::NotAnAmount);
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    if grouped && (!(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3)) {
        return Err(MoneyError::Separators);
    }
    let text = format!("{}.{part}", whole.replace(',', ""));
    Decimal::from_str_exact(&text).map_err(|error| match error {
        rust_decimal::Error::Underflow => MoneyError::PartOfAFen,
        _ => MoneyError::TooLarge,
    })
}
