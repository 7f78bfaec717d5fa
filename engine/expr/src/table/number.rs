//! Numbers as an office writes them in a table: `1000万`, `2亿元`, `3%`, `3‰`, `-0.5`.

use rust_decimal::Decimal;

/// The largest magnitude a table may speak of; beyond it arithmetic on the domain could overflow.
const MAGNITUDE_MAX: i128 = 1_000_000_000_000_000_000;
/// The most decimal places a table may write.
const PLACES_MAX: u32 = 9;

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotANumber {
    /// It does not begin like one.
    Other,
    /// It begins like one, but no unit of this name is known.
    UnknownUnit,
    /// Larger than 10^18 or finer than nine places.
    OutOfRange,
    /// Written with separators between thousands, which a list of values cannot tell from its own commas.
    Separators,
}

/// Units that multiply. Longer names first, so that `万元` is not read as `万` with something left over.
const SCALING: &[(&str, i64, u32)] = &[
    ("亿元", 100_000_000, 0),
    ("万元", 10_000, 0),
    ("千元", 1_000, 0),
    ("亿", 100_000_000, 0),
    ("万", 10_000, 0),
    ("%", 1, 2),
    ("‰", 1, 3),
];

/// Units that only say what is counted.
const COUNTING: &[&str] = &[
    "",
    "元",
    "分",
    "户",
    "家",
    "个",
    "笔",
    "人",
    "次",
    "项",
    "岁",
    "天",
    "日",
    "工作日",
    "月",
    "个月",
    "年",
];

/// What one of `unit` is worth, or none if the unit is not known.
pub fn unit_factor(unit: &str) -> Option<Decimal> {
    if COUNTING.contains(&unit) {
        return Some(Decimal::ONE);
    }
    SCALING.iter().find(|(name, ..)| *name == unit).map(|(_, n, scale)| Decimal::new(*n, *scale))
}

/// The number `text` stands for. A number without a unit of its own is counted in `unit`, the factor that
/// the heading of its column gives.
pub fn number(text: &str, unit: Decimal) -> Result<Decimal, NotANumber> {
    let digits_end = text
        .char_indices()
        .find(|(i, c)| !(c.is_ascii_digit() || *c == '.' || (*i == 0 && matches!(c, '-' | '+'))))
        .map_or(text.len(), |(i, _)| i);
    let (digits, own_unit) = text.split_at(digits_end);
    if !digits.ends_with(|c: char| c.is_ascii_digit()) || !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(NotANumber::Other);
    }
    let own_unit = own_unit.trim();
    if own_unit.starts_with([',', '，']) {
        return Err(NotANumber::Separators);
    }
    let factor = match own_unit {
        "" => unit,
        name => unit_factor(name).ok_or(NotANumber::UnknownUnit)?,
    };
    let value: Decimal = digits.parse().map_err(|_| NotANumber::OutOfRange)?;
    let value = value.checked_mul(factor).ok_or(NotANumber::OutOfRange)?.normalize();
    let too_large = value.abs() > Decimal::from_i128_with_scale(MAGNITUDE_MAX, 0);
    if too_large || value.scale() > PLACES_MAX { Err(NotANumber::OutOfRange) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_their_unit() {
        let table = [
            ("600", "600"),
            ("-0.5", "-0.5"),
            ("1000万", "10000000"),
            ("1000 万元", "10000000"),
            ("2亿元", "200000000"),
            ("1.5亿", "150000000"),
            ("3%", "0.03"),
            ("3‰", "0.003"),
            ("40家", "40"),
        ];
        for (text, expected) in table {
            assert_eq!(number(text, Decimal::ONE).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(number("1000", Decimal::from(10_000)).unwrap().to_string(), "10000000", "heading in 万元");
        assert_eq!(
            number("2亿", Decimal::from(10_000)).unwrap().to_string(),
            "200000000",
            "its own unit wins"
        );
    }

    #[test]
    fn what_is_no_number_says_why() {
        let table = [
            ("", NotANumber::Other),
            ("abc", NotANumber::Other),
            ("-", NotANumber::Other),
            ("5.", NotANumber::Other),
            ("5斤", NotANumber::UnknownUnit),
            ("1,000", NotANumber::Separators),
            ("99999999999999999999999999999999999", NotANumber::OutOfRange),
            ("99999999999亿", NotANumber::OutOfRange),
            ("0.0000000001", NotANumber::OutOfRange),
            ("1.2.3", NotANumber::OutOfRange),
        ];
        for (text, why) in table {
            assert_eq!(number(text, Decimal::ONE), Err(why), "{text}");
        }
    }
}
