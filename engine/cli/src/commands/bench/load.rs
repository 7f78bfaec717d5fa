//! The load: clients that wait for their answers, and arrivals that wait for nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use runtime::bench::TRANSITIONS;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::way::{Came, Way};

/// Clients that each run cases from beginning to end, one after the other, every command with a key. Answers how long
/// each command waited, and how long it all took.
///
/// # Errors
/// What a client met first.
pub async fn closed(
    way: &Way,
    run: &str,
    clients: usize,
    cases: usize,
) -> Result<(Vec<Duration>, Duration), String> {
    let (began, mut working, mut waited) = (Instant::now(), JoinSet::new(), Vec::new());
    for client in 0..clients {
        let (way, run) = (way.clone(), format!("{run}-{client}"));
        working.spawn(async move { one_client(&way, &run, cases).await });
    }
    while let Some(done) = working.join_next().await {
        waited.append(&mut done.map_err(|broken| broken.to_string())??);
    }
    let long = began.elapsed();
    waited.sort_unstable();
    Ok((waited, long))
}

async fn one_client(way: &Way, run: &str, cases: usize) -> Result<Vec<Duration>, String> {
    let mut waited = Vec::new();
    for number in 0..cases {
        let case = format!("{run}-{number}");
        for step in 0..TRANSITIONS {
            let began = Instant::now();
            let came = if step == 0 { way.open(&case).await } else { way.next(&case, step).await };
            match came {
                Came::Done => waited.push(began.elapsed()),
                Came::TurnedAway => return Err("turned away".to_owned()),
                Came::Failed(why) => return Err(why),
            }
        }
    }
    Ok(waited)
}

/// Openings in so long, by clients that open one case after the other.
///
/// # Errors
/// What a client met first.
pub async fn openings(way: &Way, run: &str, clients: usize, long: Duration) -> Result<usize, String> {
    let (until, mut working, mut done) = (Instant::now() + long, JoinSet::new(), 0);
    for client in 0..clients {
        let (way, run) = (way.clone(), format!("{run}-{client}"));
        working.spawn(async move {
            let mut opened = 0;
            while Instant::now() < until {
                match way.open(&format!("{run}-{opened}")).await {
                    // What is answered after the end was not done in that time.
                    Came::Done => opened += usize::from(Instant::now() <= until),
                    Came::TurnedAway => tokio::time::sleep(Duration::from_millis(1)).await,
                    Came::Failed(why) => return Err(why),
                }
            }
            Ok(opened)
        });
    }
    while let Some(opened) = working.join_next().await {
        done += opened.map_err(|broken| broken.to_string())??;
    }
    Ok(done)
}

/// What came of arrivals at a rate of their own.
#[derive(Clone, Debug, Default)]
pub struct Flood {
    /// Sent.
    pub offered: usize,
    /// Done before the end of the arrivals.
    pub in_time: usize,
    /// Done.
    pub done: Vec<Duration>,
    /// Told that too much waits.
    pub turned_away: Vec<Duration>,
    /// Anything else.
    pub failed: usize,
    /// What one of those met.
    pub why: Option<String>,
}

/// Openings that arrive at a rate, for so long. When each arrives is settled before the first is sent, and nobody's
/// answer moves it; every wait counts from that instant, so that a sender who comes too late, or finds no connection
/// of `at_once`, hides nothing.
pub async fn open_loop(way: &Way, run: &str, each_second: usize, long: Duration, at_once: usize) -> Flood {
    const STEP: Duration = Duration::from_millis(1);
    let (began, mut flood, mut working) = (Instant::now(), Flood::default(), JoinSet::new());
    let lines = Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)));
    let each_second = each_second.max(1);
    let all = each_second * usize::try_from(long.as_millis()).unwrap_or(usize::MAX) / 1_000;
    let arrives = |number: usize| {
        began + Duration::from_nanos(1_000_000_000 / each_second as u64).saturating_mul(number as u32)
    };
    while flood.offered < all {
        let now = Instant::now();
        while flood.offered < all && arrives(flood.offered) <= now {
            let (way, lines, case) = (way.clone(), lines.clone(), format!("{run}-{}", flood.offered));
            let meant = arrives(flood.offered);
            flood.offered += 1;
            working.spawn(async move {
                let _line = lines.acquire().await;
                (way.open(&case).await, meant.elapsed())
            });
        }
        while let Some(Ok((came, waited))) = working.try_join_next() {
            flood.note(came, waited);
        }
        flood.in_time = flood.done.len();
        tokio::time::sleep(STEP).await;
    }
    while let Some(Ok((came, waited))) = working.join_next().await {
        flood.note(came, waited);
    }
    flood.done.sort_unstable();
    flood.turned_away.sort_unstable();
    flood
}

impl Flood {
    fn note(&mut self, came: Came, waited: Duration) {
        match came {
            Came::Done => self.done.push(waited),
            Came::TurnedAway => self.turned_away.push(waited),
            Came::Failed(why) => {
                self.failed += 1;
                self.why = Some(why);
            }
        }
    }
}

/// The one of a hundred in this place, of waits in order.
pub fn of_hundred(waited: &[Duration], place: usize) -> Duration {
    waited.get((waited.len() * place / 100).min(waited.len().saturating_sub(1))).copied().unwrap_or_default()
}
