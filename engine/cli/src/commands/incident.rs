//! `charter incident`: cases that cannot go on by themselves: list, retry, skip, move, cancel.

use clap::{ArgAction, ArgMatches, Command};
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Ask, Client, in_path, said};
use crate::exit::Outcome;
use crate::talk::Talk;

const ACTS: &[(&str, &str, &str)] = &[
    ("retry", "再试一次", "Let the case go on"),
    ("skip", "跳过一个定时器", "End a timer without firing"),
    ("move", "移到别的状态", "Move a run to other states"),
    ("cancel", "作废这一件", "End every run where it is"),
];

pub fn command(lang: Lang) -> Command {
    let list = args::command("list", lang, "列出异常的件", "List cases with an incident").arg(args::option(
        "process",
        "PROCESS",
        lang,
        "哪个流程",
        "Of which process",
    ));
    let mut command = args::command(
        "incident",
        lang,
        "异常的件：列出、重试、跳过、移动、作废",
        "Incidents: list, retry, skip, move, cancel",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(client::flags(list, lang));
    for (name, zh, en) in ACTS {
        let mut act = args::command(name, lang, zh, en)
            .arg(args::operand("case", "CASE", lang, "编号", "The case's number").required(true));
        match *name {
            "skip" => {
                act =
                    act.arg(args::option("timer", "N", lang, "定时器号", "The timer's number").required(true))
            }
            "move" => {
                act = act
                    .arg(
                        args::option(
                            "to",
                            "STATE",
                            lang,
                            "到哪个状态，可写多次",
                            "To which state; may be given several times",
                        )
                        .action(ArgAction::Append)
                        .required(true),
                    )
                    .arg(args::option("run", "RUN", lang, "哪个办理方", "Which run"));
            }
            _ => {}
        }
        command = command.subcommand(client::acting(act, lang));
    }
    command
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (name, found) = found.subcommand().expect("clap requires a subcommand");
    let client = Client::new(found, talk)?;
    if name == "list" {
        let query = client::query(&[("process", args::text(found, "process"))]);
        return client.run(Ask::get(format!("/v1/incidents{query}")), talk, list);
    }
    let reason = args::text(found, "reason").unwrap_or_default();
    let body = match name {
        "skip" => json!({ "reason": reason, "timer": args::number(found, "timer")? }),
        "move" => json!({
            "reason": reason,
            "to": args::texts(found, "to"),
            "run": args::text(found, "run").unwrap_or_default(),
        }),
        _ => json!({ "reason": reason }),
    };
    let case = in_path(args::text(found, "case").unwrap_or_default());
    client.run(Ask::post(format!("/v1/cases/{case}/administer/{name}"), body), talk, client::done)
}

fn list(page: &Json, talk: &Talk) -> String {
    let all = page["incidents"].as_array().into_iter().flatten();
    all.map(|one| {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        format!(
            "{}   {}   {}   {}   {}\n",
            text("case"),
            text("process"),
            text("code"),
            text("since"),
            said(&one["words"], talk.lang)
        )
    })
    .collect()
}
