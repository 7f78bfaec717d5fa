//! What the whole-system tests share: the repository's files, its calendar, its compiled workflows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, YearFacts};
use jiff::civil::Date;
use language::Sources;
use language::render::{self, Look};
use machine::definition::Definition;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A workflow, compiled; every finding fails the test.
pub fn compiled(path: &Path) -> Arc<Definition> {
    let mut sources = Sources::new();
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let compiled = language::compile(&mut sources, &path.display().to_string(), &bytes);
    let findings = render::human(&compiled.report, &sources, Look::default());
    assert!(compiled.report.is_empty(), "\n{findings}");
    compiled.definition.unwrap_or_else(|| panic!("{} has no definition", path.display()))
}

/// The calendar of the golden cases: 2024 to 2026 are published, later years are not.
pub fn calendar() -> Calendar {
    let text = read("tests/cases/cn_calendar_2024_2026.csv");
    let mut facts = CalendarFacts::china("cn");
    facts.years = (2024..=2026).map(YearFacts::empty).collect();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let date: Date = cells[0].parse().unwrap_or_else(|e| panic!("{line}: {e}"));
        let festival = Festival::new(cells[3], cells[3]);
        let year = facts.years.iter_mut().find(|y| y.year == date.year());
        let year = year.unwrap_or_else(|| panic!("{line}: no such year"));
        let days = if cells[2] == "holiday" { &mut year.holidays } else { &mut year.working_weekends };
        days.push(FestivalDays { festival, dates: vec![date] });
    }
    Calendar::new(facts).unwrap_or_else(|problems| panic!("{problems:?}"))
}
