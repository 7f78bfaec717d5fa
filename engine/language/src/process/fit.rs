//! Whether a formula yields what its place needs.

use expr::value::{Type, Value};

/// Whether a value of one type may stand where another is wanted. Null may only where it is wanted.
pub(crate) fn fits(found: &Type, wanted: &Type) -> bool {
    match (found, wanted) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Null, wanted) => wanted.may_be_null(),
        (Type::Nullable(inner), Type::Nullable(wanted)) => fits(inner, wanted),
        (Type::Nullable(_), _) => false,
        (found, Type::Nullable(wanted)) => fits(found, wanted),
        (Type::Integer, wanted) => wanted.is_numeric(),
        (Type::Number, wanted) => wanted.is_numeric(),
        (Type::Choice(found), Type::Choice(wanted)) => found.iter().all(|word| wanted.contains(word)),
        (Type::Choice(_), Type::Text) => true,
        (Type::List(found), Type::List(wanted)) => fits(found, wanted),
        (Type::Context(found), Type::Context(wanted)) => {
            wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| fits(found, wanted)))
        }
        (found, wanted) => found == wanted,
    }
}

/// Whether a value is one of a type's.
pub(crate) fn holds(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Any, _) | (Type::Nullable(_), Value::Null) => true,
        (Type::Nullable(inner), value) => holds(inner, value),
        (Type::Integer, Value::Number(number)) => number.fract().is_zero(),
        (Type::Money, Value::Number(number)) => number.normalize().scale() <= 2,
        (Type::Number | Type::Rate, Value::Number(_)) => true,
        (Type::Bool, Value::Bool(_))
        | (Type::Text, Value::Text(_))
        | (Type::Date, Value::Date(_))
        | (Type::Time, Value::Time(_))
        | (Type::Instant, Value::DateTime(_))
        | (Type::Span, Value::Span(_))
        | (Type::Months, Value::Months(_))
        | (Type::Period, Value::Period(_)) => true,
        (Type::Choice(of), Value::Text(text)) => of.contains(text),
        (Type::List(item), Value::List(items)) => items.iter().all(|value| holds(item, value)),
        (Type::Context(_), Value::Context(_)) => true,
        _ => false,
    }
}
