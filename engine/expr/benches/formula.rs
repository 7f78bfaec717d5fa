//! What a formula costs once it is compiled, and what compiling costs.
#![expect(clippy::unwrap_used, reason = "a measurement stops where it fails")]

use divan::{Bencher, black_box};
use expr::formula::{Inputs, Mode, Scope, Slot, compile, compile_unary};
use expr::value::{Type, Value};

fn main() {
    divan::main();
}

struct Case(Vec<Value>);

impl Inputs for Case {
    fn variable(&self, slot: Slot) -> Value {
        self.0[slot.0 as usize].clone()
    }
}

fn scope() -> Scope {
    let mut scope = Scope::new();
    scope.variable("loan", Type::context([("amount", Type::Money), ("rate", Type::Rate)]));
    scope.variable("limit", Type::Money);
    scope.variable("score", Type::Number);
    scope.variable("threshold", Type::Number);
    let claim = Type::context([("结果", Type::Text.nullable()), ("金额", Type::Money)]);
    scope.variable("认领", Type::list(claim));
    scope
}

fn case() -> Case {
    let rate = rust_decimal::Decimal::new(435, 4);
    let claim = |result: Value| Value::context([("结果", result), ("金额", Value::from(1_000_000))]);
    Case(vec![
        Value::context([("amount", Value::from(5_000_000)), ("rate", Value::number(rate))]),
        Value::from(10_000_000),
        Value::from(650),
        Value::from(600),
        Value::list([claim(Value::Null), claim(Value::text("已放款")), claim(Value::Null)]),
    ])
}

const FORMULAS: &[&str] = &[
    "loan.amount <= limit and score >= threshold",
    "to_fen(loan.amount * loan.rate * 0.5%)",
    "count(认领[结果 = null]) < 3",
    "if some c in 认领 satisfies c.结果 is known and c.结果 = \"已放款\" then sum(认领.金额) else 0",
];

#[divan::bench(args = FORMULAS)]
fn evaluate(bencher: Bencher<'_, '_>, text: &str) {
    let (formula, case) = (compile(text, &scope(), Mode::Policy).unwrap(), case());
    bencher.bench_local(|| black_box(&formula).eval(black_box(&case)));
}

#[divan::bench(args = FORMULAS)]
fn evaluate_traced(bencher: Bencher<'_, '_>, text: &str) {
    let (formula, case) = (compile(text, &scope(), Mode::Policy).unwrap(), case());
    bencher.bench_local(|| black_box(&formula).eval_traced(black_box(&case)));
}

#[divan::bench(args = FORMULAS)]
fn compile_once(bencher: Bencher<'_, '_>, text: &str) {
    let scope = scope();
    bencher.bench_local(|| compile(black_box(text), black_box(&scope), Mode::Policy));
}

#[divan::bench]
fn match_a_cell(bencher: Bencher<'_, '_>) {
    let (cell, case) = (compile_unary("[600..700)", &Type::Number, &scope(), Mode::Policy).unwrap(), case());
    bencher.bench_local(|| black_box(&cell).matches(black_box(&case.0[2]), &case));
}
