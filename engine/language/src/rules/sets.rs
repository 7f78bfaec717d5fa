//! Input sets: which files are read, their columns, and what is asked of every cell.

use expr::formula::{Mode, Scope, compile_unary};
use expr::value::Type;
use machine::ids::Name;

use crate::process::desk::unknown;
use crate::process::formulas::report_formula;
use crate::process::outline::{Declared, declared};
use crate::process::parameters;
use crate::process::{Desk, Sort, literal, names, pick};
use crate::span::Span;
use crate::tree::Node;

use super::{Cell, Column, InputSet, List, Made, Reconcile, book};

/// Reads every input set; they are the first lists.
pub(super) fn read(root: &Node, file: &str, lists: &mut Vec<List>, desk: &mut Desk<'_>) {
    let sets = declared(root, "inputs");
    for it in &sets {
        let list = set(it, file, desk);
        lists.push(list);
    }
    let mut among = Vec::new();
    for (at, it) in sets.iter().enumerate() {
        for (column, (_, node)) in pick::entries(it.node, "columns").iter().enumerate() {
            if let Some((text, span)) = pick::text(node, "among") {
                among.push((at, column, place_of(text, span, lists, desk)));
            }
        }
    }
    for (at, column, found) in among {
        if let Made::Input(set) = &mut lists[at].made {
            set.cells[column].among = found;
        }
    }
}

fn set(it: &Declared<'_>, file: &str, desk: &mut Desk<'_>) -> List {
    names::check_ascii(Sort::List, &it.name, it.span, desk);
    let (mut columns, mut cells) = (Vec::new(), Vec::new());
    for column in declared(it.node, "columns") {
        names::check_word(Sort::ListColumn, &column.name, column.span, desk);
        let (ty, cell) = cell(&column, desk);
        columns.push(Column { name: column.name.clone(), title: pick::title(column.node, &column.name), ty });
        cells.push(cell);
    }
    let key = pick::many(it.node, "key").iter().filter_map(|node| {
        let known = columns.iter().map(|column| &*column.name);
        desk.find(Sort::ListColumn, node.as_text()?, node.span, known)
    });
    let key = key.collect();
    List {
        title: pick::title(it.node, &it.name),
        name: it.name.clone(),
        basis: None,
        rule: None,
        columns,
        made: Made::Input(InputSet { optional: pick::flag(it.node, "optional"), key, cells }),
        span: it.span,
        place: book::place(file, it.span, desk),
    }
}

fn cell(column: &Declared<'_>, desk: &mut Desk<'_>) -> (Type, Cell) {
    let node = column.node;
    let word = node.as_text().or_else(|| pick::text(node, "type").map(|(word, _)| word)).unwrap_or_default();
    let uscc = word == "uscc";
    let plain = if uscc { Type::Text } else { parameters::type_named(word, node) };
    let optional = pick::flag(node, "optional");
    let range = pick::text(node, "range").and_then(|(text, _)| {
        match compile_unary(text, &plain, &Scope::new(), Mode::Policy) {
            Ok(tests) => Some(tests),
            Err(errors) => {
                let written = node.get("range").unwrap_or(node);
                errors.iter().for_each(|error| report_formula(written, error, desk));
                None
            }
        }
    });
    let plausible_from = node
        .get("plausible_from")
        .and_then(|written| literal::value(written, &plain, desk))
        .and_then(|value| value.as_number());
    let ty = if optional { plain.nullable() } else { plain };
    let in_year = pick::flag(node, "in_year");
    (ty, Cell { optional, uscc, in_year, range, plausible_from, among: None })
}

/// The list and column of `institutions.institution`.
fn place_of(text: &str, span: Span, lists: &[List], desk: &mut Desk<'_>) -> Option<(usize, usize)> {
    let (set, column) = text.split_once('.').unwrap_or((text, ""));
    let at = desk.find(Sort::List, set, span, lists.iter().map(|list| &*list.name))?;
    let known = lists[at].columns.iter().map(|column| &*column.name);
    let column = desk.find(Sort::ListColumn, column, span, known)?;
    Some((at, column))
}

/// What is held against the platform's own history.
pub(super) fn reconcile(root: &Node, lists: &[List], desk: &mut Desk<'_>) -> Option<Reconcile> {
    let node = root.get("reconcile")?;
    let mut list = |key: &str| {
        let (text, span) = pick::text(node, key)?;
        let known = lists.iter().filter(|list| list.rule.is_none()).map(|list| &*list.name);
        desk.find(Sort::List, text, span, known)
    };
    let (reported, known) = (list("reported")?, list("known")?);
    let mut both = |text: &str, span: Span| {
        let find = |at: usize| lists[at].column(text);
        let found = find(reported).zip(find(known));
        if found.is_none() {
            let names = lists[known].columns.iter().map(|column| &*column.name);
            desk.say(unknown(Sort::ListColumn, text, span, names));
        }
        found
    };
    let on = pick::many(node, "on").iter().map(|it| both(it.as_text()?, it.span)).collect::<Option<_>>()?;
    let (text, span) = pick::text(node, "amount")?;
    let amount = both(text, span)?;
    let mut compared = Vec::new();
    for (key, it) in pick::entries(node, "compare") {
        let (ours, theirs) = both(it.as_text()?, it.span)?;
        compared.push((Name::from(key.text.as_str()), ours, theirs));
    }
    Some(Reconcile { reported, known, on, compared, amount })
}
