//! `charter new`: a small process that works, with a story and its source, to be changed into one's own.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::talk::Talk;

const WORKFLOW: &str = include_str!("new/workflow.yaml");
const STORY: &str = include_str!("new/story.yaml");
const SOURCE: &str = include_str!("new/source.md");
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
    let examples = folder.join("examples");
    std::fs::create_dir_all(&examples).map_err(|error| files::unwritable(&examples, &error))?;
    for (file, text) in
        [("workflow.yaml", WORKFLOW), ("examples/two-days.yaml", STORY), ("source.md", SOURCE)]
    {
        put(&folder.join(file), &text.replace("PROCESS_NAME", &name))?;
    }
    talk.words(&words!(
        "建好了 {shown}：workflow.yaml、source.md、examples/two-days.yaml",
        "made {shown}: workflow.yaml, source.md, examples/two-days.yaml"
    ));
    talk.remark(&words!(
        "接着：charter check {shown}    charter test {shown}    charter simulate {shown}",
        "Next: charter check {shown}    charter test {shown}    charter simulate {shown}"
    ));
    if !folder.join("../../docs/schema/charter-1.schema.json").exists() {
        talk.remark(&words!(
            "编辑器里要补全：mkdir -p docs/schema，再把 charter schema 和 charter schema story 存到文件首行所指的地方",
            "For completion in an editor, keep what charter schema and charter schema story print where the first lines point"
        ));
    }
    Ok(Exit::Fine)
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
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
