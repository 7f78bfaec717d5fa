//! The city: every list of it, made in the order in which one needs another.

use expr::time::calendar::Calendar;

use crate::claims::{self, Claim};
use crate::days::Days;
use crate::demands::{self, Demand};
use crate::enterprises::{self, Enterprise};
use crate::equity::{self, Equity};
use crate::institutions::{self, Institution, Product};
use crate::loans::{self, Grant, Loan};
use crate::programmes::{self, FundRecord, ProgrammeLoan};
use crate::scale::Scale;
use crate::staff::{self, Person};

/// A city. Lists refer to each other by places.
#[derive(Clone, Debug)]
pub struct City {
    /// What everything is drawn from.
    pub seed: u64,
    /// How large it is.
    pub scale: Scale,
    /// Its days.
    pub days: Days,
    /// D1.
    pub enterprises: Vec<Enterprise>,
    /// D2.
    pub institutions: Vec<Institution>,
    /// D3.
    pub products: Vec<Product>,
    /// D4.
    pub demands: Vec<Demand>,
    /// What comes of the demands.
    pub grants: Vec<Grant>,
    /// D5, demand by demand.
    pub claims: Vec<Claim>,
    /// D6.
    pub loans: Vec<Loan>,
    /// D10.
    pub fund: Vec<FundRecord>,
    /// D11.
    pub micro_e: Vec<ProgrammeLoan>,
    /// D12.
    pub credit_reference: Vec<ProgrammeLoan>,
    /// D13.
    pub equity: Equity,
    /// D16.
    pub staff: Vec<Person>,
}

impl City {
    /// The city of a seed: the same seed, scale and calendar give the same city, byte for byte.
    pub fn of(seed: u64, scale: Scale, calendar: &Calendar) -> City {
        let days = Days::of(calendar);
        let enterprises = enterprises::enterprises(seed, scale, &days);
        let institutions = institutions::institutions(seed);
        let demands = demands::demands(seed, scale, &days, &enterprises);
        let grants = loans::grants(seed, scale, &demands, &institutions);
        let claims = claims::claims(seed, &days, &demands, &grants, &institutions);
        let loans = loans::loans(seed, &enterprises, &demands, &grants, &claims);
        City {
            seed,
            scale,
            products: institutions::products(seed, &institutions),
            fund: programmes::fund(seed, scale, &days, &enterprises, &institutions),
            micro_e: programmes::micro_e(seed, scale, &days, &enterprises, &institutions),
            credit_reference: programmes::credit_reference(seed, scale, &days, &enterprises, &institutions),
            equity: equity::equity(seed, scale, &days, &enterprises),
            staff: staff::staff(seed, &institutions),
            days,
            enterprises,
            institutions,
            demands,
            grants,
            claims,
            loans,
        }
    }

    /// What comes of a demand; `None` when nothing does.
    pub fn grant(&self, demand: u32) -> Option<&Grant> {
        let at = self.grants.binary_search_by_key(&demand, |grant| grant.demand).ok()?;
        Some(&self.grants[at])
    }

    /// The claims of a demand.
    pub fn claims_of(&self, demand: u32) -> &[Claim] {
        let first = self.claims.partition_point(|claim| claim.demand < demand);
        let end = self.claims.partition_point(|claim| claim.demand <= demand);
        &self.claims[first..end]
    }
}
