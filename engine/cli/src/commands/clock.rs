//! `charter clock`: pushes the clock of a demonstration forward, so that deadlines fire.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Ask, Client};
use crate::exit::Outcome;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let forward =
        args::command("forward", lang, "把演示的时钟往前推", "Push the clock of a demonstration forward")
            .arg(
                args::operand(
                    "by",
                    "LENGTH",
                    lang,
                    "推多久：3d、12h、\"5 working days\"、\"5工作日\"",
                    "How far: 3d, 12h, \"5 working days\"",
                )
                .required(true),
            );
    args::command("clock", lang, "演示的虚拟时钟", "The virtual clock of a demonstration")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(client::flags(forward, lang))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (_, found) = found.subcommand().expect("clap requires a subcommand");
    let body = json!({ "by": args::text(found, "by") });
    Client::new(found, talk)?.run(Ask::post("/v1/demo/clock", body), talk, shown)
}

fn shown(answer: &Json, _: &Talk) -> String {
    format!("{}\n", answer["now"].as_str().unwrap_or_default())
}
