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
