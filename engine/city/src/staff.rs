//! D16: the people of the offices and institutions, who is away, and who stands in.

use crate::draw::Draw;
use crate::enterprises::DISTRICTS;
use crate::institutions::{Institution, Kind};

/// A person at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What histories know the person by.
    pub id: String,
    /// The name.
    pub name: String,
    /// The organisation: a district office, `city`, an institution.
    pub organisation: String,
    /// The role of the definitions.
    pub role: &'static str,
    /// Away for these days of the year 2019, if at all: first and last, counted from 1 January.
    pub away: Option<(u32, u32)>,
    /// Who stands in meanwhile.
    pub stand_in: Option<String>,
}

/// The reviewers of a district office, then its supervisor.
const DISTRICT: [&str; 3] = ["district_reviewer", "district_reviewer", "district_supervisor"];
const CITY: [&str; 8] = [
    "city_reviewer",
    "city_reviewer",
    "city_reviewer",
    "city_reviewer",
    "city_supervisor",
    "city_supervisor",
    "appeal_reviewer",
    "bureau_leader",
];

/// Everyone: ten offices of three, eight of the city, four of each institution.
pub fn staff(seed: u64, institutions: &[Institution]) -> Vec<Person> {
    let mut all = Vec::new();
    for (district, _, _) in DISTRICTS {
        office(seed, &mut all, district, &DISTRICT);
    }
    office(seed, &mut all, "city", &CITY);
    for institution in institutions {
        let roles: [&str; 4] = match institution.kind {
            Kind::Bank => ["bank_clerk", "bank_clerk", "bank_approver", "bank_approver"],
            Kind::Guarantor => ["guarantor_clerk"; 4],
            Kind::Insurer => ["insurer_clerk"; 4],
            Kind::Other => ["institution_clerk"; 4],
        };
        office(seed, &mut all, &institution.id, &roles);
    }
    all
}

fn office(seed: u64, all: &mut Vec<Person>, organisation: &str, roles: &[&'static str]) {
    let first = all.len();
    for (at, role) in roles.iter().enumerate() {
        let mut draw = Draw::of(seed, "staff", all.len() as u64);
        let away = draw.chance(50).then(|| draw.between(1, 350) as u32).map(|day| (day, day + 9));
        let name = crate::codes::person(&mut draw);
        let id = person(organisation, role, at);
        all.push(Person { id, name, organisation: organisation.to_owned(), role, away, stand_in: None });
    }
    for at in first..all.len() {
        let same =
            |other: &usize| *other != at && all[*other].role == all[at].role && all[*other].away.is_none();
        all[at].stand_in =
            all[at].away.and_then(|_| (first..all.len()).find(same)).map(|other| all[other].id.clone());
    }
}

/// What the person at a desk is known by.
pub fn person(organisation: &str, role: &str, desk: usize) -> String {
    format!("{organisation}.{role}.{desk}")
}
