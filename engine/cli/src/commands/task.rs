//! `charter task`: the inbox, and what can be done with a task.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Answered, Ask, Client, in_path, said};
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

/// Acts that do not decide: their name here, in the API, in both languages, whether they need a person.
const ACTS: &[(&str, &str, &str, &str, bool)] = &[
    ("claim", "claim", "领取", "Take a task", false),
    ("release", "release", "放回", "Put a task back", false),
    ("transfer", "transfer", "转办给别人", "Hand a task to somebody else", true),
    ("delegate", "delegate", "委派给别人", "Let somebody else act in one's name", true),
    ("add-signer", "add_signer", "加签", "Ask another person to sign as well", true),
    ("remove-signer", "remove_signer", "减签", "Take an asked person off again", true),
    ("urge", "urge", "催办", "Ask the holder to hurry", false),
];

pub fn command(lang: Lang) -> Command {
    let list = args::command("list", lang, "列出待办", "List tasks")
        .arg(
            args::option("whose", "mine|held|seen", lang, "谁的", "Whose")
                .value_parser(["mine", "held", "seen"]),
        )
        .arg(args::option("process", "PROCESS", lang, "哪个流程", "Of which process"))
        .arg(args::option(
            "task-role",
            "ROLE",
            lang,
            "哪个角色的，配合 --whose seen",
            "Of which role, with --whose seen",
        ));
    let submit = numbered(args::command("submit", lang, "办结：给出结果", "Decide a task"), lang)
        .arg(args::operand("event", "OUTCOME", lang, "结果", "The outcome").required(true))
        .arg(client::set(lang));
    let back = numbered(
        args::command(
            "return",
            lang,
            "退回：用这项待办的退回结果",
            "Return a task by its outcome that returns",
        ),
        lang,
    )
    .arg(client::set(lang));
    let mut command =
        args::command("task", lang, "待办：列出、领取、转办、办结……", "Tasks: list, take, hand over, decide")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand(client::flags(list, lang))
            .subcommand(client::acting(submit, lang))
            .subcommand(client::acting(back, lang));
    for (name, _, zh, en, person) in ACTS {
        let mut act = numbered(args::command(name, lang, zh, en), lang);
        if *person {
            act = act.arg(args::option("to", "ACCOUNT", lang, "给谁", "To whom").required(true));
        }
        command = command.subcommand(client::acting(act, lang));
    }
    command
}

fn numbered(command: Command, lang: Lang) -> Command {
    command
        .arg(args::operand("case", "CASE", lang, "编号", "The case's number").required(true))
        .arg(args::operand("task", "TASK", lang, "待办号", "The task's number in the case").required(true))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (name, found) = found.subcommand().expect("clap requires a subcommand");
    let client = Client::new(found, talk)?;
    if name == "list" {
        let text = |name| args::text(found, name);
        let query = [("whose", text("whose")), ("process", text("process")), ("role", text("task-role"))];
        return client.run(Ask::get(format!("/v1/tasks{}", client::query(&query))), talk, list);
    }
    let text = |name| args::text(found, name).unwrap_or_default();
    let place = format!("/v1/tasks/{}/{}", in_path(text("case")), in_path(text("task")));
    let reason = args::text(found, "reason");
    match name {
        "submit" => {
            let body = json!({ "event": text("event"), "data": client::data(found)?, "reason": reason });
            client.run(Ask::post(format!("{place}/submit"), body), talk, client::done)
        }
        "return" => {
            let event = match returning(&client, &place)? {
                Ok(event) => event,
                Err((status, problem)) => return Ok(client.told(status, &problem, talk)),
            };
            let body = json!({ "event": event, "data": client::data(found)?, "reason": reason });
            client.run(Ask::post(format!("{place}/submit"), body), talk, client::done)
        }
        act => {
            let known = ACTS.iter().find(|(known, ..)| *known == act);
            let (_, act, .., person) = known.expect("clap knows only the acts of the table");
            let to = person.then(|| text("to"));
            let body = json!({ "to": to, "reason": reason });
            client.run(Ask::post(format!("{place}/{act}"), body), talk, client::done)
        }
    }
}

/// The outcome of a task that returns it: the one whose name says so.
fn returning(client: &Client, place: &str) -> Result<Result<String, (u16, Json)>, Failure> {
    let task = match client.send(Ask::get(place))? {
        Answered::Done(task) => task,
        Answered::Problem(status, problem) => return Ok(Err((status, problem))),
        Answered::Text(_) => Json::Null,
    };
    let names = task["outcomes"].as_array().into_iter().flatten().filter_map(|o| o["event"].as_str());
    let names: Vec<&str> = names.collect();
    let returns: Vec<&&str> =
        names.iter().filter(|name| name.split('_').any(|word| word == "return")).collect();
    match returns.as_slice() {
        [one] => Ok(Ok((**one).to_owned())),
        _ => {
            let all = names.join(", ");
            Err(Failure::new(
                Exit::Found,
                words!(
                    "这项待办没有唯一的退回结果；用 submit，可选：{all}",
                    "this task has no single outcome that returns it; use submit with one of {all}"
                ),
            ))
        }
    }
}

fn list(page: &Json, talk: &Talk) -> String {
    let lang = talk.lang;
    let tasks = page["tasks"].as_array().into_iter().flatten();
    tasks
        .map(|task| {
            let text = |key: &str| task[key].as_str().unwrap_or_default();
            let due = task["due"].as_str().unwrap_or("-");
            let holder = task["holder"].as_str().unwrap_or("-");
            let outcomes =
                task["outcomes"].as_array().into_iter().flatten().filter_map(|o| o["event"].as_str());
            let outcomes: Vec<&str> = outcomes.collect();
            format!(
                "{due}   {} {}   {}   {} · {holder}   {}\n",
                text("case"),
                task["task"],
                said(&task["title"], lang),
                said(&task["role"]["title"], lang),
                outcomes.join("|")
            )
        })
        .collect()
}
