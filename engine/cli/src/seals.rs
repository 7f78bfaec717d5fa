//! Checkpoints on this machine: where they lie, the key that signs them, and what is said of what they show.

use std::path::{Path, PathBuf};

use language::words;
use language::words::{Lang, Words};
use store::seal::Seal;
use store::seal::folder::{Folder, Found, Stopped};

use crate::assemble;
use crate::exit::{Exit, Failure};

/// So many findings are told at once.
const SHOWN_MAX: usize = 20;

/// The folder beside a database file.
pub fn beside(file: &Path) -> Folder {
    Folder(file.parent().unwrap_or(Path::new("")).join("checkpoints"))
}

/// The file of the secret key: `CHARTER_AUDIT_KEY_FILE`, else `audit.key` beside the folder.
pub fn secret_file(folder: &Folder) -> PathBuf {
    let own = || folder.0.parent().unwrap_or(Path::new("")).join("audit.key");
    crate::settings::env("CHARTER_AUDIT_KEY_FILE").map_or_else(own, PathBuf::from)
}

/// The key that signs; made when there is none.
///
/// # Errors
/// It can neither be read nor made.
pub fn key(folder: &Folder) -> Result<Seal, Failure> {
    let path = secret_file(folder);
    let bytes = assemble::key_in(&path)?;
    Seal::of(&bytes).ok_or_else(|| {
        let shown = path.display();
        Failure::new(Exit::Found, words!("{shown} 不能用来签名", "{shown} cannot be used to sign"))
    })
}

/// Why there is no checkpoint.
pub fn failure(folder: &Folder, stopped: Stopped) -> Failure {
    let shown = folder.0.display();
    match stopped {
        Stopped::Fault(fault) => crate::faults::failure(&fault),
        Stopped::File(error) => {
            Failure::new(Exit::Unreachable, words!("{shown}：{error}", "{shown}: {error}"))
        }
        Stopped::Found(found) => {
            let all = |lang| {
                let each = found.iter().take(SHOWN_MAX).map(|one| words(one).get(lang).to_owned());
                each.collect::<Vec<_>>().join("\n")
            };
            let (zh, en) = (all(Lang::Zh), all(Lang::En));
            let words = words!(
                "与上一个检查点不符，没有签新的\n{zh}",
                "what is stored is not what the last checkpoint says; nothing was signed\n{en}"
            );
            Failure::new(Exit::Found, words)
        }
    }
}

/// What a checkpoint shows.
pub fn words(found: &Found) -> Words {
    match found {
        Found::Unreadable { line } => {
            words!("第 {line} 行不是检查点", "line {line} is no checkpoint")
        }
        Found::Forged { number } => words!(
            "检查点 {number} 是伪造的：不是这个密钥签的，或签后被改过",
            "checkpoint {number} is forged: this key did not sign it as it stands"
        ),
        Found::Unlinked { number } => words!(
            "检查点 {number} 接不上前一个：前一个被拿走、换掉或挪动过",
            "checkpoint {number} does not follow the one before it, which was taken away, exchanged or moved"
        ),
        Found::NoHeads { number } => {
            words!("检查点 {number} 的清单不见了", "the list of heads of checkpoint {number} is gone")
        }
        Found::OtherHeads { number } => words!(
            "检查点 {number} 的清单不是当初签的那份",
            "the list of heads of checkpoint {number} is not the one that was signed"
        ),
        Found::Gone { case, entries, number } => words!(
            "{case} 整件不见了：检查点 {number} 时有 {entries} 条历史",
            "{case} was taken away whole: at checkpoint {number} it had {entries} entries"
        ),
        Found::CutBack { case, had, has, number } => words!(
            "{case} 的历史被截短：检查点 {number} 时有 {had} 条，现在 {has} 条",
            "the history of {case} was cut back: {had} entries at checkpoint {number}, {has} now"
        ),
        Found::Rewritten { case, entry, number } => words!(
            "{case} 的历史被改写：到第 {entry} 条为止已不是检查点 {number} 时的内容",
            "the history of {case} was rewritten: up to entry {entry} it is not what it was at checkpoint {number}"
        ),
    }
}
