//! `for`, `some` and `every`.

use std::sync::Arc;

use jiff::{Span, ToSpan};
use rust_decimal::Decimal;

use super::super::error::{EvalError, EvalKind};
use super::super::node::{Loop, Node, Origin};
use super::{Machine, Outcome, error, paths, unsuited};
use crate::value::{Bound, Value};

/// What to do with the value of the body for one combination: go on, or stop here.
type Each<'a, 'b> = &'a mut dyn FnMut(&mut Machine<'b>, Value) -> Result<bool, Box<EvalError>>;

impl<'b> Machine<'b> {
    pub(super) fn for_each(&mut self, it: &Loop) -> Outcome {
        let mut results: Vec<Value> = Vec::new();
        let base = self.locals.len();
        if it.partial {
            self.locals.push(Value::List(Arc::new([])));
        }
        let outcome = self.combinations(it, 0, &mut |machine, value| {
            results.push(value);
            if it.partial {
                paths::shallow(machine, &results[results.len() - 1], 0)?;
                machine.locals[base] = machine.env.list(results.clone())?;
                machine.env.charge(results.len())?;
            }
            Ok(true)
        });
        self.locals.truncate(base);
        outcome?;
        self.env.list(results)
    }

    pub(super) fn quantified(&mut self, every: bool, it: &Loop) -> Outcome {
        let base = self.locals.len();
        let mut decided = false;
        let mut unknown = false;
        let outcome = self.combinations(it, 0, &mut |machine, value| {
            match value {
                Value::Bool(holds) if holds != every => decided = true,
                Value::Bool(_) => {}
                _ if machine.env.feel => unknown = true,
                other => {
                    let error = unsuited(&other, "satisfies 后面要是“是否”", "`satisfies` takes a condition");
                    return Err(Box::new(error.at(it.body.place)));
                }
            }
            Ok(!decided)
        });
        self.locals.truncate(base);
        outcome?;
        Ok(match (decided, unknown) {
            (true, _) => Value::Bool(!every),
            (false, true) => Value::Null,
            (false, false) => Value::Bool(every),
        })
    }

    /// Runs the body for every combination, the last iterator fastest; false once stopped.
    fn combinations(&mut self, it: &Loop, level: usize, each: Each<'_, 'b>) -> Result<bool, Box<EvalError>> {
        let Some(source) = it.sources.get(level) else {
            let value = self.eval(&it.body)?;
            return each(self, value);
        };
        let items = self.items(source)?;
        for item in items.iter() {
            self.env.charge(1)?;
            self.locals.push(item.clone());
            let goes_on = self.combinations(it, level + 1, each);
            self.locals.pop();
            if !goes_on? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn items(&mut self, source: &Origin) -> Result<Arc<[Value]>, Box<EvalError>> {
        match source {
            Origin::Items(node) => match self.eval(node)? {
                Value::List(items) => Ok(items),
                Value::Range(range) => {
                    let (Bound::Closed(low), Bound::Closed(high)) = (&range.low, &range.high) else {
                        return Err(unsuited(
                            &Value::Range(range),
                            "循环需要闭区间",
                            "A loop needs a closed range",
                        ));
                    };
                    self.counted(low, high)
                }
                Value::Null => Err(unsuited(&Value::Null, "循环要有列表", "A loop runs over a list")),
                single => Ok(Arc::new([single])),
            },
            Origin::Numbers(low, high) => {
                let (low, high) = (self.number_or_date(low)?, self.number_or_date(high)?);
                self.counted(&low, &high)
            }
        }
    }

    fn number_or_date(&mut self, node: &Node) -> Outcome {
        let value = self.eval(node)?;
        let whole = value.as_number().is_some_and(|it| it.is_integer());
        if whole || matches!(value, Value::Date(_)) {
            return Ok(value);
        }
        let error =
            unsuited(&value, "循环的起止要是整数或日期", "A loop runs between whole numbers or dates");
        Err(Box::new(error.at(node.place)))
    }

    /// From one whole number or date to another, downwards if need be.
    fn counted(&mut self, low: &Value, high: &Value) -> Result<Arc<[Value]>, Box<EvalError>> {
        let mixed = || {
            error(
                EvalKind::WrongType,
                "循环的起止要同是整数或日期",
                "A loop runs between two whole numbers or two dates",
            )
        };
        let mut items = vec![low.clone()];
        match (low, high) {
            (Value::Number(low), Value::Number(high)) if low.is_integer() && high.is_integer() => {
                let step = if low <= high { Decimal::ONE } else { -Decimal::ONE };
                let mut at = *low;
                while at != *high {
                    self.env.charge(1)?;
                    at = at.checked_add(step).ok_or_else(mixed)?;
                    items.push(Value::Number(at));
                }
            }
            (Value::Date(low), Value::Date(high)) => {
                let step: Span = if low <= high { 1.day() } else { (-1).days() };
                let mut at = *low;
                while at != *high {
                    self.env.charge(1)?;
                    at = at.checked_add(step).map_err(|_| mixed())?;
                    items.push(Value::Date(at));
                }
            }
            _ => return Err(mixed()),
        }
        Ok(items.into())
    }
}
