//! Amounts and rates without a unit: `1000` in a column of money may mean yuan or 万元.

use std::ops::Range;

use expr::table::{Domain, Notation, Table};
use rust_decimal::Decimal;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::tree::Node;
use crate::words;

use super::super::desk::Desk;

/// Reports the first number without unit of every column that needs one and has none in its heading.
pub(super) fn check(rules: &Table, rows: &Node, text: &str, desk: &mut Desk<'_>) {
    let signature = rules.signature();
    let inputs = signature.inputs.iter().enumerate().map(|(at, it)| {
        let cells = rules.rows().iter().map(move |row| (&row.questions[at].text, &row.questions[at].span));
        (&it.name, &it.domain, cells.collect::<Vec<_>>())
    });
    let outputs = signature.outputs.iter().enumerate().map(|(at, it)| {
        let cells = rules.rows().iter().map(move |row| (&row.answers[at].text, &row.answers[at].span));
        (&it.name, &it.domain, cells.collect::<Vec<_>>())
    });
    for (name, domain, cells) in inputs.chain(outputs) {
        let Some(least) = least(domain).filter(|_| !heading_has_unit(text, name)) else { continue };
        let bare = cells.iter().find_map(|(cell, span)| Some((bare(cell, least)?, span.start)));
        if let Some((number, start)) = bare {
            let span = rows.locate(desk.sources, start + number.start..start + number.end);
            desk.say(found(desk.sources.slice(span), name, domain, span));
        }
    }
}

fn found(number: &str, name: &str, domain: &Domain, span: crate::span::Span) -> Diagnostic {
    let money = matches!(domain, Domain::Number { notation: Notation::Money, .. });
    let (zh, en) = match money {
        true => (
            format!("写 `{number}元` 或 `{number}万元`，或在列名里写单位：`{name}（万元）`"),
            format!("write `{number}元` or `{number}万元`, or the unit into the heading: `{name}（万元）`"),
        ),
        false => (
            format!("写 `{number}%` 或 `{number}‰`，或在列名里写单位：`{name}（%）`"),
            format!("write `{number}%` or `{number}‰`, or the unit into the heading: `{name}（%）`"),
        ),
    };
    Diagnostic::new(codes::TABLE_NO_UNIT, span, words!("`{number}` 没有单位", "`{number}` has no unit"))
        .advise(crate::words::Words::new(zh, en))
}

/// From which number on a column needs a unit: every amount, and rates that would be 100 % and more.
fn least(domain: &Domain) -> Option<Decimal> {
    match domain {
        Domain::Number { notation: Notation::Money, .. } => Some(Decimal::new(1, 2)),
        Domain::Number { notation: Notation::Percent, .. } => Some(Decimal::ONE),
        _ => None,
    }
}

/// Whether the heading of a column is not only its name.
fn heading_has_unit(text: &str, name: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut headings = first.split('|').map(|cell| cell.trim().trim_start_matches('=').trim());
    !headings.any(|heading| heading == name)
}

/// The first number of a cell that has no unit of its own and is not below `least`.
fn bare(cell: &str, least: Decimal) -> Option<Range<usize>> {
    let mut at = 0;
    while let Some(start) = cell[at..].find(|c: char| c.is_ascii_digit()).map(|found| at + found) {
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let written = cell[start..].find(|c| !digits(c)).map_or(cell.len(), |length| start + length);
        // Two dots belong to a range.
        let end = cell[start..written].find("..").map_or(written, |dots| start + dots);
        let unit =
            cell[end..].trim_start().chars().next().is_some_and(|c| c.is_alphabetic() || "%‰".contains(c));
        let number: Decimal = cell[start..end].parse().unwrap_or_default();
        if !unit && number >= least {
            return Some(start..end);
        }
        at = written;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_unit_is_found_among_those_with_one() {
        for (cell, found) in [
            ("<= 1000万", None),
            ("<= 1000 万元", None),
            ("<= 1000", Some("1000")),
            ("[500万..1000)", Some("1000")),
            ("[5..1000万)", Some("5")),
            ("0", None),
            ("> 0", None),
            ("500.01元, 0.5", Some("0.5")),
        ] {
            let range = bare(cell, Decimal::new(1, 2));
            assert_eq!(range.map(|range| &cell[range]), found, "{cell}");
        }
    }
}
