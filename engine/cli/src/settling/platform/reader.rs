//! Reading `platform.yaml`, or everything that is wrong with it.

use expr::formula::{Formula, Mode, Scope, compile};
use expr::value::Type;
use language::rules::{Book, List};
use language::source::Sources;
use language::tree::Node;
use language::words;
use language::words::Words;

use super::{Column, Lookup, Platform, PlatformSet, READ, Source};
use crate::exit::{Exit, Failure};

struct Reader {
    wrong: Vec<Words>,
}

impl Platform {
    /// Reads `platform.yaml`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(name: &str, text: &[u8], book: &Book) -> Result<Platform, Failure> {
        let mut sources = Sources::new();
        let reading = language::read(&mut sources, name, text);
        let mut reader = Reader { wrong: vec![] };
        if reading.report.has_errors() {
            let told = language::render::human(&reading.report, &sources, language::render::Look::default());
            reader.wrong.push(Words::new(told.clone(), told));
        }
        let mut platform = Platform { lookups: vec![], sets: vec![] };
        if let Some(tree) = &reading.tree {
            let scope = scope(&[]);
            for (key, node) in entries(tree.root.get("lookups")) {
                platform.lookups.extend(reader.lookup(&key, node, &scope));
            }
            let names: Vec<&str> = platform.lookups.iter().map(|lookup| lookup.name.as_str()).collect();
            let whole = self::scope(&names);
            for (key, node) in entries(tree.root.get("sets")) {
                platform.sets.extend(reader.set(&key, node, &whole, book));
            }
        }
        if reader.wrong.is_empty() {
            return Ok(platform);
        }
        let (zh, en): (Vec<String>, Vec<String>) = reader.wrong.into_iter().map(|w| (w.zh, w.en)).unzip();
        let (zh, en) = (zh.join("\n  "), en.join("\n  "));
        Err(Failure::new(Exit::Found, words!("{name} 有错：\n  {zh}", "{name} has errors:\n  {en}")))
    }
}

fn scope(lookups: &[&str]) -> Scope {
    let mut scope = Scope::new();
    for name in READ.iter().chain(lookups) {
        scope.variable(name, Type::Any);
    }
    scope
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (String, &Node)> {
    let all = node.and_then(Node::as_map).unwrap_or_default();
    all.iter().map(|(key, node)| (key.text.clone(), node))
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_text).map(str::to_owned)
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let items = node.and_then(Node::as_seq).unwrap_or_default();
    items.iter().filter_map(Node::as_text).map(str::to_owned).collect()
}

impl Reader {
    fn say(&mut self, words: Words) {
        self.wrong.push(words);
    }

    fn formula(&mut self, place: &str, text: Option<String>, scope: &Scope) -> Option<Formula> {
        let Some(text) = text else {
            self.say(words!("{place} 缺一个公式", "{place} lacks a formula"));
            return None;
        };
        match compile(&text, scope, Mode::Feel) {
            Ok(formula) => Some(formula),
            Err(errors) => {
                for error in errors {
                    let (zh, en) = (error.message.zh, error.message.en);
                    self.say(words!("{place} 的公式 {text}：{zh}", "{place}, `{text}`: {en}"));
                }
                None
            }
        }
    }

    fn lookup(&mut self, name: &str, node: &Node, scope: &Scope) -> Option<Lookup> {
        let key = self.formula(&format!("{name}.key"), text(node, "key"), scope)?;
        let by = self.formula(&format!("{name}.by"), text(node, "by"), scope)?;
        let process = text(node, "process").unwrap_or_default();
        Some(Lookup { name: name.to_owned(), process, key, by })
    }

    fn set(&mut self, name: &str, node: &Node, scope: &Scope, book: &Book) -> Option<PlatformSet> {
        let Some(list) = book.list(name).filter(|list| *list < book.sets) else {
            self.say(words!("结算没有数据表 {name}", "the settlement has no set {name}"));
            return None;
        };
        let of = &book.lists[list];
        let key = self.columns(of, texts(node.get("key")));
        let sources = node.get("from").and_then(Node::as_seq).unwrap_or_default();
        let from = sources.iter().map(|source| self.source(of, source, scope)).collect();
        Some(PlatformSet { list, key, from })
    }

    /// The places of columns in a list; names it does not have are told.
    fn columns(&mut self, list: &List, names: Vec<String>) -> Vec<usize> {
        let mut places = Vec::new();
        for column in names {
            match list.column(&column) {
                Some(at) => places.push(at),
                None => {
                    let name = &list.name;
                    self.say(words!("{name} 没有列 {column}", "{name} has no column {column}"));
                }
            }
        }
        places
    }

    fn source(&mut self, list: &List, node: &Node, scope: &Scope) -> Source {
        let set = &list.name;
        let on = text(node, "on").and_then(|on| self.formula(&format!("{set}.on"), Some(on), scope));
        let mut columns = Vec::new();
        for (name, cell) in entries(node.get("columns")) {
            let places = self.columns(list, vec![name.clone()]);
            let column = match (cell.get("count"), cell.get("first")) {
                (Some(of), _) => Some(Column::Count(self.columns(list, texts(Some(of))))),
                (None, Some(of)) => Some(Column::First(self.columns(list, texts(Some(of))))),
                (None, None) => {
                    let written = cell.as_text().map(str::to_owned);
                    self.formula(&format!("{set}.{name}"), written, scope).map(Column::Formula)
                }
            };
            columns.extend(places.into_iter().zip(column));
        }
        let process = text(node, "process").unwrap_or_default();
        Source { process, child: text(node, "child"), outcome: text(node, "outcome"), on, columns }
    }
}
