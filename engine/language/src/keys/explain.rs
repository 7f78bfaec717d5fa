//! The words for a key: `charter explain states.deadline`, completion and hovering.

use std::collections::VecDeque;

use super::{KeyShape, MapShape, Shape};
use crate::suggest::nearest;
use crate::words;
use crate::words::{Lang, Words};

/// A key found along a path, with the path as it would be written in a reference.
struct Found {
    path: String,
    shape: Shape,
    key: Option<&'static KeyShape>,
}

/// The text for a path such as `states.open.deadline`; names the author chooses may be written or left
/// out. Nothing is found: the words say which keys there are, and which was perhaps meant.
///
/// # Errors
/// What to say when the path leads nowhere.
pub fn explain(root: &Shape, path: &str, lang: Lang) -> Result<String, Words> {
    let found = find(root, path)?;
    let mut out = format!("{}   {}", found.path, found.shape.noun().get(lang));
    if found.key.is_some_and(|key| key.required) {
        out.push_str(Words::new("，必填", ", required").get(lang));
    }
    out.push('\n');
    if let Some(key) = found.key {
        out.push_str(&format!("  {}\n", Words::new(key.zh, key.en).get(lang)));
        out.push_str(&format!("  {}  {}\n", Words::new("例", "e.g.").get(lang), key.example));
    }
    if let Shape::OneOf(words) = found.shape {
        words.iter().for_each(|word| {
            out.push_str(&format!("  {:<14} {}\n", word.word, Words::new(word.zh, word.en).get(lang)))
        });
    }
    for key in keys_of(&found.shape) {
        out.push_str(&format!(
            "  {:<14} {}\n",
            format!("{}:", key.name),
            Words::new(key.zh, key.en).get(lang)
        ));
    }
    Ok(out)
}

/// The keys that may be written in the map at a path, for completion.
pub fn keys_at(root: &Shape, path: &str) -> Vec<&'static KeyShape> {
    find(root, path).map(|found| keys_of(&found.shape)).unwrap_or_default()
}

/// Every key a document can have, by its path, the shortest paths first. A map that may stand in several
/// places, or inside itself, is followed where it is met first.
pub fn every_key(root: &Shape) -> Vec<(String, &'static KeyShape)> {
    let mut all = Vec::new();
    let mut seen: Vec<&'static MapShape> = Vec::new();
    let mut waiting = VecDeque::from([(String::new(), *root)]);
    while let Some((path, shape)) = waiting.pop_front() {
        for map in maps_of(&shape) {
            if seen.iter().any(|known| std::ptr::eq(*known, map)) {
                continue;
            }
            seen.push(map);
            let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for key in map.keys {
                all.push((join(key.name), key));
                waiting.push_back((join(key.name), key.shape));
            }
            if let Some(open) = map.open {
                waiting.push_back((join(&format!("<{}>", open.kind)), open.shape));
            }
        }
    }
    all
}

fn find(root: &Shape, path: &str) -> Result<Found, Words> {
    let mut found = Found { path: String::new(), shape: *root, key: None };
    for step in path.split('.').filter(|step| !step.is_empty()) {
        found = step_into(&found, step).ok_or_else(|| lost(&found, step))?;
    }
    Ok(found)
}

fn step_into(from: &Found, step: &str) -> Option<Found> {
    let maps = maps_of(&from.shape);
    let join =
        |name: &str| if from.path.is_empty() { name.to_owned() } else { format!("{}.{name}", from.path) };
    if let Some(key) = maps.iter().find_map(|map| map.key(step)) {
        return Some(Found { path: join(key.name), shape: key.shape, key: Some(key) });
    }
    let open = maps.iter().find_map(|map| map.open)?;
    let entry = Found { path: join(&format!("<{}>", open.kind)), shape: open.shape, key: None };
    // The author's name may be left out: `states.deadline`.
    if maps_of(&entry.shape).iter().any(|map| map.key(step).is_some()) {
        return step_into(&entry, step);
    }
    Some(entry)
}

fn lost(from: &Found, step: &str) -> Words {
    let known: Vec<&str> = keys_of(&from.shape).iter().map(|key| key.name).collect();
    let place = if from.path.is_empty() {
        Words::new("最外层", "the outermost level")
    } else {
        words!("`{}`", "`{}`", from.path)
    };
    let zh = format!("{}没有 `{step}`", place.zh);
    let en = format!("{} has no `{step}`", place.en);
    match nearest(step, known.iter().copied()) {
        Some(near) => Words::new(format!("{zh}；是不是 `{near}`？"), format!("{en}; did you mean `{near}`?")),
        None if known.is_empty() => Words::new(zh, en),
        None => {
            let known = known.join(", ");
            Words::new(format!("{zh}；可用的键：{known}"), format!("{en}; known keys: {known}"))
        }
    }
}

/// The maps a value of this form may be, or hold as items.
fn maps_of(shape: &Shape) -> Vec<&'static MapShape> {
    match shape {
        Shape::Map(map) => vec![map],
        Shape::List(item) => maps_of(item),
        Shape::Either(shapes) => shapes.iter().flat_map(maps_of).collect(),
        Shape::Title => vec![&super::TITLE],
        _ => Vec::new(),
    }
}

fn keys_of(shape: &Shape) -> Vec<&'static KeyShape> {
    maps_of(shape).iter().flat_map(|map| map.keys.iter()).collect()
}
