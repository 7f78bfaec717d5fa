//! Reading the cases of a store for their rows: a page at a time, and of each case only what a formula reads.

use std::collections::{BTreeMap, BTreeSet};

use expr::formula::{Formula, Inputs, Slot};
use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use language::words;
use machine::case::Run;
use machine::chart::Chart;
use machine::definition::Definition;
use machine::ids::Name;
use ports::query::{CaseFilter, Loaded, Page};
use ports::store::Store;
use runtime::shelf::Shelf;

use crate::exit::{Exit, Failure};
use crate::faults;

/// So many cases are in memory at once.
const AT_ONCE: u32 = 250;

/// The store, and what it takes to read its cases.
pub struct AtWork<'s> {
    store: &'s dyn Store,
    shelf: Shelf,
    zone: TimeZone,
}

impl<'s> AtWork<'s> {
    /// At work on a store, in the zone of a calendar.
    pub fn new(store: &'s dyn Store, calendar: &Calendar) -> AtWork<'s> {
        let shelf = Shelf::default();
        shelf.put_calendar(calendar.clone());
        AtWork { store, shelf, zone: calendar.zone().clone() }
    }

    /// The day on which a run ended.
    pub fn day_of_end(&self, run: &Run) -> Option<Date> {
        run.ended.as_ref().map(|ended| self.zone.to_datetime(ended.at).date())
    }

    /// Looks at every case of a process.
    pub async fn each(
        &self,
        process: &str,
        mut look: impl FnMut(&Definition, &Loaded) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let filter = CaseFilter { process: Some(process.into()), ..CaseFilter::default() };
        let mut page = Page::first(AT_ONCE);
        loop {
            let lines = self.store.cases(filter.clone(), page.clone()).await.map_err(failed)?;
            let full = lines.len() == page.size() as usize;
            page.after = lines.last().map(|line| line.id.clone());
            let ids = lines.into_iter().map(|line| line.id).collect();
            for loaded in self.store.load(ids).await.map_err(failed)?.into_iter().flatten() {
                let found = self.shelf.fetch(self.store, &loaded.case.definition).await.map_err(failed)?;
                // A definition that this program cannot read any more is told by `charter doctor`.
                if let Some(definition) = found {
                    look(&definition, &loaded)?;
                }
            }
            if !full {
                return Ok(());
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(fault: ports::fault::Fault) -> Failure {
    faults::failure(&fault)
}

/// The fields of a record that formulas read.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Some formula takes the record as it is.
    whole: bool,
    fields: BTreeSet<String>,
}

impl Wanted {
    /// What formulas read of the record in a slot.
    pub fn of<'f>(slot: usize, formulas: impl IntoIterator<Item = &'f Formula>) -> Wanted {
        let mut wanted = Wanted::default();
        let reads = formulas.into_iter().flat_map(|formula| formula.reads());
        for read in reads.filter(|read| read.slot.0 as usize == slot) {
            match read.path.first() {
                Some(field) => _ = wanted.fields.insert(field.clone()),
                None => wanted.whole = true,
            }
        }
        wanted
    }

    /// This and the other.
    pub fn and(mut self, other: Wanted) -> Wanted {
        self.whole |= other.whole;
        self.fields.extend(other.fields);
        self
    }

    /// Whether anything is read.
    pub fn any(&self) -> bool {
        self.whole || !self.fields.is_empty()
    }

    fn has(&self, field: &str) -> bool {
        self.whole || self.fields.contains(field)
    }
}

/// The wanted data of a run.
fn fields<'r>(
    chart: &'r Chart,
    run: &'r Run,
    wanted: &'r Wanted,
) -> impl Iterator<Item = (&'r Name, &'r Value)> {
    let all = chart.fields.iter().map(|field| &field.name).zip(&run.data);
    all.filter(|(name, _)| wanted.has(name))
}

/// The wanted data of a run as one record, with its key.
pub fn record(chart: &Chart, run: &Run, wanted: &Wanted) -> Value {
    let fields = fields(chart, run, wanted).map(|(name, value)| (&**name, value.clone()));
    Value::context(fields.chain([("key", run.key.clone())]))
}

/// Records that can be looked up.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<Box<str>, Box<[(Name, Value)]>>);

impl Known {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps the wanted data of a run under a key.
    pub fn keep(&mut self, key: String, chart: &Chart, run: &Run, wanted: &Wanted) {
        let own = Name::from("key");
        let fields = fields(chart, run, wanted).filter(|(name, _)| **name != own);
        let mut kept: Vec<(Name, Value)> =
            fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        if wanted.has("key") {
            kept.push((own.clone(), run.key.clone()));
        }
        self.0.insert(key.into(), kept.into());
    }

    /// The record under a key; null when there is none.
    pub fn find(&self, key: &Value) -> Value {
        let found = self.0.get(&*key.plain());
        found.map_or(Value::Null, |kept| {
            Value::context(kept.iter().map(|(name, value)| (name, value.clone())))
        })
    }
}

/// The values a formula reads, by slot.
pub struct Read(pub Vec<Value>);

impl Inputs for Read {
    fn variable(&self, slot: Slot) -> Value {
        self.0.get(slot.0 as usize).cloned().unwrap_or_default()
    }
}

/// What a formula comes to.
///
/// # Errors
/// It has no value.
pub fn value(formula: &Formula, read: &Read, about: &str) -> Result<Value, Failure> {
    formula.eval(read).map_err(|error| {
        let (text, zh, en) = (formula.text(), &error.message.zh, &error.message.en);
        Failure::new(
            Exit::Found,
            words!("{about}：公式 {text} 算不出来：{zh}", "{about}: {text} has no value: {en}"),
        )
    })
}
