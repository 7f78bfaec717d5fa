//! Scales: a rate per stretch of an amount. Marginal (超额累进): each part of the amount at the rate of its own
//! stretch. Slab (全额累进): the whole amount at the rate of the stretch it falls in.

use super::line::Line;
use rust_decimal::Decimal;
use thiserror::Error;

/// One tier of a scale: from a threshold up to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Where the tier begins, in yuan.
    pub from: Decimal,
    /// Whether the threshold itself belongs to this tier; otherwise to the one below.
    pub included: bool,
    /// The rate, as a ratio.
    pub rate: Decimal,
}

/// How a rate meets an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Each part at the rate of its own tier. `first_whole` takes the first tier on everything below its end, not
    /// only on the part above its threshold.
    Marginal {
        /// Whether the first tier counts from zero once it is reached.
        first_whole: bool,
    },
    /// The whole amount at the rate of the tier it falls in.
    Slab,
}

/// A scale. Invariant: thresholds rise strictly, there is at least one tier, and at most [`TIERS_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    tiers: Vec<Tier>,
    mode: Mode,
}

/// The most tiers of a scale.
pub const TIERS_MAX: usize = 100;

/// Why tiers make no scale, or a scale no amount.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAScale {
    /// No tier, or more than [`TIERS_MAX`].
    #[error("a scale has between 1 and {TIERS_MAX} tiers, this one {0}")]
    Count(usize),
    /// A threshold that is not above the one before.
    #[error("the threshold {at} of tier {tier} is not above the one before")]
    Unsorted {
        /// The tier, from one.
        tier: usize,
        /// Its threshold.
        at: Decimal,
    },
    /// A result that cannot be written.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// What a scale makes of an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The result, not rounded.
    pub amount: Decimal,
    /// The tier the whole amount falls in, from zero; none below the first.
    pub tier: Option<usize>,
    /// How it came about, one line per tier that took part.
    pub lines: Vec<Line>,
}

impl Scale {
    /// A scale of `tiers`, lowest first. Below the first threshold nothing is given.
    pub fn new(tiers: Vec<Tier>, mode: Mode) -> Result<Scale, NotAScale> {
        if tiers.is_empty() || tiers.len() > TIERS_MAX {
            return Err(NotAScale::Count(tiers.len()));
        }
        match tiers.windows(2).position(|pair| pair[0].from >= pair[1].from) {
            Some(i) => Err(NotAScale::Unsorted { tier: i + 2, at: tiers[i + 1].from }),
            None => Ok(Scale { tiers, mode }),
        }
    }

    /// Its tiers, lowest first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier `amount` falls in, from zero; none below the first.
    pub fn tier_of(&self, amount: Decimal) -> Option<usize> {
        self.tiers.iter().rposition(|tier| amount > tier.from || (tier.included && amount == tier.from))
    }

    /// The scale on `amount`, exact and not rounded.
    pub fn apply(&self, amount: Decimal) -> Result<Scaled, NotAScale> {
        let Some(reached) = self.tier_of(amount) else {
            let from = self.tiers[0].from;
            let line = Line::new(
                format!("{amount} 未达到第一档起点 {from}"),
                format!("{amount} does not reach the first tier at {from}"),
                Decimal::ZERO,
            );
            return Ok(Scaled { amount: Decimal::ZERO, tier: None, lines: vec![line] });
        };
        let lines = match self.mode {
            Mode::Slab => vec![self.line(reached, amount)?],
            Mode::Marginal { first_whole } => (0..=reached)
                .map(|tier| self.line(tier, self.part(tier, amount, first_whole)))
                .collect::<Result<_, _>>()?,
        };
        let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.amount));
        Ok(Scaled { amount: sum.ok_or(NotAScale::OutOfRange)?, tier: Some(reached), lines })
    }

    /// The part of `amount` that lies in `tier`.
    fn part(&self, tier: usize, amount: Decimal, first_whole: bool) -> Decimal {
        let low = if tier == 0 && first_whole { Decimal::ZERO } else { self.tiers[tier].from };
        let high = self.tiers.get(tier + 1).map_or(amount, |next| next.from.min(amount));
        (high - low).max(Decimal::ZERO)
    }

    fn line(&self, tier: usize, part: Decimal) -> Result<Line, NotAScale> {
        let rate = self.tiers[tier].rate;
        let product = part.checked_mul(rate).ok_or(NotAScale::OutOfRange)?;
        let tier = tier + 1;
        Ok(Line::new(
            format!("第 {tier} 档：{part} × {rate}"),
            format!("tier {tier}: {part} × {rate}"),
            product,
        ))
    }
}
