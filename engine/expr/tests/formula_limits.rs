//! Limits and laws: any text gets a civil answer, nothing runs for ever, both modes agree where both answer.

use expr::formula::{Mode, NoInputs, Scope, compile, compile_unary};
use expr::value::{Type, Value};
use proptest::prelude::*;

/// The code a text ends with, or its value.
fn answer(text: &str) -> String {
    match compile(text, &Scope::new(), Mode::Feel) {
        Err(errors) => errors[0].code.to_string(),
        Ok(formula) => match formula.eval(&NoInputs) {
            Err(error) => error.kind.as_str().to_owned(),
            Ok(value) => value.to_string(),
        },
    }
}

#[test]
fn each_limit_answers_with_its_code() {
    let nested = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
    let table = [
        (format!("1{}", " + 1".repeat(1000)), "1001"),
        (format!("true{}", " and true".repeat(400)), "true"),
        (format!("1{}", " ".repeat(5000)), "F101"),
        (nested("(", ")", 60), "1"),
        (nested("(", ")", 70), "F102"),
        (nested("[", "]", 70), "F102"),
        (nested("abs(", ")", 70), "F102"),
        (nested("-", "", 70), "F102"),
        (format!("x{}", "[1]".repeat(1000)), "F102"),
        (format!("x{}", ".a".repeat(1000)), "F102"),
        ("if true then ".repeat(200), "F102"),
        ("(".repeat(4000), "F102"),
        ("{a:".repeat(1000), "F102"),
        ("1 instance of ".to_owned() + &"list<".repeat(500), "F102"),
        ("for i in 1..1000000 return i".to_owned(), "F906"),
        ("for i in 1..1000, j in 1..1000 return i".to_owned(), "F906"),
        ("count(for i in -1000000000000..1000000000000 return i)".to_owned(), "F906"),
        ("every i in 1..99999999999 satisfies true".to_owned(), "F906"),
        (
            "(for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + partial[-1])[-1]".to_owned(),
            "F907",
        ),
        ("(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])[-1]".to_owned(), "F906"),
        ("for i in 1..5000 return [partial[-1]]".to_owned(), "F907"),
        (
            "{a: [1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: [f,f,f,f], \
          h: [g,g,g,g], i: [h,h,h,h], j: [i,i,i,i]}"
                .to_owned(),
            "F906",
        ),
        (
            "{a: [1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: [f,f,f,f], \
          h: [g,g,g,g], i: [h,h,h,h], j: string([i,i,i,i])}.j"
                .to_owned(),
            "F907",
        ),
        (
            "{a: [1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: [f,f,f,f], \
          h: [g,g,g,g], i: [h,h,h,h], j: i = [h,h,h,h]}.j"
                .to_owned(),
            "F906",
        ),
        ("10 ** 1000000000000".to_owned(), "null"),
        ("matches(\"a\", \"(((a{100}){100}){100}){100}\")".to_owned(), "null"),
    ];
    for (text, wanted) in table {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(answer(&text), wanted, "{shown}");
    }
}

/// Pieces a formula is made of, to be thrown together at random.
const PIECES: &str = "1¦0¦2.5¦1000万¦3%¦5工作日¦\"甲\"¦@\"2026-01-31\"¦@\"P1M\"¦@\"PT36H\"¦null¦true¦x¦item¦甲¦+¦-¦*¦/¦**¦=\
    ¦!=¦<¦>=¦(¦)¦[¦]¦{¦}¦,¦:¦.¦..¦if¦then¦else¦for¦in¦return¦some¦every¦satisfies¦and¦or¦not(¦between¦is known\
    ¦instance of¦number¦count(¦sum(¦min(¦date(¦string(¦substring(¦abs(¦partial¦?¦list<¦（¦，¦“¦==¦&&¦1..3¦a:¦sort(\
    ¦flatten(¦for i in [1, 2] return¦@¦\"¦\\u12¦/*¦.5¦1e9¦e¦¦function(";

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.split('¦').collect::<Vec<_>>());
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

/// Whole formulas that mostly make sense.
fn formula() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "-3",
        "2.5",
        "1e20",
        "0",
        "null",
        "true",
        "\"a\"",
        "[]",
        "[1, 2]",
        "@\"2026-01-31\"",
        "@\"P1M\"",
        "@\"P3D\"",
        "{a: 1}",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop::sample::select(vec!["+", "-", "*", "/", "**", "=", "<", "and", "or", "in"]))
                .prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("[{a}, 1][item = {a}]")),
            two.clone().prop_map(|(a, b)| format!("(if {a} then {b} else {a})")),
            two.clone().prop_map(|(a, b)| format!("(for i in {a} return {b})")),
            two.prop_map(|(a, b)| format!("[{a}..{b}]")),
            (
                inner,
                prop::sample::select(vec![
                    "sum", "count", "string", "abs", "min", "flatten", "date", "not", "sort"
                ])
            )
                .prop_map(|(a, f)| format!("{f}({a})")),
        ]
    })
}

fn runs(text: &str) {
    let mut scope = Scope::new();
    scope.variable("x", Type::Any);
    scope.variable("甲", Type::Money.nullable());
    for mode in [Mode::Feel, Mode::Policy] {
        match compile(text, &scope, mode) {
            Ok(formula) => {
                let (outcome, trace) = formula.eval_traced(&NoInputs);
                assert_eq!(outcome, formula.eval(&NoInputs));
                let _ = trace.to_string();
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(text.get(error.span.clone()).is_some(), "{error:?}");
                    if let Some((span, _)) = error.fix {
                        assert!(text.get(span).is_some());
                    }
                }
            }
        }
        if let Ok(cell) = compile_unary(text, &Type::Number, &scope, mode) {
            let _ = cell.matches(&Value::from(1), &NoInputs);
            let _ = cell.as_intervals();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}") {
        runs(&text);
    }

    #[test]
    fn any_mixture_of_words_gets_an_answer(text in soup()) {
        runs(&text);
    }

    #[test]
    fn what_both_modes_answer_they_answer_alike(text in formula()) {
        runs(&text);
        let feel = compile(&text, &Scope::new(), Mode::Feel).map(|it| it.eval(&NoInputs));
        let policy = compile(&text, &Scope::new(), Mode::Policy).map(|it| it.eval(&NoInputs));
        // An empty sum is the one stated difference.
        if let (Ok(Ok(feel)), Ok(Ok(policy))) = (feel, policy) && !text.contains("sum") {
            prop_assert_eq!(feel, policy, "{}", text);
        }
    }

    #[test]
    fn a_value_written_out_reads_back_the_same(text in formula()) {
        if let Ok(Ok(value)) = compile(&text, &Scope::new(), Mode::Feel).map(|it| it.eval(&NoInputs)) {
            let again = compile(&value.to_string(), &Scope::new(), Mode::Feel).map(|it| it.eval(&NoInputs));
            prop_assert_eq!(again, Ok(Ok(value)), "{}", text);
        }
    }

    #[test]
    fn sums_of_fen_are_exact(fen in prop::collection::vec(0_i64..1_000_000_000, 1..50)) {
        let list = fen.iter().map(|it| format!("{}.{:02}", it / 100, it % 100)).collect::<Vec<_>>().join(", ");
        let total = format!("sum([{list}]) * 100 = {}", fen.iter().sum::<i64>());
        prop_assert_eq!(answer(&total), "true");
    }
}
