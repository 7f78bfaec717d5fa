//! The live day of D17: the first working day after the replay, with twenty times the demands of an ordinary one.
//! Its demands come after those of the city and leave the printed totals alone.

use super::{Entry, case, demand_acts};
use crate::City;
use crate::claims::{self, Claim};
use crate::days::{LAST, number_of};
use crate::demands::{Demand, MODES, PURPOSES, UNTIL_ACTIVE};
use crate::draw::Draw;
use crate::figures;

/// How many times the demands of an ordinary working day.
pub const LOAD: u64 = 20;

/// A day at that load.
#[derive(Clone, Debug)]
pub struct LiveDay {
    /// Which day.
    pub day: u32,
    /// What is asked for on it, numbered after the demands of the city.
    pub demands: Vec<Demand>,
    /// What banks do about them, on that day and later.
    pub claims: Vec<Claim>,
    /// What is done on the day: about these demands, and what was under way in the city already.
    pub script: Vec<Entry>,
}

impl LiveDay {
    /// Puts its demands into the city, so that commands can be made of its script.
    pub fn into_city(self, city: &mut City) -> Vec<Entry> {
        city.demands.extend(self.demands);
        city.claims.extend(self.claims);
        self.script
    }
}

/// The live day of a city: the same city has the same.
pub fn live_day(city: &City) -> LiveDay {
    let day = city.days.from(number_of(LAST) + 1);
    let demands = demands(city, day);
    let claims = claims::claims(city.seed, &city.days, &demands, &[], &city.institutions);
    let mut script = super::script(city);
    let enterprises = city.enterprises.len() as u32;
    for demand in &demands {
        let first = claims.partition_point(|claim| claim.demand < demand.number);
        let end = claims.partition_point(|claim| claim.demand <= demand.number);
        case(&mut script, enterprises + demand.number, demand_acts(city, demand, &claims[first..end]));
    }
    script.retain(|entry| entry.at.day() == day);
    script.sort_unstable();
    LiveDay { day, demands, claims, script }
}

/// So many demands as an ordinary working day has, times the load: about 60 a day at seed scale. Enterprises whose accounts
/// are active ask; nothing is granted on the day itself.
fn demands(city: &City, day: u32) -> Vec<Demand> {
    let active: Vec<u32> = city
        .enterprises
        .iter()
        .filter(|enterprise| enterprise.applied.day() + UNTIL_ACTIVE <= day)
        .map(|enterprise| enterprise.number)
        .collect();
    if active.is_empty() {
        return vec![];
    }
    let days = city.days.working().len().max(1) as u64;
    let count = (city.scale.count(figures::DEMANDS) * LOAD).div_ceil(days);
    let mut all: Vec<Demand> = (0..count)
        .map(|row| {
            let mut draw = Draw::of(city.seed, "live_day", row);
            Demand {
                number: 0,
                enterprise: *draw.pick(&active),
                amount: (draw.lognormal(30_000, 1_581) / 100).clamp(1, MOST),
                tenor: if draw.chance(700) { 12 } else { *draw.pick(&[3, 6, 18, 24, 36, 60]) },
                purpose: draw.below(PURPOSES.len() as u64) as u8,
                wish: draw.below(MODES.len() as u64) as u8,
                channel: draw.weighted(&[550, 300, 150]) as u8,
                published: city.days.office(day, &mut draw),
                funded: false,
                directed: draw.chance(90),
            }
        })
        .collect();
    all.sort_by_key(|demand| (demand.published, demand.enterprise, demand.amount));
    for (demand, number) in all.iter_mut().zip(city.demands.len() as u32..) {
        demand.number = number;
    }
    all
}

/// The most one demand asks for, 万元.
const MOST: u64 = 100_000;
