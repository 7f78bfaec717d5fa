//! `charter settle diff RUN1 RUN2`: which lines differ between two runs, and what can be the cause.

use std::path::Path;

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::{Value as Json, json};
use settle::compare::{Compared, compare};

use crate::args;
use crate::exit::{Exit, Failure, Outcome as Done};
use crate::files;
use crate::settling::kept::caused;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("diff", lang, "比较两次试算，并说明原因", "Compare two runs and say why they differ")
        .arg(
            args::operand("before", "RUN1", lang, "先前的结果文件夹", "The folder of the earlier run")
                .required(true),
        )
        .arg(
            args::operand("after", "RUN2", lang, "后来的结果文件夹", "The folder of the later run")
                .required(true),
        )
        .arg(args::flag("json", lang, "输出一个 JSON 对象", "Print one JSON object"))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Done {
    let folders = ["before", "after"].map(|name| args::text(found, name).unwrap_or_default());
    let (before, after) = (read(folders[0])?, read(folders[1])?);
    let mut compared = compare(&before, &after);
    if let Some(year) = after["year"].as_i64().filter(|_| before["year"] == after["year"]) {
        let [before, after] = folders.map(Path::new);
        caused(before, after, i16::try_from(year).unwrap_or_default(), &mut compared)?;
    }
    if found.get_flag("json") {
        talk.line(&object(&compared).to_string());
    } else {
        show(&compared, talk);
    }
    Ok(Exit::found(!compared.lines.is_empty()))
}

fn read(run: &str) -> Result<Json, Failure> {
    let path = Path::new(run);
    let path = if path.is_dir() { path.join("run.json") } else { path.to_owned() };
    let text = String::from_utf8(files::read(&path)?).ok();
    let json = text.and_then(|text| serde_json::from_str::<Json>(&text).ok());
    json.filter(|run| run.get("kind").and_then(Json::as_str) == Some("settlement")).ok_or_else(|| {
        let shown = path.display();
        Failure::new(
            Exit::Found,
            words!("{shown} 不是一次试算的 run.json", "{shown} is no run.json of a settlement"),
        )
        .advise(words!(
            "写明 charter settle --out 所写的文件夹",
            "name a folder that charter settle --out wrote"
        ))
    })
}

fn show(compared: &Compared, talk: &Talk) {
    if compared.lines.is_empty() {
        talk.words(&words!("两次试算的结算行完全相同", "the lines of the two runs are the same"));
    }
    for set in &compared.data {
        talk.words(&words!("数据不同：{set}.csv", "other data: {set}.csv"));
    }
    for (name, old, new) in &compared.parameters {
        talk.words(&words!("参数不同：{name}  {old} → {new}", "another parameter: {name}  {old} -> {new}"));
    }
    if compared.rules && compared.parameters.is_empty() {
        talk.words(&words!("规则文字不同", "the text of the rules differs"));
    }
    for line in &compared.lines {
        let told = |it: Option<rust_decimal::Decimal>| it.map_or("-".to_owned(), |it| format!("{it:.2}"));
        let delta = line.after.unwrap_or_default() - line.before.unwrap_or_default();
        let sign = if delta.is_sign_positive() { "+" } else { "" };
        let causes = line.causes.join(", ");
        let (before, after) = (told(line.before), told(line.after));
        talk.line(&format!("  {}  {before} → {after}  {sign}{delta:.2}   {causes}", line.line));
    }
    let (before, after) = &compared.payments;
    talk.words(&words!("拨付合计 {before} → {after}", "payments {before} -> {after}"));
}

fn object(compared: &Compared) -> Json {
    let number = |it: &Option<rust_decimal::Decimal>| it.map(|it| format!("{it:.2}"));
    json!({
        "kind": "settlement_diff",
        "data": compared.data,
        "parameters": compared.parameters.iter().map(|(name, old, new)| json!({ "name": name, "before": old, "after": new })).collect::<Vec<_>>(),
        "rules": compared.rules,
        "lines": compared.lines.iter().map(|it| json!({ "line": it.line, "before": number(&it.before), "after": number(&it.after), "causes": it.causes })).collect::<Vec<_>>(),
        "payments": { "before": compared.payments.0, "after": compared.payments.1 },
    })
}
