//! A connector that keeps failing is left alone for a while, then tried with one delivery.

use jiff::Timestamp;

use crate::retry;

/// So many failures in a row open the circuit.
pub const FAILURES_MAX: u32 = 5;

/// Whether a connector is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    failures: u32,
    opened: u32,
    until: Option<Timestamp>,
}

impl Circuit {
    /// How many deliveries may be tried now: all, one as a probe, or none.
    pub fn allows(&self, now: Timestamp, most: u32) -> u32 {
        match self.until {
            None => most,
            Some(until) if now >= until => 1,
            Some(_) => 0,
        }
    }

    /// When a probe is next allowed; `None` while the circuit is closed.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Notes how a delivery went. An answer that refuses is an answer: the other side is alive.
    pub fn saw(&mut self, alive: bool, now: Timestamp, luck: u8) {
        if alive {
            *self = Circuit::default();
            return;
        }
        self.failures += 1;
        if self.failures >= FAILURES_MAX && self.until.is_none_or(|until| now >= until) {
            self.opened += 1;
            let pause = retry::pause(self.opened + 2, luck);
            self.until = Some(now.checked_add(pause).unwrap_or(Timestamp::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_dead_neighbour_is_left_alone_then_probed_then_trusted_again() {
        let at = |seconds: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let mut circuit = Circuit::default();
        for _ in 0..FAILURES_MAX {
            assert_eq!(circuit.allows(at(0), 8), 8);
            circuit.saw(false, at(0), 255);
        }
        assert_eq!((circuit.allows(at(0), 8), circuit.allows(at(4), 8)), (0, 1));
        circuit.saw(false, at(4), 255);
        assert_eq!((circuit.allows(at(11), 8), circuit.allows(at(12), 8)), (0, 1), "twice as long");
        circuit.saw(true, at(12), 255);
        assert_eq!(circuit.allows(at(12), 8), 8);
    }
}
