//! `charter deploy`: puts a process into force on a server.

use std::path::Path;

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Ask, Client};
use crate::exit::Outcome;
use crate::files;
use crate::library;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command =
        args::command("deploy", lang, "把一个流程发布到服务上", "Put a process into force on a server")
            .arg(
                args::operand(
                    "workflow",
                    "WORKFLOW",
                    lang,
                    "流程的文件或文件夹",
                    "The process: its file or folder",
                )
                .required(true),
            )
            .arg(
                args::option("reason", "TEXT", lang, "依据的文件", "The document that says so")
                    .required(true),
            );
    client::flags(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let path = library::path_of(args::text(found, "workflow").unwrap_or_default());
    let path = if path.is_dir() { path.join("workflow.yaml") } else { path };
    let body = json!({ "text": files::read_text(Path::new(&path))?, "reason": args::text(found, "reason") });
    Client::new(found, talk)?.run(Ask::post("/v1/definitions", body), talk, shown)
}

fn shown(definition: &Json, talk: &Talk) -> String {
    super::definition::line(definition, talk)
}
