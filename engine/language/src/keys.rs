//! The keys of a document as one table: what is checked, explained, completed and given to editors.
//!
//! A [`Shape`] is static data. [`check_shape`] walks a tree along it and reports unknown and missing keys
//! and values of the wrong form; [`schema::json_schema`] makes a JSON Schema of it; [`explain::explain`]
//! prints the words for a path, and [`explain::keys_at`] gives what may be written there.

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix, Report};
use crate::span::Span;
use crate::suggest::nearest;
use crate::tree::{Key, Kind, Node, Tree};
use crate::words;
use crate::words::{Lang, Words};

pub mod explain;
mod forms;
pub mod schema;

/// The form a value has.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// A title: a text, or `{ zh, en }`.
    Title,
    /// A formula.
    Formula,
    /// A name of something of this kind (`state`, `role`).
    Name(&'static str),
    /// One of these words.
    OneOf(&'static [Word]),
    /// A number, with an optional unit such as `万元` or `%`.
    Number,
    /// `true` or `false`.
    Bool,
    /// A length of time with its unit, `5工作日`.
    Period,
    /// A date, `2026-01-01`.
    Date,
    /// A list of such values.
    List(&'static Shape),
    /// A map of keys.
    Map(&'static MapShape),
    /// Any of these forms: the first that fits is meant.
    Either(&'static [Shape]),
    /// Anything; looked at by whoever reads it.
    Any,
}

/// A word that may stand as a value.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// What it means, in English.
    pub en: &'static str,
}

/// A map: known keys, and perhaps entries under names the author chooses.
#[derive(Debug)]
pub struct MapShape {
    /// What such a map is called, in lower case; its name in the JSON Schema.
    pub name: &'static str,
    /// The known keys, in the order they are best written.
    pub keys: &'static [KeyShape],
    /// Entries under free names.
    pub open: Option<OpenShape>,
}

/// Entries under names the author chooses.
#[derive(Clone, Copy, Debug)]
pub struct OpenShape {
    /// What a name stands for (`state`), shown as `<state>`.
    pub kind: &'static str,
    /// The form of every entry.
    pub shape: Shape,
}

/// One known key.
#[derive(Clone, Copy, Debug)]
pub struct KeyShape {
    /// The key.
    pub name: &'static str,
    /// The form of its value.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it says, in Chinese.
    pub zh: &'static str,
    /// What it says, in English.
    pub en: &'static str,
    /// A line as it would be written.
    pub example: &'static str,
}

impl MapShape {
    /// The known key of this name.
    pub fn key(&self, name: &str) -> Option<&'static KeyShape> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// Reports everything in a tree that does not fit a shape.
pub fn check_tree(tree: &Tree, shape: &Shape) -> Report {
    check_shape(&tree.root, shape)
}

/// Reports everything in a value that does not fit a shape.
pub fn check_shape(node: &Node, shape: &Shape) -> Report {
    let mut report = Report::new();
    walk(node, shape, &mut report);
    report
}

fn walk(node: &Node, shape: &Shape, report: &mut Report) {
    match (shape, &node.kind) {
        (Shape::Any, _) => {}
        (_, Kind::Null) => report.push(missing_value(node, shape)),
        (Shape::Either(shapes), _) => either(node, shapes, report),
        (Shape::List(item), Kind::Seq(items)) => items.iter().for_each(|node| walk(node, item, report)),
        (Shape::Map(shape), Kind::Map(entries)) => map(node, entries, shape, report),
        (Shape::Title, Kind::Map(entries)) => title(node, entries, report),
        (_, Kind::Scalar(scalar)) if shape.is_scalar() => {
            if let Some(found) = forms::fault(shape, node.span, &scalar.text) {
                report.push(found);
            }
        }
        _ => report.push(wrong_type(node, shape)),
    }
}

/// Checks along the one form that fits the kind of value; among several, along the one with least to say.
fn either(node: &Node, shapes: &[Shape], report: &mut Report) {
    let mut best: Option<(usize, Report)> = None;
    for shape in shapes.iter().filter(|shape| shape.takes(&node.kind)) {
        let found = check_shape(node, shape);
        let errors = found.counts().errors;
        if best.as_ref().is_none_or(|(least, _)| errors < *least) {
            best = Some((errors, found));
        }
        if errors == 0 {
            break;
        }
    }
    match best {
        Some((_, best)) => report.append(best),
        None => report.push(wrong_type(node, &Shape::Either(&[])).advise(expected(shapes))),
    }
}

fn map(node: &Node, entries: &[(Key, Node)], shape: &MapShape, report: &mut Report) {
    for (key, value) in entries {
        match (shape.key(&key.text), &shape.open) {
            (Some(known), _) => walk(value, &known.shape, report),
            (None, Some(open)) => walk(value, &open.shape, report),
            (None, None) => report.push(unknown_key(key, entries, shape)),
        }
    }
    let written = |name: &str| entries.iter().any(|(key, _)| key.text == name);
    for key in shape.keys.iter().filter(|key| key.required && !written(key.name)) {
        let name = key.name;
        report.push(
            Diagnostic::new(
                codes::MISSING_KEY,
                beginning(node, entries),
                Words::new(
                    format!("缺少必填的键 `{name}`（{}）", key.zh),
                    format!("the required key `{name}` is missing ({})", key.en),
                ),
            )
            .label(words!("这里要有 `{name}`", "needs `{name}`"))
            .advise(words!("例：{}", "example: {}", key.example)),
        );
    }
}

/// A map is shown at its first key, not over all its lines.
fn beginning(node: &Node, entries: &[(Key, Node)]) -> Span {
    entries.first().map_or(node.span, |(key, _)| key.span)
}

fn unknown_key(key: &Key, entries: &[(Key, Node)], shape: &MapShape) -> Diagnostic {
    let name = &key.text;
    let unwritten = shape.keys.iter().map(|known| known.name);
    let unwritten = unwritten.filter(|known| !entries.iter().any(|(key, _)| key.text == *known));
    let near = nearest(name, unwritten);
    let known: Vec<&str> = shape.keys.iter().map(|key| key.name).collect();
    let known = known.join(", ");
    let found =
        Diagnostic::new(codes::UNKNOWN_KEY, key.span, words!("不认识的键 `{name}`", "unknown key `{name}`"))
            .label(words!("这里没有这个键", "not a key here"))
            .advise(words!("可用的键：{known}", "known keys: {known}"));
    match near {
        Some(near) => {
            let title = words!("是不是 `{near}`？", "did you mean `{near}`?");
            found.fix(Fix::certain(title).replace(key.span, near))
        }
        None => found,
    }
}

fn missing_value(node: &Node, shape: &Shape) -> Diagnostic {
    Diagnostic::new(codes::MISSING_VALUE, node.span, words!("键后面没有写值", "the key has no value"))
        .label(words!("缺少值", "a value is missing"))
        .advise(expected(std::slice::from_ref(shape)))
}

fn wrong_type(node: &Node, shape: &Shape) -> Diagnostic {
    let found = node.noun();
    let span = match &node.kind {
        Kind::Map(entries) => beginning(node, entries),
        _ => node.span,
    };
    let report = Diagnostic::new(
        codes::WRONG_TYPE,
        span,
        Words::new(format!("这里不能写{}", found.zh), format!("{} does not fit here", found.en)),
    )
    .label(Words::new(format!("写的是{}", found.zh), format!("this is {}", found.en)));
    match shape {
        Shape::Either([]) => report,
        shape => report.advise(expected(std::slice::from_ref(shape))),
    }
}

/// "Write a list of names of roles".
fn expected(shapes: &[Shape]) -> Words {
    let nouns: Vec<Words> = shapes.iter().map(Shape::noun).collect();
    let join = |lang, or: &str| nouns.iter().map(|noun| noun.get(lang)).collect::<Vec<_>>().join(or);
    Words::new(format!("应写{}", join(Lang::Zh, "，或")), format!("expected {}", join(Lang::En, ", or ")))
}

/// `{ zh: …, en: … }`: both languages, nothing else.
fn title(node: &Node, entries: &[(Key, Node)], report: &mut Report) {
    for (key, value) in entries {
        match key.text.as_str() {
            "zh" | "en" => walk(value, &Shape::Text, report),
            _ => report.push(unknown_key(key, entries, &TITLE)),
        }
    }
    for (lang, name) in [("zh", Words::new("中文", "Chinese")), ("en", Words::new("英文", "English"))] {
        if node.get(lang).is_none() {
            let message = Words::new(format!("标题缺少{}", name.zh), format!("the title lacks {}", name.en));
            report.push(
                Diagnostic::new(codes::MISSING_LANGUAGE, beginning(node, entries), message)
                    .advise(words!("补上 `{lang}: …`", "add `{lang}: …`")),
            );
        }
    }
}

/// The map form of a title.
pub(crate) static TITLE: MapShape = MapShape {
    name: "title",
    keys: &[
        KeyShape {
            name: "zh",
            shape: Shape::Text,
            required: false,
            zh: "中文标题",
            en: "title in Chinese",
            example: "zh: 开放认领",
        },
        KeyShape {
            name: "en",
            shape: Shape::Text,
            required: false,
            zh: "英文标题",
            en: "title in English",
            example: "en: Open for claims",
        },
    ],
    open: None,
};

/// A finding about a value written in the wrong way.
fn bad_value(code: Code, span: Span, message: Words) -> Diagnostic {
    Diagnostic::new(code, span, message)
}
