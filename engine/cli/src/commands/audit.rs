//! `charter audit`: whether histories are as they were written, and a history as a file that proves itself.

mod checkpoints;

use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::{Lang, Words};
use machine::ids::CaseId;
use ports::query::{CaseFilter, PAGE_MAX, Page};
use ports::store::Store;
use serde_json::json;
use store::audit::{self, Checked, Flaw, NoBundle};
use store::chain::Broken;

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::faults;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    let case = |zh, en| args::operand("case", "CASE", lang, zh, en);
    args::command(
        "audit",
        lang,
        "核对留痕：历史是否还是当初写下的样子",
        "Check that histories are as they were written",
    )
    .subcommand_required(true)
    .arg_required_else_help(true)
    .subcommand(
        args::command(
            "verify",
            lang,
            "核对全部件、一件，或一个导出的文件",
            "Check all cases, one, or an exported file",
        )
        .arg(case(
            "件号，或 audit export 写的文件；不写就核对全部",
            "A case, or a file of audit export; all cases unless given",
        ))
        .arg(database::option(lang))
        .arg(args::option(
            "head",
            "HASH",
            lang,
            "您从前记下的链值：历史必须经过它",
            "A head you noted earlier: the history must pass through it",
        ))
        .arg(checkpoints::folder(lang))
        .arg(checkpoints::public_key(lang))
        .arg(args::flag("json", lang, "每件一行 JSON", "Print one JSON object for each case")),
    )
    .subcommand(checkpoints::seal_command(lang))
    .subcommand(checkpoints::key_command(lang))
    .subcommand(
        args::command(
            "export",
            lang,
            "把一件的全部历史写成可以自证的文件",
            "Write a case's history as a file that proves itself",
        )
        .arg(case("件号", "The case").required(true))
        .arg(database::option(lang))
        .arg(out(lang)),
    )
}

fn out(lang: Lang) -> Arg {
    args::option(
        "out",
        "FILE",
        lang,
        "写到哪里；不写就是标准输出",
        "Where to write; standard output unless given",
    )
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    match found.subcommand() {
        Some(("export", found)) => export(found, talk),
        Some(("seal", found)) => checkpoints::seal(found, talk),
        Some(("key", found)) => checkpoints::key(found, talk),
        Some((_, found)) => verify(found, talk),
        None => Ok(Exit::Usage),
    }
}

fn verify(found: &ArgMatches, talk: &Talk) -> Outcome {
    let noted = match args::text(found, "head") {
        Some(text) => Some(audit::unhex(text).ok_or_else(|| {
            Failure::usage(words!("--head 要 64 个十六进制数字", "--head wants 64 hexadecimal digits"))
        })?),
        None => None,
    };
    let mut told = Told { talk, json: found.get_flag("json"), cases: 0, entries: 0, broken: 0 };
    let asked = args::text(found, "case");
    match asked.filter(|_| args::text(found, "database").is_none()) {
        Some(file) if Path::new(file).is_file() => {
            let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            told.case(&audit::check_bundle(&text, noted).map_err(|error| no_bundle(file, &error))?);
        }
        _ => database::wait_for(stored(found, asked, &mut told))?,
    }
    told.end();
    let lost = match asked {
        None => database::wait_for(checkpoints::verify(found, talk))?,
        Some(_) => 0,
    };
    Ok(Exit::found(told.broken + lost > 0))
}

/// The database of a command that reads one.
async fn opened(found: &ArgMatches) -> Result<Arc<dyn Store>, Failure> {
    let address = database::asked(found)?.ok_or_else(|| {
        Failure::usage(words!("缺少 --database", "--database is missing")).advise(words!(
            "写 SQLite 文件或 postgres:// 地址；核对导出的文件时不用写",
            "give a SQLite file or a postgres:// address; an exported file needs none"
        ))
    })?;
    database::open(address).await
}

async fn stored(found: &ArgMatches, asked: Option<&str>, told: &mut Told<'_>) -> Result<(), Failure> {
    let store = opened(found).await?;
    let failure = |fault| faults::failure(&fault);
    if let Some(case) = asked {
        let id = CaseId(case.into());
        let checked = audit::check(&*store, &id).await.map_err(failure)?;
        told.case(&checked.ok_or_else(|| no_case(case))?);
        return Ok(());
    }
    let mut after = None;
    loop {
        let page = Page { after: after.take(), limit: PAGE_MAX };
        let lines = store.cases(CaseFilter::default(), page).await.map_err(failure)?;
        let Some(last) = lines.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for line in lines {
            if let Some(checked) = audit::check(&*store, &line.id).await.map_err(failure)? {
                told.case(&checked);
            }
        }
    }
}

fn export(found: &ArgMatches, talk: &Talk) -> Outcome {
    let case = args::text(found, "case").unwrap_or_default();
    let text = database::wait_for(async {
        let store = opened(found).await?;
        audit::bundle(&*store, &CaseId(case.into())).await.map_err(|error| match error {
            NoBundle::Fault(fault) => faults::failure(&fault),
            _ => no_case(case),
        })
    })?;
    match args::text(found, "out") {
        Some(file) => std::fs::write(file, text).map_err(|error| unreadable(file, &error))?,
        None => talk.result(&text),
    }
    Ok(Exit::Fine)
}

fn no_case(case: &str) -> Failure {
    Failure::new(Exit::Unreachable, words!("没有件“{case}”", "there is no case `{case}`"))
}

fn unreadable(file: &str, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Unreachable, words!("{file}：{error}", "{file}: {error}"))
}

fn no_bundle(file: &str, error: &NoBundle) -> Failure {
    let failure = match error {
        NoBundle::Line(line) => {
            words!("{file} 第 {line} 行不是导出文件的内容", "{file}: line {line} is not of an export")
        }
        other => words!("{file}：{other}", "{file}: {other}"),
    };
    Failure::new(Exit::Found, failure).advise(words!(
        "要 charter audit export 写的文件",
        "it must be a file that charter audit export wrote"
    ))
}

/// What was said so far.
struct Told<'t> {
    talk: &'t Talk,
    json: bool,
    cases: u64,
    entries: u64,
    broken: u64,
}

impl Told<'_> {
    fn case(&mut self, checked: &Checked) {
        self.cases += 1;
        self.entries += checked.entries;
        self.broken += u64::from(checked.flaw.is_some());
        let head = audit::hex(&checked.head);
        let words = checked.flaw.as_ref().map(flaw);
        if self.json {
            let entry = checked.flaw.as_ref().and_then(Flaw::entry);
            let object = json!({
                "case": &*checked.case.0, "entries": checked.entries, "head": head,
                "ok": checked.flaw.is_none(), "entry": entry, "flaw": words.map(|w| w.get(Lang::En).to_owned()),
            });
            return self.talk.line(&object.to_string());
        }
        let (case, entries) = (&checked.case, checked.entries);
        match words {
            None => self.talk.words(&words!(
                "{case}  {entries} 条  完好  {head}",
                "{case}  {entries} entries  whole  {head}"
            )),
            Some(flaw) => {
                let (zh, en) = (flaw.get(Lang::Zh), flaw.get(Lang::En));
                let text = words!("{case}  不对：{zh}", "{case}  BROKEN: {en}");
                self.talk.line(&self.talk.red(text.get(self.talk.lang)));
            }
        }
    }

    fn end(&self) {
        let (cases, entries, broken) = (self.cases, self.entries, self.broken);
        self.talk.remark(&match broken {
            0 => words!("{cases} 件，{entries} 条：全部完好", "{cases} cases, {entries} entries: all whole"),
            _ => words!(
                "{cases} 件中有 {broken} 件不对",
                "{broken} of {cases} cases are not as they were written"
            ),
        });
    }
}

fn flaw(flaw: &Flaw) -> Words {
    match flaw {
        Flaw::Chain(Broken::Gap { expected, found }) => {
            words!(
                "缺第 {expected} 条，接着的是第 {found} 条",
                "entry {expected} is missing, {found} comes instead"
            )
        }
        Flaw::Chain(Broken::Changed(entry)) => {
            words!("第 {entry} 条（或它之前的）被改过", "entry {entry}, or one before it, was changed")
        }
        Flaw::Chain(Broken::Misplaced(entry)) => {
            words!("第 {entry} 条自称是另一条", "entry {entry} says another number of itself")
        }
        Flaw::Chain(Broken::Ends { expected, found }) => {
            words!(
                "历史到第 {found} 条为止，应到第 {expected} 条",
                "the history ends at entry {found}, it should end at {expected}"
            )
        }
        Flaw::Unreadable(entry) => words!("第 {entry} 条读不出来", "entry {entry} cannot be read"),
        Flaw::NoHistory(why) => {
            words!("这些事实不成其为一段历史：{why}", "the facts are no whole history: {why}")
        }
        Flaw::OtherState => words!(
            "现在的状态不是历史推出来的那个",
            "the state that is kept is not the one that the history makes"
        ),
        Flaw::NoCase => words!("件本身读不出来", "the case itself cannot be read"),
        Flaw::OtherHead => {
            words!("历史不经过您记下的链值", "the history does not pass through the head you noted")
        }
    }
}
