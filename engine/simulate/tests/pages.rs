//! The pages about stories and tables: each wrong example gives its code, each right one does not.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use language::codes::{self, Code};
use language::{Sources, pages, read};
use machine::definition::Definition;
use simulate::{golden, play, story};

const LEAVE: &str = include_str!("samples/leave.yaml");

fn leave() -> Arc<Definition> {
    let mut sources = Sources::new();
    let compiled = language::compile(&mut sources, "leave.yaml", LEAVE.as_bytes());
    compiled.definition.unwrap_or_else(|| panic!("{:?}", compiled.report))
}

/// Every code found in a story about leave, or in a golden table.
fn check(code: Code, bytes: &[u8], definition: &Arc<Definition>) -> Vec<Code> {
    if code == codes::GOLDEN_ROW {
        let rows = golden::usccs(std::str::from_utf8(bytes).expect("the tables of the pages are text"))
            .expect("and they can be read");
        return rows.iter().filter(|r| !r.differs.is_empty()).map(|_| codes::GOLDEN_ROW).collect();
    }
    let calendar = Calendar::weekends_only();
    let reading = read(&mut Sources::new(), "story.yaml", bytes);
    let (told, report) =
        story::read(&reading.tree.expect("the stories of the pages are YAML"), calendar.zone());
    let played = told.map(|told| play::play(&told, definition, &calendar).report);
    report.iter().chain(played.iter().flat_map(|r| r.iter())).map(|found| found.code).collect()
}

#[test]
fn the_pages_of_stories_behave() {
    let definition = leave();
    let all: Vec<Code> = codes::ALL.iter().copied().filter(|c| c.id().starts_with("CH08")).collect();
    let faults = pages::faults(&all, |code, bytes| check(code, bytes, &definition));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
