//! `charter bench`: how fast the engine is over a database here, beside what the database does by hand.

mod course;
mod flood;
mod host;
mod house;
mod left_behind;
mod load;
mod way;

use std::time::Duration;

use clap::{ArgMatches, Command};
use jiff::Timestamp;
use language::words;
use language::words::Lang;
use runtime::bench::Figure;
use serde_json::{Value as Json, json};
use store::Address;

use crate::args;
use crate::client;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

use course::Course;
use flood::Flooding;
use way::{Line, Way};

/// Shows a figure as it comes.
type Show<'s> = &'s (dyn Fn(&Figure) + Sync);

pub fn command(lang: Lang) -> Command {
    let number = |name, zh, en| args::option(name, "N", lang, zh, en);
    args::command("bench", lang, "测引擎在数据库上的速度", "Measure the engine over a database")
        .arg(database::option(lang))
        .arg(number("clients", "并发的客户数，默认 64 和 256 各测一次", "Clients at once; 64 and 256 unless given"))
        .arg(number("cases", "每个客户办多少件，默认 40", "Cases of each client; 40 unless given"))
        .arg(number("timers", "多少个期限同时到期，默认 20000", "Deadlines due at one instant; 20000 unless given"))
        .arg(number("parked", "另有多少件在等，默认 0", "Cases that wait meanwhile; none unless given"))
        .arg(number("seconds", "过载测多少秒，默认 5", "How long to flood it; 5 unless given"))
        .arg(args::option(
            "url",
            "URL",
            lang,
            "测一个正在运行的服务，而不是数据库；令牌的账号要有 administrator 和 clerk 两个角色",
            "Measure a running server instead; the account of the token needs the roles administrator and clerk",
        ))
        .arg(args::option("token-file", "FILE", lang, "令牌所在的文件；不写就看 CHARTER_TOKEN、CHARTER_TOKEN_FILE", "File with the token; CHARTER_TOKEN or CHARTER_TOKEN_FILE unless given"))
        .arg(args::flag("until-killed", lang, "", "").hide(true))
        .arg(args::flag("json", lang, "每个数字一行 JSON", "Print one JSON object for each figure"))
        .after_help(lang.pick(
            "请在空的数据库上测：会写入并留下许多件。不写 --database 就用当前文件夹下的临时 SQLite 文件。",
            "Use an empty database: many cases are written and stay. Without --database a temporary SQLite file in this folder.",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let number = |name, otherwise| args::number(found, name).map(|given| given.unwrap_or(otherwise));
    let json = found.get_flag("json");
    let show = |figure: &Figure| talk.line(&if json { json_of(figure).to_string() } else { line(figure) });
    let clients = args::number(found, "clients")?.map_or(vec![64, 256], |one| vec![one.max(1)]);
    let (cases, seconds) = (number("cases", 40)?.max(1), number("seconds", 5)?);
    if let Some(url) = args::text(found, "url") {
        let line = Line::new(url, &client::token(found)?.unwrap_or_default())?;
        let load = Load { clients, cases, seconds };
        database::wait_for(load.over(line, &show))?;
        return Ok(Exit::Fine);
    }
    let asked = database::asked(found)?;
    if let (true, Some(address)) = (found.get_flag("until-killed"), &asked) {
        let say = || talk.line(left_behind::AT_WORK);
        database::wait_for(left_behind::until_killed(address, &say))?;
        return Ok(Exit::Fine);
    }
    let folder = tempfile::tempdir_in(".").map_err(|error| {
        Failure::new(
            Exit::Unreachable,
            words!("不能在这里建文件夹：{error}", "cannot make a folder here: {error}"),
        )
    })?;
    let file = |name: &str| Address::Sqlite(folder.path().join(name).display().to_string());
    let address = asked.unwrap_or_else(|| file("bench.db"));
    // By hand is measured beside: the same server, or a second file on the same disk.
    let by_hand = if let Address::Sqlite(_) = address { file("by-hand.db") } else { address.clone() };
    let (timers, parked) = (number("timers", 20_000)?, number("parked", 0)?);
    let course = Course { address, by_hand, clients, cases, timers, parked, seconds };
    database::wait_for(course.run(&show))?;
    Ok(Exit::Fine)
}

/// What a server that runs already is given.
struct Load {
    clients: Vec<usize>,
    cases: usize,
    seconds: usize,
}

impl Load {
    async fn over(&self, line: Line, show: Show<'_>) -> Result<(), Failure> {
        line.deploy().await?;
        let way = Way::Http(line);
        let run = format!("b{}", Timestamp::now().as_microsecond());
        for clients in [1].iter().chain(&self.clients) {
            course::steps_over(&way, &format!("{run}h{clients}"), *clients, self.cases, None, show).await?;
        }
        if self.seconds > 0 {
            let long = Duration::from_secs(self.seconds as u64);
            Flooding { run: &run, long }.over(&way, show).await?;
        }
        Ok(())
    }
}

fn line(figure: &Figure) -> String {
    let beside = match (&figure.raw_limit, &figure.ratio) {
        (Some(raw), Some(ratio)) => format!("  {ratio} × {raw}"),
        _ => String::new(),
    };
    let settings: Vec<String> = figure.settings.iter().map(|(k, v)| format!("{k}={v}")).collect();
    format!(
        "{:<56} {:>12} {:<5}{beside}  {}",
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
