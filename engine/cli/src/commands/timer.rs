//! `charter timer`: what falls due, and authority over it.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Ask, Client, in_path, said};
use crate::exit::Outcome;
use crate::talk::Talk;

const ACTS: &[(&str, &str, &str)] = &[
    ("suspend", "让时限停住", "Let a timer stand still"),
    ("resume", "让时限继续走", "Let a timer run on"),
    ("extend", "延长时限", "Give a timer more of its units"),
    ("move", "改到别的时刻", "Make a timer due at another instant"),
];

pub fn command(lang: Lang) -> Command {
    let list = args::command("list", lang, "列出将到期的时限", "List what falls due")
        .arg(args::operand("case", "CASE", lang, "只看这一件", "This case's only"))
        .arg(args::option("process", "PROCESS", lang, "哪个流程", "Of which process"))
        .arg(args::option("until", "INSTANT", lang, "到什么时候为止", "Up to which instant"));
    let mut command = args::command(
        "timer",
        lang,
        "时限：列出、停、续、延长、改期，放行暂停的",
        "Timers: list, suspend, resume, extend, move, release",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(client::flags(list, lang))
    .subcommand(
        client::flags(
            args::command(
                "release",
                lang,
                "时钟异常时暂停的时限：核对后放行",
                "Let deadlines fire that are held because the clock jumped",
            ),
            lang,
        )
        .arg(args::option("reason", "TEXT", lang, "理由", "Why").required(true)),
    );
    for (name, zh, en) in ACTS {
        let mut act = args::command(name, lang, zh, en)
            .arg(args::operand("case", "CASE", lang, "编号", "The case's number").required(true))
            .arg(
                args::operand("timer", "TIMER", lang, "时限号", "The timer's number in the case")
                    .required(true),
            );
        match *name {
            "extend" => {
                act = act.arg(
                    args::option("units", "N", lang, "多少个它自己的单位", "How many of its own units")
                        .required(true),
                )
            }
            "move" => {
                act = act.arg(
                    args::option("to", "INSTANT", lang, "改到什么时刻", "To which instant").required(true),
                )
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
        let query = [("process", args::text(found, "process")), ("until", args::text(found, "until"))];
        let path = match args::text(found, "case") {
            Some(case) => format!("/v1/cases/{}/timers", in_path(case)),
            None => format!("/v1/timers{}", client::query(&query)),
        };
        return client.run(Ask::get(path), talk, list);
    }
    if name == "release" {
        let body = json!({ "reason": args::text(found, "reason") });
        let told = |_: &Json, talk: &Talk| talk.lang.pick("已放行\n", "they fire again\n").to_owned();
        return client.run(Ask::post("/v1/deadlines/release", body), talk, told);
    }
    let text = |name| args::text(found, name).unwrap_or_default();
    let reason = args::text(found, "reason").unwrap_or_default();
    let body = match name {
        "extend" => json!({ "reason": reason, "units": args::number(found, "units")? }),
        "move" => json!({ "reason": reason, "to": text("to") }),
        _ => json!({ "reason": reason }),
    };
    let path = format!("/v1/cases/{}/timers/{}/{name}", in_path(text("case")), in_path(text("timer")));
    client.run(Ask::post(path, body), talk, client::done)
}

fn list(page: &Json, talk: &Talk) -> String {
    let timers = page["timers"].as_array().into_iter().flatten();
    timers
        .map(|timer| {
            let text = |key: &str| timer[key].as_str().unwrap_or_default();
            let due = timer["due"].as_str().unwrap_or_else(|| text("standing"));
            let run = if text("run").is_empty() { String::new() } else { format!(" {}", text("run")) };
            let (title, why) = (said(&timer["title"], talk.lang), said(&timer["sentence"], talk.lang));
            format!("{due}   {} {}{run}   {title}   {why}\n", text("case"), timer["timer"])
        })
        .collect()
}
