//! Rankings: who stands where by which keys, who is among the first n, and what equals receive.
//!
//! The order never depends on the order of the input: parties that are equal in every key are a tie, and the tie
//! rule says what follows. Their ids order only what is printed, and who gets a fen that cannot be divided.

use crate::formula::Words;
use crate::money::{MoneyError, Yuan};
use rust_decimal::Decimal;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use thiserror::Error;

/// Which end of a key comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// Who is ranked: only those who qualify, or all, and those who do not qualify fall out of the result afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Population {
    /// Those who qualify; the next one moves up.
    #[default]
    Qualified,
    /// All; a place taken by one who does not qualify stays empty.
    All,
}

/// What happens to equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// All equals at the last place are admitted, even if there are then more than n.
    #[default]
    AdmitAll,
    /// None of the equals that would not all fit is admitted.
    RejectAll,
    /// A person decides among the equals that would not all fit.
    Manual,
    /// Equals share the prizes of the places they take together.
    SharePositions,
    /// Equals receive the prize of the best of their places each.
    SameRankSameAward,
}

/// One who is ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The id; each stands once.
    pub id: String,
    /// One value per key, most important first.
    pub keys: Vec<Decimal>,
    /// Whether the conditions are met.
    pub qualified: bool,
}

/// A rule of ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// The direction of each key, most important first. A further key breaks the ties of those before it.
    pub keys: Vec<Direction>,
    /// How many places there are.
    pub top: usize,
    /// Who is ranked.
    pub population: Population,
    /// What happens to equals.
    pub ties: Ties,
}

/// Where one stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Who.
    pub id: String,
    /// The rank, from one; equals have the same.
    pub rank: usize,
    /// How many share that rank, oneself included.
    pub equals: usize,
    /// What follows.
    pub standing: Standing,
}

/// What a place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Among the first.
    Admitted,
    /// Not among the first.
    Beyond,
    /// Among the first by rank, but the conditions are not met.
    Unqualified,
    /// Equals for too few places: a person decides.
    Undecided,
    /// Equals for too few places: none of them.
    TiedOut,
}

/// Why there is no ranking.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unrankable {
    /// A party with another number of values than keys.
    #[error("`{id}` has {given} values for {expected} keys")]
    Keys {
        /// Who.
        id: String,
        /// How many values came.
        given: usize,
        /// How many keys there are.
        expected: usize,
    },
    /// Someone who stands there twice.
    #[error("`{0}` is ranked twice")]
    Twice(String),
    /// Prizes that cannot be divided.
    #[error("the prizes cannot be divided: {}", .0.text(crate::lang::Lang::En))]
    Prizes(MoneyError),
}

impl From<MoneyError> for Unrankable {
    fn from(error: MoneyError) -> Unrankable {
        Unrankable::Prizes(error)
    }
}

/// What one receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// Who.
    pub id: String,
    /// The rank, from one.
    pub rank: usize,
    /// How much.
    pub amount: Yuan,
    /// Why.
    pub words: Words,
}

/// The outcome of giving out prizes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awards {
    /// Who receives what, in the order of the ranks.
    pub awards: Vec<Award>,
    /// Equals among whom a person decides.
    pub undecided: Vec<String>,
}

impl Ranking {
    /// Everyone in the population with a rank, best first; equals in the order of their ids.
    pub fn place(&self, parties: &[Party]) -> Result<Vec<Placed>, Unrankable> {
        self.check(parties)?;
        let mut ranked: Vec<&Party> =
            parties.iter().filter(|party| self.population == Population::All || party.qualified).collect();
        ranked.sort_by(|a, b| self.compare(a, b).then_with(|| a.id.cmp(&b.id)));
        let mut placed = Vec::with_capacity(ranked.len());
        for group in ranked.chunk_by(|a, b| self.compare(a, b) == Ordering::Equal) {
            let rank = placed.len() + 1;
            for party in group {
                let standing = self.standing(rank, group.len(), party.qualified);
                placed.push(Placed { id: party.id.clone(), rank, equals: group.len(), standing });
            }
        }
        Ok(placed)
    }

    fn check(&self, parties: &[Party]) -> Result<(), Unrankable> {
        let mut seen = BTreeMap::new();
        for party in parties {
            if party.keys.len() != self.keys.len() {
                let (given, expected) = (party.keys.len(), self.keys.len());
                return Err(Unrankable::Keys { id: party.id.clone(), given, expected });
            }
            if seen.insert(&party.id, ()).is_some() {
                return Err(Unrankable::Twice(party.id.clone()));
            }
        }
        Ok(())
    }

    fn compare(&self, a: &Party, b: &Party) -> Ordering {
        let by_key =
            self.keys.iter().zip(a.keys.iter().zip(&b.keys)).map(|(direction, (a, b))| match direction {
                Direction::Ascending => a.cmp(b),
                Direction::Descending => Reverse(a).cmp(&Reverse(b)),
            });
        by_key.fold(Ordering::Equal, Ordering::then)
    }

    /// What a rank shared by `equals` means.
    fn standing(&self, rank: usize, equals: usize, qualified: bool) -> Standing {
        let fits = rank + equals - 1 <= self.top;
        match self.ties {
            _ if rank > self.top => Standing::Beyond,
            Ties::RejectAll if !fits => Standing::TiedOut,
            _ if !qualified => Standing::Unqualified,
            Ties::Manual if !fits => Standing::Undecided,
            _ => Standing::Admitted,
        }
    }

    /// Gives out one prize per place, first place first; places beyond the prizes receive nothing.
    pub fn award(&self, parties: &[Party], prizes: &[Yuan]) -> Result<Awards, Unrankable> {
        let placed = self.place(parties)?;
        let mut outcome = Awards::default();
        for group in placed.chunk_by(|a, b| a.rank == b.rank) {
            for one in group.iter().filter(|one| one.standing == Standing::Undecided) {
                outcome.undecided.push(one.id.clone());
            }
            let amounts = self.amounts(group, prizes)?;
            for (one, amount) in group.iter().zip(amounts) {
                if one.standing == Standing::Admitted && amount != Yuan::ZERO {
                    let words = award_words(one);
                    outcome.awards.push(Award { id: one.id.clone(), rank: one.rank, amount, words });
                }
            }
        }
        Ok(outcome)
    }

    /// What each of a group of equals would receive.
    fn amounts(&self, group: &[Placed], prizes: &[Yuan]) -> Result<Vec<Yuan>, Unrankable> {
        let first = group[0].rank - 1;
        let best = prizes.get(first).copied().unwrap_or_default();
        if self.ties != Ties::SharePositions || group.len() == 1 {
            return Ok(vec![best; group.len()]);
        }
        let places = self.top.min(prizes.len()).min(first + group.len());
        let pot = Yuan::sum(prizes.get(first..places).unwrap_or_default().iter().copied())?;
        Ok(pot.split(&vec![Decimal::ONE; group.len()])?)
    }
}

fn award_words(one: &Placed) -> Words {
    let (rank, equals) = (one.rank, one.equals);
    match equals {
        1 => Words::new(format!("第 {rank} 名"), format!("rank {rank}")),
        _ => Words::new(
            format!("并列第 {rank} 名，共 {equals} 家"),
            format!("rank {rank}, shared by {equals}"),
        ),
    }
}
