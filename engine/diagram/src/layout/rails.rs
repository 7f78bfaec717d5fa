//! Rails: which vertical piece of a line runs in which track, so that no two lie on each other.

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
    /// Counted outward from the content.
    pub track: i32,
}

/// Vertical pieces of every branch, and how many tracks each strip needs.
#[derive(Debug)]
pub(crate) struct Rails {
    pub pieces: Vec<Vec<Piece>>,
    tracks: BTreeMap<Strip, i32>,
}

/// Two pieces in one track keep this distance, in pixels.
const APART: i32 = 12;

impl Rails {
    pub(crate) fn new(tree: &Tree, ways: &Ways, rows: &Rows) -> Rails {
        let pieces = (0..tree.branches.len()).map(|k| course(tree, ways, rows, k)).collect();
        let mut rails = Rails { pieces, tracks: BTreeMap::new() };
        rails.assign();
        rails
    }

    pub(crate) fn tracks(&self, strip: Strip) -> i32 {
        self.tracks.get(&strip).copied().unwrap_or(0)
    }

    /// Short pieces take the inner tracks.
    fn assign(&mut self) {
        let mut order: Vec<(i32, usize, usize)> = Vec::new();
        for (k, pieces) in self.pieces.iter().enumerate() {
            order.extend(pieces.iter().enumerate().map(|(i, p)| ((p.to_y - p.from_y).abs(), k, i)));
        }
        order.sort_unstable();
        let mut taken: BTreeMap<Strip, Vec<Vec<(i32, i32)>>> = BTreeMap::new();
        for (length, k, i) in order {
            if length == 0 {
                continue;
            }
            let piece = &mut self.pieces[k][i];
            let span = (piece.from_y.min(piece.to_y), piece.from_y.max(piece.to_y));
            let tracks = taken.entry(piece.strip).or_default();
            let free =
                tracks.iter().position(|t| t.iter().all(|s| s.1 + APART < span.0 || span.1 + APART < s.0));
            let track = free.unwrap_or(tracks.len());
            if track == tracks.len() {
                tracks.push(Vec::new());
            }
            tracks[track].push(span);
            piece.track = i32::try_from(track).unwrap_or(i32::MAX / 1024);
        }
        self.tracks =
            taken.into_iter().map(|(s, t)| (s, i32::try_from(t.len()).unwrap_or(i32::MAX / 1024))).collect();
    }
}

/// The vertical pieces of branch `k` from source to target.
fn course(tree: &Tree, ways: &Ways, rows: &Rows, k: usize) -> Vec<Piece> {
    let Some((source, target)) = ways.sides(k) else { return Vec::new() };
    let branch: &Branch = &tree.branches[k];
    let out = way_out(tree, ways, rows, (k, End::Source(k)), branch.from, source);
    let back = way_out(tree, ways, rows, (k, End::Target(k)), branch.to, target);
    let mut pieces = out.pieces;
    let meet = |strip| Piece { strip, from_y: out.y, to_y: back.y, track: 0 };
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
        pieces.push(Piece { strip: Strip::Gutter(detour.column, side), from_y: y, to_y, track: 0 });
        y = to_y;
    }
    WayOut { pieces, y }
}
