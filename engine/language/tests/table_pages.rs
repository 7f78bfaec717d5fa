//! Every page of the table codes: its wrong examples give the code, its right ones do not.

use language::codes::{ALL, Code};
use language::{Sources, compile, pages};

#[test]
fn the_examples_of_every_table_page_behave() {
    let codes: Vec<Code> = ALL.iter().copied().filter(|code| code.id().starts_with("CH05")).collect();
    let found = |bytes: &[u8]| {
        let report = compile(&mut Sources::new(), "example.yaml", bytes).report;
        report.iter().map(|found| found.code).collect()
    };
    let faults = pages::faults(&codes, |_, bytes| found(bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
