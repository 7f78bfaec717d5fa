//! A unit as rows: encoded, hashed, measured against the limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use machine::fact::What;
use machine::ids::{CaseId, RunIx};
use ports::commit::{ANSWER_BYTES_MAX, Batch, Hash, Mark, NAME_BYTES_MAX, TaskChange, UNITS_MAX, Unit};
use ports::fault::{Cause, Fault, Retry};
use ports::query::{PARTS, Standing};

use crate::{chain, codec};

/// A unit with what only the store knows.
pub struct Prepared {
    /// The unit.
    pub unit: Arc<Unit>,
    /// Where its history stands before it.
    pub before: Mark,
    /// Where its history stands once it is written.
    pub after: Mark,
    /// The part of the cases it belongs to.
    pub part: u16,
    /// The states as lists search them.
    pub states: String,
    /// The snapshot; none where another step of the case follows in the batch.
    pub snapshot: Option<Vec<u8>>,
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

/// Encodes and hashes a batch. Nothing here waits for the database: it is done before it is asked.
///
/// # Errors
/// A fault when something in it is larger than a store takes, or two steps of a case do not follow each other.
pub fn prepare(batch: Batch) -> Result<Vec<Prepared>, Fault> {
    if batch.units.len() > UNITS_MAX {
        return Err(too_much(format!("{} steps in one batch, at most {UNITS_MAX}", batch.units.len())));
    }
    let mut prepared: Vec<Prepared> = Vec::with_capacity(batch.units.len());
    let mut last: BTreeMap<CaseId, usize> = BTreeMap::new();
    for unit in batch.units {
        check(&unit)?;
        let before = match last.insert(unit.case.id.clone(), prepared.len()) {
            None => unit.before,
            Some(at) => follows(&unit, prepared[at].after)?,
        };
        prepared.push(prepare_unit(unit, before)?);
    }
    for at in last.into_values() {
        let snapshot = codec::write_case(&prepared[at].unit.case)?;
        prepared[at].snapshot = Some(snapshot);
    }
    Ok(prepared)
}

/// A step that follows another of its case in the batch goes on where that one ends.
fn follows(unit: &Unit, after: Mark) -> Result<Mark, Fault> {
    if unit.before.version == after.version {
        return Ok(after);
    }
    let detail = format!("case {} twice in a batch, and not in order", unit.case.id);
    Err(Fault::new(Cause::Bug, Retry::Never, detail))
}

fn prepare_unit(unit: Arc<Unit>, before: Mark) -> Result<Prepared, Fault> {
    let body = codec::write_entry(&unit)?;
    let (freed, taken) = places(&unit);
    Ok(Prepared {
        before,
        after: Mark { version: before.version + 1, chain: chain::link(&before.chain, &chain::leaf(&body)) },
        part: part_of(&unit.case.id.0),
        states: format!(" {} ", unit.line.states.join(" ")),
        snapshot: None,
        first_fact: codec::first_fact(&unit),
        letters: unit.outbox.iter().map(|o| codec::write_fact(&o.fact)).collect::<Result<_, _>>()?,
        body,
        freed,
        taken,
        unit,
    })
}

impl Prepared {
    /// This step as the last one that is written of its case.
    ///
    /// # Errors
    /// A fault when the case is larger than a store takes.
    pub fn alone(&mut self) -> Result<(), Fault> {
        if self.snapshot.is_none() {
            self.snapshot = Some(codec::write_case(&self.unit.case)?);
        }
        Ok(())
    }
}

/// The part of the cases that a number belongs to.
pub fn part_of(id: &str) -> u16 {
    let hash: Hash = chain::leaf(id.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]]) % PARTS
}

/// The place in the inbox of a task without a deadline: after all others.
pub const NO_DEADLINE: i64 = i64::MAX;

/// The stored name of a standing, and the incident's code.
pub fn standing(standing: &Standing) -> (&'static str, Option<&str>) {
    match standing {
        Standing::Running => ("running", None),
        Standing::Ended => ("ended", None),
        Standing::Incident(code) => ("incident", Some(code)),
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
