//! The picture as an indexed tree: nodes in the author's order, edges split into one branch per target.

use crate::measure::{cut, width, wrap};
use crate::picture::{Cause, Edge, Kind, Lang, Picture, Place, State};
use std::collections::{BTreeMap, BTreeSet};

/// The node that stands for the whole process.
pub(crate) const ROOT: usize = 0;
/// Font size of titles, in pixels.
pub(crate) const TITLE: i32 = 13;
/// Font size of notes and labels, in pixels.
pub(crate) const SMALL: i32 = 11;
/// Pixels a drawn clock or warning takes before a label.
pub(crate) const ICON: i32 = 14;
/// Longer labels are cut; the whole text stays in the tooltip.
const LONGEST_LABEL: i32 = 230;
const LONGEST_TITLE: i32 = 300;

/// How a node is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The whole process: a column without border.
    Root,
    /// A state without inner states.
    Leaf,
    /// A history circle.
    Dot,
    /// A compound: a column in a box.
    Box,
    /// Columns side by side in a box.
    Parallel,
    /// One column of a parallel.
    Region,
}

/// Words beside or inside a state: an edge's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub text: String,
    pub full: String,
    pub cause: Cause,
    /// Pixels, icon included.
    pub width: i32,
}

/// An edge written inside its state because it leads nowhere.
#[derive(Clone, Debug)]
pub(crate) struct Staying {
    pub edge: usize,
    pub tag: Tag,
    pub missing: bool,
}

/// A state, or the process itself.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub id: String,
    pub title: String,
    pub note: String,
    pub title_lines: Vec<String>,
    pub note_lines: Vec<String>,
    pub kind: Kind,
    pub shape: Shape,
    pub parent: usize,
    pub kids: Vec<usize>,
    pub side: bool,
    pub staying: Vec<Staying>,
    pub initial: Option<usize>,
}

/// One line to draw: an edge to one of its targets.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub edge: usize,
    pub from: usize,
    pub to: usize,
    /// Only the first branch of an edge carries its label.
    pub tag: Option<Tag>,
    pub cause: Cause,
}

/// Nodes in the author's order, outer before inner; branches in the order of edges.
#[derive(Debug)]
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    pub branches: Vec<Branch>,
    /// Width of every state box, in pixels.
    pub state_width: i32,
}

impl Tree {
    pub(crate) fn new(picture: &Picture, lang: Lang) -> Tree {
        let mut tree = Tree { nodes: Vec::new(), branches: Vec::new(), state_width: 128 };
        tree.add_root(picture, lang);
        let index = tree.index();
        tree.mark_initial(picture, &index);
        tree.move_aside(picture, &index);
        for (k, edge) in picture.edges.iter().enumerate() {
            tree.add_edge(k, edge, lang, &index);
        }
        tree.measure_states();
        tree
    }

    fn add_root(&mut self, picture: &Picture, lang: Lang) {
        let whole = State { id: picture.id.clone(), title: picture.title.clone(), ..State::default() };
        self.nodes.push(node(&whole, Shape::Root, ROOT, lang));
        for state in &picture.states {
            self.add_state(state, ROOT, lang);
        }
    }

    fn add_state(&mut self, state: &State, parent: usize, lang: Lang) {
        let at = self.nodes.len();
        let shape = shape_of(state, self.nodes[parent].shape);
        self.nodes.push(node(state, shape, parent, lang));
        self.nodes[parent].kids.push(at);
        for inner in &state.states {
            self.add_state(inner, at, lang);
        }
    }

    fn index(&self) -> BTreeMap<String, usize> {
        let mut index = BTreeMap::new();
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            index.entry(node.id.clone()).or_insert(at);
        }
        index
    }

    fn mark_initial(&mut self, picture: &Picture, index: &BTreeMap<String, usize>) {
        let find = |id: &Option<String>| id.as_ref().and_then(|id| index.get(id).copied());
        self.nodes[ROOT].initial = find(&picture.initial);
        let mut at = 1;
        crate::picture::each_state(&picture.states, &mut |state| {
            self.nodes[at].initial = find(&state.initial).filter(|i| self.parents(*i).contains(&at));
            at += 1;
        });
    }

    /// Decides which top-level states stand in the column of outcomes.
    fn move_aside(&mut self, picture: &Picture, index: &BTreeMap<String, usize>) {
        let mut causes: BTreeMap<usize, BTreeSet<Cause>> = BTreeMap::new();
        for edge in &picture.edges {
            for to in edge.to.iter().filter_map(|to| index.get(to)) {
                causes.entry(*to).or_default().insert(edge.cause);
            }
        }
        let abnormal = |at: usize| {
            causes.get(&at).is_some_and(|c| c.iter().all(|c| matches!(c, Cause::Error | Cause::Timer)))
        };
        let failed = |at: usize| causes.get(&at).is_some_and(|c| c.iter().all(|c| *c == Cause::Error));
        let kids = self.nodes[ROOT].kids.clone();
        let ends = || kids.iter().copied().filter(|k| self.nodes[*k].kind == Kind::Final);
        let good_end = ends().find(|k| !abnormal(*k)).or_else(|| ends().next());
        let mut aside = Vec::new();
        for (state, at) in picture.states.iter().zip(kids.iter().copied()) {
            let free = self.nodes[at].shape == Shape::Leaf;
            let by_itself = self.nodes[ROOT].initial != Some(at)
                && (failed(at) || state.kind == Kind::Final && good_end != Some(at));
            if free && (state.place == Place::Side || state.place == Place::Auto && by_itself) {
                aside.push(at);
            }
        }
        // A ladder without rungs is no ladder.
        if aside.len() < kids.len() {
            aside.into_iter().for_each(|at| self.nodes[at].side = true);
        }
    }

    fn measure_states(&mut self) {
        let leaves = self.nodes.iter().filter(|n| n.shape == Shape::Leaf);
        let staying = |n: &Node| n.staying.iter().map(|s| s.tag.width + ICON).max().unwrap_or(0);
        let words = |n: &Node| width(&n.title, TITLE).max(width(&n.note, SMALL)).max(staying(n));
        let widest = leaves.map(words).max().unwrap_or(0);
        let inner = (widest + 1) / 2 * 2;
        // 18 pixels at each side keep the title off the sign in the corner.
        self.state_width = (inner + 40).clamp(128, 216);
        let room = self.state_width - 36;
        for node in &mut self.nodes {
            let leaf = node.shape == Shape::Leaf;
            let (most, room) = if leaf { (3, room) } else { (1, LONGEST_TITLE) };
            node.title_lines = wrap(&node.title, TITLE, room, most);
            node.note_lines = wrap(&node.note, SMALL, room, 2);
            for staying in &mut node.staying {
                staying.tag = tag(&staying.tag.full, staying.tag.cause, room - ICON);
            }
        }
    }

    fn add_edge(&mut self, k: usize, edge: &Edge, lang: Lang, index: &BTreeMap<String, usize>) {
        let Some(&from) = index.get(&edge.from) else { return };
        let mut label = Some(tag(edge.label.get(lang), edge.cause, LONGEST_LABEL)).filter(|t| t.width > 0);
        if edge.to.is_empty() {
            self.stay(from, k, edge, edge.label.get(lang), false);
        }
        for to in &edge.to {
            match index.get(to) {
                Some(&to) => {
                    self.branches.push(Branch { edge: k, from, to, tag: label.take(), cause: edge.cause })
                }
                None => {
                    let text = format!("{} → {to}？", edge.label.get(lang));
                    self.stay(from, k, edge, &text, true);
                }
            }
        }
    }

    fn stay(&mut self, at: usize, edge: usize, of: &Edge, text: &str, missing: bool) {
        let text = if text.trim().is_empty() { "·" } else { text };
        let tag = tag(text, of.cause, LONGEST_LABEL);
        self.nodes[at].staying.push(Staying { edge, tag, missing });
    }

    /// The enclosing nodes of `at`, innermost first, the process last.
    pub(crate) fn parents(&self, at: usize) -> Vec<usize> {
        let mut parents = Vec::new();
        let mut at = at;
        while at != ROOT {
            at = self.nodes[at].parent;
            parents.push(at);
        }
        parents
    }

    /// The innermost node that properly encloses both.
    pub(crate) fn meeting(&self, a: usize, b: usize) -> usize {
        let of_b = self.parents(b);
        self.parents(a).into_iter().find(|p| of_b.contains(p)).unwrap_or(ROOT)
    }

    /// Is `at` one of the columns of a parallel state?
    pub(crate) fn is_column(&self, at: usize) -> bool {
        at != ROOT && self.nodes[self.nodes[at].parent].shape == Shape::Parallel
    }

    /// The kids of `at` that stand in its ladder.
    pub(crate) fn rungs(&self, at: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.nodes[at].kids.iter().copied().filter(|k| !self.nodes[*k].side)
    }
}

fn shape_of(state: &State, parent: Shape) -> Shape {
    match state.kind {
        Kind::History { .. } if state.states.is_empty() => Shape::Dot,
        _ if state.states.is_empty() => Shape::Leaf,
        Kind::Parallel => Shape::Parallel,
        _ if parent == Shape::Parallel => Shape::Region,
        _ => Shape::Box,
    }
}

fn node(state: &State, shape: Shape, parent: usize, lang: Lang) -> Node {
    let mut note = state.note.get(lang).to_string();
    if let Kind::Folded { inside } = state.kind {
        note = match lang {
            Lang::Zh => format!("内含 {inside} 个状态"),
            Lang::En => format!("{inside} states inside"),
        };
    }
    let title = state.title.get(lang);
    Node {
        id: state.id.clone(),
        title: if title.is_empty() { state.id.clone() } else { title.to_string() },
        note,
        title_lines: Vec::new(),
        note_lines: Vec::new(),
        kind: state.kind,
        shape,
        parent,
        kids: Vec::new(),
        side: false,
        staying: Vec::new(),
        initial: None,
    }
}

fn tag(text: &str, cause: Cause, room: i32) -> Tag {
    let icon = if matches!(cause, Cause::Timer | Cause::Error) { ICON } else { 0 };
    let full = text.trim().to_string();
    let text = cut(&full, SMALL, room - icon);
    let words = width(&text, SMALL);
    let width = if words == 0 && icon == 0 { 0 } else { words + icon };
    Tag { text, full, cause, width }
}
