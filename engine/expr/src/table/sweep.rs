//! Looking for points that no row covers: column by column, sets of rows that are still in play.
//!
//! At each column the pieces that leave the same rows in play are taken together, so the cost follows the number
//! of different situations and not the number of pieces. A set of rows that was once found to cover everything
//! below a column is not looked at again. The work is counted, and when it is used up the search stops.

use std::collections::BTreeSet;

/// How many rows a set can hold; [`super::ROWS_MAX`] is not more.
pub(super) const ROWS: usize = 512;

/// A set of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rows([u64; ROWS / 64]);

impl Rows {
    pub fn insert(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    pub fn contains(&self, row: usize) -> bool {
        self.0[row / 64] & (1 << (row % 64)) != 0
    }

    pub fn and(&self, other: &Rows) -> Rows {
        let mut both = *self;
        for (a, b) in both.0.iter_mut().zip(other.0) {
            *a &= b;
        }
        both
    }

    pub fn is_empty(&self) -> bool {
        self.0 == [0; ROWS / 64]
    }
}

/// What is searched: which rows hold on which piece of which column, and which pieces are looked at.
pub(super) struct Space<'a> {
    /// Per column and piece, the rows whose cell holds there.
    pub holds: &'a [Vec<Rows>],
    /// Per column, the pieces looked at.
    pub pieces: Vec<Vec<usize>>,
}

/// A block of points that no row covers: per column the pieces it takes.
pub(super) type Hole = Vec<Vec<usize>>;

/// A search under way.
pub(super) struct Search<'a> {
    space: &'a Space<'a>,
    /// Per column, the rows that hold on every piece from that column on.
    wide: Vec<Rows>,
    covered: BTreeSet<(usize, Rows)>,
    /// What was found, in reading order.
    pub holes: Vec<Hole>,
    holes_max: usize,
    work: &'a mut usize,
}

impl<'a> Search<'a> {
    /// A search of `space` for what `rows` leave open, up to `holes_max` holes and for `work` looks at a piece.
    pub fn new(space: &'a Space<'a>, holes_max: usize, work: &'a mut usize) -> Search<'a> {
        let columns = space.holds.len();
        let mut all = Rows::default();
        (0..ROWS).for_each(|row| all.insert(row));
        let mut wide = vec![all; columns + 1];
        for column in (0..columns).rev() {
            let everywhere =
                space.pieces[column].iter().fold(all, |rows, piece| rows.and(&space.holds[column][*piece]));
            wide[column] = wide[column + 1].and(&everywhere);
        }
        Search { space, wide, covered: BTreeSet::new(), holes: Vec::new(), holes_max, work }
    }

    /// Whether the search came to its end. The holes are in `holes`.
    pub fn run(&mut self, rows: Rows) -> bool {
        self.open(0, rows, &mut Vec::new())
    }

    fn open(&mut self, column: usize, rows: Rows, path: &mut Hole) -> bool {
        if rows.is_empty() {
            let rest = self.space.pieces[column..].iter().cloned();
            self.holes.push(path.iter().cloned().chain(rest).collect());
            return self.holes.len() < self.holes_max;
        }
        if !rows.and(&self.wide[column]).is_empty() || self.covered.contains(&(column, rows)) {
            return true;
        }
        let before = self.holes.len();
        let Some(groups) = self.groups(column, rows) else { return false };
        for (rows, pieces) in groups {
            path.push(pieces);
            let go_on = self.open(column + 1, rows, path);
            path.pop();
            if !go_on {
                return false;
            }
        }
        if self.holes.len() == before {
            self.covered.insert((column, rows));
        }
        true
    }

    /// The pieces of a column, those together that leave the same rows, in the order of their first piece.
    /// None when the work is used up.
    fn groups(&mut self, column: usize, rows: Rows) -> Option<Vec<(Rows, Vec<usize>)>> {
        let pieces = &self.space.pieces[column];
        *self.work = self.work.checked_sub(pieces.len())?;
        let mut left: Vec<(Rows, usize)> =
            pieces.iter().map(|piece| (rows.and(&self.space.holds[column][*piece]), *piece)).collect();
        left.sort_unstable();
        let mut groups: Vec<(Rows, Vec<usize>)> = Vec::new();
        for (rows, piece) in left {
            match groups.last_mut() {
                Some((same, pieces)) if *same == rows => pieces.push(piece),
                _ => groups.push((rows, vec![piece])),
            }
        }
        groups.sort_by_key(|(_, pieces)| pieces[0]);
        Some(groups)
    }
}

/// Takes holes together that differ in one column only, until none do.
pub(super) fn merge(mut holes: Vec<Hole>) -> Vec<Hole> {
    let mut at = 0;
    while at < holes.len() {
        let partner =
            (at + 1..holes.len()).find_map(|other| Some((other, differing(&holes[at], &holes[other])?)));
        match partner {
            Some((other, column)) => {
                let taken = holes.remove(other);
                holes[at][column].extend(&taken[column]);
                holes[at][column].sort_unstable();
                at = 0;
            }
            None => at += 1,
        }
    }
    holes
}

/// The one column in which two holes differ.
fn differing(a: &Hole, b: &Hole) -> Option<usize> {
    let mut columns = (0..a.len()).filter(|column| a[*column] != b[*column]);
    let column = columns.next()?;
    columns.next().is_none().then_some(column)
}
