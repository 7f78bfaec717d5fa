//! `charter audit seal`, `audit key`, and the part of `audit verify` that holds checkpoints against a database.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::Lang;
use ports::clock::Clock;
use runtime::clocks::HostClock;
use serde_json::json;
use store::audit::{hex, unhex};
use store::seal::folder::{Folder, Verified};

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::seals;
use crate::talk::Talk;

/// The option for the folder.
pub fn folder(lang: Lang) -> Arg {
    args::option(
        "checkpoints",
        "DIR",
        lang,
        "检查点文件夹；不写就是 SQLite 文件旁边的 checkpoints",
        "Folder of the checkpoints; checkpoints beside the SQLite file unless given",
    )
}

/// The option for the public key.
pub fn public_key(lang: Lang) -> Arg {
    args::option(
        "key",
        "HEX|FILE",
        lang,
        "核对检查点用的公钥，或写着它的文件；不写就用本机的密钥",
        "The public key that checkpoints are checked with, or a file with it; this machine's unless given",
    )
}

pub fn seal_command(lang: Lang) -> Command {
    let command = args::command(
        "seal",
        lang,
        "给全部历史签一个检查点：整件删除、截短以后都能查出来",
        "Sign a checkpoint over all histories: a case taken away or cut back is found from then on",
    );
    command.arg(database::option(lang)).arg(folder(lang))
}

pub fn key_command(lang: Lang) -> Command {
    let command = args::command(
        "key",
        lang,
        "显示公钥：交给审计人员保存；还没有密钥就生成一个",
        "Print the public key, for auditors to keep; a key is made when there is none",
    );
    command.arg(database::option(lang)).arg(folder(lang))
}

/// The folder of a command line; `None` when nothing says where it is.
fn place(found: &ArgMatches) -> Result<Option<Folder>, Failure> {
    if let Some(given) = args::text(found, "checkpoints") {
        return Ok(Some(Folder(PathBuf::from(given))));
    }
    Ok(match database::asked(found)? {
        Some(store::Address::Sqlite(file)) => Some(seals::beside(Path::new(&file))),
        _ => None,
    })
}

fn needed(found: &ArgMatches) -> Result<Folder, Failure> {
    place(found)?.ok_or_else(|| {
        Failure::usage(words!("缺少 --checkpoints", "--checkpoints is missing")).advise(words!(
            "写检查点文件夹；数据库是 SQLite 文件时可以不写",
            "give the folder of the checkpoints; with a SQLite file it need not be given"
        ))
    })
}

pub fn seal(found: &ArgMatches, talk: &Talk) -> Outcome {
    let folder = needed(found)?;
    let seal = seals::key(&folder)?;
    let sealed = database::wait_for(async {
        let store = super::opened(found).await?;
        let sealed = folder.seal(&*store, &seal, HostClock.now()).await;
        sealed.map_err(|stopped| seals::failure(&folder, stopped))
    })?;
    talk.line(&sealed.line());
    Ok(Exit::Fine)
}

pub fn key(found: &ArgMatches, talk: &Talk) -> Outcome {
    let seal = seals::key(&needed(found)?)?;
    talk.line(&hex(&seal.public()));
    Ok(Exit::Fine)
}

/// How many things are not as the checkpoints say.
pub async fn verify(found: &ArgMatches, talk: &Talk) -> Result<u64, Failure> {
    let asked = args::text(found, "checkpoints").is_some() || args::text(found, "key").is_some();
    let Some(folder) = place(found)?.filter(|folder| asked || folder.is_there()) else {
        talk.remark(&words!(
            "没有检查点：整件删除、截短查不出来（charter audit seal）",
            "no checkpoints: a case taken away whole or cut back would not be found (charter audit seal)"
        ));
        return Ok(0);
    };
    if !folder.is_there() {
        let shown = folder.0.display();
        let failure = words!("{shown} 里没有检查点", "there are no checkpoints in {shown}");
        return Err(Failure::new(Exit::Unreachable, failure));
    }
    let key = public(found, &folder)?;
    let store = super::opened(found).await?;
    let verified = folder.verify(&*store, &key).await;
    let verified = verified.map_err(|stopped| seals::failure(&folder, stopped))?;
    for one in &verified.found {
        let words = seals::words(one);
        match found.get_flag("json") {
            true => talk.line(&json!({ "ok": false, "checkpoint": words.get(Lang::En) }).to_string()),
            false => talk.line(&talk.red(words.get(talk.lang))),
        }
    }
    tell(&verified, talk);
    Ok(verified.found.len() as u64)
}

fn tell(verified: &Verified, talk: &Talk) {
    let (all, compared) = (verified.checkpoints, verified.compared);
    let last = verified.last.as_ref().map(|last| last.checkpoint.at.to_string()).unwrap_or_default();
    talk.remark(&match verified.found.len() {
        0 => words!(
            "{all} 个检查点，签名都对；与其中 {compared} 个逐件核对一致，最近一个 {last}",
            "{all} checkpoints, all signed; the cases are as {compared} of them say, the last of {last}"
        ),
        wrong => {
            words!("检查点查出 {wrong} 处不对", "checkpoints show {wrong} things that are not as they were")
        }
    });
}

/// The public key: as given, else of this machine's own.
fn public(found: &ArgMatches, folder: &Folder) -> Result<[u8; 32], Failure> {
    let Some(given) = args::text(found, "key") else {
        return match seals::secret_file(folder).is_file() {
            true => Ok(seals::key(folder)?.public()),
            false => Err(Failure::usage(words!(
                "缺少 --key：用谁的公钥核对？",
                "--key is missing: whose public key are they checked with?"
            ))),
        };
    };
    let text = match unhex(given) {
        Some(key) => return Ok(key),
        None => files::read_text(Path::new(given))?,
    };
    unhex(text.trim()).ok_or_else(|| {
        Failure::usage(words!(
            "--key 要 64 个十六进制数字，或写着它的文件",
            "--key wants 64 hexadecimal digits, or a file with them"
        ))
    })
}
