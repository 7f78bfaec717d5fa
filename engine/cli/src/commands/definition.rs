//! `charter definition`: what is in force on a server, its texts, what changed between two of them.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::Value as Json;

use super::check::changes;
use crate::args;
use crate::client::{self, Answered, Ask, Client, in_path, said};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let name =
        || args::operand("name", "NAME", lang, "流程，或版本的指纹", "A process, or the hash of a version");
    let list = args::command("list", lang, "列出版本", "List versions").arg(args::option(
        "process",
        "PROCESS",
        lang,
        "哪个流程",
        "Of which process",
    ));
    let show = args::command("show", lang, "给出文本", "Print the text").arg(name().required(true));
    let diff = args::command(
        "diff",
        lang,
        "比较两个版本，或一个版本和一个文件",
        "Compare two versions, or a version and a file",
    )
    .arg(name().required(true))
    .arg(
        args::operand(
            "other",
            "OTHER",
            lang,
            "另一个版本的指纹，或文件",
            "The hash of another version, or a file",
        )
        .required(true),
    );
    args::command(
        "definition",
        lang,
        "流程的版本：列出、查看、比较",
        "Versions of processes: list, show, compare",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(client::flags(list, lang))
    .subcommand(client::flags(show, lang))
    .subcommand(client::flags(diff, lang))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (verb, found) = found.subcommand().expect("clap requires a subcommand");
    let client = Client::new(found, talk)?;
    let name = if verb == "list" { "" } else { args::text(found, "name").unwrap_or_default() };
    match verb {
        "list" => {
            let query = client::query(&[("process", args::text(found, "process"))]);
            client.run(Ask::get(format!("/v1/definitions{query}")), talk, list)
        }
        "show" => client.run(Ask::get(source(name)), talk, |_, _| String::new()),
        _ => diff(&client, name, args::text(found, "other").unwrap_or_default(), talk),
    }
}

fn source(name: &str) -> String {
    format!("/v1/definitions/{}/source", in_path(name))
}

fn diff(client: &Client, name: &str, other: &str, talk: &Talk) -> Outcome {
    let before = match client.send(Ask::get(source(name)))? {
        Answered::Text(text) => text,
        Answered::Problem(status, problem) => return Ok(client.told(status, &problem, talk)),
        Answered::Done(_) => return Err(strange()),
    };
    let path = std::path::Path::new(other);
    let after = if path.exists() {
        files::read_text(path)?
    } else {
        match client.send(Ask::get(source(other)))? {
            Answered::Text(text) => text,
            Answered::Problem(status, problem) => return Ok(client.told(status, &problem, talk)),
            Answered::Done(_) => return Err(strange()),
        }
    };
    let changed = changes::between(&before, &after);
    if changed.is_empty() {
        talk.remark(&words!("没有差别", "no difference"));
        return Ok(Exit::Fine);
    }
    talk.line(&changed);
    Ok(Exit::Found)
}

fn strange() -> Failure {
    Failure::new(Exit::Unreachable, words!("服务的回答读不懂", "the server's answer cannot be read"))
}

fn list(page: &Json, talk: &Talk) -> String {
    page["definitions"].as_array().into_iter().flatten().map(|one| line(one, talk)).collect()
}

/// A version in one line.
pub fn line(one: &Json, talk: &Talk) -> String {
    let text = |key: &str| one[key].as_str().unwrap_or_default();
    let force = if one["in_force"] == Json::Bool(true) { talk.lang.pick("在用", "in force") } else { "-" };
    let hash: String = text("hash").chars().take(12).collect();
    format!(
        "{} v{}   {hash}   {force}   {}   {} · {} · {}\n",
        text("process"),
        one["version"],
        said(&one["title"], talk.lang),
        text("at"),
        text("by"),
        text("reason")
    )
}
