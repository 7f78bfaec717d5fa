//! Every workflow's stories come true, and the golden tables of the field hold, through the same step that serves.
#![expect(clippy::unwrap_used, reason = "a test: what is missing fails it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use charter_tests::{calendar, compiled, read, root};
use language::process::Compiled;
use language::profile::{Base, processes_of, read_profile};
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

/// The processes of a city, with its values, by name.
fn city(folder: &Path) -> BTreeMap<String, Arc<Definition>> {
    let mut sources = Sources::new();
    let tree = tree(&folder.join("profile.yaml"), &mut sources);
    let compiled: Vec<Compiled> = processes_of(&tree.root)
        .map(|name| {
            let path = root().join("workflows").join(name.replace('_', "-")).join("workflow.yaml");
            language::compile(&mut sources, &path.display().to_string(), &std::fs::read(path).unwrap())
        })
        .collect();
    let bases: Vec<Base<'_>> = compiled
        .iter()
        .map(|one| Base { definition: one.definition.as_deref().unwrap(), map: &one.map })
        .collect();
    let (profile, report) = read_profile(&sources, &tree, &bases);
    assert_sound(&report, &sources);
    let laid = profile.unwrap().processes.into_iter().zip(&bases);
    laid.map(|(laid, base)| {
        let definition = base.definition.with_values(&laid.values).unwrap();
        (laid.process.to_string(), Arc::new(definition))
    })
    .collect()
}

#[test]
fn every_city_is_as_its_stories_tell() {
    let mut cities = 0;
    for entry in std::fs::read_dir(root().join("workflows/profiles")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let definitions = city(&folder);
        for path in std::fs::read_dir(folder.join("examples")).unwrap().map(|e| e.unwrap().path()) {
            let mut sources = Sources::new();
            let (told, _) = story::read(&tree(&path, &mut sources), calendar().zone());
            let process = told.and_then(|told| told.process).unwrap().0;
            come_true(&path, &definitions[&process]);
        }
        cities += 1;
    }
    assert_eq!(cities, 13, "the platforms in the seed's tables");
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
