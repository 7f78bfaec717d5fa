//! A cell of a table and the same text as unary tests of the formula language say the same.

use expr::formula::{Mode, NoInputs, Scope, compile_unary};
use expr::table::{Domain, Hit, Input, Output, Point, Signature, Table};
use expr::value::{Type, Value};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// The verdicts of a one-row table and of the formula language on the same cell.
#[track_caller]
fn verdicts(cell: &str, domain: Domain, ty: &Type, point: &Point) -> (bool, bool) {
    let signature = Signature {
        inputs: vec![Input { optional: true, ..Input::new("甲", domain) }],
        outputs: vec![Output::new("果", Domain::number())],
        hit: Hit::First,
    };
    let text = format!("| 甲 | = 果 |\n| {cell} | 1 |");
    let table = Table::read(&text, signature).unwrap_or_else(|problems| panic!("{cell}: {problems:?}"));
    let tests = compile_unary(cell, ty, &Scope::default(), Mode::Policy)
        .unwrap_or_else(|errors| panic!("{cell}: {errors:?}"));
    let value = Value::from(point);
    assert_eq!(Point::try_from(&value).as_ref(), Ok(point));
    let formula = tests.matches(&value, &NoInputs).unwrap_or_else(|error| panic!("{cell}: {error:?}"));
    (table.decide(std::slice::from_ref(point)).is_ok(), formula)
}

fn number() -> impl Strategy<Value = String> {
    (-30i64..30, prop::sample::select(vec!["", "0", ".5", "%", "万"]))
        .prop_map(|(n, unit)| format!("{n}{unit}"))
}

fn test() -> impl Strategy<Value = String> {
    prop_oneof![
        number(),
        (prop::sample::select(vec!["<", "<=", ">", ">="]), number()).prop_map(|(op, n)| format!("{op} {n}")),
        ("[\\[(]", -30i64..0, 1i64..30, "[\\])]")
            .prop_map(|(a, low, high, b)| format!("{a}{low}..{high}{b}")),
    ]
}

fn tests() -> impl Strategy<Value = String> {
    prop::collection::vec(test(), 1..4).prop_map(|tests| tests.join(", "))
}

fn cell() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec!["-", "null", "not(null)"]).prop_map(str::to_owned);
    prop_oneof![1 => fixed, 4 => tests(), 2 => tests().prop_map(|tests| format!("not({tests})"))]
}

proptest! {
    #[test]
    fn tables_and_formulas_read_a_cell_alike(cell in cell(), n in -310i64..310) {
        for point in [Point::Number(Decimal::new(n, 1)), Point::Number((n * 10_000).into()), Point::Missing] {
            let (table, formula) = verdicts(&cell, Domain::number(), &Type::Number, &point);
            prop_assert_eq!(table, formula, "{} at {:?}", cell, point);
        }
    }
}

#[test]
fn texts_truths_and_dates_are_read_alike() {
    let text = |s: &str| Point::Text(s.to_owned());
    let date = |s: &str| Point::Date(s.parse().expect("a date"));
    let table = [
        ("\"制造业\"", Domain::Text, Type::Text, text("制造业"), true),
        ("not(\"制造业\", \"农业\")", Domain::Text, Type::Text, text("农业"), false),
        ("true", Domain::Bool, Type::Bool, Point::Bool(true), true),
        ("false", Domain::Bool, Type::Bool, Point::Bool(true), false),
        ("not(null)", Domain::Bool, Type::Bool, Point::Missing, false),
        ("not(null)", Domain::Bool, Type::Bool, Point::Bool(true), true),
    ];
    for (cell, domain, ty, point, expected) in table {
        assert_eq!(verdicts(cell, domain, &ty, &point), (expected, expected), "{cell}");
    }
    assert_eq!(Value::from(&date("2026-01-01")), Value::Date("2026-01-01".parse().expect("a date")));
}
