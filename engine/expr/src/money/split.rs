//! Splitting an amount by shares so that not a fen is lost: the largest remainder gets the left-over.

use super::{MoneyError, Yuan};
use rust_decimal::Decimal;

impl Yuan {
    /// The parts of this amount in proportion to the shares, in their order. Each part is first cut to
    /// the fen towards zero; the fen left over go one each to the largest remainders, and among equals
    /// to the one that stands earlier. The parts always add up to the amount.
    ///
    /// ```
    /// use expr::money::Yuan;
    /// use rust_decimal::Decimal;
    ///
    /// let loss: Yuan = "100.01".parse()?;
    /// let [fund, bank, guarantor] = loss.split(&[65, 20, 15].map(Decimal::from))?[..] else { panic!() };
    /// assert_eq!((fund.fen(), bank.fen(), guarantor.fen()), (6501, 2000, 1500));
    /// # Ok::<(), expr::money::MoneyError>(())
    /// ```
    ///
    /// # Errors
    /// [`MoneyError::NoShares`] without a positive share or with a negative one;
    /// [`MoneyError::TooLarge`] when shares and amount together have too many digits.
    pub fn split(self, shares: &[Decimal]) -> Result<Vec<Yuan>, MoneyError> {
        let weights = weights(shares)?;
        let whole: i128 = weights
            .iter()
            .try_fold(0i128, |sum, weight| sum.checked_add(*weight))
            .ok_or(MoneyError::TooLarge)?;
        let mut parts = Vec::with_capacity(weights.len());
        for (at, weight) in weights.iter().enumerate() {
            let product = self.fen.checked_mul(*weight).ok_or(MoneyError::TooLarge)?;
            parts.push(Part { at, fen: product / whole, remainder: (product % whole).abs() });
        }
        let given: i128 = parts.iter().map(|part| part.fen).sum();
        let left = self.fen - given;
        parts.sort_by_key(|part| (std::cmp::Reverse(part.remainder), part.at));
        for part in parts.iter_mut().take(usize::try_from(left.abs()).unwrap_or(0)) {
            part.fen += left.signum();
        }
        parts.sort_by_key(|part| part.at);
        parts.into_iter().map(|part| Yuan::from_fen(part.fen)).collect()
    }
}

/// One part while fen are handed out.
struct Part {
    at: usize,
    fen: i128,
    remainder: i128,
}

/// The shares as whole numbers of one common scale.
fn weights(shares: &[Decimal]) -> Result<Vec<i128>, MoneyError> {
    let none = shares.iter().all(Decimal::is_zero);
    if none || shares.iter().any(|share| share.is_sign_negative() && !share.is_zero()) {
        return Err(MoneyError::NoShares);
    }
    let shares: Vec<Decimal> = shares.iter().map(Decimal::normalize).collect();
    let scale = shares.iter().map(Decimal::scale).max().unwrap_or(0);
    shares
        .iter()
        .map(|share| share.mantissa().checked_mul(10i128.checked_pow(scale - share.scale())?))
        .collect::<Option<Vec<i128>>>()
        .ok_or(MoneyError::TooLarge)
}
