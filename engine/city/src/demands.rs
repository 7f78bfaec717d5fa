//! D4: what enterprises ask for. Who is served, and how much is granted, is settled here, so that the printed
//! totals are met; how it comes about is told by the claims.

use crate::days::{Days, Moment, number_of};
use crate::draw::Draw;
use crate::enterprises::Enterprise;
use crate::figures;
use crate::scale::{Scale, fit};
use jiff::civil::{Date, date};

/// The guarantee modes, in the order of the printed shares (lines 609-611).
pub const MODES: [&str; 5] = ["mortgage", "general_guarantee", "credit", "pledge", "credit_guarantee_fund"];
/// The same in Chinese.
pub const MODES_ZH: [&str; 5] = ["抵押", "一般担保", "信用", "质押", "信用保证基金"];
/// What money is wanted for.
pub const PURPOSES: [&str; 5] = ["working_capital", "equipment", "research", "refinance", "other"];
/// The ways in (line 319).
pub const CHANNELS: [&str; 3] = ["web", "wechat", "app"];

/// The most one demand asks for: 100亿 in 万元.
const MOST: u64 = 1_000_000;

/// A demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Its place in the list, from 0.
    pub number: u32,
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// 万元.
    pub amount: u64,
    /// Months.
    pub tenor: u64,
    /// A place in [`PURPOSES`].
    pub purpose: u8,
    /// The mode the enterprise wishes for: a place in [`MODES`].
    pub wish: u8,
    /// A place in [`CHANNELS`].
    pub channel: u8,
    /// When it is published.
    pub published: Moment,
    /// Whether money comes of it.
    pub funded: bool,
    /// Only the banks named may claim it.
    pub directed: bool,
}

/// Sums of weights up to each place.
pub fn running(weights: &[u64]) -> Vec<u64> {
    let sum = weights.iter().scan(0u64, |sum, weight| {
        *sum += weight;
        Some(*sum)
    });
    sum.collect()
}

/// A place drawn by running sums.
pub fn place(sums: &[u64], draw: &mut Draw) -> usize {
    let at = draw.below(sums.last().copied().unwrap_or(0));
    sums.partition_point(|sum| *sum <= at).min(sums.len().saturating_sub(1))
}

/// The demands in the order of their publication.
pub fn demands(seed: u64, scale: Scale, days: &Days, enterprises: &[Enterprise]) -> Vec<Demand> {
    let amounts = amounts(seed, scale);
    let funded = funded(seed, scale, &amounts);
    let owners = owners(seed, scale, enterprises.len(), &funded);
    let times = Times::of(days);
    let mut all: Vec<Demand> = (0..amounts.len())
        .map(|row| {
            let mut draw = Draw::of(seed, "demands", row as u64);
            let owner = &enterprises[owners[row] as usize];
            Demand {
                number: 0,
                enterprise: owners[row],
                amount: amounts[row],
                tenor: if draw.chance(700) { 12 } else { *draw.pick(&[3, 6, 18, 24, 36, 60]) },
                purpose: draw.weighted(&[640, 170, 60, 110, 20]) as u8,
                wish: draw.weighted(&figures::MODES) as u8,
                channel: draw.weighted(&[550, 300, 150]) as u8,
                published: times.draw(owner, funded[row], days, &mut draw),
                funded: funded[row],
                directed: draw.chance(90),
            }
        })
        .collect();
    all.sort_by_key(|demand| (demand.published, demand.enterprise, demand.amount));
    for (number, demand) in all.iter_mut().enumerate() {
        demand.number = number as u32;
    }
    all
}

/// Lognormal amounts, median 300万, brought to the printed sum.
fn amounts(seed: u64, scale: Scale) -> Vec<u64> {
    let drawn: Vec<u64> = (0..scale.count(figures::DEMANDS))
        // In hundredths, so that small ones keep their proportions.
        .map(|row| Draw::of(seed, "amounts", row).lognormal(30_000, 1_581).min(MOST * 100))
        .collect();
    fit(&drawn, scale.count(figures::DEMANDED), 5, MOST)
}

/// Which demands come to money. Nearly all of what was asked for was granted (96.5 %), so it is the small ones
/// that go without.
fn funded(seed: u64, scale: Scale, amounts: &[u64]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by_key(|row| (amounts[*row], *row));
    let gap = scale.count(figures::DEMANDED) - scale.count(figures::GRANTED);
    let mut without = gap * 93 / 100;
    let mut funded = vec![true; amounts.len()];
    for (rank, row) in order.into_iter().enumerate() {
        let mut draw = Draw::of(seed, "funded", row as u64);
        let chance = match rank * 100 / amounts.len() {
            0..45 => 620,
            45..70 => 20,
            _ => 2,
        };
        if draw.chance(chance) && amounts[row] <= without {
            without -= amounts[row];
            funded[row] = false;
        }
    }
    funded
}

/// Whose demand each is: every served enterprise has one that comes to money, the others of the 45 % that ask
/// have one that does not, and the rest fall to those who ask.
fn owners(seed: u64, scale: Scale, enterprises: usize, funded: &[bool]) -> Vec<u32> {
    let mut draw = Draw::of(seed, "owners", 0);
    // Those who came last have no time left to be served.
    let early = enterprises * 97 / 100;
    let mut order: Vec<u32> = (0..early as u32).collect();
    draw.shuffle(&mut order);
    let served = (scale.count(figures::SERVED) as usize).min(order.len());
    let asking = (enterprises * 45 / 100).clamp(served, order.len());
    let (mut first_yes, mut first_no) = (order[..served].iter(), order[served..asking].iter());
    let mut rows: Vec<usize> = (0..funded.len()).collect();
    draw.shuffle(&mut rows);
    let mut owners = vec![0; funded.len()];
    for row in rows {
        let first = if funded[row] { first_yes.next() } else { first_no.next() };
        let among = if funded[row] { served } else { asking };
        // Some ask again and again: the square of an even draw leans towards the front.
        let again = |draw: &mut Draw| {
            let even = draw.below(1 << 20);
            order[(((even * even) >> 20) as usize * among) >> 20]
        };
        owners[row] = first.copied().unwrap_or_else(|| again(&mut draw));
    }
    owners
}

/// Working days with their weights: traffic grows, and on the days of matching events it is twenty times as much.
struct Times {
    days: Vec<u32>,
    sums: Vec<u64>,
}

/// Days after an application, before the first demand: the four steps take their time.
pub const UNTIL_ACTIVE: u32 = 45;
/// The last day on which a demand that comes to money is published.
const LAST_FUNDED: Date = date(2020, 4, 30);

impl Times {
    fn of(days: &Days) -> Times {
        let weight = |(at, day): (usize, &u32)| {
            let ordinary = 700 + u64::from(*day) / 2;
            // One event a quarter: sixty-two working days.
            if at % 62 == 40 { ordinary * 20 } else { ordinary }
        };
        let weights: Vec<u64> = days.working().iter().enumerate().map(weight).collect();
        Times { days: days.working().to_vec(), sums: running(&weights) }
    }

    fn draw(&self, owner: &Enterprise, funded: bool, days: &Days, draw: &mut Draw) -> Moment {
        let first = self.days.partition_point(|day| *day < owner.applied.day() + UNTIL_ACTIVE);
        let last = number_of(LAST_FUNDED);
        let end = if funded { self.days.partition_point(|day| *day <= last) } else { self.days.len() };
        let first = first.min(end - 1);
        let before = if first == 0 { 0 } else { self.sums[first - 1] };
        let at = before + draw.below(self.sums[end - 1] - before);
        let place = self.sums.partition_point(|sum| *sum <= at).clamp(first, end - 1);
        days.office(self.days[place], draw)
    }
}
