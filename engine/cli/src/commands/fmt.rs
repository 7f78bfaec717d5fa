//! `charter fmt`: one way of writing a document; comments and meaning are kept.

use std::path::Path;

use clap::{ArgMatches, Command};
use language::format::format;
use language::render;
use language::source::Sources;
use language::words;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("fmt", lang, "统一写法，保留注释", "Write documents in one form, comments kept")
        .arg(args::paths(lang))
        .arg(args::flag(
            "check",
            lang,
            "只看哪些要改，不改文件；有要改的就返回 1",
            "Only tell which files would change; exit 1 if any",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let given = args::texts(found, "paths");
    if given == ["-"] {
        return of_input(talk);
    }
    let only_check = found.get_flag("check");
    let (mut changed, mut bad, mut count) = (0, false, 0);
    for path in super::check::documents(&given)? {
        count += 1;
        match one(&path, only_check, talk)? {
            Formed::Same => {}
            Formed::Changed => changed += 1,
            Formed::Bad => bad = true,
        }
    }
    let files = if count == 1 { "file" } else { "files" };
    talk.remark(&if only_check {
        words!("{count} 个文件，{changed} 个要改", "{count} {files}, {changed} to be changed")
    } else {
        words!("{count} 个文件，改了 {changed} 个", "{count} {files}, {changed} changed")
    });
    Ok(Exit::found(bad || (only_check && changed > 0)))
}

enum Formed {
    Same,
    Changed,
    Bad,
}

fn one(path: &Path, only_check: bool, talk: &Talk) -> Result<Formed, Failure> {
    let text = files::read_text(path)?;
    let name = path.display().to_string();
    let Some(formed) = formed(&name, &text, talk) else { return Ok(Formed::Bad) };
    if formed == text {
        return Ok(Formed::Same);
    }
    talk.line(&name);
    if !only_check {
        files::write_whole(path, &formed)?;
    }
    Ok(Formed::Changed)
}

/// The normal form; shows what is wrong with a text that has errors.
fn formed(name: &str, text: &str, talk: &Talk) -> Option<String> {
    match format(name, text) {
        Ok(formed) => Some(formed),
        Err(report) => {
            let mut sources = Sources::new();
            sources.add(name, text);
            let shown = render::human(&report, &sources, talk.look());
            talk.remark(&language::Words::new(shown.clone(), shown));
            None
        }
    }
}

fn of_input(talk: &Talk) -> Outcome {
    let text = files::read_text(Path::new("-"))?;
    match formed("-", &text, talk) {
        Some(formed) => {
            talk.result(&formed);
            Ok(Exit::Fine)
        }
        None => Ok(Exit::Found),
    }
}
