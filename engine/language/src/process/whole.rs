//! The whole process by name: every chart's outline and data, and what all of them share.

use std::collections::{BTreeMap, BTreeSet};

use expr::value::Type;
use machine::definition::Parameter;
use machine::ids::{ChartIx, Name, StateIx};

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

impl ChartNames<'_> {
    /// What a run of this chart can end as.
    pub fn outcomes(&self) -> Vec<Name> {
        let top = &self.outline.states[StateIx::ROOT.at()].children;
        let ends = top.iter().filter(|state| self.outline.kind_word(**state) == "final");
        ends.map(|state| {
            let outline = &self.outline.states[state.at()];
            pick::name(outline.node, "outcome").unwrap_or_else(|| outline.name.clone())
        })
        .collect()
    }

    /// The innermost states a run of this chart can be in.
    pub fn innermost(&self) -> Vec<Name> {
        let states = self.outline.states.iter().enumerate().skip(1);
        let innermost = states.filter(|(at, state)| {
            state.children.is_empty() && self.outline.kind_word(super::outline::state_ix(*at)) != "history"
        });
        innermost.map(|(_, state)| state.name.clone()).collect()
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
