//! Reading `platform.yaml`, or everything that is wrong with it.

use expr::formula::{Formula, FormulaError, Mode, Scope, compile};
use expr::value::Type;
use language::codes::{self, Code};
use language::diagnostic::{Diagnostic, Fix, Report};
use language::keys::check_tree;
use language::process::formula_code;
use language::rules::{Book, List};
use language::source::Sources;
use language::span::Span;
use language::suggest::nearest;
use language::tree::{Key, Node};
use language::words::{Lang, Words};
use language::{render, shape, words};

use super::{Column, Lookup, Platform, PlatformSet, READ, Source};
use crate::exit::{Exit, Failure};

impl Platform {
    /// Reads `platform.yaml` and stops at what is wrong with it.
    ///
    /// # Errors
    /// Everything that is wrong with it, as `charter check` says it.
    pub fn read(name: &str, text: &[u8], book: &Book) -> Result<Platform, Failure> {
        let mut sources = Sources::new();
        let (platform, report) = Platform::compile(&mut sources, name, text, book);
        if !report.has_errors() {
            return Ok(platform);
        }
        let told = |lang| render::human(&report, &sources, render::Look { lang, ..render::Look::default() });
        let (zh, en) = (told(Lang::Zh), told(Lang::En));
        Err(Failure::new(Exit::Found, words!("{name} 有错：\n{zh}", "{name} has errors:\n{en}")))
    }

    /// Reads `platform.yaml`, its text into `sources`.
    pub fn compile(sources: &mut Sources, name: &str, text: &[u8], book: &Book) -> (Platform, Report) {
        let reading = language::read(sources, name, text);
        let mut platform = Platform { lookups: vec![], sets: vec![] };
        let Some(tree) = &reading.tree else { return (platform, reading.report) };
        let mut report = reading.report;
        report.append(check_tree(tree, &shape::PLATFORM));
        let mut reader = Reader { sources, report };
        let scope = scope(&[]);
        for (key, node) in entries(tree.root.get("lookups")) {
            platform.lookups.extend(reader.lookup(&key.text, node, &scope));
        }
        let names: Vec<&str> = platform.lookups.iter().map(|lookup| lookup.name.as_str()).collect();
        let whole = self::scope(&names);
        for (key, node) in entries(tree.root.get("sets")) {
            platform.sets.extend(reader.set(key, node, &whole, book));
        }
        (platform, reader.report)
    }
}

fn scope(lookups: &[&str]) -> Scope {
    let mut scope = Scope::new();
    for name in READ.iter().chain(lookups) {
        scope.variable(name, Type::Any);
    }
    scope
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (&Key, &Node)> {
    let all = node.and_then(Node::as_map).unwrap_or_default();
    all.iter().map(|(key, node)| (key, node))
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_text).map(str::to_owned)
}

/// The texts of a list, each with its place.
fn texts(node: Option<&Node>) -> Vec<(&str, Span)> {
    let items = node.and_then(Node::as_seq).unwrap_or_default();
    items.iter().filter_map(|item| Some((item.as_text()?, item.span))).collect()
}

/// What is wrong so far. Missing keys are told by the shape.
struct Reader<'s> {
    sources: &'s Sources,
    report: Report,
}

impl Reader<'_> {
    fn formula(&mut self, node: Option<&Node>, scope: &Scope) -> Option<Formula> {
        let node = node?;
        match compile(node.as_text()?, scope, Mode::Feel) {
            Ok(formula) => Some(formula),
            Err(errors) => {
                for FormulaError { code, span, message, advice, .. } in errors {
                    let at = node.locate(self.sources, span);
                    let found = Diagnostic::new(formula_code(code), at, Words::new(message.zh, message.en));
                    let advice = advice.map(|advice| Words::new(advice.zh, advice.en));
                    self.report.push(advice.into_iter().fold(found, Diagnostic::advise));
                }
                None
            }
        }
    }

    /// A name the settlement does not have, with the one that was perhaps meant.
    fn unknown<'k>(
        &mut self,
        code: Code,
        (name, at): (&str, Span),
        known: impl Iterator<Item = &'k str>,
        what: Words,
    ) {
        let fix = nearest(name, known).map(|near| {
            Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(at, near)
        });
        self.report.push(Diagnostic::new(code, at, what).maybe_fix(fix));
    }

    fn lookup(&mut self, name: &str, node: &Node, scope: &Scope) -> Option<Lookup> {
        let key = self.formula(node.get("key"), scope);
        let by = self.formula(node.get("by"), scope);
        Some(Lookup { name: name.to_owned(), process: text(node, "process")?, key: key?, by: by? })
    }

    fn set(&mut self, key: &Key, node: &Node, scope: &Scope, book: &Book) -> Option<PlatformSet> {
        let name = &key.text;
        let Some(list) = book.list(name).filter(|list| *list < book.sets) else {
            let known = book.lists[..book.sets].iter().map(|list| &*list.name);
            let what = words!("结算没有数据表 `{name}`", "the settlement has no set `{name}`");
            self.unknown(codes::UNKNOWN_LIST, (name, key.span), known, what);
            return None;
        };
        let of = &book.lists[list];
        let key = self.columns(of, texts(node.get("key")));
        let sources = node.get("from").and_then(Node::as_seq).unwrap_or_default();
        let from = sources.iter().filter_map(|source| self.source(of, source, scope)).collect();
        Some(PlatformSet { list, key, from })
    }

    /// The places of columns in a list; names it does not have are told.
    fn columns(&mut self, list: &List, names: Vec<(&str, Span)>) -> Vec<usize> {
        let mut places = Vec::new();
        for (column, at) in names {
            match list.column(column) {
                Some(place) => places.push(place),
                None => {
                    let name = &list.name;
                    let known = list.columns.iter().map(|column| &*column.name);
                    let what = words!("`{name}` 没有列 `{column}`", "`{name}` has no column `{column}`");
                    self.unknown(codes::UNKNOWN_LIST_COLUMN, (column, at), known, what);
                }
            }
        }
        places
    }

    fn source(&mut self, list: &List, node: &Node, scope: &Scope) -> Option<Source> {
        let on = self.formula(node.get("on"), scope);
        let mut columns = Vec::new();
        for (key, cell) in entries(node.get("columns")) {
            let places = self.columns(list, vec![(&key.text, key.span)]);
            let column = match (cell.get("count"), cell.get("first")) {
                (Some(of), _) => Some(Column::Count(self.columns(list, texts(Some(of))))),
                (None, Some(of)) => Some(Column::First(self.columns(list, texts(Some(of))))),
                (None, None) => self.formula(Some(cell), scope).map(Column::Formula),
            };
            columns.extend(places.into_iter().zip(column));
        }
        let process = text(node, "process")?;
        Some(Source { process, child: text(node, "child"), outcome: text(node, "outcome"), on, columns })
    }
}
