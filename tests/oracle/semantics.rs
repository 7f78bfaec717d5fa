//! docs/language/semantics.md is run: every story on the page against the process above it.

use std::sync::Arc;

use charter_tests::{calendar, read};
use expr::time::calendar::Calendar;
use language::Sources;
use language::render::{self, Look};
use machine::definition::Definition;
use machine::replay::replay;
use simulate::{play, story};

const PAGE: &str = "docs/language/semantics.md";

/// A fenced block: its word, its text, the line of the page it begins on.
struct Block<'p> {
    word: &'p str,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut all: Vec<Block<'_>> = vec![];
    let mut inside = false;
    for (at, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(word), false) => {
                all.push(Block { word, text: String::new(), line: at + 2 });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let text = &mut all.last_mut().unwrap().text;
                text.push_str(line);
                text.push('\n');
            }
            (None, false) => {}
        }
    }
    all
}

fn process(header: &str, block: &Block<'_>) -> Arc<Definition> {
    let mut sources = Sources::new();
    let text = format!("{header}{}", block.text);
    let compiled = language::compile(&mut sources, &format!("{PAGE}:{}", block.line), text.as_bytes());
    let findings = render::human(&compiled.report, &sources, Look::default());
    assert!(!compiled.report.has_errors(), "\n{findings}");
    compiled.definition.unwrap()
}

/// A block of steps alone opens with nothing at nine on Monday 2 March 2026.
fn come_true(block: &Block<'_>, definition: &Arc<Definition>, calendar: &Calendar) {
    let title = "story: { zh: 示例, en: Example }\n";
    let open = "open: { at: 2026-03-02 09:00, by: clerk }\nsteps:\n";
    let text = match block.text.starts_with("open:") {
        true => format!("{title}{}", block.text),
        false => format!("{title}{open}{}", block.text),
    };
    let mut sources = Sources::new();
    let reading = language::read(&mut sources, &format!("{PAGE}:{}", block.line), text.as_bytes());
    let sound = |report: &language::Report| {
        assert!(report.is_empty(), "\n{}", render::human(report, &sources, Look::default()));
    };
    sound(&reading.report);
    let (told, report) = story::read(&reading.tree.unwrap(), calendar.zone());
    sound(&report);
    let played = play::play(&told.unwrap(), definition, calendar);
    sound(&played.report);
    let world = played.world.unwrap();
    assert_eq!(replay(&world.facts).unwrap(), world.case);
}

#[test]
fn the_page_about_semantics_comes_true() {
    let page = read(PAGE);
    let calendar = calendar();
    let (mut header, mut definition, mut stories) = (String::new(), None, 0);
    for block in blocks(&page) {
        match block.word {
            "header" => header = block.text,
            "yaml" => definition = Some(process(&header, &block)),
            "story" => {
                come_true(&block, definition.as_ref().expect("a process stands above"), &calendar);
                stories += 1;
            }
            other => panic!("{PAGE}:{}: a block of {other}?", block.line),
        }
    }
    assert!(stories >= 10, "only {stories} stories");
}
