//! The chain of hashes over a case's history, and checking it.

use ports::commit::{Hash, Mark};
use ports::query::Entry;
use sha2::{Digest, Sha256};

use crate::codec;

/// Why a history is not the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A number is missing or twice.
    #[error("entry {expected} is missing: {found} comes instead")]
    Gap {
        /// The number that comes next.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// The bytes are not those that were hashed.
    #[error("entry {0} was changed, or an entry before it")]
    Changed(u64),
    /// A number inside the bytes is not that of its row.
    #[error("entry {0} says another number of itself")]
    Misplaced(u64),
    /// The history ends elsewhere than the case says.
    #[error("the history ends at entry {found}, the case says {expected}")]
    Ends {
        /// What the case says.
        expected: u64,
        /// Where it ends.
        found: u64,
    },
}

/// The hash of the bytes of an entry: SHA-256 of a zero byte and the bytes (RFC 6962).
pub fn leaf(body: &[u8]) -> Hash {
    Sha256::new().chain_update([0u8]).chain_update(body).finalize().into()
}

/// The chain hash after an entry: SHA-256 of the chain hash before and the entry's leaf.
pub fn link(before: &Hash, leaf: &Hash) -> Hash {
    Sha256::new().chain_update(before).chain_update(leaf).finalize().into()
}

/// Checks a stretch of a history that follows on `from`; gives where it ends. Feed it page by page, begin
/// with [`Mark::NEW`].
///
/// # Errors
/// The first entry that is not as it was written.
pub fn verify(from: Mark, entries: &[Entry]) -> Result<Mark, Broken> {
    let mut mark = from;
    for entry in entries {
        let expected = mark.version + 1;
        if entry.number != expected {
            return Err(Broken::Gap { expected, found: entry.number });
        }
        let chain = link(&mark.chain, &leaf(&entry.body));
        if chain != entry.chain {
            return Err(Broken::Changed(entry.number));
        }
        if codec::entry_number(&entry.body) != Ok(expected) {
            return Err(Broken::Misplaced(entry.number));
        }
        mark = Mark { version: expected, chain };
    }
    Ok(mark)
}

/// Checks a whole history against where its case says it stands.
///
/// # Errors
/// As [`verify`], and when the history ends too early or too late.
pub fn verify_whole(entries: &[Entry], stored: Mark) -> Result<(), Broken> {
    let end = verify(Mark::NEW, entries)?;
    if end.version != stored.version {
        return Err(Broken::Ends { expected: stored.version, found: end.version });
    }
    if end.chain == stored.chain { Ok(()) } else { Err(Broken::Changed(end.version)) }
}
