//! Timers: cases whose next instant has come are given a look at the clock. Firing is the step's: each timer
//! once, at its own due instant.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use machine::ids::CaseId;
use ports::fault::Fault;
use ports::query::{DueFilter, PAGE_MAX};
use tokio::sync::Notify;

use crate::breaker::{Breaker, Held, JUMP_MAX};
use crate::engine::{Engine, Office};
use crate::lane::Round;
use crate::wheel::{WHEEL_MAX, Wheel};

/// How far ahead cases are fetched.
pub const HORIZON: SignedDuration = SignedDuration::from_secs(60);
/// How often they are fetched where other nodes write, too: their messages may set a deadline in a case of this one.
const ELSEWHERE: SignedDuration = SignedDuration::from_secs(4);
/// How many cases are fetched at once.
const FILL_MAX: u32 = PAGE_MAX;

/// What a node knows of deadlines: the cases due soon, and whether firing is held.
#[derive(Debug)]
pub struct Deadlines {
    hand: Mutex<Hand>,
    /// Rung when a case is due sooner than all others.
    pub bell: Notify,
}

#[derive(Debug)]
struct Hand {
    wheel: Wheel,
    breaker: Breaker,
    /// What was missed is caught up: after a start, a fault of the store, a release.
    catching_up: bool,
    /// When the stretch ahead was last fetched.
    fetched: Timestamp,
    /// People were told that deadlines are held.
    noted: bool,
}

impl Default for Deadlines {
    fn default() -> Self {
        let hand = Hand {
            wheel: Wheel::new(WHEEL_MAX),
            breaker: Breaker::new(),
            catching_up: true,
            fetched: Timestamp::MIN,
            noted: false,
        };
        Deadlines { hand: Mutex::new(hand), bell: Notify::new() }
    }
}

impl Deadlines {
    fn hand(&self) -> MutexGuard<'_, Hand> {
        // A poisoned lock only means that another thread panicked between whole operations.
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A case is due then, or not at all.
    pub fn set(&self, case: &CaseId, due: Option<Timestamp>) {
        if self.hand().wheel.set(case, due) {
            self.bell.notify_one();
        }
    }

    /// Something due may have been missed.
    pub fn forget(&self) {
        let mut hand = self.hand();
        hand.wheel.forget();
        hand.fetched = Timestamp::MIN;
        hand.catching_up = true;
        drop(hand);
        self.bell.notify_one();
    }

    /// Why deadlines are held.
    pub fn held(&self) -> Option<Held> {
        self.hand().breaker.held()
    }

    /// Deadlines are held since before this node looked.
    pub fn hold(&self, why: Held) {
        self.hand().breaker.hold(why);
    }

    /// People were told.
    pub fn note(&self) {
        self.hand().noted = true;
    }

    /// Whether people were told.
    pub fn noted(&self) -> bool {
        self.hand().noted
    }

    /// Notes both clocks: whoever decides or fires looks first whether they still agree.
    pub fn see(&self, wall: Timestamp, steady: SignedDuration) {
        self.hand().breaker.see(wall, steady);
    }

    /// Why nothing that is due may happen now, whoever finds it due. A clock that went back makes nothing due.
    pub fn hold_back(&self) -> Option<Held> {
        self.held().filter(|held| !matches!(held, Held::Behind { .. }))
    }

    /// A person lets them go. Whatever was found due in between is asked for again.
    pub fn release(&self) {
        let mut hand = self.hand();
        hand.breaker.release();
        hand.wheel.forget();
        hand.fetched = Timestamp::MIN;
        hand.catching_up = true;
        hand.noted = false;
        drop(hand);
        self.bell.notify_one();
    }

    /// When there is something to do next, by the wall clock.
    pub fn next(&self, horizon: SignedDuration) -> Timestamp {
        let hand = self.hand();
        let fetch = hand.fetched.checked_add(horizon / 2).unwrap_or(Timestamp::MAX);
        hand.wheel.next().map_or(fetch, |due| due.min(fetch)).min(hand.wheel.covered())
    }
}

/// Wakes cases due by now, longest due first.
///
/// # Errors
/// A fault of the store.
pub async fn run_once(engine: &Engine) -> Result<Round, Fault> {
    let office = engine.office();
    office.look_at_clocks();
    let now = office.now();
    if engine.held().is_some() || office.settling().is_positive() {
        return Ok(Round::Idle);
    }
    let under_way = office.ticks.count();
    fetch_ahead(office, now, under_way).await?;
    let room = office.bounds.wake_max.saturating_sub(under_way);
    let ripe = now.checked_sub(office.hold_back()).unwrap_or(now);
    let Some(due) = take(office, ripe, room) else { return Ok(Round::Idle) };
    let mut woken = 0;
    for case in due {
        // A full lane is no loss: the case stays due.
        match engine.tick(case.id.clone()) {
            Ok(()) => woken += 1,
            Err(crate::answer::Trouble::Overloaded) => office.due(&case.id, Some(case.due)),
            Err(_) => {}
        }
    }
    Ok(if woken == 0 { Round::Idle } else { Round::Worked(woken) })
}

/// Takes what is due, unless so much is due at once that a person has to look first.
fn take(office: &Office, now: Timestamp, room: usize) -> Option<Vec<ports::query::DueCase>> {
    let mut hand = office.deadlines.hand();
    let before = now.checked_sub(JUMP_MAX).unwrap_or(Timestamp::MIN);
    let late = hand.wheel.due_by(before, WHEEL_MAX);
    if !hand.catching_up && office.bounds.breaker {
        let known = hand.wheel.len();
        hand.breaker.due(late as u64, known as u64);
    }
    let held = hand.breaker.held().is_some();
    (!held && room > 0).then(|| hand.wheel.take(now, room))
}

/// Fetches the stretch ahead when half of it is used up, or when everything fetched is on its way.
async fn fetch_ahead(office: &Office, now: Timestamp, under_way: usize) -> Result<(), Fault> {
    let horizon = office.bounds.horizon;
    let until = now.checked_add(horizon).unwrap_or(Timestamp::MAX);
    {
        let mut hand = office.deadlines.hand();
        let stretch = if office.holdings.is_shared() { ELSEWHERE } else { horizon / 2 };
        let fresh = hand.fetched.checked_add(stretch).is_ok_and(|next| now < next);
        let nothing_left = under_way == 0 && hand.wheel.next().is_none_or(|due| due > now);
        if fresh && (hand.wheel.covered() > now || !nothing_left) {
            return Ok(());
        }
        // What is written while the store answers is put in already.
        hand.wheel.cover(until);
        hand.fetched = now;
    }
    let parts = office.holdings.here(office.steady());
    let found = office.store.due(DueFilter { until, parts }, FILL_MAX).await;
    let mut hand = office.deadlines.hand();
    match found {
        Ok(found) => {
            let complete = found.len() < FILL_MAX as usize;
            let before = now.checked_sub(JUMP_MAX).unwrap_or(Timestamp::MIN);
            let late = found.first().is_some_and(|case| case.due <= before);
            // All that was missed has been seen: from now on many at once are unexpected.
            hand.catching_up &= !complete || late;
            hand.wheel.fill(found, complete);
            Ok(())
        }
        Err(fault) => {
            hand.wheel.forget();
            hand.fetched = Timestamp::MIN;
            hand.catching_up = true;
            Err(fault)
        }
    }
}
