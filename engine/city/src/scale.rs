//! How large the city is: a share of the printed figures, and amounts that meet a total exactly.

use std::fmt;
use std::str::FromStr;

/// A share of seed scale in hundredths of a percent: 10,000 is the city as printed.
///
/// Enterprises, demands, loans, consents and amounts scale; institutions, products, sources and items do not:
/// the places of a city stay, the traffic between them grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scale(u32);

/// More than this is no city any more.
const LARGEST: u32 = 1_000_000;

impl Scale {
    /// The city as printed.
    pub const SEED: Scale = Scale(10_000);
    /// One percent: what `charter demo` plays.
    pub const DEMO: Scale = Scale(100);

    /// So many hundredths of a percent; `None` below 0.1 % and above 100 times.
    pub fn of(hundredths: u32) -> Option<Scale> {
        (10..=LARGEST).contains(&hundredths).then_some(Scale(hundredths))
    }

    /// In hundredths of a percent.
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// A printed number at this scale, rounded half up, at least 1.
    pub fn count(self, printed: u64) -> u64 {
        ((printed * u64::from(self.0) + 5_000) / 10_000).max(1)
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part == 0 {
            return write!(f, "{whole}%");
        }
        let digits = format!("{part:02}");
        write!(f, "{whole}.{}%", digits.trim_end_matches('0'))
    }
}

/// Not a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoScale;

impl FromStr for Scale {
    type Err = NoScale;

    /// Reads `1%`, `0.5%`, `0.01`, `3`: a share with a percent sign or without.
    fn from_str(text: &str) -> Result<Scale, NoScale> {
        let (digits, places) = match text.strip_suffix(['%', '％']) {
            Some(digits) => (digits.trim_end(), 2),
            None => (text, 4),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let part = part.trim_end_matches('0');
        if whole.is_empty() || whole.len() > 6 || !plain(whole) || !plain(part) || part.len() > places {
            return Err(NoScale);
        }
        let read = format!("{whole}{part:0<places$}").parse().map_err(|_| NoScale)?;
        Scale::of(read).ok_or(NoScale)
    }
}

/// Amounts in proportion to the weights, each between two bounds, that add up to the total exactly: cut down
/// first, then one more for the largest remainders, the earlier of equals first.
///
/// Answers as near as the bounds let it when the total cannot be met.
pub fn fit(weights: &[u64], total: u64, low: u64, high: u64) -> Vec<u64> {
    let bounds: Vec<(u64, u64)> = weights.iter().map(|_| (low, high)).collect();
    fit_within(weights, total, &bounds)
}

/// As [`fit`], with bounds for each.
pub fn fit_within(weights: &[u64], total: u64, bounds: &[(u64, u64)]) -> Vec<u64> {
    let mut fixed: Vec<Option<u64>> = vec![None; weights.len()];
    loop {
        let given: u64 = fixed.iter().flatten().sum();
        let left = u128::from(total.saturating_sub(given));
        let open = |at: &usize| fixed[*at].is_none();
        let sum: u128 = (0..weights.len()).filter(open).map(|at| u128::from(weights[at])).sum();
        if sum == 0 {
            break;
        }
        let share = |at: usize| (u128::from(weights[at]) * left / sum) as u64;
        let beyond: Vec<usize> = (0..weights.len()).filter(open).collect();
        let (mut over, mut under) = (Vec::new(), Vec::new());
        let (mut too_much, mut too_little) = (0u128, 0u128);
        for at in beyond {
            let (low, high) = bounds[at];
            if share(at) > high {
                over.push(at);
                too_much += u128::from(share(at) - high);
            } else if share(at) < low {
                under.push(at);
                too_little += u128::from(low - share(at));
            }
        }
        // Only the side that weighs more is settled at once; the other may come right by itself.
        let settled = if too_much >= too_little { &over } else { &under };
        if settled.is_empty() {
            break;
        }
        for at in settled {
            fixed[*at] = Some(if too_much >= too_little { bounds[*at].1 } else { bounds[*at].0 });
        }
    }
    rounded(weights, total, bounds, &fixed)
}

fn rounded(weights: &[u64], total: u64, bounds: &[(u64, u64)], fixed: &[Option<u64>]) -> Vec<u64> {
    let given: u64 = fixed.iter().flatten().sum();
    let left = u128::from(total.saturating_sub(given));
    let sum: u128 = weights.iter().zip(fixed).filter(|(_, f)| f.is_none()).map(|(w, _)| u128::from(*w)).sum();
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::new();
    for (at, weight) in weights.iter().enumerate() {
        parts.push(fixed[at].unwrap_or_else(|| {
            let product = u128::from(*weight) * left;
            remainders.push((std::cmp::Reverse(product % sum.max(1)), at));
            (product / sum.max(1)) as u64
        }));
    }
    remainders.sort_unstable();
    let mut missing = total.saturating_sub(parts.iter().sum());
    for (_, at) in remainders {
        if missing == 0 {
            break;
        }
        if parts[at] < bounds[at].1 {
            parts[at] += 1;
            missing -= 1;
        }
    }
    // Rounding at the bounds may leave a little: whoever has room takes it.
    for at in 0..parts.len() {
        let room = (bounds[at].1 - parts[at]).min(missing);
        parts[at] += room;
        missing -= room;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scales_are_read_and_shown() {
        for (text, shown) in [("1%", "1%"), ("0.01", "1%"), ("3", "300%"), ("100%", "100%"), ("0.5%", "0.5%")]
        {
            assert_eq!(text.parse::<Scale>().map(|s| s.to_string()), Ok(shown.to_owned()));
        }
        for text in ["", "%", "-1", "0", "1e3", "0.00001", "101", "一", "0.05%", "1.%x"] {
            assert_eq!(text.parse::<Scale>(), Err(NoScale), "{text}");
        }
        assert_eq!(Scale::DEMO.count(52_680), 527);
        assert_eq!(Scale::DEMO.count(68_315), 683);
        assert_eq!(Scale::SEED.count(749), 749);
    }

    proptest! {
        #[test]
        fn whatever_the_weights_the_total_is_met_within_the_bounds(
            weights in prop::collection::vec(1u64..1_000_000, 1..60),
            low in 0u64..50, span in 1u64..100_000, at in 0u64..=1_000,
        ) {
            let high = low + span;
            let count = weights.len() as u64;
            let total = low * count + (span * count) * at / 1_000;
            let parts = fit(&weights, total, low, high);
            prop_assert_eq!(parts.iter().sum::<u64>(), total);
            prop_assert!(parts.iter().all(|part| (low..=high).contains(part)), "{:?}", parts);
        }
    }
}
