//! Giving money out: ceilings, what is carried to the next year, and splits that keep their sum.

use super::line::Line;
use crate::formula::Words;
use crate::money::{MoneyError, Yuan};
use rust_decimal::Decimal;
use thiserror::Error;

/// Why an allocation cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unallocatable {
    /// An amount below zero where none may be.
    #[error("the amount {0} is below zero")]
    Negative(Yuan),
    /// Shares that must make one whole and do not.
    #[error("the shares sum to {0} and not to 1")]
    NotOne(Decimal),
    /// An amount that cannot be written or divided.
    #[error("{}", .0.text(crate::lang::Lang::En))]
    Money(MoneyError),
}

impl From<MoneyError> for Unallocatable {
    fn from(error: MoneyError) -> Unallocatable {
        Unallocatable::Money(error)
    }
}

impl Unallocatable {
    /// The same for people; the English is that of `Display`.
    pub fn words(&self) -> Words {
        let zh = match self {
            Unallocatable::Negative(amount) => format!("金额 {amount} 不能为负"),
            Unallocatable::NotOne(sum) => format!("各方比例之和是 {sum}，必须正好是 1"),
            Unallocatable::Money(error) => error.text(crate::lang::Lang::Zh),
        };
        Words::new(zh, self.to_string())
    }
}

/// `amount`, but not more than `ceiling`, with the line that says which it was.
pub fn cap(amount: Yuan, ceiling: Yuan) -> (Yuan, Line) {
    let over = amount > ceiling;
    let words = match over {
        true => Words::new(
            format!("{amount} 超过上限 {ceiling}，按上限计"),
            format!("{amount} is over the ceiling {ceiling}: the ceiling counts"),
        ),
        false => Words::new(
            format!("{amount} 未超过上限 {ceiling}"),
            format!("{amount} is not over the ceiling {ceiling}"),
        ),
    };
    let counted = amount.min(ceiling);
    (counted, Line { words, amount: counted.into() })
}

/// Splits `amount` by shares that are declared as parts of one whole, such as 0.65, 0.20, 0.15. The sum is kept to
/// the fen; equal remainders go by the order of the shares.
pub fn split_whole(amount: Yuan, shares: &[Decimal]) -> Result<Vec<Yuan>, Unallocatable> {
    let sum = shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(*share));
    let sum = sum.ok_or(MoneyError::TooLarge)?;
    match sum == Decimal::ONE {
        true => Ok(amount.split(shares)?),
        false => Err(Unallocatable::NotOne(sum.normalize())),
    }
}

/// How what is left of a yearly quota lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarryOver {
    /// For how many years after its own a grant may be used; none for ever.
    pub years: Option<u32>,
    /// The most that may be paid in a year, when the ceiling is read as one on the payout.
    pub payout_cap: Option<Yuan>,
}

/// What is left of the grant of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The year it was granted for.
    pub year: i16,
    /// What is left of it.
    pub left: Yuan,
}

/// One year of a quota account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfAccount {
    /// What was paid.
    pub paid: Yuan,
    /// The part of it that came from earlier years.
    pub from_carry: Yuan,
    /// What was called for and could not be paid.
    pub uncovered: Yuan,
    /// What fell away at the end of the year.
    pub expired: Yuan,
    /// What goes into the next year, oldest first.
    pub carried: Vec<Grant>,
    /// How it came about.
    pub lines: Vec<Line>,
}

impl YearOfAccount {
    /// The sum of what goes into the next year.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it cannot be written.
    pub fn carry_out(&self) -> Result<Yuan, MoneyError> {
        Yuan::sum(self.carried.iter().map(|grant| grant.left))
    }
}

impl CarryOver {
    /// Pays `call` in `year` from what earlier years left and from the `grant` of this one; the oldest money
    /// first. What is too old at the end of the year falls away.
    pub fn settle(
        self,
        year: i16,
        carried: &[Grant],
        grant: Yuan,
        call: Yuan,
    ) -> Result<YearOfAccount, Unallocatable> {
        let mut amounts = carried.iter().map(|grant| grant.left).chain([grant, call]);
        if let Some(amount) = amounts.find(|amount| amount.is_negative()) {
            return Err(Unallocatable::Negative(amount));
        }
        let mut account: Vec<Grant> = carried.to_vec();
        account.sort_by_key(|grant| grant.year);
        account.push(Grant { year, left: grant });
        let mut lines = vec![line(format!("{year} 年度新增额度"), format!("granted for {year}"), grant)];
        let wanted = self.payout_cap.map_or(call, |cap| call.min(cap));
        if wanted < call {
            lines.push(line("当年支付上限", "the ceiling on what is paid in a year", wanted));
        }
        let (paid, from_carry) = draw(&mut account, year, wanted, &mut lines)?;
        let expired = self.expire(&mut account, year, &mut lines)?;
        account.retain(|grant| grant.left != Yuan::ZERO);
        let uncovered = call.minus(paid)?;
        Ok(YearOfAccount { paid, from_carry, uncovered, expired, carried: account, lines })
    }

    fn expire(self, account: &mut Vec<Grant>, year: i16, lines: &mut Vec<Line>) -> Result<Yuan, MoneyError> {
        let Some(years) = self.years else { return Ok(Yuan::ZERO) };
        let too_old = |grant: &Grant| i64::from(year) - i64::from(grant.year) >= i64::from(years);
        let mut expired = Yuan::ZERO;
        for grant in account.iter().filter(|grant| too_old(grant) && grant.left != Yuan::ZERO) {
            let from = grant.year;
            let (zh, en) =
                (format!("{from} 年度结余到期失效"), format!("what was left of {from} falls away"));
            lines.push(line(zh, en, grant.left));
            expired = expired.plus(grant.left)?;
        }
        account.retain(|grant| !too_old(grant));
        Ok(expired)
    }
}

/// Takes `wanted` from the account, oldest first. Answers what was taken, and how much of it from earlier years.
fn draw(
    account: &mut [Grant],
    year: i16,
    wanted: Yuan,
    lines: &mut Vec<Line>,
) -> Result<(Yuan, Yuan), MoneyError> {
    let (mut paid, mut from_carry) = (Yuan::ZERO, Yuan::ZERO);
    for grant in account {
        let taken = grant.left.min(wanted.minus(paid)?);
        if taken == Yuan::ZERO {
            continue;
        }
        grant.left = grant.left.minus(taken)?;
        paid = paid.plus(taken)?;
        if grant.year < year {
            from_carry = from_carry.plus(taken)?;
        }
        let from = grant.year;
        lines.push(line(format!("用 {from} 年度额度支付"), format!("paid from the grant of {from}"), taken));
    }
    Ok((paid, from_carry))
}

fn line(zh: impl Into<String>, en: impl Into<String>, amount: Yuan) -> Line {
    Line::new(zh, en, amount.into())
}
