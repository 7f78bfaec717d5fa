//! Random small tables, from their text to the data of a case, against the words of the page.

use language::codes;
use proptest::prelude::*;

use crate::asking::{answer, compiled, opened, process};

/// What a cell asks of a number from 0 to 9, as a test reads it and as it is written.
#[derive(Clone, Debug)]
enum Asked {
    Any,
    Compared(&'static str, i64),
    Between(bool, i64, i64, bool),
    Among(Vec<i64>),
    Outside(Vec<i64>),
}

impl Asked {
    fn holds(&self, n: i64) -> bool {
        match self {
            Asked::Any => true,
            Asked::Compared("<", than) => n < *than,
            Asked::Compared("<=", than) => n <= *than,
            Asked::Compared(">", than) => n > *than,
            Asked::Compared(_, than) => n >= *than,
            Asked::Between(from, low, high, to) => {
                (n > *low || *from && n == *low) && (n < *high || *to && n == *high)
            }
            Asked::Among(of) => of.contains(&n),
            Asked::Outside(of) => !of.contains(&n),
        }
    }

    fn written(&self) -> String {
        let list = |of: &[i64]| of.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Asked::Any => "-".to_owned(),
            Asked::Compared(sign, than) => format!("{sign} {than}"),
            Asked::Between(from, low, high, to) => {
                let (open, close) = (if *from { '[' } else { '(' }, if *to { ']' } else { ')' });
                format!("{open}{low}..{high}{close}")
            }
            Asked::Among(of) => list(of),
            Asked::Outside(of) => format!("not({})", list(of)),
        }
    }
}

/// A row: what it asks of the score, of the size, and its answer.
type Ruled = (Asked, Vec<&'static str>, i64);

const SIZES: [&str; 3] = ["a", "b", "c"];
const HITS: [&str; 9] = [
    "unique",
    "first",
    "any",
    "priority",
    "collect",
    "collect sum",
    "collect min",
    "collect max",
    "collect count",
];

fn asked() -> impl Strategy<Value = Asked> {
    let some = || prop::collection::vec(0i64..10, 1..3);
    prop_oneof![
        2 => Just(Asked::Any),
        4 => (prop::sample::select(vec!["<", "<=", ">", ">="]), 0i64..10)
            .prop_map(|(sign, than)| Asked::Compared(sign, than)),
        3 => (any::<bool>(), 0i64..8, 1i64..5, any::<bool>())
            .prop_map(|(from, low, wide, to)| Asked::Between(from, low, low + wide, to)),
        1 => some().prop_map(Asked::Among),
        1 => some().prop_map(Asked::Outside),
    ]
}

fn ruled() -> impl Strategy<Value = Ruled> {
    let sizes = prop::sample::subsequence(SIZES.to_vec(), 1..=3);
    (asked(), sizes, 0i64..4)
}

/// The answer by the words of the page: none where the text should not compile.
fn naive(rows: &[Ruled], hit: &str, score: i64, size: &str) -> Option<String> {
    let matching: Vec<i64> = rows
        .iter()
        .filter(|(asked, sizes, _)| asked.holds(score) && sizes.contains(&size))
        .map(|(_, _, answer)| *answer)
        .collect();
    let list = |all: &[i64]| all.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let or_null = |answer: Option<&i64>| answer.map_or("null".to_owned(), i64::to_string);
    match hit {
        "collect" => Some(format!("[{}]", list(&matching))),
        "collect sum" => Some(matching.iter().sum::<i64>().to_string()),
        "collect count" => Some(matching.len().to_string()),
        "collect min" => Some(or_null(matching.iter().min())),
        "collect max" => Some(or_null(matching.iter().max())),
        "first" => matching.first().map(i64::to_string),
        // The choices are listed from w3 down to w0.
        "priority" => matching.iter().max().map(|answer| format!("\"w{answer}\"")),
        "unique" => (matching.len() == 1).then(|| matching[0].to_string()),
        _ => (!matching.is_empty() && matching.iter().all(|it| *it == matching[0]))
            .then(|| matching[0].to_string()),
    }
}

fn written(rows: &[Ruled], hit: &str) -> String {
    let priority = hit == "priority";
    let lines: Vec<String> = rows
        .iter()
        .map(|(asked, sizes, answer)| {
            let sizes = if sizes.len() == 3 { "-".to_owned() } else { sizes.join(", ") };
            let word = if priority { "w" } else { "" };
            format!("      | {} | {sizes} | {word}{answer} |", asked.written())
        })
        .collect();
    let output = if priority { "{ type: choice, of: [w3, w2, w1, w0] }" } else { "integer" };
    let table = format!(
        "    inputs: {{ score: {{ type: integer, domain: \"[0..9]\" }}, size: {{ type: choice, of: [a, b, c] }} }}
    outputs: {{ to: {output} }}
    hit: {hit}
    rows: |
      | score | size | = to |
{}",
        lines.join("\n")
    );
    let ty = match hit {
        "collect" => "list of integer",
        "priority" => "text",
        _ => "integer",
    };
    // The guard compares only what can be compared.
    process(ty, &table).replace("t(score, size) = answer", "score >= 0")
}

fn every_point() -> impl Iterator<Item = (i64, &'static str)> {
    (0..10).flat_map(|score| SIZES.map(|size| (score, size)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// A table compiles just when every point has one answer, and then the case gets that answer.
    #[test]
    fn a_case_gets_what_the_rows_say(
        rows in prop::collection::vec(ruled(), 1..6),
        hit in prop::sample::select(HITS.to_vec()),
    ) {
        let whole = every_point().all(|(score, size)| naive(&rows, hit, score, size).is_some());
        match compiled(&written(&rows, hit)) {
            Err(found) => {
                let told = found.contains(&codes::TABLE_GAP) || found.contains(&codes::TABLE_OVERLAP);
                prop_assert!(told && !whole, "{found:?}");
            }
            Ok(definition) => {
                prop_assert!(whole, "a gap or an overlap was not found");
                for (score, size) in every_point() {
                    let world = opened(&definition, score, size, "2026-03-02T09:00:00+08:00").unwrap();
                    prop_assert_eq!(Some(answer(&world)), naive(&rows, hit, score, size), "{} {}", score, size);
                }
            }
        }
    }
}
