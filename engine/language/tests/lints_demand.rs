//! What the analysis says of the office's own process: nothing but what its authors should mend.

use language::{Sources, check};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");

#[test]
fn the_financing_demand_is_sound() {
    let mut sources = Sources::new();
    let checked = check(&mut sources, "workflow.yaml", DEMAND, None);
    let line = |found: &language::Diagnostic| {
        let place = sources.position(found.primary.span.file, found.primary.span.start());
        format!("{} {}:{} {}", found.code, place.line, place.column, found.message.en)
    };
    let shown: Vec<String> = checked.report.iter().map(line).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
