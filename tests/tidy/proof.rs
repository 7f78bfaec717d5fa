//! The list of faults names tests that are there, and no row is left out of it twice or without a verdict.

use crate::{Tree, catches, hold, passes};

const PROOF: &str = "docs/operations/proof.md";

/// Words between backticks that read like the name of a test: a sentence.
fn tests_of(line: &str) -> impl Iterator<Item = &str> {
    let sentence = |word: &&str| {
        let letters = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        letters && word.matches('_').count() >= 2
    };
    line.split('`').skip(1).step_by(2).filter(sentence)
}

fn named_tests_are_there(tree: &Tree) -> Vec<String> {
    let Some(proof) = tree.text(PROOF) else { return Vec::new() };
    let there = |name: &str| {
        let law = format!("fn {name}(");
        tree.rust().any(|(_, text)| {
            text.contains(&law) && (text.contains("#[test]") || text.contains("#[tokio::test"))
        })
    };
    let missing = proof.lines().flat_map(|line| tests_of(line).map(move |name| (line, name)));
    let missing = missing.filter(|(_, name)| !there(name));
    let missing = missing.map(|(_, name)| format!("{PROOF}: there is no test {name}"));
    let rows = proof.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row"));
    let silent = rows.filter(|line| line.matches(" | ").count() != 2);
    let silent = silent.map(|line| format!("{PROOF}: three cells a row: {line}"));
    missing.chain(silent).collect()
}

#[test]
fn the_tests_named_for_every_fault_are_there() {
    let own = Tree::of_this_repository();
    assert!(own.has(PROOF), "{PROOF} is missing");
    hold(named_tests_are_there(&own));
    let test = ("a.rs", "#[test]\nfn a_thing_holds() {}\n");
    passes(named_tests_are_there, &[test, (PROOF, "| C1 | blow `kill`; `a_thing_holds` | shown |\n")]);
    catches(
        named_tests_are_there,
        &[test, (PROOF, "| C1 | `a_thing_fell` | shown |\n")],
        "no test a_thing_fell",
    );
    catches(named_tests_are_there, &[test, (PROOF, "| C1 | `a_thing_holds` |\n")], "three cells");
}
