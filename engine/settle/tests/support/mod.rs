//! The settlement of the repository, compiled.

use std::path::Path;
use std::sync::Arc;

use language::Sources;
use language::rules::{Book, compile_book};

#[expect(clippy::disallowed_methods, reason = "a test reads the policies of the repository")]
/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../").join(path);
    std::fs::read_to_string(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()))
}

/// The files of the rules, by name.
fn rules() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/annual-settlement/rules");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the rules are there")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (name.clone(), text(&format!("workflows/annual-settlement/rules/{name}"))))
        .collect()
}

/// The book; fails with everything that is found, warnings included.
#[track_caller]
pub fn book() -> Arc<Book> {
    let mut sources = Sources::new();
    let header = text("workflows/annual-settlement/settlement.yaml");
    let rules = rules();
    let rules: Vec<(&str, &[u8])> =
        rules.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let compiled = compile_book(&mut sources, ("settlement.yaml", header.as_bytes()), &rules);
    let look = language::render::Look::default();
    assert!(compiled.report.is_empty(), "{}", language::render::human(&compiled.report, &sources, look));
    compiled.book.expect("a book without errors")
}
