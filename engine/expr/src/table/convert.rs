//! A table's points and the formula language's values.

use super::domain::Point;
use crate::value::Value;

impl From<&Point> for Value {
    fn from(point: &Point) -> Value {
        match point {
            Point::Missing => Value::Null,
            Point::Bool(yes) => Value::Bool(*yes),
            Point::Number(n) => Value::Number(*n),
            Point::Date(date) => Value::Date(*date),
            Point::Text(text) => Value::Text(text.as_str().into()),
        }
    }
}

/// A value that a table cannot be asked with: a list, a moment, a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a table cannot be asked with {0}")]
pub struct NotAPoint(pub Value);

impl TryFrom<&Value> for Point {
    type Error = NotAPoint;

    fn try_from(value: &Value) -> Result<Point, NotAPoint> {
        match value {
            Value::Null => Ok(Point::Missing),
            Value::Bool(yes) => Ok(Point::Bool(*yes)),
            Value::Number(n) => Ok(Point::Number(*n)),
            Value::Date(date) => Ok(Point::Date(*date)),
            Value::Text(text) => Ok(Point::Text(text.to_string())),
            other => Err(NotAPoint(other.clone())),
        }
    }
}
