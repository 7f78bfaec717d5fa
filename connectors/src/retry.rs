//! When to try again: a policy as data. The time that passed and the chance in it are arguments.
//!
//! Units: waits are exact spans of time; the share of chance is in thousandths.

use jiff::SignedDuration;

/// How often and how soon a failed delivery is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The wait after the first failure.
    pub first: SignedDuration,
    /// Each wait is so many times the one before.
    pub times: i32,
    /// No wait is longer.
    pub longest: SignedDuration,
    /// So many attempts in all; then a person has to look.
    pub attempts: u32,
}

/// A number from 0 to 999, drawn by the caller: spreads retries that failed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance(u16);

impl Chance {
    /// Of any number the caller has drawn.
    pub fn of(drawn: u64) -> Chance {
        // The remainder is below 1000.
        Chance((drawn % 1000) as u16)
    }
}

impl Default for Retry {
    /// From 1 s to 1 h, eight attempts: the last one comes about 90 minutes after the first.
    fn default() -> Retry {
        Retry {
            first: SignedDuration::from_secs(1),
            times: 4,
            longest: SignedDuration::from_hours(1),
            attempts: 8,
        }
    }
}

impl Retry {
    /// How long to wait after this attempt (from 1) failed; `None` when it was the last.
    ///
    /// Between half of the planned wait and all of it, by chance. Never sooner than the other side
    /// `asked` for, and never later than the longest wait whatever it asked.
    pub fn wait(
        &self,
        attempt: u32,
        asked: Option<SignedDuration>,
        chance: Chance,
    ) -> Option<SignedDuration> {
        if attempt >= self.attempts {
            return None;
        }
        let mut planned = self.first;
        for _ in 1..attempt {
            planned = planned.checked_mul(self.times).unwrap_or(self.longest).min(self.longest);
        }
        let half = planned / 2;
        let drawn = half.checked_mul(i32::from(chance.0)).map_or(half, |sum| sum / 1000);
        let wait = half.saturating_add(drawn);
        Some(wait.max(asked.unwrap_or(SignedDuration::ZERO)).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(drawn: u64) -> Vec<i64> {
        let retry = Retry::default();
        let wait = |attempt| retry.wait(attempt, None, Chance::of(drawn)).map(|w| w.as_secs());
        (1..=8).map_while(wait).collect()
    }

    #[test]
    fn eight_attempts_spread_from_a_second_to_an_hour() {
        assert_eq!(waits(0), [0, 2, 8, 32, 128, 512, 1800]);
        assert_eq!(waits(999), [0, 3, 15, 63, 255, 1023, 3598]);
    }

    #[test]
    fn the_other_side_may_ask_for_more_time_but_not_for_ever() {
        let ask =
            |secs| Retry::default().wait(1, Some(SignedDuration::from_secs(secs)), Chance::of(0)).unwrap();
        assert_eq!(ask(30).as_secs(), 30);
        assert_eq!(ask(86_400), SignedDuration::from_hours(1));
    }

    #[test]
    fn a_policy_written_wildly_still_gives_an_answer() {
        let wild = Retry {
            first: SignedDuration::MAX,
            times: i32::MAX,
            longest: SignedDuration::from_secs(5),
            attempts: u32::MAX,
        };
        assert_eq!(wild.wait(1000, None, Chance::of(0)), Some(SignedDuration::from_millis(2500)));
    }
}
