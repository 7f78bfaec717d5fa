//! What the examination of a table found, at the rows it speaks of.

use expr::table::{Advice, Finding, Report, Table};

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix};
use crate::span::Span;
use crate::tree::Node;
use crate::words;
use crate::words::Words;

use super::super::desk::Desk;

/// Reports every finding about rules written at a node.
pub(super) fn report(rules: &Table, rows: &Node, report: &Report, desk: &mut Desk<'_>) {
    let page = Page { rules, rows };
    for finding in &report.findings {
        let found = page.diagnosed(finding, desk);
        desk.say(found);
    }
    if let Some(words) = report.stopped() {
        desk.say(Diagnostic::new(codes::TABLE_UNFINISHED, rows.span.first(), own(&words)));
    }
}

/// A table and where it is written.
struct Page<'p> {
    rules: &'p Table,
    rows: &'p Node,
}

impl Page<'_> {
    fn row(&self, at: usize, desk: &Desk<'_>) -> Span {
        self.rows.locate(desk.sources, self.rules.rows()[at].span.clone())
    }

    fn cell(&self, row: usize, input: usize, desk: &Desk<'_>) -> Span {
        self.rows.locate(desk.sources, self.rules.rows()[row].questions[input].span.clone())
    }

    fn diagnosed(&self, finding: &Finding, desk: &Desk<'_>) -> Diagnostic {
        let found = |code: Code, span| Diagnostic::new(code, span, own(&finding.what(self.rules)));
        let cure = own(&finding.cure(self.rules));
        match finding {
            Finding::Gap { advice, .. } => self.gap(advice, found, desk).advise(cure),
            Finding::Overlap { first, second, .. } => found(codes::TABLE_OVERLAP, self.row(*second, desk))
                .also(self.row(*first, desk), words!("第 {} 行", "row {}", first + 1))
                .advise(cure),
            Finding::Shadowed { row, by } => {
                let own = found(codes::TABLE_SHADOWED_ROW, self.row(*row, desk)).advise(cure);
                by.iter().fold(own, |found, by| {
                    found.also(self.row(*by, desk), words!("第 {} 行先占了", "row {} takes it", by + 1))
                })
            }
            Finding::Unreachable { row, input } => {
                found(codes::TABLE_UNREACHABLE_ROW, self.cell(*row, *input, desk)).advise(cure)
            }
            Finding::Unsorted { row } => {
                found(codes::TABLE_UNSORTED_TIERS, self.row(*row, desk)).advise(cure)
            }
        }
    }

    /// A gap is shown at the cells whose bound could close it, otherwise at the last row. Which of two
    /// neighbouring rows a bound belongs to is for the policy to say; a fix is offered when there is one cell.
    fn gap(
        &self,
        advice: &[Advice],
        found: impl Fn(Code, Span) -> Diagnostic,
        desk: &Desk<'_>,
    ) -> Diagnostic {
        let cells: Vec<(Span, &str)> = advice
            .iter()
            .filter_map(|advice| match advice {
                Advice::Write { row, input, cell } => Some((self.cell(*row, *input, desk), cell.as_str())),
                Advice::AddRow { .. } => None,
            })
            .collect();
        let last = self.rules.rows().len().saturating_sub(1);
        match cells.as_slice() {
            [] => found(codes::TABLE_GAP, self.row(last, desk))
                .label(words!("在这一行后面补上", "add a row behind this one")),
            [(span, cell)] => found(codes::TABLE_GAP, *span)
                .label(words!("这里不含界限本身", "this leaves the bound out"))
                .fix(Fix::possible(words!("改成 `{cell}`", "write `{cell}`")).replace(*span, *cell)),
            [(span, _), others @ ..] => {
                let own = found(codes::TABLE_GAP, *span).label(words!("改这里", "change this"));
                others.iter().fold(own, |found, (span, _)| found.also(*span, words!("或改这里", "or this")))
            }
        }
    }
}

fn own(words: &expr::table::Words) -> Words {
    Words::new(words.zh.clone(), words.en.clone())
}
