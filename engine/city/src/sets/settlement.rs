//! D14: what the annual settlement reads, in the form `charter settle` expects, made so that every rule is put to
//! the test: three ties at a prize, an institution exactly at each threshold, and two that report nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use super::{Row, Set, fraction, set, text, yuan};
use crate::city::City;
use crate::codes;
use crate::draw::Draw;
use crate::institutions::Kind;
use crate::loans::{CREDIT, Loan};
use crate::scores;

mod others;

/// Banks whose books are made up for the thresholds; the last two report nothing.
const MADE_UP: std::ops::Range<usize> = 35..45;

/// A loan as a bank reports it.
#[derive(Clone)]
struct Reported {
    loan_no: String,
    bank: usize,
    uscc: String,
    /// 万元; the settlement reads yuan.
    amount: u64,
    online: bool,
    unsecured: bool,
    score: Option<u64>,
    first_time: bool,
    seq: u32,
    class: String,
    on: Date,
}

/// The year as the institutions report it.
struct Year<'c> {
    city: &'c City,
    year: i16,
    loans: Vec<Reported>,
}

/// The input files of a year.
pub fn inputs(city: &City, year: i16) -> Vec<Set<'_>> {
    let mut it = Year { city, year, loans: vec![] };
    it.natural();
    it.thresholds();
    it.tie_of_first_loans();
    let mut all = vec![it.institutions(), it.credit_loans(), it.platform_loans()];
    let overdue = it.overdue();
    all.extend([overdues(&it, &overdue), losses(&it, &overdue)]);
    all.extend(others::guarantees(&it));
    all.extend(others::balances(&it));
    all.extend(others::investments(&it));
    all.extend(others::rest(&it));
    all
}

/// A file of the settlement's folder, its rows made already.
fn file<'c>(year: i16, name: &str, columns: &'static [&'static str], rows: Vec<Row>) -> Set<'c> {
    let title = ("年度结算输入", "Input of the annual settlement");
    set("D14", &format!("settlement-{year}/{name}.csv"), title, columns, rows.into_iter())
}

impl<'c> Year<'c> {
    fn id(&self, bank: usize) -> String {
        self.city.institutions[bank].id.clone()
    }

    /// What was really paid out in the year by the banks whose books are not made up.
    fn natural(&mut self) {
        let of_year = |loan: &&Loan| loan.disbursed.year() == self.year;
        let bank = |loan: &Loan| usize::from(loan.grant.bank);
        let loans = self.city.loans.iter().filter(of_year).filter(|loan| !MADE_UP.contains(&bank(loan)));
        self.loans = loans
            .map(|loan| {
                let enterprise = &self.city.enterprises[loan.enterprise as usize];
                Reported {
                    loan_no: loan.contract(),
                    bank: bank(loan),
                    uscc: enterprise.uscc.clone(),
                    amount: loan.grant.amount,
                    online: loan.online,
                    unsecured: usize::from(loan.grant.mode) == CREDIT,
                    // One in two hundred was approved without a score.
                    score: Some(loan.score).filter(|_| loan.number % 200 != 0),
                    first_time: loan.first_time,
                    seq: loan.contract_seq,
                    class: enterprise.class.to_owned(),
                    on: loan.disbursed.date(),
                }
            })
            .collect();
    }

    /// Loans made up for a bank: so many households, amounts one by one.
    fn make_up(&mut self, bank: usize, amounts: &[u64], first_time: bool, score: u64) {
        for (at, amount) in amounts.iter().enumerate() {
            let number = (bank * 10_000 + at) as u64;
            let mut draw = Draw::of(self.city.seed, "made_up", number);
            let month = draw.between(1, 12) as i8;
            self.loans.push(Reported {
                loan_no: format!("T{number:07}"),
                bank,
                uscc: codes::uscc(8_000_000 + number),
                amount: *amount,
                online: true,
                unsecured: true,
                score: Some(score),
                first_time,
                seq: 1,
                class: text(draw.pick(&["C3525", "I6513", "M7320"])),
                on: date(self.year, month, draw.between(1, 28) as i8),
            });
        }
    }

    /// One bank exactly at each threshold of the rules.
    fn thresholds(&mut self) {
        let alike = |count: u64, total: u64| {
            let each = total / count;
            let mut all = vec![each; count as usize];
            all[0] += total - each * count;
            all
        };
        // 2亿 exactly, and 41 households: the amount is not above.
        self.make_up(35, &alike(41, 20_000), false, 640);
        // More than 2亿, and 40 households: the households are not above.
        self.make_up(36, &alike(40, 24_000), false, 610);
        // 20 first households exactly.
        self.make_up(37, &alike(20, 6_000), true, 600);
        // 5000万 exactly: deposits begin here, the amount included.
        self.make_up(38, &alike(12, 5_000), false, 599);
        // First loans of 5000万: one percent is exactly the ceiling of 50万.
        self.make_up(39, &alike(15, 5_000), true, 655);
        // 2亿 above 600 points: five percent is exactly the ceiling of 1000万; one household exactly at its limit of
        // 1000万, and one above it that does not count.
        let mut amounts = alike(38, 19_000);
        amounts.extend([1_000, 1_001]);
        self.make_up(40, &amounts, false, 601);
    }

    /// Two banks tie for the second place in first loans, households and amount alike.
    fn tie_of_first_loans(&mut self) {
        let mut households: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for loan in self.loans.iter().filter(|loan| loan.first_time) {
            households.entry(loan.bank).or_default().insert(&loan.uscc);
        }
        let mut counts: Vec<usize> = households.values().map(BTreeSet::len).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let second = counts.get(1).copied().unwrap_or(0).max(21) + 1;
        for bank in [41, 42] {
            self.make_up(bank, &vec![120; second], true, 660);
        }
    }

    fn institutions(&self) -> Set<'c> {
        let institutions = &self.city.institutions;
        let mut centres = 0;
        let mut rows: Vec<Row> = institutions
            .iter()
            .map(|i| {
                centres += u32::from(i.centre);
                let centre = if i.centre { format!("ZX{centres:02}") } else { String::new() };
                vec![i.id.clone(), i.name.clone(), text(i.kind.name()), text(i.local), centre]
            })
            .collect();
        let managers: BTreeSet<&str> =
            self.city.equity.investors.iter().map(|i| i.manager.as_str()).collect();
        rows.extend(managers.into_iter().map(|m| {
            let name = format!("示例私募基金{}有限公司", m.trim_start_matches('M'));
            vec![text(m), name, text("fund_manager"), text(true), String::new()]
        }));
        let columns = &["institution", "name", "kind", "local_legal_person", "centre"];
        file(self.year, "institutions", columns, rows)
    }

    fn credit_loans(&self) -> Set<'c> {
        let rows = self.loans.iter().map(|l| {
            vec![
                l.loan_no.clone(),
                self.id(l.bank),
                l.uscc.clone(),
                l.uscc.clone(),
                yuan(l.amount),
                text(if l.online { "online" } else { "offline" }),
                text(l.unsecured),
                l.score.map(text).unwrap_or_default(),
                text(l.first_time),
                text(l.seq),
                l.class.clone(),
                l.on.to_string(),
            ]
        });
        let columns = &[
            "loan_no",
            "institution",
            "uscc",
            "household",
            "amount",
            "channel",
            "unsecured",
            "score_at_approval",
            "first_time",
            "contract_seq",
            "industry",
            "disbursed_on",
        ];
        file(self.year, "credit_loans", columns, rows.collect())
    }

    /// The platform's own history: nearly the same. Of a thousand loans one is missing, one has another amount, one
    /// another day.
    fn platform_loans(&self) -> Set<'c> {
        let rows = self.loans.iter().enumerate().filter_map(|(at, l)| {
            let mut draw = Draw::of(self.city.seed, "platform_loans", at as u64);
            let odd = draw.below(1_000);
            let amount = if odd == 1 { l.amount + 1 } else { l.amount };
            let on = if odd == 2 { l.on.tomorrow().ok().filter(|d| d.year() == self.year)? } else { l.on };
            let row = [
                l.loan_no.clone(),
                self.id(l.bank),
                l.uscc.clone(),
                l.uscc.clone(),
                yuan(amount),
                on.to_string(),
            ];
            (odd != 0).then(|| row.to_vec())
        });
        let columns = &["loan_no", "institution", "uscc", "household", "amount", "disbursed_on"];
        file(self.year, "platform_loans", columns, rows.collect())
    }

    /// One unsecured loan in eighty is overdue by the end of the year.
    fn overdue(&self) -> Vec<usize> {
        let early = |at: &usize| self.loans[*at].on < date(self.year, 10, 1) && self.loans[*at].unsecured;
        (0..self.loans.len())
            .filter(early)
            .filter(|at| Draw::of(self.city.seed, "overdue", *at as u64).below(80) == 0)
            .collect()
    }

    /// A day in the last quarter.
    fn late(&self, draw: &mut Draw) -> String {
        date(self.year, draw.between(10, 12) as i8, draw.between(1, 30) as i8).to_string()
    }
}

fn overdues<'c>(year: &Year<'c>, overdue: &[usize]) -> Set<'c> {
    let rows = overdue.iter().map(|at| {
        let (l, mut draw) = (&year.loans[*at], Draw::of(year.city.seed, "overdues", *at as u64));
        let principal = yuan((l.amount * draw.between(200, 1_000) / 1_000).max(1));
        let dpd = text(draw.between(1, 88));
        vec![
            l.loan_no.clone(),
            year.id(l.bank),
            l.uscc.clone(),
            l.uscc.clone(),
            dpd,
            principal,
            year.late(&mut draw),
        ]
    });
    let columns = &["loan_no", "institution", "uscc", "household", "dpd", "principal", "overdue_on"];
    file(year.year, "overdues", columns, rows.collect())
}

/// Every third of them is a loss already; every fifth of these is compensated in part by the fund.
fn losses<'c>(year: &Year<'c>, overdue: &[usize]) -> Set<'c> {
    let rows = overdue.iter().step_by(3).enumerate().map(|(n, at)| {
        let (l, mut draw) = (&year.loans[*at], Draw::of(year.city.seed, "losses", *at as u64));
        let loss = (l.amount * draw.between(50, 400) / 1_000).max(1);
        let other = if n % 5 == 0 { loss * 65 / 100 } else { 0 };
        let lost = year.late(&mut draw);
        vec![
            l.loan_no.clone(),
            year.id(l.bank),
            l.uscc.clone(),
            l.uscc.clone(),
            yuan(loss),
            yuan(other),
            lost,
        ]
    });
    let columns = &["loan_no", "institution", "uscc", "household", "loss", "other_compensation", "lost_on"];
    file(year.year, "losses", columns, rows.collect())
}
