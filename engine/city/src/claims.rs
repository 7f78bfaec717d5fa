//! D5: what banks do about demands: at most three at a time, one to five days, then an offer or not.

use crate::days::{Days, Moment, number_of};
use crate::demands::Demand;
use crate::draw::Draw;
use crate::institutions::{Institution, Kind};
use crate::loans::Grant;
use jiff::civil::date;
use std::collections::BTreeMap;

/// How a claim goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Offered, selected, paid out.
    PaidOut {
        /// The offer.
        offered: Moment,
        /// The enterprise selects it.
        selected: Moment,
        /// The money flows.
        disbursed: Moment,
    },
    /// Offered at this moment, and another is selected; or never offered before that.
    NotChosen(Option<Moment>),
    /// Offered, and declined by the enterprise.
    Declined(Moment, Moment),
    /// Offered; nobody answers until the offer lapses.
    Lapsed(Moment),
    /// The bank says no.
    Rejected(Moment),
    /// The bank gives up.
    Withdrawn(Moment),
    /// Nobody decides: cancelled when the evaluation is due.
    TimedOut,
}

impl Fate {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Fate::PaidOut { .. } => "paid_out",
            Fate::NotChosen(_) => "not_chosen",
            Fate::Declined(..) => "declined",
            Fate::Lapsed(_) => "lapsed",
            Fate::Rejected(_) => "rejected",
            Fate::Withdrawn(_) => "withdrawn",
            Fate::TimedOut => "timed_out",
        }
    }
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// A place in the list of demands.
    pub demand: u32,
    /// A place in the list of institutions.
    pub bank: u8,
    /// When.
    pub claimed: Moment,
    /// Asks for material, and gets it.
    pub material: Option<(Moment, Moment)>,
    /// How it goes.
    pub fate: Fate,
    /// What is offered, 万元.
    pub offer: u64,
}

impl Claim {
    /// When the money flows.
    pub fn disbursed(&self) -> Option<Moment> {
        match self.fate {
            Fate::PaidOut { disbursed, .. } => Some(disbursed),
            _ => None,
        }
    }

    /// When the bank decides; `None` when it does not.
    pub fn decided(&self) -> Option<Moment> {
        match self.fate {
            Fate::PaidOut { offered: at, .. }
            | Fate::NotChosen(Some(at))
            | Fate::Declined(at, _)
            | Fate::Lapsed(at)
            | Fate::Rejected(at)
            | Fate::Withdrawn(at) => Some(at),
            Fate::NotChosen(None) | Fate::TimedOut => None,
        }
    }

    /// From when on it takes no place any more, whatever the calendar says: an upper bound for those that end by
    /// a deadline.
    pub fn over_by(&self) -> Moment {
        match self.fate {
            Fate::PaidOut { disbursed, .. } => disbursed,
            Fate::Declined(_, at) | Fate::Rejected(at) | Fate::Withdrawn(at) => at,
            Fate::TimedOut => Moment::on(self.claimed.day() + DUE_AT_MOST, 0),
            Fate::Lapsed(at) => Moment::on(at.day() + 45, 0),
            Fate::NotChosen(_) => Moment(u32::MAX),
        }
    }
}

impl Claim {
    /// A clock that stood still for a day or two opens its gate a day later than any other may.
    fn after_its_gate(&mut self) {
        let opens = self.claimed.day() + DUE_AT_MOST + 1;
        if let Fate::PaidOut { disbursed, .. } = &mut self.fate
            && disbursed.day() < opens
        {
            *disbursed = disbursed.plus((opens - disbursed.day()) * 86_400);
        }
    }
}

/// Five days and the longest rest of these years: by then an evaluation is due.
const DUE_AT_MOST: u32 = 17;
/// An offer stands for thirty days; the enterprise does not wait for the last.
const OFFER_STANDS: u32 = 27;

/// The claims of all demands, demand by demand in the order of the claims.
pub fn claims(
    seed: u64,
    days: &Days,
    demands: &[Demand],
    grants: &[Grant],
    institutions: &[Institution],
) -> Vec<Claim> {
    let grants: BTreeMap<u32, &Grant> = grants.iter().map(|grant| (grant.demand, grant)).collect();
    let weights: Vec<u64> = institutions
        .iter()
        .take_while(|i| i.kind == Kind::Bank)
        // Others claim more evenly than they lend.
        .map(|bank| bank.weight.isqrt())
        .collect();
    let mut all = Vec::new();
    for demand in demands {
        let draw = Draw::of(seed, "claims", u64::from(demand.number));
        let mut desk = Desk { days, draw, demand, weights: &weights, used: vec![], made: vec![] };
        match grants.get(&demand.number) {
            Some(grant) => desk.served(grant),
            None => desk.unserved(),
        }
        desk.made.sort_by_key(|claim| claim.claimed);
        all.append(&mut desk.made);
    }
    all
}

/// One demand while its claims are made up.
struct Desk<'c> {
    days: &'c Days,
    draw: Draw,
    demand: &'c Demand,
    weights: &'c [u64],
    used: Vec<u8>,
    made: Vec<Claim>,
}

impl Desk<'_> {
    /// Another bank than those that were there.
    fn bank(&mut self) -> u8 {
        let mut weights = self.weights.to_vec();
        self.used.iter().for_each(|bank| weights[usize::from(*bank)] = 0);
        let bank = self.draw.weighted(&weights) as u8;
        self.used.push(bank);
        bank
    }

    fn claim(&mut self, bank: u8, claimed: Moment, fate: Fate, offer: u64) {
        let mut claim = Claim { demand: self.demand.number, bank, claimed, material: None, fate, offer };
        // Now and then something is missing: the clock of the evaluation stands still meanwhile.
        if let Some(decided) = claim.decided().filter(|at| at.day() > claimed.day() + 1)
            && self.draw.chance(80)
        {
            let asked = claimed.plus(self.draw.between(1_800, 7_200) as u32);
            claim.material = Some((asked, asked.plus((decided.0 - asked.0) / 2)));
            claim.after_its_gate();
        }
        self.made.push(claim);
    }

    /// Within the first days.
    fn first_claim(&mut self) -> Moment {
        let wait = self.draw.weighted(&[520, 280, 130, 70]) as u32;
        self.days.later(self.demand.published, wait, &mut self.draw)
    }

    /// One to four days later, so that it is in time whatever the calendar.
    fn decision(&mut self, claimed: Moment) -> Moment {
        let wait = self.draw.weighted(&[0, 220, 380, 280, 120]) as u32;
        self.days.later(claimed, wait, &mut self.draw)
    }

    fn some_offer(&mut self) -> u64 {
        (self.demand.amount * self.draw.between(500, 1_000) / 1_000).max(1)
    }

    /// Money comes of it: one bank pays out, others come and go before.
    fn served(&mut self, grant: &Grant) {
        self.used.push(grant.bank);
        let claimed = self.first_claim();
        let offered = self.decision(claimed);
        let wait = self.draw.between(1, 6) as u32;
        let mut selected = self.days.later(offered, wait, &mut self.draw);
        let others = self.draw.weighted(&[400, 345, 255]);
        let mut chains = Vec::new();
        for _ in 0..others {
            chains.push(self.chain(offered, &mut selected));
        }
        chains.into_iter().flatten().for_each(|(bank, claimed, fate, offer)| {
            // What was planned for later does not happen any more.
            if claimed >= selected {
                return;
            }
            let cut = |at: Moment| at >= selected;
            let fate = match fate {
                Fate::Rejected(at) | Fate::Withdrawn(at) if cut(at) => Fate::NotChosen(None),
                Fate::NotChosen(Some(at)) if cut(at) => Fate::NotChosen(None),
                fate => fate,
            };
            self.claim(bank, claimed, fate, offer);
        });
        let disbursed = self.disbursement(claimed, selected);
        self.claim(grant.bank, claimed, Fate::PaidOut { offered, selected, disbursed }, grant.amount);
    }

    /// One place among the three: a bank, and perhaps another after it has left.
    fn chain(&mut self, offered: Moment, selected: &mut Moment) -> Vec<(u8, Moment, Fate, u64)> {
        let mut chain = Vec::new();
        let mut claimed = self.first_claim();
        for _ in 0..3 {
            let (bank, decided, offer) = (self.bank(), self.decision(claimed), self.some_offer());
            match self.draw.weighted(&[480, 350, 60, 110]) {
                0 => {
                    chain.push((bank, claimed, Fate::NotChosen(Some(decided)), offer));
                    return chain;
                }
                1 => chain.push((bank, claimed, Fate::Rejected(decided), 0)),
                2 => chain.push((bank, claimed, Fate::Withdrawn(decided), 0)),
                _ => {
                    // The enterprise waits for it, and nobody decides.
                    let late = self.days.office(claimed.day() + DUE_AT_MOST + 1, &mut self.draw);
                    // The offer that is selected has to stand for as long.
                    let fate = match late.day() <= offered.day() + OFFER_STANDS {
                        true => {
                            *selected = (*selected).max(late);
                            Fate::TimedOut
                        }
                        false => Fate::NotChosen(None),
                    };
                    chain.push((bank, claimed, fate, 0));
                    return chain;
                }
            }
            if !self.draw.chance(800) {
                break;
            }
            claimed = self.days.later(decided, 1, &mut self.draw);
        }
        chain
    }

    /// After the gate, which opens seven days after the claim or when its evaluation was due; one in a hundred is
    /// late.
    fn disbursement(&mut self, claimed: Moment, selected: Moment) -> Moment {
        let gate = claimed.day() + DUE_AT_MOST;
        let early = self.demand.published.day() < number_of(date(2020, 3, 20));
        let wait =
            if early && self.draw.chance(10) { self.draw.between(62, 75) } else { self.draw.between(0, 9) };
        let day = gate.max(selected.day() + 1) + wait as u32;
        self.days.office(day, &mut self.draw)
    }

    /// Nothing comes of it: nobody comes, or whoever comes goes again.
    fn unserved(&mut self) {
        let first = self.draw.weighted(&[420, 250, 200, 130]);
        for _ in 0..first {
            let mut claimed = self.first_claim();
            for _ in 0..3 {
                // A demand stands for ninety days; nobody begins in the last weeks.
                if claimed.day() > self.demand.published.day() + 60 {
                    break;
                }
                let (bank, decided) = (self.bank(), self.decision(claimed));
                let fate = match self.draw.weighted(&[600, 80, 160, 90, 70]) {
                    0 => Fate::Rejected(decided),
                    1 => Fate::Withdrawn(decided),
                    2 => Fate::TimedOut,
                    3 => {
                        let wait = self.draw.between(1, 8) as u32;
                        Fate::Declined(decided, self.days.later(decided, wait, &mut self.draw))
                    }
                    _ => Fate::Lapsed(decided),
                };
                let offer = match fate {
                    Fate::Declined(..) | Fate::Lapsed(_) => self.some_offer(),
                    _ => 0,
                };
                self.claim(bank, claimed, fate, offer);
                let again = matches!(fate, Fate::Rejected(_) | Fate::Withdrawn(_) | Fate::TimedOut);
                if !again || !self.draw.chance(700) {
                    break;
                }
                let over = match fate {
                    Fate::TimedOut => Moment::on(claimed.day() + DUE_AT_MOST, 9 * 3_600),
                    _ => decided,
                };
                claimed = self.days.later(over, 1, &mut self.draw);
            }
        }
    }
}
