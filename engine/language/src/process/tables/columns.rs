//! The columns of a table: names, types, and what each can be.

use expr::formula::{Interval as Tests, Mode, Scope, compile_unary};
use expr::table::{Collect, Domain, End, Hit, Input, Interval, Notation, Output, Point, Signature};
use expr::value::{Bound, Type};
use machine::ids::{Bilingual, Name};
use machine::table::DatedTable;
use rust_decimal::Decimal;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::tree::Node;
use crate::words;
use crate::words::Words;

use super::super::desk::{Desk, Sort};
use super::super::formulas::report_formula;
use super::super::names;
use super::super::outline::{Declared, declared};
use super::super::parameters;
use super::super::pick;

/// The columns of one table.
pub(super) struct Columns {
    inputs: Vec<Column>,
    outputs: Vec<Column>,
}

struct Column {
    name: Name,
    title: Bilingual,
    ty: Type,
    domain: Domain,
    optional: bool,
}

/// On which side of a table a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

impl Columns {
    pub fn read(table: &Declared<'_>, desk: &mut Desk<'_>) -> Columns {
        let mut side = |key, side| -> Vec<Column> {
            declared(table.node, key).iter().map(|column| Column::read(column, side, desk)).collect()
        };
        Columns { inputs: side("inputs", Side::Input), outputs: side("outputs", Side::Output) }
    }

    pub fn signature(&self, hit: Hit) -> Signature {
        let input = |it: &Column| Input {
            name: it.name.to_string(),
            domain: it.domain.clone(),
            optional: it.optional,
        };
        Signature {
            inputs: self.inputs.iter().map(input).collect(),
            outputs: self
                .outputs
                .iter()
                .map(|it| Output::new(it.name.to_string(), it.domain.clone()))
                .collect(),
            hit,
        }
    }

    pub fn input_titles(&self) -> Vec<Bilingual> {
        self.inputs.iter().map(|it| it.title.clone()).collect()
    }

    /// The types of the arguments.
    pub fn takes(&self) -> Vec<Type> {
        let seen = |it: &Column| if it.optional { it.ty.clone().nullable() } else { it.ty.clone() };
        self.inputs.iter().map(seen).collect()
    }

    /// The type of the answer; null is possible where a row says so.
    pub fn gives(&self, hit: Hit, versions: &[DatedTable]) -> Type {
        let of = |at: usize| {
            let rows = versions.iter().flat_map(|version| version.rules.rows());
            let missing = rows.map(|row| &row.answers[at].literal).any(|it| *it == Some(Point::Missing));
            let ty = self.outputs[at].ty.clone();
            if missing { ty.nullable() } else { ty }
        };
        let row = match self.outputs.len() {
            0 => Type::Any,
            1 => of(0),
            several => Type::context((0..several).map(|at| (self.outputs[at].name.to_string(), of(at)))),
        };
        match hit {
            Hit::Collect(Collect::List) => Type::list(row),
            Hit::Collect(Collect::Count) => Type::Integer,
            Hit::Collect(Collect::Sum) => row.known().clone(),
            Hit::Collect(Collect::Min | Collect::Max) => row.nullable(),
            Hit::Unique | Hit::First | Hit::Any | Hit::Priority => row,
        }
    }
}

impl Column {
    fn read(declared: &Declared<'_>, side: Side, desk: &mut Desk<'_>) -> Column {
        names::check_word(Sort::Column, &declared.name, declared.span, desk);
        let node = declared.node;
        let ty = match node.as_text() {
            Some(word) => parameters::type_named(word, node),
            None => parameters::type_of(node),
        };
        if matches!(&ty, Type::Choice(of) if of.is_empty()) {
            let name = &declared.name;
            let found = Diagnostic::new(
                codes::NO_CHOICES,
                declared.span,
                words!("列 `{name}` 没有写选项", "the column `{name}` has no choices"),
            );
            desk.say(found.advise(words!("写 `of: [甲, 乙]`", "write `of: [one, two]`")));
        }
        let domain = domain(&ty, side);
        let domain = match node.get("domain") {
            Some(written) => limited(written, &ty, domain, desk),
            None => {
                check_domain(declared, &ty, side, desk);
                domain
            }
        };
        let title = pick::title(node, &declared.name);
        let optional = pick::flag(node, "optional");
        Column { name: declared.name.clone(), title, ty, domain, optional }
    }
}

/// What a column of a type can be when nothing else is said.
fn domain(ty: &Type, side: Side) -> Domain {
    match ty {
        Type::Integer => Domain::integer(Interval::default()),
        Type::Money if side == Side::Input => Domain::money(),
        // An answer may be an amount to pay back.
        Type::Money => Domain::money().within(Interval::default()),
        Type::Rate => Domain::rate(),
        Type::Bool => Domain::Bool,
        Type::Date => Domain::date(),
        Type::Text => Domain::Text,
        Type::Choice(of) => Domain::Choice(of.iter().map(|word| word.to_string()).collect()),
        // Another type is reported by the shape.
        _ => Domain::Number { range: Interval::default(), step: None, notation: Notation::Plain },
    }
}

/// Gaps are looked for within the domain; numbers without one reach from minus to plus infinity.
fn check_domain(declared: &Declared<'_>, ty: &Type, side: Side, desk: &mut Desk<'_>) {
    if side == Side::Output || !matches!(ty, Type::Integer | Type::Number | Type::Rate) {
        return;
    }
    let name = &declared.name;
    desk.say(
        Diagnostic::new(
            codes::TABLE_NO_DOMAIN,
            declared.span,
            words!(
                "列 `{name}` 没有写取值范围，会按所有的数（包括负数）检查空档",
                "the column `{name}` has no domain: gaps are looked for among all numbers, below zero too"
            ),
        )
        .advise(words!("例：domain: \"[0..1000]\"", "example: domain: \"[0..1000]\"")),
    );
}

/// The domain narrowed to what is written.
fn limited(written: &Node, ty: &Type, domain: Domain, desk: &mut Desk<'_>) -> Domain {
    let Some(text) = written.as_text() else { return domain };
    if domain.order().is_none() {
        let cure = words!("选项写在 `of` 里", "choices are listed under `of`");
        return bad_domain(
            written,
            words!("只有数字和日期有范围", "only numbers and dates have a domain"),
            cure,
            domain,
            desk,
        );
    }
    let tests = match compile_unary(text, ty, &Scope::new(), Mode::Policy) {
        Ok(tests) => tests,
        Err(errors) => {
            errors.iter().for_each(|error| report_formula(written, error, desk));
            return domain;
        }
    };
    let intervals = tests.as_intervals().unwrap_or_default();
    let range = match intervals.as_slice() {
        [one] => interval(one),
        _ => None,
    };
    match range {
        Some(range) => domain.within(range),
        None => {
            let cure = words!("例：\"[0..1000]\"、\"> 0\"", "examples: \"[0..1000]\", \"> 0\"");
            bad_domain(
                written,
                words!("`{text}` 不是一段范围", "`{text}` is not one range"),
                cure,
                domain,
                desk,
            )
        }
    }
}

fn bad_domain(written: &Node, what: Words, cure: Words, domain: Domain, desk: &mut Desk<'_>) -> Domain {
    desk.say(Diagnostic::new(codes::TABLE_DOMAIN, written.span, what).advise(cure));
    domain
}

/// A range of the formula language as one of tables; none when it is of something else, or beyond 10^18.
fn interval(tests: &Tests) -> Option<Interval> {
    let range = Interval { low: end(&tests.low)?, high: end(&tests.high)? };
    (!range.is_empty()).then_some(range)
}

fn end(bound: &Bound) -> Option<Option<End>> {
    let Some(value) = bound.value() else { return Some(None) };
    let at = Point::try_from(value).ok()?.ordinal()?;
    let magnitude_max = Decimal::from(1_000_000_000_000_000_000_i64);
    (at.abs() <= magnitude_max).then_some(Some(End { at, included: bound.is_closed() }))
}
