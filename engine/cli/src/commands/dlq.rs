//! `charter dlq`: what goes out and got stuck: list, explain, send again, give up.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::client::{self, Ask, Client, in_path, said};
use crate::exit::{Failure, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let key = || args::operand("key", "KEY", lang, "编号，如 FD-1/7/0", "Its key, such as FD-1/7/0");
    let list = args::command(
        "list",
        lang,
        "列出停发的；--waiting 列出在等的",
        "List what is parked; --waiting lists what waits",
    )
    .arg(args::flag("waiting", lang, "列出还在重试的", "List what is still tried"))
    .arg(args::option("connector", "NAME", lang, "哪个通道", "Of which connector"))
    .arg(args::option("case", "CASE", lang, "哪一件", "Of which case"));
    let replay =
        args::command("replay", lang, "重发一个，或 --all 全部重发", "Send one again, or all with --all")
            .arg(key())
            .arg(args::flag("all", lang, "全部停发的", "Everything that is parked"))
            .arg(args::option("connector", "NAME", lang, "只这个通道的", "Of this connector only"))
            .arg(args::option("case", "CASE", lang, "只这一件的", "Of this case only"));
    args::command(
        "dlq",
        lang,
        "发不出去的内容：列出、解释、重发、放弃",
        "What could not be sent: list, explain, replay, skip",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(client::flags(list, lang))
    .subcommand(client::flags(
        args::command("explain", lang, "说明一个为什么发不出去", "Say why one could not be sent")
            .arg(key().required(true)),
        lang,
    ))
    .subcommand(client::flags(replay, lang))
    .subcommand(client::flags(
        args::command("skip", lang, "放弃一个", "Give one up").arg(key().required(true)),
        lang,
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (verb, found) = found.subcommand().expect("clap requires a subcommand");
    let client = Client::new(found, talk)?;
    let nothing = |_: &Json, _: &Talk| String::new();
    match verb {
        "list" => {
            let parked = if found.get_flag("waiting") { "false" } else { "true" };
            let query = client::query(&[
                ("parked", Some(parked)),
                ("connector", args::text(found, "connector")),
                ("case", args::text(found, "case")),
                ("limit", Some("1000")),
            ]);
            client.run(Ask::get(format!("/v1/outbox{query}")), talk, list)
        }
        "explain" => client.run(Ask::get(place(found)?), talk, explain),
        "skip" => client.run(Ask::post(format!("{}/skip", place(found)?), json!({})), talk, nothing),
        _ if found.get_flag("all") => {
            let body =
                json!({ "connector": args::text(found, "connector"), "case": args::text(found, "case") });
            client.run(Ask::post("/v1/outbox/replay", body), talk, |answer, _| {
                format!("{}\n", answer["replayed"])
            })
        }
        _ => client.run(Ask::post(format!("{}/replay", place(found)?), json!({})), talk, nothing),
    }
}

/// `CASE/ENTRY/EFFECT` as an address.
fn place(found: &ArgMatches) -> Result<String, Failure> {
    let key = args::text(found, "key").unwrap_or_default();
    let parts: Vec<&str> = key.rsplitn(3, '/').collect();
    let [effect, entry, case] = parts.as_slice() else {
        return Err(Failure::usage(words!(
            "编号写成 件号/条目/序号，如 FD-1/7/0",
            "a key is CASE/ENTRY/EFFECT, such as FD-1/7/0"
        )));
    };
    Ok(format!("/v1/outbox/{}/{}/{}", in_path(case), in_path(entry), in_path(effect)))
}

fn list(page: &Json, _talk: &Talk) -> String {
    let all = page["outgoing"].as_array().into_iter().flatten();
    all.map(|one| {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        let what = one["what"]["notice"]
            .as_str()
            .or(one["what"]["connector"].as_str())
            .or(one["what"]["event"].as_str());
        format!(
            "{}   {}   {}   ×{}   {}\n",
            text("key"),
            text("connector"),
            what.unwrap_or("-"),
            one["attempts"],
            text("problem")
        )
    })
    .collect()
}

fn explain(one: &Json, talk: &Talk) -> String {
    let mut out = list(&json!({ "outgoing": [one] }), talk);
    out.push_str(&format!("  {}\n  {:#}\n", said(&one["advice"], talk.lang), one["what"]));
    out
}
