//! A short deterministic run over the fuzz entries: texts spliced from pieces of the field, and plain bytes.

#[path = "../fuzz/entries.rs"]
mod entries;

use std::sync::{Arc, LazyLock};

use machine::definition::Definition;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

static LEAVE: LazyLock<Arc<Definition>> = LazyLock::new(entries::leave);

const OPEN: &str = r#"{"at": "2026-03-02 09:00", "event": "open", "by": "staff of a", "data": {"days": 5}},"#;
const SUBMIT: &str = r#"{"at": "2026-03-02 09:01", "event": "submit", "by": "staff of a"},"#;
const APPROVE: &str = r#"{"at": "2026-03-02 09:02", "event": "approve", "by": "leader of a"},"#;
const LATE: &str = r#"{"at": "9999-12-30 00:00"}"#;

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "process: a\n", "language: 1\n", "version: 1\n", "title: { zh: 甲, en: A }\n", "states:\n", "  a:\n",
    "    on: { go: b }\n", "initial: a\n", "roles: { r: { zh: 丁, en: R } }\n", "parameters:\n", "{", "}", "[", "]",
    ": ", ":", ",", "- ", "\n", "  ", "\t", "\"", "'", "|\n", ">", "&a ", "*a", "<<: ", "!t ", "#", "---\n", "：", "，",
    "“", "null", "~", "yes", "0x1", "1e9", "-", "\u{feff}", "\u{0}", "\u{202e}", "甲", "💥",
    "5工作日", "5 working days", "roll", "72小时", "0天", "99999999999天", "3%", "500万元", "1/0", "if ", " then ", " else ",
    "some x in ", " satisfies ", "count(", ")", "金额", "x", ".y", "[item > 1]", "..", "(0..1亿]", "@\"2026-01-01\"",
    "date(\"2026-02-30\")", "due(\"a\")", "not(", " and ", " is known", " * ", " ** ", "now",
    "year: 2026\n", "holidays:\n", "  - festival: { zh: 元旦, en: N }\n", "    dates: 2026-01-01..2026-01-03\n",
    OPEN, SUBMIT, APPROVE, LATE, "\"to\": \"a\",", "\"key\": 1,",
    "story: s\n", "open: { at: 2026-03-02 09:00, by: staff of a, with: { days: 2 } }\n", "steps:\n",
    "  - { by: staff of a, do: submit }\n", "  - { wait: 5天 }\n", "  - expect: { state: lapsed }\n",
];

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let spliced = vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![4 => spliced, 1 => vec(any::<u8>(), 0..200)]
}

fn run(cases: u32, entry: impl Fn(&[u8])) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&texts(), |bytes| {
        entry(&bytes);
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[test]
fn any_document_has_an_answer() {
    run(3_000, entries::yaml);
}

#[test]
fn any_formula_has_an_answer() {
    run(6_000, entries::formula);
}

#[test]
fn any_calendar_has_an_answer() {
    run(1_500, entries::calendar);
}

#[test]
fn any_table_has_an_answer() {
    run(3_000, entries::table);
    let cases = include_str!("cases/deadline_cases.csv");
    let table: String = cases.lines().take(4).map(|line| format!("{line}\n")).collect();
    run(3_000, |bytes| entries::table(&changed(&table, bytes)));
}

#[test]
fn any_period_has_an_answer() {
    run(6_000, entries::period);
}

#[test]
fn any_script_has_an_answer() {
    run(3_000, |bytes| _ = entries::script(bytes, &LEAVE));
}

#[test]
fn a_whole_script_with_something_changed_has_an_answer() {
    let script: String = ["[", OPEN, SUBMIT, APPROVE, LATE, "]"].concat();
    assert_eq!(entries::script(script.as_bytes(), &LEAVE), Some(4), "the script itself plays");
    run(1_500, |bytes| {
        let _ = entries::script(&changed(&script, bytes), &LEAVE);
    });
}

/// A text with a few of the bytes put somewhere into it.
fn changed(text: &str, bytes: &[u8]) -> Vec<u8> {
    let at = bytes.first().map_or(0, |b| usize::from(*b)) * text.len() / 256;
    let mut changed = text.as_bytes().to_vec();
    changed.splice(at..(at + bytes.len() / 4).min(text.len()), bytes.iter().copied().take(6));
    changed
}
