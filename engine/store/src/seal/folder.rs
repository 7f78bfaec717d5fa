//! Checkpoints in a folder: `checkpoints.ndjson`, one signed line each, and `heads-000012.txt` with the heads that
//! the twelfth signs. The folder is worth most where whoever may write the database cannot reach it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use machine::ids::CaseId;
use ports::commit::Hash;
use ports::fault::{Cause, Fault};
use ports::query::{CaseFilter, CaseLine, PAGE_MAX, Page};
use ports::store::Store;

use super::{Checkpoint, Head, Seal, Sealed, Tree};

/// So many lists of heads are kept; of older checkpoints the signed line stays.
const LISTS_KEPT: u64 = 31;
/// More findings are not gathered.
const FOUND_MAX: usize = 1_000;

/// What is not as a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This line is no checkpoint.
    Unreadable {
        /// The line, from 1.
        line: u64,
    },
    /// It is not signed by the key.
    Forged {
        /// The checkpoint.
        number: u64,
    },
    /// It does not follow the one before it: that was taken away, exchanged or moved.
    Unlinked {
        /// The checkpoint.
        number: u64,
    },
    /// Its list of heads is not there.
    NoHeads {
        /// The checkpoint.
        number: u64,
    },
    /// Its list of heads is not the one that was signed.
    OtherHeads {
        /// The checkpoint.
        number: u64,
    },
    /// There was such a case, and there is none now.
    Gone {
        /// The case.
        case: CaseId,
        /// How many entries it had.
        entries: u64,
        /// The checkpoint.
        number: u64,
    },
    /// The history was longer.
    CutBack {
        /// The case.
        case: CaseId,
        /// How many entries it had.
        had: u64,
        /// How many it has.
        has: u64,
        /// The checkpoint.
        number: u64,
    },
    /// The history up to this entry was another one.
    Rewritten {
        /// The case.
        case: CaseId,
        /// The entry.
        entry: u64,
        /// The checkpoint.
        number: u64,
    },
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The store misbehaves.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// What is stored is not what the last checkpoint says: nothing is signed over that.
    #[error("what is stored is not what the last checkpoint says")]
    Found(Vec<Found>),
}

/// What was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// The last one.
    pub last: Option<Sealed>,
    /// How many of them were held against the store: those whose heads are kept.
    pub compared: u64,
    /// What is not as it should be.
    pub found: Vec<Found>,
}

/// A folder of checkpoints.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    fn lines(&self) -> PathBuf {
        self.0.join("checkpoints.ndjson")
    }

    fn heads(&self, number: u64) -> PathBuf {
        self.0.join(format!("heads-{number:06}.txt"))
    }

    /// Whether there are checkpoints.
    pub fn is_there(&self) -> bool {
        self.lines().is_file()
    }

    /// Every checkpoint, and what is wrong with them by themselves.
    fn checkpoints(&self, key: &Hash) -> io::Result<(Vec<Sealed>, Vec<Found>)> {
        let (mut all, mut found): (Vec<Sealed>, Vec<Found>) = (vec![], vec![]);
        if !self.is_there() {
            return Ok((all, found));
        }
        for (line, text) in (1..).zip(BufReader::new(File::open(self.lines())?).lines()) {
            let Some(sealed) = Sealed::read(&text?) else {
                found.push(Found::Unreadable { line });
                continue;
            };
            let number = sealed.checkpoint.number;
            if !sealed.is_by(key) {
                found.push(Found::Forged { number });
            }
            let before = all.last().map_or([0; 32], |last| last.checkpoint.hash());
            if sealed.checkpoint.before != before || number != all.len() as u64 + 1 {
                found.push(Found::Unlinked { number });
            }
            all.push(sealed);
        }
        Ok((all, found))
    }

    /// Holds every checkpoint whose heads are kept against what is stored.
    ///
    /// # Errors
    /// [`Stopped::Fault`], [`Stopped::File`]
    pub async fn verify(&self, store: &dyn Store, key: &Hash) -> Result<Verified, Stopped> {
        let (all, mut found) = self.checkpoints(key)?;
        let mut compared = 0;
        for sealed in &all {
            let number = sealed.checkpoint.number;
            if self.heads(number).is_file() {
                compared += 1;
                found.extend(self.compare(store, &sealed.checkpoint).await?);
            } else if number == all.len() as u64 {
                found.push(Found::NoHeads { number });
            }
            found.truncate(FOUND_MAX);
        }
        Ok(Verified { checkpoints: all.len() as u64, last: all.last().cloned(), compared, found })
    }

    /// Makes a checkpoint over what is stored, once that is what the last one says.
    ///
    /// # Errors
    /// [`Stopped`]
    pub async fn seal(&self, store: &dyn Store, seal: &Seal, at: Timestamp) -> Result<Sealed, Stopped> {
        fs::create_dir_all(&self.0)?;
        let mut lines = OpenOptions::new().append(true).create(true).open(self.lines())?;
        // One program at a time; the lock goes with the file.
        lines.lock()?;
        let (all, mut found) = self.checkpoints(&seal.public())?;
        if let Some(last) = all.last() {
            match self.heads(last.checkpoint.number).is_file() {
                true => found.extend(self.compare(store, &last.checkpoint).await?),
                false => found.push(Found::NoHeads { number: last.checkpoint.number }),
            }
        }
        if !found.is_empty() {
            return Err(Stopped::Found(found));
        }
        let number = all.len() as u64 + 1;
        let tree = self.write_heads(store, number).await?;
        let before = all.last().map_or([0; 32], |last| last.checkpoint.hash());
        let checkpoint = Checkpoint { number, at, cases: tree.size(), root: tree.root(), before };
        let sealed = seal.sign(checkpoint);
        lines.write_all(format!("{}\n", sealed.line()).as_bytes())?;
        lines.sync_all()?;
        if let Some(old) = number.checked_sub(LISTS_KEPT) {
            // There may be none: then nothing has to be removed.
            let _ = fs::remove_file(self.heads(old));
        }
        Ok(sealed)
    }

    async fn write_heads(&self, store: &dyn Store, number: u64) -> Result<Tree, Stopped> {
        let begun = self.heads(number).with_extension("begun");
        let mut out = BufWriter::new(File::create(&begun)?);
        let (mut tree, mut cases) = (Tree::default(), Cases::default());
        while let Some(line) = cases.next(store).await? {
            let head = head(line);
            tree.add(&head);
            writeln!(out, "{}", head.line())?;
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&begun, self.heads(number))?;
        Ok(tree)
    }

    /// Walks through the heads of a checkpoint and the cases that are stored, both in the order of numbers.
    async fn compare(&self, store: &dyn Store, checkpoint: &Checkpoint) -> Result<Vec<Found>, Stopped> {
        let number = checkpoint.number;
        let (mut tree, mut cases, mut found) = (Tree::default(), Cases::default(), Vec::new());
        let mut stored = cases.next(store).await?;
        for text in BufReader::new(File::open(self.heads(number))?).lines() {
            let Some(was) = Head::read(&text?) else { return Ok(vec![Found::OtherHeads { number }]) };
            tree.add(&was);
            while stored.as_ref().is_some_and(|line| line.id < was.case) {
                stored = cases.next(store).await?;
            }
            let same = stored.as_ref().filter(|line| line.id == was.case);
            if found.len() < FOUND_MAX {
                found.extend(differs(store, was, same, number).await?);
            }
        }
        match (tree.size(), tree.root()) == (checkpoint.cases, checkpoint.root) {
            true => Ok(found),
            false => Ok(vec![Found::OtherHeads { number }]),
        }
    }
}

fn head(line: CaseLine) -> Head {
    Head { case: line.id, mark: ports::commit::Mark { version: line.version, chain: line.chain } }
}

/// What became of a case since its head was signed, if it is not only that more was written.
async fn differs(
    store: &dyn Store,
    was: Head,
    now: Option<&CaseLine>,
    number: u64,
) -> Result<Option<Found>, Fault> {
    let Head { case, mark } = was;
    let Some(now) = now else { return Ok(Some(Found::Gone { case, entries: mark.version, number })) };
    if now.version < mark.version {
        return Ok(Some(Found::CutBack { case, had: mark.version, has: now.version, number }));
    }
    let passes = match now.version == mark.version {
        true => now.chain == mark.chain,
        false => {
            let page = Page { after: Some(mark.version - 1), limit: 1 };
            match store.history(case.clone(), page).await {
                Ok(entries) => entries
                    .first()
                    .is_some_and(|entry| entry.number == mark.version && entry.chain == mark.chain),
                Err(fault) if fault.cause == Cause::Damaged => false,
                Err(fault) => return Err(fault),
            }
        }
    };
    Ok((!passes).then_some(Found::Rewritten { case, entry: mark.version, number }))
}

/// All cases, page by page.
#[derive(Default)]
struct Cases {
    page: std::vec::IntoIter<CaseLine>,
    after: Option<CaseId>,
    done: bool,
}

impl Cases {
    async fn next(&mut self, store: &dyn Store) -> Result<Option<CaseLine>, Fault> {
        if self.page.len() == 0 && !self.done {
            let page = Page { after: self.after.take(), limit: PAGE_MAX };
            let lines = store.cases(CaseFilter::default(), page).await?;
            self.done = lines.len() < PAGE_MAX as usize;
            self.after = lines.last().map(|line| line.id.clone());
            self.page = lines.into_iter();
        }
        Ok(self.page.next())
    }
}
