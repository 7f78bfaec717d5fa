//! Rails: the vertical pieces of lines, and how far out each runs, so that no two lie on each other.

use super::ports::{End, Side, Way, Ways, detours};
use super::rows::Rows;
use crate::tree::{Branch, Tree};
use std::collections::BTreeMap;

/// A strip for vertical pieces: beside the content of a node, or outside one column of a parallel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strip {
    Inside(usize, Side),
    Gutter(usize, Side),
}

/// A vertical piece of a line, on its way from source to target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub strip: Strip,
    pub from_y: i32,
    pub to_y: i32,
}

impl Piece {
    /// Its upper and lower end.
    pub(crate) fn span(&self) -> (i32, i32) {
        (self.from_y.min(self.to_y), self.from_y.max(self.to_y))
    }
}

/// One piece: of which branch, and the how-manieth of it.
pub(crate) type Nth = (usize, usize);

/// The vertical pieces of every branch, and of every strip.
#[derive(Debug)]
pub(crate) struct Rails {
    pub pieces: Vec<Vec<Piece>>,
    strips: BTreeMap<Strip, Vec<Nth>>,
}

/// Two pieces at the same distance from the content keep this far apart, in pixels.
const APART: i32 = 12;
/// Between two rails.
const RAIL: i32 = 12;

impl Rails {
    pub(crate) fn new(tree: &Tree, ways: &Ways, rows: &Rows) -> Rails {
        let pieces: Vec<Vec<Piece>> = (0..tree.branches.len()).map(|k| course(tree, ways, rows, k)).collect();
        let mut order: Vec<(i32, Nth)> = Vec::new();
        for (k, pieces) in pieces.iter().enumerate() {
            order.extend(pieces.iter().enumerate().map(|(i, p)| (p.span().1 - p.span().0, (k, i))));
        }
        // Short pieces come first and take the inner tracks.
        order.sort_unstable();
        let mut strips: BTreeMap<Strip, Vec<Nth>> = BTreeMap::new();
        for (_, (k, i)) in order.into_iter().filter(|(length, _)| *length > 0) {
            strips.entry(pieces[k][i].strip).or_default().push((k, i));
        }
        Rails { pieces, strips }
    }

    /// How far from the centre line each piece of `strip` runs, given where the content beside it ends.
    pub(crate) fn spread(&self, strip: Strip, content: impl Fn((i32, i32)) -> i32) -> Vec<(Nth, i32)> {
        let mut placed: Vec<(Nth, i32, (i32, i32))> = Vec::new();
        for nth in self.strips.get(&strip).into_iter().flatten() {
            let span = self.pieces[nth.0][nth.1].span();
            let beside = placed.iter().filter(|(_, _, s)| s.1 + APART >= span.0 && span.1 + APART >= s.0);
            let mut taken: Vec<i32> = beside.map(|(_, out, _)| *out).collect();
            taken.sort_unstable();
            let innermost = content(span) + RAIL;
            let out =
                taken.iter().fold(innermost, |out, o| if (out - o).abs() < RAIL { o + RAIL } else { out });
            placed.push((*nth, out, span));
        }
        placed.into_iter().map(|(nth, out, _)| (nth, out)).collect()
    }
}

/// The vertical pieces of branch `k` from source to target.
fn course(tree: &Tree, ways: &Ways, rows: &Rows, k: usize) -> Vec<Piece> {
    let Some((source, target)) = ways.sides(k) else { return Vec::new() };
    let branch: &Branch = &tree.branches[k];
    let out = way_out(tree, ways, rows, (k, End::Source(k)), branch.from, source);
    let back = way_out(tree, ways, rows, (k, End::Target(k)), branch.to, target);
    let mut pieces = out.pieces;
    let meet = |strip| Piece { strip, from_y: out.y, to_y: back.y };
    match ways.ways[k] {
        Way::Rail(side) => pieces.push(meet(Strip::Inside(ways.meeting(tree, k), side))),
        Way::Loop { column } => pieces.push(meet(Strip::Gutter(column, Side::Right))),
        Way::Across { .. } | Way::Straight => {}
    }
    pieces.extend(back.pieces.into_iter().rev().map(|p| Piece { from_y: p.to_y, to_y: p.from_y, ..p }));
    pieces
}

struct WayOut {
    pieces: Vec<Piece>,
    y: i32,
}

/// From a port out to where the two ends meet.
fn way_out(tree: &Tree, ways: &Ways, rows: &Rows, (k, end): (usize, End), at: usize, side: Side) -> WayOut {
    let mut y = rows.ports.get(&end).copied().unwrap_or_default();
    let mut pieces = Vec::new();
    for detour in detours(tree, at, side, ways.meeting(tree, k)) {
        let lane = ways.lane(tree, k, end, detour.parallel);
        let to_y = rows.lanes.get(&lane).copied().unwrap_or(y);
        pieces.push(Piece { strip: Strip::Gutter(detour.column, side), from_y: y, to_y });
        y = to_y;
    }
    WayOut { pieces, y }
}
