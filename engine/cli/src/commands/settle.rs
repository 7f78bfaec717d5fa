//! `charter settle`: a year computed from input sets and rules; why an amount; two runs compared.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use serde_json::{Value as Json, json};

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome as Done};
use crate::settings::Settings;
use crate::settling::handing::hand_over;
use crate::settling::kept::KeptRuns;
use crate::settling::platform::{Platform, empty_sets};
use crate::settling::{Rules, Sets, computed};
use crate::talk::Talk;

mod diff;
mod show;

/// Where an office keeps its rules, seen from its repository.
const HERE: &str = "workflows/annual-settlement";

pub fn command(lang: Lang) -> Command {
    args::command("settle", lang, "年度激励结算：算、说明、比较", "The annual settlement: compute, explain, compare")
        .subcommand(diff::command(lang))
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .arg(args::option("year", "YEAR", lang, "结算年度", "The settlement year").required(true))
        .arg(args::option("data", "DIR", lang, "数据表所在文件夹，一张表一个 CSV", "The folder of input sets, one CSV each").required_unless_present("database"))
        .arg(args::option(
            "database",
            "URL|FILE",
            lang,
            "平台的数据库：平台自己记的贷款从案件里取，与报数核对；没有 --data 就用它们结算",
            "The platform's database: its own loans are read from its cases and held against the reports; without --data they are settled",
        ))
        .arg(args::option(
            "rules",
            "DIR",
            lang,
            "规则所在文件夹；不写就是 workflows/annual-settlement，没有就用程序自带的",
            "The folder of the rules; workflows/annual-settlement unless given, and those inside the program where there is none",
        ))
        .arg(args::option(
            "out",
            "DIR",
            lang,
            "把结果写进这个文件夹：结算行、例外、通知、公示、拨付清单、存款计划、result.xlsx",
            "Write the results there: lines, exceptions, notices, publicity, payment order, deposit plan, result.xlsx",
        ))
        .arg(args::option("explain", "LINE", lang, "说明这一行的金额从哪里来", "Say where the amount of a line comes from"))
        .arg(args::flag("all-rows", lang, "说明时列出每一行数据", "List every row in an explanation"))
        .arg(args::flag(
            "keep",
            lang,
            "把这次试算连同数据和规则存为一个版本，网页“结算”里能看",
            "Keep the run with its data and rules as a version; the console shows it",
        ))
        .arg(args::option(
            "runs",
            "DIR",
            lang,
            "版本存在哪里；不写就是数据文件夹里的 settlements",
            "Where versions are kept; settlements in the data folder unless given",
        ))
        .arg(args::flag("json", lang, "输出一个 JSON 对象", "Print one JSON object"))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Done {
    if let Some(("diff", found)) = found.subcommand() {
        return diff::run(found, talk);
    }
    let json = found.get_flag("json");
    let year = args::number(found, "year")?.and_then(|year| i16::try_from(year).ok());
    let Some(year) = year.filter(|year| (1949..=9999).contains(year)) else {
        return Err(Failure::usage(words!("--year 要一个年份，如 2019", "--year wants a year such as 2019")));
    };
    let Some(rules) = rules(args::text(found, "rules"), talk)? else { return Ok(Exit::Found) };
    let sets = sets(found, &rules, year, talk)?;
    let reading = sets.read(&rules.book, year)?;
    if !reading.findings.is_empty() {
        show::findings(&reading, json, talk);
        return Ok(Exit::Found);
    }
    let settled = computed(&rules.book, year, reading)?;
    if let Some(line) = args::text(found, "explain") {
        return show::explain(&settled, line, found.get_flag("all-rows"), json, talk);
    }
    let told = settled.told();
    if let Some(out) = args::text(found, "out") {
        hand_over(&told, Path::new(out))?;
        talk.remark(&words!("已写入 {out}", "written to {out}"));
    }
    if found.get_flag("keep") {
        let kept = KeptRuns::new(runs_in(found));
        let id = kept.keep(&settled, &rules, &sets)?;
        let shown = kept.path(id).display().to_string();
        talk.remark(&words!("已存为试算 {id}（{shown}）", "kept as run {id} ({shown})"));
    }
    match json {
        true => talk.line(&told.run_json().to_string()),
        false => show::table(&told, talk),
    }
    Ok(Exit::Fine)
}

/// Where runs are kept.
fn runs_in(found: &ArgMatches) -> PathBuf {
    args::text(found, "runs").map_or_else(Settings::runs_by_default, PathBuf::from)
}

/// The rules that were asked for, or the office's own; none when they have errors, which are shown.
fn rules(asked: Option<&str>, talk: &Talk) -> Result<Option<Rules>, Failure> {
    let here = Path::new(HERE);
    let texts = match asked {
        Some(folder) => Rules::texts_in(Path::new(folder))?,
        None if here.join("settlement.yaml").is_file() => Rules::texts_in(here)?,
        None => Rules::own_texts(),
    };
    let (library, rules) = Rules::compile(texts);
    let stops = super::check::stops(&library, talk);
    Ok(rules.filter(|_| !stops))
}

/// The input sets: reports from a folder, the platform's own history from its database, or both.
fn sets(found: &ArgMatches, rules: &Rules, year: i16, talk: &Talk) -> Result<Sets, Failure> {
    let reported = args::text(found, "data").map(folder).transpose()?;
    let Some(address) = database::asked(found)? else { return Ok(reported.unwrap_or_else(Sets::none)) };
    let (name, text) = match args::text(found, "rules") {
        Some(folder) => Rules::platform_in(Path::new(folder))?,
        None if Path::new(HERE).join("settlement.yaml").is_file() => Rules::platform_in(Path::new(HERE))?,
        None => Rules::own_platform(),
    };
    let platform = Platform::read(&name, &text, &rules.book)?;
    let calendar = crate::calendars::Calendars::default().own();
    let known = database::wait_for(async {
        let store = database::open(address).await?;
        platform.sets(&*store, &rules.book, &calendar, year).await
    })?;
    Ok(match reported {
        Some(reported) => known.only(&rules.book).over(reported),
        None => {
            talk.remark(&words!(
                "没有报数，按平台自己的记录结算；平台没有的表按空表算",
                "nothing was reported: the platform's own records are settled, and sets it does not have are empty"
            ));
            known.over(empty_sets(&rules.book))
        }
    })
}

fn folder(folder: &str) -> Result<Sets, Failure> {
    if !Path::new(folder).is_dir() {
        return Err(Failure::new(
            Exit::Unreachable,
            words!("没有文件夹 {folder}", "there is no folder {folder}"),
        ));
    }
    Ok(Sets::Folder(PathBuf::from(folder)))
}

/// What `--json` says of an explanation.
fn reason_json(reason: &settle::explain::Reason) -> Json {
    json!({
        "title": { "zh": reason.zh, "en": reason.en }, "value": reason.value, "how": reason.how,
        "place": reason.place, "basis": reason.basis, "count": reason.count,
        "parameters": reason.parameters.iter().map(|(name, value, basis)| json!({ "name": name, "value": value, "basis": basis })).collect::<Vec<_>>(),
        "parts": reason.parts.iter().map(|(by, count, sum)| json!({ "by": by, "rows": count, "sum": sum.to_string() })).collect::<Vec<_>>(),
        "rows": reason.rows.iter().map(|(file, line, says)| json!({ "file": file, "line": line, "value": says })).collect::<Vec<_>>(),
        "of": reason.of.iter().map(reason_json).collect::<Vec<_>>(),
    })
}
