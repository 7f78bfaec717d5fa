//! Calendars and profiles as files.

use language::{Sources, calendar, compile, profile};

const DEMAND: &[u8] = include_bytes!("../../../workflows/financing-demand/workflow.yaml");
const YEARS: [(&str, &[u8]); 3] = [
    ("2024.yaml", include_bytes!("../../../workflows/calendars/cn/2024.yaml")),
    ("2025.yaml", include_bytes!("../../../workflows/calendars/cn/2025.yaml")),
    ("2026.yaml", include_bytes!("../../../workflows/calendars/cn/2026.yaml")),
];

fn messages(report: &language::Report, sources: &Sources) -> Vec<String> {
    let line = |found: &language::Diagnostic| {
        let place = sources.position(found.primary.span.file, found.primary.span.start());
        format!("{}@{}:{} {}", found.code, place.line, place.column, found.message.en)
    };
    report.iter().map(line).collect()
}

#[test]
fn the_shipped_years_make_a_calendar() {
    let mut sources = Sources::new();
    let (calendar, report) = calendar::read_years(&mut sources, "cn", &YEARS);
    let calendar = calendar.unwrap_or_else(|| panic!("{:?}", messages(&report, &sources)));
    let works = |date: &str| calendar.works(date.parse().expect("a date"));
    assert_eq!(
        ["2026-01-01", "2026-01-04", "2026-01-05", "2026-02-14"].map(works),
        [false, true, true, true]
    );
    assert!(calendar.published(2025) && !calendar.published(2027));
}

#[test]
fn what_is_wrong_with_a_year_is_said_at_its_place() {
    let year = "year: 2026
holidays:
  - festival: { zh: 元旦, en: New Year }
    dates: [2026-01-01, 2026-01-01, 2025-12-31, 2026-02-30]
  - festival: { zh: 春节, en: Spring Festival }
    dates: 2026-02-20..2026-02-18
holydays: []
";
    let mut sources = Sources::new();
    let (calendar, report) = calendar::read_years(&mut sources, "cn", &[("2026.yaml", year.as_bytes())]);
    assert!(calendar.is_none());
    let found = messages(&report, &sources);
    assert_eq!(
        found,
        [
            "CH0606@4:49 `2026-02-30` is not a date",
            "CH0610@6:12 `2026-02-20..2026-02-18` is not a range of dates",
            "CH0201@7:1 unknown key `holydays`",
        ]
    );
}

#[test]
fn a_profile_sets_parameters_of_its_process() {
    let mut sources = Sources::new();
    let compiled = compile(&mut sources, "workflow.yaml", DEMAND);
    let process = compiled.definition.expect("it compiles");
    let mut read = |text: &str| {
        let tree = language::read(&mut sources, "profile.yaml", text.as_bytes()).tree.expect("it is YAML");
        let base = profile::Base { definition: &process, map: &compiled.map };
        let (profile, report) = profile::read_profile(&sources, &tree, &[base]);
        (profile, messages(&report, &sources))
    };
    let head = "profile: suzhou\nsince: 2020-01-01\nprocesses:\n";
    let (profile, found) = read(&format!(
        "{head}  financing_demand: {{ claim_slots: {{ value: 5, basis: 抢单 }}, evaluation_limit: 5工作日 }}\n"
    ));
    let profile = profile.unwrap_or_else(|| panic!("{found:?}"));
    let changed = process.with_values(&profile.processes[0].values).expect("the names are known");
    assert_ne!(changed.hash, process.hash);
    let slots = changed.find_parameter("claim_slots").expect("it is there");
    let slots = &changed.parameters[slots.at()];
    assert_eq!(slots.values.len(), 2, "its own value until 2020, then the city's");
    assert_eq!(slots.values[1].basis.as_deref(), Some("抢单"));
    let (none, found) = read(&format!(
        "{head}  financing_demand: {{ claim_slot: 5, claim_slots: 50, gate_period: 7 }}\n  financing_demands: {{}}\n"
    ));
    assert!(none.is_none());
    assert_eq!(
        found,
        [
            "CH0310@4:23 there is no parameter `claim_slot`",
            "CH0602@4:51 the value is outside `[1..20]`",
            "CH0604@4:68 the time `7` has no unit",
            "CH0611@5:3 there is no process `financing_demands`",
        ]
    );
}
