//! What a formula of a rule sees: the year and the parameters, then the columns of a row, and the rule's tables.

use expr::formula::{EvalError, EvalKind, Formula, HostFn, Inputs, Slot};
use expr::money::{Rounding, Yuan};
use expr::value::Value;
use jiff::civil::Date;
use language::rules::{Rule, last_day};
use machine::table::DecisionTable;
use rust_decimal::Decimal;

use crate::Stopped;

/// What is the same for every row of a rule.
#[derive(Debug)]
pub struct Fixed<'b> {
    /// Year and parameters.
    pub values: Vec<Value>,
    tables: &'b [DecisionTable],
    day: Date,
}

impl<'b> Fixed<'b> {
    /// The values of a rule for a year.
    pub fn new(rule: &'b Rule, year: i16) -> Fixed<'b> {
        Fixed { values: rule.fixed(year), tables: &rule.tables, day: last_day(year) }
    }

    /// A formula over a row.
    pub fn eval(&self, formula: &Formula, row: &[Value]) -> Result<Value, Stopped> {
        formula.eval(&Frame { fixed: self, row }).map_err(|error| Stopped::formula(formula, &error))
    }

    /// A formula that says yes or no.
    pub fn holds(&self, formula: &Formula, row: &[Value]) -> Result<bool, Stopped> {
        Ok(self.eval(formula, row)?.as_bool().unwrap_or(false))
    }

    /// A formula that gives a number; what is missing is none.
    pub fn number(&self, formula: &Formula, row: &[Value]) -> Result<Option<Decimal>, Stopped> {
        Ok(self.eval(formula, row)?.as_number())
    }
}

/// A row with what is round it.
pub struct Frame<'f, 'b> {
    /// Year, parameters, tables.
    pub fixed: &'f Fixed<'b>,
    /// The columns.
    pub row: &'f [Value],
}

impl Inputs for Frame<'_, '_> {
    fn variable(&self, slot: Slot) -> Value {
        let at = slot.0 as usize;
        let first = self.fixed.values.len();
        let value = if at < first { self.fixed.values.get(at) } else { self.row.get(at - first) };
        value.cloned().unwrap_or_default()
    }

    fn call(&self, function: HostFn, arguments: &[Value]) -> Result<Value, EvalError> {
        match (function.0 as usize).checked_sub(1) {
            None => rounded(arguments),
            Some(at) => match self.fixed.tables.get(at) {
                Some(table) => table.ask(self.fixed.day, arguments).map(|decided| decided.answer),
                None => Err(EvalError::new(EvalKind::Host, "没有这张表", "There is no such table")),
            },
        }
    }
}

/// The rounding of a word: `half_up`, `half_even`, `half_down`, `up`, `down`.
fn rounding(word: &str) -> Option<Rounding> {
    Some(match word {
        "half_up" => Rounding::HalfUp,
        "half_even" => Rounding::HalfEven,
        "half_down" => Rounding::HalfDown,
        "up" => Rounding::Up,
        "down" => Rounding::Down,
        _ => return None,
    })
}

/// `rounded(amount, mode)`.
fn rounded(arguments: &[Value]) -> Result<Value, EvalError> {
    let [Value::Number(amount), Value::Text(word)] = arguments else {
        return Err(EvalError::new(
            EvalKind::Missing,
            "要舍入的金额没有值",
            "The amount to be rounded is missing",
        ));
    };
    let Some(mode) = rounding(word) else {
        return Err(EvalError::new(
            EvalKind::Host,
            format!("没有舍入方式 {word}：写 half_up、half_even、half_down、up 或 down"),
            format!("There is no rounding {word}: half_up, half_even, half_down, up or down"),
        ));
    };
    match Yuan::rounded(*amount, mode) {
        Ok(yuan) => Ok(Value::Number(yuan.into())),
        Err(error) => Err(EvalError::new(
            EvalKind::Host,
            error.text(expr::lang::Lang::Zh),
            error.text(expr::lang::Lang::En),
        )),
    }
}
