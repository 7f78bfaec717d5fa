//! `charter completions`: what a shell needs to complete commands and options.

use clap::{ArgMatches, Command};
use clap_complete::Shell;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Outcome};
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("completions", lang, "生成命令行补全", "Print completions for a shell").arg(
        args::operand(
            "shell",
            "SHELL",
            lang,
            "bash、zsh、fish、powershell、elvish",
            "bash, zsh, fish, powershell, elvish",
        )
        .required(true)
        .value_parser(["bash", "zsh", "fish", "powershell", "elvish"]),
    )
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let shell = match args::text(found, "shell") {
        Some("zsh") => Shell::Zsh,
        Some("fish") => Shell::Fish,
        Some("powershell") => Shell::PowerShell,
        Some("elvish") => Shell::Elvish,
        _ => Shell::Bash,
    };
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut args::program(talk.lang), "charter", &mut out);
    talk.result(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}
