//! What happens when several rows match.

use rust_decimal::Decimal;

/// The hit policy of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hit {
    /// One row at most; two are a mistake of the table.
    #[default]
    Unique,
    /// The first from the top.
    First,
    /// Several may match if they answer the same.
    Any,
    /// The row whose first output stands first among the choices of that output.
    Priority,
    /// All of them.
    Collect(Collect),
}

/// What becomes of the answers of all matching rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collect {
    /// A list, in the order of the rows.
    List,
    /// Their sum; zero when none matches.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// How many there are.
    Count,
}

impl Hit {
    /// Every policy with the words that name it.
    pub const ALL: [(&'static str, Hit); 9] = [
        ("unique", Hit::Unique),
        ("first", Hit::First),
        ("any", Hit::Any),
        ("priority", Hit::Priority),
        ("collect", Hit::Collect(Collect::List)),
        ("collect sum", Hit::Collect(Collect::Sum)),
        ("collect min", Hit::Collect(Collect::Min)),
        ("collect max", Hit::Collect(Collect::Max)),
        ("collect count", Hit::Collect(Collect::Count)),
    ];

    /// The policy that `words` name.
    pub fn named(words: &str) -> Option<Hit> {
        Hit::ALL.iter().find(|(name, _)| *name == words.trim()).map(|(_, hit)| *hit)
    }

    /// The words that name it.
    pub fn name(self) -> &'static str {
        Hit::ALL.iter().find(|(_, hit)| *hit == self).map_or("unique", |(name, _)| name)
    }

    /// Whether no matching row is an answer, too.
    pub fn may_match_none(self) -> bool {
        matches!(self, Hit::Collect(_))
    }
}

impl Collect {
    /// One number from the numbers of the matching rows. None when it would overflow, for a list, and for the
    /// least or greatest of nothing.
    pub fn of(self, numbers: &[Decimal]) -> Option<Decimal> {
        match self {
            Collect::List => None,
            Collect::Sum => numbers.iter().try_fold(Decimal::ZERO, |sum, n| sum.checked_add(*n)),
            Collect::Min => numbers.iter().min().copied(),
            Collect::Max => numbers.iter().max().copied(),
            Collect::Count => Some(Decimal::from(numbers.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_and_its_words_name_each_other() {
        for (words, hit) in Hit::ALL {
            assert_eq!((Hit::named(words), hit.name()), (Some(hit), words));
        }
        assert_eq!(Hit::named("last"), None);
    }
}
