//! Scales, rankings and allocations on the golden cases of the annual settlement, and the laws they keep.

#![expect(clippy::unwrap_used, reason = "a case that cannot be read fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use expr::money::{MoneyError, Rounding, Yuan};
use expr::table::allocation::{CarryOver, Grant, Unallocatable, cap, split_whole};
use expr::table::ranking::{Direction, Party, Population, Ranking, Standing, Ties, Unrankable};
use expr::table::scale::{Mode, NotAScale, Scale, Tier};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

fn d(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn yuan(text: &str) -> Yuan {
    Yuan::exact(d(text)).unwrap()
}

/// A number of a case, written as text or plainly.
fn number(value: &Value) -> Decimal {
    d(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Runs `decide` on every golden case of `rule`; what it answers must stand in the expectation.
#[track_caller]
fn golden(rule: &str, count: usize, decide: fn(&Value) -> BTreeMap<String, Value>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/incentive_cases.csv");
    let mut run = 0;
    for record in csv::Reader::from_path(path).unwrap().records() {
        let record = record.unwrap();
        if &record[0] != rule {
            continue;
        }
        run += 1;
        let expected: Value = serde_json::from_str(&record[2]).unwrap();
        for (key, value) in decide(&serde_json::from_str(&record[1]).unwrap()) {
            assert_eq!(plain(&value), plain(&expected[&key]), "{rule} {key}: {}\n{}", &record[3], &record[1]);
        }
    }
    assert_eq!(run, count, "cases of {rule}");
}

/// Amounts without trailing zeros, so that 1 and 1.00 are one.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => {
            text.parse::<Decimal>().map_or_else(|_| text.clone(), |n| n.normalize().to_string())
        }
        Value::Object(of) => of
            .iter()
            .map(|(k, v)| (k, plain(v)))
            .collect::<BTreeMap<_, _>>()
            .into_iter()
            .map(|(k, v)| format!("{k}: {v}, "))
            .collect(),
        other => other.to_string(),
    }
}

fn amount(n: Decimal) -> Value {
    Value::String(n.to_string())
}

fn answer(pairs: &[(&str, Decimal)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(key, n)| ((*key).to_owned(), amount(*n))).collect()
}

fn money(value: &Value) -> Yuan {
    Yuan::exact(number(value)).unwrap()
}

/// 财政存款配置: 1:0.3 from 5000万, the part above 2亿 at 1:0.5.
fn deposit(case: &Value) -> BTreeMap<String, Value> {
    let params = &case["params"];
    let tiers = vec![
        Tier { from: d("50000000"), included: params["lo_incl"] != false, rate: d("0.3") },
        Tier { from: d("200000000"), included: false, rate: d("0.5") },
    ];
    let mode = match params["tier"].as_str() {
        Some("slab") => Mode::Slab,
        _ => Mode::Marginal { first_whole: params["first"] != "excess" },
    };
    let scaled =
        Scale::new(tiers, mode).unwrap().apply(number(&case["prev_year_credit_loans_yuan"])).unwrap();
    assert_eq!(scaled.lines.iter().map(|line| line.amount).sum::<Decimal>(), scaled.amount);
    let line = Decimal::from(Yuan::rounded(scaled.amount, Rounding::HalfUp).unwrap());
    let placed = match params["unit_floor"].as_str() {
        Some(unit) => (line / d(unit)).floor() * d(unit),
        None => line,
    };
    answer(&[("deposit_yuan", placed)])
}

/// 对冲风险奖励 as an account: granted, carried, paid.
fn account(case: &Value) -> BTreeMap<String, Value> {
    let params = &case["params"];
    let rule = CarryOver {
        years: if params.get("carry_expiry_years").is_some_and(Value::is_null) { None } else { Some(1) },
        payout_cap: (params["cap_applies_to"] == "payout").then(|| yuan("10000000")),
    };
    let carried = [Grant { year: 2019, left: money(&case["carry_in_yuan"]) }];
    let year =
        rule.settle(2020, &carried, money(&case["grant_yuan"]), money(&case["eligible_loss_yuan"])).unwrap();
    answer(&[
        ("carry_out_yuan", year.carry_out().unwrap().into()),
        ("expired_yuan", year.expired.into()),
        ("from_carry_yuan", year.from_carry.into()),
        ("paid_yuan", year.paid.into()),
        ("uncovered_loss_yuan", year.uncovered.into()),
    ])
}

fn party(of: &Value, keys: &[&str], qualified: bool) -> Party {
    let id = of["id"].as_str().unwrap().to_owned();
    Party { id, keys: keys.iter().map(|key| number(&of[*key])).collect(), qualified }
}

fn top_three(keys: usize) -> Ranking {
    Ranking {
        keys: vec![Direction::Descending; keys],
        top: 3,
        population: Population::Qualified,
        ties: Ties::SharePositions,
    }
}

fn paid(ranking: &Ranking, parties: &[Party], prizes: &[&str]) -> BTreeMap<String, Decimal> {
    let prizes: Vec<Yuan> = prizes.iter().map(|p| yuan(p)).collect();
    let awards = ranking.award(parties, &prizes).unwrap().awards;
    awards.into_iter().map(|award| (award.id, award.amount.into())).collect()
}

fn as_json(paid: BTreeMap<String, Decimal>) -> Value {
    Value::Object(paid.into_iter().map(|(id, n)| (id, amount(n))).collect())
}

/// The keys a case asks for, `default` otherwise.
fn keys_of<'v>(case: &'v Value, default: &[&'static str]) -> Vec<&'v str> {
    match case["params"]["keys"].as_array() {
        Some(keys) => keys.iter().map(|key| key[0].as_str().unwrap()).collect(),
        None => default.to_vec(),
    }
}

/// 团队奖励: over 2亿 and over 40 (20) enterprises, the first three, 30万 each.
fn team(case: &Value) -> BTreeMap<String, Value> {
    let params = &case["params"];
    let least = if case["kind"] == "bank" { d("40") } else { d("20") };
    let over = |n: Decimal, limit: Decimal| if params["strict"] == false { n >= limit } else { n > limit };
    let keys = keys_of(case, &["amount"]);
    let parties: Vec<Party> = case["institutions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| {
            party(of, &keys, over(number(&of["amount"]), d("200000000")) && over(number(&of["count"]), least))
        })
        .collect();
    let ties = match params["tie_at_cutoff"].as_str() {
        Some("reject_all") => Ties::RejectAll,
        Some("manual") => Ties::Manual,
        _ => Ties::AdmitAll,
    };
    let population = if params["population"] == "all" { Population::All } else { Population::Qualified };
    let ranking = Ranking { population, ties, ..top_three(keys.len()) };
    BTreeMap::from([("awards_yuan".to_owned(), as_json(paid(&ranking, &parties, &["300000"; 3])))])
}

/// 首贷存款配置: over 20 households, 3亿 / 2亿 / 1亿.
fn first_loan_deposit(case: &Value) -> BTreeMap<String, Value> {
    let keys = keys_of(case, &["households"]);
    let parties: Vec<Party> = case["banks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| party(of, &keys, number(&of["households"]) > d("20")))
        .collect();
    let ties = match case["params"]["ties"].as_str() {
        Some("same_rank_same_award") => Ties::SameRankSameAward,
        _ => Ties::SharePositions,
    };
    let ranking = Ranking { ties, ..top_three(keys.len()) };
    let paid = paid(&ranking, &parties, &["300000000", "200000000", "100000000"]);
    let total = paid.values().sum();
    BTreeMap::from([("total_yuan".to_owned(), amount(total)), ("deposits_yuan".to_owned(), as_json(paid))])
}

/// 首贷、首保团队: two lists; without stacking those who have the team award drop out and nobody moves up.
fn first_team(case: &Value) -> BTreeMap<String, Value> {
    let taken: Vec<&str> =
        case["r2_awarded"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut all = BTreeMap::new();
    for list in ["first_loan", "first_guarantee"] {
        let free = |of: &Value| !taken.contains(&of["id"].as_str().unwrap());
        let parties: Vec<Party> = case[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| party(of, &["households", "amount"], free(of)))
            .collect();
        let ranking = Ranking { population: Population::All, ties: Ties::AdmitAll, ..top_three(2) };
        all.extend(paid(&ranking, &parties, &["300000"; 3]));
    }
    BTreeMap::from([("awards_yuan".to_owned(), as_json(all))])
}

/// 制造业信贷: 200万 / 150万 / 50万, in one list or in bands by balance.
fn manufacturing(case: &Value) -> BTreeMap<String, Value> {
    let key = case["params"]["key"].as_str().unwrap();
    let bands: Vec<Decimal> = match case["params"]["bands"].as_array() {
        Some(bands) => bands.iter().map(|band| number(&band[1])).collect(),
        None => vec![Decimal::ZERO],
    };
    let banks = case["banks"].as_array().unwrap();
    let band_of = |of: &Value| bands.iter().position(|from| number(&of["balance"]) >= *from);
    let mut all = BTreeMap::new();
    for band in 0..bands.len() {
        let parties: Vec<Party> =
            banks.iter().filter(|of| band_of(of) == Some(band)).map(|of| party(of, &[key], true)).collect();
        all.extend(paid(&top_three(1), &parties, &["2000000", "1500000", "500000"]));
    }
    BTreeMap::from([("awards_yuan".to_owned(), as_json(all))])
}

/// 风险分担: fund, bank, guarantor, in this order of ties.
fn risk_share(case: &Value) -> BTreeMap<String, Value> {
    let shares = [d("0.65"), d("0.20"), d("0.15")];
    let loss = money(&case["loss_yuan"]);
    let recovered = case.get("recovered_yuan").map_or(Yuan::ZERO, money);
    let parts = |amount: Yuan| {
        let parts = split_whole(amount, &shares).unwrap().into_iter().map(Decimal::from);
        as_json(["fund", "bank", "guarantor"].map(str::to_owned).into_iter().zip(parts).collect())
    };
    match case["params"]["recovery_timing"].as_str() {
        Some("after") => BTreeMap::from([
            ("paid_yuan".to_owned(), parts(loss)),
            ("recovery_yuan".to_owned(), parts(recovered)),
        ]),
        _ => BTreeMap::from([("shares_yuan".to_owned(), parts(loss.minus(recovered).unwrap()))]),
    }
}

#[test]
fn the_golden_cases_of_the_settlement_come_out() {
    golden("R3.deposit", 10, deposit);
    golden("R1.hedge.account", 7, account);
    golden("R2.team", 12, team);
    golden("R4b.first_loan_deposit", 7, first_loan_deposit);
    golden("R4c.first_team", 3, first_team);
    golden("R7c.mfg_bank", 4, manufacturing);
    golden("RS.share", 8, risk_share);
}

#[test]
fn a_scale_explains_itself() {
    let tier = |from: &str, included, rate: &str| Tier { from: d(from), included, rate: d(rate) };
    let tiers = vec![tier("100", true, "0.1"), tier("200", false, "0.2")];
    let scale = Scale::new(tiers.clone(), Mode::Marginal { first_whole: false }).unwrap();
    let told = |amount: &str| -> String {
        let scaled = scale.apply(d(amount)).unwrap();
        scaled.lines.iter().map(|line| format!("{} = {}; ", line.words.zh, line.amount.normalize())).collect()
    };
    assert_eq!(told("99.99"), "99.99 未达到第一档起点 100 = 0; ");
    assert_eq!(told("200"), "第 1 档：100 × 0.1 = 10; ");
    assert_eq!(told("250"), "第 1 档：100 × 0.1 = 10; 第 2 档：50 × 0.2 = 10; ");
    assert_eq!(
        (scale.tier_of(d("100")), scale.tier_of(d("200")), scale.tier_of(d("200.01"))),
        (Some(0), Some(0), Some(1))
    );
    assert_eq!(Scale::new(vec![], Mode::Slab), Err(NotAScale::Count(0)));
    assert_eq!(
        Scale::new(vec![tiers[1], tiers[0]], Mode::Slab),
        Err(NotAScale::Unsorted { tier: 2, at: d("100") })
    );
    let huge = Scale::new(vec![tier("0", true, "2")], Mode::Slab).unwrap();
    assert_eq!(huge.apply(Decimal::MAX), Err(NotAScale::OutOfRange));
}

#[test]
fn tie_rules_at_the_last_place() {
    let parties: Vec<Party> = [("甲", 9), ("乙", 8), ("丙", 7), ("丁", 7), ("戊", 1)]
        .map(|(id, n)| Party { id: id.to_owned(), keys: vec![n.into()], qualified: true })
        .to_vec();
    let standings = |ties: Ties| -> Vec<Standing> {
        let ranking = Ranking { ties, ..top_three(1) };
        ranking.place(&parties).unwrap().iter().map(|placed| placed.standing).collect()
    };
    use Standing::{Admitted, Beyond, TiedOut, Undecided};
    assert_eq!(standings(Ties::AdmitAll), [Admitted, Admitted, Admitted, Admitted, Beyond]);
    assert_eq!(standings(Ties::RejectAll), [Admitted, Admitted, TiedOut, TiedOut, Beyond]);
    assert_eq!(standings(Ties::Manual), [Admitted, Admitted, Undecided, Undecided, Beyond]);
    let manual = Ranking { ties: Ties::Manual, ..top_three(1) };
    let outcome = manual.award(&parties, &[yuan("3"), yuan("2"), yuan("1")]).unwrap();
    assert_eq!((outcome.awards.len(), outcome.undecided), (2, vec!["丁".to_owned(), "丙".to_owned()]));
}

#[test]
fn a_ranking_refuses_what_it_cannot_order() {
    let party = |id: &str, keys: &[i64]| Party {
        id: id.to_owned(),
        keys: keys.iter().map(|k| Decimal::from(*k)).collect(),
        qualified: true,
    };
    let ranking = top_three(1);
    let twice = ranking.place(&[party("甲", &[1]), party("甲", &[2])]);
    assert_eq!(twice, Err(Unrankable::Twice("甲".to_owned())));
    let keys = ranking.place(&[party("甲", &[1, 2])]);
    assert_eq!(keys, Err(Unrankable::Keys { id: "甲".to_owned(), given: 2, expected: 1 }));
    assert_eq!(ranking.place(&[]), Ok(vec![]));
}

#[test]
fn shares_that_make_no_whole_are_refused() {
    let shares = |texts: &[&str]| -> Vec<Decimal> { texts.iter().map(|text| d(text)).collect() };
    let refused = |texts: &[&str]| split_whole(yuan("1"), &shares(texts)).unwrap_err();
    assert_eq!(refused(&["0.65", "0.36"]), Unallocatable::NotOne(d("1.01")));
    assert_eq!(refused(&[]), Unallocatable::NotOne(d("0")));
    assert_eq!(refused(&["2", "-1"]), Unallocatable::Money(MoneyError::NoShares));
    assert_eq!(refused(&["0.65", "0.36"]).words().zh, "各方比例之和是 1.01，必须正好是 1");
}

#[test]
fn a_ceiling_is_told() {
    let (counted, line) = cap(yuan("11"), yuan("10"));
    assert_eq!((counted, line.words.zh.as_str()), (yuan("10"), "11.00 超过上限 10.00，按上限计"));
    assert_eq!(cap(yuan("10"), yuan("10")).0, yuan("10"));
}

#[test]
fn the_oldest_money_is_used_first_and_expires_first() {
    let rule = CarryOver { years: Some(2), payout_cap: None };
    let carried = [Grant { year: 2019, left: yuan("30") }, Grant { year: 2018, left: yuan("20") }];
    let year = rule.settle(2020, &carried, yuan("50"), yuan("10")).unwrap();
    assert_eq!((year.paid, year.from_carry, year.expired), (yuan("10"), yuan("10"), yuan("10")));
    assert_eq!(
        year.carried,
        [Grant { year: 2019, left: yuan("30") }, Grant { year: 2020, left: yuan("50") }]
    );
    let told: Vec<&str> = year.lines.iter().map(|line| line.words.zh.as_str()).collect();
    assert_eq!(told, ["2020 年度新增额度", "用 2018 年度额度支付", "2018 年度结余到期失效"]);
    assert_eq!(rule.settle(2020, &[], yuan("-1"), yuan("0")), Err(Unallocatable::Negative(yuan("-1"))));
}

fn cents() -> impl Strategy<Value = Yuan> {
    (0..10_000_000_000i128).prop_map(|fen| Yuan::from_fen(fen).unwrap())
}

proptest! {
    #[test]
    fn a_split_keeps_its_sum_and_is_fair_to_the_fen(amount in cents(), cuts in prop::collection::vec(0..=1000i64, 0..8)) {
        let mut cuts = [cuts, vec![0, 1000]].concat();
        cuts.sort_unstable();
        let shares: Vec<Decimal> = cuts.windows(2).map(|pair| Decimal::new(pair[1] - pair[0], 3)).collect();
        let parts = split_whole(amount, &shares).unwrap();
        prop_assert_eq!(Yuan::sum(parts.iter().copied()).unwrap(), amount);
        for (part, share) in parts.iter().zip(&shares) {
            let exact = Decimal::from(amount) * share;
            prop_assert!((Decimal::from(*part) - exact).abs() < d("0.01"), "{} of {}", part, amount);
        }
    }

    #[test]
    fn a_marginal_scale_never_falls(rates in prop::collection::vec(0..100i64, 1..6), gaps in prop::collection::vec(1..1000i64, 6), a in 0..5000i64, b in 0..5000i64) {
        let mut from = Decimal::ZERO;
        let tiers = rates.iter().zip(&gaps).map(|(rate, gap)| {
            from += Decimal::from(*gap);
            Tier { from, included: gap % 2 == 0, rate: Decimal::new(*rate, 2) }
        });
        let tiers: Vec<Tier> = tiers.collect();
        for first_whole in [true, false] {
            let scale = Scale::new(tiers.clone(), Mode::Marginal { first_whole }).unwrap();
            let at = |n: i64| scale.apply(n.into()).unwrap().amount;
            prop_assert!(at(a.min(b)) <= at(a.max(b)));
        }
        // Continuous but for the step of a first tier that counts from zero.
        let scale = Scale::new(tiers, Mode::Marginal { first_whole: false }).unwrap();
        let near = scale.apply(Decimal::from(a) + d("0.01")).unwrap().amount - scale.apply(a.into()).unwrap().amount;
        prop_assert!(near >= Decimal::ZERO && near <= d("0.01"));
    }

    #[test]
    fn a_ranking_does_not_depend_on_the_order_of_its_input(
        keys in prop::collection::vec((0..4i64, 0..3i64, any::<bool>()), 0..9),
        top in 1..5usize,
        ties in prop::sample::select(vec![Ties::AdmitAll, Ties::RejectAll, Ties::Manual, Ties::SharePositions, Ties::SameRankSameAward]),
        all in any::<bool>(),
        turn in 0..9usize,
    ) {
        let population = if all { Population::All } else { Population::Qualified };
        let ranking = Ranking { keys: vec![Direction::Descending, Direction::Ascending], top, population, ties };
        let parties: Vec<Party> = keys.iter().enumerate().map(|(i, (a, b, qualified))| Party {
            id: format!("B{i}"), keys: vec![Decimal::from(*a), Decimal::from(*b)], qualified: *qualified,
        }).collect();
        let mut turned = parties.clone();
        turned.rotate_left(if parties.is_empty() { 0 } else { turn % parties.len() });
        turned.reverse();
        let prizes = [yuan("300"), yuan("200"), yuan("100.01")];
        prop_assert_eq!(ranking.place(&parties), ranking.place(&turned));
        let outcome = ranking.award(&parties, &prizes).unwrap();
        prop_assert_eq!(&outcome, &ranking.award(&turned, &prizes).unwrap());
        // Shared positions never cost more than the prizes of the places.
        let total = Yuan::sum(outcome.awards.iter().map(|award| award.amount)).unwrap();
        let most = Yuan::sum(prizes.into_iter().take(top)).unwrap();
        prop_assert!(ties != Ties::SharePositions || total <= most);
        prop_assert!(ties != Ties::RejectAll || outcome.awards.len() <= top);
        let receivers: BTreeSet<_> = outcome.awards.iter().map(|award| &award.id).collect();
        prop_assert_eq!(receivers.len(), outcome.awards.len());
        prop_assert!(outcome.awards.iter().all(|award| parties.iter().any(|p| p.id == award.id && p.qualified)));
    }

    #[test]
    fn a_quota_account_loses_nothing(carried in prop::collection::vec((2010..2020i16, cents()), 0..5), grant in cents(), call in cents(), years in prop::option::of(0..4u32)) {
        let carried: Vec<Grant> = carried.into_iter().map(|(year, left)| Grant { year, left }).collect();
        let year = CarryOver { years, payout_cap: None }.settle(2020, &carried, grant, call).unwrap();
        let before = Yuan::sum(carried.iter().map(|g| g.left).chain([grant])).unwrap();
        let after = Yuan::sum([year.paid, year.expired, year.carry_out().unwrap()]).unwrap();
        prop_assert_eq!(before, after);
        prop_assert_eq!(call, year.paid.plus(year.uncovered).unwrap());
        prop_assert!(year.uncovered == Yuan::ZERO || year.paid == before);
    }
}
