//! Widths: from the inside out, how far each node reaches left and right of its centre line; then, from
//! the outside in, where that line stands.

use super::MARGIN;
use super::ports::{End, Side, Way, Ways};
use super::rails::{Nth, Piece, Rails, Strip};
use super::rows::{GAP, Rows};
use crate::measure::width;
use crate::tree::{ROOT, SMALL, Shape, TITLE, Tree};

/// From the last rail of a gutter to the border, and of the ladder to the outcomes.
const FROM_RAIL: i32 = 12;
/// Pieces and content this far above or below each other are taken to stand side by side.
const NEAR: i32 = 8;
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

/// All heights there are.
const EVERYWHERE: (i32, i32) = (i32::MIN / 2, i32::MAX / 2);

/// The widths of a tree.
#[derive(Debug)]
pub(crate) struct Columns {
    centre: Vec<i32>,
    /// Per node: reach to the left and to the right of its centre line.
    reach: Vec<[i32; 2]>,
    /// Per branch and vertical piece: its distance from the centre line of its strip's node.
    out: Vec<Vec<i32>>,
    /// Per column of a parallel: reach to both sides with labels and gutters outside it.
    outer: Vec<[i32; 2]>,
    /// Of the whole ladder, margins included.
    pub width: i32,
}

impl Columns {
    pub(crate) fn new(tree: &Tree, ways: &Ways, rows: &Rows, rails: &Rails) -> Columns {
        let count = tree.nodes.len();
        let out = rails.pieces.iter().map(|pieces| vec![0; pieces.len()]).collect();
        let (reach, outer) = (vec![[0; 2]; count], vec![[0; 2]; count]);
        let columns = Columns { centre: vec![0; count], reach, out, outer, width: 0 };
        let mut breadth = Breadth { tree, ways, rows, rails, columns };
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

    /// Where the piece runs.
    pub(crate) fn rail(&self, piece: &Piece, (k, i): Nth) -> i32 {
        let (Strip::Inside(at, side) | Strip::Gutter(at, side)) = piece.strip;
        match side {
            Side::Left => self.centre[at] - self.out[k][i],
            Side::Right => self.centre[at] + self.out[k][i],
        }
    }

    /// The border between column `at` of a parallel and the next one.
    pub(crate) fn border(&self, at: usize) -> i32 {
        self.centre[at] + self.outer[at][1]
    }
}

struct Breadth<'a> {
    tree: &'a Tree,
    ways: &'a Ways,
    rows: &'a Rows,
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
        let mut reach = Side::BOTH.map(|side| {
            let content = self.content(at, side, EVERYWHERE);
            self.lay(Strip::Inside(at, side), |breadth, span| breadth.content(at, side, span)).max(content)
        });
        if self.tree.nodes[at].shape != Shape::Root {
            reach = reach.map(|r| r + PAD);
            // The title ends before the line that comes down into the first state.
            reach[0] = reach[0].max(words_in_head(self.tree, at) + PAD + BESIDE_LINE);
        }
        reach
    }

    /// Lays the pieces of `strip` beside its content; gives how far out the last one runs.
    fn lay(&mut self, strip: Strip, content: impl Fn(&Self, (i32, i32)) -> i32) -> i32 {
        let laid = self.rails.spread(strip, |span| content(self, span));
        for ((k, i), out) in &laid {
            self.columns.out[*k][*i] = *out;
        }
        laid.iter().map(|(_, out)| *out).max().unwrap_or(0)
    }

    /// How far rungs of `at`, their labels and those of straight lines reach between two heights.
    fn content(&self, at: usize, side: Side, span: (i32, i32)) -> i32 {
        let near = |y: i32, h: i32| y - NEAR <= span.1 && span.0 <= y + h + NEAR;
        let rungs = self.tree.rungs(at).filter(|k| near(self.rows.y[*k], self.rows.h[*k]));
        let rungs =
            rungs.map(|k| self.columns.reach[k][side as usize] + label_room(self.tree, self.ways, k, side));
        let straight = self.tree.branches.iter().zip(&self.ways.ways);
        let straight = straight.filter(|(b, w)| {
            let bottom = self.rows.y[b.from] + self.rows.h[b.from];
            side == Side::Right
                && **w == Way::Straight
                && self.tree.nodes[b.from].parent == at
                && near(bottom, GAP)
        });
        let labels = straight.filter_map(|(b, _)| b.tag.as_ref()).map(|t| t.width + 2 * BESIDE_LINE);
        rungs.chain(labels).max().unwrap_or(0)
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

    fn parallel(&mut self, at: usize) -> [i32; 2] {
        for kid in &self.tree.nodes[at].kids {
            self.columns.outer[*kid] = Side::BOTH.map(|side| self.outer(*kid, side));
        }
        let columns: i32 = self.tree.nodes[at].kids.iter().map(|k| self.column_width(*k)).sum();
        let title = words_in_head(self.tree, at) + 2 * PAD;
        let half = (columns.max(title) + 2 * PAD + 1) / 2;
        [half; 2]
    }

    fn outer(&mut self, at: usize, side: Side) -> i32 {
        let content = self.columns.reach[at][side as usize] + label_room(self.tree, self.ways, at, side);
        let rails = self.lay(Strip::Gutter(at, side), |_, _| content);
        let pad = if self.tree.nodes[at].shape == Shape::Region { 4 } else { PAD };
        pad + if rails > 0 { rails + FROM_RAIL } else { content }
    }

    fn column_width(&self, at: usize) -> i32 {
        self.columns.outer[at].into_iter().sum()
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
            let left = right + FROM_RAIL + labels + PAD;
            right = left + self.tree.state_width;
            sides.into_iter().for_each(|k| self.columns.centre[k] = left + self.tree.state_width / 2);
        }
        self.columns.width = right + MARGIN;
    }

    fn column_centre(&self, parallel: usize, at: usize) -> i32 {
        let kids = &self.tree.nodes[parallel].kids;
        let all: i32 = kids.iter().map(|k| self.column_width(*k)).sum();
        let before: i32 = kids.iter().take_while(|k| **k != at).map(|k| self.column_width(*k)).sum();
        self.columns.centre[parallel] - all / 2 + before + self.columns.outer[at][0]
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
