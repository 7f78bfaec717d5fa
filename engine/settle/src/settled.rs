//! A year computed whole: reports held against the platform's history, lines, exceptions, what is unresolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use expr::money::Yuan;
use language::rules::{Book, LineKind};

use crate::reconcile::{Reconciled, reconcile};
use crate::stopped::too_large;
use crate::write::Told;
use crate::{Data, Outcome, Rows, Run, Stopped, settle};

/// A year with everything that is told of it.
#[derive(Debug)]
pub struct Settled {
    /// The rules.
    pub book: Arc<Book>,
    /// The year.
    pub year: i16,
    /// What counts of what was read: records that do not agree with the platform's history are out.
    pub data: Data,
    /// What it came to.
    pub outcome: Outcome,
    /// How the reports agree with the platform's history, where there is one.
    pub reconciled: Option<Reconciled>,
    /// What unresolved records would change in the sum of payments.
    pub unresolved_effect: Option<Yuan>,
    /// Names of institutions by id.
    pub names: BTreeMap<String, String>,
}

impl Settled {
    /// Computes a year.
    ///
    /// # Errors
    /// A rule that cannot be computed: then nothing is.
    pub fn compute(book: Arc<Book>, year: i16, mut data: Data) -> Result<Settled, Stopped> {
        let whole = reported(&book, &data);
        let reconciled = reconcile(&book, &mut data);
        let outcome = settle(&Run::new(&book, &data, year))?;
        let unresolved_effect = match &reconciled {
            Some(told) if !told.unresolved.is_empty() => Some(effect(&book, &data, whole, year, &outcome)?),
            _ => None,
        };
        let names = names(&book, &data);
        Ok(Settled { book, year, data, outcome, reconciled, unresolved_effect, names })
    }

    /// The rules at work on the data, for explanations.
    pub fn run(&self) -> Run<'_> {
        Run::new(&self.book, &self.data, self.year)
    }

    /// As it is handed over.
    pub fn told(&self) -> Told<'_> {
        Told {
            book: &self.book,
            year: self.year,
            data: &self.data,
            outcome: &self.outcome,
            reconciled: self.reconciled.as_ref(),
            unresolved_effect: self.unresolved_effect,
            names: self.names.clone(),
        }
    }
}

/// What was reported, before anything is taken out; none where there is no history to hold it against.
fn reported(book: &Book, data: &Data) -> Option<Rows> {
    let rule = book.reconcile.as_ref()?;
    data.lists.get(&rule.known).filter(|rows| !rows.is_empty())?;
    data.lists.get(&rule.reported).cloned()
}

/// What the unresolved records would change in the sum of payments.
fn effect(
    book: &Book,
    data: &Data,
    whole: Option<Rows>,
    year: i16,
    outcome: &Outcome,
) -> Result<Yuan, Stopped> {
    let mut with = data.clone();
    if let (Some(rule), Some(rows)) = (&book.reconcile, whole) {
        with.lists.insert(rule.reported, rows);
    }
    let all = settle(&Run::new(book, &with, year))?;
    all.sum(LineKind::Payment)?.minus(outcome.sum(LineKind::Payment)?).map_err(|_| too_large())
}

/// The names of institutions, by id.
fn names(book: &Book, data: &Data) -> BTreeMap<String, String> {
    let found = || {
        let list = book.list("institutions")?;
        let of = &book.lists[list];
        Some((of.column("institution")?, of.column("name")?, data.lists.get(&list)?))
    };
    let Some((id, name, rows)) = found() else { return BTreeMap::new() };
    (0..rows.len()).map(|row| (rows.value(row, id).plain(), rows.value(row, name).plain())).collect()
}
