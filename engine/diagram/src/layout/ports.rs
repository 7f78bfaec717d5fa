//! Which way each line goes, and on which side of which state it is fastened.

use crate::picture::Cause;
use crate::tree::{Branch, ROOT, Shape, Tree};
use std::collections::BTreeSet;

/// A side of a box or of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Left,
    Right,
}

impl Side {
    pub(crate) const BOTH: [Side; 2] = [Side::Left, Side::Right];
}

/// The course of one branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Down to the next row.
    Straight,
    /// Through a rail of the column where both ends meet.
    Rail(Side),
    /// From one column of a parallel to another one, through a lane.
    Across { source: Side, target: Side },
    /// Round one column of a parallel, along its right gutter.
    Loop { column: usize },
}

/// What is fastened at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Source(usize),
    Target(usize),
    /// The mark of the state entered first in this node.
    Start(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Port {
    pub end: End,
    /// The node at the other end.
    pub other: usize,
}

impl Port {
    pub(crate) fn leaves(&self) -> bool {
        matches!(self.end, End::Source(_))
    }
}

/// Leaving a column of a parallel state: along its gutter to a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detour {
    pub column: usize,
    pub parallel: usize,
}

/// Which lane a line uses in a parallel: its branch, and the end it serves (both, when across).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    pub parallel: usize,
    pub end: End,
}

/// Ways, ports and lanes of a tree.
#[derive(Debug)]
pub(crate) struct Ways {
    pub ways: Vec<Way>,
    /// Per node: ports on the left, ports on the right, each from top to bottom.
    ports: Vec<[Vec<Port>; 2]>,
    /// Per node: lanes above its columns, lanes below.
    pub lanes: Vec<[Vec<Lane>; 2]>,
    /// Start marks drawn above their state instead of beside it.
    pub start_above: Option<usize>,
}

impl Ways {
    pub(crate) fn new(tree: &Tree) -> Ways {
        let count = tree.nodes.len();
        let straight = straight_branches(tree);
        let ways =
            tree.branches.iter().enumerate().map(|(k, b)| way(tree, b, straight.contains(&k))).collect();
        let mut all = Ways {
            ways,
            ports: vec![Default::default(); count],
            lanes: vec![Default::default(); count],
            start_above: None,
        };
        all.fasten_starts(tree);
        for (k, branch) in tree.branches.iter().enumerate() {
            all.fasten(tree, k, branch);
        }
        for (at, sides) in all.ports.iter_mut().enumerate() {
            sides.iter_mut().for_each(|ports| ports.sort_by_key(|p| from_top(p, at)));
        }
        all
    }

    pub(crate) fn ports(&self, at: usize, side: Side) -> &[Port] {
        &self.ports[at][side as usize]
    }

    fn fasten_starts(&mut self, tree: &Tree) {
        for at in 0..tree.nodes.len() {
            let Some(initial) = tree.nodes[at].initial else { continue };
            if at == ROOT && tree.rungs(ROOT).next() == Some(initial) {
                self.start_above = Some(initial);
            } else {
                self.ports[initial][Side::Left as usize].push(Port { end: End::Start(at), other: at });
            }
        }
    }

    fn fasten(&mut self, tree: &Tree, k: usize, branch: &Branch) {
        let Some((source, target)) = self.sides(k) else { return };
        let mut put = |at: usize, end, other, side: Side| {
            // Outcomes stand right of everything: their lines come from the left.
            let side = if tree.nodes[at].side { Side::Left } else { side };
            self.ports[at][side as usize].push(Port { end, other });
        };
        put(branch.from, End::Source(k), branch.to, source);
        put(branch.to, End::Target(k), branch.from, target);
        let meeting = self.meeting(tree, k);
        for (end, at, other, side) in [
            (End::Source(k), branch.from, branch.to, source),
            (End::Target(k), branch.to, branch.from, target),
        ] {
            for detour in detours(tree, at, side, meeting) {
                let lane = self.lane(tree, k, end, detour.parallel);
                let above = detour.parallel != meeting && other <= detour.parallel;
                let lanes = &mut self.lanes[detour.parallel][usize::from(!above)];
                if !lanes.contains(&lane) {
                    lanes.push(lane);
                }
            }
        }
    }

    /// The lane `end` of branch `k` takes in `parallel`: one for both ends when they meet there.
    pub(crate) fn lane(&self, tree: &Tree, k: usize, end: End, parallel: usize) -> Lane {
        let branch = &tree.branches[k];
        let shared =
            matches!(self.ways[k], Way::Across { .. }) && tree.meeting(branch.from, branch.to) == parallel;
        Lane { parallel, end: if shared { End::Source(k) } else { end } }
    }

    /// The node in whose rails, lanes or gutter the two ends of branch `k` come together.
    pub(crate) fn meeting(&self, tree: &Tree, k: usize) -> usize {
        match self.ways[k] {
            Way::Loop { column } => column,
            _ => tree.meeting(tree.branches[k].from, tree.branches[k].to),
        }
    }

    /// The sides on which the source and the target of branch `k` are left; `None` when straight.
    pub(crate) fn sides(&self, k: usize) -> Option<(Side, Side)> {
        match self.ways[k] {
            Way::Straight => None,
            Way::Rail(side) => Some((side, side)),
            Way::Across { source, target } => Some((source, target)),
            Way::Loop { .. } => Some((Side::Right, Side::Right)),
        }
    }
}

/// Ports whose line goes up come first, the nearest first; then those that go down, the farthest first:
/// so lines fastened to one state do not cross. A start mark comes last, clear of labels.
fn from_top(port: &Port, at: usize) -> (u8, std::cmp::Reverse<usize>, End) {
    let group = match port.end {
        End::Start(_) => 2,
        _ if port.other < at => 0,
        End::Source(_) | End::Target(_) => 1,
    };
    (group, std::cmp::Reverse(port.other), port.end)
}

fn way(tree: &Tree, branch: &Branch, straight: bool) -> Way {
    if straight {
        return Way::Straight;
    }
    let meeting = tree.meeting(branch.from, branch.to);
    let forward = branch.from <= branch.to;
    if tree.nodes[meeting].shape == Shape::Parallel {
        let column = column_under(tree, branch.from, meeting);
        if column == column_under(tree, branch.to, meeting) {
            return Way::Loop { column };
        }
        let (source, target) = if forward { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
        return Way::Across { source, target };
    }
    let outcome = tree.nodes[branch.from].side || tree.nodes[branch.to].side;
    let nested = tree.parents(branch.from).contains(&branch.to);
    Way::Rail(if forward || outcome || nested { Side::Right } else { Side::Left })
}

/// The column of `parallel` that is or holds `at`.
fn column_under(tree: &Tree, at: usize, parallel: usize) -> usize {
    let mut column = at;
    while column != ROOT && tree.nodes[column].parent != parallel {
        column = tree.nodes[column].parent;
    }
    column
}

/// Branches that go straight down; at most one in each gap, plain events before timers.
fn straight_branches(tree: &Tree) -> BTreeSet<usize> {
    let rank = |cause: Cause| match cause {
        Cause::Event | Cause::Automatic => 0,
        Cause::Timer => 1,
        Cause::Error => 2,
    };
    let mut order: Vec<usize> = (0..tree.branches.len()).collect();
    order.sort_by_key(|k| rank(tree.branches[*k].cause));
    let mut gaps = BTreeSet::new();
    order.retain(|k| gap(tree, &tree.branches[*k]).is_some_and(|gap| gaps.insert(gap)));
    order.into_iter().collect()
}

/// The row under the gap that `branch` crosses straight down, if it leads to the next row.
fn gap(tree: &Tree, branch: &Branch) -> Option<usize> {
    if tree.nodes[branch.from].side || tree.nodes[branch.to].side || tree.is_column(branch.from) {
        return None;
    }
    let next = next_row(tree, branch.from)?;
    let mut top = next;
    while top != branch.to {
        if tree.nodes[top].shape != Shape::Box {
            return None;
        }
        top = tree.rungs(top).next()?;
    }
    Some(next)
}

/// The row below `at`, leaving compounds that end with it.
fn next_row(tree: &Tree, at: usize) -> Option<usize> {
    let parent = tree.nodes[at].parent;
    if let Some(next) = tree.rungs(parent).skip_while(|k| *k != at).nth(1) {
        return Some(next);
    }
    (tree.nodes[parent].shape == Shape::Box).then(|| next_row(tree, parent))?
}

/// The columns a line has to leave through their gutter on its way from `at` out to `meeting`.
pub(crate) fn detours(tree: &Tree, at: usize, side: Side, meeting: usize) -> Vec<Detour> {
    let mut found = Vec::new();
    let mut at = at;
    while at != meeting && at != ROOT {
        let parallel = tree.nodes[at].parent;
        if tree.is_column(at) && (parallel == meeting || !at_edge(tree, at, side)) {
            found.push(Detour { column: at, parallel });
        }
        at = parallel;
    }
    found
}

/// Is `column` the outermost of its parallel on `side`, so that a line can leave directly?
fn at_edge(tree: &Tree, column: usize, side: Side) -> bool {
    let columns = &tree.nodes[tree.nodes[column].parent].kids;
    let outermost = match side {
        Side::Left => columns.first(),
        Side::Right => columns.last(),
    };
    outermost == Some(&column)
}
