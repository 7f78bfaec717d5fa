//! D10 to D13, D15, D16 as files.

use expr::lang::Lang;
use expr::time::calendar::{Calendar, Why};
use jiff::civil::date;

use super::{Row, Set, fraction, set, text, yuan};
use crate::city::City;
use crate::programmes::ProgrammeLoan;

pub fn programmes(city: &City) -> Vec<Set<'_>> {
    let bank = |at: u8| city.institutions[usize::from(at)].id.clone();
    let fund = city.fund.iter().map(move |r| {
        let terms = r.terms(city.seed);
        vec![
            format!("XB{:05}", r.number),
            city.enterprises[r.enterprise as usize].uscc.clone(),
            bank(r.bank),
            bank(r.partner),
            yuan(r.credit),
            yuan(r.in_force),
            text(r.first_loan),
            r.recorded.date().to_string(),
            text(r.score),
            yuan(r.loss),
            yuan(terms.loan),
            yuan(terms.face),
            yuan(terms.margin),
            fraction(terms.fee),
            terms.start.date().to_string(),
            text(terms.tenor),
            text(terms.past_due),
            yuan(terms.recovered),
        ]
    });
    let columns = &[
        "fund_record_no",
        "uscc",
        "bank",
        "partner",
        "credit",
        "in_force_2018",
        "first_loan",
        "recorded_on",
        "score",
        "loss",
        "loan",
        "acceptance_face",
        "margin",
        "fee_rate",
        "start",
        "tenor",
        "days_past_due",
        "recovered",
    ];
    vec![
        set("D10", "d10-fund.csv", ("信用保证基金", "Credit guarantee fund"), columns, fund),
        programme(city, "D11", "d11-micro-e.csv", ("小微E贷", "小微E贷"), &city.micro_e),
        programme(city, "D12", "d12-credit-reference.csv", ("征信贷", "征信贷"), &city.credit_reference),
    ]
}

fn programme<'c>(
    city: &'c City,
    id: &'static str,
    file: &str,
    title: (&'static str, &'static str),
    loans: &'c [ProgrammeLoan],
) -> Set<'c> {
    let rows = loans.iter().map(|l| {
        vec![
            text(l.number),
            city.enterprises[l.enterprise as usize].uscc.clone(),
            city.institutions[usize::from(l.bank)].id.clone(),
            yuan(l.amount),
            fraction(l.rate),
            text(l.first_loan),
            l.disbursed.date().to_string(),
            text(l.tenor),
        ]
    });
    let columns = &["number", "uscc", "institution", "amount", "rate", "first_loan", "disbursed_on", "tenor"];
    set(id, file, title, columns, rows)
}

pub fn equity(city: &City) -> Vec<Set<'_>> {
    let equity = &city.equity;
    let code = |at: u32| city.enterprises[at as usize].uscc.clone();
    let companies = equity.enterprises.iter().map(move |at| vec![code(*at)]);
    let investors = equity.investors.iter().map(|i| vec![i.id.clone(), i.manager.clone(), text(i.local)]);
    let demands = equity
        .demands
        .iter()
        .map(move |d| vec![code(d.enterprise), yuan(d.amount), d.published.date().to_string()]);
    let events = equity.events.iter().map(move |e| {
        let investor = &equity.investors[e.investor];
        let day = e.invested.date().to_string();
        vec![
            code(e.enterprise),
            investor.id.clone(),
            investor.manager.clone(),
            yuan(e.amount),
            day,
            text(e.matched),
        ]
    });
    let title = ("股权融资", "Equity");
    vec![
        set("D13", "d13-equity-enterprises.csv", title, &["uscc"], companies),
        set("D13", "d13-equity-institutions.csv", title, &["fund", "manager", "local"], investors),
        set("D13", "d13-equity-demands.csv", title, &["uscc", "amount", "published_on"], demands),
        set(
            "D13",
            "d13-equity-events.csv",
            title,
            &["uscc", "fund", "manager", "amount", "invested_on", "matched_with_loan"],
            events,
        ),
    ]
}

/// The days of three years on which the notices of the State Council differ from the week.
pub fn calendar(calendar: &Calendar) -> Set<'_> {
    let days = date(2024, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() < 2027);
    let rows = days.filter_map(move |day| {
        let (kind, why) = match calendar.day(day).why {
            Why::Holiday(festival) => ("holiday", festival.name(Lang::En)),
            Why::Adjusted(festival) => ("adjusted_workday", festival.name(Lang::En)),
            _ => return None,
        };
        Some(vec![day.to_string(), day.strftime("%a").to_string(), text(kind), text(why)])
    });
    set("D15", "d15-calendar.csv", ("日历", "Calendar"), &["date", "weekday", "kind", "festival"], rows)
}

pub fn staff(city: &City) -> Set<'_> {
    let rows = city.staff.iter().map(|p| -> Row {
        let day = |n: u32| date(2019, 1, 1).saturating_add(jiff::Span::new().days(i64::from(n))).to_string();
        let (from, to) = p.away.map_or((String::new(), String::new()), |(from, to)| (day(from), day(to)));
        let stand_in = p.stand_in.clone().unwrap_or_default();
        vec![p.id.clone(), p.name.clone(), p.organisation.clone(), text(p.role), from, to, stand_in]
    });
    let columns = &["person", "name", "organisation", "role", "away_from", "away_to", "stand_in"];
    set("D16", "d16-staff.csv", ("人员", "Staff"), columns, rows)
}
