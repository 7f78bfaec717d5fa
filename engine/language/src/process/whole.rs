//! The whole process by name: every chart's outline and data, and what all of them share.

use std::collections::{BTreeMap, BTreeSet};

use expr::value::Type;
use machine::definition::Parameter;
use machine::ids::{ChartIx, Name};

use crate::span::Span;
use crate::tree::{Kind, Node};

use super::desk::{Desk, Sort};
use super::fields::Data;
use super::header::Common;
use super::outline::{Outline, narrow};
use super::pick;
use super::tables::Tables;

/// Names, types and lists, before any formula is read.
pub(crate) struct Whole<'t> {
    pub common: Common,
    pub parameters: Vec<Parameter>,
    pub tables: Tables,
    /// The main chart first.
    pub charts: Vec<ChartNames<'t>>,
    /// Events that actions raise, send or tell, with the names of what they carry.
    pub told: BTreeMap<Name, BTreeSet<Name>>,
    /// The ids delayed events are sent under.
    pub sent: BTreeSet<Name>,
}

/// One chart by name.
pub(crate) struct ChartNames<'t> {
    pub outline: Outline<'t>,
    pub data: Data,
    /// Type of the key of a child.
    pub key: Type,
    /// A run of this chart as formulas of every chart see it.
    pub seen: Type,
}

impl<'t> Whole<'t> {
    /// The kind of child of a name written at a place; reports an unknown one.
    pub fn child(&self, written: &str, span: Span, desk: &mut Desk<'_>) -> Option<ChartIx> {
        let known = self.charts.iter().skip(1).map(|chart| &*chart.outline.name);
        desk.find(Sort::Child, written, span, known).map(|at| ChartIx(narrow(at + 1)))
    }

    /// The main chart's names.
    pub fn main(&self) -> &ChartNames<'t> {
        &self.charts[0]
    }
}

/// Every event that an action somewhere in the document raises, sends or tells, and the ids of delayed ones.
pub(crate) fn told(root: &Node) -> (BTreeMap<Name, BTreeSet<Name>>, BTreeSet<Name>) {
    let (mut events, mut ids) = (BTreeMap::new(), BTreeSet::new());
    gather(root, false, &mut events, &mut ids);
    (events, ids)
}

/// Keys under which actions stand.
const DONE: &[&str] = &["do", "entry", "exit"];

/// Looks through a value; `done` says whether its maps are actions.
fn gather(node: &Node, done: bool, events: &mut BTreeMap<Name, BTreeSet<Name>>, ids: &mut BTreeSet<Name>) {
    match &node.kind {
        Kind::Seq(items) => items.iter().for_each(|item| gather(item, done, events, ids)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                match key.text.as_str() {
                    "raise" | "send" | "tell" if done => note(value, events, ids),
                    "call" if done => answers(value, events),
                    "cascade" => note(value, events, ids),
                    _ => {}
                }
                gather(value, DONE.contains(&key.text.as_str()), events, ids);
            }
        }
        Kind::Null | Kind::Scalar(_) => {}
    }
}

fn note(action: &Node, events: &mut BTreeMap<Name, BTreeSet<Name>>, ids: &mut BTreeSet<Name>) {
    let name = action.as_text().or_else(|| pick::text(action, "event").map(|(text, _)| text));
    if let Some(name) = name {
        let carried = pick::entries(action, "with").iter().map(|(key, _)| Name::from(key.text.as_str()));
        events.entry(name.into()).or_default().extend(carried);
    }
    ids.extend(pick::name(action, "id"));
}

fn answers(call: &Node, events: &mut BTreeMap<Name, BTreeSet<Name>>) {
    for name in ["reply", "failure"].into_iter().filter_map(|key| pick::name(call, key)) {
        events.entry(name).or_default();
    }
}
