//! Picking pieces out of a tree. A piece of the wrong form counts as absent: the shape check reports it.

use machine::ids::{Bilingual, Name};

use crate::span::Span;
use crate::tree::{Key, Kind, Node};

/// The entries of the map under a key; none when there is no such map.
pub(crate) fn entries<'t>(node: &'t Node, key: &str) -> &'t [(Key, Node)] {
    node.get(key).and_then(Node::as_map).unwrap_or_default()
}

/// The items of a list, or the one value that stands in its place.
pub(crate) fn one_or_many(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        Kind::Null => &[],
        Kind::Scalar(_) | Kind::Map(_) => std::slice::from_ref(node),
    }
}

/// The same for the value under a key.
pub(crate) fn many<'t>(node: &'t Node, key: &str) -> &'t [Node] {
    node.get(key).map(one_or_many).unwrap_or_default()
}

/// The text under a key, with its place.
pub(crate) fn text<'t>(node: &'t Node, key: &str) -> Option<(&'t str, Span)> {
    let value = node.get(key)?;
    Some((value.as_text()?, value.span))
}

/// The text under a key as a name.
pub(crate) fn name(node: &Node, key: &str) -> Option<Name> {
    text(node, key).map(|(text, _)| text.into())
}

/// Whether `true` stands under a key.
pub(crate) fn flag(node: &Node, key: &str) -> bool {
    text(node, key).is_some_and(|(text, _)| text == "true")
}

/// The words of a `title`; the name when there are none.
pub(crate) fn title(node: &Node, name: &str) -> Bilingual {
    node.get("title").map_or_else(|| Bilingual::new(name, name), |title| words(title, name))
}

/// `{ zh, en }`, or one text for both languages.
pub(crate) fn words(node: &Node, name: &str) -> Bilingual {
    if let Some(text) = node.as_text() {
        return Bilingual::new(text, text);
    }
    let get = |lang| text(node, lang).map(|(text, _)| text);
    let zh = get("zh").or(get("en")).unwrap_or(name);
    Bilingual::new(zh, get("en").unwrap_or(zh))
}

/// The words of a choice under `of`: a list, or the keys of a map of titles.
pub(crate) fn choices(node: &Node) -> Vec<&str> {
    match node.get("of").map(|of| &of.kind) {
        Some(Kind::Map(titled)) => titled.iter().map(|(key, _)| key.text.as_str()).collect(),
        _ => many(node, "of").iter().filter_map(Node::as_text).collect(),
    }
}
