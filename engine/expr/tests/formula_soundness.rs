//! The promise of the strict rules: a policy formula that compiles never meets a missing value or a wrong type,
//! whatever the case holds.

use expr::formula::{EvalKind, Inputs, Mode, Scope, Slot, compile};
use expr::value::{Type, Value};
use proptest::prelude::*;

struct Case {
    known: u8,
}

impl Case {
    /// The value, or null where this case happens not to know it.
    fn perhaps(&self, bit: u8, value: Value) -> Value {
        if self.known >> bit & 1 == 1 { value } else { Value::Null }
    }
}

impl Inputs for Case {
    fn variable(&self, slot: Slot) -> Value {
        let claim = |bit: u8, sum: i64| {
            let result = self.perhaps(bit, Value::text("放款"));
            Value::context([
                ("r", result),
                ("m", Value::from(sum)),
                ("q", self.perhaps(bit + 1, Value::from(sum))),
            ])
        };
        match slot.0 {
            0 => Value::from(5),
            1 => self.perhaps(0, Value::from(7)),
            2 => Value::text("甲"),
            3 => self.perhaps(1, Value::text("乙")),
            4 => Value::list(if self.known & 4 == 0 { vec![] } else { vec![claim(3, 1), claim(5, 2)] }),
            5 => self.perhaps(6, Value::context([("f", self.perhaps(7, Value::from(9)))])),
            6 => Value::Bool(self.known & 1 == 1),
            _ => Value::Date(jiff::civil::date(2026, 3, 1)),
        }
    }
}

fn scope() -> Scope {
    let mut scope = Scope::new();
    let claim =
        Type::context([("r", Type::Text.nullable()), ("m", Type::Money), ("q", Type::Number.nullable())]);
    scope.variable("n", Type::Number);
    scope.variable("p", Type::Number.nullable());
    scope.variable("t", Type::Text);
    scope.variable("u", Type::Text.nullable());
    scope.variable("c", Type::list(claim));
    scope.variable("o", Type::context([("f", Type::Number.nullable())]).nullable());
    scope.variable("b", Type::Bool);
    scope.variable("d", Type::Date);
    scope
}

fn numbers(inner: BoxedStrategy<(String, String)>) -> BoxedStrategy<String> {
    let two = (inner.clone(), inner.clone());
    prop_oneof![
        (two.clone(), prop::sample::select(vec!["+", "-", "*"]))
            .prop_map(|(((a, _), (b, _)), op)| format!("({a} {op} {b})")),
        two.clone().prop_map(|((a, _), (b, c))| format!("(if {c} then {a} else {b})")),
        two.clone().prop_map(|((a, _), (b, _))| format!("coalesce({a}, {b})")),
        inner.clone().prop_map(|(_, c)| format!("count(c[{c}])")),
        inner.clone().prop_map(|(_, c)| format!("sum(c[{c}].m)")),
        inner.clone().prop_map(|(_, c)| format!("sum(c[q is known and {c}].m)")),
        inner.clone().prop_map(|(a, _)| format!("coalesce(max(for x in c return {a}), 0)")),
        inner.prop_map(|(a, _)| format!("abs({a})")),
    ]
    .boxed()
}

fn conditions(inner: BoxedStrategy<(String, String)>) -> BoxedStrategy<String> {
    let two = (inner.clone(), inner.clone());
    prop_oneof![
        (two.clone(), prop::sample::select(vec!["=", "!=", "<", ">="]))
            .prop_map(|(((a, _), (b, _)), op)| format!("({a} {op} {b})")),
        (two, prop::sample::select(vec!["and", "or"]))
            .prop_map(|(((_, a), (_, b)), op)| format!("({a} {op} {b})")),
        inner.clone().prop_map(|(_, a)| format!("not({a})")),
        inner.clone().prop_map(|(a, _)| format!("({a} is known)")),
        inner.clone().prop_map(|(a, _)| format!("({a} in [1..5])")),
        inner.prop_map(|(_, a)| format!("(some x in c satisfies x.q is known and {a})")),
    ]
    .boxed()
}

/// A number and a condition, built up together.
fn formula() -> impl Strategy<Value = (String, String)> {
    let number = prop::sample::select(vec![
        "n",
        "p",
        "1",
        "o.f",
        "c[1].m",
        "coalesce(p, 0)",
        "string length(t)",
        "d.day",
    ]);
    let condition = prop::sample::select(vec![
        "b",
        "p is known",
        "p != null",
        "p = null",
        "o is known",
        "o.f is known",
        "o.f is unknown",
        "u = \"乙\"",
        "u is known",
        "p > 3",
        "o.f > 3",
        "q > 1",
        "r is known",
        "m > 1",
    ]);
    let leaf = (number, condition).prop_map(|(a, b)| (a.to_owned(), b.to_owned()));
    leaf.prop_recursive(4, 20, 2, |inner| {
        let inner = inner.boxed();
        (numbers(inner.clone()), conditions(inner))
    })
}

fn holds(text: &str) -> Result<bool, TestCaseError> {
    let Ok(formula) = compile(text, &scope(), Mode::Policy) else { return Ok(false) };
    for known in 0..=u8::MAX {
        if let Err(error) = formula.eval(&Case { known }) {
            let broken = matches!(error.kind, EvalKind::Missing | EvalKind::WrongType);
            prop_assert!(!broken, "{text}\n{error} with {known:#010b}");
        }
    }
    Ok(true)
}

/// Conditions about one value that may be null, and nothing else.
fn suspicion(path: &'static str) -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "# is known",
        "# is unknown",
        "# != null",
        "# = null",
        "b",
        "is defined(#)",
    ]);
    let deep = leaf.prop_map(str::to_owned).prop_recursive(3, 8, 2, |inner| {
        let two = (inner.clone(), inner.clone(), prop::sample::select(vec!["and", "or"]));
        prop_oneof![
            two.prop_map(|(a, b, op)| format!("({a} {op} {b})")),
            inner.prop_map(|a| format!("not({a})"))
        ]
    });
    deep.prop_map(move |text| text.replace('#', path))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_compiles_never_meets_a_missing_value((number, condition) in formula()) {
        holds(&number)?;
        holds(&condition)?;
        holds(&format!("{condition} and {number} > 0"))?;
        holds(&format!("if {condition} then {number} else 0"))?;
    }

    #[test]
    fn a_condition_teaches_only_what_is_true(p in suspicion("p"), o in suspicion("o")) {
        for (condition, use_of_it) in [(p, "p > 0"), (o, "o.f is known and o.f > 0")] {
            holds(&format!("{condition} and {use_of_it}"))?;
            holds(&format!("{condition} or {use_of_it}"))?;
            holds(&format!("if {condition} then {use_of_it} else false"))?;
            holds(&format!("if {condition} then false else {use_of_it}"))?;
        }
    }
}

#[test]
fn the_law_is_about_something() {
    let compiles = |text: &str| matches!(holds(text), Ok(true));
    assert!(compiles("o.f is known and o.f > 3"));
    assert!(compiles("if p = null then 0 else p"));
    assert!(!compiles("p > 3"));
}
