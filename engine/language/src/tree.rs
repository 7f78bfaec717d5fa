//! A YAML text as a tree of plain pieces: every scalar is the text somebody wrote, with its place.
//!
//! Nothing is guessed here: `0123`, `no`, `12:30` and `12345678901234567890.12` are texts. What a text
//! means is decided by whoever knows which key it stands under.

use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::words::Words;
use std::ops::Range;

mod offsets;

/// A whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The file it was read from.
    pub file: FileId,
    /// The outermost value: [`Kind::Null`] for an empty text.
    pub root: Node,
}

/// A value and the bytes it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The bytes of the value, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing written: `key:` and no more. (`null` and `~` are texts.)
    Null,
    /// A text.
    Scalar(Scalar),
    /// A list, `- a` or `[a]`.
    Seq(Vec<Node>),
    /// Keys and values in the order written. Keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A text and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text: as written when plain, without quotes and escapes when quoted.
    pub text: String,
    /// How it was written.
    pub style: Style,
}

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'…'` or `"…"`.
    Quoted,
    /// As a block after `|` or `>`.
    Block,
}

/// A key of a map. Always a text; its place includes quotes if there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

impl Node {
    /// The text of a scalar, however it was written.
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar().map(|scalar| scalar.text.as_str())
    }

    /// The scalar, with its style.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => None,
        }
    }

    /// The items of a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Seq(items) => Some(items),
            Kind::Null | Kind::Scalar(_) | Kind::Map(_) => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&[(Key, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Null | Kind::Scalar(_) | Kind::Seq(_) => None,
        }
    }

    /// Whether nothing is written.
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entry under a key of a map.
    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.as_map()?.iter().find(|(name, _)| name.text == key)
    }

    /// The node at a path of keys and list positions (`["states", "open", "on"]`).
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match &node.kind {
            Kind::Map(_) => node.get(step),
            Kind::Seq(items) => items.get(step.parse::<usize>().ok()?),
            Kind::Null | Kind::Scalar(_) => None,
        })
    }

    /// What a person would call this value, for sentences such as "expected a list, found a text".
    pub fn noun(&self) -> Words {
        match &self.kind {
            Kind::Null => Words::new("空值", "nothing"),
            Kind::Scalar(_) => Words::new("文字", "a text"),
            Kind::Seq(_) => Words::new("列表", "a list"),
            Kind::Map(_) => Words::new("一组“键: 值”", "a map of keys"),
        }
    }

    /// Whether two values say the same, wherever and however they are written.
    pub fn says_same(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Scalar(one), Kind::Scalar(two)) => one.text == two.text,
            (Kind::Seq(one), Kind::Seq(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.says_same(two))
            }
            (Kind::Map(one), Kind::Map(two)) => {
                one.len() == two.len()
                    && one
                        .iter()
                        .zip(two)
                        .all(|(one, two)| one.0.text == two.0.text && one.1.says_same(&two.1))
            }
            _ => false,
        }
    }

    /// Where the bytes `range` of this scalar's text stand in the file: exact for plain, quoted and block
    /// texts, escapes and indentation counted. Use it to point into a formula or a table cell.
    pub fn locate(&self, sources: &Sources, range: Range<usize>) -> Span {
        match &self.kind {
            Kind::Scalar(scalar) => offsets::locate(sources.slice(self.span), self.span, scalar, range),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => self.span,
        }
    }
}
