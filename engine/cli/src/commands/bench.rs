//! `charter bench`: how fast the engine is over a database here, beside what the database does by hand.

mod course;

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use runtime::bench::Figure;
use serde_json::{Value as Json, json};
use store::Address;

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

use course::Course;

pub fn command(lang: Lang) -> Command {
    let number = |name, zh, en| args::option(name, "N", lang, zh, en);
    args::command("bench", lang, "测引擎在数据库上的速度", "Measure the engine over a database")
        .arg(database::option(lang))
        .arg(number("clients", "并发的客户数，默认 64 和 256 各测一次", "Clients at once; 64 and 256 unless given"))
        .arg(number("cases", "每个客户办多少件，默认 40", "Cases of each client; 40 unless given"))
        .arg(number("timers", "多少个期限同时到期，默认 20000", "Deadlines due at one instant; 20000 unless given"))
        .arg(number("parked", "另有多少件在等，默认 0", "Cases that wait meanwhile; none unless given"))
        .arg(number("seconds", "过载测多少秒，默认 5", "How long to flood it; 5 unless given"))
        .arg(args::flag("json", lang, "每个数字一行 JSON", "Print one JSON object for each figure"))
        .after_help(lang.pick(
            "请在空的数据库上测：会写入并留下许多件。不写 --database 就用当前文件夹下的临时 SQLite 文件。",
            "Use an empty database: many cases are written and stay. Without --database a temporary SQLite file in this folder.",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let number = |name, otherwise| args::number(found, name).map(|given| given.unwrap_or(otherwise));
    let folder = tempfile::tempdir_in(".").map_err(|error| {
        Failure::new(
            Exit::Unreachable,
            words!("不能在这里建文件夹：{error}", "cannot make a folder here: {error}"),
        )
    })?;
    let file = |name: &str| Address::Sqlite(folder.path().join(name).display().to_string());
    let address = database::asked(found)?.unwrap_or_else(|| file("bench.db"));
    // By hand is measured beside: the same server, or a second file on the same disk.
    let by_hand = if let Address::Sqlite(_) = address { file("by-hand.db") } else { address.clone() };
    let course = Course {
        address,
        by_hand,
        clients: args::number(found, "clients")?.map_or(vec![64, 256], |one| vec![one.max(1)]),
        cases: number("cases", 40)?.max(1),
        timers: number("timers", 20_000)?,
        parked: number("parked", 0)?,
        seconds: number("seconds", 5)?,
    };
    let json = found.get_flag("json");
    database::wait_for(course.run(&|figure: &Figure| {
        talk.line(&if json { json_of(figure).to_string() } else { line(figure) });
    }))?;
    Ok(Exit::Fine)
}

fn line(figure: &Figure) -> String {
    let beside = match (&figure.raw_limit, &figure.ratio) {
        (Some(raw), Some(ratio)) => format!("  {ratio} × {raw}"),
        _ => String::new(),
    };
    let settings: Vec<String> = figure.settings.iter().map(|(k, v)| format!("{k}={v}")).collect();
    format!(
        "{:<44} {:>12} {:<5}{beside}  {}",
        &*figure.name,
        figure.value.to_string(),
        &*figure.unit,
        settings.join(" ")
    )
}

fn json_of(figure: &Figure) -> Json {
    let settings: serde_json::Map<String, Json> =
        figure.settings.iter().map(|(k, v)| (k.to_string(), json!(&**v))).collect();
    let number = |it: rust_decimal::Decimal| {
        it.to_string().parse::<serde_json::Number>().map_or(Json::Null, Json::Number)
    };
    json!({
        "name": &*figure.name,
        "value": number(figure.value),
        "unit": &*figure.unit,
        "raw_limit": figure.raw_limit.map(number),
        "ratio": figure.ratio.map(number),
        "settings": settings,
    })
}
