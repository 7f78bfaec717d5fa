//! `charter check`: everything that is wrong with definitions, stories, tables and calendars, at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::{ArgMatches, Command};
use language::diagnostic::Severity;
use language::words;
use language::words::Lang;
use language::{fix, render, sarif};

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::library::Library;
use crate::talk::Talk;

pub mod changes;

/// A text whose fixes do not settle within so many rounds is left to its author.
const ROUNDS_MAX: usize = 25;

pub fn command(lang: Lang) -> Command {
    args::command(
        "check",
        lang,
        "检查流程、故事、案例表和日历",
        "Check processes, stories, tables and calendars",
    )
    .arg(args::paths(lang))
    .arg(
        args::option(
            "format",
            "FORMAT",
            lang,
            "human（默认）、json（每行一个对象）、sarif",
            "human (default), json (one object a line), sarif",
        )
        .value_parser(["human", "json", "sarif"])
        .default_value("human"),
    )
    .arg(args::flag("json", lang, "同 --format json", "The same as --format json").conflicts_with("format"))
    .arg(
        args::option("deny", "warnings", lang, "有警告也算不通过", "Warnings count as errors")
            .value_parser(["warnings"]),
    )
    .arg(args::flag(
        "fix",
        lang,
        "把有把握的改正写进文件，并列出改了什么",
        "Write certain fixes into the files and show them",
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let started = Instant::now();
    let paths = documents(&args::texts(found, "paths"))?;
    let mut texts = BTreeMap::new();
    let mut library = Library::read(&paths, &texts)?;
    if found.get_flag("fix") {
        library = mend(library, &paths, &mut texts)?;
        write(&texts, talk)?;
    }
    let format = if found.get_flag("json") { "json" } else { args::text(found, "format").unwrap_or("human") };
    show(&library, format, started, talk);
    let counts = library.report.counts();
    let denied = args::text(found, "deny").is_some() && counts.warnings > 0;
    // The program ends here: taking everything apart would only make people wait.
    std::mem::forget(library);
    Ok(Exit::found(counts.errors > 0 || denied))
}

/// The documents under the paths given, or under ./workflows.
pub fn documents(given: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let given: Vec<PathBuf> = match given {
        [] => vec![default_folder()?],
        some => some.iter().map(PathBuf::from).collect(),
    };
    let found = files::documents(&given)?;
    if found.is_empty() {
        let list: Vec<String> = given.iter().map(|path| path.display().to_string()).collect();
        let list = list.join(", ");
        return Err(Failure::new(
            Exit::Unreachable,
            words!("{list} 里没有流程文件", "there are no definitions in {list}"),
        )
        .advise(words!(
            "流程叫 workflow.yaml，故事放在它旁边的 examples/；新建一个：charter new 名字",
            "a process is called workflow.yaml, its stories stand in examples/ beside it; make one: charter new NAME"
        )));
    }
    Ok(found)
}

fn default_folder() -> Result<PathBuf, Failure> {
    let folder = PathBuf::from("workflows");
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(Failure::new(
        Exit::Unreachable,
        words!("这里没有 ./workflows 文件夹", "there is no folder ./workflows here"),
    )
    .advise(words!("写明要看哪些文件或文件夹", "say which files or folders to look at")))
}

/// Applies certain fixes until nothing certain is left; `texts` then holds what changed.
fn mend(
    mut library: Library,
    paths: &[PathBuf],
    texts: &mut BTreeMap<PathBuf, String>,
) -> Result<Library, Failure> {
    for _ in 0..ROUNDS_MAX {
        let (mended, applied) = fix::round(&library.report, &library.sources);
        let mut changed = false;
        for (file, text) in mended {
            let Some(path) = library.paths.get(&file) else { continue };
            changed |= text != library.sources.text(file);
            texts.insert(path.clone(), text);
        }
        if applied == 0 || !changed {
            break;
        }
        library = Library::read(paths, texts)?;
    }
    Ok(library)
}

fn write(texts: &BTreeMap<PathBuf, String>, talk: &Talk) -> Result<(), Failure> {
    for (path, text) in texts {
        let before = files::read_text(path)?;
        let old = before.trim_start_matches('\u{feff}');
        if old == text {
            continue;
        }
        files::write_whole(path, text)?;
        let shown = path.display();
        talk.remark(&words!("改了 {shown}", "mended {shown}"));
        let lines = changes::between(old, text);
        talk.remark(&language::Words::new(lines.clone(), lines));
    }
    Ok(())
}

fn show(library: &Library, format: &str, started: Instant, talk: &Talk) {
    let (report, sources) = (&library.report, &library.sources);
    match format {
        "json" => talk.result(&render::json::lines(report, sources)),
        "sarif" => talk.result(&sarif::log(report, sources, talk.lang)),
        _ => {
            let text = render::human(report, sources, talk.look());
            let summary = render::summary(report, sources, talk.lang);
            let found = text.trim_end().strip_suffix(&summary).unwrap_or(&text);
            talk.result(found);
            if !talk.quiet {
                talk.line(&talk.bold(&timed(&summary, started)));
            }
        }
    }
}

/// The summary with how long it took, before the hints.
fn timed(summary: &str, started: Instant) -> String {
    let took = started.elapsed().as_millis();
    match summary.split_once("    ") {
        Some((counts, hints)) => format!("{counts} · {took} ms    {hints}"),
        None => format!("{summary} · {took} ms"),
    }
}

/// Shows errors and warnings of a library that stops another command; says whether it does.
pub fn stops(library: &Library, talk: &Talk) -> bool {
    let stops = library.report.has_errors();
    if stops {
        let mut errors = library.report.clone();
        errors.retain(|found| found.severity == Severity::Error);
        talk.result(&render::human(&errors, &library.sources, talk.look()));
    }
    stops
}
