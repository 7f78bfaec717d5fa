//! What the whole-system tests share: the repository's files, its calendar, its compiled workflows.

pub mod settled;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use expr::time::calendar::Calendar;
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

/// The calendar of the State Council's notices, as shipped: 2015 to 2026 are published.
pub fn calendar() -> Calendar {
    let mut sources = Sources::new();
    let folder = root().join("workflows/calendars/cn");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    paths.sort();
    let files: Vec<(String, Vec<u8>)> =
        paths.iter().map(|p| (p.display().to_string(), std::fs::read(p).unwrap_or_default())).collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let (calendar, report) = language::calendar::read_years(&mut sources, "cn", &files);
    assert!(report.is_empty(), "\n{}", render::human(&report, &sources, Look::default()));
    calendar.unwrap_or_else(|| panic!("the calendar does not read"))
}
