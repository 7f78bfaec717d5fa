//! Decision-table cells: what matches, and what the cell is as intervals.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use expr::formula::{Inputs, Mode, NoInputs, Scope, Slot, compile_unary};
use expr::value::{Bound, Type, Value};

struct Score;

impl Inputs for Score {
    fn variable(&self, _: Slot) -> Value {
        Value::from(600)
    }
}

fn scope() -> Scope {
    let mut scope = Scope::new();
    scope.variable("分数线", Type::Number);
    scope
}

fn kind(name: &str) -> Type {
    match name {
        "number" => Type::Number,
        "money" => Type::Money,
        "date" => Type::Date,
        "text" => Type::Text,
        "bool" => Type::Bool,
        "choice" => Type::choice(["流动资金", "设备采购"]),
        "list" => Type::list(Type::Number),
        other => panic!("{other}"),
    }
}

fn literal(text: &str) -> Value {
    expr::formula::compile(text, &Scope::new(), Mode::Feel).unwrap().eval(&NoInputs).unwrap()
}

/// `type | cell | yes: values | no: values`
fn check(table: &str) {
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let parts: Vec<&str> = row.split('|').map(str::trim).collect();
        for mode in [Mode::Policy, Mode::Feel] {
            let cell = compile_unary(parts[1], &kind(parts[0]), &scope(), mode);
            let cell = cell.unwrap_or_else(|errors| panic!("{row}: {errors:?}"));
            for (values, wanted) in [(parts[2], true), (parts.get(3).copied().unwrap_or(""), false)] {
                let list = literal(&format!("[{values}]"));
                for value in list.as_list().unwrap() {
                    assert_eq!(cell.matches(value, &Score).unwrap(), wanted, "{row}: {value} in {mode:?}");
                    // The normal form agrees with the evaluation.
                    if let Some(intervals) = cell.as_intervals()
                        && !value.is_null()
                    {
                        let inside = intervals.iter().any(|it| contains(&it.low, &it.high, value));
                        assert_eq!(inside, wanted, "{row}: {value} in {intervals:?}");
                    }
                }
            }
        }
    }
}

fn contains(low: &Bound, high: &Bound, value: &Value) -> bool {
    let above = match low {
        Bound::Unbounded => true,
        Bound::Open(it) => value > it,
        Bound::Closed(it) => value >= it,
    };
    let below = match high {
        Bound::Unbounded => true,
        Bound::Open(it) => value < it,
        Bound::Closed(it) => value <= it,
    };
    above && below
}

#[test]
fn cells_match_what_they_say() {
    check(
        r#"
        number | -                        | 1, 2, null          |
        number | < 600                    | 599                 | 600, 601
        money  | <= 1000万                | 1000万              | 10000001
        number | [600..700)               | 600, 699.99         | 599, 700
        number | (600..700]               | 601, 700            | 600
        number | < 100, > 200             | 99, 201             | 100, 150, 200
        number | 1, 2, [5..7]             | 1, 2, 6             | 3, 4
        number | not(1, 2)                | 3                   | 1, 2
        number | not([600..700))          | 599, 700            | 600
        number | not(< 100, > 200)        | 100, 150, 200       | 99, 201
        number | != 5                     | 4, 6                | 5
        number | = 5                      | 5                   | 4
        number | 3%                       | 0.03                | 3
        number | [1, 3]                   | 1, 3                | 2
        number | ? > 5 and ? < 10         | 6                   | 5, 10
        number | ? * 2 = 10               | 5                   | 4
        number | >= 分数线                | 600, 601            | 599
        number | 分数线 = 600             | 1, 2                |
        number | (> 3)                    | 4                   | 3
        text   | "甲行", "乙行"           | "甲行"              | "丙行"
        text   | not("甲行")              | "乙行"              | "甲行"
        text   | starts with(?, "苏州")   | "苏州银行"          | "合肥"
        choice | "流动资金"               | "流动资金"          | "设备采购"
        bool   | true                     | true                | false
        bool   | not(true)                | false               | true
        bool   | false                    | false               | true
        date   | >= @"2026-01-01"         | @"2026-01-01"       | @"2025-12-31"
        date   | [@"2026-01-01"..@"2026-12-31"] | @"2026-06-01" | @"2027-01-01"
        date   | date("2026-01-01")       | @"2026-01-01"       | @"2026-01-02"
        number | null                     | null                | 1
        list   | count(?) > 1             | [1, 2]              | [1]
    "#,
    );
}

fn intervals(ty: &str, cell: &str) -> String {
    let cell = compile_unary(cell, &kind(ty), &scope(), Mode::Policy).unwrap();
    match cell.as_intervals() {
        None => "none".to_owned(),
        Some(all) => {
            let shown: Vec<String> = all
                .iter()
                .map(|it| {
                    let low = match &it.low {
                        Bound::Unbounded => "(".to_owned(),
                        Bound::Open(low) => format!("({low}"),
                        Bound::Closed(low) => format!("[{low}"),
                    };
                    let high = match &it.high {
                        Bound::Unbounded => ")".to_owned(),
                        Bound::Open(high) => format!("{high})"),
                        Bound::Closed(high) => format!("{high}]"),
                    };
                    format!("{low}..{high}")
                })
                .collect();
            shown.join(" ")
        }
    }
}

#[test]
fn constant_cells_have_a_normal_form() {
    #[rustfmt::skip]
    let table = [
        ("number", "-",                       "(..)"),
        ("number", "< 600",                   "(..600)"),
        ("number", "[600..700)",              "[600..700)"),
        ("number", "5, 3, 4",                 "[3..3] [4..4] [5..5]"),
        ("number", "[1..3], [2..5]",          "[1..5]"),
        ("number", "[1..3), [3..5]",          "[1..5]"),
        ("number", "(1..3), (3..5)",          "(1..3) (3..5)"),
        ("number", "< 600, >= 600",           "(..)"),
        ("number", "!= 5",                    "(..5) (5..)"),
        ("number", "not([1..3])",             "(..1) (3..)"),
        ("number", "not(< 5)",                "[5..)"),
        ("number", "not(-5, 7)",              "(..-5) (-5..7) (7..)"),
        ("number", "not(< 5, >= 5)",          ""),
        ("number", "[600 .. 100 * 7)",        "[600..700)"),
        ("text",   "\"b\", \"a\", \"a\"",     "[\"a\"..\"a\"] [\"b\"..\"b\"]"),
        ("bool",   "true",                    "[true..true]"),
        ("bool",   "not(true)",               "[false..false]"),
        ("date",   "< @\"2026-01-01\"",       "(..@\"2026-01-01\")"),
        ("number", ">= 分数线",               "none"),
        ("number", "? > 5",                   "none"),
        ("number", "null",                    "none"),
    ];
    for (ty, cell, wanted) in table {
        assert_eq!(intervals(ty, cell), wanted, "{cell}");
    }
}

#[test]
fn cells_are_checked_against_their_input() {
    #[rustfmt::skip]
    let table = [
        ("number", "\"a\"",            "F302"),
        ("number", "< \"a\"",          "F302"),
        ("number", "[\"a\"..\"b\"]",   "F302"),
        ("choice", "\"还债\"",         "F306"),
        ("money",  "3%",               "F302"),
        ("number", "分数",             "F201"),
        ("number", "< 600,",           "F108"),
        ("number", "＜ 600",           "F110"),
        ("number", "? + 1",            "F301"),
        ("number", "",                 "F108"),
        ("number", "[7..3]",           "F307"),
    ];
    for (ty, cell, code) in table {
        let errors = compile_unary(cell, &kind(ty), &scope(), Mode::Policy).unwrap_err();
        assert_eq!(errors[0].code.as_str(), code, "{cell}: {errors:?}");
    }
}
