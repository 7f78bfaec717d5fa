//! How many jobs one transaction carries: as many as are written before whoever waits grows impatient.

use std::time::Duration;

/// Fewer than this are not worth a transaction of their own.
const FEWEST: usize = 16;

/// Grows by a quarter while rounds are full and quick, shrinks by a quarter when one was slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    now: usize,
    most: usize,
    round_max: Duration,
}

impl Pace {
    /// At most so many; a round longer than `round_max` makes everybody wait too long.
    pub fn new(most: usize, round_max: Duration) -> Pace {
        Pace { now: most.clamp(1, FEWEST * 4), most: most.max(1), round_max }
    }

    /// How many the next transaction carries at most.
    pub fn now(self) -> usize {
        self.now
    }

    /// Notes a round.
    pub fn saw(&mut self, carried: usize, took: Duration) {
        if took > self.round_max {
            self.now = (self.now * 3 / 4).max(FEWEST.min(self.most));
        } else if carried >= self.now {
            self.now = (self.now + self.now / 4 + 1).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_quick_rounds_grow_and_slow_ones_shrink_within_bounds() {
        let round_max = Duration::from_millis(100);
        let mut pace = Pace::new(512, round_max);
        for _ in 0..100 {
            pace.saw(pace.now(), Duration::from_millis(5));
        }
        assert_eq!(pace.now(), 512);
        pace.saw(512, Duration::from_millis(500));
        assert_eq!(pace.now(), 384);
        for _ in 0..100 {
            pace.saw(1, Duration::from_secs(9));
        }
        assert_eq!(pace.now(), 16);
        assert_eq!(Pace::new(1, round_max).now(), 1);
    }
}
