//! The axis of one input, cut into pieces on which no cell of the table changes its answer.
//!
//! An ordered axis is cut at every end of every cell into points and the open stretches between them; any other
//! axis has one piece per value that some cell names, and one for all the rest. A piece is kept only if the
//! domain has a value in it, so a grid of whole numbers has no piece between 599 and 600.

use super::domain::{Domain, End, Interval, Point};
use super::{Input, Table};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeSet;

/// A part of an axis, with a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Some value of the piece; every cell answers the same for all of them.
    pub example: Point,
    /// The stretch of an ordered axis.
    pub stretch: Option<Interval>,
    /// Whether it stands for every text that no cell names.
    pub rest: bool,
}

impl Piece {
    fn of(example: Point) -> Piece {
        Piece { example, stretch: None, rest: false }
    }
}

/// The pieces of the axis of `table`'s input number `column`, from low to high.
pub(super) fn pieces(table: &Table, column: usize) -> Vec<Piece> {
    let input = &table.signature.inputs[column];
    let cells = || table.rows.iter().map(|row| &row.questions[column].cell);
    let mut pieces = match &input.domain {
        Domain::Bool => vec![Piece::of(Point::Bool(true)), Piece::of(Point::Bool(false))],
        Domain::Choice(of) => of.iter().map(|name| Piece::of(Point::Text(name.clone()))).collect(),
        Domain::Text => text_pieces(cells().flat_map(|cell| cell.names()).collect()),
        Domain::Number { .. } | Domain::Date { .. } => {
            ordered_pieces(input, cells().flat_map(|cell| cell.cuts()))
        }
    };
    if input.optional {
        pieces.push(Piece::of(Point::Missing));
    }
    pieces
}

fn text_pieces(names: BTreeSet<&str>) -> Vec<Piece> {
    let mut other = "其他".to_owned();
    while names.contains(other.as_str()) {
        other.push('…');
    }
    let mut pieces: Vec<Piece> =
        names.iter().map(|name| Piece::of(Point::Text((*name).to_owned()))).collect();
    pieces.push(Piece { rest: true, ..Piece::of(Point::Text(other)) });
    pieces
}

fn ordered_pieces(input: &Input, cuts: impl Iterator<Item = Decimal>) -> Vec<Piece> {
    let Some((range, step)) = input.domain.order() else { return Vec::new() };
    let cuts: BTreeSet<Decimal> = cuts.chain(range.ends()).collect();
    let mut stretches = Vec::new();
    let mut low = None;
    for cut in cuts {
        stretches.push(Interval { low, high: Some(End { at: cut, included: false }) });
        stretches.push(Interval::closed(cut, cut));
        low = Some(End { at: cut, included: false });
    }
    stretches.push(Interval { low, high: None });
    let keep = |stretch: Interval| {
        let example = input.domain.at(value_in(stretch, step)?)?;
        let inside = input.domain.contains(&example) && stretch.contains(example.ordinal()?);
        inside.then_some(Piece { example, stretch: Some(stretch), rest: false })
    };
    stretches.into_iter().filter_map(keep).collect()
}

/// A simple value in a stretch that is a point or open at both ends; on the grid of `step` if there is one.
pub(super) fn value_in(stretch: Interval, step: Option<Decimal>) -> Option<Decimal> {
    let grid = |n: Decimal, step: Decimal| n.checked_div(step);
    match (stretch.low, stretch.high) {
        (Some(low), _) if low.included => Some(low.at),
        (None, None) => Some(Decimal::ZERO),
        (Some(low), high) => match step {
            Some(step) => grid(low.at, step)?.floor().checked_add(Decimal::ONE)?.checked_mul(step),
            None => above(low.at, high.map(|end| end.at)),
        },
        (None, Some(high)) => match step {
            Some(step) => grid(high.at, step)?.ceil().checked_sub(Decimal::ONE)?.checked_mul(step),
            None => high.at.ceil().checked_sub(Decimal::ONE),
        },
    }
}

/// The shortest number above `low` and below `high`.
fn above(low: Decimal, high: Option<Decimal>) -> Option<Decimal> {
    (0..=18).find_map(|places| {
        let unit = Decimal::new(1, places);
        let candidate =
            low.round_dp_with_strategy(places, RoundingStrategy::ToNegativeInfinity).checked_add(unit)?;
        high.is_none_or(|high| candidate < high).then_some(candidate.normalize())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: Interval, step: Option<&str>, cuts: &[&str]) -> String {
        let step = step.map(|s| s.parse().unwrap());
        let domain = Domain::Number { range, step, notation: super::super::Notation::Plain };
        let input = Input::new("x", domain);
        let cuts = cuts.iter().map(|c| c.parse().unwrap());
        let show = |piece: &Piece| input.domain.show(&piece.example);
        ordered_pieces(&input, cuts).iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_axis_is_cut_into_points_and_stretches() {
        let all = Interval::default();
        assert_eq!(check(all, None, &["600"]), "599 600 601");
        assert_eq!(check(all, None, &["599", "600"]), "598 599 599.1 600 601");
        assert_eq!(
            check(all, Some("1"), &["599", "600"]),
            "598 599 600 601",
            "nothing between whole numbers"
        );
        assert_eq!(check(Interval::closed(0.into(), 1000.into()), Some("1"), &["600"]), "0 1 600 601 1000");
        assert_eq!(
            check(Interval::above(0.into()), Some("0.01"), &["100"]),
            "0.01 100 100.01",
            "money above zero"
        );
        assert_eq!(check(all, Some("10"), &["5"]), "0 10", "a cut off the grid is no point");
        assert_eq!(check(Interval::closed(5.into(), 5.into()), None, &[]), "5");
    }
}
