//! D6: the loans. Their sum, the share of the largest bank and the shares of the guarantee modes are the printed
//! ones, to the 万元.

use std::collections::BTreeMap;

use crate::claims::Claim;
use crate::days::Moment;
use crate::demands::Demand;
use crate::draw::Draw;
use crate::enterprises::Enterprise;
use crate::figures;
use crate::institutions::{Institution, Kind};
use crate::scale::{Scale, fit_within};

/// A place in the list of modes: the credit guarantee fund.
pub const FUND: usize = 4;
/// A place in the list of modes: credit, without security.
pub const CREDIT: usize = 2;
/// What a household may have under the fund: 1000万.
pub const FUND_LIMIT: u64 = 1_000;

/// What comes of a demand: a bank, a mode, an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// A place in the list of demands.
    pub demand: u32,
    /// A place in the list of institutions.
    pub bank: u8,
    /// A place in the list of modes.
    pub mode: u8,
    /// 万元.
    pub amount: u64,
}

/// A loan as it was paid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loan {
    /// Its number: `L0000001`.
    pub number: u32,
    /// What was granted.
    pub grant: Grant,
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// Months.
    pub tenor: u64,
    /// Hundredths of a percent a year.
    pub rate: u64,
    /// When it was paid out.
    pub disbursed: Moment,
    /// The score when it was approved.
    pub score: u64,
    /// The enterprise's first.
    pub first_time: bool,
    /// The first contract of its enterprise with this bank, or a later one.
    pub contract_seq: u32,
    /// Approved online.
    pub online: bool,
}

impl Loan {
    /// The contract it was paid out under, as the bank records it: `HT2019-000123`.
    pub fn contract(&self) -> String {
        contract(self.disbursed.year(), self.grant.demand)
    }
}

/// The contract of a demand that came to money in a year.
pub fn contract(year: i16, demand: u32) -> String {
    format!("HT{year}-{:06}", demand + 1)
}

/// Grants for all demands that come to money.
pub fn grants(seed: u64, scale: Scale, demands: &[Demand], institutions: &[Institution]) -> Vec<Grant> {
    let rows: Vec<&Demand> = demands.iter().filter(|demand| demand.funded).collect();
    let amounts = amounts(seed, scale, &rows);
    let mut all: Vec<Grant> = rows
        .iter()
        .zip(amounts)
        .map(|(demand, amount)| Grant { demand: demand.number, bank: 0, mode: 0, amount })
        .collect();
    let total: u64 = all.iter().map(|grant| grant.amount).sum();
    let weights: Vec<u64> =
        institutions.iter().take_while(|i| i.kind == Kind::Bank).map(|bank| bank.weight).collect();
    let mut banks = fit_within(&weights, total, &vec![(0, total); weights.len()]);
    settle_largest(&mut banks, scale.count(figures::LARGEST_BANK).min(total));
    let order = by_size(&all);
    deal(&order, &mut banks, &mut Draw::of(seed, "banks", 0), &all).into_iter().for_each(|(at, bank)| {
        all[at].bank = bank as u8;
    });
    let mut modes = fit_within(&figures::MODES, total, &[(0, total); 5]);
    let left = fund_first(seed, &mut all, &mut modes, demands);
    let open: Vec<usize> = by_size(&all).into_iter().filter(|at| left[*at]).collect();
    modes[FUND] = 0;
    deal(&open, &mut modes, &mut Draw::of(seed, "modes", 0), &all).into_iter().for_each(|(at, mode)| {
        all[at].mode = mode as u8;
    });
    level(&mut all, demands, scale);
    all
}

/// What is granted of each: nearly all that was asked for; half are cut a little until the printed sum is met.
fn amounts(seed: u64, scale: Scale, rows: &[&Demand]) -> Vec<u64> {
    let asked: u64 = rows.iter().map(|demand| demand.amount).sum();
    let cut = asked.saturating_sub(scale.count(figures::GRANTED));
    let wants: Vec<u64> = rows
        .iter()
        .map(|demand| {
            let mut draw = Draw::of(seed, "cuts", u64::from(demand.number));
            if draw.chance(500) { demand.amount * draw.between(10, 120) / 1_000 } else { 0 }
        })
        .collect();
    let bounds: Vec<(u64, u64)> = rows
        .iter()
        .zip(&wants)
        .map(|(demand, want)| (0, if *want == 0 { 0 } else { demand.amount / 2 }))
        .collect();
    let cuts = fit_within(&wants, cut, &bounds);
    let mut left = cut - cuts.iter().sum::<u64>();
    let mut granted: Vec<u64> = rows.iter().zip(cuts).map(|(demand, cut)| demand.amount - cut).collect();
    // In a small city half may not be enough.
    for amount in granted.iter_mut().rev() {
        let more = left.min(*amount / 3);
        *amount -= more;
        left -= more;
    }
    granted
}

/// The first takes its printed amount; the others share what is left as before.
fn settle_largest(banks: &mut [u64], printed: u64) {
    let (mut over, mut at) = (printed as i64 - banks[0] as i64, 1);
    banks[0] = printed;
    while over != 0 && at < banks.len() {
        let take = over.min(banks[at] as i64);
        banks[at] = (banks[at] as i64 - take) as u64;
        over -= take;
        at += 1;
    }
}

fn by_size(grants: &[Grant]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..grants.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(grants[*at].amount), *at));
    order
}

/// Deals amounts, largest first, to whoever has room, by chance in proportion to the room.
fn deal(order: &[usize], room: &mut [u64], draw: &mut Draw, grants: &[Grant]) -> Vec<(usize, usize)> {
    order
        .iter()
        .map(|at| {
            let amount = grants[*at].amount;
            let weights: Vec<u64> = room.iter().map(|room| if *room >= amount { *room } else { 0 }).collect();
            let to = match weights.iter().any(|weight| *weight > 0) {
                true => draw.weighted(&weights),
                false => (0..room.len()).max_by_key(|to| (room[*to], room.len() - to)).unwrap_or(0),
            };
            room[to] = room[to].saturating_sub(amount);
            (*at, to)
        })
        .collect()
}

/// Loans under the fund first: they are small, and a household has at most 1000万. Answers who is still open.
fn fund_first(seed: u64, all: &mut [Grant], modes: &mut [u64], demands: &[Demand]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..all.len()).filter(|at| all[*at].amount <= FUND_LIMIT).collect();
    Draw::of(seed, "fund", 0).shuffle(&mut order);
    let mut households = BTreeMap::new();
    let mut open = vec![true; all.len()];
    for at in order {
        let household: &mut u64 = households.entry(demands[all[at].demand as usize].enterprise).or_default();
        if all[at].amount <= modes[FUND] && *household + all[at].amount <= FUND_LIMIT {
            *household += all[at].amount;
            modes[FUND] -= all[at].amount;
            all[at].mode = FUND as u8;
            open[at] = false;
        }
    }
    open
}

/// Moves the last 万元 between loans until the largest bank and every mode have exactly what is printed. A loan
/// gives as long as something is left of it, and takes as long as it stays below what was asked for.
fn level(all: &mut [Grant], demands: &[Demand], scale: Scale) {
    let total: u64 = all.iter().map(|grant| grant.amount).sum();
    let largest = scale.count(figures::LARGEST_BANK).min(total);
    let order = by_size(all);
    let have = |all: &[Grant]| all.iter().filter(|g| g.bank == 0).map(|g| g.amount).sum::<u64>();
    let now = have(all);
    let in_first = |grant: &Grant| grant.bank == 0;
    let others = |grant: &Grant| grant.bank != 0;
    if now > largest {
        shift(all, demands, &order, now - largest, &in_first, &others);
    } else {
        shift(all, demands, &order, largest - now, &others, &in_first);
    }
    let wanted = fit_within(&figures::MODES, total, &[(0, total); 5]);
    for (mode, wanted) in wanted.into_iter().enumerate() {
        let sum: u64 = all.iter().filter(|g| usize::from(g.mode) == mode).map(|g| g.amount).sum();
        let mine = |grant: &Grant| grant.bank != 0 && usize::from(grant.mode) == mode;
        // Those settled before stay as they are.
        let rest = |grant: &Grant| grant.bank != 0 && usize::from(grant.mode) > mode;
        if sum > wanted {
            shift(all, demands, &order, sum - wanted, &mine, &rest);
        } else {
            shift(all, demands, &order, wanted - sum, &rest, &mine);
        }
    }
}

fn shift(
    all: &mut [Grant],
    demands: &[Demand],
    order: &[usize],
    much: u64,
    from: &dyn Fn(&Grant) -> bool,
    to: &dyn Fn(&Grant) -> bool,
) {
    let mut moved = 0;
    // Under the fund a household stays within its limit.
    let mut households: BTreeMap<u32, u64> = BTreeMap::new();
    for grant in all.iter().filter(|grant| usize::from(grant.mode) == FUND) {
        *households.entry(demands[grant.demand as usize].enterprise).or_default() += grant.amount;
    }
    for at in order {
        let demand = &demands[all[*at].demand as usize];
        if !to(&all[*at]) || moved >= much {
            continue;
        }
        let mut room = (demand.amount - all[*at].amount).min(much - moved);
        if usize::from(all[*at].mode) == FUND {
            let household = households.entry(demand.enterprise).or_default();
            room = room.min(FUND_LIMIT.saturating_sub(*household));
            *household += room;
        }
        all[*at].amount += room;
        moved += room;
    }
    for at in order {
        if from(&all[*at]) && moved > 0 {
            let give = (all[*at].amount / 2).min(moved);
            all[*at].amount -= give;
            moved -= give;
        }
    }
}

/// The loans in the order in which they were paid out.
pub fn loans(
    seed: u64,
    enterprises: &[Enterprise],
    demands: &[Demand],
    grants: &[Grant],
    claims: &[Claim],
) -> Vec<Loan> {
    let paid = |claim: &Claim| claim.disbursed().map(|at| (claim.demand, at));
    let paid: BTreeMap<u32, Moment> = claims.iter().filter_map(paid).collect();
    let mut all: Vec<Loan> = grants
        .iter()
        .filter_map(|grant| {
            let demand = &demands[grant.demand as usize];
            let disbursed = *paid.get(&grant.demand)?;
            Some(loan(seed, demand, grant, disbursed))
        })
        .collect();
    all.sort_by_key(|loan| (loan.disbursed, loan.grant.demand));
    let mut seen = BTreeMap::<u32, u32>::new();
    for (number, loan) in all.iter_mut().enumerate() {
        let before = seen.entry(loan.enterprise).or_default();
        *before += 1;
        loan.number = number as u32 + 1;
        loan.contract_seq = *before;
        loan.first_time = *before == 1 && enterprises[loan.enterprise as usize].first_time;
    }
    all
}

fn loan(seed: u64, demand: &Demand, grant: &Grant, disbursed: Moment) -> Loan {
    let mut draw = Draw::of(seed, "loans", u64::from(demand.number));
    let rate = [(435, 120), (460, 130), (480, 150), (450, 120), (470, 110)][usize::from(grant.mode)];
    Loan {
        number: 0,
        grant: grant.clone(),
        enterprise: demand.enterprise,
        tenor: demand.tenor,
        rate: rate.0 + draw.below(rate.1),
        disbursed,
        score: crate::scores::score(seed, demand.enterprise, crate::scores::quarter(disbursed)).total,
        first_time: false,
        contract_seq: 0,
        online: demand.channel != 0 || draw.chance(350),
    }
}
