//! The circuit breaker of a connector: stops calling somebody who does not answer. A small pure machine.

use jiff::{SignedDuration, Timestamp};

/// Whether deliveries go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// They do.
    Closed {
        /// Failures in a row so far.
        failures: u32,
    },
    /// They do not, until then.
    Open {
        /// The first instant at which one is tried.
        until: Timestamp,
        /// How often in a row it opened; each time it stays open longer.
        times: u32,
    },
    /// One is on its way, to see.
    Trying {
        /// If it never comes back, another may try from here.
        until: Timestamp,
        /// As in [`Breaker::Open`].
        times: u32,
    },
}

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open the first time; twice as long each further time.
    pub first: SignedDuration,
    /// It never stays open longer.
    pub longest: SignedDuration,
}

impl Default for Limits {
    /// Five failures, from half a minute to ten minutes.
    fn default() -> Limits {
        Limits { failures: 5, first: SignedDuration::from_secs(30), longest: SignedDuration::from_mins(10) }
    }
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker::Closed { failures: 0 }
    }
}

impl Limits {
    fn stay(&self, times: u32) -> SignedDuration {
        let mut stay = self.first;
        for _ in 0..times {
            stay = stay.checked_mul(2).unwrap_or(self.longest).min(self.longest);
        }
        stay.min(self.longest)
    }
}

/// `at` moved on by `span`, or the end of time.
fn later(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

impl Breaker {
    /// Asks to deliver something now: the breaker from now on, or the instant to ask again.
    ///
    /// # Errors
    /// It is open, or somebody else is trying.
    pub fn admit(self, limits: &Limits, now: Timestamp) -> Result<Breaker, Timestamp> {
        match self {
            Breaker::Closed { .. } => Ok(self),
            Breaker::Open { until, times } | Breaker::Trying { until, times } if now >= until => {
                Ok(Breaker::Trying { until: later(now, limits.stay(times)), times })
            }
            Breaker::Open { until, .. } | Breaker::Trying { until, .. } => Err(until),
        }
    }

    /// Hears that a delivery came through. An answer that says no counts: somebody was there.
    #[must_use]
    pub fn came_through(self) -> Breaker {
        Breaker::default()
    }

    /// Hears that a delivery failed.
    #[must_use]
    pub fn failed(self, limits: &Limits, now: Timestamp) -> Breaker {
        match self {
            Breaker::Closed { failures } if failures + 1 < limits.failures => {
                Breaker::Closed { failures: failures + 1 }
            }
            Breaker::Closed { .. } => Breaker::Open { until: later(now, limits.stay(0)), times: 1 },
            Breaker::Trying { times, .. } => {
                Breaker::Open { until: later(now, limits.stay(times)), times: times.saturating_add(1) }
            }
            // One that left before it opened comes back late: it says nothing new.
            Breaker::Open { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs lines of `second act => what is so after it`.
    fn check(table: &str) {
        let limits = Limits {
            failures: 2,
            first: SignedDuration::from_secs(30),
            longest: SignedDuration::from_secs(100),
        };
        let mut breaker = Breaker::default();
        for line in table.lines().map(str::trim) {
            let (before, wanted) = line.split_once("=>").unwrap();
            let (second, act) = before.trim().split_once(' ').unwrap();
            let now = Timestamp::from_second(second.parse().unwrap()).unwrap();
            let mut said = String::new();
            match act.trim() {
                "fails" => breaker = breaker.failed(&limits, now),
                "arrives" => breaker = breaker.came_through(),
                _ => match breaker.admit(&limits, now) {
                    Ok(next) => breaker = next,
                    Err(until) => said = format!("wait until {} ", until.as_second()),
                },
            }
            let state = match breaker {
                Breaker::Closed { failures } => format!("closed {failures}"),
                Breaker::Open { until, .. } => format!("open {}", until.as_second()),
                Breaker::Trying { .. } => "trying".to_owned(),
            };
            assert_eq!(format!("{said}{state}"), wanted.trim(), "{line}");
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_that_comes_through_closes_it() {
        check(
            "0   fails   => closed 1
             1   arrives => closed 0
             2   fails   => closed 1
             3   fails   => open 33
             32  ask     => wait until 33 open 33
             33  ask     => trying
             34  ask     => wait until 93 trying
             35  fails   => open 95
             95  ask     => trying
             96  fails   => open 196
             196 ask     => trying
             197 arrives => closed 0
             197 ask     => closed 0",
        );
    }

    #[test]
    fn a_try_that_never_comes_back_does_not_hold_it_for_ever() {
        check(
            "0   fails => closed 1
             0   fails => open 30
             30  ask   => trying
             89  ask   => wait until 90 trying
             90  ask   => trying",
        );
    }
}
