//! D13: the equity platform: enterprises, institutions, demands, events of investment.

use crate::days::{Days, Moment, number_of};
use crate::draw::Draw;
use crate::enterprises::Enterprise;
use crate::figures;
use crate::scale::{Scale, fit};
use jiff::civil::date;

/// The equity platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Equity {
    /// Places in the list of enterprises.
    pub enterprises: Vec<u32>,
    /// Investors; those that are not local stand first.
    pub investors: Vec<Investor>,
    /// What is asked for.
    pub demands: Vec<EquityDemand>,
    /// What is invested.
    pub events: Vec<EquityEvent>,
}

/// An investor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Investor {
    /// `F001`.
    pub id: String,
    /// Its manager: several funds may have one.
    pub manager: String,
    /// Registered in the city.
    pub local: bool,
}

/// A demand for equity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquityDemand {
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// 万元.
    pub amount: u64,
    /// When.
    pub published: Moment,
}

/// An investment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquityEvent {
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// A place in the list of investors.
    pub investor: usize,
    /// 万元.
    pub amount: u64,
    /// When.
    pub invested: Moment,
    /// A loan was matched with it (投贷联动).
    pub matched: bool,
}

/// The equity platform at this scale.
pub fn equity(seed: u64, scale: Scale, days: &Days, enterprises: &[Enterprise]) -> Equity {
    let [companies, investors, foreign, demands, demanded, events, invested] = figures::EQUITY;
    let count = |printed| scale.count(printed);
    let mut order: Vec<u32> =
        enterprises.iter().filter(|e| e.applied < Moment::of(date(2020, 1, 1))).map(|e| e.number).collect();
    Draw::of(seed, "equity", 0).shuffle(&mut order);
    order.truncate(count(companies) as usize);
    // The number of investors does not scale: they come from everywhere.
    let investors: Vec<Investor> = (1..=investors)
        .map(|n| Investor {
            id: format!("F{n:03}"),
            manager: format!("M{:03}", n * 2 / 3 + 1),
            local: n > foreign,
        })
        .collect();
    let pareto = |set: &str, row: u64| {
        let even = Draw::of(seed, set, row).between(1 << 10, 1 << 20);
        (1u64 << 40) / even.isqrt() / even
    };
    let at = |set: &str, row: u64| {
        let mut draw = Draw::of(seed, set, row);
        let day = draw.between(number_of(date(2018, 8, 1)).into(), number_of(date(2020, 6, 15)).into());
        (days.office(day as u32, &mut draw), draw)
    };
    let weights: Vec<u64> = (0..count(demands)).map(|row| pareto("equity_demands", row)).collect();
    let asked = fit(&weights, count(demanded), 100, 500_000.max(count(demanded) / 3));
    let demands = asked.into_iter().zip(0..).map(|(amount, row)| EquityDemand {
        enterprise: order[(row as usize * 5) % order.len()],
        amount,
        published: at("equity_published", row).0,
    });
    let weights: Vec<u64> = (0..count(events)).map(|row| pareto("equity_events", row)).collect();
    let put_in = fit(&weights, count(invested), 50, 100_000.max(count(invested) / 3));
    let events = put_in.into_iter().zip(0..).map(|(amount, row)| {
        let (invested, mut draw) = at("equity_invested", row);
        EquityEvent {
            enterprise: order[(row as usize * 3) % order.len()],
            investor: draw.below(investors.len() as u64) as usize,
            amount,
            invested,
            matched: row < count(10),
        }
    });
    let (demands, events) = (demands.collect(), events.collect());
    Equity { enterprises: order, investors, demands, events }
}
