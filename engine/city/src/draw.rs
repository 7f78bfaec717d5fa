//! Chance out of a seed: the same number, subject and row give the same draws on every machine, for ever.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. Every row of every
//! set draws from a stream of its own, so that adding a column to one set changes no other. Whole numbers
//! only: a logarithm of a float may differ in its last bit between two platforms, and a total would with it.

/// A stream of draws.
#[derive(Clone, Debug)]
pub struct Draw {
    state: u64,
}

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
/// One, in the fixed-point numbers of [`Draw::bell`].
const BELL_ONE: i64 = 1 << 16;
/// One, in the fixed-point numbers of [`power_of_two`].
const FIXED_BITS: u32 = 62;

/// `2^(1/2), 2^(1/4), ...` as fixed-point numbers: each the root of the one before.
const ROOTS: [u128; 16] = {
    let mut roots = [0; 16];
    let mut root: u128 = 2 << FIXED_BITS;
    let mut at = 0;
    while at < 16 {
        root = (root << FIXED_BITS).isqrt();
        roots[at] = root;
        at += 1;
    }
    roots
};

fn mixed(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Draw {
    /// The stream of one row of one set.
    pub fn of(seed: u64, set: &str, row: u64) -> Draw {
        let mut name: u64 = 0xCBF2_9CE4_8422_2325;
        for byte in set.bytes() {
            name = (name ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        Draw {
            state: mixed(mixed(seed.wrapping_add(STEP)) ^ name).wrapping_add(mixed(row.wrapping_mul(STEP))),
        }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number below `bound`; 0 when the bound is 0. The bias is below one in 2^32 for every bound used here.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number between two, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Yes, so many times in a thousand.
    pub fn chance(&mut self, permille: u64) -> bool {
        self.below(1_000) < permille
    }

    /// One of several.
    ///
    /// # Panics
    /// Never for a list that has an element; callers give fixed lists.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// A place in the list, as often as its weight says; the last one when all weights are 0.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let total: u64 = weights.iter().sum();
        let mut left = self.below(total);
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        weights.len().saturating_sub(1)
    }

    /// A normal deviate in units of 1/65536: twelve even ones added up, so never beyond six sigma.
    pub fn bell(&mut self) -> i64 {
        let sum: i64 = (0..12).map(|_| (self.bits() >> 48) as i64).sum();
        sum - 6 * BELL_ONE
    }

    /// A normal number around `mean`, cut to the bounds.
    pub fn normal(&mut self, mean: i64, sigma: i64, low: i64, high: i64) -> i64 {
        (mean + (self.bell() * sigma).div_euclid(BELL_ONE)).clamp(low, high)
    }

    /// A lognormal number with this median; `sigma_milli` is the deviation of its logarithm in thousandths.
    pub fn lognormal(&mut self, median: u64, sigma_milli: u64) -> u64 {
        // e^(sigma z) = 2^(sigma z / ln 2), and 1 / ln 2 = 1.442695.
        let exponent = i128::from(self.bell()) * i128::from(sigma_milli) * 1_442_695 / 1_000_000_000;
        let scaled = u128::from(median) * power_of_two(exponent as i64);
        (scaled >> FIXED_BITS).max(1) as u64
    }

    /// Puts a list into an order of chance.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// `2^(x / 65536)` as a fixed-point number with 62 bits behind the point, for `x` within ±16 × 65536.
fn power_of_two(x: i64) -> u128 {
    let (whole, part) = (x.div_euclid(BELL_ONE), x.rem_euclid(BELL_ONE));
    let mut value: u128 = 1 << FIXED_BITS;
    for (at, root) in ROOTS.iter().enumerate() {
        if part & (1 << (15 - at)) != 0 {
            value = (value * root) >> FIXED_BITS;
        }
    }
    if whole >= 0 { value << whole.min(40) } else { value >> (-whole).min(60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_right_to_eight_digits() {
        let shown = |x: i64| (power_of_two(x) * 100_000_000) >> FIXED_BITS;
        assert_eq!(shown(0), 100_000_000);
        assert_eq!(shown(32_768), 141_421_356);
        assert_eq!(shown(-65_536), 50_000_000);
        assert_eq!(shown(131_072), 400_000_000);
        // 21,845 of 65,536 are a little less than a third.
        assert_eq!(shown(21_845), 125_991_660);
    }

    #[test]
    fn a_lognormal_has_its_median_and_a_bell_its_middle() {
        let mut all: Vec<u64> = (0..20_001).map(|row| Draw::of(1, "x", row).lognormal(300, 1_581)).collect();
        all.sort_unstable();
        assert!((285..=315).contains(&all[10_000]), "{}", all[10_000]);
        let mean = all.iter().sum::<u64>() / 20_001;
        assert!((900..=1_200).contains(&mean), "{mean}");
        let sum: i64 = (0..10_000).map(|row| Draw::of(1, "y", row).bell()).sum();
        assert!(sum.abs() < 10_000 * BELL_ONE / 30, "{sum}");
    }

    #[test]
    fn the_first_draws_of_a_seed_never_change() {
        let mut draw = Draw::of(2020, "enterprises", 7);
        let drawn: Vec<u64> = (0..3).map(|_| draw.below(1_000_000)).collect();
        assert_eq!(drawn, FIRST);
    }

    const FIRST: [u64; 3] = [827_937, 922_710, 662_775];
}
