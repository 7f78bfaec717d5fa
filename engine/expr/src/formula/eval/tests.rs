//! Unary tests: a value held against comparisons, values, lists, ranges and conditions.

use super::super::error::EvalError;
use super::super::node::{Node, Test};
use super::{Machine, Outcome, equal, holds, truth, within};
use crate::value::Value;

impl Machine<'_> {
    pub(super) fn is_in(&mut self, of: &Node, tests: &[Test]) -> Outcome {
        let value = self.eval(of)?;
        self.any_test(&value, tests)
    }

    /// Whether any test holds. Unknown only if none holds and one has no answer.
    pub fn any_test(&mut self, value: &Value, tests: &[Test]) -> Outcome {
        let mut unknown = None;
        for test in tests {
            let verdict = self.test(value, test)?;
            match verdict {
                Value::Bool(true) => return Ok(verdict),
                Value::Bool(false) => {}
                other => unknown = Some(other),
            }
        }
        Ok(unknown.unwrap_or(Value::Bool(false)))
    }

    fn test(&mut self, value: &Value, test: &Test) -> Outcome {
        match test {
            Test::Condition(node) => self.eval(node),
            Test::Compare(comparison, node) => {
                let end = self.eval(node)?;
                let verdict = holds(&mut self.env, *comparison, value, &end)?;
                self.verdict(verdict, value, &end, node)
            }
            Test::Value(node) => {
                let against = self.eval(node)?;
                self.against(value, &against, node)
            }
        }
    }

    fn against(&mut self, value: &Value, against: &Value, node: &Node) -> Outcome {
        match against {
            Value::Range(range) => {
                if let Value::Range(own) = value {
                    return Ok(Value::Bool(own == range));
                }
                self.verdict(within(value, range), value, against, node)
            }
            Value::List(items) => Ok(Value::Bool(self.in_list(value, items)?)),
            // A condition that does not speak of the input decides by itself.
            Value::Bool(_) if !matches!(value, Value::Bool(_)) => Ok(against.clone()),
            other => {
                let verdict = equal(&mut self.env, value, other)?;
                self.verdict(verdict, value, other, node)
            }
        }
    }

    /// Equal to the list, equal to an item, or inside an item that is a range.
    fn in_list(&mut self, value: &Value, items: &[Value]) -> Result<bool, Box<EvalError>> {
        self.env.charge(items.len())?;
        if let Value::List(own) = value
            && own.as_ref() == items
        {
            return Ok(true);
        }
        for item in items {
            let inside = match item {
                Value::Range(range) => within(value, range),
                other => equal(&mut self.env, value, other)?,
            };
            if inside == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn verdict(&mut self, verdict: Option<bool>, value: &Value, against: &Value, node: &Node) -> Outcome {
        match truth(verdict, value, against) {
            Err(error) => self.failed(error, node.place),
            fine => fine,
        }
    }
}
