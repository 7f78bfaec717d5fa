//! The command line: global options, and the pieces every command's options are made of.
//!
//! Help is made per language from the words beside each option: there is no second table to keep in step.

use clap::{Arg, ArgAction, ArgMatches, Command};
use language::words::{Lang, Words};

use crate::commands::COMMANDS;
use crate::exit::Failure;
use crate::talk::{Color, Talk};

/// The whole program, its help in one language.
pub fn program(lang: Lang) -> Command {
    let mut program = Command::new("charter")
        .version(env!("CARGO_PKG_VERSION"))
        .about(lang.pick(
            "章程：把政策写成 YAML，时限、审批和留痕由引擎负责",
            "Charter: policy processes as YAML; deadlines, decisions and history by the engine",
        ))
        .after_help(lang.pick(
            "先试：charter demo    查一个词：charter explain 词    退出码：0 正常 1 有发现 2 用法 3 读不到 4 不允许 5 冲突 70 程序缺陷 75 请重启",
            "Try: charter demo    Look a word up: charter explain WORD    Exit: 0 fine 1 found something 2 usage 3 cannot reach 4 not allowed 5 conflict 70 our bug 75 start again",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .infer_subcommands(false);
    for (at, option) in (100..).zip(globals(lang)) {
        program = program.arg(option.global(true).display_order(at));
    }
    for entry in COMMANDS {
        program = program.subcommand((entry.command)(lang));
    }
    dressed(program, lang)
}

/// Headings and help in the language, for a command and all below it.
fn dressed(command: Command, lang: Lang) -> Command {
    let template = lang.pick(
        "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}",
        "{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}",
    );
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = command
        .help_template(template.to_owned())
        .subcommand_help_heading(lang.pick("命令", "Commands"))
        .subcommand_value_name(lang.pick("命令", "COMMAND"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(lang.pick("显示这份帮助", "Print this help"))
                .display_order(200)
                .help_heading(heading(lang)),
        );
    if command.get_name() == "charter" {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(lang.pick("显示版本", "Print the version"))
                .display_order(201)
                .help_heading(heading(lang)),
        );
    }
    for name in names {
        command = command.mut_subcommand(name, |sub| dressed(sub, lang));
    }
    command
}

fn heading(lang: Lang) -> &'static str {
    lang.pick("选项", "Options")
}

fn globals(lang: Lang) -> Vec<Arg> {
    vec![
        option(
            "lang",
            "zh|en",
            lang,
            "用哪种语言；不写就看 LC_ALL、LC_MESSAGES、LANG",
            "Language; from LC_ALL, LC_MESSAGES, LANG otherwise",
        )
        .value_parser(["zh", "en"]),
        option(
            "color",
            "WHEN",
            lang,
            "何时用颜色：auto、always、never",
            "When to colour: auto, always, never",
        )
        .value_parser(["auto", "always", "never"]),
        flag("quiet", lang, "只给结果，不说别的", "Results only").short('q'),
        flag("verbose", lang, "说得详细些", "Say more").short('v'),
    ]
}

/// A command with its one-line description.
pub fn command(name: &'static str, lang: Lang, zh: &'static str, en: &'static str) -> Command {
    Command::new(name).about(lang.pick(zh, en))
}

/// An option that is there or not.
pub fn flag(name: &'static str, lang: Lang, zh: &'static str, en: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(lang.pick(zh, en)).help_heading(heading(lang))
}

/// An option with a value.
pub fn option(
    name: &'static str,
    value: &'static str,
    lang: Lang,
    zh: &'static str,
    en: &'static str,
) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .action(ArgAction::Set)
        .hide_possible_values(true)
        .hide_default_value(true)
        .help(lang.pick(zh, en))
        .help_heading(heading(lang))
}

/// A value known by its place.
pub fn operand(
    name: &'static str,
    value: &'static str,
    lang: Lang,
    zh: &'static str,
    en: &'static str,
) -> Arg {
    Arg::new(name)
        .value_name(value)
        .hide_possible_values(true)
        .help(lang.pick(zh, en))
        .help_heading(lang.pick("参数", "Arguments"))
}

/// Files and folders, none or several.
pub fn paths(lang: Lang) -> Arg {
    operand(
        "paths",
        "PATH",
        lang,
        "文件或文件夹；不写就是 ./workflows",
        "Files and folders; ./workflows unless given",
    )
    .num_args(0..)
}

/// The values of an option or place, as texts.
pub fn texts<'m>(found: &'m ArgMatches, name: &str) -> Vec<&'m str> {
    found.get_many::<String>(name).into_iter().flatten().map(String::as_str).collect()
}

/// The value of an option, as text.
pub fn text<'m>(found: &'m ArgMatches, name: &str) -> Option<&'m str> {
    found.get_one::<String>(name).map(String::as_str)
}

/// How to speak, from the global options.
pub fn talk(found: &ArgMatches) -> Talk {
    let color = match text(found, "color") {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        _ => Color::Auto,
    };
    let lang = crate::talk::language(text(found, "lang"));
    Talk::new(lang, color, found.get_flag("quiet"), found.get_flag("verbose"))
}

/// What `--lang` says before anything else is read, so that even a wrong command line is answered in it.
pub fn asked_language(args: &[String]) -> Option<&str> {
    let at = args.iter().position(|arg| arg == "--lang");
    let next = at.and_then(|at| args.get(at + 1)).map(String::as_str);
    next.or_else(|| args.iter().find_map(|arg| arg.strip_prefix("--lang=")))
}

/// A whole number given to an option.
///
/// # Errors
/// What would be right.
pub fn number(found: &ArgMatches, name: &str) -> Result<Option<usize>, Failure> {
    let Some(text) = text(found, name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Failure::usage(Words::new(
            format!("--{name} 要一个整数，得到的是“{text}”"),
            format!("--{name} wants a whole number, not `{text}`"),
        ))
    })
}
