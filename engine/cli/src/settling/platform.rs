//! Input sets out of the platform's own cases: `platform.yaml` beside the rules says which cases make which rows, with
//! a formula for each column.
//!
//! Cases are read a page at a time and let go of; what stays in memory is what the rows and the formulas ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use expr::formula::Formula;
use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use language::rules::Book;
use machine::case::Run;
use machine::definition::Definition;
use machine::ids::ChartIx;
use ports::query::Loaded;
use ports::store::Store;

use super::Sets;
use crate::exit::Failure;

mod at_work;
mod reader;

use at_work::{AtWork, Known, Read, Wanted, record, value};

/// What a formula may read besides lookups, in this order.
const READ: [&str; 3] = ["case", "run", "ended_on"];

/// Which cases make which sets.
#[derive(Debug)]
pub struct Platform {
    lookups: Vec<Lookup>,
    sets: Vec<PlatformSet>,
}

/// Records of one process by a key: the registration of an enterprise.
#[derive(Debug)]
struct Lookup {
    name: String,
    process: String,
    /// The key, read of the case that is looked up.
    key: Formula,
    /// The same key, read of the case that looks it up.
    by: Formula,
}

/// A set with the cases it is made of; rows that an earlier source has are not taken again.
#[derive(Debug)]
struct PlatformSet {
    /// The list in the book.
    list: usize,
    /// The columns that tell rows apart.
    key: Vec<usize>,
    from: Vec<Source>,
}

/// Cases of one process that make rows.
#[derive(Debug)]
struct Source {
    process: String,
    child: Option<String>,
    outcome: Option<String>,
    /// The day that has to lie in the year.
    on: Option<Formula>,
    /// By the place of the column in the list.
    columns: Vec<(usize, Column)>,
}

/// How a column is filled.
#[derive(Debug)]
enum Column {
    Formula(Formula),
    /// The number of the row among those with the same values in these columns, in the order of time.
    Count(Vec<usize>),
    /// Whether it is the first of those.
    First(Vec<usize>),
}

/// A row before it is numbered, with the instant it is ordered by.
struct Made {
    at: Timestamp,
    /// Whether it is of the year; others are there to be counted, and only with what is counted by.
    counts: bool,
    /// By the place of the column in the list.
    cells: Box<[Value]>,
}

/// Texts that stand in many rows, each kept once.
#[derive(Default)]
struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn share(&mut self, value: Value) -> Value {
        let Value::Text(text) = value else { return value };
        if let Some(known) = self.0.get(&text) {
            return Value::Text(known.clone());
        }
        self.0.insert(text.clone());
        Value::Text(text)
    }
}

/// What the rows of a set are made with.
struct Making<'m> {
    book: &'m Book,
    year: i16,
    at_work: AtWork<'m>,
    /// By lookup; nothing where no source reads it.
    known: Vec<Known>,
    texts: Texts,
}

impl Platform {
    /// This, for these sets alone.
    #[must_use]
    pub fn only(mut self, sets: &[&str], book: &Book) -> Platform {
        self.sets.retain(|set| sets.contains(&&*book.lists[set.list].name));
        self
    }

    /// The sets of a year out of the cases of a store.
    ///
    /// # Errors
    /// The store does not answer, or a formula has no value.
    pub async fn sets(
        &self,
        store: &dyn Store,
        book: &Book,
        calendar: &Calendar,
        year: i16,
    ) -> Result<Sets, Failure> {
        let at_work = AtWork::new(store, calendar);
        let known = self.known(&at_work).await?;
        let mut making = Making { book, year, at_work, known, texts: Texts::default() };
        let mut held = BTreeMap::new();
        for set in &self.sets {
            let rows = self.rows(set, &mut making).await?;
            let list = &book.lists[set.list];
            let columns: Vec<(&str, &Type)> =
                list.columns.iter().map(|column| (&*column.name, &column.ty)).collect();
            held.insert(list.name.to_string(), csv(&columns, &set.key, &rows).into_bytes());
        }
        Ok(Sets::Held(held))
    }

    /// The records of each lookup, with the fields that some formula reads.
    async fn known(&self, at_work: &AtWork<'_>) -> Result<Vec<Known>, Failure> {
        let mut all = Vec::new();
        for (at, lookup) in self.lookups.iter().enumerate() {
            let wanted = Wanted::of(READ.len() + at, self.formulas());
            let mut known = Known::default();
            if wanted.any() {
                let key = Wanted::of(0, [&lookup.key]).and(Wanted::of(1, [&lookup.key]));
                at_work
                    .each(&lookup.process, |definition, loaded| {
                        let (chart, run) = (definition.main(), loaded.case.main());
                        let case = record(chart, run, &key);
                        let read = Read(vec![case.clone(), case, Value::Null]);
                        let key = value(&lookup.key, &read, &loaded.case.id.to_string())?;
                        known.keep(key.plain(), chart, run, &wanted);
                        Ok(())
                    })
                    .await?;
            }
            all.push(known);
        }
        Ok(all)
    }

    /// Every formula of a source.
    fn formulas(&self) -> impl Iterator<Item = &Formula> {
        self.sets.iter().flat_map(|set| &set.from).flat_map(Source::formulas)
    }

    async fn rows(&self, set: &PlatformSet, making: &mut Making<'_>) -> Result<Vec<Made>, Failure> {
        let width = making.book.lists[set.list].columns.len();
        let mut rows = Vec::new();
        for source in &set.from {
            let read_by = || source.formulas().chain(self.lookups.iter().map(|lookup| &lookup.by));
            let wanted = [Wanted::of(0, read_by()), Wanted::of(1, read_by())];
            let mut made = Vec::new();
            let Making { year, at_work, known, texts, .. } = &mut *making;
            at_work
                .each(&source.process, |definition, loaded| {
                    let main = record(definition.main(), loaded.case.main(), &wanted[0]);
                    for run in source.runs(definition, loaded) {
                        let chart = definition.chart(run.chart);
                        let ended = at_work.day_of_end(run).map_or(Value::Null, Value::Date);
                        let mut values = vec![main.clone(), record(chart, run, &wanted[1]), ended];
                        for (lookup, known) in self.lookups.iter().zip(&*known) {
                            let found = match known.is_empty() {
                                true => Value::Null,
                                false => known.find(&value(&lookup.by, &Read(values.clone()), &lookup.name)?),
                            };
                            values.push(found);
                        }
                        let about = loaded.case.id.to_string();
                        made.extend(source.row(&Read(values), run, &about, (*year, width), texts)?);
                    }
                    Ok(())
                })
                .await?;
            made.sort_by_key(|row: &Made| row.at);
            source.number(&mut made);
            rows.extend(made.into_iter().filter(|row| row.counts));
        }
        Ok(rows)
    }
}

impl Source {
    fn formulas(&self) -> impl Iterator<Item = &Formula> {
        let columns = self.columns.iter().filter_map(|(_, column)| match column {
            Column::Formula(formula) => Some(formula),
            Column::Count(_) | Column::First(_) => None,
        });
        columns.chain(&self.on)
    }

    /// The columns by which rows of all years are counted.
    fn counted_by(&self) -> BTreeSet<usize> {
        let lists = self.columns.iter().filter_map(|(_, column)| match column {
            Column::Count(of) | Column::First(of) => Some(of),
            Column::Formula(_) => None,
        });
        lists.flatten().copied().collect()
    }

    /// The runs of a case that make rows.
    fn runs<'l>(&self, definition: &Definition, loaded: &'l Loaded) -> Vec<&'l Run> {
        let wanted = |run: &&Run| {
            let of = match &self.child {
                Some(child) => run.chart != ChartIx::MAIN && *definition.chart(run.chart).name == **child,
                None => run.chart == ChartIx::MAIN,
            };
            let outcome = run.ended.as_ref().map(|ended| &*ended.outcome);
            of && self.outcome.as_deref().is_none_or(|wanted| outcome == Some(wanted))
        };
        loaded.case.each_run().map(|(_, run)| run).filter(wanted).collect()
    }

    /// The row of a run; none while its day is not known, and none of another year unless it is counted.
    fn row(
        &self,
        read: &Read,
        run: &Run,
        case: &str,
        (year, width): (i16, usize),
        texts: &mut Texts,
    ) -> Result<Option<Made>, Failure> {
        let on: Option<Date> = match &self.on {
            Some(formula) => match value(formula, read, case)?.as_date() {
                None => return Ok(None),
                day => day,
            },
            None => None,
        };
        let counts = on.is_none_or(|day| day.year() == year);
        let counted_by = self.counted_by();
        if !counts && counted_by.is_empty() {
            return Ok(None);
        }
        let mut cells = vec![Value::Null; width].into_boxed_slice();
        for (at, column) in &self.columns {
            if let Column::Formula(formula) = column
                && (counts || counted_by.contains(at))
            {
                cells[*at] = texts.share(value(formula, read, case)?);
            }
        }
        let at = run.ended.as_ref().map_or(run.started_at, |ended| ended.at);
        Ok(Some(Made { at, counts, cells }))
    }

    /// Fills the columns that count, over the rows of all years in the order of time.
    fn number(&self, rows: &mut [Made]) {
        for (at, column) in &self.columns {
            let (Column::Count(of) | Column::First(of)) = column else { continue };
            let mut seen: BTreeMap<Vec<Value>, u32> = BTreeMap::new();
            for row in rows.iter_mut() {
                let key = of.iter().map(|column| row.cells[*column].clone());
                let count = seen.entry(key.collect()).or_default();
                *count += 1;
                row.cells[*at] = match column {
                    Column::First(_) => Value::from(*count == 1),
                    _ => Value::Number((*count).into()),
                };
            }
        }
    }
}

/// The rows of a year as CSV; a key that is there already is not written again.
fn csv(columns: &[(&str, &Type)], key: &[usize], rows: &[Made]) -> String {
    let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut out = city::sets::line(&names);
    let mut seen = BTreeSet::new();
    for row in rows {
        if !seen.insert(key.iter().map(|at| row.cells[*at].plain()).collect::<Vec<_>>()) {
            continue;
        }
        let cells: Vec<String> =
            columns.iter().zip(&row.cells).map(|((_, ty), cell)| written(cell, ty)).collect();
        out.push_str(&city::sets::line(&cells));
    }
    out
}

/// A value as the sets have it: amounts with both decimals, nothing for null.
fn written(value: &Value, ty: &Type) -> String {
    match (value, ty.known()) {
        (Value::Null, _) => String::new(),
        (Value::Number(number), Type::Money) => format!("{number:.2}"),
        _ => value.plain(),
    }
}

/// A set of the book that neither has nor may lack rows gets its line of column names.
pub fn empty_sets(book: &Book) -> Sets {
    let header = |list: usize| {
        let of = &book.lists[list];
        let names: Vec<String> = of.columns.iter().map(|column| column.name.to_string()).collect();
        (of.name.to_string(), city::sets::line(&names).into_bytes())
    };
    Sets::Held((0..book.sets).map(header).collect())
}
