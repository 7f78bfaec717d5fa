//! Widths: from the inside out, how far each node reaches left and right of its centre line; then, from
//! the outside in, where that line stands.

use super::MARGIN;
use super::ports::{End, Side, Way, Ways};
use super::rails::{Rails, Strip};
use crate::measure::width;
use crate::tree::{ROOT, SMALL, Shape, TITLE, Tree};

/// Between two rails.
const RAIL: i32 = 12;
/// From the content or its labels to the first rail.
const TO_RAIL: i32 = 12;
/// Between a box's edge and what is in it.
const PAD: i32 = 16;
/// Between a state and the label beside it.
pub(super) const BESIDE: i32 = 6;
/// Between a straight line and its label.
pub(super) const BESIDE_LINE: i32 = 8;
/// From the dot of a start mark to its state.
pub(super) const START: i32 = 24;
/// Width of a history circle.
const CIRCLE: i32 = 40;

/// The widths of a tree.
#[derive(Debug)]
pub(crate) struct Columns {
    centre: Vec<i32>,
    /// Per node: reach to the left and to the right of its centre line.
    reach: Vec<[i32; 2]>,
    /// Per node: from its centre line to where the rails inside it begin.
    content: Vec<[i32; 2]>,
    /// Of the whole ladder, margins included.
    pub width: i32,
}

impl Columns {
    pub(crate) fn new(tree: &Tree, ways: &Ways, rails: &Rails) -> Columns {
        let count = tree.nodes.len();
        let empty = Columns {
            centre: vec![0; count],
            reach: vec![[0; 2]; count],
            content: vec![[0; 2]; count],
            width: 0,
        };
        let mut breadth = Breadth { tree, ways, rails, columns: empty };
        for at in (0..count).rev() {
            breadth.measure(at);
        }
        breadth.place();
        breadth.columns
    }

    pub(crate) fn centre(&self, at: usize) -> i32 {
        self.centre[at]
    }

    pub(crate) fn left(&self, at: usize) -> i32 {
        self.centre[at] - self.reach[at][0]
    }

    pub(crate) fn right(&self, at: usize) -> i32 {
        self.centre[at] + self.reach[at][1]
    }

    /// The edge of `at` on `side`.
    pub(crate) fn edge(&self, at: usize, side: Side) -> i32 {
        match side {
            Side::Left => self.left(at),
            Side::Right => self.right(at),
        }
    }

    /// Where track `track` of `strip` runs; `beside` is the room for labels next to a gutter's column.
    pub(crate) fn track(&self, tree: &Tree, ways: &Ways, strip: Strip, track: i32) -> i32 {
        let (at, side, from) = match strip {
            Strip::Inside(at, side) => (at, side, self.content[at][side as usize]),
            Strip::Gutter(at, side) => {
                (at, side, self.reach[at][side as usize] + label_room(tree, ways, at, side))
            }
        };
        let out = from + TO_RAIL + RAIL * track;
        match side {
            Side::Left => self.centre[at] - out,
            Side::Right => self.centre[at] + out,
        }
    }

    /// The border between column `at` of a parallel and the next one.
    pub(crate) fn border(&self, tree: &Tree, ways: &Ways, rails: &Rails, at: usize) -> i32 {
        self.centre[at] + self.column_side(tree, ways, rails, at, Side::Right)
    }

    /// From the centre line of a column to its border with the next one.
    fn column_side(&self, tree: &Tree, ways: &Ways, rails: &Rails, at: usize, side: Side) -> i32 {
        let room = label_room(tree, ways, at, side) + rail_room(rails, Strip::Gutter(at, side));
        let pad = if tree.nodes[at].shape == Shape::Region { 4 } else { PAD };
        self.reach[at][side as usize] + room + pad
    }
}

fn rail_room(rails: &Rails, strip: Strip) -> i32 {
    let outside = if matches!(strip, Strip::Gutter(..)) { TO_RAIL } else { 0 };
    match rails.tracks(strip) {
        0 => 0,
        tracks => TO_RAIL + RAIL * (tracks - 1) + outside,
    }
}

struct Breadth<'a> {
    tree: &'a Tree,
    ways: &'a Ways,
    rails: &'a Rails,
    columns: Columns,
}

impl Breadth<'_> {
    /// How far `at` reaches; everything inside it is known already.
    fn measure(&mut self, at: usize) {
        self.columns.reach[at] = match self.tree.nodes[at].shape {
            Shape::Leaf => [self.tree.state_width / 2; 2],
            Shape::Dot => [CIRCLE / 2; 2],
            Shape::Root | Shape::Box | Shape::Region => self.ladder(at),
            Shape::Parallel => self.parallel(at),
        };
    }

    fn ladder(&mut self, at: usize) -> [i32; 2] {
        self.align_boxes(at);
        let mut reach = [0; 2];
        for side in Side::BOTH {
            let s = side as usize;
            let beside = |k: usize| self.columns.reach[k][s] + label_room(self.tree, self.ways, k, side);
            let content =
                self.tree.rungs(at).map(beside).max().unwrap_or(0).max(self.straight_label(at, side));
            self.columns.content[at][s] = content;
            reach[s] = content + rail_room(self.rails, Strip::Inside(at, side));
        }
        if self.tree.nodes[at].shape != Shape::Root {
            reach = reach.map(|r| r + PAD);
            // The title ends before the line that comes down into the first state.
            reach[0] = reach[0].max(words_in_head(self.tree, at) + PAD + BESIDE_LINE);
        }
        reach
    }

    /// Boxes in one ladder are equally wide.
    fn align_boxes(&mut self, at: usize) {
        let boxes: Vec<usize> =
            self.tree.rungs(at).filter(|k| self.tree.nodes[*k].shape == Shape::Box).collect();
        for s in 0..2 {
            let most = boxes.iter().map(|k| self.columns.reach[*k][s]).max().unwrap_or(0);
            boxes.iter().for_each(|k| self.columns.reach[*k][s] = most);
        }
    }

    /// Room right of the centre line of `at` for the labels of straight lines.
    fn straight_label(&self, at: usize, side: Side) -> i32 {
        if side == Side::Left {
            return 0;
        }
        let branches = self.tree.branches.iter().zip(&self.ways.ways);
        let straight = branches.filter(|(b, w)| **w == Way::Straight && self.tree.nodes[b.from].parent == at);
        let widest = straight.filter_map(|(b, _)| b.tag.as_ref()).map(|t| t.width).max();
        widest.map_or(0, |w| w + 2 * BESIDE_LINE)
    }

    fn parallel(&mut self, at: usize) -> [i32; 2] {
        let columns: i32 = self.tree.nodes[at].kids.iter().map(|k| self.column_width(*k)).sum();
        let title = words_in_head(self.tree, at) + 2 * PAD;
        let half = (columns.max(title) + 2 * PAD + 1) / 2;
        [half; 2]
    }

    fn column_width(&self, at: usize) -> i32 {
        Side::BOTH.map(|side| self.column_side(at, side)).into_iter().sum()
    }

    fn column_side(&self, at: usize, side: Side) -> i32 {
        self.columns.column_side(self.tree, self.ways, self.rails, at, side)
    }

    fn place(&mut self) {
        self.columns.centre[ROOT] = MARGIN + self.columns.reach[ROOT][0];
        for at in ROOT + 1..self.tree.nodes.len() {
            let parent = self.tree.nodes[at].parent;
            self.columns.centre[at] = match self.tree.nodes[parent].shape {
                Shape::Parallel => self.column_centre(parent, at),
                _ => self.columns.centre[parent],
            };
        }
        let mut right = self.columns.right(ROOT);
        let sides: Vec<usize> =
            self.tree.nodes[ROOT].kids.iter().copied().filter(|k| self.tree.nodes[*k].side).collect();
        if !sides.is_empty() {
            let labels =
                sides.iter().map(|k| label_room(self.tree, self.ways, *k, Side::Left)).max().unwrap_or(0);
            let rails = if self.rails.tracks(Strip::Inside(ROOT, Side::Right)) > 0 { TO_RAIL } else { 0 };
            let left = right + rails + labels + PAD;
            right = left + self.tree.state_width;
            sides.into_iter().for_each(|k| self.columns.centre[k] = left + self.tree.state_width / 2);
        }
        self.columns.width = right + MARGIN;
    }

    fn column_centre(&self, parallel: usize, at: usize) -> i32 {
        let kids = &self.tree.nodes[parallel].kids;
        let all: i32 = kids.iter().map(|k| self.column_width(*k)).sum();
        let before: i32 = kids.iter().take_while(|k| **k != at).map(|k| self.column_width(*k)).sum();
        self.columns.centre[parallel] - all / 2 + before + self.column_side(at, Side::Left)
    }
}

/// Room outside `at` for the labels of lines that leave it, and for a start mark.
fn label_room(tree: &Tree, ways: &Ways, at: usize, side: Side) -> i32 {
    let room = ways.ports(at, side).iter().map(|port| match port.end {
        End::Source(k) => tree.branches[k].tag.as_ref().map_or(0, |t| t.width + BESIDE + 2),
        End::Start(_) => START + BESIDE,
        End::Target(_) => 0,
    });
    room.max().unwrap_or(0)
}

/// The widest line of words in the head of a box.
fn words_in_head(tree: &Tree, at: usize) -> i32 {
    let node = &tree.nodes[at];
    let titles = node.title_lines.iter().map(|l| width(l, TITLE) * 11 / 10);
    let notes = node.note_lines.iter().map(|l| width(l, SMALL));
    let staying = node.staying.iter().map(|s| s.tag.width + 16);
    titles.chain(notes).chain(staying).max().unwrap_or(0)
}
