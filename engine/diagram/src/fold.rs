//! Closing compounds of a large machine: a picture in, a smaller picture out.

use crate::overlay::{Change, Overlay};
use crate::picture::{Child, Edge, Kind, Picture, State, each_state};
use std::collections::{BTreeMap, BTreeSet};

/// States nested deeper than this are always folded into the state at this depth.
pub const DEEPEST: usize = 10;

/// Which compounds are drawn closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folding {
    /// With more states than this, compounds are closed, the largest first.
    pub above: usize,
    /// Compounds that stay open whatever the size.
    pub open: BTreeSet<String>,
    /// Compounds that are closed whatever the size.
    pub closed: BTreeSet<String>,
}

/// `picture` with compounds closed until it has at most `folding.above` states, if that is possible.
/// A compound that holds one of `current` is closed last.
pub(crate) fn fold(picture: &Picture, folding: &Folding, current: &BTreeSet<String>) -> Picture {
    let mut folded = picture.clone();
    for state in &mut folded.states {
        close_asked(state, folding, 1);
    }
    while count(&folded.states) > folding.above {
        let largest = largest(&folded.states, folding, current);
        if largest.is_empty() {
            break;
        }
        largest.iter().for_each(|id| close_one(&mut folded.states, id));
    }
    folded.edges = lead_to_what_is_shown(picture, &folded.states);
    folded.children = picture.children.iter().map(|child| fold_child(child, folding, current)).collect();
    folded
}

fn fold_child(child: &Child, folding: &Folding, current: &BTreeSet<String>) -> Child {
    let prefix = format!("{}/", child.picture.id);
    let own =
        |ids: &BTreeSet<String>| ids.iter().filter_map(|i| i.strip_prefix(&prefix).map(Into::into)).collect();
    let inner = Folding { above: folding.above, open: own(&folding.open), closed: own(&folding.closed) };
    Child { picture: fold(&child.picture, &inner, &own(current)), ..child.clone() }
}

fn count(states: &[State]) -> usize {
    let mut n = 0;
    each_state(states, &mut |_| n += 1);
    n
}

fn close_asked(state: &mut State, folding: &Folding, depth: usize) {
    if !state.states.is_empty() && (folding.closed.contains(&state.id) || depth >= DEEPEST) {
        return close(state);
    }
    for inner in &mut state.states {
        close_asked(inner, folding, depth + 1);
    }
}

fn close(state: &mut State) {
    state.kind = Kind::Folded { inside: count(&state.states) };
    state.states = Vec::new();
    state.initial = None;
}

/// The open compounds with the most states inside, all that are equally large, so that stages of one size
/// look alike; those that hold a current state come last.
fn largest(states: &[State], folding: &Folding, current: &BTreeSet<String>) -> Vec<String> {
    let mut sizes: BTreeMap<(bool, usize), Vec<String>> = BTreeMap::new();
    each_state(states, &mut |state| {
        if state.states.is_empty() || folding.open.contains(&state.id) {
            return;
        }
        let mut idle = true;
        each_state(&state.states, &mut |s| {
            idle &= !current.contains(&s.id) && !folding.open.contains(&s.id);
        });
        sizes.entry((idle, count(&state.states))).or_default().push(state.id.clone());
    });
    sizes.pop_last().map(|(_, ids)| ids).unwrap_or_default()
}

fn close_one(states: &mut [State], id: &str) {
    for state in states {
        if state.id == id && !state.states.is_empty() {
            return close(state);
        }
        close_one(&mut state.states, id);
    }
}

/// `overlay` for `shown`, the folded form of `picture`: a closed box is marked like the states it hides,
/// and shows the sum of their counts unless it has a count of its own.
pub(crate) fn lift(picture: &Picture, shown: &Picture, overlay: &Overlay) -> Overlay {
    let mut lifted = overlay.clone();
    lift_process(picture, shown, "", overlay, &mut lifted);
    lifted
}

fn lift_process(picture: &Picture, shown: &Picture, prefix: &str, overlay: &Overlay, lifted: &mut Overlay) {
    for (hidden, shown_as) in stand_ins(picture, &shown.states).into_iter().filter(|(id, shown)| id != shown)
    {
        let (hidden, shown_as) = (format!("{prefix}{hidden}"), format!("{prefix}{shown_as}"));
        if overlay.current.contains(&hidden) {
            lifted.current.insert(shown_as.clone());
        }
        if overlay.visited.contains(&hidden) {
            lifted.visited.insert(shown_as.clone());
        }
        if overlay.changed_states.contains_key(&hidden) {
            lifted.changed_states.entry(shown_as.clone()).or_insert(Change::Changed);
        }
        if let Some(count) = overlay.counts.get(&hidden).filter(|_| !overlay.counts.contains_key(&shown_as)) {
            let sum = lifted.counts.entry(shown_as).or_default();
            *sum = sum.saturating_add(*count);
        }
    }
    for (child, shown) in picture.children.iter().zip(&shown.children) {
        let inner = format!("{prefix}{}/", child.picture.id);
        lift_process(&child.picture, &shown.picture, &inner, overlay, lifted);
    }
}

/// Every state of `picture` with the state that is drawn for it.
fn stand_ins<'a>(picture: &'a Picture, shown: &[State]) -> BTreeMap<&'a str, &'a str> {
    let mut visible = BTreeSet::new();
    each_state(shown, &mut |s| _ = visible.insert(s.id.as_str()));
    let mut stand_in = BTreeMap::new();
    for state in &picture.states {
        stand_for(state, None, &visible, &mut stand_in);
    }
    stand_in
}

/// Edges of hidden states start or end at the box that hides them; what happens inside is dropped, and
/// so is a second edge that would look the same.
fn lead_to_what_is_shown(picture: &Picture, shown: &[State]) -> Vec<Edge> {
    let stand_in = stand_ins(picture, shown);
    let mut seen = BTreeSet::new();
    let mut edges = Vec::new();
    for edge in &picture.edges {
        if let Some(edge) = shown_edge(edge, &stand_in)
            && (edge.moved == Moved::No
                || seen.insert((edge.edge.from.clone(), edge.edge.to.clone(), edge.edge.label.clone())))
        {
            edges.push(edge.edge);
        }
    }
    edges
}

#[derive(PartialEq, Eq)]
enum Moved {
    No,
    Yes,
}

struct Shown {
    edge: Edge,
    moved: Moved,
}

fn shown_edge(edge: &Edge, stand_in: &BTreeMap<&str, &str>) -> Option<Shown> {
    let place = |id: &String| stand_in.get(id.as_str()).map_or_else(|| id.clone(), ToString::to_string);
    let mut new = Edge { from: place(&edge.from), ..edge.clone() };
    new.to = edge.to.iter().map(place).collect();
    new.to.dedup();
    let moved = if new.from != edge.from || new.to != edge.to { Moved::Yes } else { Moved::No };
    let source_hidden = new.from != edge.from;
    let inside = source_hidden && new.to.iter().all(|to| *to == new.from);
    let to_own_box = moved == Moved::Yes && !new.to.is_empty() && new.to.iter().all(|to| *to == new.from);
    (!inside && !to_own_box).then_some(Shown { edge: new, moved })
}

fn stand_for<'a>(
    state: &'a State,
    hidden_by: Option<&'a str>,
    visible: &BTreeSet<&str>,
    stand_in: &mut BTreeMap<&'a str, &'a str>,
) {
    let shown_as = hidden_by.unwrap_or(&state.id);
    stand_in.entry(&state.id).or_insert(shown_as);
    for inner in &state.states {
        let hider = hidden_by.or_else(|| (!visible.contains(inner.id.as_str())).then_some(shown_as));
        stand_for(inner, hider, visible, stand_in);
    }
}
