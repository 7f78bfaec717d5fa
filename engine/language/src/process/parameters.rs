//! Parameters: every number a policy can change, with its values by date.

use expr::formula::{Mode, NoInputs, Scope, compile_unary};
use expr::value::{Type, Value};
use jiff::civil::Date;
use machine::definition::{Dated, Origin, Parameter};
use machine::ids::{Name, ParameterIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::{Kind, Node};
use crate::words;

use super::desk::{Desk, Sort};
use super::formulas::report_formula;
use super::literal;
use super::map::Thing;
use super::names;
use super::outline::{Declared, declared, narrow};
use super::pick;

/// Types a parameter may have, as written.
pub(crate) fn type_of(node: &Node) -> Type {
    type_named(pick::text(node, "type").map_or("", |(word, _)| word), node)
}

/// The type of a word; the words of a choice stand under `of` of a node.
pub(crate) fn type_named(word: &str, node: &Node) -> Type {
    if let Some(item) = word.strip_prefix("list of ") {
        return Type::list(type_named(item.trim(), node));
    }
    match word {
        "record" => {
            Type::context(declared(node, "fields").into_iter().map(|it| (it.name.clone(), type_of(it.node))))
        }
        "integer" => Type::Integer,
        "decimal" => Type::Number,
        "money" => Type::Money,
        "rate" => Type::Rate,
        "period" => Type::Period,
        "bool" => Type::Bool,
        "choice" => Type::choice(pick::choices(node)),
        "text" => Type::Text,
        "date" => Type::Date,
        "instant" => Type::Instant,
        "duration" => Type::Span,
        _ => Type::Any,
    }
}

/// Reads every parameter of a process.
pub(crate) fn read(root: &Node, effective: Option<Date>, desk: &mut Desk<'_>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for declared in declared(root, "parameters") {
        names::check_word(Sort::Parameter, &declared.name, declared.span, desk);
        desk.map.put(Thing::Parameter(ParameterIx(narrow(parameters.len()))), declared.span);
        parameters.push(parameter(&declared, effective, desk));
    }
    parameters
}

fn parameter(declared: &Declared<'_>, effective: Option<Date>, desk: &mut Desk<'_>) -> Parameter {
    let node = declared.node;
    let ty = type_of(node);
    let ty = if pick::flag(node, "optional") { ty.nullable() } else { ty };
    let basis = pick::name(node, "basis");
    let mut values = values(node, &ty, basis.as_ref(), desk);
    check_range(declared, &ty, &values, desk);
    if values.is_empty() {
        check_some(declared, desk);
        // The report says why; an empty list of values would be no parameter.
        values.push((Dated { from: Date::MIN, value: Value::Null, basis: None }, declared.span));
    } else {
        check_start(declared, effective, &values, desk);
    }
    Parameter {
        name: declared.name.clone(),
        title: pick::title(node, &declared.name),
        ty,
        values: values.into_iter().map(|(dated, _)| dated).collect(),
        origin: origin(node),
    }
}

/// Gives values without a basis of their own the one of the whole document.
pub(crate) fn inherit_basis(parameters: &mut [Parameter], basis: Option<&Name>) {
    for dated in parameters.iter_mut().flat_map(|it| it.values.iter_mut()) {
        dated.basis = dated.basis.take().or_else(|| basis.cloned());
    }
}

fn origin(node: &Node) -> Origin {
    written_origin(node).unwrap_or(Origin::Assumed)
}

/// What stands under `origin`.
pub(crate) fn written_origin(node: &Node) -> Option<Origin> {
    pick::text(node, "origin").map(|(word, _)| match word {
        "seed" => Origin::Seed,
        "law" => Origin::Law,
        "public" => Origin::Public,
        _ => Origin::Assumed,
    })
}

/// What stands under `values`, by date; a value without a basis of its own has the one given.
pub(crate) fn values(
    node: &Node,
    ty: &Type,
    basis: Option<&Name>,
    desk: &mut Desk<'_>,
) -> Vec<(Dated, Span)> {
    let mut values: Vec<(Dated, Span)> = Vec::new();
    for (key, written) in pick::entries(node, "values") {
        let from = literal::date(key.span, &key.text, desk);
        let (written, own) = match written.get("value") {
            Some(value) => (value, pick::name(written, "basis")),
            None => (written, None),
        };
        let value = literal::value(written, ty, desk);
        let (Some(from), Some(value)) = (from, value) else { continue };
        if let Some((last, at)) = values.last().filter(|(last, _)| last.from >= from) {
            let last = last.from;
            desk.say(
                Diagnostic::new(
                    codes::DATES_UNORDERED,
                    key.span,
                    words!("日期 {from} 应写在 {last} 之前", "{from} belongs before {last}"),
                )
                .also(*at, words!("前一个值从这天起", "the value before it"))
                .advise(words!("按日期从早到晚写", "write the values in the order of their dates")),
            );
            continue;
        }
        values.push((Dated { from, value, basis: own.or_else(|| basis.cloned()) }, written.span));
    }
    values
}

/// Reports a parameter whose values are there and empty: `values: { }`.
fn check_some(declared: &Declared<'_>, desk: &mut Desk<'_>) {
    let Some(values) = declared.node.get("values") else { return };
    if matches!(&values.kind, Kind::Map(entries) if entries.is_empty()) {
        let name = &declared.name;
        desk.say(
            Diagnostic::new(
                codes::NO_VALUE_YET,
                values.span,
                words!("参数 `{name}` 一个值也没有", "the parameter `{name}` has no value at all"),
            )
            .advise(words!(
                "写上从哪天起是多少，如 `{{ 2026-01-01: 5工作日 }}`",
                "write from which day it is what, such as `{{ 2026-01-01: 5 working days }}`"
            )),
        );
    }
}

/// Reports a parameter that has no value yet on the day the process takes effect.
fn check_start(
    declared: &Declared<'_>,
    effective: Option<Date>,
    values: &[(Dated, Span)],
    desk: &mut Desk<'_>,
) {
    let (Some(effective), Some((first, span))) = (effective, values.first()) else { return };
    let (name, from) = (&declared.name, first.from);
    if from > effective {
        desk.say(
            Diagnostic::new(
                codes::NO_VALUE_YET,
                *span,
                words!(
                    "参数 `{name}` 在流程生效日 {effective} 还没有值",
                    "the parameter `{name}` has no value yet on {effective}, when the process takes effect"
                ),
            )
            .label(words!("从 {from} 起才有值", "its first value holds from {from}"))
            .advise(words!("补一个不晚于 {effective} 的值", "add a value from {effective} or earlier")),
        );
    }
}

fn check_range(declared: &Declared<'_>, ty: &Type, values: &[(Dated, Span)], desk: &mut Desk<'_>) {
    let Some(range) = declared.node.get("range") else { return };
    let Kind::Scalar(scalar) = &range.kind else { return };
    let tests = match compile_unary(&scalar.text, ty, &Scope::new(), Mode::Policy) {
        Ok(tests) => tests,
        Err(errors) => return errors.iter().for_each(|error| report_formula(range, error, desk)),
    };
    let text = &scalar.text;
    for (dated, span) in values {
        if matches!(tests.matches(&dated.value, &NoInputs), Ok(false)) {
            desk.say(
                Diagnostic::new(
                    codes::OUT_OF_RANGE,
                    *span,
                    words!("值超出允许范围 `{text}`", "the value is outside `{text}`"),
                )
                .label(words!("不在范围内", "out of range"))
                .also(range.span, words!("范围写在这里", "the range is given here")),
            );
        }
    }
    desk.map.ranges.insert(declared.name.clone(), tests);
}
