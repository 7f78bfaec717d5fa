//! Lines, labels and marks, now that every height and every centre line is known.

use super::columns::{BESIDE, BESIDE_LINE, Columns, START};
use super::ports::{End, Port, Side, Ways};
use super::rails::Rails;
use super::rows::{GAP, Rows};
use super::{DOT, Label, Layout, Line, Point, Rect, Start};
use crate::picture::Picture;
use crate::tree::{Branch, Shape, Tag, Tree};

/// Height of a label.
const LABEL: i32 = 14;

/// Everything but the boxes.
pub(super) fn draw(
    picture: &Picture,
    tree: &Tree,
    ways: &Ways,
    rows: &Rows,
    rails: &Rails,
    columns: &Columns,
) -> Layout {
    let pen = Pen { tree, ways, rows, rails, columns };
    let mut layout = Layout::default();
    for (k, branch) in tree.branches.iter().enumerate() {
        let edge = picture.edges[branch.edge].id.clone();
        if let Some(tag) = &branch.tag {
            layout.labels.push(label(edge.clone(), tag, pen.label_corner(k, branch, tag)));
        }
        layout.lines.push(Line {
            edge,
            from: tree.nodes[branch.from].id.clone(),
            to: tree.nodes[branch.to].id.clone(),
            cause: branch.cause,
            points: pen.points(k, branch),
        });
    }
    layout.starts = pen.starts();
    layout.dividers = pen.dividers();
    layout
}

fn label(edge: String, tag: &Tag, corner: Point) -> Label {
    let rect = Rect { x: corner.x, y: corner.y, w: tag.width, h: LABEL };
    Label { edge, rect, text: tag.text.clone(), full: tag.full.clone(), cause: tag.cause }
}

struct Pen<'a> {
    tree: &'a Tree,
    ways: &'a Ways,
    rows: &'a Rows,
    rails: &'a Rails,
    columns: &'a Columns,
}

impl Pen<'_> {
    fn bottom(&self, at: usize) -> i32 {
        self.rows.y[at] + self.rows.h[at]
    }

    fn port(&self, end: End) -> i32 {
        self.rows.ports.get(&end).copied().unwrap_or_default()
    }

    /// The side of `at` on which a line that goes to `side` is fastened.
    fn fastened(&self, at: usize, side: Side) -> Side {
        if self.tree.nodes[at].side { Side::Left } else { side }
    }

    fn points(&self, k: usize, branch: &Branch) -> Vec<Point> {
        let Some((source, target)) = self.ways.sides(k) else {
            let x = self.columns.centre(branch.from);
            return vec![Point { x, y: self.bottom(branch.from) }, Point { x, y: self.rows.y[branch.to] }];
        };
        let end =
            |at, side, end| Point { x: self.columns.edge(at, self.fastened(at, side)), y: self.port(end) };
        let mut points = vec![end(branch.from, source, End::Source(k))];
        for (i, piece) in self.rails.pieces[k].iter().enumerate().filter(|(_, p)| p.from_y != p.to_y) {
            let x = self.columns.rail(piece, (k, i));
            points.extend([Point { x, y: piece.from_y }, Point { x, y: piece.to_y }]);
        }
        points.push(end(branch.to, target, End::Target(k)));
        points
    }

    fn label_corner(&self, k: usize, branch: &Branch, tag: &Tag) -> Point {
        let at = branch.from;
        let Some((side, _)) = self.ways.sides(k) else {
            let x = self.columns.centre(at) + BESIDE_LINE;
            return Point { x, y: self.bottom(at) + (GAP - LABEL) / 2 - 2 };
        };
        let y = self.port(End::Source(k)) - LABEL - 1;
        let x = match self.fastened(at, side) {
            Side::Left => self.columns.left(at) - BESIDE - tag.width,
            Side::Right => self.columns.right(at) + BESIDE,
        };
        Point { x, y }
    }

    fn starts(&self) -> Vec<Start> {
        let above = self.ways.start_above.map(|at| {
            let tip = Point { x: self.columns.centre(at), y: self.rows.y[at] };
            Start { dot: Point { y: tip.y - START - DOT, ..tip }, tip }
        });
        let beside = (0..self.tree.nodes.len()).flat_map(|at| {
            let starts = self.ways.ports(at, Side::Left).iter().filter(|p| matches!(p.end, End::Start(_)));
            starts.map(move |port: &Port| {
                let tip = Point { x: self.columns.left(at), y: self.port(port.end) };
                Start { dot: Point { x: tip.x - START + DOT, ..tip }, tip }
            })
        });
        above.into_iter().chain(beside).collect()
    }

    /// Between the columns of every parallel, from the head of the regions to their foot.
    fn dividers(&self) -> Vec<(Point, Point)> {
        let parallels = (0..self.tree.nodes.len()).filter(|at| self.tree.nodes[*at].shape == Shape::Parallel);
        parallels
            .flat_map(|at| self.tree.nodes[at].kids.windows(2).map(move |pair| self.divider(at, pair)))
            .collect()
    }

    fn divider(&self, parallel: usize, pair: &[usize]) -> (Point, Point) {
        let kids = &self.tree.nodes[parallel].kids;
        let x = self.columns.border(pair[0]);
        let bottom = kids.iter().map(|k| self.bottom(*k)).max().unwrap_or_default();
        (Point { x, y: self.rows.y[pair[0]] + 4 }, Point { x, y: bottom - 4 })
    }
}
