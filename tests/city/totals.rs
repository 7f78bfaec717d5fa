//! The city meets every printed total, at seed scale and at others; the same seed gives the same city.
use std::collections::BTreeMap;

use charter_tests::calendar;
use city::claims::Fate;
use city::sets::{line, sets};
use city::{City, Scale, checks};
use proptest::prelude::*;

fn meets_its_totals(city: &City) {
    let missed: Vec<String> = checks::checks(city)
        .into_iter()
        .filter(|check| !check.holds())
        .map(|check| format!("{} {}: {} instead of {}", check.set, check.what.1, check.found, check.wanted))
        .collect();
    assert!(missed.is_empty(), "seed {} at {}:\n{}", city.seed, city.scale, missed.join("\n"));
}

#[test]
fn the_city_of_the_deck_meets_every_printed_total() {
    meets_its_totals(&City::of(2020, Scale::SEED, &calendar()));
}

#[test]
fn a_city_of_one_percent_and_one_of_a_tenth_meet_theirs() {
    for (seed, scale) in [(2020, "1%"), (1, "1%"), (7, "10%"), (3, "2.5%")] {
        meets_its_totals(&City::of(seed, scale.parse().unwrap(), &calendar()));
    }
}

#[test]
fn the_same_seed_gives_the_same_files_and_another_seed_others() {
    let calendar = calendar();
    let written = |seed| {
        let city = City::of(seed, Scale::DEMO, &calendar);
        let mut text = String::new();
        for set in sets(&city, &calendar) {
            text.push_str(&line(set.columns));
            for row in set.rows {
                assert_eq!(row.len(), set.columns.len(), "{}", set.file);
                text.push_str(&line(&row));
            }
        }
        text
    };
    let first = written(5);
    assert!(first == written(5), "two runs differ");
    assert!(first != written(6), "two seeds give the same city");
}

#[test]
fn the_days_of_the_calendar_are_those_of_the_notices() {
    let (calendar, city) = (calendar(), City::of(1, Scale::DEMO, &calendar()));
    let set = sets(&city, &calendar).into_iter().find(|set| set.id == "D15").unwrap();
    let mut text = line(set.columns);
    set.rows.for_each(|row| text.push_str(&line(&row)));
    let official = include_str!("../cases/cn_calendar_2024_2026.csv");
    assert_eq!(text.lines().collect::<Vec<_>>(), official.lines().collect::<Vec<_>>());
}

#[test]
fn claims_go_about_as_assumed() {
    let city = City::of(2020, "20%".parse().unwrap(), &calendar());
    let mut shares: BTreeMap<&str, usize> = BTreeMap::new();
    for claim in &city.claims {
        *shares.entry(claim.fate.name()).or_default() += 1_000;
    }
    let permille = |name: &str| shares.get(name).copied().unwrap_or(0) / city.claims.len();
    // Assumed: 30 % rejected, 8 % time out, 4 % withdrawn.
    assert!((270..=330).contains(&permille("rejected")), "{}", permille("rejected"));
    assert!((60..=100).contains(&permille("timed_out")), "{}", permille("timed_out"));
    assert!((25..=55).contains(&permille("withdrawn")), "{}", permille("withdrawn"));
    let none = city.demands.iter().filter(|d| city.claims_of(d.number).is_empty()).count() * 1_000;
    assert!((100..=140).contains(&(none / city.demands.len())), "{}", none / city.demands.len());
}

#[test]
fn no_loan_breaks_a_rule_of_its_programme() {
    let city = City::of(11, "10%".parse().unwrap(), &calendar());
    let asked = |l: &city::loans::Loan| city.demands[l.grant.demand as usize].amount;
    assert!(city.loans.iter().all(|l| (1..=asked(l)).contains(&l.grant.amount)));
    assert!(city.fund.iter().all(|r| r.credit <= 1_000 && r.in_force <= r.credit));
    assert!(city.micro_e.iter().all(|l| l.amount <= 500 && l.rate <= if l.first_loan { 495 } else { 575 }));
    assert!(city.credit_reference.iter().all(|l| l.amount <= 500));
    let mut households: BTreeMap<u32, u64> = BTreeMap::new();
    for loan in city.loans.iter().filter(|l| usize::from(l.grant.mode) == city::loans::FUND) {
        *households.entry(loan.enterprise).or_default() += loan.grant.amount;
    }
    assert!(households.values().all(|sum| *sum <= city::loans::FUND_LIMIT));
}

#[test]
fn nobody_is_asked_about_without_a_consent_in_force() {
    let city = City::of(3, Scale::DEMO, &calendar());
    for row in 0..city::consents::queries(&city) {
        let query = city::consents::query(&city, row);
        let consent = city::consents::consent(&city, query.consent - 1);
        assert!(consent.from <= query.at);
        assert!(consent.ended.is_none_or(|(at, _)| query.at < at), "{query:?} {consent:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn never_more_than_three_banks_and_every_case_in_order(seed in 0u64..1_000_000, tenths in 10u32..40) {
        let city = City::of(seed, Scale::of(tenths * 10).unwrap(), &calendar());
        meets_its_totals(&city);
        for demand in &city.demands {
            let claims = city.claims_of(demand.number);
            prop_assert!(claims.iter().all(|claim| claim.claimed > demand.published));
            let paid = claims.iter().filter(|claim| matches!(claim.fate, Fate::PaidOut { .. })).count();
            prop_assert_eq!(paid, usize::from(demand.funded));
        }
        let mut steps: BTreeMap<u32, u16> = BTreeMap::new();
        for entry in city::script::script(&city) {
            let next = steps.entry(entry.case).or_default();
            prop_assert_eq!(entry.step, *next);
            *next += 1;
        }
    }
}
