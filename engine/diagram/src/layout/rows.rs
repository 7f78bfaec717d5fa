//! Heights: every row, port and lane gets its y. Ports stand on odd multiples of 4 pixels, those of
//! outcomes that face no port of their own line on even ones, so that no two lines share a height.

use super::ports::{End, Lane, Port, Side, Ways, detours};
use super::{CHILD_HEAD, MARGIN};
use crate::tree::{Node, ROOT, Shape, Tree};
use std::collections::BTreeMap;

/// Distance between two ports, in pixels: a label fits between.
const PITCH: i32 = 16;
/// From the edge of a box to its first port.
const FIRST: i32 = 12;
/// Between two rows.
pub(super) const GAP: i32 = 32;
/// The least height of a state and of the head of a box.
const LEAST: i32 = 40;
/// The least foot of a box: a label fits in it.
const FOOT: i32 = 24;

/// The heights of a tree.
#[derive(Debug)]
pub(crate) struct Rows {
    pub y: Vec<i32>,
    pub h: Vec<i32>,
    pub ports: BTreeMap<End, i32>,
    pub lanes: BTreeMap<Lane, i32>,
    pub height: i32,
}

impl Rows {
    pub(crate) fn new(tree: &Tree, ways: &Ways) -> Rows {
        let count = tree.nodes.len();
        let empty = Rows {
            y: vec![0; count],
            h: vec![0; count],
            ports: BTreeMap::new(),
            lanes: BTreeMap::new(),
            height: 0,
        };
        let mut layer = Layer { tree, ways, rows: empty };
        let head = if ways.start_above.is_some() { MARGIN + GAP } else { MARGIN };
        let bottom = layer.column(ROOT, head);
        let side_bottom = layer.outcomes(head);
        let mut rows = layer.rows;
        rows.height = (bottom.max(side_bottom) + MARGIN).max(CHILD_HEAD);
        rows
    }
}

struct Layer<'a> {
    tree: &'a Tree,
    ways: &'a Ways,
    rows: Rows,
}

impl Layer<'_> {
    /// Stacks the rungs of `at` from `top`; gives the lower edge of the last one.
    fn column(&mut self, at: usize, top: i32) -> i32 {
        let mut y = top;
        for kid in self.tree.rungs(at) {
            y = self.node(kid, y) + GAP;
        }
        (y - GAP).max(top)
    }

    /// Places `at` with its upper edge at `top`; gives its lower edge.
    fn node(&mut self, at: usize, top: i32) -> i32 {
        self.rows.y[at] = top;
        let bottom = match self.tree.nodes[at].shape {
            Shape::Leaf | Shape::Dot | Shape::Root => self.leaf(at, top),
            Shape::Box | Shape::Region => {
                let head = self.head(at, top);
                let content = self.column(at, head);
                self.foot(at, content)
            }
            Shape::Parallel => self.parallel(at, top),
        };
        self.rows.h[at] = bottom - top;
        bottom
    }

    fn leaf(&mut self, at: usize, top: i32) -> i32 {
        let ports = Side::BOTH.map(|side| self.ways.ports(at, side).len()).into_iter().max().unwrap_or(0);
        let h = leaf_height(&self.tree.nodes[at], ports);
        for side in Side::BOTH {
            let ports = self.ways.ports(at, side);
            let first = (h - PITCH * (len(ports.len()) - 1)) / 2;
            self.spread(ports.iter(), top + first);
        }
        top + h
    }

    /// Ports of lines that enter a box, beside its title; gives where its content starts.
    fn head(&mut self, at: usize, top: i32) -> i32 {
        let most = self.at_box(at, top + FIRST, |p| !p.leaves());
        let words = PITCH * len(self.tree.nodes[at].staying.len() + self.tree.nodes[at].note_lines.len());
        top + (PITCH * most + 8).max(LEAST + words)
    }

    /// Ports of lines that leave a box, below its content; gives its lower edge.
    fn foot(&mut self, at: usize, content: i32) -> i32 {
        let most = self.at_box(at, content + FIRST, Port::leaves);
        content + (PITCH * most + 8).max(FOOT)
    }

    fn at_box(&mut self, at: usize, first: i32, wanted: impl Fn(&Port) -> bool) -> i32 {
        let mut most = 0;
        for side in Side::BOTH {
            let ports: Vec<&Port> = self.ways.ports(at, side).iter().filter(|p| wanted(p)).collect();
            most = most.max(len(ports.len()));
            self.spread(ports.into_iter(), first);
        }
        most
    }

    fn spread<'p>(&mut self, ports: impl Iterator<Item = &'p Port>, first: i32) {
        for (k, port) in ports.enumerate() {
            self.rows.ports.insert(port.end, first + PITCH * len(k));
        }
    }

    fn parallel(&mut self, at: usize, top: i32) -> i32 {
        let head = self.head(at, top);
        let regions = self.lanes(at, 0, head);
        let mut bottom = regions;
        for kid in self.tree.nodes[at].kids.clone() {
            bottom = bottom.max(self.node(kid, regions));
        }
        for kid in &self.tree.nodes[at].kids {
            if self.tree.nodes[*kid].shape == Shape::Region {
                self.rows.h[*kid] = bottom - regions;
            }
        }
        let content = self.lanes(at, 1, bottom);
        self.foot(at, content)
    }

    fn lanes(&mut self, at: usize, which: usize, top: i32) -> i32 {
        let lanes = &self.ways.lanes[at][which];
        for (k, lane) in lanes.iter().enumerate() {
            self.rows.lanes.insert(*lane, top + 4 + PITCH * len(k));
        }
        top + PITCH * len(lanes.len())
    }

    /// The column of outcomes, in the author's order, each beside the first line it can face.
    fn outcomes(&mut self, top: i32) -> i32 {
        let mut free = top;
        let sides: Vec<usize> =
            self.tree.nodes[ROOT].kids.iter().copied().filter(|k| self.tree.nodes[*k].side).collect();
        for at in sides {
            free = self.outcome(at, free) + GAP;
        }
        free - GAP
    }

    fn outcome(&mut self, at: usize, free: i32) -> i32 {
        let mut ports: Vec<(i32, End)> =
            self.ways.ports(at, Side::Left).iter().map(|p| (self.far_end(p.end, free), p.end)).collect();
        ports.sort_unstable();
        let h = leaf_height(&self.tree.nodes[at], ports.len()) + if ports.len() > 1 { 8 } else { 0 };
        let above = (leaf_height(&self.tree.nodes[at], ports.len()) - PITCH * (len(ports.len()) - 1)) / 2;
        let offset = |k: usize, faced: usize| PITCH * len(k) + shift(k, faced);
        let top_for = |faced: usize| ports[faced].0 - offset(faced, faced) - above;
        let faced = (0..ports.len()).find(|k| self.faces(ports[*k].1) && top_for(*k) >= free);
        let near = faced.filter(|k| top_for(*k) < free + FARTHEST);
        let top = near.map_or_else(|| loose_top(free, above), top_for);
        for (k, (_, end)) in ports.iter().enumerate() {
            let down = near.map_or_else(|| PITCH * len(k), |faced| offset(k, faced));
            self.rows.ports.insert(*end, top + above + down);
        }
        self.rows.y[at] = top;
        self.rows.h[at] = h;
        top + h
    }

    /// Can the line at `end` of an outcome run straight across?
    fn faces(&self, end: End) -> bool {
        let (End::Source(k) | End::Target(k)) = end else { return false };
        let branch = &self.tree.branches[k];
        self.tree.nodes[branch.from].side != self.tree.nodes[branch.to].side
    }

    /// The height at which the other end of the line at `end` arrives in the outermost rails.
    fn far_end(&self, end: End, unknown: i32) -> i32 {
        let other = match end {
            End::Source(k) => End::Target(k),
            End::Target(k) => End::Source(k),
            End::Start(_) => return i32::MAX,
        };
        self.rows.arrival(self.tree, self.ways, other).unwrap_or(unknown)
    }
}

impl Rows {
    /// The height at which the line fastened at `end` reaches the node where its two ends meet.
    pub(crate) fn arrival(&self, tree: &Tree, ways: &Ways, end: End) -> Option<i32> {
        let (k, at) = match end {
            End::Source(k) => (k, tree.branches[k].from),
            End::Target(k) => (k, tree.branches[k].to),
            End::Start(_) => return None,
        };
        let (source, target) = ways.sides(k)?;
        let side = if matches!(end, End::Source(_)) { source } else { target };
        let last = detours(tree, at, side, ways.meeting(tree, k)).last().copied();
        match last {
            Some(detour) => self.lanes.get(&ways.lane(tree, k, end, detour.parallel)).copied(),
            None => self.ports.get(&end).copied(),
        }
    }
}

/// An outcome is not pushed farther down than this to face its line.
const FARTHEST: i32 = 4000;

/// Ports beside the faced one stand four pixels off the heights of the ladder's ports.
fn shift(k: usize, faced: usize) -> i32 {
    match k.cmp(&faced) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal if faced == 0 => 0,
        std::cmp::Ordering::Equal => 4,
        std::cmp::Ordering::Greater if faced == 0 => 4,
        std::cmp::Ordering::Greater => 8,
    }
}

/// The first upper edge from `free` on that puts ports on even multiples of 4.
fn loose_top(free: i32, above: i32) -> i32 {
    let over = (free + above).rem_euclid(8);
    if over == 0 { free } else { free + 8 - over }
}

fn leaf_height(node: &Node, ports: usize) -> i32 {
    let lines = node.title_lines.len() + node.note_lines.len() + node.staying.len();
    // Always 8 more than a multiple of 16: so ports, centred, stand on odd multiples of 4.
    LEAST.max(PITCH * len(lines) + 8).max(PITCH * len(ports) + 8)
}

fn len(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 1024)
}
