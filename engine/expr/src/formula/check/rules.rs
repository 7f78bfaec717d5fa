//! The rules of types: what fits, what compares, what two become together.

use std::sync::Arc;

use crate::value::{Type, Value};

/// Whether a value of type `found` may stand where `wanted` is; null is looked at elsewhere.
pub(crate) fn fits_type(wanted: &Type, found: &Type) -> bool {
    match (wanted.known(), found.known()) {
        (Type::Any, _) | (_, Type::Any | Type::Null) => true,
        (Type::Number, found) => found.is_numeric(),
        (Type::Money, found) => found.is_numeric() && *found != Type::Rate,
        (Type::Rate, found) => found.is_numeric() && *found != Type::Money,
        (Type::Integer, found) => *found == Type::Integer,
        (Type::Text | Type::Choice(_), found) => found.is_text(),
        (Type::List(a), Type::List(b)) | (Type::Range(a), Type::Range(b)) => fits_type(a, b),
        (Type::Context(a), Type::Context(b)) => {
            a.iter().all(|(name, a)| b.get(name).is_some_and(|b| fits_type(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Whether comparing the two can make sense.
pub(crate) fn comparable(a: &Type, b: &Type) -> bool {
    match (a.known(), b.known()) {
        (Type::Any | Type::Null, _) | (_, Type::Any | Type::Null) => true,
        (Type::Money, Type::Rate) | (Type::Rate, Type::Money) => false,
        (a, b) if a.is_numeric() && b.is_numeric() => true,
        (a, b) if a.is_text() && b.is_text() => true,
        (Type::List(a), Type::List(b)) | (Type::Range(a), Type::Range(b)) => comparable(a, b),
        (Type::Context(_), Type::Context(_)) => true,
        (a, b) => a == b,
    }
}

/// Whether the values of a type have an order.
pub(super) fn ordered(ty: &Type) -> bool {
    let ty = ty.known();
    let other = matches!(ty, Type::Any | Type::Date | Type::Time | Type::Instant | Type::Span | Type::Months);
    other || ty.is_numeric() || ty.is_text()
}

/// The type of something that is one or the other; `Any` when they have nothing in common.
pub(super) fn join(a: &Type, b: &Type) -> Type {
    if a == b {
        return a.clone();
    }
    if a.may_be_null() || b.may_be_null() {
        return match (a, b) {
            (Type::Null, other) | (other, Type::Null) => other.clone().nullable(),
            _ => join(a.known(), b.known()).nullable(),
        };
    }
    match (a, b) {
        (Type::Money, Type::Rate) | (Type::Rate, Type::Money) => Type::Number,
        (Type::Money, other) | (other, Type::Money) if other.is_numeric() => Type::Money,
        (Type::Rate, other) | (other, Type::Rate) if other.is_numeric() => Type::Rate,
        (a, b) if a.is_numeric() && b.is_numeric() => Type::Number,
        (a, b) if a.is_text() && b.is_text() => Type::Text,
        (Type::List(a), Type::List(b)) => Type::list(join(a, b)),
        (Type::Range(a), Type::Range(b)) => Type::Range(Box::new(join(a, b))),
        (Type::Context(a), Type::Context(b)) if a.keys().eq(b.keys()) => {
            let both = a.iter().zip(b.values());
            Type::Context(Arc::new(both.map(|((name, a), b)| (name.clone(), join(a, b))).collect()))
        }
        _ => Type::Any,
    }
}

pub(super) fn join_all<'a>(mut types: impl Iterator<Item = &'a Type>) -> Type {
    let Some(first) = types.next() else { return Type::Any };
    types.fold(first.clone(), |all, ty| join(&all, ty))
}

/// The type a value shows by itself.
pub(crate) fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Number(it) if it.is_integer() => Type::Integer,
        Value::Number(_) => Type::Number,
        Value::Text(_) => Type::Text,
        Value::Date(_) => Type::Date,
        Value::Time(_) => Type::Time,
        Value::DateTime(_) => Type::Instant,
        Value::Months(_) => Type::Months,
        Value::Span(_) => Type::Span,
        Value::Period(_) => Type::Period,
        Value::List(_) => Type::list(Type::Any),
        Value::Context(_) => Type::Any,
        Value::Range(_) => Type::Range(Box::new(Type::Any)),
    }
}
