//! Input sets out of the platform's own cases: `platform.yaml` beside the rules says which cases make which rows, with
//! a formula for each column.

use std::collections::{BTreeMap, BTreeSet};

use expr::formula::{Formula, Inputs, Mode, Scope, Slot, compile};
use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use language::rules::Book;
use language::source::Sources;
use language::tree::Node;
use language::words;
use language::words::Words;
use machine::case::Run;
use machine::chart::Chart;
use machine::definition::Definition;
use machine::ids::ChartIx;
use ports::query::{CaseFilter, Loaded, PAGE_MAX, Page};
use ports::store::Store;
use runtime::shelf::Shelf;

use super::Sets;
use crate::database;
use crate::exit::{Exit, Failure};

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
    name: String,
    key: Vec<String>,
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
    columns: Vec<(String, Column)>,
}

/// How a column is filled.
#[derive(Debug)]
enum Column {
    Formula(Formula),
    /// The number of the row among those with the same values in these columns, in the order of time.
    Count(Vec<String>),
    /// Whether it is the first of those.
    First(Vec<String>),
}

/// A row before it is numbered, with the instant it is ordered by.
struct Made {
    at: Timestamp,
    /// The day that has to lie in the year; none where rows are of every year.
    on: Option<Date>,
    cells: BTreeMap<String, Value>,
}

struct Reader {
    wrong: Vec<Words>,
}

impl Platform {
    /// Reads `platform.yaml`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(name: &str, text: &[u8], book: &Book) -> Result<Platform, Failure> {
        let mut sources = Sources::new();
        let reading = language::read(&mut sources, name, text);
        let mut reader = Reader { wrong: vec![] };
        if reading.report.has_errors() {
            let told = language::render::human(&reading.report, &sources, language::render::Look::default());
            reader.wrong.push(Words::new(told.clone(), told));
        }
        let mut platform = Platform { lookups: vec![], sets: vec![] };
        if let Some(tree) = &reading.tree {
            let scope = scope(&[]);
            for (key, node) in entries(tree.root.get("lookups")) {
                platform.lookups.extend(reader.lookup(&key, node, &scope));
            }
            let names: Vec<&str> = platform.lookups.iter().map(|lookup| lookup.name.as_str()).collect();
            let whole = self::scope(&names);
            for (key, node) in entries(tree.root.get("sets")) {
                platform.sets.extend(reader.set(&key, node, &whole, book));
            }
        }
        if reader.wrong.is_empty() {
            return Ok(platform);
        }
        let (zh, en): (Vec<String>, Vec<String>) = reader.wrong.into_iter().map(|w| (w.zh, w.en)).unzip();
        let (zh, en) = (zh.join("\n  "), en.join("\n  "));
        Err(Failure::new(Exit::Found, words!("{name} 有错：\n  {zh}", "{name} has errors:\n  {en}")))
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
        let shelf = Shelf::default();
        shelf.put_calendar(calendar.clone());
        let at_work = AtWork { store, shelf, zone: calendar.zone().clone() };
        let looked_up = self.looked_up(&at_work).await?;
        let mut held = BTreeMap::new();
        for set in &self.sets {
            let rows = self.rows(set, &at_work, &looked_up).await?;
            let Some(list) = book.list(&set.name) else { continue };
            let columns: Vec<(&str, &Type)> =
                book.lists[list].columns.iter().map(|column| (&*column.name, &column.ty)).collect();
            held.insert(set.name.clone(), csv(&columns, &set.key, rows, year).into_bytes());
        }
        Ok(Sets::Held(held))
    }

    async fn looked_up(&self, at_work: &AtWork<'_>) -> Result<Vec<BTreeMap<String, Value>>, Failure> {
        let mut all = Vec::new();
        for lookup in &self.lookups {
            let mut known = BTreeMap::new();
            at_work
                .each(&lookup.process, |definition, loaded| {
                    let case = record(definition.main(), loaded.case.main());
                    let read = Read(vec![case.clone(), case.clone(), Value::Null]);
                    let key = value(&lookup.key, &read, &loaded.case.id.to_string())?;
                    known.insert(key.plain(), case);
                    Ok(())
                })
                .await?;
            all.push(known);
        }
        Ok(all)
    }

    async fn rows(
        &self,
        set: &PlatformSet,
        at_work: &AtWork<'_>,
        looked_up: &[BTreeMap<String, Value>],
    ) -> Result<Vec<Made>, Failure> {
        let mut rows = Vec::new();
        for source in &set.from {
            let mut made = Vec::new();
            at_work
                .each(&source.process, |definition, loaded| {
                    let main = record(definition.main(), loaded.case.main());
                    for run in source.runs(definition, loaded) {
                        let chart = definition.chart(run.chart);
                        let ended = run.ended.as_ref().map(|ended| at_work.zone.to_datetime(ended.at).date());
                        let ended = ended.map_or(Value::Null, Value::Date);
                        let mut values = vec![main.clone(), record(chart, run), ended];
                        for (lookup, known) in self.lookups.iter().zip(looked_up) {
                            let key = value(&lookup.by, &Read(values.clone()), &lookup.name)?;
                            values.push(known.get(&key.plain()).cloned().unwrap_or_default());
                        }
                        made.extend(source.row(&Read(values), run, &loaded.case.id.to_string())?);
                    }
                    Ok(())
                })
                .await?;
            made.sort_by_key(|row: &Made| row.at);
            source.number(&mut made);
            rows.append(&mut made);
        }
        Ok(rows)
    }
}

impl Source {
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

    /// The row of a run; none while its day is not known.
    fn row(&self, read: &Read, run: &Run, case: &str) -> Result<Option<Made>, Failure> {
        let on = match &self.on {
            Some(formula) => match value(formula, read, case)?.as_date() {
                None => return Ok(None),
                day => day,
            },
            None => None,
        };
        let mut cells = BTreeMap::new();
        for (name, column) in &self.columns {
            if let Column::Formula(formula) = column {
                cells.insert(name.clone(), value(formula, read, case)?);
            }
        }
        let at = run.ended.as_ref().map_or(run.started_at, |ended| ended.at);
        Ok(Some(Made { at, on, cells }))
    }

    /// Fills the columns that count, over the rows of all years in the order of time.
    fn number(&self, rows: &mut [Made]) {
        for (name, column) in &self.columns {
            let (Column::Count(of) | Column::First(of)) = column else { continue };
            let mut seen: BTreeMap<Vec<String>, u32> = BTreeMap::new();
            for row in rows.iter_mut() {
                let key = of.iter().map(|column| row.cells.get(column).map(Value::plain).unwrap_or_default());
                let count = seen.entry(key.collect()).or_default();
                *count += 1;
                let cell = match column {
                    Column::First(_) => Value::from(*count == 1),
                    _ => Value::Number((*count).into()),
                };
                row.cells.insert(name.clone(), cell);
            }
        }
    }
}

/// The rows of a year as CSV; a key that is there already is not written again.
fn csv(columns: &[(&str, &Type)], key: &[String], rows: Vec<Made>, year: i16) -> String {
    let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut out = city::sets::line(&names);
    let mut seen = BTreeSet::new();
    for row in rows.iter().filter(|row| row.on.is_none_or(|day| day.year() == year)) {
        let cell = |name: &str| row.cells.get(name).cloned().unwrap_or_default();
        if !seen.insert(key.iter().map(|name| cell(name).plain()).collect::<Vec<_>>()) {
            continue;
        }
        let cells: Vec<String> = columns.iter().map(|(name, ty)| written(&cell(name), ty)).collect();
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

/// The store, and what it takes to read its cases.
struct AtWork<'s> {
    store: &'s dyn Store,
    shelf: Shelf,
    zone: TimeZone,
}

impl AtWork<'_> {
    /// Looks at every case of a process, a page at a time.
    async fn each(
        &self,
        process: &str,
        mut look: impl FnMut(&Definition, &Loaded) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let filter = CaseFilter { process: Some(process.into()), ..CaseFilter::default() };
        let mut page = Page::first(PAGE_MAX);
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
    database::failure(&fault)
}

/// The data of a run as one record, with its key.
fn record(chart: &Chart, run: &Run) -> Value {
    let fields =
        chart.fields.iter().zip(&run.data).map(|(field, value)| (field.name.to_string(), value.clone()));
    Value::context(fields.chain([("key".to_owned(), run.key.clone())]))
}

/// The values a formula reads, by slot.
struct Read(Vec<Value>);

impl Inputs for Read {
    fn variable(&self, slot: Slot) -> Value {
        self.0.get(slot.0 as usize).cloned().unwrap_or_default()
    }
}

fn value(formula: &Formula, read: &Read, about: &str) -> Result<Value, Failure> {
    formula.eval(read).map_err(|error| {
        let (text, zh, en) = (formula.text(), &error.message.zh, &error.message.en);
        Failure::new(
            Exit::Found,
            words!("{about}：公式 {text} 算不出来：{zh}", "{about}: {text} has no value: {en}"),
        )
    })
}

fn scope(lookups: &[&str]) -> Scope {
    let mut scope = Scope::new();
    for name in READ.iter().chain(lookups) {
        scope.variable(name, Type::Any);
    }
    scope
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (String, &Node)> {
    let all = node.and_then(Node::as_map).unwrap_or_default();
    all.iter().map(|(key, node)| (key.text.clone(), node))
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_text).map(str::to_owned)
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let items = node.and_then(Node::as_seq).unwrap_or_default();
    items.iter().filter_map(Node::as_text).map(str::to_owned).collect()
}

impl Reader {
    fn say(&mut self, words: Words) {
        self.wrong.push(words);
    }

    fn formula(&mut self, place: &str, text: Option<String>, scope: &Scope) -> Option<Formula> {
        let Some(text) = text else {
            self.say(words!("{place} 缺一个公式", "{place} lacks a formula"));
            return None;
        };
        match compile(&text, scope, Mode::Feel) {
            Ok(formula) => Some(formula),
            Err(errors) => {
                for error in errors {
                    let (zh, en) = (error.message.zh, error.message.en);
                    self.say(words!("{place} 的公式 {text}：{zh}", "{place}, `{text}`: {en}"));
                }
                None
            }
        }
    }

    fn lookup(&mut self, name: &str, node: &Node, scope: &Scope) -> Option<Lookup> {
        let key = self.formula(&format!("{name}.key"), text(node, "key"), scope)?;
        let by = self.formula(&format!("{name}.by"), text(node, "by"), scope)?;
        let process = text(node, "process").unwrap_or_default();
        Some(Lookup { name: name.to_owned(), process, key, by })
    }

    fn set(&mut self, name: &str, node: &Node, scope: &Scope, book: &Book) -> Option<PlatformSet> {
        let Some(list) = book.list(name).filter(|list| *list < book.sets) else {
            self.say(words!("结算没有数据表 {name}", "the settlement has no set {name}"));
            return None;
        };
        let known: Vec<&str> = book.lists[list].columns.iter().map(|column| &*column.name).collect();
        let sources = node.get("from").and_then(Node::as_seq).unwrap_or_default();
        let from: Vec<Source> = sources.iter().map(|source| self.source(name, source, scope)).collect();
        for (column, _) in from.iter().flat_map(|source| &source.columns) {
            if !known.contains(&column.as_str()) {
                self.say(words!("{name} 没有列 {column}", "{name} has no column {column}"));
            }
        }
        Some(PlatformSet { name: name.to_owned(), key: texts(node.get("key")), from })
    }

    fn source(&mut self, set: &str, node: &Node, scope: &Scope) -> Source {
        let on = text(node, "on").and_then(|on| self.formula(&format!("{set}.on"), Some(on), scope));
        let mut columns = Vec::new();
        for (name, cell) in entries(node.get("columns")) {
            let column = match (cell.get("count"), cell.get("first")) {
                (Some(of), _) => Some(Column::Count(texts(Some(of)))),
                (None, Some(of)) => Some(Column::First(texts(Some(of)))),
                (None, None) => {
                    let written = cell.as_text().map(str::to_owned);
                    self.formula(&format!("{set}.{name}"), written, scope).map(Column::Formula)
                }
            };
            columns.extend(column.map(|column| (name, column)));
        }
        let process = text(node, "process").unwrap_or_default();
        Source { process, child: text(node, "child"), outcome: text(node, "outcome"), on, columns }
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
