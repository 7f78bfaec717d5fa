//! When to try again: after a second, then twice as long each time, an hour at most, with some luck mixed in.

use jiff::SignedDuration;

/// After so many attempts a delivery is parked.
pub const ATTEMPTS_MAX: u32 = 8;
const FIRST_SECONDS: i64 = 1;
const LONGEST_SECONDS: i64 = 3_600;

/// How long to wait after the `attempt`-th try failed (from 1). `luck` is 0 to 255, drawn by the caller: the
/// wait lies between half and the whole of the doubled time, so that many do not come back at once.
pub fn pause(attempt: u32, luck: u8) -> SignedDuration {
    let doubled = 1i64.checked_shl(attempt.saturating_sub(1).min(30)).unwrap_or(i64::MAX);
    let whole = FIRST_SECONDS.saturating_mul(doubled).min(LONGEST_SECONDS) * 1_000;
    SignedDuration::from_millis(whole / 2 + whole / 2 * i64::from(luck) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_never_exceed_an_hour() {
        let table =
            [(1, 255, 1_000), (2, 255, 2_000), (3, 255, 4_000), (13, 255, 3_600_000), (99, 255, 3_600_000)];
        for (attempt, luck, millis) in table {
            assert_eq!(pause(attempt, luck), SignedDuration::from_millis(millis), "attempt {attempt}");
        }
        assert_eq!(pause(3, 0), SignedDuration::from_secs(2));
    }
}
