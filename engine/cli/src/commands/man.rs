//! `charter man`: the manual page of the program or of one command, as roff.

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("man", lang, "生成手册页（roff）", "Print a manual page (roff)").arg(args::operand(
        "command",
        "COMMAND",
        lang,
        "哪个命令；不写就是整个程序",
        "Which command; the whole program unless given",
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let mut program = args::program(talk.lang);
    program.build();
    let page = match args::text(found, "command") {
        None => program,
        Some(name) => program
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::usage(words!("没有命令“{name}”", "there is no command `{name}`")))?,
    };
    let mut out = Vec::new();
    clap_mangen::Man::new(page).render(&mut out).map_err(|error| {
        Failure::new(Exit::Unreachable, words!("写不出手册页：{error}", "cannot write the page: {error}"))
    })?;
    talk.result(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}
