//! The pages of the flow analysis run through the whole check, and those of the other families still hold.

use expr::time::calendar::Calendar;
use language::codes::{ALL, Code};
use language::{Report, Severity, Sources, calendar, check, pages, profile};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");
const YEAR: &[u8] = include_bytes!("../../../workflows/calendars/cn/2026.yaml");

fn cn() -> Calendar {
    let years = calendar::read_years(&mut Sources::new(), "cn", &[("2026.yaml", YEAR)]);
    years.0.expect("the calendar of 2026 is sound")
}

/// What the whole check finds in an example: a process, or a calendar or profile by its first word.
fn found(bytes: &[u8], cn: &Calendar) -> Report {
    let mut sources = Sources::new();
    match bytes {
        [b'y', b'e', b'a', b'r', b':', ..] => {
            calendar::read_years(&mut sources, "cn", &[("year.yaml", bytes)]).1
        }
        [b'p', b'r', b'o', b'f', b'i', b'l', b'e', ..] => {
            let demand = check(&mut sources, "workflow.yaml", DEMAND, Some(cn));
            let process = demand.definition.expect("it compiles");
            let reading = language::read(&mut sources, "profile.yaml", bytes);
            let tree = reading.tree.expect("the example is YAML");
            let base = profile::Base { definition: &process, map: &demand.map };
            profile::read_profile(&sources, &tree, &[base]).1
        }
        _ => check(&mut sources, "example.yaml", bytes, Some(cn)).report,
    }
}

fn codes_of(families: &[&str]) -> Vec<Code> {
    ALL.iter().copied().filter(|code| families.iter().any(|family| code.id().starts_with(family))).collect()
}

#[test]
fn every_page_of_a_process_runs_through_the_whole_check() {
    let cn = cn();
    let codes: Vec<Code> = codes_of(&["CH02", "CH03", "CH04", "CH06", "CH07"])
        .into_iter()
        .filter(|it| it.id() > "CH0206")
        .collect();
    let all = |bytes: &[u8]| found(bytes, &cn).iter().map(|found| found.code).collect();
    let faults = pages::faults(&codes, |_, bytes| all(bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_right_examples_of_the_analysis_are_sound_in_every_way() {
    let cn = cn();
    for code in codes_of(&["CH07"]) {
        for example in pages::examples(code).into_iter().filter(|example| example.right) {
            let report = found(&example.bytes, &cn);
            let loud = report.iter().filter(|found| found.severity != Severity::Advice);
            let shown: Vec<_> = loud.map(|found| format!("{} {}", found.code, found.message.en)).collect();
            assert!(shown.is_empty(), "the right example of {code}:\n{}", shown.join("\n"));
        }
    }
}
