//! The live day after the replay: twenty times the demands of an ordinary day, every command of it taken.

use std::collections::BTreeSet;

use charter_tests::calendar;
use city::days::{Moment, date_of};
use city::script::live::{LOAD, live_day};
use city::{City, Scale, figures};

#[test]
fn it_has_twenty_times_the_demands_of_an_ordinary_day_and_touches_no_total() {
    let city = City::of(2020, Scale::DEMO, &calendar());
    let live = live_day(&city);
    assert_eq!(date_of(live.day).to_string(), "2020-07-01");
    let days = city.days.working().len() as u64;
    let demands = city.scale.count(figures::DEMANDS);
    assert_eq!(live.demands.len() as u64, (demands * LOAD).div_ceil(days));
    assert!(live.script.iter().all(|entry| entry.at.day() == live.day));
    assert!(live.script.is_sorted());
    let numbers: Vec<u32> = live.demands.iter().map(|demand| demand.number).collect();
    let next = city.demands.len() as u32;
    assert_eq!(numbers, (next..next + numbers.len() as u32).collect::<Vec<_>>());
    assert_eq!(live_day(&city).script, live.script, "the same city has the same day");
    assert_eq!(City::of(2020, Scale::DEMO, &calendar()).demands, city.demands);
}

#[test]
fn at_seed_scale_it_is_about_sixty_a_day_times_twenty() {
    let city = City::of(2020, Scale::SEED, &calendar());
    let live = live_day(&city);
    let ordinary = live.demands.len() as u64 / LOAD;
    assert!((59..=61).contains(&ordinary), "{ordinary} on an ordinary day");
    let askers: BTreeSet<u32> = live.demands.iter().map(|demand| demand.enterprise).collect();
    assert!(askers.len() > 1_000, "{} enterprises ask", askers.len());
}

#[test]
fn after_the_replay_every_command_of_the_live_day_is_taken() {
    let mut city = City::of(4, "0.5%".parse().unwrap(), &calendar());
    let (live, kept) = (live_day(&city), super::memory());
    let (first, day) = (Moment::on(live.day, 0), live.day);
    let before = super::run(kept.clone(), &city, first, None).unwrap();
    let (asked, opened) = (live.demands.len() as u64, live.script.len() as u64);
    let script = live.into_city(&mut city);
    let after = super::run_script(kept, &city, &script, Moment::on(day + 1, 0), None).unwrap();
    assert_eq!(after.cases, before.cases + asked);
    assert!(after.entries >= before.entries + opened, "{} and {}", before.entries, after.entries);
}
