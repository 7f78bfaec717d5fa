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
        let (reconciled, reported) = reconcile(&book, &mut data).unzip();
        let outcome = settle(&Run::new(&book, &data, year))?;
        let open = reconciled.as_ref().is_some_and(|told: &Reconciled| !told.unresolved.is_empty());
        let unresolved_effect = match reported.filter(|_| open) {
            Some(reported) => Some(effect(&book, &mut data, reported, year, &outcome)?),
            None => None,
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

/// What the unresolved records would change in the sum of payments: everything once more, with all that was reported.
fn effect(
    book: &Book,
    data: &mut Data,
    reported: Rows,
    year: i16,
    outcome: &Outcome,
) -> Result<Yuan, Stopped> {
    let Some(rule) = &book.reconcile else { return Ok(Yuan::ZERO) };
    // In place, so that a large year is not in memory twice.
    let kept = data.lists.insert(rule.reported, reported);
    let all = settle(&Run::new(book, data, year));
    data.lists.extend(kept.map(|kept| (rule.reported, kept)));
    all?.sum(LineKind::Payment)?.minus(outcome.sum(LineKind::Payment)?).map_err(|_| too_large())
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
