//! What a condition tells about nullness when it holds and when it does not.

use std::sync::Arc;

use super::super::ast::Comparison;
use super::super::node::{Node, Op, Picks};
use super::super::scope::Slot;

/// A place a value is read from: a variable or local and the fields behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    root: Root,
    path: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Variable(Slot),
    Local(u32),
}

impl Key {
    /// The place a node reads, if it reads just one.
    pub fn of(node: &Node) -> Option<Key> {
        match &node.op {
            Op::Variable(slot) => Some(Key { root: Root::Variable(*slot), path: Vec::new() }),
            Op::Local(at) => Some(Key { root: Root::Local(*at), path: Vec::new() }),
            Op::Path(of, name) => {
                let mut key = Key::of(of)?;
                key.path.push(name.clone());
                Some(key)
            }
            // `list[1]`: the same place of the same list is the same value.
            Op::Filter(parts, Picks::Index) => {
                let index = parts.1.as_constant()?.as_number()?;
                let mut key = Key::of(&parts.0)?;
                key.path.push(format!("[{}]", index.normalize()).into());
                Some(key)
            }
            _ => None,
        }
    }

    /// Whether the root still exists when only locals below `base` do.
    pub fn lives_below(&self, base: usize) -> bool {
        match self.root {
            Root::Variable(_) => true,
            Root::Local(at) => (at as usize) < base,
        }
    }

    /// Whether knowing `self` means that `other` is known: a field exists only in a record that exists.
    pub fn implies(&self, other: &Key) -> bool {
        self.root == other.root && self.path.starts_with(&other.path)
    }
}

/// The variables that are not null whenever the condition holds.
pub(in crate::formula) fn proven(node: &Node) -> Vec<Slot> {
    let mut facts = Vec::new();
    learned(node, true, &mut facts);
    let variables = facts.iter().filter(|key| key.path.is_empty()).filter_map(|key| match key.root {
        Root::Variable(slot) => Some(slot),
        Root::Local(_) => None,
    });
    variables.collect()
}

/// What is known not to be null if the condition comes out as `outcome`.
pub(super) fn learned(node: &Node, outcome: bool, facts: &mut Vec<Key>) {
    match &node.op {
        Op::Known(of, known) if *known == outcome => facts.extend(Key::of(of)),
        Op::Compare(comparison, sides) => {
            let wanted = if outcome { Comparison::NotEqual } else { Comparison::Equal };
            if *comparison == wanted {
                against_null(&sides.0, &sides.1, facts);
                against_null(&sides.1, &sides.0, facts);
            }
        }
        Op::And(all) if outcome => all.iter().for_each(|node| learned(node, true, facts)),
        Op::Or(all) if !outcome => all.iter().for_each(|node| learned(node, false, facts)),
        Op::Builtin(function, arguments) => match (function.name, arguments.as_ref()) {
            ("not", [of]) => learned(of, !outcome, facts),
            ("is defined", [of]) if outcome => facts.extend(Key::of(of)),
            _ => {}
        },
        _ => {}
    }
}

fn against_null(side: &Node, other: &Node, facts: &mut Vec<Key>) {
    if other.as_constant().is_some_and(|value| value.is_null()) {
        facts.extend(Key::of(side));
    }
}
