//! The live day after the replay: twenty times the traffic of an ordinary day, on the database the replay left.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use city::City;
use city::days::{Moment, date_of};
use city::scale::Scale;
use city::script::live::{LOAD, live_day};
use jiff::civil::Date;
use language::words;
use replay::clock::VirtualClock;
use replay::drive::{self, Orders};
use replay::report::grouped;

use super::of_broken;
use crate::engine_room;
use crate::exit::Failure;
use crate::talk::Talk;

/// What the day came to.
pub struct Lived {
    day: Date,
    demands: usize,
    events: u64,
    millis: u64,
}

/// Drives the live day of a city that has been replayed to its end.
///
/// # Errors
/// The store cannot be reached, or the rules refuse what the day does.
pub async fn live(seed: u64, scale: Scale, database: &str) -> Result<Lived, Failure> {
    let mut city: City = engine_room::city(seed, scale);
    let live = live_day(&city);
    let (day, demands) = (live.day, live.demands.len());
    let script = live.into_city(&mut city);
    let clock = VirtualClock::at(Moment::on(day, 0).timestamp());
    let store = engine_room::open(database, clock.clone()).await?;
    let engine = engine_room::virtual_engine(store, &clock);
    let processes = engine_room::processes();
    let to = Moment::on(day + 1, 0);
    let orders = Orders { processes: &processes, to, stop: Arc::new(AtomicBool::new(false)) };
    let began = Instant::now();
    let progress = drive::drive(&engine, &clock, &city, &script, &orders, |_| {}).await;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    engine.close();
    let progress = progress.map_err(|broken| of_broken(database, broken))?;
    Ok(Lived { day: date_of(day), demands, events: progress.events(), millis })
}

/// Says how it went.
pub fn show(lived: &Lived, talk: &Talk) {
    let Lived { day, demands, events, millis } = lived;
    if *events == 0 {
        return talk
            .words(&words!("{day} 这一天早先已经办过", "the live day {day} has been lived through before"));
    }
    let rate = grouped(events * 1_000 / (*millis).max(1));
    let (demands, events) = (grouped(*demands as u64), grouped(*events));
    talk.words(&words!(
        "{day} 一天 {LOAD} 倍的量：{demands} 件需求，{events} 个事件，{millis} 毫秒，每秒 {rate} 个",
        "the live day {day} at {LOAD} times the traffic: {demands} demands, {events} events in {millis} ms, {rate} a second"
    ));
}
