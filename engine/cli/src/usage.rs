//! A wrong command line, answered in the reader's language with what was perhaps meant.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use language::suggest::nearest;
use language::words;
use language::words::Words;

use crate::commands::COMMANDS;
use crate::exit::Failure;

/// What is wrong with the command line.
pub fn failure(error: &clap::Error) -> Failure {
    let subject = |kind| context(error, kind);
    let arg = subject(ContextKind::InvalidArg);
    let value = subject(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => command(&subject(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => unknown(&arg, &subject(ContextKind::SuggestedArg)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            Failure::usage(words!("{arg} 后面要写一个值", "{arg} wants a value"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => invalid(error, &arg, &value),
        ErrorKind::MissingRequiredArgument => Failure::usage(words!("缺少 {arg}", "{arg} is missing")),
        ErrorKind::ArgumentConflict => {
            let other = subject(ContextKind::PriorArg);
            Failure::usage(words!("{arg} 和 {other} 不能一起用", "{arg} and {other} cannot be used together"))
        }
        ErrorKind::TooManyValues => Failure::usage(words!("“{value}”多余", "`{value}` is one too many")),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Failure::usage(words!("{arg} 的值不够或太多", "{arg} has too few or too many values"))
        }
        ErrorKind::InvalidUtf8 => {
            Failure::usage(words!("参数不是 UTF-8 文字", "an argument is not UTF-8 text"))
        }
        _ => {
            let first = error.to_string().lines().next().unwrap_or_default().to_owned();
            Failure::usage(words!("命令行写法不对：{first}", "{first}"))
        }
    }
}

fn command(written: &str) -> Failure {
    let failure = Failure::usage(words!("没有命令“{written}”", "there is no command `{written}`"));
    let known = COMMANDS.iter().map(|entry| entry.name);
    match nearest(written, known) {
        Some(near) => failure.advise(words!("是不是 charter {near}？", "did you mean charter {near}?")),
        None => {
            let all: Vec<&str> = COMMANDS.iter().map(|entry| entry.name).collect();
            let all = all.join(", ");
            failure.advise(words!("有这些命令：{all}", "the commands are {all}"))
        }
    }
}

fn unknown(arg: &str, meant: &str) -> Failure {
    if !arg.starts_with('-') {
        return Failure::usage(words!("“{arg}”多余", "`{arg}` is one too many"));
    }
    let failure = Failure::usage(words!("没有选项“{arg}”", "there is no option `{arg}`"));
    if meant.is_empty() {
        failure.advise(words!("加 --help 看有哪些", "add --help to see what there is"))
    } else {
        failure.advise(words!("是不是 {meant}？", "did you mean {meant}?"))
    }
}

fn invalid(error: &clap::Error, arg: &str, value: &str) -> Failure {
    let failure = Failure::usage(words!("{arg} 不能是“{value}”", "{arg} cannot be `{value}`"));
    let possible = context(error, ContextKind::ValidValue);
    if possible.is_empty() {
        return failure;
    }
    match nearest(value, possible.split(", ")) {
        Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
        None => failure.advise(words!("可以是：{possible}", "it can be {possible}")),
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// Where to read more.
pub fn more(args: &[String]) -> Words {
    let named = args.get(1).and_then(|word| COMMANDS.iter().find(|entry| entry.name == word));
    let command = named.map_or(String::new(), |entry| format!(" {}", entry.name));
    words!("用法见 charter{command} --help", "see charter{command} --help")
}
