//! D17: the city as commands in the order of time: what everyone does, case by case, through four and a half
//! years. What the clock does by itself (reminders, cancellations, gates, lapses) is not in it: that is the
//! engine's.

use crate::city::City;
use crate::claims::{Claim, Fate};
use crate::days::Moment;
use crate::demands::Demand;
use crate::draw::Draw;
use crate::enterprises::Enterprise;

pub mod command;
pub mod live;

/// One thing somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// In which case: registrations first, by enterprise, then demands.
    pub case: u32,
    /// Which of its case, from 0.
    pub step: u16,
    /// What.
    pub act: Act,
}

/// What is done. Numbers are places among the claims of the demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// An enterprise begins its registration.
    Apply,
    /// It hands it in.
    Submit,
    /// The size standard answers.
    SizeFound,
    /// The district accepts.
    Accept,
    /// The district asks for a correction.
    Return,
    /// The enterprise hands in again.
    Resubmit,
    /// The district passes, in time.
    DistrictPass,
    /// The district passes late and says why.
    DistrictPassLate,
    /// The city proposes.
    CityPass,
    /// A second person confirms.
    Confirm,
    /// The legal representative signs.
    Sign,
    /// The credit company confirms.
    Activated,
    /// The yearly review.
    Requalify,
    /// After a suspension: the cure is reported.
    ReportCure,
    /// The city finds it cured.
    Cured,
    /// An enterprise begins a demand.
    Draft,
    /// It publishes it.
    Publish,
    /// A bank claims.
    Claim(u8),
    /// The bank asks for material.
    AskMaterial(u8),
    /// The enterprise supplies it.
    Supply(u8),
    /// The bank offers.
    Approve(u8),
    /// The bank says no.
    Reject(u8),
    /// The bank gives up.
    GiveUp(u8),
    /// The enterprise selects an offer.
    Select(u8),
    /// The enterprise declines an offer.
    Decline(u8),
    /// The bank pays out.
    Disburse(u8),
    /// The enterprise rates.
    Rate,
    /// The bank disputes the rating.
    Dispute(u8),
    /// The platform keeps the text.
    KeepText,
    /// The enterprise withdraws its demand.
    WithdrawDemand,
}

/// Everything that is done, in the order of time; what is done at the same second, in the order of cases.
pub fn script(city: &City) -> Vec<Entry> {
    let mut all = Vec::with_capacity(city.enterprises.len() * 12 + city.demands.len() * 8);
    for enterprise in &city.enterprises {
        case(&mut all, enterprise.number, registration(city, enterprise));
    }
    let first = city.enterprises.len() as u32;
    for demand in &city.demands {
        case(&mut all, first + demand.number, demand_acts(city, demand, city.claims_of(demand.number)));
    }
    all.sort_unstable();
    all
}

fn case(all: &mut Vec<Entry>, case: u32, mut acts: Vec<(Moment, Act)>) {
    acts.sort_by_key(|(at, _)| *at);
    let entries = acts.into_iter().zip(0..).map(|((at, act), step)| Entry { at, case, step, act });
    all.extend(entries);
}

fn registration(city: &City, enterprise: &Enterprise) -> Vec<(Moment, Act)> {
    let mut draw = Draw::of(city.seed, "registration", u64::from(enterprise.number));
    let draw = &mut draw;
    let days = &city.days;
    let later = |than: Moment, working: u64, draw: &mut Draw| {
        let day = days.after(than.day(), working as u32);
        let at = days.office(day, draw);
        if at > than { at } else { than.plus(60) }
    };
    let submit = enterprise.applied.plus(draw.between(600, 1_800) as u32);
    let mut acts =
        vec![(enterprise.applied, Act::Apply), (submit, Act::Submit), (submit.plus(60), Act::SizeFound)];
    let mut at = submit.plus(120);
    let mut passed;
    if draw.chance(30) {
        // Nobody says a word in five working days: accepted by silence.
        let silent = draw.between(6, 8);
        passed = later(submit, silent, draw);
    } else {
        let wait = draw.weighted(&[300, 400, 200, 100]) as u64;
        at = later(at, wait, draw);
        acts.push((at, Act::Accept));
        let review = draw.between(1, 4);
        passed = later(at, review, draw);
        if draw.chance(70) {
            let returned = later(at, draw.clone().between(1, 2), draw);
            let resubmit = days.later(returned, draw.between(3, 15) as u32, draw);
            let review = draw.between(1, 4);
            passed = later(resubmit, review, draw);
            acts.extend([(returned, Act::Return), (resubmit, Act::Resubmit)]);
        } else if draw.chance(20) {
            let review = draw.between(6, 7);
            let late = later(at, review, draw);
            acts.push((late, Act::DistrictPassLate));
            return activation(city, enterprise, acts, late, draw);
        }
    }
    acts.push((passed, Act::DistrictPass));
    activation(city, enterprise, acts, passed, draw)
}

fn activation(
    city: &City,
    enterprise: &Enterprise,
    mut acts: Vec<(Moment, Act)>,
    passed: Moment,
    draw: &mut Draw,
) -> Vec<(Moment, Act)> {
    let days = &city.days;
    let wait = draw.between(1, 3) as u32;
    let proposed = days.office(days.after(passed.day(), wait), draw);
    let wait = draw.between(0, 1) as u32;
    let confirmed = days.office(days.after(proposed.day(), wait), draw).max(proposed.plus(900));
    let signed = days.later(confirmed, draw.between(1, 12) as u32, draw);
    let active = signed.plus(draw.between(300, 3_600) as u32);
    acts.extend([
        (proposed, Act::CityPass),
        (confirmed, Act::Confirm),
        (signed, Act::Sign),
        (active, Act::Activated),
    ]);
    yearly(city, enterprise, active, acts)
}

/// Every twelve months the qualification is reviewed; one in a hundred forgets it and has to be cured.
fn yearly(
    city: &City,
    enterprise: &Enterprise,
    active: Moment,
    mut acts: Vec<(Moment, Act)>,
) -> Vec<(Moment, Act)> {
    let mut draw = Draw::of(city.seed, "requalification", u64::from(enterprise.number));
    let mut from = active;
    for _ in 0..6 {
        let due = from.day() + 365;
        match draw.below(100) {
            0 => {
                let reported = city.days.office(due + 34, &mut draw);
                let cured = city.days.later(reported, draw.between(3, 8) as u32, &mut draw);
                acts.extend([(reported, Act::ReportCure), (cured, Act::Cured)]);
                from = cured;
            }
            chance => {
                let early = if chance < 72 { draw.between(63, 80) } else { draw.between(5, 25) };
                from = city.days.office(due - early as u32, &mut draw);
                acts.push((from, Act::Requalify));
            }
        }
    }
    acts
}

fn demand_acts(city: &City, demand: &Demand, claims: &[Claim]) -> Vec<(Moment, Act)> {
    let mut draw = Draw::of(city.seed, "demand_acts", u64::from(demand.number));
    let drafted = Moment(demand.published.0 - draw.between(120, 1_200) as u32);
    let mut acts = vec![(drafted, Act::Draft), (demand.published, Act::Publish)];
    for (place, claim) in (0u8..).zip(claims) {
        acts.push((claim.claimed, Act::Claim(place)));
        if let Some((asked, supplied)) = claim.material {
            acts.extend([(asked, Act::AskMaterial(place)), (supplied, Act::Supply(place))]);
        }
        match claim.fate {
            Fate::PaidOut { offered, selected, disbursed } => {
                acts.extend([
                    (offered, Act::Approve(place)),
                    (selected, Act::Select(place)),
                    (disbursed, Act::Disburse(place)),
                ]);
                rating(city, disbursed, place, &mut acts, &mut draw);
            }
            Fate::NotChosen(Some(at)) | Fate::Lapsed(at) => acts.push((at, Act::Approve(place))),
            Fate::Declined(at, declined) => {
                acts.extend([(at, Act::Approve(place)), (declined, Act::Decline(place))]);
            }
            Fate::Rejected(at) => acts.push((at, Act::Reject(place))),
            Fate::Withdrawn(at) => acts.push((at, Act::GiveUp(place))),
            Fate::NotChosen(None) | Fate::TimedOut => {}
        }
    }
    if !demand.funded && draw.chance(120) {
        let at = city.days.office(demand.published.day() + draw.between(55, 75) as u32, &mut draw);
        if claims.iter().all(|claim| claim.over_by() < at) {
            acts.push((at, Act::WithdrawDemand));
        }
    }
    acts
}

/// Two in three rate within three weeks; one rating in a hundred is disputed.
fn rating(city: &City, disbursed: Moment, place: u8, acts: &mut Vec<(Moment, Act)>, draw: &mut Draw) {
    if !draw.chance(650) {
        return;
    }
    let rated = city.days.later(disbursed, draw.between(1, 18) as u32, draw);
    acts.push((rated, Act::Rate));
    if draw.chance(10) {
        let disputed = city.days.later(rated, 2, draw);
        acts.extend([(disputed, Act::Dispute(place)), (city.days.later(disputed, 3, draw), Act::KeepText)]);
    }
}
