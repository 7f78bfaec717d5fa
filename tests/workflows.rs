//! Every workflow's stories come true, and the golden tables of the field hold, through the same step that serves.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use charter_tests::{calendar, compiled, read, root};
use language::render::{self, Look};
use language::{Report, Sources};
use machine::definition::Definition;
use machine::replay::replay;
use simulate::golden::{self, Row, mapping, runs};
use simulate::{play, story};

/// The policies, and the small processes that show one feature each.
fn folders() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["workflows", "tests/stories"]
        .iter()
        .flat_map(|shelf| std::fs::read_dir(root().join(shelf)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("workflow.yaml").exists())
        .collect();
    all.sort();
    all
}

fn tree(path: &Path, sources: &mut Sources) -> language::tree::Tree {
    let reading = language::read(sources, &path.display().to_string(), &std::fs::read(path).unwrap());
    assert_sound(&reading.report, sources);
    reading.tree.unwrap()
}

fn assert_sound(report: &Report, sources: &Sources) {
    assert!(report.is_empty(), "\n{}", render::human(report, sources, Look::default()));
}

/// Plays one story; its history must also replay to the same case.
fn come_true(path: &Path, definition: &Arc<Definition>) {
    let mut sources = Sources::new();
    let tree = tree(path, &mut sources);
    let calendar = calendar();
    let (told, report) = story::read(&tree, calendar.zone());
    assert_sound(&report, &sources);
    let played = play::play(&told.unwrap(), definition, &calendar);
    assert_sound(&played.report, &sources);
    if let Some(world) = played.world {
        assert_eq!(replay(&world.facts).unwrap(), world.case, "{} replays", path.display());
    }
}

#[test]
fn every_story_comes_true() {
    let mut stories = 0;
    for folder in folders() {
        let definition = compiled(&folder.join("workflow.yaml"));
        let mut examples: Vec<PathBuf> =
            std::fs::read_dir(folder.join("examples")).unwrap().map(|e| e.unwrap().path()).collect();
        examples.sort();
        for path in examples {
            come_true(&path, &definition);
            stories += 1;
        }
    }
    assert!(stories >= 8, "only {stories} stories were found");
}

fn all_hold(rows: &[Row], at_least: usize) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| !row.differs.is_empty())
        .map(|row| {
            let differs: Vec<&str> = row.differs.iter().map(|w| w.en.as_str()).collect();
            format!("{} (line {}):\n    {}", row.name, row.line, differs.join("\n    "))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(rows.len() >= at_least, "only {} rows", rows.len());
}

#[test]
fn every_golden_deadline_holds() {
    let text = read("tests/cases/deadline_cases.csv");
    assert_eq!(golden::kind(&text), Ok(golden::Kind::Deadlines));
    all_hold(&golden::deadlines(&text, &calendar()).unwrap(), 40);
}

#[test]
fn every_golden_code_holds() {
    let text = read("tests/cases/uscc_cases.csv");
    assert_eq!(golden::kind(&text), Ok(golden::Kind::Usccs));
    all_hold(&golden::usccs(&text).unwrap(), 26);
}

#[test]
fn every_golden_run_of_the_demand_holds() {
    let folder = root().join("workflows/financing-demand");
    let definition = compiled(&folder.join("workflow.yaml"));
    let mut sources = Sources::new();
    let tree = tree(&folder.join("cases.yaml"), &mut sources);
    let (mapping, report) = mapping::read(&tree);
    assert_sound(&report, &sources);
    let mapping = mapping.unwrap();
    assert_sound(&mapping.check(&definition, &tree), &sources);
    let text = read("tests/cases/workflow_cases.csv");
    assert_eq!(golden::kind(&text), Ok(golden::Kind::Runs));
    let calendar = calendar();
    let bench = runs::Bench { definition: &definition, mapping: &mapping, calendar: &calendar };
    all_hold(&golden::rows(&text, |row| runs::hold(row, &bench)).unwrap(), 30);
}
