//! Every worked case comes out of the rules of the repository to the fen.

mod support;

#[test]
fn every_worked_case_comes_true() {
    let book = support::book();
    let text = support::text("workflows/annual-settlement/golden.yaml");
    let tree = language::read::read_tree(text.as_bytes()).expect("the correspondence is YAML");
    let (mapping, report) = settle::golden::read(&tree, &book);
    assert!(report.is_empty(), "{report:?}");
    let cases = support::text("tests/cases/incentive_cases.csv");
    let rows = settle::golden::rows(&cases, &book, &mapping).expect("the table can be read");
    let mut wrong = String::new();
    for row in rows.iter().filter(|row| !row.differs.is_empty()) {
        for words in &row.differs {
            wrong.push_str(&format!("{}:{} {}\n", row.name, row.line, words.en));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(rows.len(), 164);
}
