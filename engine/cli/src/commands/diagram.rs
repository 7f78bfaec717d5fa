//! `charter diagram`: a process as a picture, for people and for other tools.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{ArgMatches, Command};
use diagram::{Change, Folding, Options, Overlay, Picture};
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::render;
use language::source::Sources;
use language::span::Span;
use language::suggest::nearest;
use language::words;
use language::words::{Lang, Words};
use machine::definition::Definition;
use machine::ids::ChartIx;
use serde_json::{Map, Value as Json};

use crate::args;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::library;
use crate::talk::Talk;

pub fn command(lang: Lang) -> Command {
    args::command("diagram", lang, "把流程画成图", "Draw a process")
        .arg(
            args::operand(
                "workflow",
                "WORKFLOW",
                lang,
                "流程文件、文件夹或名字",
                "The process: its file, folder or name",
            )
            .required(true),
        )
        .arg(
            args::option(
                "format",
                "FORMAT",
                lang,
                "svg、text（默认）、mermaid、dot、scxml、xstate",
                "svg, text (default), mermaid, dot, scxml, xstate",
            )
            .value_parser(["svg", "text", "mermaid", "dot", "scxml", "xstate"]),
        )
        .arg(args::option("child", "NAME", lang, "只画这类子流程", "Only this kind of child"))
        .arg(
            args::option(
                "output",
                "FILE",
                lang,
                "写到文件；后缀决定格式",
                "Write to a file; its ending decides the format",
            )
            .short('o'),
        )
        .arg(args::option(
            "overlay",
            "JSON",
            lang,
            "图上的标注：JSON 文件或 JSON 对象（docs/cli/diagram.md）",
            "Marks on the picture: a JSON file or object (docs/cli/diagram.md)",
        ))
        .arg(args::option(
            "fold",
            "N",
            lang,
            "状态多于 N 个就把大的阶段合起来",
            "Close the largest stages above N states",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let path = library::path_of(args::text(found, "workflow").unwrap_or_default());
    let library = library::one_workflow(&path)?;
    let Some(definition) = library.workflows.first().and_then(|w| w.definition.clone()) else {
        super::check::stops(&library, talk);
        return Ok(Exit::Found);
    };
    let chart = chart(&definition, args::text(found, "child"))?;
    let mut sources = Sources::new();
    let known = Known::of(&pictured(&definition, chart));
    let marks = args::text(found, "overlay").map(|given| overlay(given, &known, &mut sources)).transpose()?;
    let overlay = match marks {
        None => Overlay::default(),
        Some(Ok(overlay)) => overlay,
        Some(Err(report)) => {
            let shown = render::human(&report, &sources, talk.look());
            talk.remark(&Words::new(shown.clone(), shown));
            return Ok(Exit::Found);
        }
    };
    let output = args::text(found, "output").map(PathBuf::from);
    let ending = output.as_ref().and_then(|p| p.extension()).and_then(|e| e.to_str());
    let format = match (args::text(found, "format"), ending) {
        (Some(format), _) => format,
        (None, Some(ending)) => format_of(ending).ok_or_else(|| no_format(ending))?,
        (None, None) => "text",
    };
    let fold = args::number(found, "fold")?;
    let drawn = draw(&definition, chart, format, &Drawing { overlay, fold, lang: talk.lang });
    match output {
        Some(path) => files::write_whole(&path, &drawn)?,
        None => talk.result(&drawn),
    }
    Ok(Exit::Fine)
}

fn format_of(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "svg" => "svg",
        "txt" => "text",
        "mmd" | "mermaid" => "mermaid",
        "dot" | "gv" => "dot",
        "scxml" | "xml" => "scxml",
        "json" => "xstate",
        _ => return None,
    })
}

fn no_format(ending: &str) -> Failure {
    Failure::usage(words!("不会画成 .{ending} 文件", "no picture is written as .{ending}")).advise(words!(
        "后缀可以是 svg、txt、mmd、dot、scxml、json；别的后缀请写上 --format",
        "the ending can be svg, txt, mmd, dot, scxml, json; with any other, add --format"
    ))
}

/// The chart asked for; `None` for the whole process with its children.
fn chart(definition: &Definition, name: Option<&str>) -> Result<Option<ChartIx>, Failure> {
    let Some(name) = name else { return Ok(None) };
    if let Some(chart) = definition.find_child(name) {
        return Ok(Some(chart));
    }
    let known: Vec<&str> = definition.charts.iter().skip(1).map(|chart| &*chart.name).collect();
    let failure =
        Failure::usage(words!("没有叫“{name}”的子流程", "there is no kind of child called `{name}`"));
    Err(match (nearest(name, known.iter().copied()), known.join(", ")) {
        (Some(near), _) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
        (None, known) if known.is_empty() => {
            failure.advise(words!("这个流程没有子流程", "this process has no children"))
        }
        (None, known) => failure.advise(words!("有这些：{known}", "there are {known}")),
    })
}

struct Drawing {
    overlay: Overlay,
    fold: Option<usize>,
    lang: Lang,
}

fn pictured(definition: &Definition, chart: Option<ChartIx>) -> Picture {
    match chart {
        Some(chart) => diagram::picture_of(definition, chart),
        None => diagram::picture(definition),
    }
}

/// What marks may name.
#[derive(Default)]
struct Known {
    states: BTreeSet<String>,
    edges: BTreeSet<String>,
}

impl Known {
    fn of(picture: &Picture) -> Known {
        let mut known = Known::default();
        known.add(picture, "");
        known
    }

    fn add(&mut self, picture: &Picture, prefix: &str) {
        let mut open: Vec<&diagram::State> = picture.states.iter().collect();
        while let Some(state) = open.pop() {
            self.states.insert(format!("{prefix}{}", state.id));
            open.extend(&state.states);
        }
        self.edges.extend(picture.edges.iter().map(|edge| format!("{prefix}{}", edge.id)));
        for child in &picture.children {
            self.add(&child.picture, &format!("{prefix}{}/", child.picture.id));
        }
    }

    /// The first name that is not in the picture.
    fn check(&self, overlay: &Overlay) -> Result<(), Words> {
        // What another version had may be gone from this one.
        let here = |(name, change): (&'_ String, &Change)| (*change != Change::Removed).then(|| name.clone());
        let marked = overlay.current.iter().chain(&overlay.visited).chain(overlay.counts.keys()).cloned();
        let states = marked.chain(overlay.changed_states.iter().filter_map(here));
        let edges = overlay.path.iter().cloned().chain(overlay.changed_edges.iter().filter_map(here));
        let found = states.map(|name| (name, &self.states)).chain(edges.map(|name| (name, &self.edges)));
        for (name, known) in found {
            if !known.contains(&name) {
                return Err(unknown_mark(&name, known));
            }
        }
        Ok(())
    }
}

fn unknown_mark(name: &str, known: &BTreeSet<String>) -> Words {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => words!(
            "图里没有 {name}；是不是 {near}？",
            "there is no `{name}` in the picture; did you mean `{near}`?"
        ),
        None => {
            let list: Vec<&str> = known.iter().map(String::as_str).take(12).collect();
            let list = list.join(", ");
            words!("图里没有 {name}；有：{list}", "there is no `{name}` in the picture; there are {list}")
        }
    }
}

fn draw(definition: &Definition, chart: Option<ChartIx>, format: &str, drawing: &Drawing) -> String {
    let lang = diagram_lang(drawing.lang);
    let picture = pictured(definition, chart);
    let one = chart.unwrap_or(ChartIx::MAIN);
    match format {
        "svg" => diagram::svg(&picture, &drawing.overlay, lang, &options(drawing)),
        "mermaid" => diagram::mermaid(&picture, lang),
        "dot" => diagram::dot(&picture, lang),
        "scxml" => diagram::scxml(definition, one),
        "xstate" => format!("{:#}\n", diagram::xstate(definition, one)),
        _ => diagram::text(&picture, &drawing.overlay, lang),
    }
}

fn options(drawing: &Drawing) -> Options {
    let mut options = Options::default();
    if let Some(above) = drawing.fold {
        options.folding = Folding { above, ..options.folding };
    }
    options
}

/// Marks from a file or from the argument itself.
fn overlay(given: &str, known: &Known, sources: &mut Sources) -> Result<Result<Overlay, Report>, Failure> {
    let (name, text) = if given.trim_start().starts_with('{') {
        ("--overlay".to_owned(), given.to_owned())
    } else {
        (given.to_owned(), files::read_text(&PathBuf::from(given))?)
    };
    let file = sources.add(name, &*text);
    let fault = |message: Words| {
        let advice = words!(
            "可用的键：current、visited、path、counts、changed_states、changed_edges",
            "the keys are current, visited, path, counts, changed_states, changed_edges"
        );
        let found = Diagnostic::new(codes::BAD_OVERLAY, Span::point(file, 0), message);
        Report::from_iter([found.advise(advice)])
    };
    let marks = match serde_json::from_str::<Json>(&text) {
        Ok(Json::Object(marks)) => marks,
        Ok(_) => return Ok(Err(fault(words!("标注要写成 JSON 对象", "marks are a JSON object")))),
        Err(error) => return Ok(Err(fault(words!("JSON 读不出来：{error}", "no JSON: {error}")))),
    };
    let checked = |overlay: Overlay| known.check(&overlay).map(|()| overlay);
    Ok(read_overlay(&marks).and_then(checked).map_err(fault))
}

fn read_overlay(marks: &Map<String, Json>) -> Result<Overlay, Words> {
    let mut overlay = Overlay::default();
    for (key, value) in marks {
        match key.as_str() {
            "current" => overlay.current = names(key, value)?,
            "visited" => overlay.visited = names(key, value)?,
            "path" => overlay.path = names(key, value)?,
            "counts" => {
                for (name, count) in object(key, value)? {
                    let count = count.as_u64().ok_or_else(|| {
                        words!("counts 里 {name} 要一个整数", "`{name}` in counts wants a whole number")
                    })?;
                    overlay.counts.insert(name.clone(), count);
                }
            }
            "changed_states" => overlay.changed_states = changes(key, value)?,
            "changed_edges" => overlay.changed_edges = changes(key, value)?,
            other => return Err(words!("不认识的键 {other}", "unknown key `{other}`")),
        }
    }
    Ok(overlay)
}

fn names(key: &str, value: &Json) -> Result<BTreeSet<String>, Words> {
    let list = value.as_array().map(|list| list.iter().map(|v| v.as_str().map(str::to_owned)));
    let all: Option<BTreeSet<String>> = list.and_then(Iterator::collect);
    all.ok_or_else(|| words!("{key} 要一个名字的列表", "`{key}` wants a list of names"))
}

fn object<'j>(key: &str, value: &'j Json) -> Result<&'j Map<String, Json>, Words> {
    value.as_object().ok_or_else(|| words!("{key} 要一个对象", "`{key}` wants an object"))
}

fn changes(key: &str, value: &Json) -> Result<std::collections::BTreeMap<String, Change>, Words> {
    let one = |(name, change): (&String, &Json)| {
        let change = match change.as_str() {
            Some("added") => Change::Added,
            Some("removed") => Change::Removed,
            Some("changed") => Change::Changed,
            _ => {
                return Err(words!(
                    "{key} 里 {name} 要 added、removed 或 changed",
                    "`{name}` in {key} wants added, removed or changed"
                ));
            }
        };
        Ok((name.clone(), change))
    };
    object(key, value)?.iter().map(one).collect()
}

/// The picture's word for a language.
pub fn diagram_lang(lang: Lang) -> diagram::Lang {
    match lang {
        Lang::Zh => diagram::Lang::Zh,
        Lang::En => diagram::Lang::En,
    }
}
