//! Money: yuan to the fen, exact, rounded once, split without loss.
//!
//! Units: a [`Yuan`] is a whole number of fen. It may be negative, because a difference, a correction
//! or a recovery may be; that an amount in a form is not negative is the form's own limit.
//! Errors are [`MoneyError`]; nothing here panics or loses a fen.

mod capitals;
mod read;
mod split;

use crate::lang::Lang;
use crate::rate::Rate;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// The largest amount, either way, in fen: ten to the eighteenth yuan less a fen.
const MOST_FEN: i128 = 10i128.pow(20) - 1;

/// An amount of money in yuan: a whole number of fen, positive, zero or negative.
///
/// ```
/// use expr::money::{Rounding, Yuan};
/// use expr::rate::Rate;
///
/// let lent: Yuan = "1000万元".parse()?;
/// assert_eq!(lent.to_string(), "10,000,000.00");
/// assert_eq!(lent.capitals(), "壹仟万元整");
/// let reward = lent.at("3‰".parse().unwrap(), Rounding::HalfUp)?;
/// assert_eq!(reward, Yuan::from_fen(3_000_000)?);
/// # Ok::<(), expr::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yuan {
    fen: i128,
}

/// What happens to less than a fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rounding {
    /// Half a fen goes away from zero (四舍五入).
    #[default]
    HalfUp,
    /// Half a fen goes to the even fen.
    HalfEven,
    /// Half a fen goes towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero (抹去尾数).
    Down,
}

impl Yuan {
    /// Nothing.
    pub const ZERO: Yuan = Yuan { fen: 0 };

    /// So many fen.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] from ten to the eighteenth yuan on.
    pub fn from_fen(fen: i128) -> Result<Yuan, MoneyError> {
        if fen.abs() > MOST_FEN { Err(MoneyError::TooLarge) } else { Ok(Yuan { fen }) }
    }

    /// This decimal number of yuan, which must be whole fen.
    ///
    /// # Errors
    /// [`MoneyError::PartOfAFen`], [`MoneyError::TooLarge`].
    pub fn exact(yuan: Decimal) -> Result<Yuan, MoneyError> {
        let fen = yuan.checked_mul(Decimal::ONE_HUNDRED).ok_or(MoneyError::TooLarge)?.normalize();
        if fen.scale() > 0 { Err(MoneyError::PartOfAFen) } else { Yuan::from_fen(fen.mantissa()) }
    }

    /// This decimal number of yuan, rounded once to the fen.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn rounded(yuan: Decimal, rounding: Rounding) -> Result<Yuan, MoneyError> {
        Yuan::exact(yuan.round_dp_with_strategy(2, rounding.strategy()))
    }

    /// This amount at a rate, rounded once.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn at(self, rate: Rate, rounding: Rounding) -> Result<Yuan, MoneyError> {
        let product = Decimal::from(self).checked_mul(rate.ratio()).ok_or(MoneyError::TooLarge)?;
        Yuan::rounded(product, rounding)
    }

    /// The amount in fen.
    pub fn fen(self) -> i128 {
        self.fen
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn plus(self, other: Yuan) -> Result<Yuan, MoneyError> {
        Yuan::from_fen(self.fen + other.fen)
    }

    /// The difference; negative when the other is larger.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn minus(self, other: Yuan) -> Result<Yuan, MoneyError> {
        Yuan::from_fen(self.fen - other.fen)
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn sum(amounts: impl IntoIterator<Item = Yuan>) -> Result<Yuan, MoneyError> {
        amounts.into_iter().try_fold(Yuan::ZERO, Yuan::plus)
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.fen < 0
    }

    /// In the unit people use for its size: `1,000万元`, `2亿元`, `12,345.60元`. Exact: a unit is used
    /// only where at most two decimals are left.
    ///
    /// ```
    /// use expr::money::Yuan;
    /// let read = |text: &str| text.parse::<Yuan>().unwrap().short();
    /// assert_eq!(read("10000000"), "1,000万元");
    /// assert_eq!(read("250000000"), "2.5亿元");
    /// assert_eq!(read("12345.6"), "12,345.60元");
    /// ```
    pub fn short(self) -> String {
        for (unit, fen) in [("亿元", 10_000_000_000), ("万元", 1_000_000)] {
            let hundredth = fen / 100;
            if self.fen.abs() >= fen && self.fen % hundredth == 0 {
                let text = grouped(self.fen / hundredth);
                return format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'));
            }
        }
        format!("{self}元")
    }
}

impl Rounding {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
            Rounding::HalfDown => RoundingStrategy::MidpointTowardZero,
            Rounding::Up => RoundingStrategy::AwayFromZero,
            Rounding::Down => RoundingStrategy::ToZero,
        }
    }
}

impl From<Yuan> for Decimal {
    /// The amount in yuan, with two decimals.
    fn from(yuan: Yuan) -> Decimal {
        // At most twenty digits of fen, and a decimal holds twenty-eight.
        Decimal::from_i128_with_scale(yuan.fen, 2)
    }
}

impl fmt::Display for Yuan {
    /// With thousands separators and both decimals: `1,234.00`, `-0.05`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&grouped(self.fen))
    }
}

/// Hundredths as a number with thousands separators and two decimals.
fn grouped(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}.{part:02}")
}

/// Why something is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not a number with a unit of money.
    NotAnAmount,
    /// Thousands separators in the wrong places.
    Separators,
    /// Less than a fen is left over.
    PartOfAFen,
    /// Ten to the eighteenth yuan or more.
    TooLarge,
    /// Shares to split by are empty, negative or all zero.
    NoShares,
}

impl MoneyError {
    /// A stable code for this error.
    pub fn code(self) -> &'static str {
        match self {
            MoneyError::NotAnAmount => "money_number",
            MoneyError::Separators => "money_separators",
            MoneyError::PartOfAFen => "money_part_of_a_fen",
            MoneyError::TooLarge => "money_too_large",
            MoneyError::NoShares => "money_no_shares",
        }
    }

    /// What is wrong and what is accepted, as a sentence.
    pub fn text(self, lang: Lang) -> String {
        let (zh, en) = match self {
            MoneyError::NotAnAmount => (
                "不是金额：例如写 1,234.50、1000万元 或 2亿元",
                "this is not an amount: write for example 1,234.50, 1000万元 or 2亿元",
            ),
            MoneyError::Separators => (
                "千位分隔符的位置不对：应写 1,234,567.00",
                "the thousands separators are misplaced: write 1,234,567.00",
            ),
            MoneyError::PartOfAFen => {
                ("金额精确到分：不能有不足一分的部分", "an amount is exact to the fen: no part of a fen")
            }
            MoneyError::TooLarge => {
                ("金额太大：须小于一百亿亿元", "the amount is too large: below ten to the eighteenth yuan")
            }
            MoneyError::NoShares => (
                "分配比例为空、为负或全为零：请给出至少一个正的比例",
                "the shares are empty, negative or all zero: give at least one positive share",
            ),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for MoneyError {}
