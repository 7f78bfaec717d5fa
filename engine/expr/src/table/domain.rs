//! What an input of a table can be: the space in which rows are compared and gaps are looked for.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// One value of an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Not known.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// An exact number; money in yuan, a rate as a ratio.
    Number(Decimal),
    /// A civil date.
    Date(Date),
    /// Text.
    Text(String),
}

/// Days are counted from here; the choice does not show.
const EPOCH: Date = Date::constant(1970, 1, 1);

impl Point {
    /// Where the point lies on an ordered axis: the number itself, or the number of the day.
    pub fn ordinal(&self) -> Option<Decimal> {
        match self {
            Point::Number(n) => Some(*n),
            Point::Date(date) => Some(Decimal::from(date.since(EPOCH).ok()?.get_days())),
            Point::Missing | Point::Bool(_) | Point::Text(_) => None,
        }
    }
}

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Where it ends.
    pub at: Decimal,
    /// Whether the end itself belongs to it.
    pub included: bool,
}

/// A stretch of an ordered axis; an end that is none does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins.
    pub low: Option<End>,
    /// Where it ends.
    pub high: Option<End>,
}

impl Interval {
    /// From `low` to `high`, both included.
    pub fn closed(low: Decimal, high: Decimal) -> Interval {
        Interval::at_least(low).and_at_most(high)
    }

    /// `low` and everything above.
    pub fn at_least(low: Decimal) -> Interval {
        Interval { low: Some(End { at: low, included: true }), high: None }
    }

    /// Everything above `low`.
    pub fn above(low: Decimal) -> Interval {
        Interval { low: Some(End { at: low, included: false }), high: None }
    }

    /// The same, ending with `high`.
    pub fn and_at_most(self, high: Decimal) -> Interval {
        Interval { high: Some(End { at: high, included: true }), ..self }
    }

    /// Whether it holds `at`.
    pub fn contains(&self, at: Decimal) -> bool {
        let after = self.low.is_none_or(|end| at > end.at || (end.included && at == end.at));
        let before = self.high.is_none_or(|end| at < end.at || (end.included && at == end.at));
        after && before
    }

    /// Whether no number lies in it.
    pub fn is_empty(&self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => {
                low.at > high.at || (low.at == high.at && !(low.included && high.included))
            }
            _ => false,
        }
    }

    /// The places where it begins and ends.
    pub fn ends(&self) -> impl Iterator<Item = Decimal> {
        self.low.into_iter().chain(self.high).map(|end| end.at)
    }
}

/// How numbers of a domain are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// `600`
    #[default]
    Plain,
    /// `1000万`
    Money,
    /// `3%`
    Percent,
}

/// Everything an input can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Numbers in a range, whole multiples of `step` if there is one.
    Number {
        /// From where to where.
        range: Interval,
        /// The distance between two neighbours, greater than zero.
        step: Option<Decimal>,
        /// How they are written.
        notation: Notation,
    },
    /// Civil dates; the range counts days.
    Date {
        /// From where to where, as [`Point::ordinal`].
        range: Interval,
    },
    /// One of these.
    Choice(Vec<String>),
    /// Any text.
    Text,
    /// Yes or no.
    Bool,
}

impl Domain {
    /// Any number.
    pub fn number() -> Domain {
        Domain::Number { range: Interval::default(), step: None, notation: Notation::Plain }
    }

    /// Whole numbers in `range`.
    pub fn integer(range: Interval) -> Domain {
        Domain::Number { range, step: Some(Decimal::ONE), notation: Notation::Plain }
    }

    /// Amounts in yuan, zero or more, whole fen.
    pub fn money() -> Domain {
        let range = Interval::at_least(Decimal::ZERO);
        Domain::Number { range, step: Some(Decimal::new(1, 2)), notation: Notation::Money }
    }

    /// Ratios, written in percent.
    pub fn rate() -> Domain {
        Domain::Number { range: Interval::default(), step: None, notation: Notation::Percent }
    }

    /// Civil dates, any.
    pub fn date() -> Domain {
        Domain::Date { range: Interval::default() }
    }

    /// The same, limited to `range`; only an ordered domain can be.
    #[must_use]
    pub fn within(self, within: Interval) -> Domain {
        match self {
            Domain::Number { step, notation, .. } => Domain::Number { range: within, step, notation },
            Domain::Date { .. } => Domain::Date { range: within },
            other => other,
        }
    }

    /// Whether `point` belongs to it. [`Point::Missing`] never does.
    pub fn contains(&self, point: &Point) -> bool {
        match (self, point) {
            (Domain::Number { range, step, .. }, Point::Number(n)) => {
                let on_grid = step.is_none_or(|step| n.checked_rem(step).is_some_and(|rest| rest.is_zero()));
                range.contains(*n) && on_grid
            }
            (Domain::Date { range }, Point::Date(_)) => {
                point.ordinal().is_some_and(|day| range.contains(day))
            }
            (Domain::Choice(of), Point::Text(text)) => of.contains(text),
            (Domain::Text, Point::Text(_)) | (Domain::Bool, Point::Bool(_)) => true,
            _ => false,
        }
    }

    /// The range and the distance between neighbours, for ordered domains.
    pub fn order(&self) -> Option<(Interval, Option<Decimal>)> {
        match self {
            Domain::Number { range, step, .. } => Some((*range, *step)),
            Domain::Date { range } => Some((*range, Some(Decimal::ONE))),
            Domain::Choice(_) | Domain::Text | Domain::Bool => None,
        }
    }

    /// The point at `ordinal` of an ordered domain.
    pub fn at(&self, ordinal: Decimal) -> Option<Point> {
        match self {
            Domain::Number { .. } => Some(Point::Number(ordinal)),
            Domain::Date { .. } => {
                let days: i64 = ordinal.trunc().try_into().ok()?;
                Some(Point::Date(EPOCH.checked_add(days.days()).ok()?))
            }
            Domain::Choice(_) | Domain::Text | Domain::Bool => None,
        }
    }

    /// `point` as a cell of this domain writes it.
    pub fn show(&self, point: &Point) -> String {
        match point {
            Point::Missing => "null".to_owned(),
            Point::Bool(yes) => yes.to_string(),
            Point::Date(date) => date.to_string(),
            Point::Text(text) => format!("\"{text}\""),
            Point::Number(n) => match self {
                Domain::Number { notation, .. } => show_number(*n, *notation),
                _ => n.normalize().to_string(),
            },
        }
    }
}

/// A number as people write it: round amounts in 万 and 亿, rates in percent.
fn show_number(n: Decimal, notation: Notation) -> String {
    let in_units_of = |unit: i64| {
        let unit = Decimal::from(unit);
        let whole = !n.is_zero() && (n % unit).is_zero();
        whole.then(|| (n / unit).normalize())
    };
    match notation {
        Notation::Plain => n.normalize().to_string(),
        Notation::Money => match (in_units_of(100_000_000), in_units_of(10_000)) {
            (Some(yi), _) => format!("{yi}亿"),
            (None, Some(wan)) => format!("{wan}万"),
            (None, None) => n.normalize().to_string(),
        },
        Notation::Percent => match n.checked_mul(Decimal::ONE_HUNDRED) {
            Some(percent) => format!("{}%", percent.normalize()),
            None => n.normalize().to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let money = Domain::money();
        for (n, text) in [("10000000", "1000万"), ("200000000", "2亿"), ("0.01", "0.01"), ("15000", "15000")]
        {
            assert_eq!(money.show(&Point::Number(n.parse().unwrap())), text);
        }
        assert_eq!(Domain::rate().show(&Point::Number("0.005".parse().unwrap())), "0.5%");
    }

    #[test]
    fn a_domain_knows_its_grid() {
        let score = Domain::integer(Interval::closed(0.into(), 1000.into()));
        for (n, inside) in [("0", true), ("1000", true), ("1001", false), ("599.5", false), ("-1", false)] {
            assert_eq!(score.contains(&Point::Number(n.parse().unwrap())), inside, "{n}");
        }
    }

    #[test]
    fn days_are_neighbours() {
        let day = |text: &str| Point::Date(text.parse().unwrap());
        let ordinal = day("2026-03-01").ordinal().unwrap();
        assert_eq!(Domain::date().at(ordinal - Decimal::ONE), Some(day("2026-02-28")));
    }
}
