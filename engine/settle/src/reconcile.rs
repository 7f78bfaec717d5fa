//! Reconciliation: every record an institution reports, held against the platform's own history.
//!
//! Records that do not agree stay out of the base until someone resolves them; each is listed with its amounts.

use std::collections::BTreeMap;

use expr::value::Value;
use language::rules::{Book, Reconcile};
use machine::ids::Name;
use rust_decimal::Decimal;

use crate::gather::Key;
use crate::{Data, Rows};

/// A record that does not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Unresolved {
    /// `amount_differs`, `missing_on_platform`, `missing_at_institution` and so on.
    pub status: Name,
    /// What makes the record: institution and number.
    pub key: Vec<String>,
    /// The line of the institution's file.
    pub line: Option<u32>,
    /// What the institution says.
    pub reported: Option<Decimal>,
    /// What the platform says.
    pub known: Option<Decimal>,
}

/// What a reconciliation came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reconciled {
    /// How many records agree.
    pub matched: usize,
    /// Those that do not.
    pub unresolved: Vec<Unresolved>,
}

/// Holds the reports against the platform's history and takes what does not agree out of the data. Without a history
/// nothing is taken out, and there is nothing to tell. Answers as well what was reported, before anything was taken out.
pub fn reconcile(book: &Book, data: &mut Data) -> Option<(Reconciled, Rows)> {
    let rule = book.reconcile.as_ref()?;
    let known = data.lists.get(&rule.known).filter(|rows| !rows.is_empty())?;
    let reported = data.lists.get(&rule.reported)?;
    let key_of = |rows: &Rows, row: usize, columns: &mut dyn Iterator<Item = usize>| -> Key {
        columns.map(|at| rows.value(row, at)).collect()
    };
    let mut history: BTreeMap<Key, usize> = BTreeMap::new();
    for row in 0..known.len() {
        history.insert(key_of(known, row, &mut rule.on.iter().map(|(_, their)| *their)), row);
    }
    let mut told = Reconciled::default();
    let mut kept = Rows::new(book.lists[rule.reported].columns.iter().map(|column| &column.ty));
    for row in 0..reported.len() {
        let key = key_of(reported, row, &mut rule.on.iter().map(|(our, _)| *our));
        let found = history.remove(&key);
        let differs = match found {
            None => Some(Name::from("missing_on_platform")),
            Some(other) => first_difference(rule, reported, row, known, other),
        };
        match differs {
            None => {
                told.matched += 1;
                let mut values = Vec::new();
                reported.append(row, &mut values);
                kept.push(reported.line(row), values);
            }
            Some(status) => told.unresolved.push(Unresolved {
                status,
                key: key.iter().map(Value::plain).collect(),
                line: Some(reported.line(row)),
                reported: reported.value(row, rule.amount.0).as_number(),
                known: found.and_then(|other| known.value(other, rule.amount.1).as_number()),
            }),
        }
    }
    for (key, row) in history {
        told.unresolved.push(Unresolved {
            status: "missing_at_institution".into(),
            key: key.iter().map(Value::plain).collect(),
            line: None,
            reported: None,
            known: known.value(row, rule.amount.1).as_number(),
        });
    }
    told.unresolved.sort_by(|a, b| (&a.status, &a.key).cmp(&(&b.status, &b.key)));
    let reported = data.lists.insert(rule.reported, kept)?;
    Some((told, reported))
}

fn first_difference(
    rule: &Reconcile,
    reported: &Rows,
    row: usize,
    known: &Rows,
    other: usize,
) -> Option<Name> {
    let differs =
        |(_, our, their): &&(Name, usize, usize)| reported.value(row, *our) != known.value(other, *their);
    rule.compared.iter().find(differs).map(|(name, ..)| name.clone())
}
