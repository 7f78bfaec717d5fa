//! Giving money out: ceilings, what is carried to the next year, and splits that keep their sum.

use super::line::Line;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Reverse;
use thiserror::Error;

/// One fen, in yuan.
pub const FEN: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Why an allocation cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unallocatable {
    /// No one to give to.
    #[error("there is nobody to give to")]
    Nobody,
    /// A weight below zero, or all of them zero.
    #[error("weights must be zero or more and not all zero")]
    Weights,
    /// An amount below zero where none may be.
    #[error("the amount {0} is below zero")]
    Negative(Decimal),
    /// An amount that is no whole number of units.
    #[error("the amount {amount} is not a whole number of {unit}")]
    NotWhole {
        /// The amount.
        amount: Decimal,
        /// The unit.
        unit: Decimal,
    },
    /// Shares that must make one whole and do not.
    #[error("the shares sum to {0} and not to 1")]
    NotOne(Decimal),
    /// A result that cannot be written.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// `amount` rounded to `unit` once, half away from zero: 四舍五入.
pub fn half_up(amount: Decimal, unit: Decimal) -> Option<Decimal> {
    let units = amount.checked_div(unit)?;
    units.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).checked_mul(unit)
}

/// `amount`, but not more than `ceiling`, with the line that says which it was.
pub fn cap(amount: Decimal, ceiling: Decimal) -> Line {
    match amount > ceiling {
        true => Line::new(
            format!("{amount} 超过上限 {ceiling}，按上限计"),
            format!("{amount} is over the ceiling {ceiling}: the ceiling counts"),
            ceiling,
        ),
        false => Line::new(
            format!("{amount} 未超过上限 {ceiling}"),
            format!("{amount} is not over the ceiling {ceiling}"),
            amount,
        ),
    }
}

/// Splits `amount` by `weights` into whole `unit`s whose sum is `amount` exactly: each share is rounded down, and
/// the units left over go to the largest remainders. Equal remainders go by the order of the weights.
pub fn split(amount: Decimal, weights: &[Decimal], unit: Decimal) -> Result<Vec<Decimal>, Unallocatable> {
    if weights.is_empty() {
        return Err(Unallocatable::Nobody);
    }
    if amount < Decimal::ZERO {
        return Err(Unallocatable::Negative(amount));
    }
    let out_of_range = || Unallocatable::OutOfRange;
    let total =
        weights.iter().try_fold(Decimal::ZERO, |sum, w| sum.checked_add(*w)).ok_or_else(out_of_range)?;
    if total <= Decimal::ZERO || weights.iter().any(|w| *w < Decimal::ZERO) {
        return Err(Unallocatable::Weights);
    }
    let units = amount.checked_div(unit).ok_or_else(out_of_range)?;
    if units.checked_mul(unit) != Some(amount) || !units.fract().is_zero() {
        return Err(Unallocatable::NotWhole { amount, unit });
    }
    // The remainder of `units * weight` by `total` is exact, where a quotient could be rounded.
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        let product = units
            .checked_mul(*weight)
            .filter(|p| exact_product(units, *weight, *p))
            .ok_or_else(out_of_range)?;
        let remainder = product.checked_rem(total).ok_or_else(out_of_range)?;
        shares.push(((product - remainder) / total).round());
        remainders.push((Reverse(remainder), place));
    }
    let given: Decimal = shares.iter().sum();
    remainders.sort_unstable();
    let mut left = units - given;
    for (_, place) in remainders {
        if left < Decimal::ONE {
            break;
        }
        shares[place] += Decimal::ONE;
        left -= Decimal::ONE;
    }
    Ok(shares.into_iter().map(|share| (share * unit).normalize()).collect())
}

/// Whether a product kept all its digits; beyond 28 of them they would be rounded away.
fn exact_product(a: Decimal, b: Decimal, product: Decimal) -> bool {
    let (a, b) = (a.normalize(), b.normalize());
    product.normalize().scale() == a.scale() + b.scale()
        || product.checked_div(b).is_none_or(|back| back == a)
}

/// The same, for shares that are declared as parts of one whole, such as 0.65, 0.20, 0.15.
pub fn split_whole(
    amount: Decimal,
    shares: &[Decimal],
    unit: Decimal,
) -> Result<Vec<Decimal>, Unallocatable> {
    let sum: Decimal = shares
        .iter()
        .try_fold(Decimal::ZERO, |sum, s| sum.checked_add(*s))
        .ok_or(Unallocatable::OutOfRange)?;
    if sum != Decimal::ONE {
        return Err(Unallocatable::NotOne(sum.normalize()));
    }
    split(amount, shares, unit)
}

/// How what is left of a yearly quota lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarryOver {
    /// For how many years after its own a grant may be used; none for ever.
    pub years: Option<u32>,
    /// The most that may be paid in a year, when the ceiling is read as one on the payout.
    pub payout_cap: Option<Decimal>,
}

/// What is left of the grant of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The year it was granted for.
    pub year: i16,
    /// What is left of it, in yuan.
    pub left: Decimal,
}

/// One year of a quota account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfAccount {
    /// What was paid.
    pub paid: Decimal,
    /// The part of it that came from earlier years.
    pub from_carry: Decimal,
    /// What was called for and could not be paid.
    pub uncovered: Decimal,
    /// What fell away at the end of the year.
    pub expired: Decimal,
    /// What goes into the next year, oldest first.
    pub carried: Vec<Grant>,
    /// How it came about.
    pub lines: Vec<Line>,
}

impl YearOfAccount {
    /// The sum of what goes into the next year.
    pub fn carry_out(&self) -> Decimal {
        self.carried.iter().map(|grant| grant.left).sum()
    }
}

impl CarryOver {
    /// Pays `call` in `year` from what earlier years left and from the `grant` of this one; the oldest money
    /// first. What is too old at the end of the year falls away.
    pub fn settle(
        self,
        year: i16,
        carried: &[Grant],
        grant: Decimal,
        call: Decimal,
    ) -> Result<YearOfAccount, Unallocatable> {
        let below_zero =
            carried.iter().map(|g| g.left).chain([grant, call]).find(|amount| *amount < Decimal::ZERO);
        if let Some(amount) = below_zero {
            return Err(Unallocatable::Negative(amount));
        }
        let mut account: Vec<Grant> = carried.to_vec();
        account.sort_by_key(|grant| grant.year);
        account.push(Grant { year, left: grant });
        let mut lines = vec![Line::new(format!("{year} 年度新增额度"), format!("granted for {year}"), grant)];
        let wanted = self.payout_cap.map_or(call, |cap| call.min(cap));
        if wanted < call {
            lines.push(Line::new("当年支付上限", "the ceiling on what is paid in a year", wanted));
        }
        let (paid, from_carry) = draw(&mut account, year, wanted, &mut lines)?;
        let expired = self.expire(&mut account, year, &mut lines);
        account.retain(|grant| !grant.left.is_zero());
        Ok(YearOfAccount { paid, from_carry, uncovered: call - paid, expired, carried: account, lines })
    }

    fn expire(self, account: &mut Vec<Grant>, year: i16, lines: &mut Vec<Line>) -> Decimal {
        let Some(years) = self.years else { return Decimal::ZERO };
        let too_old = |grant: &Grant| i64::from(year) - i64::from(grant.year) >= i64::from(years);
        let mut expired = Decimal::ZERO;
        for grant in account.iter().filter(|grant| too_old(grant) && !grant.left.is_zero()) {
            let from = grant.year;
            lines.push(Line::new(
                format!("{from} 年度结余到期失效"),
                format!("what was left of {from} falls away"),
                grant.left,
            ));
            expired += grant.left;
        }
        account.retain(|grant| !too_old(grant));
        expired
    }
}

/// Takes `wanted` from the account, oldest first. Answers what was taken, and how much of it from earlier years.
fn draw(
    account: &mut [Grant],
    year: i16,
    wanted: Decimal,
    lines: &mut Vec<Line>,
) -> Result<(Decimal, Decimal), Unallocatable> {
    let (mut paid, mut from_carry) = (Decimal::ZERO, Decimal::ZERO);
    for grant in account {
        let taken = grant.left.min(wanted - paid);
        if taken.is_zero() {
            continue;
        }
        grant.left -= taken;
        paid = paid.checked_add(taken).ok_or(Unallocatable::OutOfRange)?;
        if grant.year < year {
            from_carry += taken;
        }
        let from = grant.year;
        lines.push(Line::new(
            format!("用 {from} 年度额度支付"),
            format!("paid from the grant of {from}"),
            taken,
        ));
    }
    Ok((paid, from_carry))
}
