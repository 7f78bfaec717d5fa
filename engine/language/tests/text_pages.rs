//! Every page of the text and structure codes: its wrong examples give the code, its right ones do not.

use language::codes::{ALL, Code};
use language::{Report, Sources, pages, read};

/// Pages whose examples only need the text layer.
fn of_text(code: &Code) -> bool {
    code.id().starts_with("CH01")
}

fn check(bytes: &[u8]) -> Report {
    read(&mut Sources::new(), "example.yaml", bytes).report
}

#[test]
fn the_examples_of_every_text_page_behave() {
    let codes: Vec<Code> = ALL.iter().copied().filter(of_text).collect();
    let faults = pages::faults(&codes, |_, bytes| check(bytes).iter().map(|found| found.code).collect());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn codes_are_in_order_and_found_by_name() {
    assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(ALL.iter().all(|code| Code::find(&code.slug()) == Some(*code)));
    assert_eq!(Code::find("ch0117"), Some(language::codes::DUPLICATE_KEY));
}
