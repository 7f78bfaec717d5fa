//! The totals a city has to meet, each beside what it comes to.

use std::collections::BTreeSet;

use crate::city::City;
use crate::figures;
use crate::programmes::FundRecord;
use crate::{changes, consents, items};

/// A total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The set.
    pub set: &'static str,
    /// What is counted, in Chinese and English.
    pub what: (&'static str, &'static str),
    /// What is printed, at this scale.
    pub wanted: u64,
    /// What it comes to.
    pub found: u64,
}

impl Check {
    /// Whether it is met exactly.
    pub fn holds(&self) -> bool {
        self.wanted == self.found
    }
}

/// Every total of a city. Amounts are 万元.
pub fn checks(city: &City) -> Vec<Check> {
    let mut all = Vec::new();
    let mut add = |set, what, wanted: u64, found: u64| all.push(Check { set, what, wanted, found });
    let count = |printed| city.scale.count(printed);
    let enterprises = city.enterprises.len() as u64;
    add("D1", ("企业", "enterprises"), count(figures::ENTERPRISES), enterprises);
    let small = (enterprises * figures::SMALL_AND_MICRO + figures::ENTERPRISES / 2) / figures::ENTERPRISES;
    let found = city.enterprises.iter().filter(|e| e.size.is_small()).count();
    add("D1", ("其中小微", "of them small and micro"), small, found as u64);
    let codes: BTreeSet<&str> = city.enterprises.iter().map(|e| e.uscc.as_str()).collect();
    let valid = codes.iter().filter(|code| expr::uscc::check(code).code() == "ok").count();
    add("D1", ("代码有效且不重复", "codes valid and different"), enterprises, valid as u64);
    for (at, name) in
        [("银行", "banks"), ("保险", "insurers"), ("担保", "guarantors"), ("其他机构", "others")]
            .into_iter()
            .enumerate()
    {
        let found = city.institutions.iter().filter(|i| i.kind as usize == at).count();
        add("D2", name, figures::INSTITUTIONS[at], found as u64);
    }
    let places = |which: fn(&crate::institutions::Institution) -> bool| {
        city.institutions.iter().filter(|i| which(i)).count() as u64
    };
    add("D2", ("支持中心", "centres"), figures::CENTRES, places(|i| i.centre));
    add("D2", ("基金合作机构", "partners of the fund"), figures::FUND_PARTNERS, places(|i| i.fund_partner));
    add("D2", ("征信贷银行", "banks of 征信贷"), 7, places(|i| i.credit_reference));
    add("D2", ("小微E贷银行", "banks of 小微E贷"), 6, places(|i| i.micro_e));
    add("D3", ("产品", "products"), figures::PRODUCTS, city.products.len() as u64);
    add("D4", ("需求", "demands"), count(figures::DEMANDS), city.demands.len() as u64);
    let demanded = city.demands.iter().map(|d| d.amount).sum();
    add("D4", ("需求金额", "demanded"), count(figures::DEMANDED), demanded);
    all.extend(loans(city));
    all.extend(data(city));
    all.extend(fund(city));
    all.extend(registers(city));
    all
}

fn loans(city: &City) -> Vec<Check> {
    let count = |printed| city.scale.count(printed);
    let mut all = Vec::new();
    let mut add = |set, what, wanted: u64, found: u64| all.push(Check { set, what, wanted, found });
    add("D5", ("同时占名额最多", "places taken at one time"), 3, most_at_once(city) as u64);
    let served: BTreeSet<u32> = city.loans.iter().map(|l| l.enterprise).collect();
    add("D6", ("获贷企业", "enterprises served"), count(figures::SERVED), served.len() as u64);
    let granted: u64 = city.loans.iter().map(|l| l.grant.amount).sum();
    add("D6", ("解决金额", "granted"), count(figures::GRANTED), granted);
    let first = city.loans.iter().filter(|l| l.grant.bank == 0).map(|l| l.grant.amount).sum();
    add("D6", ("最大一家银行", "the largest bank"), count(figures::LARGEST_BANK), first);
    let wanted = crate::scale::fit(&figures::MODES, granted, 0, granted);
    let names = [
        ("抵押", "mortgage"),
        ("一般担保", "general guarantee"),
        ("信用", "credit"),
        ("质押", "pledge"),
        ("信用保证基金", "credit guarantee fund"),
    ];
    for (mode, name) in names.into_iter().enumerate() {
        let found =
            city.loans.iter().filter(|l| usize::from(l.grant.mode) == mode).map(|l| l.grant.amount).sum();
        add("D6", name, wanted[mode], found);
    }
    all
}

fn fund(city: &City) -> Vec<Check> {
    let count = |printed| city.scale.count(printed);
    let mut all = Vec::new();
    let mut add = |set, what, wanted: u64, found: u64| all.push(Check { set, what, wanted, found });
    let [records, credit, projects, in_force] = figures::FUND.map(count);
    add("D10", ("基金支持企业", "enterprises of the fund"), records, city.fund.len() as u64);
    add("D10", ("授信", "granted by the fund"), credit, city.fund.iter().map(|r| r.credit).sum());
    add(
        "D10",
        ("在保项目", "in force"),
        projects,
        city.fund.iter().filter(|r| r.in_force > 0).count() as u64,
    );
    add("D10", ("在保金额", "amount in force"), in_force, city.fund.iter().map(|r| r.in_force).sum());
    let exposure = |r: &&FundRecord| {
        let terms = r.terms(city.seed);
        terms.loan + terms.face - terms.margin == r.credit
    };
    let exposed = city.fund.iter().filter(exposure).count();
    add("D10", ("贷款加票面减保证金等于授信", "loan + face - margin = credit"), records, exposed as u64);
    let first = city.fund.iter().filter(|r| r.first_loan).count();
    add("D10", ("首贷三分之一", "a third first loans"), records / 3, first as u64);
    all
}

fn data(city: &City) -> Vec<Check> {
    let count = |printed| city.scale.count(printed);
    let mut all = Vec::new();
    let mut add = |set, what, wanted: u64, found: u64| all.push(Check { set, what, wanted, found });
    add(
        "D7",
        ("采集授权", "consents"),
        count(figures::CONSENTS).max(city.enterprises.len() as u64),
        consents::count(city),
    );
    add("D7", ("查询", "queries"), count(figures::QUERIES), consents::queries(city));
    let catalogue = items::items(city.seed);
    add("D8", ("数据项", "items"), figures::ITEMS, catalogue.len() as u64);
    let sources: BTreeSet<u64> = catalogue.iter().map(|i| i.source).collect();
    add("D8", ("采集源", "sources"), figures::SOURCES, sources.len() as u64);
    let screening: BTreeSet<u64> = catalogue.iter().map(|i| i.screening).collect();
    add("D8", ("筛选类别", "classes of the screening"), figures::SCREENING_CLASSES, screening.len() as u64);
    add("D8", ("记录样本", "records"), count(figures::RECORDS), items::records(city));
    all
}

fn registers(city: &City) -> Vec<Check> {
    let count = |printed| city.scale.count(printed);
    let mut all = Vec::new();
    let mut add = |set, what, wanted: u64, found: u64| all.push(Check { set, what, wanted, found });
    let [loans, amount] = figures::MICRO_E.map(count);
    add("D11", ("小微E贷", "loans of 小微E贷"), loans, city.micro_e.len() as u64);
    add("D11", ("小微E贷金额", "amount of 小微E贷"), amount, city.micro_e.iter().map(|l| l.amount).sum());
    let [mean, lowest] = figures::MICRO_E_RATES;
    add(
        "D11",
        ("利率之和（万分之一）", "sum of the rates"),
        mean * loans,
        city.micro_e.iter().map(|l| l.rate).sum(),
    );
    add("D11", ("最低利率", "lowest rate"), lowest, city.micro_e.iter().map(|l| l.rate).min().unwrap_or(0));
    let [loans, amount] = figures::CREDIT_REFERENCE.map(count);
    add("D12", ("征信贷", "loans of 征信贷"), loans, city.credit_reference.len() as u64);
    add(
        "D12",
        ("征信贷金额", "amount of 征信贷"),
        amount,
        city.credit_reference.iter().map(|l| l.amount).sum(),
    );
    let [companies, investors, foreign, demands, demanded, events, invested] = figures::EQUITY;
    let equity = &city.equity;
    add("D13", ("股权企业", "equity enterprises"), count(companies), equity.enterprises.len() as u64);
    add("D13", ("股权机构", "equity institutions"), investors, equity.investors.len() as u64);
    add(
        "D13",
        ("市外机构", "non-local"),
        foreign,
        equity.investors.iter().filter(|i| !i.local).count() as u64,
    );
    add("D13", ("股权需求", "equity demands"), count(demands), equity.demands.len() as u64);
    add(
        "D13",
        ("股权需求金额", "equity demanded"),
        count(demanded),
        equity.demands.iter().map(|d| d.amount).sum(),
    );
    add("D13", ("投资事件", "investments"), count(events), equity.events.len() as u64);
    add("D13", ("投资金额", "invested"), count(invested), equity.events.iter().map(|e| e.amount).sum());
    add("D18", ("错误输入", "bad inputs"), crate::bad::COUNT as u64, crate::bad::inputs(city).len() as u64);
    add("D20", ("规则变更", "rule changes"), 12, changes::CHANGES.len() as u64);
    all
}

/// The most claims on one demand that hold a place at one time, by the latest moment each may hold it.
fn most_at_once(city: &City) -> usize {
    let mut most = 0;
    for demand in &city.demands {
        let claims = city.claims_of(demand.number);
        for claim in claims {
            let at = claim.claimed;
            most = most.max(claims.iter().filter(|c| c.claimed <= at && c.over_by() > at).count());
        }
    }
    most
}
