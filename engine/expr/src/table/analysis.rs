//! What can be said of a table before anyone asks it: points that no row covers, points that two rows cover,
//! rows that can never answer. Each finding has an example and says what to write.

use super::domain::{Domain, End, Interval, Point};
use super::hit::Hit;
use super::pieces::{Piece, pieces};
use super::sweep::{Hole, Rows, Search, Space, merge};
use super::{Input, Table};

/// The most holes that are gathered; taking them together costs their square.
const HOLES_MAX: usize = 400;

/// How far an analysis goes before it stops and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most findings.
    pub findings: usize,
    /// The most steps; one is a look at one piece of an axis.
    pub work: usize,
}

impl Default for Budget {
    /// Twenty findings, and work for well under a second.
    fn default() -> Budget {
        Budget { findings: 20, work: 3_000_000 }
    }
}

/// A change of the table that would answer a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Write another cell. Row and input count from zero.
    Write {
        /// The row.
        row: usize,
        /// The input.
        input: usize,
        /// The new text of the cell.
        cell: String,
    },
    /// Add a row with these input cells.
    AddRow {
        /// One per input.
        cells: Vec<String>,
    },
}

/// Something that is wrong with a table, or probably is. Rows and inputs count from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Points that no row covers.
    Gap {
        /// One of them, one value per input.
        example: Vec<Point>,
        /// What would close it; the smallest change first, the row to add last.
        advice: Vec<Advice>,
    },
    /// Points that two rows cover, where one at most may, or where they answer differently.
    Overlap {
        /// The upper row.
        first: usize,
        /// The lower row.
        second: usize,
        /// One of the points.
        example: Vec<Point>,
    },
    /// A row that never answers because earlier rows take all it asks for.
    Shadowed {
        /// The row.
        row: usize,
        /// The earlier rows that meet it; one when one alone suffices.
        by: Vec<usize>,
    },
    /// A row that no point of the declared domain can match.
    Unreachable {
        /// The row.
        row: usize,
        /// The input whose cell lies outside its domain.
        input: usize,
    },
    /// Tiers that neither rise nor fall from row to row.
    Unsorted {
        /// The first row out of order.
        row: usize,
    },
}

/// What an analysis found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The findings: rows that cannot match, gaps, overlaps, shadows, order.
    pub findings: Vec<Finding>,
    /// Whether everything was looked at. If not, there may be more findings than these.
    pub complete: bool,
    /// How many steps it took.
    pub work: usize,
}

/// Examines `table` over the declared domains of its inputs, within `budget`.
pub fn analyse(table: &Table, budget: Budget) -> Report {
    let mut examiner = Examiner::new(table, budget);
    if examiner.complete {
        examiner.unreachable();
        examiner.gaps();
        examiner.overlaps();
        examiner.shadows();
        examiner.unsorted();
    }
    let work = budget.work - examiner.work_left;
    Report { findings: examiner.findings, complete: examiner.complete, work }
}

struct Examiner<'t> {
    table: &'t Table,
    budget: Budget,
    work_left: usize,
    complete: bool,
    findings: Vec<Finding>,
    /// Per input, the pieces of its axis.
    axes: Vec<Vec<Piece>>,
    /// Per input and piece, the rows whose cell holds there.
    holds: Vec<Vec<Rows>>,
}

impl<'t> Examiner<'t> {
    fn new(table: &'t Table, budget: Budget) -> Examiner<'t> {
        let columns = table.signature.inputs.len();
        let mut examiner = Examiner {
            table,
            budget,
            work_left: budget.work,
            complete: true,
            findings: Vec::new(),
            axes: Vec::new(),
            holds: Vec::new(),
        };
        for column in 0..columns {
            let axis = pieces(table, column);
            let tests: usize =
                table.rows.iter().map(|row| 1 + row.questions[column].cell.tests().len()).sum();
            // Each piece is shown to each test once.
            if !examiner.spend((axis.len() * tests).div_ceil(16)) {
                break;
            }
            examiner.holds.push(axis.iter().map(|piece| rows_holding(table, column, piece)).collect());
            examiner.axes.push(axis);
        }
        examiner
    }

    fn spend(&mut self, work: usize) -> bool {
        match self.work_left.checked_sub(work) {
            Some(left) => self.work_left = left,
            None => self.complete = false,
        }
        self.complete
    }

    /// Adds a finding if there is room for one; otherwise the analysis is not complete.
    fn report(&mut self, finding: Finding) -> bool {
        if self.findings.len() < self.budget.findings {
            self.findings.push(finding);
            return true;
        }
        self.complete = false;
        false
    }

    fn inputs(&self) -> &'t [Input] {
        &self.table.signature.inputs
    }

    /// The pieces of `column` on which `row` holds.
    fn reach(&self, row: usize, column: usize) -> Vec<usize> {
        (0..self.axes[column].len()).filter(|piece| self.holds[column][*piece].contains(row)).collect()
    }

    fn everywhere(&self) -> Vec<Vec<usize>> {
        self.axes.iter().map(|axis| (0..axis.len()).collect()).collect()
    }

    fn unreachable(&mut self) {
        for row in 0..self.table.rows.len() {
            let outside = (0..self.axes.len()).find(|column| self.reach(row, *column).is_empty());
            if let Some(input) = outside
                && !self.report(Finding::Unreachable { row, input })
            {
                return;
            }
        }
    }

    /// What `rows` leave open of `pieces`.
    fn open(&mut self, pieces: Vec<Vec<usize>>, rows: Rows, holes_max: usize) -> Vec<Hole> {
        let space = Space { holds: &self.holds, pieces };
        let mut work = self.work_left;
        let mut search = Search::new(&space, holes_max, &mut work);
        let to_the_end = search.run(rows);
        let holes = search.holes;
        // Stopping because enough was found is a matter of the findings, not of the work.
        self.complete &= to_the_end || holes.len() >= holes_max;
        self.work_left = work;
        holes
    }

    fn gaps(&mut self) {
        if self.table.signature.hit.may_match_none() {
            return;
        }
        // Several holes often make one gap, so more are gathered than are told.
        let holes_max = self.budget.findings.saturating_mul(4).clamp(1, HOLES_MAX);
        let mut rows = Rows::default();
        (0..self.table.rows.len()).for_each(|row| rows.insert(row));
        let holes = self.open(self.everywhere(), rows, holes_max);
        self.complete &= holes.len() < holes_max;
        let holes = merge(holes).into_iter().filter(|hole| !hole.iter().any(Vec::is_empty));
        for hole in holes.flat_map(|hole| self.writable(hole)).collect::<Vec<_>>() {
            let example: Vec<Point> = self.example(&hole);
            let mut advice = self.moved_bounds(&hole, &example);
            advice.push(Advice::AddRow { cells: self.cells(&hole) });
            if !self.report(Finding::Gap { example, advice }) {
                return;
            }
        }
    }

    /// A hole that leaves out some texts but not a missing value needs two rows: `not(...)` never matches what
    /// is missing.
    fn writable(&self, hole: Hole) -> Vec<Hole> {
        let mixed = (0..hole.len()).find(|column| {
            let axis = &self.axes[*column];
            let takes = |found: fn(&Piece) -> bool| hole[*column].iter().any(|piece| found(&axis[*piece]));
            hole[*column].len() < axis.len()
                && takes(|piece| piece.rest)
                && takes(|piece| piece.example == Point::Missing)
        });
        let Some(column) = mixed else { return vec![hole] };
        let missing = self.axes[column].len() - 1;
        let (mut known, mut unknown) = (hole.clone(), hole);
        known[column].retain(|piece| *piece != missing);
        unknown[column] = vec![missing];
        [known, unknown].into_iter().flat_map(|hole| self.writable(hole)).collect()
    }

    fn example(&self, hole: &Hole) -> Vec<Point> {
        hole.iter().zip(&self.axes).map(|(pieces, axis)| axis[pieces[0]].example.clone()).collect()
    }

    /// Cells whose open end lies exactly at the example and keeps their row from covering it, when the gap is
    /// no wider than that: a moved bound would leave the rest of a wider one open.
    fn moved_bounds(&self, hole: &Hole, example: &[Point]) -> Vec<Advice> {
        let mut advice = Vec::new();
        for (row, of) in self.table.rows.iter().enumerate() {
            let mut failing = (0..example.len()).filter(|c| !of.questions[*c].cell.matches(&example[*c]));
            let (Some(input), None) = (failing.next(), failing.next()) else { continue };
            if hole[input].len() > 1 {
                continue;
            }
            let moved = example[input].ordinal().zip(of.questions[input].cell.interval()).and_then(
                |(at, interval)| {
                    let close = |end: Option<End>| match end {
                        Some(end) if end.at == at && !end.included => Some(End { at, included: true }),
                        end => end,
                    };
                    let moved = Interval { low: close(interval.low), high: close(interval.high) };
                    moved.contains(at).then_some(moved)
                },
            );
            if let Some(moved) = moved {
                let cell = show_interval(moved, &self.inputs()[input].domain);
                advice.push(Advice::Write { row, input, cell });
            }
        }
        advice
    }

    /// The input cells of a row that covers exactly `hole`.
    fn cells(&self, hole: &Hole) -> Vec<String> {
        (0..hole.len()).map(|column| self.cell(&hole[column], column)).collect()
    }

    fn cell(&self, taken: &[usize], column: usize) -> String {
        let (axis, domain) = (&self.axes[column], &self.inputs()[column].domain);
        if taken.len() == axis.len() {
            return "-".to_owned();
        }
        let missing = axis.last().is_some_and(|piece| piece.example == Point::Missing);
        if missing && taken.len() + 1 == axis.len() && taken.last() != Some(&(axis.len() - 1)) {
            return "not(null)".to_owned();
        }
        let rest = taken.iter().any(|piece| axis[*piece].rest);
        let (shown, negated): (Vec<usize>, bool) = match rest {
            true => (named_outside(taken, axis), true),
            false => (taken.to_vec(), false),
        };
        let mut parts = Vec::new();
        for run in runs(&shown, axis) {
            parts.push(show_run(run, axis, domain));
        }
        match negated {
            true => format!("not({})", parts.join(", ")),
            false => parts.join(", "),
        }
    }

    fn overlaps(&mut self) {
        let any = match self.table.signature.hit {
            Hit::Unique => false,
            Hit::Any => true,
            Hit::First | Hit::Priority | Hit::Collect(_) => return,
        };
        for second in 1..self.table.rows.len() {
            for first in 0..second {
                if any && self.table.answers_alike(first, second) {
                    continue;
                }
                if !self.spend(1) {
                    return;
                }
                if let Some(example) = self.shared(first, second)
                    && !self.report(Finding::Overlap { first, second, example })
                {
                    return;
                }
            }
        }
    }

    /// A point that both rows cover.
    fn shared(&self, first: usize, second: usize) -> Option<Vec<Point>> {
        let meets = |(axis, holds): (&Vec<Piece>, &Vec<Rows>)| {
            let piece = holds.iter().position(|rows| rows.contains(first) && rows.contains(second))?;
            Some(axis[piece].example.clone())
        };
        self.axes.iter().zip(&self.holds).map(meets).collect()
    }

    fn shadows(&mut self) {
        if self.table.signature.hit != Hit::First {
            return;
        }
        for row in 1..self.table.rows.len() {
            let reach: Vec<Vec<usize>> = (0..self.axes.len()).map(|column| self.reach(row, column)).collect();
            if reach.iter().any(Vec::is_empty) || !self.spend(row) {
                continue;
            }
            let meeting: Vec<usize> =
                (0..row).filter(|earlier| self.shared(*earlier, row).is_some()).collect();
            if meeting.is_empty() {
                continue;
            }
            let alone = meeting.iter().copied().find(|earlier| {
                (0..reach.len()).all(|column| {
                    reach[column].iter().all(|piece| self.holds[column][*piece].contains(*earlier))
                })
            });
            let mut rows = Rows::default();
            meeting.iter().for_each(|earlier| rows.insert(*earlier));
            let shadowed = alone.is_some() || self.open(reach, rows, 1).is_empty() && self.complete;
            let by = alone.map_or(meeting, |earlier| vec![earlier]);
            if shadowed && !self.report(Finding::Shadowed { row, by }) || !self.complete {
                return;
            }
        }
    }

    /// Tiers over one ordered input read best in order, and a tier out of order is often a slip of the pen.
    fn unsorted(&mut self) {
        let [input] = self.inputs() else { return };
        if input.domain.order().is_none() || matches!(self.table.signature.hit, Hit::First | Hit::Priority) {
            return;
        }
        let starts: Vec<(usize, usize)> = (0..self.table.rows.len())
            .filter(|row| self.table.rows[*row].questions[0].cell.interval().is_some())
            .filter_map(|row| Some((row, self.reach(row, 0).first().copied()?)))
            .collect();
        let rises = |pair: &[(usize, usize)]| pair[0].1 <= pair[1].1;
        let falls = |pair: &[(usize, usize)]| pair[0].1 >= pair[1].1;
        if starts.windows(2).all(rises) || starts.windows(2).all(falls) {
            return;
        }
        let rising = starts.windows(2).next().is_some_and(rises);
        let broken = starts.windows(2).find(|pair| if rising { !rises(pair) } else { !falls(pair) });
        if let Some(pair) = broken {
            self.report(Finding::Unsorted { row: pair[1].0 });
        }
    }
}

/// The pieces that `taken` leaves out, but for a missing value, which `not(...)` leaves out by itself.
fn named_outside(taken: &[usize], axis: &[Piece]) -> Vec<usize> {
    (0..axis.len()).filter(|piece| !taken.contains(piece) && axis[*piece].example != Point::Missing).collect()
}

fn rows_holding(table: &Table, column: usize, piece: &Piece) -> Rows {
    let mut rows = Rows::default();
    for (number, row) in table.rows.iter().enumerate() {
        if row.questions[column].cell.matches(&piece.example) {
            rows.insert(number);
        }
    }
    rows
}

/// `taken` as stretches of neighbouring pieces; pieces without a stretch stand alone.
fn runs<'p>(taken: &'p [usize], axis: &[Piece]) -> Vec<&'p [usize]> {
    taken.chunk_by(|a, b| a + 1 == *b && axis[*a].stretch.is_some() && axis[*b].stretch.is_some()).collect()
}

/// A run of neighbouring pieces as a cell writes it.
fn show_run(run: &[usize], axis: &[Piece], domain: &Domain) -> String {
    let (first, last) = (run[0], run[run.len() - 1]);
    let (Some(low), Some(high)) = (axis[first].stretch, axis[last].stretch) else {
        return domain.show(&axis[first].example);
    };
    if first == last && only_value(low, domain) {
        return domain.show(&axis[first].example);
    }
    // The domain itself ends at the first and at the last piece; a cell need not say so.
    let (at_start, at_end) = (first == 0, axis.get(last + 1).is_none_or(|piece| piece.stretch.is_none()));
    show_interval(
        Interval { low: low.low.filter(|_| !at_start), high: high.high.filter(|_| !at_end) },
        domain,
    )
}

/// Whether a stretch has one value on the grid of the domain.
fn only_value(stretch: Interval, domain: &Domain) -> bool {
    let Some((_, step)) = domain.order() else { return true };
    let (Some(low), Some(high)) = (stretch.low, stretch.high) else { return false };
    let two_steps = step.and_then(|step| step.checked_add(step)?.checked_add(low.at));
    low.at == high.at || two_steps.is_some_and(|end| high.at <= end)
}

/// An interval as a cell writes it.
fn show_interval(interval: Interval, domain: &Domain) -> String {
    let at = |end: End| domain.at(end.at).map_or_else(|| end.at.to_string(), |point| domain.show(&point));
    match (interval.low, interval.high) {
        (None, None) => "-".to_owned(),
        (Some(low), None) => format!("{} {}", if low.included { ">=" } else { ">" }, at(low)),
        (None, Some(high)) => format!("{} {}", if high.included { "<=" } else { "<" }, at(high)),
        (Some(low), Some(high)) if low.at == high.at => at(low),
        (Some(low), Some(high)) => {
            let (open, close) = (if low.included { '[' } else { '(' }, if high.included { ']' } else { ')' });
            format!("{open}{}..{}{close}", at(low), at(high))
        }
    }
}
