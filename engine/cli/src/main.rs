//! The program `charter`: reads arguments, assembles, prints. Whatever is decided is decided elsewhere.

mod abreast;
mod args;
mod assemble;
mod calendars;
mod cities;
mod client;
mod commands;
mod database;
mod demonstration;
mod embedded;
mod engine_room;
mod exit;
mod faults;
mod files;
mod library;
mod profiles;
mod seals;
mod serving;
mod settings;
mod settlements;
mod settling;
mod talk;
mod usage;

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::exit::{Exit, Outcome};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let lang = talk::language(args::asked_language(&words));
    answer_for_bugs(lang);
    // Deeply nested documents are bounded, but the bound is generous: give them room.
    let worker = std::thread::Builder::new().stack_size(abreast::STACK).spawn(move || run(&words, lang));
    let exit = worker.ok().and_then(|thread| thread.join().ok());
    exit.unwrap_or(Exit::Bug).into()
}

fn run(words: &[String], lang: language::words::Lang) -> Exit {
    let found = match args::program(lang).try_get_matches_from(words) {
        Ok(found) => found,
        Err(error) => return wrong(&error, words, lang),
    };
    let talk = args::talk(&found);
    match dispatch(&found, &talk) {
        Ok(exit) => exit,
        Err(failure) => {
            talk.failure(&failure);
            failure.exit
        }
    }
}

fn dispatch(found: &clap::ArgMatches, talk: &talk::Talk) -> Outcome {
    let (name, found) = found.subcommand().expect("clap requires a subcommand");
    let entry = commands::COMMANDS.iter().find(|entry| entry.name == name);
    (entry.expect("clap knows only the commands of the table").run)(found, talk)
}

fn wrong(error: &clap::Error, words: &[String], lang: language::words::Lang) -> Exit {
    let plain = talk::Talk::new(lang, talk::Color::Auto, false, false);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            plain.result(&help(error, lang));
            Exit::Fine
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            plain.remark_open(&help(error, lang));
            Exit::Usage
        }
        _ => {
            plain.failure(&usage::failure(error));
            plain.remark(&usage::more(words));
            Exit::Usage
        }
    }
}

/// The help text; what clap writes by itself is put into the reader's language.
fn help(error: &clap::Error, lang: language::words::Lang) -> String {
    let text = error.to_string();
    lang.pick(&text.replace("[OPTIONS]", "[选项]"), &text).to_owned()
}

/// A panic is our bug: say so in plain words, with what a report needs, and never a bare backtrace.
fn answer_for_bugs(lang: language::words::Lang) {
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let what = info.payload_as_str().unwrap_or("?");
        let version = env!("CARGO_PKG_VERSION");
        eprintln!(
            "{}",
            lang.pick(
                "charter 出了缺陷，这不是您的错。请把下面这行、所用的命令和文件交给维护者（CONTRIBUTING.md 写了怎么报）：",
                "charter has a bug; it is not your fault. Please report this line, the command and the files (CONTRIBUTING.md says how):",
            )
        );
        eprintln!("  charter {version}: {what} ({place})");
    }));
}
