//! The files of the settlement beyond the loans of banks: guarantees, balances, investments, accounts.

use super::*;

/// Guarantees of the year by guarantors and insurers: amounts in 万元 a household, how many of them. Third and
/// fourth tie; the fifth is exactly at 2亿; the sixth has 20 households; the seventh asks for counter-guarantees.
const BOOKS: [(u64, u64); 7] =
    [(850, 70), (840, 60), (820, 50), (820, 50), (800, 25), (1_250, 20), (900, 45)];

fn partners(year: &Year<'_>) -> Vec<usize> {
    let kind = |at: &usize| matches!(year.city.institutions[*at].kind, Kind::Guarantor | Kind::Insurer);
    // Guarantors first: the books of the ties are theirs.
    let mut all: Vec<usize> = (0..year.city.institutions.len()).filter(kind).collect();
    all.sort_by_key(|at| (year.city.institutions[*at].kind != Kind::Guarantor, *at));
    all
}

/// Guarantees and their losses.
pub fn guarantees<'c>(year: &Year<'c>) -> Vec<Set<'c>> {
    let (mut rows, mut losses) = (Vec::new(), Vec::new());
    for (place, institution) in partners(year).into_iter().enumerate() {
        let (each, count) = BOOKS.get(place).copied().unwrap_or((300 + place as u64 * 7, 12 + place as u64));
        for n in 0..count {
            let number = institution as u64 * 1_000 + n;
            let mut draw = Draw::of(year.city.seed, "guarantees", number);
            let enterprise = &year.city.enterprises[draw.below(year.city.enterprises.len() as u64) as usize];
            // A household of its own each, so that the thresholds are met exactly.
            let uscc = codes::uscc(7_000_000 + number);
            let start = date(year.year, draw.between(1, 12) as i8, draw.between(1, 28) as i8);
            let end = start.saturating_add(jiff::Span::new().years(1)).to_string();
            let policy = format!("G{number:06}");
            let id = year.id(institution);
            let score = scores::score(year.city.seed, enterprise.number, 13).total;
            let fee = fraction(draw.between(60, 150));
            let first = text(n % 3 == 0);
            let class = text(enterprise.class);
            if draw.chance(15) {
                let lost = [yuan(draw.between(20, each)), yuan(0), class.clone(), year.late(&mut draw)];
                losses.push(
                    [policy.clone(), id.clone(), uscc.clone(), uscc.clone()]
                        .into_iter()
                        .chain(lost)
                        .collect(),
                );
            }
            rows.push(vec![
                policy,
                id,
                uscc.clone(),
                uscc,
                yuan(each),
                text(place == 6),
                fee,
                class,
                text(score),
                first,
                text(1),
                start.to_string(),
                end,
            ]);
        }
    }
    let columns = &[
        "policy_no",
        "institution",
        "uscc",
        "household",
        "amount",
        "counter_guarantee",
        "fee_rate",
        "industry",
        "score_at_approval",
        "first_time",
        "contract_seq",
        "start",
        "end",
    ];
    let lost = &[
        "policy_no",
        "institution",
        "uscc",
        "household",
        "loss",
        "other_compensation",
        "industry",
        "lost_on",
    ];
    vec![file(year.year, "guarantees", columns, rows), file(year.year, "guarantee_losses", lost, losses)]
}

/// Month-end balances of manufacturing guarantees, and year-end manufacturing balances of banks. Two banks tie for
/// the third place in growth.
pub fn balances<'c>(year: &Year<'c>) -> Vec<Set<'c>> {
    let mut months = Vec::new();
    for institution in partners(year) {
        let mut draw = Draw::of(year.city.seed, "balances", institution as u64);
        let mut balance = draw.lognormal(9_000, 1_000).clamp(500, 400_000);
        for month in 0..=12 {
            months.push(vec![year.id(institution), text(month), yuan(balance)]);
            balance = (balance * draw.between(960, 1_060) / 1_000).max(100);
        }
    }
    let mut growth: Vec<(usize, u64, u64)> = (0..MADE_UP.start - 2)
        .map(|bank| {
            let mut draw = Draw::of(year.city.seed, "manufacturing", bank as u64);
            let before = draw.lognormal(400_000, 900);
            (bank, before, draw.lognormal(30_000, 900))
        })
        .collect();
    let mut grown: Vec<u64> = growth.iter().map(|(_, _, more)| *more).collect();
    grown.sort_unstable_by(|a, b| b.cmp(a));
    // Just below the second, and so above the third.
    let tie = grown.get(1).copied().unwrap_or(2) - 1;
    growth.extend([(MADE_UP.start - 2, 500_000, tie), (MADE_UP.start - 1, 800_000, tie)]);
    let ends =
        growth.into_iter().map(|(bank, before, more)| vec![year.id(bank), yuan(before + more), yuan(before)]);
    vec![
        file(year.year, "monthly_balances", &["institution", "month", "balance"], months),
        file(
            year.year,
            "year_end_manufacturing",
            &["institution", "balance", "previous_balance"],
            ends.collect(),
        ),
    ]
}

/// Investments of the year, one manager exactly at the ceiling of 10亿 with matched debt, and the matched debt.
pub fn investments<'c>(year: &Year<'c>) -> Vec<Set<'c>> {
    let equity = &year.city.equity;
    let (mut rows, mut debt) = (Vec::new(), Vec::new());
    let events =
        equity.events.iter().enumerate().filter(|(_, e)| e.invested.year() == year.year || e.matched);
    for (at, event) in events {
        let mut draw = Draw::of(year.city.seed, "investments", at as u64);
        let uscc = &year.city.enterprises[event.enterprise as usize].uscc;
        let investor = &equity.investors[event.investor];
        let on = match event.invested.year() == year.year {
            true => event.invested.date(),
            false => date(year.year, draw.between(1, 11) as i8, draw.between(1, 28) as i8),
        };
        let odd = draw.below(20);
        rows.push(vec![
            format!("V{at:05}"),
            investor.manager.clone(),
            investor.id.clone(),
            uscc.clone(),
            uscc.clone(),
            yuan(event.amount),
            text(odd != 0),
            text(odd != 1),
            on.to_string(),
        ]);
        if event.matched {
            let bank = year.id(draw.below(MADE_UP.start as u64) as usize);
            let amount = yuan((event.amount / 3).max(50));
            debt.push(vec![format!("D{at:05}"), bank, uscc.clone(), uscc.clone(), amount, on.to_string()]);
        }
    }
    let columns = &[
        "investment_no",
        "institution",
        "fund",
        "uscc",
        "household",
        "amount",
        "via_platform",
        "direct",
        "invested_on",
    ];
    let lent = &["loan_no", "institution", "uscc", "household", "amount", "lent_on"];
    vec![file(year.year, "investments", columns, rows), file(year.year, "matched_debt", lent, debt)]
}

/// Accounts brought forward, losses of the fund, loans for the central bank's tool, queries.
pub fn rest<'c>(year: &Year<'c>) -> Vec<Set<'c>> {
    let before = year.year - 1;
    let carried = (0..MADE_UP.start).step_by(4).map(|bank| {
        let mut draw = Draw::of(year.city.seed, "carry_in", bank as u64);
        // The first carries a whole ceiling forward.
        let amount = if bank == 0 { 1_000 } else { draw.between(20, 900) };
        vec![year.id(bank), text(before), yuan(amount)]
    });
    let fund = year.city.fund.iter().filter(|r| r.loss > 0).enumerate().map(|(n, r)| {
        let mut draw = Draw::of(year.city.seed, "fund_losses", n as u64);
        let uscc = &year.city.enterprises[r.enterprise as usize].uscc;
        vec![
            format!("XB{:05}", r.number),
            year.id(usize::from(r.bank)),
            year.id(usize::from(r.partner)),
            uscc.clone(),
            uscc.clone(),
            text(r.score),
            yuan(r.loss),
            yuan(r.loss * draw.below(300) / 1_000),
            year.late(&mut draw),
        ]
    });
    let mut asked: BTreeMap<u8, u64> = BTreeMap::new();
    for row in 0..crate::consents::queries(year.city) {
        let query = crate::consents::query(year.city, row);
        *asked.entry(query.bank).or_default() += u64::from(query.at.year() == year.year);
    }
    let queries = asked.into_iter().map(|(bank, count)| vec![year.id(usize::from(bank)), text(count)]);
    let losses = &[
        "fund_record_no",
        "institution",
        "guarantor",
        "uscc",
        "household",
        "score",
        "loss",
        "recovered",
        "lost_on",
    ];
    vec![
        file(year.year, "carry_in", &["institution", "year_granted", "amount"], carried.collect()),
        file(year.year, "fund_losses", losses, fund.collect()),
        relending(year),
        file(year.year, "credit_queries", &["institution", "queries"], queries.collect()),
    ]
}

/// Unsecured loans of the local banks from 1 March 2020 on, for the tool of the central bank (lines 52-56).
fn relending<'c>(year: &Year<'c>) -> Set<'c> {
    let fits = |loan: &&Loan| {
        let bank = &year.city.institutions[usize::from(loan.grant.bank)];
        bank.micro_e && usize::from(loan.grant.mode) == CREDIT && loan.disbursed.date() >= date(2020, 3, 1)
    };
    let rows = year.city.loans.iter().filter(fits).map(|loan| {
        let uscc = &year.city.enterprises[loan.enterprise as usize].uscc;
        let issued = loan.disbursed.date();
        let due = issued.saturating_add(jiff::Span::new().months(loan.tenor as i64));
        vec![
            format!("L{:07}", loan.number),
            year.id(usize::from(loan.grant.bank)),
            uscc.clone(),
            uscc.clone(),
            yuan(loan.grant.amount),
            text(true),
            issued.to_string(),
            due.to_string(),
        ]
    });
    let columns = &["loan_no", "institution", "uscc", "household", "amount", "unsecured", "issued", "due"];
    file(year.year, "relending_loans", columns, rows.collect())
}
