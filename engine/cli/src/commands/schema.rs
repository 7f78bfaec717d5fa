//! `charter schema`: JSON Schema of a document, for completion and hovering in editors.

use clap::{ArgMatches, Command};
use language::keys::Shape;
use language::keys::schema::json_schema;
use language::shape;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Outcome};
use crate::talk::Talk;

/// A document that people write: what it is called, its shape, and the `$id` of its schema.
pub struct Document {
    /// `process`
    pub name: &'static str,
    /// Its keys.
    pub shape: &'static Shape,
    /// The file it is kept in below `docs/schema`.
    pub id: &'static str,
}

/// Every document whose keys are known, the one people ask for most first.
pub static DOCUMENTS: [Document; 10] = [
    Document { name: "process", shape: &shape::PROCESS, id: shape::SCHEMA_ID },
    Document { name: "story", shape: &simulate::story::shape::STORY, id: "charter-story-1.schema.json" },
    Document { name: "calendar", shape: &shape::CALENDAR_YEAR, id: "charter-calendar-1.schema.json" },
    Document { name: "script", shape: &simulate::script::SCRIPT, id: "charter-script-1.schema.json" },
    Document { name: "cases", shape: &simulate::golden::mapping::MAPPING, id: "charter-cases-1.schema.json" },
    Document { name: "profile", shape: &shape::PROFILE, id: "charter-profile-1.schema.json" },
    Document { name: "settlement", shape: &shape::BOOK, id: "charter-settlement-1.schema.json" },
    Document { name: "rule", shape: &shape::RULE, id: "charter-rule-1.schema.json" },
    Document { name: "platform", shape: &shape::PLATFORM, id: "charter-platform-1.schema.json" },
    Document { name: "golden", shape: &shape::GOLDEN, id: "charter-golden-1.schema.json" },
];

pub fn command(lang: Lang) -> Command {
    args::command("schema", lang, "输出 JSON Schema，供编辑器补全", "Print a JSON Schema for editors").arg(
        args::operand(
            "document",
            "DOCUMENT",
            lang,
            "process（默认）、story、calendar、script、cases、profile，结算的 settlement、rule、platform、golden",
            "process (default), story, calendar, script, cases, profile; of a settlement: settlement, rule, platform, golden",
        )
        .value_parser(DOCUMENTS.each_ref().map(|document| document.name))
        .default_value("process")
        .hide_default_value(true),
    )
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let named = args::text(found, "document").unwrap_or("process");
    let document = DOCUMENTS.iter().find(|document| document.name == named).unwrap_or(&DOCUMENTS[0]);
    talk.line(&format!("{:#}", json_schema(document.shape, document.id)));
    Ok(Exit::Fine)
}
