//! `charter inspect`: a case as it stands, why it waits, what happened to it.

use clap::{ArgMatches, Command};
use language::words::Lang;
use serde_json::Value as Json;

use crate::args;
use crate::client::{self, Ask, Client, in_path, said};
use crate::exit::Outcome;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let command = args::command(
        "inspect",
        lang,
        "看一件：到哪了、等什么、为什么",
        "Look at a case: where it is, what it waits for, why",
    )
    .arg(args::operand(
        "case",
        "CASE",
        lang,
        "编号；不写就列出您能看到的件",
        "The case's number; lists the cases you see when left out",
    ))
    .arg(args::flag(
        "why",
        lang,
        "为什么：时限逐日、条件和取值",
        "Why: dates day by day, conditions and what they read",
    ))
    .arg(args::flag("history", lang, "来龙去脉", "What happened"))
    .arg(args::flag("diagram", lang, "画出来", "Draw it"))
    .arg(args::option("process", "PROCESS", lang, "只列这个流程的", "List this process's only"))
    .arg(args::flag("open", lang, "也列出您可以参加的", "Also list those you could take part in"));
    client::flags(command, lang)
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let client = Client::new(found, talk)?;
    let Some(case) = args::text(found, "case").map(in_path) else {
        let open = found.get_flag("open").then_some("true");
        let query = client::query(&[
            ("process", args::text(found, "process")),
            ("open", open),
            ("limit", Some("200")),
        ]);
        return client.run(Ask::get(format!("/v1/cases{query}")), talk, list);
    };
    if found.get_flag("diagram") {
        return client
            .run(Ask::get(format!("/v1/cases/{case}/diagram?format=text")), talk, |_, _| String::new());
    }
    if found.get_flag("history") {
        return client.run(Ask::get(format!("/v1/cases/{case}/facts?limit=1000")), talk, history);
    }
    match found.get_flag("why") {
        true => client.run(Ask::get(format!("/v1/cases/{case}/why")), talk, why),
        false => client.run(Ask::get(format!("/v1/cases/{case}")), talk, standing),
    }
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}

fn each<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    json[key].as_array().into_iter().flatten()
}

fn states(run: &Json, talk: &Talk) -> String {
    let one = |s: &Json| format!("{} ({})", said(&s["title"], talk.lang), text(s, "name"));
    each(run, "states").map(one).collect::<Vec<_>>().join(", ")
}

fn list(page: &Json, talk: &Talk) -> String {
    each(page, "cases")
        .map(|row| {
            let due = row["next_due"].as_str().unwrap_or("-");
            format!(
                "{}   {}   {}   {due}\n",
                text(row, "case"),
                said(&row["title"], talk.lang),
                states(row, talk)
            )
        })
        .collect()
}

fn standing(case: &Json, talk: &Talk) -> String {
    let lang = talk.lang;
    let mut out =
        format!("{}   {}   {}\n", text(case, "case"), said(&case["title"], lang), text(case, "standing"));
    for run in each(case, "runs") {
        let name =
            if text(run, "run").is_empty() { said(&run["title"], lang) } else { text(run, "run").to_owned() };
        let ended = run["outcome"].as_str().map(|outcome| format!("■ {outcome}"));
        out.push_str(&format!("  {name}: {}\n", ended.unwrap_or_else(|| states(run, talk))));
        for task in each(run, "tasks") {
            let holder = task["holder"].as_str().map(|h| format!(" · {h}")).unwrap_or_default();
            out.push_str(&format!(
                "    ☐ {} {}{holder} · {}\n",
                task["task"],
                said(&task["title"], lang),
                said(&task["role"]["title"], lang)
            ));
        }
        for timer in each(run, "timers") {
            let due = timer["due"].as_str().unwrap_or_else(|| text(timer, "standing"));
            out.push_str(&format!("    ⏲ {} {} {due}\n", timer["timer"], said(&timer["title"], lang)));
        }
    }
    out.push_str(&possible(case, talk));
    out
}

fn possible(case: &Json, talk: &Talk) -> String {
    let all: Vec<String> = each(case, "possible")
        .map(|one| {
            let by: Vec<String> = each(one, "by").map(|role| said(&role["title"], talk.lang)).collect();
            let run =
                if text(one, "run").is_empty() { String::new() } else { format!("{} ", text(one, "run")) };
            let refused = match one["refused"].is_object() {
                true => format!(
                    "  ✗ {} {}",
                    text(&one["refused"], "code"),
                    said(&one["refused"]["title"], talk.lang)
                ),
                false => String::new(),
            };
            let (event, title, by) = (text(one, "event"), said(&one["title"], talk.lang), by.join("、"));
            format!("  {run}{event} {title} · {by}{refused}\n")
        })
        .collect();
    if all.is_empty() {
        return String::new();
    }
    format!("{}\n{}", talk.lang.pick("现在可以：", "possible now:"), all.concat())
}

fn why(view: &Json, talk: &Talk) -> String {
    let lang = talk.lang;
    let mut out = standing(view, talk);
    for timer in each(view, "runs").flat_map(|run| each(run, "timers")) {
        out.push_str(&format!("⏲ {} {}\n", timer["timer"], said(&timer["sentence"], lang)));
        out.push_str(&format!("    {}\n", said(&timer["days"], lang)));
    }
    for entry in each(view, "decided") {
        out.push_str(&format!("{} {}\n", text(entry, "at"), talk.lang.pick("的依据", "was decided by")));
        for reason in each(entry, "reasons") {
            let sign = if reason["held"] == Json::Bool(true) { "✓" } else { "✗" };
            let inputs: Vec<String> = each(reason, "input_titles").map(|title| said(title, lang)).collect();
            let line = format!("  {sign} {}    {}", said(&reason["title"], lang), inputs.join("; "));
            out.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    if view["stopped"].is_object() {
        out.push_str(&format!(
            "✗ {} {}\n",
            text(&view["stopped"], "code"),
            said(&view["stopped"]["words"], lang)
        ));
    }
    out
}

fn history(page: &Json, _talk: &Talk) -> String {
    each(page, "facts")
        .map(|fact| {
            let told = fact.as_object().into_iter().flatten();
            let rest = told.filter(|(key, _)| !matches!(key.as_str(), "at" | "run" | "fact" | "entry"));
            let rest: Vec<String> =
                rest.filter(|(_, v)| !v.is_null()).map(|(k, v)| format!("{k}={v}")).collect();
            format!(
                "{} {:>4} {} {} {}\n",
                text(fact, "at"),
                fact["entry"],
                text(fact, "run"),
                text(fact, "fact"),
                rest.join(" ")
            )
        })
        .collect()
}
