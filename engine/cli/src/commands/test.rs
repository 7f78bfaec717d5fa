//! `charter test`: plays the stories of every process, and holds golden tables against the engine.

use std::path::Path;
use std::time::Instant;

use clap::{ArgMatches, Command};
use language::render;
use language::words;
use language::words::{Lang, Words};
use serde_json::json;
use simulate::golden::runs::{self, Bench};
use simulate::golden::{self, Kind, Row, Unreadable};
use simulate::play::play;

use crate::args;
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::library::{Library, Workflow};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command(
        "test",
        lang,
        "演一遍故事，核对案例表",
        "Play the stories and hold golden tables against the engine",
    )
    .arg(args::paths(lang))
    .arg(
        args::option(
            "cases",
            "FILE",
            lang,
            "案例表（CSV），可以有几张",
            "Golden tables (CSV), one or several",
        )
        .num_args(1..)
        .action(clap::ArgAction::Append),
    )
    .arg(args::flag("json", lang, "每行一个 JSON 对象", "One JSON object a line"))
}

/// How much held.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    stories: usize,
    failed: usize,
    rows: usize,
    differ: usize,
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let started = Instant::now();
    let given = with_workflows(&args::texts(found, "paths"));
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let tables = args::texts(found, "cases");
    // Tables of deadlines and codes need no process beside them.
    let library = match given.is_empty() && !tables.is_empty() && !Path::new("workflows").is_dir() {
        true => Library::of_texts(&[]),
        false => Library::read(&super::check::documents(&given)?, &Default::default())?,
    };
    let mut tester =
        Tester { library: &library, talk, json: found.get_flag("json"), tally: Tally::default() };
    let unsound = tester.unsound();
    // Tables alone are asked about alone.
    if tables.is_empty() || !args::texts(found, "paths").is_empty() {
        library.workflows.iter().chain(&library.cities).for_each(|workflow| tester.stories(workflow));
    }
    let mut unreadable = false;
    for table in tables {
        unreadable |= !tester.table(Path::new(table))?;
    }
    let unsound = unsound || unreadable;
    tester.summary(started);
    let Tally { failed, differ, stories, rows } = tester.tally;
    if stories + rows == 0 && !unsound {
        return Err(Failure::new(
            Exit::Found,
            words!("没有故事也没有案例表可以核对", "there is neither a story nor a table to hold"),
        )
        .advise(words!("故事放在流程旁边的 examples/ 里", "stories stand in examples/ beside a process")));
    }
    Ok(Exit::found(unsound || failed > 0 || differ > 0))
}

/// A story named alone brings its process with it.
fn with_workflows(given: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = given.iter().map(|path| (*path).to_owned()).collect();
    for path in given {
        let beside = Path::new(path).parent().and_then(Path::parent).map(|up| up.join("workflow.yaml"));
        let is_story = files::sort_of(Path::new(path)) == Some(files::Sort::Story);
        if let Some(process) = beside.filter(|process| is_story && process.is_file()) {
            all.push(process.display().to_string());
        }
    }
    all
}

struct Tester<'a> {
    library: &'a Library,
    talk: &'a Talk,
    json: bool,
    tally: Tally,
}

impl Tester<'_> {
    /// Shows what keeps documents from being played at all.
    fn unsound(&self) -> bool {
        let report = &self.library.report;
        if !report.has_errors() {
            return false;
        }
        if self.json {
            for found in report.iter().filter(|found| found.is_error()) {
                self.talk.line(&render::json::finding(found, &self.library.sources).to_string());
            }
            return true;
        }
        super::check::stops(self.library, self.talk)
    }

    fn stories(&mut self, workflow: &Workflow) {
        let Some(definition) = &workflow.definition else { return };
        if !self.json && !workflow.stories.is_empty() {
            self.talk.line(&self.talk.bold(&format!("{}  {}", definition.process, workflow.path.display())));
        }
        for (path, story) in &workflow.stories {
            let played = play(story, definition, &workflow.calendar);
            let passed = !played.report.has_errors();
            self.tally.stories += 1;
            self.tally.failed += usize::from(!passed);
            if self.json {
                let findings: Vec<_> =
                    played.report.iter().map(|f| render::json::finding(f, &self.library.sources)).collect();
                let object = json!({
                    "kind": "story", "process": &*definition.process, "file": path.display().to_string(),
                    "title": { "zh": story.title.zh, "en": story.title.en },
                    "passed": passed, "findings": findings,
                });
                self.talk.line(&object.to_string());
                continue;
            }
            self.told(&story.title, path, passed);
            for found in &played.report {
                let shown = render::one(found, &self.library.sources, self.talk.look());
                self.talk.line(&format!("{shown}\n"));
            }
        }
    }

    fn told(&self, title: &Words, path: &Path, passed: bool) {
        let mark = if passed { self.talk.green("✓") } else { self.talk.red("✗") };
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !passed || !self.talk.quiet {
            self.talk.line(&format!("  {mark} {}  {}", title.get(self.talk.lang), self.talk.dim(&file)));
        }
    }

    /// Holds a table. `false`: it is none, which was said; the others are held all the same.
    fn table(&mut self, path: &Path) -> Result<bool, Failure> {
        let text = files::read_text(path)?;
        let shown = path.display().to_string();
        let found = match settle::golden::is_table(&text) {
            true => self.settled(&text),
            false => golden::kind(&text).and_then(|kind| self.rows(kind, &text)),
        };
        let rows = match found {
            Ok(rows) => rows,
            Err(Unreadable { line, words }) => {
                let told = json!({
                    "kind": "table", "file": shown, "line": line,
                    "message": { "zh": words.zh, "en": words.en },
                });
                let text = || format!("{shown}:{line} {}", words.get(self.talk.lang));
                self.talk.line(&if self.json { told.to_string() } else { text() });
                return Ok(false);
            }
        };
        if !self.json {
            self.talk.line(&self.talk.bold(&shown));
        }
        for row in &rows {
            self.row(path, row);
        }
        Ok(true)
    }

    /// A table of worked cases against the settlement that knows them.
    fn settled(&self, text: &str) -> Result<Vec<Row>, Unreadable> {
        let known =
            self.library.settlements.iter().find_map(|it| Some((it.book.as_ref()?, it.mapping.as_ref()?)));
        let Some((book, mapping)) = known else {
            return Err(Unreadable {
                line: 1,
                words: words!(
                    "没有结算规则可以核对：要有 settlement.yaml、rules/ 和 golden.yaml，且没有错误",
                    "there is no settlement to hold it against: settlement.yaml, rules/ and golden.yaml without errors"
                ),
            });
        };
        match settle::golden::rows(text, book, mapping) {
            Ok(rows) => Ok(rows
                .into_iter()
                .map(|it| Row { name: it.name, line: it.line, differs: it.differs })
                .collect()),
            Err((line, words)) => Err(Unreadable { line, words }),
        }
    }

    fn rows(&self, kind: Kind, text: &str) -> Result<Vec<Row>, Unreadable> {
        let calendar = self.library.workflows.first().map(|w| w.calendar.clone());
        let calendar = calendar.unwrap_or_else(|| Calendars::default().own());
        match kind {
            Kind::Deadlines => golden::deadlines(text, &calendar),
            Kind::Usccs => golden::usccs(text),
            Kind::Runs => golden::rows(text, |row| self.run(row)),
        }
    }

    fn run(&self, row: &golden::Columns<'_>) -> Vec<Words> {
        let process = row.get("process");
        let named = |w: &&Workflow| w.definition.as_ref().is_some_and(|d| *d.process == *process);
        let Some(workflow) = self.library.workflows.iter().find(named) else {
            return vec![words!("没有流程 {process}", "there is no process {process}")];
        };
        match (&workflow.definition, &workflow.mapping) {
            (Some(definition), Some(mapping)) => {
                runs::hold(row, &Bench { definition, mapping, calendar: &workflow.calendar })
            }
            _ => {
                vec![words!("流程 {process} 旁边没有 cases.yaml", "there is no cases.yaml beside {process}")]
            }
        }
    }

    fn row(&mut self, path: &Path, row: &Row) {
        let passed = row.differs.is_empty();
        self.tally.rows += 1;
        self.tally.differ += usize::from(!passed);
        if self.json {
            let differs: Vec<_> = row.differs.iter().map(|w| json!({ "zh": w.zh, "en": w.en })).collect();
            let object = json!({
                "kind": "row", "file": path.display().to_string(), "line": row.line,
                "name": row.name, "passed": passed, "differs": differs,
            });
            return self.talk.line(&object.to_string());
        }
        if passed {
            if self.talk.verbose {
                self.talk.line(&format!("  {} {}", self.talk.green("✓"), row.name));
            }
            return;
        }
        self.talk.line(&format!("  {} {}  {}:{}", self.talk.red("✗"), row.name, path.display(), row.line));
        for words in &row.differs {
            self.talk.line(&format!("      {}", words.get(self.talk.lang)));
        }
    }

    fn summary(&self, started: Instant) {
        let Tally { stories, failed, rows, differ } = self.tally;
        let took = started.elapsed().as_millis();
        if self.json {
            let object = json!({
                "kind": "summary", "stories": stories, "failed": failed, "rows": rows, "differ": differ,
            });
            return self.talk.line(&object.to_string());
        }
        if self.talk.quiet && failed + differ == 0 {
            return;
        }
        let (passed, held) = (stories - failed, rows - differ);
        if stories > 0 {
            let noun = if stories == 1 { "story" } else { "stories" };
            self.talk.words(&Words::new(
                format!("{stories} 个故事 · {passed} 通过 · {failed} 不通过 · {took} ms"),
                format!("{stories} {noun} · {passed} passed · {failed} failed · {took} ms"),
            ));
        }
        if rows > 0 {
            let noun = if rows == 1 { "row" } else { "rows" };
            self.talk.words(&Words::new(
                format!("{rows} 行 · {held} 符合 · {differ} 不符"),
                format!("{rows} {noun} · {held} hold · {differ} differ"),
            ));
        }
    }
}
