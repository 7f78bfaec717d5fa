//! `charter send`: sends an event to a case.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::json;

use crate::args;
use crate::client::{self, Ask, Client, in_path};
use crate::exit::Outcome;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command = args::command("send", lang, "给一件发事件", "Send an event to a case")
        .arg(args::operand("case", "CASE", lang, "编号", "The case's number").required(true))
        .arg(args::operand("event", "EVENT", lang, "事件", "The event").required(true))
        .arg(args::option("run", "RUN", lang, "哪个办理方，如 claims.B1", "Which run, such as claims.B1"))
        .arg(client::set(lang));
    client::acting(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let body = json!({
        "event": args::text(found, "event"),
        "run": args::text(found, "run").unwrap_or_default(),
        "data": client::data(found)?,
        "reason": args::text(found, "reason"),
    });
    let case = in_path(args::text(found, "case").unwrap_or_default());
    Client::new(found, talk)?.run(Ask::post(format!("/v1/cases/{case}/events"), body), talk, client::done)
}
