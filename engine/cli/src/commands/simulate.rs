//! `charter simulate`: a process in virtual time, from a script, from a story, or step by step.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{ArgMatches, Command};
use expr::time::calendar::Calendar;
use jiff::Timestamp;
use language::words;
use language::words::Lang;
use machine::definition::Definition;
use simulate::values::instant;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::library::{self, Library};
use crate::profiles;
use crate::talk::Talk;

mod form;
mod prompt;
mod record;
mod scripted;
mod session;

pub fn command(lang: Lang) -> Command {
    args::command("simulate", lang, "在虚拟时间里试跑一个流程", "Run a process in virtual time")
        .arg(
            args::operand(
                "workflow",
                "WORKFLOW",
                lang,
                "流程文件、文件夹或名字",
                "The process: its file, folder or name",
            )
            .required(true),
        )
        .arg(
            args::option("story", "FILE", lang, "演一个故事，逐步说明", "Play a story, telling every step")
                .conflicts_with("script"),
        )
        .arg(args::option(
            "script",
            "FILE",
            lang,
            "演一串事件（JSON；- 表示标准输入），见 docs/cli/simulate.md",
            "Play a list of events (JSON; - for standard input), see docs/cli/simulate.md",
        ))
        .arg(args::option(
            "profile",
            "CITY",
            lang,
            "按这座城市的参数：hefei、beijing……",
            "With the values of this city: hefei, beijing ...",
        ))
        .arg(args::option(
            "at",
            "INSTANT",
            lang,
            "从何时开始，如 \"2026-09-28 09:00\"",
            "When it begins, such as \"2026-09-28 09:00\"",
        ))
        .arg(
            args::option(
                "repeat",
                "N",
                lang,
                "把脚本演 N 遍，只报速度",
                "Play the script N times and tell only the speed",
            )
            .requires("script"),
        )
        .arg(args::flag("json", lang, "每个事件一个 JSON 对象", "One JSON object for each event"))
}

/// What is played.
pub struct Stage<'a> {
    /// Its texts.
    pub library: &'a Library,
    /// The process.
    pub definition: Arc<Definition>,
    /// The calendar it counts by.
    pub calendar: Calendar,
    /// How to speak.
    pub talk: &'a Talk,
    /// Whether programs read it.
    pub json: bool,
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let named = library::path_of(args::text(found, "workflow").unwrap_or_default());
    let library = match args::text(found, "profile") {
        Some(city) => of_city(&named, city)?,
        None => library::one_workflow(&named)?,
    };
    let workflow = library.workflows.first();
    let Some((workflow, definition)) = workflow.and_then(|w| Some((w, w.definition.clone()?))) else {
        super::check::stops(&library, talk);
        return Ok(Exit::Found);
    };
    let calendar = workflow.calendar.clone();
    let stage = Stage { library: &library, definition, calendar, talk, json: found.get_flag("json") };
    if let Some(script) = args::text(found, "script") {
        return scripted::script(&stage, Path::new(script), args::number(found, "repeat")?);
    }
    if let Some(story) = args::text(found, "story") {
        return scripted::story(&stage, &PathBuf::from(story), workflow);
    }
    if stage.json {
        return Err(Failure::usage(words!(
            "--json 要和 --script 或 --story 一起用",
            "--json goes with --script or --story"
        )));
    }
    prompt::run(&stage, beginning(args::text(found, "at"), &stage.calendar)?)
}

/// The process with the values of a city, and without its own stories: they tell of other values.
fn of_city(named: &Path, city: &str) -> Result<Library, Failure> {
    let own = library::one_workflow(named)?;
    let file = own.workflows.first().map(|workflow| workflow.path.clone()).unwrap_or_default();
    let shelf = file.parent().and_then(Path::parent).filter(|shelf| shelf.join("profiles").is_dir());
    let texts = profiles::texts(city, shelf)?;
    let process = own.workflows.first().and_then(|workflow| workflow.definition.clone());
    let process = process.map(|definition| definition.process.to_string()).unwrap_or_default();
    let path = format!("{}/workflow.yaml", process.replace('_', "-"));
    let found = texts.iter().find(|(shown, _)| Path::new(shown).ends_with(&path));
    let Some((shown, text)) = found else {
        return Err(Failure::usage(words!("{city} 不办流程 {process}", "{city} does not run {process}")));
    };
    Ok(Library::of_texts(&[(shown, text)]))
}

/// When it begins: as said, or this morning at nine.
fn beginning(said: Option<&str>, calendar: &Calendar) -> Result<Timestamp, Failure> {
    if let Some(text) = said {
        return instant(text, calendar.zone()).map_err(Failure::usage);
    }
    let now = Timestamp::now();
    let morning = calendar.zone().to_datetime(now).date().at(9, 0, 0, 0);
    Ok(calendar.zone().to_timestamp(morning).unwrap_or(now))
}
