//! A city's profile in force: the processes it names, with its values written into their texts, so that what is
//! stored says by itself under which numbers it runs.

use std::path::{Path, PathBuf};

use language::source::Sources;
use language::tree::{Kind, Node, Style};
use language::words;

use crate::embedded;
use crate::exit::{Exit, Failure};
use crate::files;

/// Texts of processes by the name they are shown under.
pub type Texts = Vec<(String, String)>;

/// Where policies are read: a folder, or inside the program.
enum Shelf<'s> {
    Folder(&'s Path),
    Inside,
}

impl Shelf<'_> {
    /// A file below `workflows/`, with the name it is shown under.
    fn text(&self, path: &str) -> Result<Option<(String, String)>, Failure> {
        match self {
            Shelf::Folder(folder) => {
                let whole = folder.join(path);
                let there = whole.is_file();
                there.then(|| Ok((whole.display().to_string(), files::read_text(&whole)?))).transpose()
            }
            Shelf::Inside => {
                let found = embedded::WORKFLOWS.iter().find(|(own, _)| *own == path);
                Ok(found.map(|(own, text)| (format!("workflows/{own}"), (*text).to_owned())))
            }
        }
    }

    /// The cities there are.
    fn cities(&self) -> Vec<String> {
        let city = |path: &str| Some(path.strip_prefix("profiles/")?.split('/').next()?.to_owned());
        let mut all: Vec<String> = match self {
            Shelf::Inside => embedded::WORKFLOWS.iter().filter_map(|(path, _)| city(path)).collect(),
            Shelf::Folder(folder) => {
                let entries = std::fs::read_dir(folder.join("profiles")).into_iter().flatten();
                entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
            }
        };
        all.sort();
        all.dedup();
        all
    }
}

/// The processes of a city, by its name or by the path of its profile; policies are read in `workflows`, or inside the
/// program.
///
/// # Errors
/// There is no such city, or it names a process or a parameter that is not there.
pub fn texts(named: &str, workflows: Option<&Path>) -> Result<Texts, Failure> {
    let shelf = workflows.map_or(Shelf::Inside, Shelf::Folder);
    let (shown, text) = profile(named, &shelf)?;
    let (root, source) = tree(&shown, &text)?;
    let since = root.get("since").and_then(Node::as_text).unwrap_or("0001-01-01");
    let basis = root.get("basis").and_then(Node::as_text);
    let mut all = Vec::new();
    for (key, node) in root.get("processes").and_then(Node::as_map).unwrap_or_default() {
        let process = &key.text;
        let path = format!("{}/workflow.yaml", process.replace('_', "-"));
        let (name, text) = shelf.text(&path)?.ok_or_else(|| {
            let failure =
                words!("{shown} 里的流程 {process} 没有定义", "{shown} names {process}, which is not there");
            Failure::new(Exit::Found, failure)
        })?;
        let overrides: Vec<Override> = node
            .as_map()
            .unwrap_or_default()
            .iter()
            .map(|(key, node)| Override::of(&key.text, node, &source, since, basis))
            .collect();
        all.push((name.clone(), laid_over(&name, &text, &overrides)?));
    }
    Ok(all)
}

fn profile(named: &str, shelf: &Shelf<'_>) -> Result<(String, String), Failure> {
    let path = PathBuf::from(named);
    if path.is_file() {
        return Ok((named.to_owned(), files::read_text(&path)?));
    }
    if let Some(found) = shelf.text(&format!("profiles/{named}/profile.yaml"))? {
        return Ok(found);
    }
    let cities = shelf.cities();
    let all = cities.join(", ");
    let failure = Failure::usage(words!("没有城市 {named}", "there is no city {named}"));
    Err(match language::suggest::nearest(named, cities.iter().map(String::as_str)) {
        Some(near) => {
            failure.advise(words!("是不是 {near}？有这些：{all}", "did you mean {near}? there are {all}"))
        }
        None => failure.advise(words!("有这些：{all}", "there are {all}")),
    })
}

/// A text as a tree, with the text that its places point into.
fn tree(name: &str, text: &str) -> Result<(Node, String), Failure> {
    let mut sources = Sources::new();
    let reading = language::read(&mut sources, name, text.as_bytes());
    if let Some(tree) = reading.tree.filter(|_| !reading.report.has_errors()) {
        let source = sources.text(tree.file).to_owned();
        return Ok((tree.root, source));
    }
    let told = |lang| {
        let look = language::render::Look { lang, ..language::render::Look::default() };
        language::render::human(&reading.report, &sources, look)
    };
    let (zh, en) = (told(language::words::Lang::Zh), told(language::words::Lang::En));
    Err(Failure::new(Exit::Found, words!("{name} 有错\n{zh}", "{name} has errors\n{en}")))
}

/// Values of one parameter: from which day, and how it is written.
struct Override {
    parameter: String,
    values: Vec<(String, String)>,
}

impl Override {
    /// One value, a value with its basis, or values by date.
    fn of(parameter: &str, node: &Node, source: &str, since: &str, basis: Option<&str>) -> Override {
        let own = node.get("basis").and_then(Node::as_text).or(basis);
        let one = |value: &Node| {
            let written = written(value, source);
            match own {
                Some(basis) => format!("{{ value: {written}, basis: {} }}", quoted(basis)),
                None => written,
            }
        };
        let values = match node.get("values").and_then(Node::as_map) {
            Some(dated) => dated
                .iter()
                .map(|(day, value)| (day.text.clone(), one(value.get("value").unwrap_or(value))))
                .collect(),
            None => vec![(since.to_owned(), one(node.get("value").unwrap_or(node)))],
        };
        Override { parameter: parameter.to_owned(), values }
    }
}

/// A value as it was written, safe within braces.
fn written(node: &Node, source: &str) -> String {
    match &node.kind {
        Kind::Scalar(scalar)
            if scalar.style == Style::Plain && scalar.text.contains([',', '{', '}', '[', ']', '#', ':']) =>
        {
            quoted(&scalar.text)
        }
        Kind::Scalar(scalar) if scalar.style == Style::Block => quoted(&scalar.text),
        Kind::Seq(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, source)).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(&key.text), written(value, source)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        _ => source.get(node.span.range()).unwrap_or_default().to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A process's text with other values: those of the process hold until the first day of the city's.
fn laid_over(name: &str, text: &str, overrides: &[Override]) -> Result<String, Failure> {
    let (root, source) = tree(name, text)?;
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for over in overrides {
        let parameter = &over.parameter;
        let values = root.at(&["parameters", parameter, "values"]);
        let Some((values, own)) = values.and_then(|node| Some((node, node.as_map()?))) else {
            let failure = words!("{name} 没有参数 {parameter}", "{name} has no parameter {parameter}");
            return Err(Failure::new(Exit::Found, failure));
        };
        let first = over.values.first().map(|(day, _)| day.as_str()).unwrap_or_default();
        // Days are written so that their texts have the order of time.
        let before = own.iter().filter(|(day, _)| day.text.as_str() < first);
        let before = before.map(|(day, value)| format!("{}: {}", day.text, written(value, &source)));
        let after = over.values.iter().map(|(day, value)| format!("{day}: {value}"));
        let all: Vec<String> = before.chain(after).collect();
        changes.push((values.span.range(), format!("{{ {} }}", all.join(", "))));
    }
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut laid = source;
    for (range, values) in changes {
        // A block of lines ends with a line's end; braces do not.
        let block = laid.get(range.clone()).is_some_and(|old| old.ends_with('\n'));
        laid.replace_range(range, &if block { values + "\n" } else { values });
    }
    Ok(laid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_city_inside_the_program_compiles_with_its_values() {
        for city in Shelf::Inside.cities() {
            let all = texts(&city, None).unwrap_or_else(|failure| panic!("{city}: {failure:?}"));
            assert!(!all.is_empty(), "{city}");
            for (name, text) in all {
                let mut sources = Sources::new();
                let compiled = language::compile(&mut sources, &name, text.as_bytes());
                let told =
                    language::render::human(&compiled.report, &sources, language::render::Look::default());
                assert!(compiled.definition.is_some(), "{city}: {told}");
            }
        }
    }

    #[test]
    fn the_values_of_a_process_hold_until_the_first_day_of_the_citys() {
        let text = "parameters:\n  slots:\n    values: { 2015-12-01: 3, 2020-01-01: 5 }\n  days:\n    values:\n      2015-12-01: 5天\n";
        let over = |parameter: &str, day: &str, value: &str| Override {
            parameter: parameter.to_owned(),
            values: vec![(day.to_owned(), value.to_owned())],
        };
        let laid =
            laid_over("a", text, &[over("slots", "2019-09-01", "1"), over("days", "2015-12-01", "48小时")]);
        let wanted = "parameters:\n  slots:\n    values: { 2015-12-01: 3, 2019-09-01: 1 }\n  days:\n    values:\n      { 2015-12-01: 48小时 }\n";
        assert_eq!(laid.map(|text| text.trim_end().to_owned()), Ok(wanted.trim_end().to_owned()));
        assert!(laid_over("a", text, &[over("nothing", "2015-12-01", "1")]).is_err());
    }
}
