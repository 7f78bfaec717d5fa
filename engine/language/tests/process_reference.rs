//! The reference of the language: every whole process in it compiles without a finding.

use language::{Sources, compile};

const REFERENCE: &str = include_str!("../../../docs/language/process.md");

#[test]
fn every_process_of_the_reference_compiles() {
    let blocks: Vec<&str> = REFERENCE
        .split("\n```yaml process\n")
        .skip(1)
        .map(|part| part.split_once("\n```").map_or(part, |(block, _)| block))
        .collect();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        let compiled = compile(&mut Sources::new(), "process.md", block.as_bytes());
        let found: Vec<String> =
            compiled.report.iter().map(|d| format!("{} {}", d.code, d.message.en)).collect();
        assert!(compiled.definition.is_some() && found.is_empty(), "{}\n{block}", found.join("\n"));
    }
}
