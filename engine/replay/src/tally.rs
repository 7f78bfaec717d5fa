//! What came of a replay, counted from what the store holds and from nothing else: the operating statistics of the
//! deck's pages 六.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use city::demands::{MODES, MODES_ZH};
use city::enterprises::size_of;
use expr::value::Value;
use machine::case::Run;
use machine::chart::Chart;
use machine::definition::Definition;
use machine::ids::{ChartIx, Name};
use ports::query::Loaded;
use ports::store::Store;
use runtime::shelf::Shelf;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::drive::Broken;
use crate::sum::{self, Sum};

/// The counts. Amounts are 万元.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases in the store.
    pub cases: u64,
    /// Entries of all histories: transitions, looks at the clock, refusals.
    pub entries: u64,
    /// Facts of all histories.
    pub facts: u64,
    /// Clocks that were set: deadlines, gates, delays.
    pub timers: u64,
    /// Tasks that were opened.
    pub tasks: u64,
    /// Enterprises whose account was opened.
    pub enterprises: u64,
    /// Of them small and micro.
    pub small: u64,
    /// Where registrations stand.
    pub registrations: BTreeMap<Name, u64>,
    /// Demands published.
    pub demands: u64,
    /// What they ask for.
    pub demanded: u64,
    /// Where demands stand.
    pub standing: BTreeMap<Name, u64>,
    /// How claims ended, and `in_progress`.
    pub claims: BTreeMap<Name, u64>,
    /// The most claims that held a place at one time.
    pub places_most: u16,
    /// Loans paid out.
    pub loans: u64,
    /// What was paid out.
    pub granted: u64,
    /// Enterprises that have a loan.
    pub served: BTreeSet<String>,
    /// By bank.
    pub banks: BTreeMap<String, u64>,
    /// By guarantee mode, in the order of the printed shares.
    pub modes: [u64; 5],
    /// Ratings by stars.
    pub stars: BTreeMap<u64, u64>,
    /// What states and outcomes are called, in Chinese and English, by chart and name.
    pub titles: BTreeMap<(Name, Name), (Name, Name)>,
    /// By month: registrations opened, demands published, 万元 paid out.
    pub months: BTreeMap<String, [u64; 3]>,
    /// The hash of the end state.
    pub sum: String,
}

/// Counts everything the store holds.
///
/// # Errors
/// A fault of the store.
pub async fn tally(store: &dyn Store, shelf: &Shelf) -> Result<Tally, Broken> {
    let mut tally = Tally::default();
    let mut sum = Sum::default();
    let mut known: BTreeMap<Name, Option<Arc<Definition>>> = BTreeMap::new();
    sum::each_case(store, |loaded| {
        sum.add(loaded);
        let hash = &loaded.case.definition;
        let definition = known.entry(hash.clone()).or_insert_with(|| shelf.by_hash(hash));
        if let Some(definition) = definition {
            tally.add(definition, loaded);
        }
    })
    .await?;
    tally.sum = sum.text();
    Ok(tally)
}

/// The value of a field by its name.
fn field<'r>(chart: &Chart, run: &'r Run, name: &str) -> Option<&'r Value> {
    let at = chart.fields.iter().position(|field| &*field.name == name)?;
    run.data.get(at).filter(|value| !value.is_null())
}

fn number(chart: &Chart, run: &Run, name: &str) -> Option<Decimal> {
    field(chart, run, name).and_then(Value::as_number)
}

/// A whole number of 万元.
fn wan(chart: &Chart, run: &Run, name: &str) -> u64 {
    let amount = number(chart, run, name).unwrap_or_default();
    (amount / Decimal::from(10_000)).to_u64().unwrap_or_default()
}

fn month(chart: &Chart, run: &Run, name: &str) -> Option<String> {
    let at = field(chart, run, name)?.as_instant()?;
    Some(city::days::Moment::of_timestamp(at).date().strftime("%Y-%m").to_string())
}

/// The innermost state, or the outcome.
fn standing(chart: &Chart, run: &Run) -> Name {
    match &run.ended {
        Some(ended) => ended.outcome.clone(),
        None => run.active.last().map_or_else(|| "?".into(), |state| chart.state(*state).name.clone()),
    }
}

impl Tally {
    fn add(&mut self, definition: &Definition, loaded: &Loaded) {
        self.cases += 1;
        self.entries += loaded.mark.version;
        self.facts += loaded.case.facts;
        self.timers += u64::from(loaded.case.next_timer.saturating_sub(1));
        self.tasks += u64::from(loaded.case.next_task.saturating_sub(1));
        match &*definition.process {
            "registration" => self.registration(definition.main(), loaded.case.main()),
            "financing_demand" => self.demand(definition, loaded),
            _ => {}
        }
    }

    /// The state or outcome, its title noted.
    fn titled(&mut self, chart: &Chart, name: Name) -> Name {
        let key = (chart.name.clone(), name.clone());
        if !self.titles.contains_key(&key)
            && let Some(state) = chart.states.iter().find(|state| state.name == name)
        {
            let title = (state.title.zh.clone(), state.title.en.clone());
            self.titles.insert(key, title);
        }
        name
    }

    fn registration(&mut self, chart: &Chart, run: &Run) {
        let standing = self.titled(chart, standing(chart, run));
        *self.registrations.entry(standing).or_default() += 1;
        let Some(month) = month(chart, run, "activated_at") else { return };
        self.enterprises += 1;
        self.months.entry(month).or_default()[0] += 1;
        let class = field(chart, run, "industry").and_then(Value::as_text).unwrap_or_default();
        let employees = number(chart, run, "employees").and_then(|n| n.to_u64()).unwrap_or_default();
        let size = size_of(class, employees, wan(chart, run, "revenue"), wan(chart, run, "assets"));
        self.small += u64::from(size.is_some_and(|size| size.is_small()));
    }

    fn demand(&mut self, definition: &Definition, loaded: &Loaded) {
        let (chart, run) = (definition.main(), loaded.case.main());
        let standing = self.titled(chart, standing(chart, run));
        *self.standing.entry(standing).or_default() += 1;
        let Some(month) = month(chart, run, "published_at") else { return };
        self.demands += 1;
        self.demanded += wan(chart, run, "amount");
        self.months.entry(month).or_default()[1] += 1;
        if let Some(stars) = number(chart, run, "stars").and_then(|n| n.to_u64()) {
            *self.stars.entry(stars).or_default() += 1;
        }
        let enterprise = field(chart, run, "enterprise").and_then(Value::as_text).unwrap_or_default();
        for claim in loaded.case.runs.iter().filter(|run| run.chart != ChartIx::MAIN) {
            self.claim(definition.chart(claim.chart), claim, enterprise);
        }
    }

    fn claim(&mut self, chart: &Chart, claim: &Run, enterprise: &str) {
        let how =
            claim.ended.as_ref().map_or_else(|| Name::from("in_progress"), |ended| ended.outcome.clone());
        let how = self.titled(chart, how);
        *self.claims.entry(how).or_default() += 1;
        self.places_most = self.places_most.max(claim.slot.unwrap_or_default());
        let amount = wan(chart, claim, "disbursed_amount");
        let Some(ended) = claim.ended.as_ref().filter(|_| amount > 0) else { return };
        self.loans += 1;
        self.granted += amount;
        self.served.insert(enterprise.to_owned());
        *self.banks.entry(claim.key.as_text().unwrap_or_default().to_owned()).or_default() += amount;
        let terms = field(chart, claim, "offer_terms").and_then(Value::as_text).unwrap_or_default();
        if let Some(mode) = MODES_ZH.iter().position(|mode| terms.split('；').next() == Some(*mode)) {
            self.modes[mode] += amount;
        }
        let month = city::days::Moment::of_timestamp(ended.at).date().strftime("%Y-%m").to_string();
        self.months.entry(month).or_default()[2] += amount;
    }

    /// The largest bank with what it has paid out.
    pub fn largest(&self) -> (&str, u64) {
        let largest = self.banks.iter().max_by_key(|(_, amount)| **amount);
        largest.map_or(("-", 0), |(bank, amount)| (bank, *amount))
    }

    /// The modes by name.
    pub fn modes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        MODES.into_iter().zip(self.modes)
    }
}
