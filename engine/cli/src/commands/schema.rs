//! `charter schema`: JSON Schema of a document, for completion and hovering in editors.

use clap::{ArgMatches, Command};
use language::keys::schema::json_schema;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("schema", lang, "输出 JSON Schema，供编辑器补全", "Print a JSON Schema for editors").arg(
        args::operand(
            "document",
            "DOCUMENT",
            lang,
            "process（默认）、story、calendar、script",
            "process (default), story, calendar, script",
        )
        .value_parser(["process", "story", "calendar", "script"])
        .default_value("process")
        .hide_default_value(true),
    )
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (shape, id) = match args::text(found, "document") {
        Some("story") => (&simulate::story::shape::STORY, "charter-story-1.schema.json"),
        Some("calendar") => (&language::shape::CALENDAR_YEAR, "charter-calendar-1.schema.json"),
        Some("script") => (&simulate::script::SCRIPT, "charter-script-1.schema.json"),
        _ => (&language::shape::PROCESS, language::shape::SCHEMA_ID),
    };
    talk.line(&format!("{:#}", json_schema(shape, id)));
    Ok(Exit::Fine)
}
