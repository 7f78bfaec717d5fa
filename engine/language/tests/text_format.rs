//! `charter fmt`: what becomes of a text, and the laws that hold for every text.

use language::format::format;
use language::{Node, read::read_tree};
use proptest::prelude::*;

fn tree(text: &str) -> Node {
    read_tree(text.as_bytes()).unwrap_or_else(|report| panic!("{report:?}\n{text}")).root
}

/// The laws: same meaning, same comments, and nothing more to do the second time.
fn lawful(text: &str) -> String {
    let formatted = format("a.yaml", text).expect("a text without errors");
    assert!(tree(text).says_same(&tree(&formatted)), "meaning\n{text}\n--\n{formatted}");
    let again = format("a.yaml", &formatted).expect("our own writing");
    assert_eq!(again, formatted, "idempotence of\n{text}");
    assert_eq!(
        text.matches("#").count(),
        formatted.matches("#").count(),
        "comments\n{text}\n--\n{formatted}"
    );
    formatted
}

#[test]
fn the_normal_form() {
    #[rustfmt::skip]
    let table = [
        ("a:   1\nb:\n    c: 2\n    d:\n    - x\n    -   y\n", "a: 1\nb:\n  c: 2\n  d:\n    - x\n    - y\n"),
        ("# 头\n\n\n\na: 1 # 一\nbbbb: 2   #二\n\n\n# 尾",       "# 头\n\na: 1     # 一\nbbbb: 2  # 二\n\n# 尾\n"),
        ("a: {b: 1,c: [x,y]}",                             "a: { b: 1, c: [x, y] }\n"),
        ("a: \"简单\"\nb: \"12\"\nc: 'x: y'\nd: \"on\"\n",    "a: 简单\nb: \"12\"\nc: \"x: y\"\nd: \"on\"\n"),
        ("a: |\n     x\n       y\n\n     z\nb: >-\n  p\n  q\n", "a: |\n  x\n    y\n\n  z\nb: >-\n  p\n  q\n"),
        ("- - a\n  - b\n-   k: 1\n    l: 2\n",               "- - a\n  - b\n- k: 1\n  l: 2\n"),
        ("a:\n  b: 1\n  # 里\n# 外\nc: 2\n",                 "a:\n  b: 1\n  # 里\n# 外\nc: 2\n"),
        ("a: [ # 说明\n  x,\n  y ] # 完\n",                   "a:  # 说明\n  - x\n  - y  # 完\n"),
        ("a: one\n  two\n",                                "a: one\n  two\n"),
        ("",                                               ""),
        ("a:\nb: {}\nc: []\n",                              "a:\nb: {}\nc: []\n"),
        ("---\na: 1\n",                                    "a: 1\n"),
    ];
    for (text, wanted) in table {
        assert_eq!(lawful(text), wanted);
    }
}

#[test]
fn a_long_map_in_braces_is_unfolded_and_a_short_one_is_not() {
    let long = format!("a: {{ one: {}, two: {} }}\n", "甲".repeat(30), "乙".repeat(30));
    assert_eq!(lawful(&long), format!("a:\n  one: {}\n  two: {}\n", "甲".repeat(30), "乙".repeat(30)));
}

#[test]
fn a_text_with_errors_is_not_rewritten() {
    assert!(format("a.yaml", "a: 1\na: 2\n").is_err());
    assert!(format("a.yaml", "a：1\n").is_err());
}

#[test]
fn the_samples_of_the_field_keep_their_meaning() {
    lawful(include_str!("../../../tests/cases/policy_params.yaml"));
    lawful(include_str!("samples/financing_demand.yaml"));
}

/// A text that needs no quotes, needs them, or is a block.
fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z甲乙丙0-9][a-z甲乙丙0-9 ]{0,6}[a-z甲]",
        "\"[a-z甲:, #]{0,8}\"",
        "'[a-z甲:, {}]{0,8}'",
        Just("> 5".to_owned()).prop_map(|text| format!("\"{text}\"")),
    ]
}

/// A document of nested blocks and brackets with comments and blank lines, lines at their indentation.
fn document(depth: u32) -> BoxedStrategy<Vec<String>> {
    let line = scalar().prop_map(|text| vec![text]);
    if depth == 0 {
        return line.boxed();
    }
    let nested = prop::collection::vec((document(depth - 1), 0..4u8), 1..4);
    let map = nested.clone().prop_map(|values| entries(values, false));
    let list = nested.prop_map(|values| entries(values, true));
    prop_oneof![2 => line, 3 => map, 2 => list].boxed()
}

fn entries(values: Vec<(Vec<String>, u8)>, list: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, (value, decoration)) in values.into_iter().enumerate() {
        match decoration {
            1 => lines.push("# 说明".to_owned()),
            2 => lines.push(String::new()),
            _ => {}
        }
        let head = if list { "-".to_owned() } else { format!("k{at}:") };
        match value.as_slice() {
            [only]
                if !only.starts_with(['#'])
                    && !only.ends_with(':')
                    && !only.contains(": ")
                    && !only.starts_with("- ") =>
            {
                lines.push(format!("{head} {only}{}", if decoration == 3 { "   # 尾" } else { "" }));
            }
            several => {
                lines.push(head);
                lines.extend(
                    several
                        .iter()
                        .map(|line| if line.is_empty() { String::new() } else { format!("   {line}") }),
                );
            }
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn formatting_keeps_meaning_and_comments_and_is_done_once(lines in document(4)) {
        let text = lines.join("\n") + "\n";
        if read_tree(text.as_bytes()).is_ok() {
            lawful(&text);
        }
    }
}
