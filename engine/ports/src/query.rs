//! What can be asked of a store, and the lines it answers with. All lists are paged by key, never by number.

use jiff::{SignedDuration, Timestamp};
use machine::case::Case;
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use machine::incident::Incident;
use machine::reason::Reason;

use crate::commit::{Hash, Mark, OpenTask};

/// The most lines one answer holds.
pub const PAGE_MAX: u32 = 1_000;
/// Cases are spread over so many parts by their number; a node works on the parts it holds leases of.
pub const PARTS: u16 = 256;

/// A stretch of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<K> {
    /// What was seen last; `None` begins.
    pub after: Option<K>,
    /// At most so many, and never more than [`PAGE_MAX`].
    pub limit: u32,
}

impl<K> Page<K> {
    /// The first lines.
    pub fn first(limit: u32) -> Page<K> {
        Page { after: None, limit }
    }

    /// How many lines the store gives.
    pub fn size(&self) -> u32 {
        self.limit.clamp(1, PAGE_MAX)
    }
}

/// Whether a case goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It does.
    Running,
    /// It is over.
    Ended,
    /// It waits for a person, because the definition is at fault: the incident's code.
    Incident(Name),
}

/// A case with where its history stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The case.
    pub case: Case,
    /// For the next commit.
    pub mark: Mark,
    /// Whether it goes on.
    pub standing: Standing,
}

/// What lists show of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// Its number.
    pub id: CaseId,
    /// The process.
    pub process: Name,
    /// Hash of its definition.
    pub definition: Name,
    /// Entries of its history.
    pub version: u64,
    /// The hash that covers them all.
    pub chain: Hash,
    /// Innermost active states of the main run.
    pub states: Vec<Name>,
    /// The value other cases reach it by.
    pub correlate: Option<Name>,
    /// Whether it goes on.
    pub standing: Standing,
    /// When its next timer is due.
    pub next_due: Option<Timestamp>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// Which cases. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of this process.
    pub process: Option<Name>,
    /// Standing like this; the incident's code does not matter.
    pub standing: Option<Standing>,
    /// In which this party has a part.
    pub party: Option<Name>,
    /// With this correlate value.
    pub correlate: Option<Name>,
    /// In this state.
    pub state: Option<Name>,
}

/// How many cases of a process stand alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The process.
    pub process: Name,
    /// Innermost active states of the main run.
    pub states: Vec<Name>,
    /// Whether they go on.
    pub standing: Standing,
    /// How many.
    pub cases: u64,
}

/// A case that wants to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCase {
    /// Which.
    pub id: CaseId,
    /// Since when.
    pub due: Timestamp,
}

/// Which due cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueFilter {
    /// Due at or before.
    pub until: Timestamp,
    /// In these parts; `None` for all.
    pub parts: Option<Vec<u16>>,
}

/// One entry of a history as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the case, from 1.
    pub number: u64,
    /// The number of its first fact in the case, from 1.
    pub first_fact: u64,
    /// The exact bytes that were hashed: canonical JSON.
    pub body: Vec<u8>,
    /// The chain hash: of the chain hash before and the hash of the body.
    pub chain: Hash,
    /// What the bytes say.
    pub told: Told,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When it was decided.
    pub at: Timestamp,
    /// The key of the command it answers.
    pub command: Option<Name>,
    /// What happened.
    pub facts: Vec<Fact>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Why the case cannot go on by itself.
    pub incident: Option<Incident>,
}

/// A task with its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// The case.
    pub case: CaseId,
    /// The task.
    pub open: OpenTask,
}

/// Which tasks. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// That people of this role may take.
    pub role: Option<Name>,
    /// That this person has taken.
    pub holder: Option<Name>,
    /// That belong to this organisation.
    pub party: Option<Name>,
    /// Of this case.
    pub case: Option<CaseId>,
}

/// A place in the inbox, which is in the order of due instants; tasks without one come last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskPlace {
    /// When the task is due.
    pub due: Option<Timestamp>,
    /// Its case.
    pub case: CaseId,
    /// Its number.
    pub task: u32,
}

impl TaskLine {
    /// Where it stands in the inbox.
    pub fn place(&self) -> TaskPlace {
        TaskPlace { due: self.open.due, case: self.case.clone(), task: self.open.task }
    }
}

/// A wish to hold a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseWish {
    /// Which lease.
    pub name: Name,
    /// Which node asks.
    pub holder: Name,
    /// How long, by the store's own clock; zero gives it back.
    pub keep: SignedDuration,
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which lease.
    pub name: Name,
    /// Which node holds it: the one that asked, or another.
    pub holder: Name,
    /// Counts changes of the holder.
    pub epoch: u64,
    /// Until when, by the store's own clock.
    pub until: Timestamp,
}

/// A place in the order of everything that was written, whichever node wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewsPlace {
    /// The transaction, where transactions overlap; 0 where they do not.
    pub round: u64,
    /// Counts up.
    pub number: u64,
}

impl NewsPlace {
    /// Before everything.
    pub const BEGINNING: NewsPlace = NewsPlace { round: 0, number: 0 };
}

/// An entry that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its place.
    pub place: NewsPlace,
    /// The case.
    pub case: CaseId,
    /// The entry.
    pub entry: u64,
}

/// From where news is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Nothing of what is there: only where it ends.
    End,
    /// What came after a place.
    Place(NewsPlace),
}

/// A stretch of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsPage {
    /// Oldest first.
    pub news: Vec<News>,
    /// Where to read on.
    pub at: NewsPlace,
    /// The place is not known any more: something may be missing before the first line.
    pub lost: bool,
}

/// How much an act of tidying up took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Keys of commands with their answers.
    pub commands: u64,
    /// Notes of deliveries.
    pub deliveries: u64,
}
