//! Sums, products and powers of numbers, texts, dates and durations.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::ast::Operator;
use super::super::error::{EvalError, EvalKind};
use super::{Env, Outcome, error, unsuited};
use crate::value::{ClockTime, Lang, Moment, Value};

fn overflow() -> Box<EvalError> {
    error(
        EvalKind::Overflow,
        "计算结果超出范围（28 位数字、公元 9999 年）",
        "The result is out of range (28 digits, the year 9999)",
    )
}

fn by_zero() -> Box<EvalError> {
    error(EvalKind::DivisionByZero, "除数是零", "Division by zero")
}

/// `left operator right`.
pub(crate) fn apply(env: &mut Env<'_>, operator: Operator, left: &Value, right: &Value) -> Outcome {
    if let (Value::Number(a), Value::Number(b)) = (left, right) {
        return numbers(env, operator, *a, *b).map(Value::Number);
    }
    for side in [left, right] {
        if side.is_null() {
            return Err(unsuited(side, "计算需要两个值", "Arithmetic takes two values"));
        }
    }
    let result = match operator {
        Operator::Plus => plus(env, left, right)?,
        Operator::Minus => minus(env, left, right)?,
        Operator::Times => times(left, right)?,
        Operator::Over => over(left, right)?,
        Operator::Power => None,
    };
    result.ok_or_else(|| {
        error(
            EvalKind::WrongType,
            format!("{}和{}不能这样计算", left.type_name(Lang::Zh), right.type_name(Lang::Zh)),
            format!(
                "A {} and a {} cannot be computed this way",
                left.type_name(Lang::En),
                right.type_name(Lang::En)
            ),
        )
    })
}

fn numbers(env: &mut Env<'_>, operator: Operator, a: Decimal, b: Decimal) -> Result<Decimal, Box<EvalError>> {
    match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Over if b.is_zero() => return Err(by_zero()),
        Operator::Over => a.checked_div(b),
        Operator::Power => return power(env, a, b),
    }
    .ok_or_else(overflow)
}

/// Whole exponents only: others have no exact decimal.
fn power(env: &mut Env<'_>, base: Decimal, exponent: Decimal) -> Result<Decimal, Box<EvalError>> {
    let whole = exponent.is_integer().then(|| exponent.to_i64()).flatten();
    let Some(whole) = whole else {
        return Err(error(EvalKind::BadArgument, "指数必须是整数", "The exponent must be a whole number"));
    };
    let mut left = whole.unsigned_abs();
    let mut square = base;
    let mut result = Decimal::ONE;
    while left > 0 {
        env.charge(1)?;
        if left & 1 == 1 {
            result = result.checked_mul(square).ok_or_else(overflow)?;
        }
        left >>= 1;
        if left > 0 {
            square = square.checked_mul(square).ok_or_else(overflow)?;
        }
    }
    if whole >= 0 {
        return Ok(result);
    }
    if result.is_zero() {
        return Err(by_zero());
    }
    Decimal::ONE.checked_div(result).ok_or_else(overflow)
}

type Maybe = Result<Option<Value>, Box<EvalError>>;

fn some(value: Option<Value>) -> Maybe {
    value.map(Some).ok_or_else(overflow)
}

fn plus(env: &mut Env<'_>, left: &Value, right: &Value) -> Maybe {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => env.text(format!("{a}{b}")).map(Some),
        (Value::Months(a), Value::Months(b)) => some(a.checked_add(*b).map(Value::Months)),
        (Value::Span(a), Value::Span(b)) => some(a.checked_add(*b).map(Value::Span)),
        (at, Value::Months(n)) | (Value::Months(n), at) => moved_months(env, at, *n),
        (at, Value::Span(span)) | (Value::Span(span), at) => moved(at, *span),
        _ => Ok(None),
    }
}

fn minus(env: &mut Env<'_>, left: &Value, right: &Value) -> Maybe {
    match (left, right) {
        (Value::Months(a), Value::Months(b)) => some(a.checked_sub(*b).map(Value::Months)),
        (Value::Span(a), Value::Span(b)) => some(a.checked_sub(*b).map(Value::Span)),
        (at, Value::Months(n)) => match n.checked_neg() {
            Some(back) => moved_months(env, at, back),
            None => Err(overflow()),
        },
        (at, Value::Span(span)) => match span.checked_neg() {
            Some(back) => moved(at, back),
            None => Err(overflow()),
        },
        _ => Ok(between(left, right).map(Value::Span)),
    }
}

/// The time from `right` to `left`; only between two that both have a zone or both have none.
fn between(left: &Value, right: &Value) -> Option<SignedDuration> {
    let moment = |value: &Value| match value {
        // A date is its midnight in UTC when it meets a moment.
        Value::Date(date) => Some(Moment::Local(date.to_datetime(Time::midnight()))),
        Value::DateTime(at) => Some(at.clone()),
        _ => None,
    };
    if let (Value::Time(a), Value::Time(b)) = (left, right) {
        return (a.offset().is_some() == b.offset().is_some()).then(|| of_day(a) - of_day(b));
    }
    match (moment(left)?, moment(right)?) {
        (Moment::Local(a), Moment::Local(b)) => Some(a.duration_since(b)),
        (a, b) => {
            let utc = |value: &Value, at: &Moment| match value {
                Value::Date(date) => {
                    jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()
                }
                _ => at.timestamp(),
            };
            Some(utc(left, &a)?.duration_since(utc(right, &b)?))
        }
    }
}

fn of_day(it: &ClockTime) -> SignedDuration {
    let offset = it.offset().map_or(0, |offset| i64::from(offset.seconds()));
    it.at.duration_since(Time::midnight()) - SignedDuration::from_secs(offset)
}

fn moved(at: &Value, span: SignedDuration) -> Maybe {
    match at {
        Value::DateTime(it) => some(it.checked_add(span).map(Value::DateTime)),
        Value::Date(it) => some(date_moved(*it, span).map(Value::Date)),
        Value::Time(it) => {
            Ok(Some(Value::Time(ClockTime { at: it.at.wrapping_add(span), zone: it.zone.clone() })))
        }
        _ => Ok(None),
    }
}

/// A date and a duration make a date: midnight moved, its time of day dropped.
fn date_moved(date: Date, span: SignedDuration) -> Option<Date> {
    Some(date.to_datetime(Time::midnight()).checked_add(span).ok()?.date())
}

fn moved_months(env: &Env<'_>, at: &Value, months: i64) -> Maybe {
    let Ok(span) = Span::new().try_months(months) else {
        return if matches!(at, Value::Date(_) | Value::DateTime(_)) { Err(overflow()) } else { Ok(None) };
    };
    match at {
        Value::Date(it) => some(it.checked_add(span).ok().map(Value::Date)),
        Value::DateTime(it) => {
            let zone = env.inputs.zone();
            let civil = it.civil(&zone).checked_add(span).ok();
            some(civil.and_then(|civil| it.with_civil(civil, &zone)).map(Value::DateTime))
        }
        _ => Ok(None),
    }
}

fn times(left: &Value, right: &Value) -> Maybe {
    match (left, right) {
        (Value::Months(n), Value::Number(by)) | (Value::Number(by), Value::Months(n)) => {
            some(Decimal::from(*n).checked_mul(*by).and_then(|it| it.trunc().to_i64()).map(Value::Months))
        }
        (Value::Span(span), Value::Number(by)) | (Value::Number(by), Value::Span(span)) => {
            some(scaled(*span, |nanos| nanos.checked_mul(*by)))
        }
        _ => Ok(None),
    }
}

fn over(left: &Value, right: &Value) -> Maybe {
    match (left, right) {
        (Value::Months(_) | Value::Span(_), Value::Number(by)) if by.is_zero() => Err(by_zero()),
        (Value::Months(_), Value::Months(0)) => Err(by_zero()),
        (Value::Span(_), Value::Span(by)) if by.is_zero() => Err(by_zero()),
        (Value::Months(n), Value::Number(by)) => {
            some(Decimal::from(*n).checked_div(*by).and_then(|it| it.trunc().to_i64()).map(Value::Months))
        }
        (Value::Months(a), Value::Months(b)) => {
            some(Decimal::from(*a).checked_div(Decimal::from(*b)).map(Value::Number))
        }
        (Value::Span(span), Value::Number(by)) => some(scaled(*span, |nanos| nanos.checked_div(*by))),
        (Value::Span(a), Value::Span(b)) => {
            some(nanos(*a).and_then(|a| a.checked_div(nanos(*b)?)).map(Value::Number))
        }
        _ => Ok(None),
    }
}

fn nanos(span: SignedDuration) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(span.as_nanos(), 0).ok()
}

fn scaled(span: SignedDuration, by: impl FnOnce(Decimal) -> Option<Decimal>) -> Option<Value> {
    let nanos = by(nanos(span)?)?.trunc().to_i128()?;
    Some(Value::Span(SignedDuration::try_from_nanos_i128(nanos)?))
}
