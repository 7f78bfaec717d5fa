//! D9: credit scores, four a year. The range, the weights and the reference to a default probability are
//! assumed: the deck prints 600 as the only threshold.

use crate::days::Moment;
use crate::draw::Draw;

/// A score with its six parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// Environment, management, operating ability, finance, credit record, social responsibility; 0 to 100.
    pub parts: [u64; 6],
    /// 300 to 900.
    pub total: u64,
}

/// The quarter of a moment: 0 is the last of 2015.
pub fn quarter(at: Moment) -> u32 {
    let day = at.date();
    let quarters = i32::from(day.year()) * 4 + i32::from((day.month() - 1) / 3);
    u32::try_from(quarters - 2015 * 4 - 3).unwrap_or(0)
}

/// The year and quarter of a number of a quarter.
pub fn name_of(quarter: u32) -> (u32, u32) {
    let since = quarter + 3;
    (2015 + since / 4, since % 4 + 1)
}

/// The score of an enterprise in a quarter. One in ninety is exactly 599, 600 or 601: that is where rules break.
pub fn score(seed: u64, enterprise: u32, quarter: u32) -> Score {
    let mut own = Draw::of(seed, "standing", u64::from(enterprise));
    let mut draw = Draw::of(seed, "scores", u64::from(enterprise) << 8 | u64::from(quarter));
    let total = match enterprise % 90 {
        30 => 599 + u64::from(quarter % 3),
        _ => (own.normal(640, 66, 300, 900) + draw.normal(0, 22, -80, 80)).clamp(300, 900) as u64,
    };
    let mut parts = [0; 6];
    for part in &mut parts {
        *part = draw.normal((total as i64 - 300) / 6, 8, 0, 100) as u64;
    }
    Score { parts, total }
}

/// The default probability that goes with a score, in hundredths of a percent (assumed).
pub fn default_probability(total: u64) -> u64 {
    match total {
        0..500 => 2_400 - total * 2,
        500..600 => 1_400 - (total - 500) * 8,
        600..700 => 600 - (total - 600) * 4,
        _ => 200 - (total - 700).min(190),
    }
}
