//! What the analysis says of the office's own processes: nothing but what their authors should mend.

use language::{Sources, calendar, check};

const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

/// Findings with their places.
fn found(bytes: &[u8]) -> String {
    let mut sources = Sources::new();
    let cn = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]).0;
    let checked = check(&mut sources, "workflow.yaml", bytes, cn.as_ref());
    let line = |found: &language::Diagnostic| {
        let place = sources.position(found.primary.span.file, found.primary.span.start());
        format!("{} {}:{} {}", found.code, place.line, place.column, found.message.en)
    };
    checked.report.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_financing_demand_is_sound() {
    assert_eq!(found(include_bytes!("../../../workflows/financing-demand/workflow.yaml")), "");
}

#[test]
fn the_leave_request_is_sound() {
    assert_eq!(found(include_bytes!("../../../workflows/leave/workflow.yaml")), "");
}

#[test]
fn the_registration_is_sound_but_for_two_checks_by_one_office() {
    let found = found(include_bytes!("../../../workflows/registration/workflow.yaml"));
    let codes: Vec<&str> = found.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(codes.iter().all(|code| *code == "CH0715"), "{found}");
}
