//! Every page of the codes of settlement rules: its wrong examples give the code, its right ones do not.

use language::codes::{ALL, CASES_MAPPING, Code};
use language::rules::compile_book;
use language::{Sources, pages};

const HEADER: &[u8] = b"settlement: demo\nlanguage: 1\ninputs: { credit_loans: { key: [loan_no], columns: { loan_no: text, institution: text, amount: money } } }\nrules: [demo]\n";
const RULE: &[u8] =
    "rule: demo\ntitle: { zh: 例, en: Example }\nsteps: { grants: { from: credit_loans } }\n".as_bytes();

/// What is found in an example: a header, or a rule.
fn found(bytes: &[u8]) -> Vec<Code> {
    let (header, rule) = if bytes.starts_with(b"settlement:") { (bytes, RULE) } else { (HEADER, bytes) };
    let rules = [("demo.yaml", rule)];
    let report = compile_book(&mut Sources::new(), ("settlement.yaml", header), &rules).report;
    report.iter().map(|found| found.code).collect()
}

#[test]
fn the_examples_of_every_page_about_rules_behave() {
    let of_rules = |code: &Code| code.id().starts_with("CH10") && *code != CASES_MAPPING;
    let codes: Vec<Code> = ALL.iter().copied().filter(of_rules).collect();
    let faults = pages::faults(&codes, |_, bytes| found(bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
