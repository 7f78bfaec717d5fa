//! The pages of what stops a formula while it runs: the wrong examples stop with that code, the right ones have a value.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use expr::formula::{EvalError, EvalKind, HostFn, Inputs, Mode, Scope, Slot, WorkingDays, compile};
use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use language::codes::{ALL, Code};
use language::process::eval_code;
use language::{Sources, calendar, pages};

const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

/// What an example reads: its own values, a calendar unless the page is about having none, and one function of a
/// process, which answers below 600 points only.
struct Given {
    values: Vec<Value>,
    calendar: Option<Calendar>,
}

impl Inputs for Given {
    fn variable(&self, slot: Slot) -> Value {
        self.values[slot.0 as usize].clone()
    }

    fn call(&self, _: HostFn, given: &[Value]) -> Result<Value, EvalError> {
        match given[0].as_number() {
            Some(score) if score < 600.into() => Ok(Value::Number("0.03".parse().unwrap())),
            _ => Err(EvalError::new(EvalKind::Host, "没有一行符合", "No row matches")),
        }
    }

    fn working_days(&self) -> Option<&dyn WorkingDays> {
        self.calendar.as_ref().map(|it| it as &dyn WorkingDays)
    }
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Number(it) if it.is_integer() => Type::Integer,
        Value::Text(_) => Type::Text,
        Value::List(_) => Type::list(Type::Any),
        _ => Type::Any,
    }
}

/// The code an example stops with.
fn stops(code: Code, bytes: &[u8]) -> Vec<Code> {
    let text = std::str::from_utf8(bytes).unwrap().trim();
    let (given, formula) = text.rsplit_once('\n').unwrap_or(("{}", text));
    let given = simulate::json::read(&serde_json::from_str(given).unwrap()).unwrap();
    let mut scope = Scope::new();
    let mut values = Vec::new();
    for (name, value) in given.as_context().unwrap() {
        scope.variable(name, type_of(value));
        values.push(value.clone());
    }
    scope.function("奖励比例", &[Type::Number], Type::Number);
    let formula = compile(formula, &scope, Mode::Policy).unwrap_or_else(|e| panic!("{code}: {e:?}"));
    let years = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]).0;
    let calendar = years.filter(|_| code != language::codes::EVAL_NO_CALENDAR);
    match formula.eval(&Given { values, calendar }) {
        Ok(_) => vec![],
        Err(error) => vec![eval_code(error.kind)],
    }
}

#[test]
fn the_examples_of_every_page_about_running_formulas_behave() {
    let codes: Vec<Code> = ALL.iter().copied().filter(|code| code.id().starts_with("F9")).collect();
    assert_eq!(codes.len(), EvalKind::ALL.len());
    let faults = pages::faults(&codes, stops);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn formulas_and_diagnostics_call_the_same_thing_by_codes_that_find_each_other() {
    for kind in EvalKind::ALL {
        assert_eq!(eval_code(*kind).id(), kind.as_str());
    }
    for code in expr::formula::FormulaCode::ALL {
        let found = Code::find(code.as_str()).unwrap();
        assert!(found.id().starts_with("CH04"), "{code} is found as {found}");
        assert_eq!(found.of_formulas(), Some(code.as_str()));
    }
}
