//! The page about settlement rules, executed: its rule compiles, and its rows come to what it says.

use language::Sources;
use language::rules::compile_book;
use settle::Settled;
use settle::read::reading;

const PAGE: &str = include_str!("../../../docs/language/settlement.md");

/// What the rule of the page stands in: the set it reads, and the parameter every rule may read.
const HEADER: &str = "settlement: page
language: 1
rules: [R4a_first_loan]
parameters:
  rounding: { type: choice, of: [half_up], values: { 2015-12-01: half_up }, origin: assumed }
inputs:
  credit_loans:
    key: [loan_no]
    columns: { loan_no: text, institution: text, amount: money, first_time: bool }
";

/// The first block of a language on the page.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let opening = format!("```{language}\n");
    let after = page.split_once(&opening).map(|(_, after)| after);
    let text = after.and_then(|after| after.split_once("```")).map(|(text, _)| text);
    text.unwrap_or_else(|| panic!("the page has no block of {language}"))
}

#[test]
fn the_rule_of_the_page_comes_to_what_the_page_says() {
    let rule = block(PAGE, "yaml");
    let mut sources = Sources::new();
    let header = ("settlement.yaml", HEADER.as_bytes());
    let compiled = compile_book(&mut sources, header, &[("R4a-first-loan.yaml", rule.as_bytes())]);
    let told = language::render::human(&compiled.report, &sources, language::render::Look::default());
    assert!(!compiled.report.has_errors(), "{told}");
    let book = compiled.book.unwrap_or_else(|| panic!("{told}"));

    let mut read = reading(2019);
    read.set(&book, 0, Some(block(PAGE, "csv").as_bytes()));
    assert_eq!(read.findings, vec![]);
    let settled = Settled::compute(book, 2019, read.data).unwrap_or_else(|stopped| panic!("{stopped:?}"));
    let lines = settled.outcome.lines.iter().map(|line| format!("{} {}", line.id, line.net));
    let exceptions = settled.outcome.exceptions.iter().map(|it| {
        let institution = it.institution.as_deref().unwrap_or_default();
        format!("{} {institution} {}", it.code, it.effect)
    });
    let found: Vec<String> = lines.chain(exceptions).collect();
    assert_eq!(found.join("\n"), block(PAGE, "text").trim_end());
}
