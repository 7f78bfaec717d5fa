//! The stored form of cases and facts, and its versions: the only place where Rust names meet stored names.
//!
//! Facts are canonical JSON (RFC 8785 restricted to strings, whole numbers, true, false, null, with keys in
//! order), so that a second program can check and read a history. Decimals are strings, instants are
//! RFC 3339 in UTC and exact, numbers of states and fields are those of the definition
//! (`definitions.names` says what they are called). A snapshot of a case is one version byte and then the
//! same JSON with short keys; it can always be made again from the facts.

mod case;
mod entry;
mod fact;
mod names;
mod read;
mod time;
mod value;
mod write;

use machine::case::Case;
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use ports::commit::Unit;
use ports::fault::{Cause, Fault, Retry};
use ports::query::Told;

pub use names::names;
use write::Writer;

/// The form of entries that this program writes. It reads this one and all before it.
pub const ENTRY_VERSION: u64 = 1;
/// The form of snapshots that this program writes. It reads this one and all before it.
pub const CASE_VERSION: u8 = 1;

/// Something stored cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A later program wrote it.
    #[error(
        "stored form {found} is newer than this program, which reads up to {known}: install the newer program"
    )]
    Newer {
        /// The version found.
        found: u64,
        /// The newest version known.
        known: u64,
    },
    /// It does not say what it should.
    #[error("the stored form has no proper `{0}`: the database was changed by hand or is damaged")]
    At(&'static str),
    /// It is not even JSON.
    #[error("the stored form is not JSON: the database was changed by hand or is damaged")]
    NotJson,
}

/// Something is nested too deeply, or too long, to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Values within values.
    #[error("a value is nested more than {} deep", write::DEPTH_MAX)]
    TooDeep,
    /// Too many bytes.
    #[error("{0} bytes are more than one entry or case may have ({max})", max = BYTES_MAX)]
    TooLong(usize),
}

/// The longest entry or snapshot, in bytes.
pub const BYTES_MAX: usize = 16 << 20;

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Fault {
        let cause = match unreadable {
            Unreadable::Newer { .. } => Cause::NewSchema,
            Unreadable::At(_) | Unreadable::NotJson => Cause::Damaged,
        };
        Fault::new(cause, Retry::Never, unreadable.to_string())
    }
}

impl From<Unwritable> for Fault {
    fn from(unwritable: Unwritable) -> Fault {
        Fault::new(Cause::TooMuch, Retry::Never, unwritable.to_string())
    }
}

/// What the columns beside a snapshot say.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The case's number.
    pub id: CaseId,
    /// The process.
    pub process: Name,
    /// Hash of the definition.
    pub definition: Name,
}

/// The snapshot of a case.
///
/// # Errors
/// [`Unwritable`]
pub fn write_case(case: &Case) -> Result<Vec<u8>, Unwritable> {
    let mut w = Writer::default();
    case::write(&mut w, case);
    let json = w.done()?;
    let mut bytes = Vec::with_capacity(json.len() + 1);
    bytes.push(CASE_VERSION);
    bytes.extend_from_slice(json.as_bytes());
    Ok(bytes)
}

/// The case of a snapshot.
///
/// # Errors
/// [`Unreadable`]
pub fn read_case(beside: Beside, bytes: &[u8]) -> Result<Case, Unreadable> {
    let (version, json) = bytes.split_first().ok_or(Unreadable::NotJson)?;
    if *version > CASE_VERSION {
        return Err(Unreadable::Newer { found: u64::from(*version), known: u64::from(CASE_VERSION) });
    }
    case::read(beside, &read::parse(json)?)
}

/// The bytes of a new entry, the very bytes that are hashed.
///
/// # Errors
/// [`Unwritable`]
pub fn write_entry(unit: &Unit) -> Result<Vec<u8>, Unwritable> {
    let mut w = Writer::default();
    entry::write(&mut w, unit);
    w.done().map(String::into_bytes)
}

/// What an entry says.
///
/// # Errors
/// [`Unreadable`]
pub fn read_entry(bytes: &[u8]) -> Result<Told, Unreadable> {
    entry::read(&read::parse(bytes)?)
}

/// One fact by itself: what goes out carries it.
///
/// # Errors
/// [`Unwritable`]
pub fn write_fact(fact: &Fact) -> Result<Vec<u8>, Unwritable> {
    let mut w = Writer::default();
    w.object(|o| {
        o.at("at", fact.at);
        o.key("fact");
        fact::write(o.writer(), fact);
        o.number("v", ENTRY_VERSION);
    });
    w.done().map(String::into_bytes)
}

/// The fact that [`write_fact`] wrote.
///
/// # Errors
/// [`Unreadable`]
pub fn read_fact(bytes: &[u8]) -> Result<Fact, Unreadable> {
    let json = read::parse(bytes)?;
    let fields = read::object(&json, "fact")?;
    entry::check_version(&fields)?;
    fact::read(fields.get("fact")?, fields.at("at")?)
}

/// The number that an entry says of itself.
///
/// # Errors
/// [`Unreadable`]
pub fn entry_number(bytes: &[u8]) -> Result<u64, Unreadable> {
    let json = read::parse(bytes)?;
    read::object(&json, "entry")?.number("entry")
}

/// The number in its case of the first fact of a unit, from 1.
pub fn first_fact(unit: &Unit) -> u64 {
    entry::first_fact(unit)
}
