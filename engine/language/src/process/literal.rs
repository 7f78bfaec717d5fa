//! Values as written in a definition: what a text means once its type is known.

use std::str::FromStr;

use expr::formula::{Mode, NoInputs, Scope, compile_as};
use expr::time::period::Period;
use expr::value::{Type, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use machine::chart::FieldType;

use crate::codes;
use crate::diagnostic::{Diagnostic, Fix};
use crate::span::Span;
use crate::suggest::nearest;
use crate::tree::{Kind, Node};
use crate::words;
use crate::words::Words;

use super::desk::{Desk, type_words};
use super::formulas::report_formula;

/// The value a node stands for, or a finding.
pub(crate) fn value(node: &Node, ty: &Type, desk: &mut Desk<'_>) -> Option<Value> {
    match (&node.kind, ty.known()) {
        (Kind::Scalar(scalar), _) if ty.may_be_null() && scalar.text == "null" => Some(Value::Null),
        (Kind::Scalar(scalar), Type::List(item)) => {
            let alone = Node { span: node.span, kind: Kind::Scalar(scalar.clone()) };
            value(&alone, item, desk).map(|value| Value::list([value]))
        }
        (Kind::Seq(items), Type::List(item)) => {
            let values: Vec<Option<Value>> = items.iter().map(|node| value(node, item, desk)).collect();
            values.into_iter().collect::<Option<Vec<Value>>>().map(Value::list)
        }
        (Kind::Map(entries), Type::Context(fields)) => {
            let mut values = Vec::new();
            for (key, node) in entries {
                let found = fields.get(key.text.as_str()).map(|ty| value(node, ty, desk));
                values.push((key.text.clone(), found??));
            }
            Some(Value::context(values))
        }
        (Kind::Scalar(scalar), ty) => scalar_value(node, &scalar.text, ty, desk),
        (_, ty) => {
            let Words { zh, en } = type_words(ty);
            desk.say(bad(node.span, words!("这里应写一个{zh}", "a {en} belongs here")));
            None
        }
    }
}

fn scalar_value(node: &Node, text: &str, ty: &Type, desk: &mut Desk<'_>) -> Option<Value> {
    match ty {
        Type::Text => Some(Value::text(text)),
        Type::Choice(of) => choice(node.span, text, of, desk),
        Type::Bool => truth(node.span, text, desk),
        Type::Date => date(node.span, text, desk).map(Value::Date),
        Type::Instant => instant(node.span, text, desk),
        Type::Period => period(node.span, text, desk).map(Value::Period),
        _ => constant(node, text, ty, desk),
    }
}

fn bad(span: Span, message: Words) -> Diagnostic {
    Diagnostic::new(codes::BAD_VALUE, span, message)
}

fn choice(span: Span, text: &str, of: &[std::sync::Arc<str>], desk: &mut Desk<'_>) -> Option<Value> {
    if of.iter().any(|word| **word == *text) {
        return Some(Value::text(text));
    }
    let all = of.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let found = bad(span, words!("`{text}` 不是可选的值", "`{text}` is none of the choices"))
        .advise(words!("可选：{all}", "choices: {all}"));
    let near = nearest(text, of.iter().map(|word| &**word));
    let fix = near
        .map(|near| Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(span, near));
    desk.say(found.maybe_fix(fix));
    None
}

fn truth(span: Span, text: &str, desk: &mut Desk<'_>) -> Option<Value> {
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => {
            desk.say(
                bad(
                    span,
                    words!("`{text}` 不是 `true` 或 `false`", "`{text}` is neither `true` nor `false`"),
                )
                .advise(words!("是写 true，否写 false", "write true for yes, false for no")),
            );
            None
        }
    }
}

/// A civil date, `2026-01-01`.
pub(crate) fn date(span: Span, text: &str, desk: &mut Desk<'_>) -> Option<Date> {
    match Date::from_str(text) {
        Ok(date) if text.len() == 10 => Some(date),
        _ => {
            desk.say(
                Diagnostic::new(codes::BAD_DATE, span, words!("`{text}` 不是日期", "`{text}` is not a date"))
                    .label(words!("应写成 2026-01-01", "write it as 2026-01-01")),
            );
            None
        }
    }
}

fn instant(span: Span, text: &str, desk: &mut Desk<'_>) -> Option<Value> {
    match Timestamp::from_str(text) {
        Ok(at) => Some(Value::instant(at)),
        Err(_) => {
            desk.say(
                Diagnostic::new(
                    codes::BAD_DATE,
                    span,
                    words!("`{text}` 不是时刻", "`{text}` is not an instant"),
                )
                .label(words!("应写成 2026-01-01T09:00:00+08:00", "write it as 2026-01-01T09:00:00+08:00")),
            );
            None
        }
    }
}

/// A stretch of legal time, `5工作日`.
pub(crate) fn period(span: Span, text: &str, desk: &mut Desk<'_>) -> Option<Period> {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        desk.say(bare_number(span, text));
        return None;
    }
    match Period::from_str(text) {
        Ok(period) => Some(period),
        Err(error) => {
            let (zh, en) = (error.text(expr::lang::Lang::Zh), error.text(expr::lang::Lang::En));
            desk.say(
                Diagnostic::new(
                    codes::BAD_PERIOD,
                    span,
                    words!("`{text}` 不是期限：{zh}", "`{text}` is not a period: {en}"),
                )
                .advise(words!(
                    "例：5天、5工作日、5天 顺延、3个月、48小时",
                    "examples: 5 days, 5 working days, 5 days roll, 3 months, 48 hours"
                )),
            );
            None
        }
    }
}

/// A number of nothing: nobody can say whether days or working days are meant.
pub(crate) fn bare_number(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(
        codes::BARE_NUMBER,
        span,
        words!("时间 `{text}` 没有单位", "the time `{text}` has no unit"),
    )
    .label(words!("缺少单位", "the unit is missing"))
    .advise(words!(
        "写 `{text}天`（自然日）或 `{text}工作日`，两者差别很大",
        "write `{text} days` (calendar days) or `{text} working days`: they differ a lot"
    ))
}

/// A number with its unit, or any other literal of the formula language.
fn constant(node: &Node, text: &str, ty: &Type, desk: &mut Desk<'_>) -> Option<Value> {
    let formula = match compile_as(text, ty, &Scope::new(), Mode::Policy) {
        Ok(formula) => formula,
        Err(errors) => {
            errors.iter().for_each(|error| report_formula(node, error, desk));
            return None;
        }
    };
    let found = formula.eval(&NoInputs).ok();
    match found.filter(|value| super::fit::holds(ty, value)) {
        Some(value) => Some(value),
        None => {
            let Words { zh, en } = type_words(ty);
            let found = bad(node.span, words!("`{text}` 不是{zh}", "`{text}` is not a {en}"));
            desk.say(found.advise(example(ty)));
            None
        }
    }
}

fn example(ty: &Type) -> Words {
    let shown = match ty {
        Type::Money => "100万元, 0.5亿元, 1200.50",
        Type::Rate => "3%, 5‰, 0.03",
        Type::Integer => "3",
        Type::Span => "duration(\"PT4H\")",
        _ => "12.5",
    };
    words!("例：{shown}", "examples: {shown}")
}

/// The type a field has in formulas.
pub(crate) fn plain(ty: &FieldType) -> Type {
    ty.plain()
}
