//! `charter start`: opens a case on a server.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::json;

use crate::args;
use crate::client::{self, Ask, Client};
use crate::exit::Outcome;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command = args::command("start", lang, "在服务上开一件", "Open a case on a server")
        .arg(args::operand("process", "PROCESS", lang, "流程", "The process").required(true))
        .arg(args::option("case", "NUMBER", lang, "编号；不写就自动编", "Its number; made up unless given"))
        .arg(client::set(lang));
    client::acting(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let body = json!({
        "process": args::text(found, "process"),
        "case": args::text(found, "case"),
        "data": client::data(found)?,
    });
    Client::new(found, talk)?.run(Ask::post("/v1/cases", body), talk, client::done)
}
