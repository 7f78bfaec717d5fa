//! `charter settle`: a year computed from input sets and rules; why an amount; two runs compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use expr::money::Yuan;
use language::rules::{Book, LineKind};
use language::words;
use language::words::{Lang, Words};
use serde_json::{Value as Json, json};
use settle::reconcile::reconcile;
use settle::write::Told;
use settle::{Data, Outcome, Run, Stopped};

use crate::args;
use crate::exit::{Exit, Failure, Outcome as Done};
use crate::files;
use crate::library::Library;
use crate::talk::Talk;

mod diff;
mod show;
mod workbook;

/// More bytes of one input set are refused.
const BYTES_MAX: u64 = 1 << 30;

pub fn command(lang: Lang) -> Command {
    args::command("settle", lang, "年度激励结算：算、说明、比较", "The annual settlement: compute, explain, compare")
        .subcommand(diff::command(lang))
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .arg(args::option("year", "YEAR", lang, "结算年度", "The settlement year").required(true))
        .arg(args::option("data", "DIR", lang, "数据表所在文件夹，一张表一个 CSV", "The folder of input sets, one CSV each").required(true))
        .arg(args::option(
            "rules",
            "DIR",
            lang,
            "规则所在文件夹；不写就是 workflows/annual-settlement",
            "The folder of the rules; workflows/annual-settlement unless given",
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
    let folder = PathBuf::from(args::text(found, "rules").unwrap_or("workflows/annual-settlement"));
    let Some(book) = rules(&folder, talk)? else { return Ok(Exit::Found) };
    let data_in = PathBuf::from(args::text(found, "data").unwrap_or_default());
    let Some(mut data) = read(&book, year, &data_in, json, talk)? else { return Ok(Exit::Found) };
    let whole = reported(&book, &data);
    let reconciled = reconcile(&book, &mut data);
    let runs = Run::new(&book, &data, year);
    let outcome = settle::settle(&runs).map_err(|stopped| failed(&stopped))?;
    let effect = match &reconciled {
        Some(told) if !told.unresolved.is_empty() => Some(effect(&book, &data, whole, year, &outcome)?),
        _ => None,
    };
    let names = names(&book, &data);
    let told = Told {
        book: &book,
        year,
        data: &data,
        outcome: &outcome,
        reconciled: reconciled.as_ref(),
        unresolved_effect: effect,
        names,
    };
    if let Some(line) = args::text(found, "explain") {
        return show::explain(&runs, &outcome, line, found.get_flag("all-rows"), json, talk);
    }
    if let Some(out) = args::text(found, "out") {
        hand_over(&told, Path::new(out))?;
        talk.remark(&words!("已写入 {out}", "written to {out}"));
    }
    if json {
        talk.line(&told.run_json().to_string())
    } else {
        show::table(&told, reconciled.as_ref(), talk)
    }
    Ok(Exit::Fine)
}

/// The rules of a folder; none when they have errors, which are shown.
fn rules(folder: &Path, talk: &Talk) -> Result<Option<std::sync::Arc<Book>>, Failure> {
    let header = folder.join("settlement.yaml");
    if !header.is_file() {
        let shown = folder.display();
        return Err(Failure::new(
            Exit::Unreachable,
            words!("{shown} 里没有 settlement.yaml", "there is no settlement.yaml in {shown}"),
        )
        .advise(words!("用 --rules 写明规则在哪个文件夹", "say with --rules where the rules are")));
    }
    let mut library = Library::default();
    library.settlement(folder, &BTreeMap::new())?;
    if super::check::stops(&library, talk) {
        return Ok(None);
    }
    Ok(library.settlements.pop().and_then(|it| it.book))
}

/// Reads every set; shows everything that is wrong at once.
fn read(book: &Book, year: i16, folder: &Path, json: bool, talk: &Talk) -> Result<Option<Data>, Failure> {
    if !folder.is_dir() {
        let shown = folder.display();
        return Err(Failure::new(
            Exit::Unreachable,
            words!("没有文件夹 {shown}", "there is no folder {shown}"),
        ));
    }
    let mut reading = settle::read::reading(year);
    for list in 0..book.sets {
        let path = folder.join(format!("{}.csv", book.lists[list].name));
        let bytes = bytes(&path)?;
        reading.set(book, list, bytes.as_deref());
    }
    if reading.findings.is_empty() {
        return Ok(Some(reading.data));
    }
    show::findings(&reading, json, talk);
    Ok(None)
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::unreadable(path, &error)),
        Ok(about) if about.len() > BYTES_MAX => {
            let shown = path.display();
            Err(Failure::new(Exit::Found, words!("{shown} 超过 1 GiB", "{shown} is larger than 1 GiB")))
        }
        Ok(_) => fs::read(path).map(Some).map_err(|error| files::unreadable(path, &error)),
    }
}

fn failed(stopped: &Stopped) -> Failure {
    let places = stopped.places.join(" < ");
    let words = &stopped.words;
    Failure::new(
        Exit::Found,
        Words::new(
            format!("算不出来：{}（{places}）", words.zh),
            format!("not computed: {} ({places})", words.en),
        ),
    )
    .advise(words!(
        "什么也没有算：改正规则或数据后再来",
        "nothing was computed: mend the rules or the data and try again"
    ))
}

/// What the unresolved records would change in the sum of payments.
fn effect(
    book: &Book,
    data: &Data,
    whole: Option<settle::Rows>,
    year: i16,
    outcome: &Outcome,
) -> Result<Yuan, Failure> {
    let mut with = data.clone();
    if let (Some(rule), Some(rows)) = (&book.reconcile, whole) {
        with.lists.insert(rule.reported, rows);
    }
    let run = Run::new(book, &with, year);
    let all = settle::settle(&run).map_err(|stopped| failed(&stopped))?;
    let sum = |it: &Outcome| it.sum(LineKind::Payment).map_err(|stopped| failed(&stopped));
    sum(&all)?
        .minus(sum(outcome)?)
        .map_err(|error| Failure::new(Exit::Found, Words::new(error.text(Lang::Zh), error.text(Lang::En))))
}

/// The names of institutions, by id.
fn names(book: &Book, data: &Data) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let list = book.list("institutions");
    let columns =
        list.and_then(|at| Some((at, book.lists[at].column("institution")?, book.lists[at].column("name")?)));
    if let Some((at, id, name)) = columns
        && let Some(rows) = data.lists.get(&at)
    {
        for row in 0..rows.len() {
            names.insert(rows.value(row, id).plain(), rows.value(row, name).plain());
        }
    }
    names
}

/// Everything that is handed over, into a folder that must not hold a run already.
fn hand_over(told: &Told<'_>, out: &Path) -> Result<(), Failure> {
    let shown = out.display();
    if out.join("run.json").exists() {
        return Err(Failure::new(
            Exit::Conflict,
            words!("{shown} 里已经有一次试算", "{shown} holds a run already"),
        )
        .advise(words!(
            "每次试算写进一个新文件夹，才能比较",
            "write every run into a folder of its own, so that they can be compared"
        )));
    }
    let notices = out.join("notices");
    fs::create_dir_all(&notices).map_err(|error| files::unwritable(out, &error))?;
    let write = |name: &str, text: &str| files::write_whole(&out.join(name), text);
    let ordered = |text: Result<String, Stopped>| text.map_err(|stopped| failed(&stopped));
    write("lines.csv", &told.lines_csv())?;
    write("exceptions.csv", &told.exceptions_csv())?;
    write("unresolved.csv", &told.unresolved_csv())?;
    write("payment-order.csv", &ordered(told.payment_order())?)?;
    write("deposit-plan.csv", &ordered(told.deposit_plan())?)?;
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        write(&format!("publicity.{code}.md"), &told.publicity(lang))?;
    }
    let payees: std::collections::BTreeSet<&str> =
        told.outcome.lines.iter().map(|line| line.payee.as_str()).collect();
    for payee in payees {
        let safe: String =
            payee.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
        for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            files::write_whole(&notices.join(format!("{safe}.{code}.md")), &told.notice(payee, lang))?;
        }
    }
    workbook::write(told, &out.join("result.xlsx"))?;
    write("run.json", &format!("{:#}\n", told.run_json()))
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

/// What was reported, before anything is taken out; none where there is no history to hold it against.
fn reported(book: &Book, data: &Data) -> Option<settle::Rows> {
    let rule = book.reconcile.as_ref()?;
    data.lists.get(&rule.known).filter(|rows| !rows.is_empty())?;
    data.lists.get(&rule.reported).cloned()
}
