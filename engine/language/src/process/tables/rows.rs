//! The rows of a table: one text, or one from each day on; every mistake at its place in the file.

use expr::table::{Budget, Kind, Problem, Signature, Table, analyse};
use jiff::civil::Date;
use machine::definition::Parameter;
use machine::ids::{Name, ParameterIx};
use machine::table::DatedTable;

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix};
use crate::span::Span;
use crate::tree::{Node, Style};
use crate::words;
use crate::words::Words;

use super::super::desk::Desk;
use super::super::literal;
use super::super::map::Thing;
use super::super::outline::{Declared, narrow};
use super::super::pick;
use super::{findings, keep, units};

/// A table while its rows are read.
pub(super) struct Reading<'r, 't> {
    pub declared: &'r Declared<'t>,
    pub signature: &'r Signature,
    pub effective: Option<Date>,
    /// The parameters, which cells cannot read.
    pub known: &'r [Parameter],
}

/// Rows with the day they hold from.
struct Written<'t> {
    from: Date,
    /// Where the day is written.
    day: Option<Span>,
    basis: Option<Name>,
    rows: &'t Node,
}

impl<'t> Reading<'_, 't> {
    /// Every version, read and examined; those with mistakes are left out.
    pub fn versions(&self, work: &mut Budget, desk: &mut Desk<'_>) -> Vec<DatedTable> {
        let written = self.written(desk);
        self.check_start(written.first(), desk);
        let mut versions = Vec::new();
        for Written { from, basis, rows, .. } in written {
            keep(self.declared, self.signature.hit, from, rows, desk);
            if let Some(rules) = self.rules(rows, work, desk) {
                versions.push(DatedTable { from, basis, rules });
            }
        }
        versions
    }

    fn written(&self, desk: &mut Desk<'_>) -> Vec<Written<'t>> {
        let node = self.declared.node;
        let basis = pick::name(node, "basis");
        let (rows, dated) = (node.get("rows"), node.get("rows_from"));
        let found = match (rows, dated) {
            (Some(rows), None) => {
                let from = self.effective.unwrap_or(Date::MIN);
                return vec![Written { from, day: None, basis, rows }];
            }
            (None, Some(_)) if !pick::entries(node, "rows_from").is_empty() => {
                return self.dated(basis.as_ref(), desk);
            }
            (None, _) => Diagnostic::new(
                codes::TABLE_ROWS,
                self.declared.span,
                words!("表里没有写各行", "the table has no rows"),
            )
            .advise(words!(
                "写 `rows: |`，下面是 Markdown 表格",
                "write `rows: |` and a Markdown table below"
            )),
            (Some(rows), Some(dated)) => Diagnostic::new(
                codes::TABLE_ROWS,
                dated.span.first(),
                words!("`rows` 和 `rows_from` 只能写一个", "`rows` and `rows_from` exclude each other"),
            )
            .also(rows.span.first(), words!("另一处在这里", "the other one")),
        };
        desk.say(found);
        Vec::new()
    }

    fn dated(&self, basis: Option<&Name>, desk: &mut Desk<'_>) -> Vec<Written<'t>> {
        let mut all: Vec<Written<'t>> = Vec::new();
        for (key, node) in pick::entries(self.declared.node, "rows_from") {
            let Some(from) = literal::date(key.span, &key.text, desk) else { continue };
            let rows = node.get("rows").unwrap_or(node);
            if let Some(last) = all.last().filter(|last| last.from >= from) {
                let before = last.from;
                let found = Diagnostic::new(
                    codes::DATES_UNORDERED,
                    key.span,
                    words!("日期 {from} 应写在 {before} 之前", "{from} belongs before {before}"),
                );
                desk.say(
                    found
                        .advise(words!("按日期从早到晚写", "write the versions in the order of their dates")),
                );
                continue;
            }
            let basis = pick::name(node, "basis").or_else(|| basis.cloned());
            all.push(Written { from, day: Some(key.span), basis, rows });
        }
        all
    }

    /// Reports a table that has no rows yet on the day the process takes effect.
    fn check_start(&self, first: Option<&Written<'_>>, desk: &mut Desk<'_>) {
        let (Some(effective), Some(Written { from, day: Some(day), .. })) = (self.effective, first) else {
            return;
        };
        if *from > effective {
            let name = &self.declared.name;
            desk.say(
                Diagnostic::new(
                    codes::NO_VALUE_YET,
                    *day,
                    words!(
                        "表 `{name}` 在流程生效日 {effective} 还没有行",
                        "the table `{name}` has no rows yet on {effective}, when the process takes effect"
                    ),
                )
                .advise(words!("补一版不晚于 {effective} 的行", "add rows from {effective} or earlier")),
            );
        }
    }

    fn rules(&self, rows: &Node, work: &mut Budget, desk: &mut Desk<'_>) -> Option<Table> {
        let text = rows.as_text()?;
        let rules = match Table::read(text, self.signature.clone()) {
            Ok(rules) => rules,
            Err(problems) => {
                problems.iter().for_each(|problem| self.report(rows, text, problem, desk));
                return None;
            }
        };
        let report = analyse(&rules, *work);
        work.work = work.work.saturating_sub(report.work);
        findings::report(&rules, rows, &report, desk);
        units::check(&rules, rows, text, desk);
        Some(rules)
    }

    fn report(&self, rows: &Node, text: &str, problem: &Problem, desk: &mut Desk<'_>) {
        let span = rows.locate(desk.sources, problem.span.clone());
        let read = matches!(problem.kind, Kind::WrongKind | Kind::UnknownChoice | Kind::Syntax | Kind::Unit);
        let cell = text.get(problem.span.clone()).unwrap_or_default();
        if let Some(found) = self.parameter_in(cell, span, desk).filter(|_| read) {
            return desk.say(found);
        }
        let words = Words::new(problem.words.zh.clone(), problem.words.en.clone());
        let fix =
            problem.fix.as_ref().filter(|_| is_block(rows)).map(|text| {
                Fix::certain(words!("改成 `{text}`", "write `{text}`")).replace(span, text.clone())
            });
        desk.say(Diagnostic::new(code(problem.kind), span, words).maybe_fix(fix));
    }

    /// A cell that reads a parameter: rows hold plain values, dated as a whole.
    fn parameter_in(&self, cell: &str, span: Span, desk: &Desk<'_>) -> Option<Diagnostic> {
        let mut words = cell.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let at = words.find_map(|word| self.known.iter().position(|parameter| *parameter.name == *word))?;
        let name = &self.known[at].name;
        let found = Diagnostic::new(
            codes::TABLE_PARAMETER,
            span,
            words!("单元格里不能用参数 `{name}`", "a cell cannot read the parameter `{name}`"),
        )
        .advise(words!(
            "把数直接写进表里；以后变了，用 `rows_from` 另写一版",
            "write the number into the table; when it changes, add a version under `rows_from`"
        ));
        Some(match desk.map.span(Thing::Parameter(ParameterIx(narrow(at)))) {
            Some(place) => found.also(place, words!("参数在这里", "the parameter")),
            None => found,
        })
    }
}

/// Whether a replacement can be put into the text as it is: always in a block.
fn is_block(rows: &Node) -> bool {
    rows.as_scalar().is_some_and(|scalar| scalar.style == Style::Block)
}

fn code(kind: Kind) -> Code {
    match kind {
        Kind::Shape => codes::TABLE_SHAPE,
        Kind::CellCount => codes::TABLE_CELL_COUNT,
        Kind::Heading => codes::TABLE_HEADING,
        Kind::Unit => codes::TABLE_UNIT,
        Kind::Empty => codes::TABLE_EMPTY_CELL,
        Kind::WordForOperator => codes::TABLE_WORD_FOR_OPERATOR,
        Kind::FullWidth => codes::TABLE_FULL_WIDTH,
        Kind::Syntax => codes::TABLE_SYNTAX,
        Kind::WrongKind => codes::TABLE_WRONG_KIND,
        Kind::UnknownChoice => codes::TABLE_UNKNOWN_CHOICE,
        Kind::EmptyRange => codes::TABLE_EMPTY_RANGE,
        Kind::OutOfRange => codes::TABLE_OUT_OF_RANGE,
        Kind::TooMany => codes::TABLE_TOO_MANY,
    }
}
