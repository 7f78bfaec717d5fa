//! What people call the values of choices: every `of` that gives titles.

use machine::ids::{Bilingual, ChartIx, Name};
use machine::spoken::Choices;

use crate::tree::{Kind, Node};

use super::outline::{declared, narrow};
use super::pick;

/// The titles of a whole process, by where the choice is declared.
pub(crate) fn read(root: &Node) -> Choices {
    let mut choices = Choices::default();
    for parameter in declared(root, "parameters") {
        one(None, &parameter.name, parameter.node, &mut choices);
    }
    chart(ChartIx::MAIN, root, &mut choices);
    for (at, child) in declared(root, "children").iter().enumerate() {
        let ix = ChartIx(narrow(at + 1));
        chart(ix, child.node, &mut choices);
        if let Some(key) = child.node.get("key") {
            one(Some(ix), "key", key, &mut choices);
            one(Some(ix), pick::text(key, "name").map_or("key", |(name, _)| name), key, &mut choices);
        }
    }
    choices
}

fn chart(ix: ChartIx, node: &Node, choices: &mut Choices) {
    fields(ix, node, "data", choices);
    for event in declared(node, "events") {
        fields(ix, event.node, "form", choices);
    }
}

/// The fields under a key, and those inside of records.
fn fields(ix: ChartIx, node: &Node, key: &str, choices: &mut Choices) {
    for field in declared(node, key) {
        one(Some(ix), &field.name, field.node, choices);
        fields(ix, field.node, "fields", choices);
    }
}

fn one(owner: Option<ChartIx>, name: &str, node: &Node, choices: &mut Choices) {
    let Some(Kind::Map(titled)) = node.get("of").map(|of| &of.kind) else { return };
    for (key, title) in titled {
        let words: Bilingual = pick::words(title, &key.text);
        choices.add(owner, Name::from(name), key.text.as_str().into(), words);
    }
}
