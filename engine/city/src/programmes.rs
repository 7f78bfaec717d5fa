//! D10, D11, D12: the credit guarantee fund, 小微E贷 and 征信贷 as the deck counts them at their own dates. They
//! are registers of their own: the deck's dates differ, so no loan of D6 is one of them.

use crate::days::{Days, Moment, number_of};
use crate::draw::Draw;
use crate::enterprises::Enterprise;
use crate::figures;
use crate::institutions::{Institution, Kind};
use crate::scale::{Scale, fit, fit_within};
use jiff::civil::{Date, date};

/// A record of the credit guarantee fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundRecord {
    /// From 1.
    pub number: u32,
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// Places in the list of institutions.
    pub bank: u8,
    /// The guarantor or insurer.
    pub partner: u8,
    /// 万元.
    pub credit: u64,
    /// 万元 in force at the end of 2018; 0 when it is paid back.
    pub in_force: u64,
    /// The enterprise's first loan.
    pub first_loan: bool,
    /// When.
    pub recorded: Moment,
    /// Score when it was recorded.
    pub score: u64,
    /// 万元 lost.
    pub loss: u64,
}

/// What a record of the fund is made of, and what became of it (assumed; the deck gives totals only).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundTerms {
    /// 万元 lent.
    pub loan: u64,
    /// 万元: face of acceptances.
    pub face: u64,
    /// 万元: their margin. Loan and face less margin are the credit.
    pub margin: u64,
    /// Hundredths of a percent a year.
    pub fee: u64,
    /// From the first day.
    pub start: Moment,
    /// Months.
    pub tenor: u64,
    /// Days past due at the end of the year; 0 where nothing was lost.
    pub past_due: u64,
    /// 万元 recovered of what was lost.
    pub recovered: u64,
}

/// Fee by score, as the fund's table has it: below 600, below 700, above.
const FEES: [u64; 3] = [150, 120, 100];

impl FundRecord {
    /// Its terms. One in four has acceptances beside the loan.
    pub fn terms(&self, seed: u64) -> FundTerms {
        let mut draw = Draw::of(seed, "fund_terms", u64::from(self.number));
        let net = if draw.chance(250) { self.credit * draw.between(200, 600) / 1_000 } else { 0 };
        let margin = net * 3 / 7;
        let fee = match self.score {
            0..600 => FEES[0],
            600..700 => FEES[1],
            _ => FEES[2],
        };
        let lost = self.loss > 0;
        FundTerms {
            loan: self.credit - net,
            face: net + margin,
            margin,
            fee,
            start: self.recorded.plus(draw.between(1, 30) as u32 * 86_400),
            tenor: *draw.pick(&[6, 12, 12, 12]),
            past_due: if lost { draw.between(90, 360) } else { 0 },
            recovered: if lost { self.loss * draw.between(0, 500) / 1_000 } else { 0 },
        }
    }
}

/// A loan of 小微E贷 or 征信贷.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeLoan {
    /// From 1.
    pub number: u32,
    /// A place in the list of enterprises.
    pub enterprise: u32,
    /// A place in the list of institutions.
    pub bank: u8,
    /// 万元.
    pub amount: u64,
    /// Hundredths of a percent.
    pub rate: u64,
    /// The enterprise's first loan.
    pub first_loan: bool,
    /// When.
    pub disbursed: Moment,
    /// Months.
    pub tenor: u64,
}

/// Small and micro enterprises that had registered by then, in an order of chance.
fn clients(seed: u64, set: &str, enterprises: &[Enterprise], by: Date, count: u64) -> Vec<u32> {
    let by = Moment::of(by);
    let mut fit: Vec<u32> =
        enterprises.iter().filter(|e| e.size.is_small() && e.applied < by).map(|e| e.number).collect();
    Draw::of(seed, set, u64::MAX).shuffle(&mut fit);
    fit.truncate(count as usize);
    fit
}

fn places(institutions: &[Institution], which: impl Fn(&Institution) -> bool) -> Vec<u8> {
    (0..institutions.len()).filter(|at| which(&institutions[*at])).map(|at| at as u8).collect()
}

fn moment(days: &Days, from: Date, to: Date, not_before: Moment, draw: &mut Draw) -> Moment {
    let first = number_of(from).max(not_before.day() + 30);
    let day = draw.between(u64::from(first), u64::from(number_of(to).max(first))) as u32;
    days.office(day, draw)
}

/// The fund's records: 20 of them exactly at the limit of a household, 1.5 % with a loss.
pub fn fund(
    seed: u64,
    scale: Scale,
    days: &Days,
    enterprises: &[Enterprise],
    institutions: &[Institution],
) -> Vec<FundRecord> {
    let [count, credit, projects, in_force] = figures::FUND.map(|printed| scale.count(printed));
    let clients = clients(seed, "fund_clients", enterprises, date(2018, 9, 30), count);
    let (banks, partners) =
        (places(institutions, |i| i.kind == Kind::Bank), places(institutions, |i| i.fund_partner));
    let exact = scale.count(20);
    let draws = |set, row: usize| Draw::of(seed, set, row as u64);
    let weights: Vec<u64> =
        (0..clients.len()).map(|row| draws("fund_amounts", row).lognormal(550, 500)).collect();
    let bounds: Vec<(u64, u64)> =
        (0..clients.len() as u64).map(|row| if row < exact { (1_000, 1_000) } else { (20, 1_000) }).collect();
    let credits = fit_within(&weights, credit, &bounds);
    let alive: Vec<(u64, u64)> = credits
        .iter()
        .enumerate()
        .map(|(row, c)| if (row as u64) < projects { (1, *c) } else { (0, 0) })
        .collect();
    let running: Vec<u64> = credits.iter().zip(&alive).map(|(c, a)| if a.1 == 0 { 0 } else { *c }).collect();
    let in_force = fit_within(&running, in_force, &alive);
    let lost = (count * 15 + 500) / 1_000;
    clients
        .into_iter()
        .enumerate()
        .map(|(row, enterprise)| {
            let mut draw = draws("fund_records", row);
            let applied = enterprises[enterprise as usize].applied;
            let recorded = moment(days, date(2016, 1, 4), date(2018, 12, 28), applied, &mut draw);
            FundRecord {
                number: row as u32 + 1,
                enterprise,
                bank: *draw.pick(&banks),
                partner: *draw.pick(&partners),
                credit: credits[row],
                in_force: in_force[row],
                first_loan: row % 3 == 2,
                recorded,
                score: crate::scores::score(seed, enterprise, crate::scores::quarter(recorded)).total,
                loss: if (row as u64) >= count - lost { draw.between(10, credits[row].max(11)) } else { 0 },
            }
        })
        .collect()
}

/// 小微E贷: amounts up to 500万, rates up to 5.75 %, up to 4.95 % for a first loan; the simple mean of the rates is
/// the printed 5.46 % to the last hundredth (the deck does not say which mean it is).
pub fn micro_e(
    seed: u64,
    scale: Scale,
    days: &Days,
    enterprises: &[Enterprise],
    institutions: &[Institution],
) -> Vec<ProgrammeLoan> {
    let [count, amount] = figures::MICRO_E.map(|printed| scale.count(printed));
    let [mean, lowest] = figures::MICRO_E_RATES;
    let clients = clients(seed, "micro_e_clients", enterprises, date(2018, 10, 31), count);
    let banks = places(institutions, |i| i.micro_e);
    let mut all =
        loans(seed, "micro_e", (days, date(2018, 8, 1), date(2018, 12, 28)), enterprises, &clients, &banks);
    let weights: Vec<u64> =
        (0..all.len()).map(|row| Draw::of(seed, "micro_e_amounts", row as u64).lognormal(160, 700)).collect();
    let at_limit = scale.count(12) as usize;
    let bounds: Vec<(u64, u64)> =
        (0..all.len()).map(|row| if row < at_limit { (500, 500) } else { (5, 500) }).collect();
    let amounts = fit_within(&weights, amount, &bounds);
    // A quarter are first loans, unless there are too few to leave the mean where it is; some rates are exactly
    // at each limit, one is the lowest printed.
    let few = all.len() < 20;
    let first = |row: usize| row % 4 == 1 && !few;
    let rates: Vec<(u64, u64)> = (0..all.len())
        .map(|row| match (row, first(row)) {
            (0, _) => (lowest, lowest),
            (row, true) if row % 20 == 1 => (495, 495),
            (row, false) if row % 20 == 2 => (575, 575),
            (_, true) => (lowest, 495),
            (_, false) => (lowest, 575),
        })
        .collect();
    let weights: Vec<u64> = (0..all.len())
        .map(
            |row| {
                if first(row) { 470 } else { Draw::of(seed, "micro_e_rates", row as u64).between(540, 580) }
            },
        )
        .collect();
    let rates = fit_within(&weights, mean * all.len() as u64, &rates);
    for (row, loan) in all.iter_mut().enumerate() {
        (loan.amount, loan.rate, loan.first_loan) = (amounts[row], rates[row], first(row));
    }
    all
}

/// 征信贷: up to 500万 a household, online.
pub fn credit_reference(
    seed: u64,
    scale: Scale,
    days: &Days,
    enterprises: &[Enterprise],
    institutions: &[Institution],
) -> Vec<ProgrammeLoan> {
    let [count, amount] = figures::CREDIT_REFERENCE.map(|printed| scale.count(printed));
    let clients = clients(seed, "credit_reference_clients", enterprises, date(2019, 6, 30), count);
    let banks = places(institutions, |i| i.credit_reference);
    let dates = (days, date(2019, 1, 7), date(2019, 12, 30));
    let mut all = loans(seed, "credit_reference", dates, enterprises, &clients, &banks);
    let weights: Vec<u64> =
        (0..all.len()).map(|row| Draw::of(seed, "cr_amounts", row as u64).lognormal(190, 600)).collect();
    let amounts = fit(&weights, amount, 5, 500);
    for (row, loan) in all.iter_mut().enumerate() {
        let mut draw = Draw::of(seed, "cr_rates", row as u64);
        (loan.amount, loan.rate, loan.first_loan) = (amounts[row], draw.between(435, 620), draw.chance(300));
    }
    all
}

fn loans(
    seed: u64,
    set: &str,
    (days, from, to): (&Days, Date, Date),
    enterprises: &[Enterprise],
    clients: &[u32],
    banks: &[u8],
) -> Vec<ProgrammeLoan> {
    let loan = |(row, enterprise): (usize, &u32)| {
        let mut draw = Draw::of(seed, set, row as u64);
        ProgrammeLoan {
            number: row as u32 + 1,
            enterprise: *enterprise,
            bank: *draw.pick(banks),
            amount: 0,
            rate: 0,
            first_loan: false,
            disbursed: moment(days, from, to, enterprises[*enterprise as usize].applied, &mut draw),
            tenor: *draw.pick(&[6, 9, 12, 12, 12]),
        }
    };
    clients.iter().enumerate().map(loan).collect()
}
