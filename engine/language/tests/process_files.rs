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
        let (profile, report) =
            profile::read_profile(&mut sources, "profile.yaml", text.as_bytes(), &process, &compiled.map);
        (profile, messages(&report, &sources))
    };
    let head = "profile: suzhou\nprocess: financing_demand\n";
    let (profile, found) =
        read(&format!("{head}parameters: {{ claim_slots: 5, evaluation_limit: 5工作日 }}\n"));
    let profile = profile.unwrap_or_else(|| panic!("{found:?}"));
    let changed = process.with_parameters(&profile.values).expect("the names are known");
    assert_ne!(changed.hash, process.hash);
    let (none, found) =
        read(&format!("{head}parameters: {{ claim_slot: 5, claim_slots: 50, gate_period: 7 }}\n"));
    assert!(none.is_none());
    assert_eq!(
        found,
        [
            "CH0310@3:15 there is no parameter `claim_slot`",
            "CH0602@3:43 the value is outside `[1..20]`",
            "CH0604@3:60 the time `7` has no unit",
        ]
    );
}
