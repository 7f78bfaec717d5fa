//! The reference of the language and the page for officers: every whole process in them compiles without a finding.

use language::{Sources, compile};

/// The page, its text, and how many whole processes it has.
const PAGES: [(&str, &str, usize); 2] = [
    ("process.md", include_str!("../../../docs/language/process.md"), 6),
    ("officers.zh.md", include_str!("../../../docs/language/officers.zh.md"), 1),
];

#[test]
fn every_process_of_the_reference_compiles() {
    for (name, page, count) in PAGES {
        let blocks: Vec<&str> = page
            .split("\n```yaml process\n")
            .skip(1)
            .map(|part| part.split_once("\n```").map_or(part, |(block, _)| block))
            .collect();
        assert_eq!(blocks.len(), count, "{name}");
        for block in blocks {
            let compiled = compile(&mut Sources::new(), name, block.as_bytes());
            let found: Vec<String> =
                compiled.report.iter().map(|d| format!("{} {}", d.code, d.message.en)).collect();
            assert!(compiled.definition.is_some() && found.is_empty(), "{}\n{block}", found.join("\n"));
        }
    }
}
