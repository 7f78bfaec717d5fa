//! Asking a table: which rows match a point, what they answer, and what each cell said.

use super::domain::Point;
use super::hit::{Collect, Hit};
use super::{Row, Table};
use crate::formula::Words;
use rust_decimal::Decimal;
use thiserror::Error;

/// What one row said to a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The row, from zero.
    pub row: usize,
    /// One per input: whether the cell holds.
    pub cells: Vec<bool>,
}

impl Verdict {
    /// Whether every cell holds.
    pub fn matched(&self) -> bool {
        self.cells.iter().all(|holds| *holds)
    }
}

/// The answer of a table, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'t> {
    /// The rows that answer, from the top: one, or all for `collect`.
    pub rows: Vec<&'t Row>,
    /// Their numbers from zero, in the same order.
    pub numbers: Vec<usize>,
    /// One number made of the first outputs, for `collect sum`, `min`, `max` and `count`; none when an output
    /// is a formula that the caller computes, or when there is no least of nothing.
    pub collected: Option<Decimal>,
    /// What every row said, from the top.
    pub verdicts: Vec<Verdict>,
}

/// Why a table has no answer. Rows and inputs count from zero.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Undecided {
    /// Another number of values than inputs.
    #[error("the table has {expected} inputs and was asked with {given} values")]
    WrongCount {
        /// How many inputs there are.
        expected: usize,
        /// How many values came.
        given: usize,
    },
    /// A value that is not known, where it must be.
    #[error("`{name}` is not known")]
    Missing {
        /// The input.
        name: String,
    },
    /// A value of another kind, or outside what is declared.
    #[error("`{name}` cannot be {value}")]
    OutsideDomain {
        /// The input.
        name: String,
        /// What came.
        value: String,
    },
    /// No row matches.
    #[error("no row of the table matches")]
    NoRow {
        /// What every row said.
        verdicts: Vec<Verdict>,
    },
    /// Several rows match and one at most may, or they disagree where they must not.
    #[error("rows {} of the table match at once", one_based(.rows))]
    SeveralRows {
        /// Which.
        rows: Vec<usize>,
    },
    /// The sum is larger than can be written.
    #[error("the sum of the matching rows is out of range")]
    OutOfRange,
}

fn one_based(rows: &[usize]) -> String {
    rows.iter().map(|row| (row + 1).to_string()).collect::<Vec<_>>().join(", ")
}

impl Undecided {
    /// The same for people; the English is that of `Display`.
    pub fn words(&self) -> Words {
        let zh = match self {
            Undecided::WrongCount { expected, given } => {
                format!("这张表有 {expected} 个输入，却给了 {given} 个值")
            }
            Undecided::Missing { name } => format!("“{name}”还没有值"),
            Undecided::OutsideDomain { name, value } => format!("“{name}”不能是 {value}"),
            Undecided::NoRow { .. } => "没有一行符合".to_owned(),
            Undecided::SeveralRows { rows } => format!("第 {} 行同时符合", one_based(rows)),
            Undecided::OutOfRange => "各行之和超出范围".to_owned(),
        };
        Words::new(zh, self.to_string())
    }
}

impl Table {
    /// The rows that answer to `point`, one value per input in the order of the signature.
    pub fn decide(&self, point: &[Point]) -> Result<Decision<'_>, Undecided> {
        self.check(point)?;
        let verdicts: Vec<Verdict> =
            self.rows.iter().enumerate().map(|(row, of)| Verdict { row, cells: of.ask(point) }).collect();
        let matched: Vec<usize> = verdicts.iter().filter(|v| v.matched()).map(|v| v.row).collect();
        let numbers = self.choose(matched, &verdicts)?;
        let collected = self.collect(&numbers)?;
        let rows = numbers.iter().map(|row| &self.rows[*row]).collect();
        Ok(Decision { rows, numbers, collected, verdicts })
    }

    fn check(&self, point: &[Point]) -> Result<(), Undecided> {
        let inputs = &self.signature.inputs;
        if point.len() != inputs.len() {
            return Err(Undecided::WrongCount { expected: inputs.len(), given: point.len() });
        }
        for (input, value) in inputs.iter().zip(point) {
            let name = || input.name.clone();
            match value {
                Point::Missing if input.optional => {}
                Point::Missing => return Err(Undecided::Missing { name: name() }),
                _ if input.domain.contains(value) => {}
                _ => return Err(Undecided::OutsideDomain { name: name(), value: input.domain.show(value) }),
            }
        }
        Ok(())
    }

    /// Which of the matching rows answer.
    fn choose(&self, matched: Vec<usize>, verdicts: &[Verdict]) -> Result<Vec<usize>, Undecided> {
        let hit = self.signature.hit;
        let Some(first) = matched.first().copied() else {
            return match hit.may_match_none() {
                true => Ok(matched),
                false => Err(Undecided::NoRow { verdicts: verdicts.to_vec() }),
            };
        };
        match hit {
            Hit::Unique if matched.len() > 1 => Err(Undecided::SeveralRows { rows: matched }),
            Hit::Any if matched.iter().any(|row| !self.answers_alike(first, *row)) => {
                Err(Undecided::SeveralRows { rows: matched })
            }
            Hit::Unique | Hit::First | Hit::Any => Ok(vec![first]),
            Hit::Priority => {
                // `min_by_key` keeps the first of equals, so the order of the rows breaks ties.
                Ok(matched.into_iter().min_by_key(|row| self.priority(*row)).into_iter().collect())
            }
            Hit::Collect(_) => Ok(matched),
        }
    }

    /// Whether two rows answer the same: the same values, or the same formulas letter by letter.
    pub(super) fn answers_alike(&self, a: usize, b: usize) -> bool {
        let pairs = self.rows[a].answers.iter().zip(&self.rows[b].answers);
        pairs.into_iter().all(|(a, b)| match (&a.literal, &b.literal) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a.text == b.text,
            _ => false,
        })
    }

    /// The place of a row's first answer among the choices of that output; last when it is not among them.
    fn priority(&self, row: usize) -> usize {
        let answer = self.rows[row].answers.first().and_then(|answer| answer.literal.as_ref());
        let choices = match self.signature.outputs.first().map(|output| &output.domain) {
            Some(super::Domain::Choice(of)) => of.as_slice(),
            _ => &[],
        };
        match answer {
            Some(Point::Text(name)) => choices.iter().position(|choice| choice == name).unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    }

    fn collect(&self, rows: &[usize]) -> Result<Option<Decimal>, Undecided> {
        let Hit::Collect(collect) = self.signature.hit else { return Ok(None) };
        match collect {
            Collect::List => return Ok(None),
            Collect::Count => return Ok(Some(Decimal::from(rows.len()))),
            Collect::Sum | Collect::Min | Collect::Max => {}
        }
        let numbers: Option<Vec<Decimal>> = rows
            .iter()
            .map(|row| match self.rows[*row].answers.first()?.literal {
                Some(Point::Number(n)) => Some(n),
                _ => None,
            })
            .collect();
        let Some(numbers) = numbers else { return Ok(None) };
        match collect.of(&numbers) {
            None if collect == Collect::Sum => Err(Undecided::OutOfRange),
            collected => Ok(collected),
        }
    }
}

impl Row {
    /// What each cell says to the value of its input.
    fn ask(&self, point: &[Point]) -> Vec<bool> {
        self.questions.iter().zip(point).map(|(question, value)| question.cell.matches(value)).collect()
    }
}
