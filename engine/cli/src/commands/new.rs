//! `charter new`: a small process that works, with a story and its source, to be changed into one's own; or a
//! settlement with a rule, worked cases and data.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::talk::Talk;

const SOURCE: &str = include_str!("new/source.md");
/// The files of a process.
const PROCESS: &[(&str, &str)] = &[
    ("workflow.yaml", include_str!("new/workflow.yaml")),
    ("source.md", SOURCE),
    ("examples/two-days.yaml", include_str!("new/story.yaml")),
];
/// The files of a settlement.
const SETTLEMENT: &[(&str, &str)] = &[
    ("settlement.yaml", include_str!("new/settlement/settlement.yaml")),
    ("rules/first-loan.yaml", include_str!("new/settlement/first_loan.yaml")),
    ("golden.yaml", include_str!("new/settlement/golden.yaml")),
    ("cases.csv", include_str!("new/settlement/cases.csv")),
    ("data/loans.csv", include_str!("new/settlement/loans.csv")),
    ("source.md", SOURCE),
];
/// Longer names are no names.
const NAME_MAX: usize = 64;

pub fn command(lang: Lang) -> Command {
    args::command(
        "new",
        lang,
        "新建一个流程：能检查、能演练，再改成自己的",
        "Make a process that checks and plays, to be changed into your own",
    )
    .arg(
        args::operand(
            "name",
            "NAME",
            lang,
            "流程的名字（小写英文，如 leave_request）",
            "The process's name (lower case, such as leave_request)",
        )
        .required(true),
    )
    .arg(args::flag(
        "settlement",
        lang,
        "新建的是年度结算：规则、案例表和数据",
        "Make a yearly settlement instead: a rule, worked cases, data",
    ))
    .arg(args::option(
        "dir",
        "FOLDER",
        lang,
        "放在哪个文件夹下；不写就是 workflows",
        "Under which folder; workflows unless given",
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let name = args::text(found, "name").unwrap_or_default();
    let name = proper(name)?;
    let above = PathBuf::from(args::text(found, "dir").unwrap_or("workflows"));
    let folder = above.join(name.replace('_', "-"));
    let shown = folder.display();
    if folder.exists() {
        return Err(Failure::new(Exit::Conflict, words!("{shown} 已经有了", "{shown} is there already"))
            .advise(words!("换一个名字，或先移走它", "take another name, or move it away")));
    }
    let settlement = found.get_flag("settlement");
    let made = if settlement { SETTLEMENT } else { PROCESS };
    for (file, text) in made {
        put(&folder.join(file), &text.replace("PROCESS_NAME", &name))?;
    }
    let list = |between: &str| made.iter().map(|(file, _)| *file).collect::<Vec<_>>().join(between);
    talk.words(&words!(
        "建好了 {shown}：{}",
        "made {shown}: {}",
        list(if talk.lang == Lang::Zh { "、" } else { ", " })
    ));
    let next = match settlement {
        true => format!(
            "charter check {shown}    charter test --cases {shown}/cases.csv    charter settle --year 2026 --rules {shown} --data {shown}/data"
        ),
        false => format!("charter check {shown}    charter test {shown}    charter simulate {shown}"),
    };
    talk.remark(&words!("接着：{next}", "Next: {next}"));
    if !folder.join("../../docs/schema/charter-1.schema.json").exists() {
        talk.remark(&words!(
            "编辑器里要补全：mkdir -p docs/schema，再把 charter schema 和 charter schema story 存到文件首行所指的地方",
            "For completion in an editor, keep what charter schema and charter schema story print where the first lines point"
        ));
    }
    Ok(Exit::Fine)
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| files::unwritable(folder, &error))?;
    }
    files::write_whole(path, text)
}

/// A name as processes have them: lower case, digits, underscores.
fn proper(written: &str) -> Result<String, Failure> {
    let name = written.replace('-', "_");
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let fits = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if starts && fits && name.len() <= NAME_MAX {
        return Ok(name);
    }
    Err(Failure::usage(words!(
        "“{written}”不能做流程的名字",
        "`{written}` cannot name a process"
    ))
    .advise(words!(
        "用小写英文字母、数字和下划线，以字母开头，如 leave_request；中文写在 title 里",
        "use lower-case letters, digits and underscores, a letter first, such as leave_request; the title may be Chinese"
    )))
}
