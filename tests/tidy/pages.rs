//! Every code a person can meet has its page, and every policy its source and its examples.

use crate::{Tree, catches, hold, passes};
use std::collections::BTreeSet;

/// Where codes are given out, and where their pages are.
const DIAGNOSTICS: (&str, &str) = ("engine/language/src/codes.rs", "docs/diagnostics");
const REFUSALS: (&str, &str) = ("engine/machine/src/refusal.rs", "docs/refusals");
const PROBLEMS: (&str, &str) = ("engine/server/src/words.rs", "docs/problems");

/// Folders of `workflows/` that hold something else than a policy.
const NOT_A_POLICY: &[&str] = &["calendars", "profiles"];

/// The codes a registry gives out: one to three capitals, then three or four digits, outside comments and tests.
fn codes(text: &str) -> BTreeSet<&str> {
    let tests_begin = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..tests_begin]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| is_code(word))
        .collect()
}

fn is_code(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    let digits = word.chars().skip(letters).take_while(char::is_ascii_digit).count();
    (1..=3).contains(&letters) && (3..=4).contains(&digits) && letters + digits == word.len()
}

/// Codes without a page, and pages without a code. Silent until the registry is written.
fn codes_have_pages(tree: &Tree, (registry, folder): (&str, &str)) -> Vec<String> {
    let Some(text) = tree.text(registry) else { return Vec::new() };
    let given = codes(text);
    let pages = tree.names_in(folder);
    let without_page = given
        .iter()
        .filter(|code| !pages.contains(&format!("{code}.md")))
        .map(|code| format!("{registry}: {code} has no page {folder}/{code}.md"));
    let without_code = pages
        .iter()
        .map(|page| page.trim_end_matches(".md"))
        .filter(|page| is_code(page) && !given.contains(page))
        .map(|page| format!("{folder}/{page}.md: no such code is given out any more"));
    without_page.chain(without_code).collect()
}

fn diagnostics_have_pages(tree: &Tree) -> Vec<String> {
    codes_have_pages(tree, DIAGNOSTICS)
}

fn refusals_have_pages(tree: &Tree) -> Vec<String> {
    codes_have_pages(tree, REFUSALS)
}

/// Every problem the server can answer with has a page, and every page a problem; what the engine refuses in the same
/// words has its page there.
fn problems_have_pages(tree: &Tree) -> Vec<String> {
    let (registry, folder) = PROBLEMS;
    let Some(text) = tree.text(registry) else { return Vec::new() };
    let lines = text.lines().filter_map(|line| line.trim().split_once(" = \""));
    let named = lines.filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    let given: BTreeSet<&str> = named.filter_map(|(_, rest)| rest.split('"').next()).collect();
    let there = |code: &str| {
        tree.has(&format!("{folder}/{code}.md")) || tree.has(&format!("{}/{code}.md", REFUSALS.1))
    };
    let without_page = given.iter().filter(|code| !there(code));
    let without_page = without_page.map(|code| format!("{registry}: {code} has no page {folder}/{code}.md"));
    let pages = tree.names_in(folder);
    let pages = pages.iter().map(|page| page.trim_end_matches(".md")).filter(|page| *page != "README");
    let without_code = pages
        .filter(|page| !given.contains(page))
        .map(|page| format!("{folder}/{page}.md: no such problem is answered any more"));
    without_page.chain(without_code).collect()
}

#[test]
fn every_problem_has_its_page() {
    hold(problems_have_pages(&Tree::of_this_repository()));
    let registry = (PROBLEMS.0, "    BAD_JSON = \"bad_json\", \"x\", \"y\";\n");
    let page = ("docs/problems/bad_json.md", "");
    passes(problems_have_pages, &[registry, page, ("docs/problems/README.md", "")]);
    catches(problems_have_pages, &[registry], "bad_json has no page");
    catches(problems_have_pages, &[registry, page, ("docs/problems/old.md", "")], "no such problem");
}

fn policies_are_complete(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for name in tree.names_in("workflows") {
        let folder = format!("workflows/{name}");
        if NOT_A_POLICY.contains(&name.as_str()) || !tree.has_folder(&folder) {
            continue;
        }
        for (part, why) in [("workflow.yaml", "the rules"), ("source.md", "the clause they come from")] {
            if !tree.has(&format!("{folder}/{part}")) {
                breaches.push(format!("{folder}: no {part}, {why}"));
            }
        }
        if !tree.has_folder(&format!("{folder}/examples")) {
            breaches.push(format!("{folder}: no examples/, the stories that must come true"));
        }
    }
    for name in tree.names_in("workflows/profiles") {
        let folder = format!("workflows/profiles/{name}");
        for (part, why) in [("profile.yaml", "what the city runs"), ("source.md", "where it comes from")] {
            if tree.has_folder(&folder) && !tree.has(&format!("{folder}/{part}")) {
                breaches.push(format!("{folder}: no {part}, {why}"));
            }
        }
        if tree.has_folder(&folder) && !tree.has_folder(&format!("{folder}/examples")) {
            breaches.push(format!("{folder}: no examples/, what is special about the city"));
        }
    }
    breaches
}

#[test]
fn every_diagnostic_has_its_page() {
    hold(diagnostics_have_pages(&Tree::of_this_repository()));
    let page = ("docs/diagnostics/CH0101.md", "# CH0101\n");
    let registry = |text: &'static str| (DIAGNOSTICS.0, text);
    let rule = diagnostics_have_pages;
    passes(rule, &[page, ("docs/diagnostics/README.md", ""), registry("CH0101 Error A;\n// CH0999\n")]);
    passes(rule, &[page, registry("CH0101\n#[cfg(test)]\nmod tests { CH0999 }\n")]);
    catches(rule, &[page, registry("")], "CH0101.md: no such code is given out");
    catches(rule, &[page, registry("CH0101 CH0102")], "CH0102 has no page");
}

#[test]
fn every_refusal_has_its_page() {
    hold(refusals_have_pages(&Tree::of_this_repository()));
    let files = [("docs/refusals/R201.md", ""), ("engine/machine/src/refusal.rs", "\"R201\" \"R202\"")];
    catches(refusals_have_pages, &files, "R202 has no page");
}

#[test]
fn every_policy_has_its_source_and_its_examples() {
    hold(policies_are_complete(&Tree::of_this_repository()));
    let rule = policies_are_complete;
    let (yaml, source) = (("workflows/a/workflow.yaml", ""), ("workflows/a/source.md", ""));
    let story = ("workflows/a/examples/first.yaml", "");
    passes(rule, &[yaml, source, story, ("workflows/calendars/2026.yaml", ""), ("workflows/README.md", "")]);
    let city = [
        ("workflows/profiles/a/profile.yaml", ""),
        ("workflows/profiles/a/examples/first.yaml", ""),
        ("workflows/profiles/README.md", ""),
    ];
    catches(rule, &city, "no source.md, where it comes from");
    catches(rule, &[yaml, source], "no examples/");
    catches(rule, &[yaml, story], "no source.md");
}
