//! The forward-jump breaker: one wrong step of the clock must not cancel every claim in the city.

use jiff::{SignedDuration, Timestamp};

/// A jump of more than this against the monotonic clock holds the deadlines.
pub const JUMP_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A step back of more than this holds the deadlines until the clock has caught up.
pub const BACK_MAX: SignedDuration = SignedDuration::from_secs(2);
/// So many deadlines at once need no explanation.
pub const DUE_ALWAYS: u64 = 50;

/// Watches the wall clock against the monotonic one, and how much falls due at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Both clocks when the watch began: slow drift adds up.
    began: Option<(Timestamp, SignedDuration)>,
    highest: Option<Timestamp>,
    held: Option<Held>,
}

/// Why deadlines are held until a person lets them go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The wall clock went further than time did.
    Jumped {
        /// By so much.
        by: SignedDuration,
    },
    /// The wall clock went back: nothing fires before it has caught up. This ends by itself.
    Behind {
        /// By so much.
        by: SignedDuration,
    },
    /// Deadlines were held before this program was started, and nobody has let them go.
    Before,
    /// More fell due at once than was to be expected.
    Flood {
        /// How many.
        due: u64,
        /// Of how many.
        open: u64,
    },
}

impl Breaker {
    /// A breaker that has seen nothing.
    pub fn new() -> Breaker {
        Breaker { began: None, highest: None, held: None }
    }

    /// Notes the wall clock beside a monotonic reading.
    pub fn see(&mut self, wall: Timestamp, monotonic: SignedDuration) {
        let (before, then) = *self.began.get_or_insert((wall, monotonic));
        let ahead = wall.duration_since(before) - (monotonic - then);
        if ahead > JUMP_MAX && self.held.is_none() {
            self.held = Some(Held::Jumped { by: ahead });
        }
        let highest = self.highest.map_or(wall, |highest| highest.max(wall));
        self.highest = Some(highest);
        let back = highest.duration_since(wall);
        match self.held {
            None if back > BACK_MAX => self.held = Some(Held::Behind { by: back }),
            Some(Held::Behind { .. }) if back <= BACK_MAX => self.held = None,
            _ => {}
        }
    }

    /// Holds deadlines for a reason found elsewhere.
    pub fn hold(&mut self, why: Held) {
        self.held.get_or_insert(why);
    }

    /// Notes how many deadlines of all open ones are due at this moment: more than fifty and more than one in
    /// twenty is a flood. Not asked after a start, when what was missed is caught up.
    pub fn due(&mut self, due: u64, open: u64) {
        if due > DUE_ALWAYS && due.saturating_mul(20) > open && self.held.is_none() {
            self.held = Some(Held::Flood { due, open });
        }
    }

    /// Why deadlines are held; `None` when they fire.
    pub fn held(&self) -> Option<Held> {
        self.held
    }

    /// A person lets them go: the clock is right as it is now.
    pub fn release(&mut self) {
        *self = Breaker::new();
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> (Timestamp, SignedDuration) {
        (Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds), SignedDuration::from_secs(seconds))
    }

    #[test]
    fn a_jump_forward_holds_deadlines_until_a_person_lets_them_go() {
        let mut breaker = Breaker::new();
        let (wall, steady) = at(0);
        breaker.see(wall, steady);
        let (wall, steady) = at(3_600);
        breaker.see(wall, steady);
        assert_eq!(breaker.held(), None, "an hour that really passed");
        breaker.see(wall + SignedDuration::from_hours(48), steady + SignedDuration::from_secs(1));
        assert!(matches!(breaker.held(), Some(Held::Jumped { .. })));
        breaker.release();
        assert_eq!(breaker.held(), None);
    }

    #[test]
    fn a_clock_that_went_back_holds_deadlines_until_it_has_caught_up() {
        let mut breaker = Breaker::new();
        let (wall, steady) = at(259_200);
        breaker.see(wall, steady);
        let second = SignedDuration::from_secs(1);
        breaker.see(wall - second * 259_200, steady + second);
        assert!(matches!(breaker.held(), Some(Held::Behind { .. })));
        breaker.see(wall, steady + second * 259_201);
        assert_eq!(breaker.held(), None);
    }

    #[test]
    fn a_flood_is_many_at_once_and_a_large_share() {
        for (due, open, held) in
            [(50, 50, false), (51, 2_000, false), (51, 1_000, true), (5_000, 68_000, true)]
        {
            let mut breaker = Breaker::new();
            breaker.due(due, open);
            assert_eq!(breaker.held().is_some(), held, "{due} of {open}");
        }
    }
}
