//! Running a formula: one walk over the tree, counting steps.

mod arithmetic;
mod compare;
mod loops;
mod paths;
mod tests;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::ast::{Comparison, Operator};
use super::error::{EvalError, EvalKind, Place, Words};
use super::limits;
use super::node::{Node, Op};
use super::scope::{HostFn, Slot};
use super::trace::Trace;
use crate::value::{Lang, Value};

pub(crate) use arithmetic::apply;
pub(crate) use compare::{equal, holds, order, within};

/// What an evaluation yields on the way.
pub(crate) type Outcome = Result<Value, Box<EvalError>>;

/// Which days offices work.
pub trait WorkingDays {
    /// Whether offices work on that day.
    fn is_working_day(&self, day: Date) -> bool;
}

/// What a formula reads while it runs.
pub trait Inputs {
    /// The value of a variable.
    fn variable(&self, slot: Slot) -> Value;

    /// A field of a variable that is a record (null when it has no such field), for hosts that need not make the
    /// whole record to tell. `None`: look in [`Inputs::variable`].
    fn field(&self, slot: Slot, name: &str) -> Option<Value> {
        let _ = (slot, name);
        None
    }

    /// Calls a function of the host.
    ///
    /// # Errors
    /// Whatever stops the evaluation; [`EvalError::new`] makes one, the place is filled in.
    fn call(&self, function: HostFn, arguments: &[Value]) -> Result<Value, EvalError> {
        let _ = (function, arguments);
        Err(EvalError::new(EvalKind::Host, "这里不能调用该函数", "This function cannot be called here"))
    }

    /// The calendar behind the working-day functions.
    fn working_days(&self) -> Option<&dyn WorkingDays> {
        None
    }

    /// The zone in which instants have a date and a time of day; China's unless said otherwise.
    fn zone(&self) -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC)
    }
}

/// Nothing to read: for constants and `charter eval`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoInputs;

impl Inputs for NoInputs {
    fn variable(&self, _: Slot) -> Value {
        Value::Null
    }
}

/// What functions may use of the world, and the count of steps.
pub(crate) struct Env<'a> {
    pub inputs: &'a dyn Inputs,
    /// FEEL's own answers: null instead of an error.
    pub feel: bool,
    steps: u32,
}

impl<'a> Env<'a> {
    pub fn new(inputs: &'a dyn Inputs, feel: bool) -> Env<'a> {
        Env { inputs, feel, steps: limits::STEPS }
    }

    /// Takes steps off the budget.
    pub fn charge(&mut self, steps: usize) -> Result<(), Box<EvalError>> {
        match u32::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps)) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(too_many_steps()),
        }
    }

    /// Charges for a text or list of so many bytes, and refuses an enormous one.
    pub fn charge_size(&mut self, bytes: usize) -> Result<(), Box<EvalError>> {
        if bytes > limits::SIZE {
            return Err(Box::new(EvalError::new(
                EvalKind::Size,
                "结果超过 1 MB",
                "The result is larger than 1 MB",
            )));
        }
        self.charge(bytes / 256)
    }

    pub fn text(&mut self, text: String) -> Outcome {
        self.charge_size(text.len())?;
        Ok(Value::text(text))
    }

    pub fn list(&mut self, items: Vec<Value>) -> Outcome {
        self.charge_size(items.len().saturating_mul(limits::ITEM))?;
        self.charge(items.len() / 8)?;
        Ok(Value::List(items.into()))
    }

    /// Charges for looking at every item once, and at every character of a text.
    pub fn charge_look(&mut self, items: &[Value]) -> Result<(), Box<EvalError>> {
        let weight = |item: &Value| 1 + item.as_text().map_or(0, |text| text.len() / 256);
        self.charge(items.iter().map(weight).sum())
    }
}

#[cold]
fn too_many_steps() -> Box<EvalError> {
    Box::new(EvalError::new(
        EvalKind::Steps,
        format!("计算超过 {} 步", limits::STEPS),
        format!("The evaluation took more than {} steps", limits::STEPS),
    ))
}

pub(crate) fn error(kind: EvalKind, zh: impl Into<String>, en: impl Into<String>) -> Box<EvalError> {
    Box::new(EvalError::new(kind, zh, en))
}

/// A value is missing or of the wrong kind where another was needed.
pub(crate) fn unsuited(found: &Value, zh: &str, en: &str) -> Box<EvalError> {
    let (zh_found, en_found) = (found.type_name(Lang::Zh), found.type_name(Lang::En));
    if found.is_null() {
        error(EvalKind::Missing, format!("{zh}，但没有值"), format!("{en}; there is no value"))
    } else {
        error(EvalKind::WrongType, format!("{zh}，得到{zh_found}"), format!("{en}; found a {en_found}"))
    }
}

/// One evaluation.
pub(crate) struct Machine<'a> {
    pub env: Env<'a>,
    pub text: &'a str,
    pub locals: Vec<Value>,
    /// The open level of the trace, when one is wanted.
    pub trace: Option<Vec<Trace>>,
    /// Parts a trace may still record.
    recordable: u32,
    /// Why the last null came about.
    note: Option<Words>,
}

impl<'a> Machine<'a> {
    pub fn new(text: &'a str, inputs: &'a dyn Inputs, feel: bool, traced: bool) -> Machine<'a> {
        Machine {
            env: Env::new(inputs, feel),
            text,
            locals: Vec::new(),
            trace: traced.then(Vec::new),
            recordable: limits::TRACE,
            note: None,
        }
    }

    /// Runs a whole formula; a result that would be enormous when written out is refused.
    pub fn whole(&mut self, node: &Node) -> Outcome {
        let value = self.eval(node)?;
        if matches!(value, Value::List(_) | Value::Context(_)) {
            paths::shallow(self, &value, 0).map_err(|error| Box::new(error.at(node.place)))?;
        }
        Ok(value)
    }

    pub fn eval(&mut self, node: &Node) -> Outcome {
        if let Err(error) = self.env.charge(1) {
            return Err(Box::new(error.at(node.place)));
        }
        if self.trace.is_some() && self.recordable > 0 { self.traced(node) } else { self.placed(node) }
    }

    #[inline]
    fn placed(&mut self, node: &Node) -> Outcome {
        match self.run(node) {
            Err(error) => self.failed(error, node.place),
            fine => fine,
        }
    }

    /// An error, or null where FEEL says null.
    #[cold]
    #[expect(clippy::boxed_local, reason = "errors travel boxed: a value must stay small to return")]
    fn failed(&mut self, error: Box<EvalError>, place: Place) -> Outcome {
        if self.env.feel && error.kind.is_null_in_feel() {
            self.note = Some(error.message.clone());
            return Ok(Value::Null);
        }
        Err(Box::new(error.at(place)))
    }

    #[cold]
    fn traced(&mut self, node: &Node) -> Outcome {
        self.recordable -= 1;
        let outside = self.trace.replace(Vec::new());
        self.note = None;
        let outcome = self.placed(node);
        let children = std::mem::replace(&mut self.trace, outside).unwrap_or_default();
        let note = self.note.take();
        if let Some(level) = &mut self.trace {
            level.push(Trace::of(self.text, node.place, &outcome, note, children));
        }
        outcome
    }

    fn run(&mut self, node: &Node) -> Outcome {
        match &node.op {
            Op::Constant(value) => Ok(value.clone()),
            Op::Variable(slot) => Ok(self.env.inputs.variable(*slot)),
            Op::Local(at) => Ok(self.locals.get(*at as usize).cloned().unwrap_or_default()),
            Op::ItemOr(at, name, otherwise) => self.item_or(*at, name, otherwise),
            Op::Path(of, name) => self.path(of, name),
            Op::Filter(parts, picks) => self.filter(&parts.0, &parts.1, *picks),
            Op::Arithmetic(first, rest) => self.arithmetic(first, rest),
            Op::Negative(of) => self.negative(of),
            Op::Compare(comparison, sides) => self.comparison(*comparison, &sides.0, &sides.1),
            Op::Between(parts) => self.between(parts),
            Op::In(of, tests) => self.is_in(of, tests),
            Op::InstanceOf(of, named) => Ok(Value::Bool(compare::is_a(&self.eval(of)?, named))),
            Op::Known(of, known) => self.is_known(of).map(|it| Value::Bool(it == *known)),
            Op::And(all) => self.junction(all, false),
            Op::Or(all) => self.junction(all, true),
            Op::If(parts) => self.conditional(parts),
            Op::For(it) => self.for_each(it),
            Op::Quantified(every, it) => self.quantified(*every, it),
            Op::List(items) => self.list(items),
            Op::Context(entries) => self.context(entries),
            Op::Range(low, low_closed, high, high_closed) => {
                self.range(low.as_deref(), *low_closed, high.as_deref(), *high_closed)
            }
            Op::Builtin(function, arguments) => {
                let values = self.all(arguments)?;
                (function.run)(&mut self.env, &values)
            }
            Op::Host(function, arguments) => {
                let values = self.all(arguments)?;
                self.env.inputs.call(*function, &values).map_err(Box::new)
            }
        }
    }

    fn all(&mut self, nodes: &[Node]) -> Result<Vec<Value>, Box<EvalError>> {
        nodes.iter().map(|node| self.eval(node)).collect()
    }

    fn arithmetic(&mut self, first: &Node, rest: &[(Operator, Place, Node)]) -> Outcome {
        let mut left = self.eval(first)?;
        for (operator, place, node) in rest {
            let right = self.eval(node)?;
            left = match apply(&mut self.env, *operator, &left, &right) {
                Ok(value) => value,
                Err(error) => self.failed(error, *place)?,
            };
        }
        Ok(left)
    }

    /// Whether there is a value; a field of a record that is missing is missing too.
    fn is_known(&mut self, of: &Node) -> Result<bool, Box<EvalError>> {
        match self.eval(of) {
            Ok(value) => Ok(!value.is_null()),
            Err(error) if error.kind == EvalKind::Missing && matches!(of.op, Op::Path(..)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn negative(&mut self, of: &Node) -> Outcome {
        let overflow = || error(EvalKind::Overflow, "时长超出范围", "The duration is out of range");
        match self.eval(of)? {
            Value::Number(it) => Ok(Value::Number(Decimal::ZERO - it)),
            Value::Months(it) => it.checked_neg().map(Value::Months).ok_or_else(overflow),
            Value::Span(it) => it.checked_neg().map(Value::Span).ok_or_else(overflow),
            other => {
                Err(unsuited(&other, "负号后面要有数字或时长", "A minus sign takes a number or a duration"))
            }
        }
    }

    fn comparison(&mut self, comparison: Comparison, left: &Node, right: &Node) -> Outcome {
        let left = self.eval(left)?;
        let right = self.eval(right)?;
        truth(holds(&mut self.env, comparison, &left, &right)?, &left, &right)
    }

    fn between(&mut self, parts: &(Node, Node, Node)) -> Outcome {
        let of = self.eval(&parts.0)?;
        let low = self.eval(&parts.1)?;
        let high = self.eval(&parts.2)?;
        let above = holds(&mut self.env, Comparison::AtLeast, &of, &low)?;
        let below = holds(&mut self.env, Comparison::AtMost, &of, &high)?;
        match (above, below) {
            (Some(above), Some(below)) => Ok(Value::Bool(above && below)),
            (None, _) => truth(None, &of, &low),
            _ => truth(None, &of, &high),
        }
    }

    /// `and` ends at the first false, `or` (`decides` true) at the first true.
    fn junction(&mut self, all: &[Node], decides: bool) -> Outcome {
        let mut unknown = false;
        for node in all {
            match self.eval(node)? {
                Value::Bool(it) if it == decides => return Ok(Value::Bool(decides)),
                Value::Bool(_) => {}
                _ if self.env.feel => unknown = true,
                other => {
                    let error = unsuited(&other, "and、or 两边要是“是否”", "`and` and `or` join conditions");
                    return Err(Box::new(error.at(node.place)));
                }
            }
        }
        Ok(if unknown { Value::Null } else { Value::Bool(!decides) })
    }

    fn conditional(&mut self, parts: &(Node, Node, Node)) -> Outcome {
        match self.eval(&parts.0)? {
            Value::Bool(true) => self.eval(&parts.1),
            Value::Bool(false) => self.eval(&parts.2),
            _ if self.env.feel => self.eval(&parts.2),
            other => {
                let error = unsuited(&other, "if 后面要是“是否”", "`if` takes a condition");
                Err(Box::new(error.at(parts.0.place)))
            }
        }
    }
}

/// A truth value, or why there is none.
pub(crate) fn truth(verdict: Option<bool>, left: &Value, right: &Value) -> Outcome {
    verdict.map(Value::Bool).ok_or_else(|| {
        if left.is_null() || right.is_null() {
            return error(EvalKind::Missing, "比较的一边没有值", "One side of the comparison has no value");
        }
        error(
            EvalKind::WrongType,
            format!("不能比较{}和{}", left.type_name(Lang::Zh), right.type_name(Lang::Zh)),
            format!("A {} cannot be compared with a {}", left.type_name(Lang::En), right.type_name(Lang::En)),
        )
    })
}
