//! Why lines differ between two runs: each change is made alone in the earlier run, and is a cause of the lines that it
//! moves.

use std::collections::BTreeMap;
use std::sync::Arc;

use expr::money::Yuan;
use expr::value::Value;
use language::rules::{Book, last_day};

use crate::compare::Compared;
use crate::reconcile::reconcile;
use crate::{Data, Run, Stopped, settle};

/// What a run was computed of, as it was read.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its rules.
    pub book: Arc<Book>,
    /// Its rows.
    pub data: Data,
}

/// Every change costs a settlement: of more than this, none is tried alone, and the causes stay what can be one.
pub const TRIED_MAX: usize = 24;

/// The cause of lines that no change moves alone.
pub const TOGETHER: &str = "together";

/// Values of parameters, by rule and place.
type Parameters = BTreeMap<(usize, usize), Value>;
/// Amounts by line.
type Nets = BTreeMap<String, Yuan>;

/// Something that differs between two runs, as [`Compared`] names it.
enum Change<'c> {
    Parameter(&'c str),
    Data(&'c str),
    Rules,
}

impl Change<'_> {
    fn cause(&self) -> String {
        match self {
            Change::Parameter(name) => format!("parameter {name}"),
            Change::Data(set) => format!("data {set}"),
            Change::Rules => "rule".to_owned(),
        }
    }
}

/// Gives every line that differs the changes that move it, each made alone.
///
/// # Errors
/// The earlier run cannot be computed any more.
pub fn attribute(before: &Side, after: &Side, year: i16, compared: &mut Compared) -> Result<(), Stopped> {
    let data = compared.data.iter().map(|set| Change::Data(set));
    let parameters = compared.parameters.iter().map(|(name, ..)| Change::Parameter(name));
    let rules = compared.rules.then_some(Change::Rules);
    let changes: Vec<Change<'_>> = parameters.chain(data).chain(rules).collect();
    if changes.len() > TRIED_MAX || compared.lines.is_empty() {
        return Ok(());
    }
    let base = nets(&before.book, before.data.clone(), year, &Parameters::new())?;
    let mut causes: Vec<Vec<String>> = compared.lines.iter().map(|_| Vec::new()).collect();
    for change in &changes {
        // What cannot be done alone, a new column for instance, is no cause by itself.
        let Some(Ok(alone)) = alone(change, before, after, year) else { continue };
        for (line, causes) in compared.lines.iter().zip(&mut causes) {
            if alone.get(&line.line) != base.get(&line.line) {
                causes.push(change.cause());
            }
        }
    }
    for (line, mut causes) in compared.lines.iter_mut().zip(causes) {
        if causes.is_empty() {
            causes.push(TOGETHER.to_owned());
        }
        line.causes = causes;
    }
    Ok(())
}

/// The earlier run with one change; none when it cannot be made there.
fn alone(change: &Change<'_>, before: &Side, after: &Side, year: i16) -> Option<Result<Nets, Stopped>> {
    let (mut data, mut parameters, mut book) = (before.data.clone(), Parameters::new(), &before.book);
    match change {
        Change::Data(set) => put(&mut data, &before.book, after, set)?,
        Change::Parameter(name) => {
            let (at, _) = parameter(&before.book, name, year)?;
            parameters.insert(at, parameter(&after.book, name, year)?.1);
        }
        Change::Rules => {
            book = &after.book;
            data = Data::default();
            for list in &before.book.lists[..before.book.sets] {
                put(&mut data, book, before, &list.name)?;
            }
            parameters = kept(&before.book, book, year);
        }
    }
    Some(nets(book, data, year, &parameters))
}

/// Takes a set from a side over into the data of a book; none when it has other columns there.
fn put(data: &mut Data, book: &Book, from: &Side, set: &str) -> Option<()> {
    let (there, here) = (from.book.list(set)?, book.list(set)?);
    if from.book.lists[there].columns != book.lists[here].columns {
        return None;
    }
    data.lists.insert(here, from.data.lists.get(&there)?.clone());
    Some(())
}

/// Where a parameter stands and what it is in a year: `R1_hedge.upper_rate`.
fn parameter(book: &Book, name: &str, year: i16) -> Option<((usize, usize), Value)> {
    let (rule, name) = name.split_once('.')?;
    let rule = book.rule(rule)?;
    let all = &book.rules[rule].parameters;
    let at = all.iter().position(|parameter| *parameter.name == *name)?;
    Some(((rule, at), all[at].on(last_day(year)).clone()))
}

/// The values of the old rules for parameters that the new ones still have.
fn kept(old: &Book, new: &Book, year: i16) -> Parameters {
    let mut values = Parameters::new();
    for (at, rule) in new.rules.iter().enumerate() {
        for (place, of) in rule.parameters.iter().enumerate() {
            let name = format!("{}.{}", rule.name, of.name);
            values.extend(parameter(old, &name, year).map(|(_, value)| ((at, place), value)));
        }
    }
    values
}

fn nets(book: &Book, mut data: Data, year: i16, parameters: &Parameters) -> Result<Nets, Stopped> {
    reconcile(book, &mut data);
    let outcome = settle(&Run::with_parameters(book, &data, year, parameters))?;
    Ok(outcome.lines.into_iter().map(|line| (line.id, line.net)).collect())
}
