//! A run: rows streamed through the lists of a book. Only groups, rankings and totals are kept; rows are not.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use expr::value::Value;
use language::rules::{Book, Carry, Form, List, Made, Rows as Over, Step, Total};

use crate::Stopped;
use crate::data::Data;
use crate::frame::Fixed;
use crate::gather::{Gathered, Index, Key, Ordered, Steps, pick};
use crate::rank;
use crate::row::{self, Ready};

/// A row on its way: its columns and where its first list has it.
pub type Each<'e> = dyn FnMut(&mut Vec<Value>, usize) -> Result<(), Stopped> + 'e;

/// A row with the step it was computed by, unless it was given.
pub type EachComputed<'e> = dyn FnMut(Option<&Step>, &mut Vec<Value>, usize) -> Result<(), Stopped> + 'e;

/// A total over the rows of its own list: what agrees, and the order.
type OwnTotal<'s> = (&'s Total, &'s [usize], Option<&'s [usize]>);

/// A book at work on the data of a year.
pub struct Run<'b> {
    /// The rules.
    pub book: &'b Book,
    /// What was read.
    pub data: &'b Data,
    fixed: Vec<Fixed<'b>>,
    prepared: Vec<OnceCell<Prepared>>,
}

/// What is known of a step before its rows are asked for.
struct Prepared {
    ready: Vec<Ready>,
    /// The rows of a group or a ranking, before any is left out.
    rows: Option<Vec<Vec<Value>>>,
}

impl<'b> Run<'b> {
    /// A book at work.
    pub fn new(book: &'b Book, data: &'b Data, year: i16) -> Run<'b> {
        let fixed = book.rules.iter().map(|rule| Fixed::new(rule, year)).collect();
        Run::with(book, data, fixed)
    }

    /// The same with other values of parameters, by rule and name.
    pub fn with_parameters(
        book: &'b Book,
        data: &'b Data,
        year: i16,
        values: &BTreeMap<(usize, usize), Value>,
    ) -> Run<'b> {
        let mut fixed: Vec<Fixed<'b>> = book.rules.iter().map(|rule| Fixed::new(rule, year)).collect();
        for ((rule, parameter), value) in values {
            fixed[*rule].values[language::rules::YEAR_VARIABLES.len() + parameter] = value.clone();
        }
        Run::with(book, data, fixed)
    }

    fn with(book: &'b Book, data: &'b Data, fixed: Vec<Fixed<'b>>) -> Run<'b> {
        let prepared = book.lists.iter().map(|_| OnceCell::new()).collect();
        Run { book, data, fixed, prepared }
    }

    /// What is the same for every row of a rule.
    pub fn fixed(&self, rule: usize) -> &Fixed<'b> {
        &self.fixed[rule]
    }

    /// Every row of a list that counts.
    ///
    /// # Errors
    /// A rule that cannot be computed.
    pub fn each(&self, list: usize, f: &mut Each<'_>) -> Result<(), Stopped> {
        self.computed(list, &mut |step, row, at| match step {
            Some(step) if !self.stays(list, step, row)? => Ok(()),
            _ => f(row, at),
        })
    }

    /// The rows of a list.
    ///
    /// # Errors
    /// A rule that cannot be computed.
    pub fn rows(&self, list: usize) -> Result<Vec<Vec<Value>>, Stopped> {
        let mut rows = Vec::new();
        self.each(list, &mut |row, _| {
            rows.push(row.clone());
            Ok(())
        })?;
        Ok(rows)
    }

    /// Every row of a list, those that are left out included, with its step unless its rows were given.
    ///
    /// # Errors
    /// A rule that cannot be computed.
    pub fn computed(&self, list: usize, f: &mut EachComputed<'_>) -> Result<(), Stopped> {
        if let Some(rows) = self.data.lists.get(&list) {
            let mut row = Vec::new();
            for at in 0..rows.len() {
                row.clear();
                rows.append(at, &mut row);
                f(None, &mut row, at)?;
            }
            return Ok(());
        }
        let here: &List = &self.book.lists[list];
        let Made::Step(step) = &here.made else { return Ok(()) };
        let prepared = self.prepared(list, step).map_err(|error| error.at(&here.place))?;
        if let Some(rows) = &prepared.rows {
            for (at, row) in rows.iter().enumerate() {
                f(Some(step), &mut row.clone(), at)?;
            }
            return Ok(());
        }
        let width = self.book.lists[step.from].columns.len();
        self.each(step.from, &mut |row, at| {
            let filled = self.fill(list, step, &prepared.ready, row, step.columns.len());
            filled.and_then(|()| f(Some(step), row, at)).map_err(|error| error.at(&here.place))?;
            row.truncate(width);
            Ok(())
        })
    }

    /// Whether a row of a step counts.
    fn stays(&self, list: usize, step: &Step, row: &[Value]) -> Result<bool, Stopped> {
        let fixed = self.fixed_of(list);
        let place = &self.book.lists[list].place;
        for coded in &step.exclude {
            if fixed.holds(&coded.when, row).map_err(|error| error.at(place))? {
                return Ok(false);
            }
        }
        match &step.keep {
            Some(keep) => fixed.holds(keep, row).map_err(|error| error.at(place)),
            None => Ok(true),
        }
    }

    /// What formulas of a list read besides its rows. Input sets have none.
    pub fn fixed_of(&self, list: usize) -> &Fixed<'b> {
        &self.fixed[self.book.lists[list].rule.unwrap_or(0)]
    }

    /// The first computed columns of a row.
    fn fill(
        &self,
        list: usize,
        step: &Step,
        ready: &[Ready],
        row: &mut Vec<Value>,
        until: usize,
    ) -> Result<(), Stopped> {
        let fixed = self.fixed_of(list);
        for (column, ready) in step.columns.iter().zip(ready).take(until) {
            let value =
                row::value(&column.form, ready, fixed, row).map_err(|error| error.at(&column.place))?;
            row.push(value);
        }
        Ok(())
    }

    fn prepared(&self, list: usize, step: &Step) -> Result<&Prepared, Stopped> {
        if let Some(found) = self.prepared[list].get() {
            return Ok(found);
        }
        let made = self.prepare(list, step)?;
        Ok(self.prepared[list].get_or_init(|| made))
    }

    fn prepare(&self, list: usize, step: &Step) -> Result<Prepared, Stopped> {
        let mut ready: Vec<Ready> = Vec::with_capacity(step.columns.len());
        while ready.len() < step.columns.len() {
            match &step.columns[ready.len()].form {
                Form::Total(total) => match &total.rows {
                    Over::Group => ready.push(Ready::Row),
                    Over::Own { .. } => self.own(list, step, &mut ready)?,
                    Over::Other { list: other, on } => {
                        let index = self.other(list, total, *other, on)?;
                        ready.push(Ready::Index(index));
                    }
                },
                Form::Carry(carry) => ready.push(Ready::Left(self.left(list, carry)?)),
                _ => ready.push(Ready::Row),
            }
        }
        let mut rows = match &step.group {
            Some(keys) => Some(self.groups(list, step, keys, &ready)?),
            None if step.rank.is_some() => {
                let mut rows = Vec::new();
                self.each(step.from, &mut |row, _| {
                    let width = row.len();
                    self.fill(list, step, &ready, row, step.columns.len())?;
                    rows.push(row.clone());
                    row.truncate(width);
                    Ok(())
                })?;
                rows.sort();
                Some(rows)
            }
            None => None,
        };
        if let (Some(rule), Some(rows)) = (&step.rank, &mut rows) {
            rank::rank(rule, &self.book.lists[list].columns, self.fixed_of(list), rows)?;
        }
        Ok(Prepared { ready, rows })
    }

    /// One pass for the totals that follow each other and do not read one another.
    fn own(&self, list: usize, step: &Step, ready: &mut Vec<Ready>) -> Result<(), Stopped> {
        let first = ready.len();
        let width = self.book.lists[step.from].columns.len();
        let known = self.fixed_of(list).values.len() + width + first;
        let mut totals: Vec<OwnTotal<'_>> = Vec::new();
        for column in &step.columns[first..] {
            let Form::Total(total) = &column.form else { break };
            let Over::Own { per, before } = &total.rows else { break };
            let reads = [&total.value, &total.keep].into_iter().flatten().flat_map(|it| it.reads());
            let apart = reads.map(|read| read.slot.0 as usize).all(|slot| slot < known)
                && per.iter().chain(before.iter().flatten()).all(|at| *at < width + first);
            if !apart && !totals.is_empty() {
                break;
            }
            totals.push((total, per, before.as_deref()));
        }
        let mut whole: Vec<BTreeMap<Key, Gathered>> = totals.iter().map(|_| BTreeMap::new()).collect();
        let mut ordered: Vec<Ordered> = totals.iter().map(|_| BTreeMap::new()).collect();
        let fixed = self.fixed_of(list);
        self.each(step.from, &mut |row, _| {
            let before_it = row.len();
            self.fill(list, step, ready, row, first)?;
            for (at, (total, per, before)) in totals.iter().enumerate() {
                let key = pick(row, per.iter().copied());
                let gathered = match before {
                    None => whole[at].entry(key).or_insert_with(|| Gathered::new(total.gather)),
                    Some(order) => ordered[at]
                        .entry((key, pick(row, order.iter().copied())))
                        .or_insert_with(|| Gathered::new(total.gather)),
                };
                gathered.take(total, fixed, row)?;
            }
            row.truncate(before_it);
            Ok(())
        })?;
        for ((_, _, before), (whole, ordered)) in totals.iter().zip(whole.into_iter().zip(ordered)) {
            let index = match before {
                None => {
                    Index::Whole(whole.into_iter().filter_map(|(key, it)| Some((key, it.value()?))).collect())
                }
                Some(_) => earlier(ordered)?,
            };
            ready.push(Ready::Index(index));
        }
        Ok(())
    }

    fn other(
        &self,
        list: usize,
        total: &Total,
        other: usize,
        on: &[(usize, usize)],
    ) -> Result<Index, Stopped> {
        let fixed = self.fixed_of(list);
        let mut all: BTreeMap<Key, Gathered> = BTreeMap::new();
        self.each(other, &mut |row, _| {
            let key = pick(row, on.iter().map(|(their, _)| *their));
            all.entry(key).or_insert_with(|| Gathered::new(total.gather)).take(total, fixed, row)
        })?;
        Ok(Index::Whole(all.into_iter().filter_map(|(key, it)| Some((key, it.value()?))).collect()))
    }

    fn left(&self, list: usize, carry: &Carry) -> Result<row::Left, Stopped> {
        let fixed = self.fixed_of(list);
        let mut all = row::Left::new();
        self.each(carry.list, &mut |row, _| {
            let key = pick(row, carry.on.iter().map(|(their, _)| *their));
            let year = fixed.number(&carry.year, row)?.unwrap_or_default();
            let amount = fixed.number(&carry.amount, row)?.unwrap_or_default();
            all.entry(key).or_default().push((year, amount));
            Ok(())
        })?;
        all.values_mut().for_each(|grants| grants.sort());
        Ok(all)
    }

    fn groups(
        &self,
        list: usize,
        step: &Step,
        keys: &[usize],
        ready: &[Ready],
    ) -> Result<Vec<Vec<Value>>, Stopped> {
        let fixed = self.fixed_of(list);
        let of_group = |form: &Form| matches!(form, Form::Total(total) if total.rows == Over::Group);
        let totals: Vec<&Total> = step
            .columns
            .iter()
            .filter_map(|column| match &column.form {
                Form::Total(total) if total.rows == Over::Group => Some(total),
                _ => None,
            })
            .collect();
        let mut groups: BTreeMap<Key, Vec<Gathered>> = BTreeMap::new();
        self.each(step.from, &mut |row, _| {
            let new = || totals.iter().map(|total| Gathered::new(total.gather)).collect();
            let group = groups.entry(pick(row, keys.iter().copied())).or_insert_with(new);
            group.iter_mut().zip(&totals).try_for_each(|(gathered, total)| gathered.take(total, fixed, row))
        })?;
        let mut rows = Vec::with_capacity(groups.len());
        for (key, gathered) in groups {
            let mut row = key.into_vec();
            let mut gathered = gathered.iter();
            for (column, ready) in step.columns.iter().zip(ready) {
                let value = match &column.form {
                    Form::Total(total) if of_group(&column.form) => {
                        let found = gathered.next().and_then(Gathered::value);
                        match (found, &total.otherwise) {
                            (Some(found), _) => found,
                            (None, Some(otherwise)) => fixed.eval(otherwise, &row)?,
                            (None, None) => Gathered::of_nothing(total.gather).unwrap_or_default(),
                        }
                    }
                    form => row::value(form, ready, fixed, &row).map_err(|error| error.at(&column.place))?,
                };
                row.push(value);
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// Running sums in the order of each group.
fn earlier(ordered: Ordered) -> Result<Index, Stopped> {
    let mut all: BTreeMap<Key, Steps> = BTreeMap::new();
    for ((key, order), gathered) in ordered {
        let own = gathered.value().and_then(|value| value.as_number()).unwrap_or_default();
        let steps = all.entry(key).or_default();
        let before = steps.last().and_then(|(_, value)| value.as_number()).unwrap_or_default();
        let sum = before.checked_add(own).ok_or_else(crate::stopped::too_large)?;
        steps.push((order, Value::Number(sum)));
    }
    Ok(Index::Earlier(all))
}
