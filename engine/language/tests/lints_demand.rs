//! What the analysis says of the office's own process: nothing but what its authors should mend.

use language::{Sources, calendar, check};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");
const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

#[test]
fn the_financing_demand_is_sound() {
    let mut sources = Sources::new();
    let cn = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]).0;
    let checked = check(&mut sources, "workflow.yaml", DEMAND, cn.as_ref());
    let line = |found: &language::Diagnostic| {
        let place = sources.position(found.primary.span.file, found.primary.span.start());
        format!("{} {}:{} {}", found.code, place.line, place.column, found.message.en)
    };
    let shown: Vec<String> = checked.report.iter().map(line).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
