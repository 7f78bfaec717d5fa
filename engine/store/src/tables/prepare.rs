//! A unit as rows: encoded, hashed, measured against the limits.

use std::collections::BTreeSet;

use machine::fact::What;
use machine::ids::RunIx;
use ports::commit::{ANSWER_BYTES_MAX, Batch, Hash, Mark, NAME_BYTES_MAX, TaskChange, UNITS_MAX, Unit};
use ports::fault::{Cause, Fault, Retry};
use ports::query::{PARTS, Standing};

use crate::{chain, codec};

/// A unit with what only the store knows.
pub struct Prepared {
    /// The unit.
    pub unit: Unit,
    /// Where its history stands once it is written.
    pub after: Mark,
    /// The part of the cases it belongs to.
    pub part: u16,
    /// The snapshot.
    pub snapshot: Vec<u8>,
    /// The entry.
    pub body: Vec<u8>,
    /// The number of its first fact.
    pub first_fact: u64,
    /// Places given back: runs.
    pub freed: Vec<u16>,
    /// Places taken: kind, place, run.
    pub taken: Vec<(u16, u16, u16)>,
    /// What goes out, encoded.
    pub letters: Vec<Vec<u8>>,
}

/// Encodes and hashes a batch.
///
/// # Errors
/// A fault when something in it is larger than a store takes, or a case comes twice.
pub fn prepare(batch: Batch) -> Result<Vec<Prepared>, Fault> {
    if batch.units.len() > UNITS_MAX {
        return Err(too_much(format!("{} cases in one batch, at most {UNITS_MAX}", batch.units.len())));
    }
    let mut seen = BTreeSet::new();
    for unit in &batch.units {
        check(unit)?;
        if !seen.insert(&unit.case.id) {
            return Err(Fault::new(
                Cause::Bug,
                Retry::Never,
                format!("case {} twice in a batch", unit.case.id),
            ));
        }
    }
    batch.units.into_iter().map(prepare_unit).collect()
}

fn prepare_unit(unit: Unit) -> Result<Prepared, Fault> {
    let body = codec::write_entry(&unit)?;
    let (freed, taken) = places(&unit);
    Ok(Prepared {
        after: Mark {
            version: unit.before.version + 1,
            chain: chain::link(&unit.before.chain, &chain::leaf(&body)),
        },
        part: part_of(&unit.case.id.0),
        snapshot: codec::write_case(&unit.case)?,
        first_fact: codec::first_fact(&unit),
        letters: unit.outbox.iter().map(|o| codec::write_fact(&o.fact)).collect::<Result<_, _>>()?,
        body,
        freed,
        taken,
        unit,
    })
}

/// The part of the cases that a number belongs to.
pub fn part_of(id: &str) -> u16 {
    let hash: Hash = chain::leaf(id.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]]) % PARTS
}

/// The place in the inbox of a task without a deadline: after all others.
pub const NO_DEADLINE: i64 = i64::MAX;

/// The stored name of a standing, and the incident's code.
pub fn standing(standing: &Standing) -> (&'static str, Option<String>) {
    match standing {
        Standing::Running => ("running", None),
        Standing::Ended => ("ended", None),
        Standing::Incident(code) => ("incident", Some(code.to_string())),
    }
}

/// What the facts say about places: given back, and taken. A run that did both in one unit held none before
/// and holds none after.
fn places(unit: &Unit) -> (Vec<u16>, Vec<(u16, u16, u16)>) {
    let mut began: BTreeSet<RunIx> = BTreeSet::new();
    let mut gave: BTreeSet<RunIx> = BTreeSet::new();
    for fact in &unit.entry.facts {
        match fact.what {
            What::Started { slot: Some(_), .. } => drop(began.insert(fact.run)),
            What::Released | What::Ended { .. } => drop(gave.insert(fact.run)),
            _ => {}
        }
    }
    let freed = gave.difference(&began).filter(|run| **run != RunIx::MAIN).map(|run| run.0).collect();
    let taken = began.difference(&gave).filter_map(|ix| {
        let run = unit.case.runs.get(ix.at())?;
        Some((run.chart.0, run.slot?, ix.0))
    });
    (freed, taken.collect())
}

fn too_much(detail: String) -> Fault {
    Fault::new(Cause::TooMuch, Retry::Never, detail)
}

fn check(unit: &Unit) -> Result<(), Fault> {
    let case = &unit.case;
    let correlate = unit.line.correlate.as_ref();
    let names = [&case.id.0, &case.process, &case.definition].into_iter();
    let names = names.chain(&unit.line.joined).chain(correlate).chain(&unit.line.states);
    for name in names.chain(unit.command.as_ref().map(|c| &c.key)) {
        check_name(name)?;
    }
    for change in &unit.tasks {
        if let TaskChange::Put(task) = change {
            let more = task.holder.iter().chain(&task.party);
            [&task.state, &task.role].into_iter().chain(more).try_for_each(|name| check_name(name))?;
        }
    }
    for outgoing in &unit.outbox {
        std::iter::once(&outgoing.connector).chain(&outgoing.lane).try_for_each(|name| check_name(name))?;
    }
    match &unit.command {
        Some(command) if command.answer.len() > ANSWER_BYTES_MAX => {
            Err(too_much(format!("an answer of {} bytes, at most {ANSWER_BYTES_MAX}", command.answer.len())))
        }
        _ => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return Err(too_much(format!("a name of {} bytes, from 1 to {NAME_BYTES_MAX}", name.len())));
    }
    // PostgreSQL has no way to keep a zero byte in text.
    if name.contains('\0') {
        return Err(too_much("a name with a zero byte".to_owned()));
    }
    Ok(())
}
