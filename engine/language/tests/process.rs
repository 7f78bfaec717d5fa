//! The financing demand of the office, compiled.

use language::{Sources, compile};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");

#[test]
fn the_financing_demand_compiles() {
    let mut sources = Sources::new();
    let compiled = compile(&mut sources, "workflow.yaml", DEMAND);
    let line = |found: &language::Diagnostic| {
        let place = sources.position(found.primary.span.file, found.primary.span.start());
        format!("{} {}:{} {}", found.code, place.line, place.column, found.message.en)
    };
    let shown: Vec<String> = compiled.report.iter().map(line).collect();
    let definition = compiled.definition.unwrap_or_else(|| panic!("{}", shown.join("\n")));
    let charts: Vec<&str> = definition.charts.iter().map(|chart| &*chart.name).collect();
    assert_eq!(charts, ["financing_demand", "claims"]);
}
