//! `charter city generate`: a city out of one seed number, as files.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use city::checks::{Check, checks};
use city::sets::{Set, line, sets};
use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::Lang;

use crate::args;
use crate::commands::replay;
use crate::engine_room;
use crate::exit::{Exit, Failure, Outcome};
use crate::files::unwritable;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let generate = args::command(
        "generate",
        lang,
        "按种子数造一座城市，写成文件（D1–D20）",
        "Make a city out of a seed number and write it as files (D1 to D20)",
    )
    .args(size(lang))
    .arg(
        args::option(
            "out",
            "DIR",
            lang,
            "写到哪个文件夹；不写就是 ./city",
            "Into this folder; ./city unless given",
        )
        .default_value("city"),
    )
    .arg(
        args::option(
            "only",
            "SET",
            lang,
            "只写这些，如 D14；可写多次",
            "Only these, such as D14; may be repeated",
        )
        .action(clap::ArgAction::Append),
    );
    let check =
        args::command("check", lang, "只核对总数，不写文件", "Compare the totals only; nothing is written")
            .args(size(lang));
    args::command(
        "city",
        lang,
        "造一座示例城市：企业、机构、需求、贷款，总数与材料一致",
        "Make a synthetic city whose totals are the printed ones",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(generate)
    .subcommand(check)
}

fn size(lang: Lang) -> [Arg; 2] {
    [
        args::option(
            "scale",
            "S",
            lang,
            "规模：100%（不写就是这个）、1%、3 …",
            "How large: 100% (unless given), 1%, 3 ...",
        ),
        args::option("seed", "N", lang, "种子数，不写就是 2020", "Seed number; 2020 unless given"),
    ]
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let (name, found) = found.subcommand().expect("clap requires a subcommand");
    let scale = replay::scale(args::text(found, "scale").unwrap_or("100%"))?;
    let city = engine_room::city(replay::seed(found)?, scale);
    if name == "generate" {
        let calendar = engine_room::calendar();
        let all = sets(&city, &calendar);
        let known: Vec<&str> = all.iter().map(|set| set.id).collect();
        let only = wanted(&args::texts(found, "only"), &known)?;
        let out = PathBuf::from(args::text(found, "out").unwrap_or("city"));
        for set in all.into_iter().filter(|set| only.is_empty() || only.iter().any(|id| id == set.id)) {
            write(&out, set, talk)?;
        }
    }
    let checks = checks(&city);
    if name == "generate" {
        let mut text = line(&["set", "what", "wanted", "found"]);
        checks.iter().for_each(|c| {
            text.push_str(&line(&[c.set, c.what.1, &c.wanted.to_string(), &c.found.to_string()]));
        });
        let path = PathBuf::from(args::text(found, "out").unwrap_or("city")).join("checks.csv");
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(told(&checks, talk))
}

fn wanted(asked: &[&str], known: &[&str]) -> Result<Vec<String>, Failure> {
    let all: Vec<String> = asked.iter().map(|id| id.to_ascii_uppercase()).collect();
    match all.iter().find(|id| !known.contains(&id.as_str())) {
        None => Ok(all),
        Some(id) => {
            let mut known = known.to_vec();
            known.dedup();
            let known = known.join(" ");
            Err(Failure::usage(words!("没有数据集 {id}", "there is no set {id}"))
                .advise(words!("有这些：{known}", "there are {known}")))
        }
    }
}

fn write(out: &Path, set: Set<'_>, talk: &Talk) -> Result<(), Failure> {
    let path = out.join(&set.file);
    let failed = |error: std::io::Error| unwritable(&path, &error);
    fs::create_dir_all(path.parent().unwrap_or(out)).map_err(failed)?;
    let mut file = BufWriter::new(fs::File::create(&path).map_err(failed)?);
    file.write_all(line(set.columns).as_bytes()).map_err(failed)?;
    let mut count = 0u64;
    for row in set.rows {
        file.write_all(line(&row).as_bytes()).map_err(failed)?;
        count += 1;
    }
    file.flush().map_err(failed)?;
    let (id, shown) = (set.id, path.display().to_string());
    talk.remark(&words!("{id:4} {count:>9} 行  {shown}", "{id:4} {count:>9} rows  {shown}"));
    Ok(())
}

/// Every total beside what it comes to; one that is missed is a finding.
fn told(checks: &[Check], talk: &Talk) -> Exit {
    let mut sound = true;
    for check in checks {
        let mark = if check.holds() { talk.green("✓") } else { talk.red("✗") };
        sound &= check.holds();
        let what = talk.lang.pick(check.what.0, check.what.1);
        let instead = if check.holds() { String::new() } else { format!("  ≠ {}", check.wanted) };
        talk.line(&format!("{mark} {:4} {:>12}  {what}{instead}", check.set, check.found));
    }
    Exit::found(!sound)
}
