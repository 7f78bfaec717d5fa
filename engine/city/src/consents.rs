//! D7: who let its data be collected, and who looked. No query without a consent in force.

use crate::city::City;
use crate::codes;
use crate::days::{FIRST, LAST, Moment, number_of};
use crate::draw::Draw;
use crate::figures;

/// A consent to collect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// From 1.
    pub number: u64,
    /// Whose: one of the platform, or one of the many beyond it.
    pub uscc: String,
    /// The coverage it came by (lines 371-385): with a loan, at account opening, with a policy.
    pub coverage: &'static str,
    /// From when.
    pub from: Moment,
    /// When it was revoked or ran out.
    pub ended: Option<(Moment, &'static str)>,
}

/// The coverages.
const COVERAGES: [&str; 3] = ["enterprise_with_loan", "newly_established", "policy_support"];

/// How many there are.
pub fn count(city: &City) -> u64 {
    city.scale.count(figures::CONSENTS).max(city.enterprises.len() as u64)
}

/// The consent of a row: those of the platform's enterprises stand first.
pub fn consent(city: &City, row: u64) -> Consent {
    let mut draw = Draw::of(city.seed, "consents", row);
    let own = city.enterprises.get(row as usize);
    let (uscc, coverage, from) = match own {
        Some(enterprise) => (enterprise.uscc.clone(), COVERAGES[2], enterprise.applied.plus(14 * 86_400)),
        None => {
            let day = draw.between(0, number_of(LAST).into()) as u32;
            (
                codes::uscc(100_000_000 + row),
                COVERAGES[draw.below(2) as usize],
                city.days.office(day, &mut draw),
            )
        }
    };
    let last = Moment::on(number_of(LAST) + 1, 0);
    let left = u64::from(last.0.saturating_sub(from.0 + 1));
    let end =
        |draw: &mut Draw| Moment(from.0 + draw.between(left.min(86_400), left.min(900 * 86_400)) as u32);
    // Of all together one in a hundred is revoked and three run out: those of the platform's own stand.
    let ended = match (own.is_some(), draw.below(1_000)) {
        (false, 0..12) => Some((end(&mut draw), "revoked")),
        (false, 12..47) => Some((end(&mut draw), "expired")),
        _ => None,
    };
    Consent { number: row + 1, uscc, coverage, from, ended: ended.filter(|(at, _)| *at < last) }
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// From 1.
    pub number: u64,
    /// The consent it rests on.
    pub consent: u64,
    /// A place in the list of institutions.
    pub bank: u8,
    /// When.
    pub at: Moment,
    /// For what.
    pub purpose: &'static str,
}

/// How many there are.
pub fn queries(city: &City) -> u64 {
    city.scale.count(figures::QUERIES)
}

/// The query of a row: always within the time of a consent.
pub fn query(city: &City, row: u64) -> Query {
    let mut draw = Draw::of(city.seed, "queries", row);
    let end = Moment::on(number_of(LAST) + 1, 0);
    let mut place = draw.below(count(city));
    let mut of = consent(city, place);
    // A consent without time left is passed over.
    while of.ended.map_or(end, |(at, _)| at).0 < of.from.0 + 7_200 {
        place = (place + 1) % count(city);
        of = consent(city, place);
    }
    let until = of.ended.map_or(end, |(at, _)| at);
    let at = Moment(of.from.0 + 3_600 + draw.below(u64::from(until.0 - of.from.0 - 3_600)) as u32);
    let banks: Vec<u8> = (0..city.institutions.len() as u8)
        .filter(|at| city.institutions[usize::from(*at)].credit_reference)
        .collect();
    let purpose = *draw.pick(&["pre_loan", "pre_loan", "in_loan", "post_loan"]);
    Query { number: row + 1, consent: of.number, bank: *draw.pick(&banks), at, purpose }
}

/// How many days the city has.
pub fn days() -> u32 {
    number_of(LAST) - number_of(FIRST) + 1
}
