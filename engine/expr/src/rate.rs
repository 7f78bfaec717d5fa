//! Rates: exact ratios, written in percent, per mille or as a fraction.
//!
//! Units: a rate is a plain ratio (3 % is 0.03). Errors are [`RateError`]; nothing panics.

use crate::lang::Lang;
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// The largest ratio a rate may have, either way.
const MOST: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// A rate, exact; may be negative (a cut of a base rate).
///
/// ```
/// use expr::rate::Rate;
///
/// assert_eq!("3%".parse::<Rate>(), "30‰".parse());
/// assert_eq!("百分之三".parse::<Rate>().unwrap_err().code(), "rate_number");
/// assert_eq!("0.0385".parse::<Rate>().unwrap().to_string(), "3.85%");
/// assert_eq!("1/3".parse::<Rate>().unwrap_err().code(), "rate_endless");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(Decimal);

impl Rate {
    /// A rate of this ratio: 0.03 is three percent.
    ///
    /// # Errors
    /// [`RateError::TooLarge`] beyond a millionfold.
    pub fn of(ratio: Decimal) -> Result<Rate, RateError> {
        if ratio.abs() > MOST { Err(RateError::TooLarge) } else { Ok(Rate(ratio.normalize())) }
    }

    /// So many percent.
    ///
    /// # Errors
    /// As [`Rate::of`].
    pub fn percent(percent: Decimal) -> Result<Rate, RateError> {
        Rate::scaled(percent, 2)
    }

    /// So many per mille.
    ///
    /// # Errors
    /// As [`Rate::of`].
    pub fn permille(permille: Decimal) -> Result<Rate, RateError> {
        Rate::scaled(permille, 3)
    }

    /// So many basis points: one is 0.01 %.
    ///
    /// # Errors
    /// As [`Rate::of`].
    pub fn basis_points(points: Decimal) -> Result<Rate, RateError> {
        Rate::scaled(points, 4)
    }

    /// This many of so many equal parts; only where the decimal ends.
    ///
    /// # Errors
    /// [`RateError::Endless`] for thirds and their like, and for zero parts; as [`Rate::of`].
    pub fn fraction(of: Decimal, parts: Decimal) -> Result<Rate, RateError> {
        let ratio = of.checked_div(parts).ok_or(RateError::Endless)?;
        let exact = ratio.checked_mul(parts) == Some(of);
        if exact { Rate::of(ratio) } else { Err(RateError::Endless) }
    }

    /// The ratio: three percent is 0.03.
    pub fn ratio(self) -> Decimal {
        self.0
    }

    /// Division by a power of ten moves the point: exact unless digits fall off the end.
    fn scaled(number: Decimal, places: u32) -> Result<Rate, RateError> {
        Rate::fraction(number, Decimal::from(10u32.pow(places)))
    }
}

impl From<Rate> for Decimal {
    fn from(rate: Rate) -> Decimal {
        rate.0
    }
}

impl fmt::Display for Rate {
    /// In percent, without idle zeros: `3.85%`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A ratio within a millionfold times a hundred always fits.
        let percent = self.0.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(self.0).normalize();
        write!(out, "{percent}%")
    }
}

impl FromStr for Rate {
    type Err = RateError;

    /// `3%`, `3‰`, `35bp`, `1/4`, `0.03`; full-width signs are read as their plain ones.
    fn from_str(written: &str) -> Result<Rate, RateError> {
        if written.chars().count() > 60 {
            return Err(RateError::NotANumber);
        }
        let text: String = written.trim().chars().map(narrow).collect();
        if let Some((of, parts)) = text.split_once('/') {
            return Rate::fraction(number(of)?, number(parts)?);
        }
        let ends = |sign: &str| text.strip_suffix(sign);
        match (ends("%"), ends("‰"), ends("bp").or_else(|| ends("BP"))) {
            (Some(percent), _, _) => Rate::percent(number(percent)?),
            (_, Some(permille), _) => Rate::permille(number(permille)?),
            (_, _, Some(points)) => Rate::basis_points(number(points)?),
            _ => Rate::of(number(&text)?),
        }
    }
}

fn narrow(c: char) -> char {
    match c {
        '％' => '%',
        '．' => '.',
        '／' => '/',
        '－' | '−' => '-',
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        other => other,
    }
}

fn number(text: &str) -> Result<Decimal, RateError> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let found = if plain { Decimal::from_str_exact(text).ok() } else { None };
    found.filter(|_| digits.starts_with(|c: char| c.is_ascii_digit())).ok_or(RateError::NotANumber)
}

/// Why something is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateError {
    /// Not a number, with or without its sign.
    NotANumber,
    /// More than a millionfold.
    TooLarge,
    /// The decimal has no end, or more than 28 places.
    Endless,
}

impl RateError {
    /// A stable code for this error.
    pub fn code(self) -> &'static str {
        match self {
            RateError::NotANumber => "rate_number",
            RateError::TooLarge => "rate_too_large",
            RateError::Endless => "rate_endless",
        }
    }

    /// What is wrong and what is accepted, as a sentence.
    pub fn text(self, lang: Lang) -> String {
        let (zh, en) = match self {
            RateError::NotANumber => {
                ("不是比率：例如写 3%、3‰ 或 0.03", "this is not a rate: write for example 3%, 3‰ or 0.03")
            }
            RateError::TooLarge => ("比率太大：最多一百万倍", "the rate is too large: at most a millionfold"),
            RateError::Endless => {
                ("小数除不尽：请改用有限小数", "this has no exact decimal: write the decimal that is meant")
            }
        };
        lang.pick(zh, en).to_owned()
    }
}

impl fmt::Display for RateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for RateError {}
