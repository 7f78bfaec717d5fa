//! Every worked case comes out of the rules of the repository to the fen: the office's table, and ours, in which every
//! value of every reading stands.

mod support;

#[test]
fn every_worked_case_comes_true() {
    hold("tests/cases/incentive_cases.csv", 164);
}

#[test]
fn every_reading_comes_true() {
    hold("tests/cases/incentive_readings.csv", 179);
}

fn hold(table: &str, count: usize) {
    let book = support::book();
    let text = support::text("workflows/annual-settlement/golden.yaml");
    let tree = language::read::read_tree(text.as_bytes()).expect("the correspondence is YAML");
    let (mapping, report) = settle::golden::read(&tree, &book);
    assert!(report.is_empty(), "{report:?}");
    let rows = settle::golden::rows(&support::text(table), &book, &mapping).expect("the table can be read");
    let mut wrong = String::new();
    for row in rows.iter().filter(|row| !row.differs.is_empty()) {
        for words in &row.differs {
            wrong.push_str(&format!("{}:{} {}\n", row.name, row.line, words.en));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(rows.len(), count, "{table}");
}

/// A book of one rule, as the examples of the page about correspondences have it.
fn demo() -> std::sync::Arc<language::rules::Book> {
    let header = "settlement: demo\nlanguage: 1\ninputs: { credit_loans: { key: [loan_no], columns: { loan_no: text } } }\nrules: [demo]\n";
    let rule = "rule: demo\ntitle: { zh: 例, en: Example }\nsteps: { grants: { from: credit_loans } }\n";
    let mut sources = language::Sources::new();
    let rules = [("demo.yaml", rule.as_bytes())];
    let compiled =
        language::rules::compile_book(&mut sources, ("settlement.yaml", header.as_bytes()), &rules);
    compiled.book.unwrap_or_else(|| panic!("{:?}", compiled.report))
}

#[test]
fn the_examples_of_the_page_about_correspondences_behave() {
    let book = demo();
    let faults = language::pages::faults(&[language::codes::CASES_MAPPING], |_, bytes| {
        let tree = language::read::read_tree(bytes).expect("the examples are YAML");
        settle::golden::read(&tree, &book).1.iter().map(|found| found.code).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
