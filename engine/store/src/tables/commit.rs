//! Writing a batch: every case whole or not at all, all of them in one transaction.
//!
//! The usual way trusts that keys of commands are new and lets the tables object. When they do, everything
//! is rolled back and done again with a look at the keys first; when they still object, case by case, so that
//! only the culprit is left out.

use std::collections::{BTreeMap, BTreeSet};

use machine::ids::{CaseId, Name};
use ports::commit::{Batch, Conflict, Recorded};
use ports::fault::{CommitError, Fault};
use ports::store::Written;

use super::prepare::{Prepared, prepare};
use super::read::recorded;
use super::rows::{Ask, Column, Rows};
use super::{Session, Tables, Trouble};

/// Why an attempt was rolled back.
enum Stop {
    Constraint(Name),
    Failed(CommitError),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        match trouble {
            Trouble::Constraint(name) => Stop::Constraint(name),
            Trouble::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Failed(CommitError::Fault(fault))
    }
}

/// Writes a batch.
pub async fn commit<T: Tables>(tables: &T, batch: Batch) -> Result<Written, CommitError> {
    let prepared = prepare(batch)?;
    if prepared.is_empty() {
        return Ok(vec![]);
    }
    let mut order: Vec<usize> = (0..prepared.len()).collect();
    // Two batches that meet take their rows in the same order, so neither waits for the other in a circle.
    order.sort_by(|a, b| prepared[*a].unit.case.id.cmp(&prepared[*b].unit.case.id));
    let units: Vec<&Prepared> = order.iter().map(|at| &prepared[*at]).collect();
    let verdicts = write(tables, &units).await?;
    let mut written: Vec<Option<_>> = vec![None; units.len()];
    for (at, verdict) in order.into_iter().zip(verdicts) {
        written[at] = Some(verdict);
    }
    if written.iter().flatten().zip(&prepared).any(|(v, p)| v.is_ok() && !p.unit.outbox.is_empty()) {
        tables.hint().await;
    }
    Ok(written.into_iter().flatten().collect())
}

async fn write<T: Tables>(tables: &T, units: &[&Prepared]) -> Result<Written, CommitError> {
    for careful in [false, true] {
        match attempt(tables, units, careful).await {
            Ok(written) => return Ok(written),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Constraint(_)) => {}
        }
    }
    let mut written = Vec::with_capacity(units.len());
    for unit in units {
        match attempt(tables, &[*unit], true).await {
            Ok(one) => written.extend(one),
            Err(Stop::Failed(error)) => return Err(in_part(error, &written)),
            Err(Stop::Constraint(constraint)) => written.push(Err(Conflict::Forbidden { constraint })),
        }
    }
    Ok(written)
}

/// A fault after some units were written one by one: for the batch as a whole the outcome is unknown.
fn in_part(error: CommitError, written: &Written) -> CommitError {
    match error {
        CommitError::Fault(fault) if written.iter().any(Result::is_ok) => CommitError::Unknown(fault),
        error => error,
    }
}

async fn attempt<T: Tables>(tables: &T, units: &[&Prepared], careful: bool) -> Result<Written, Stop> {
    let mut session = tables.begin().await?;
    let mut out: BTreeMap<&CaseId, Conflict> = BTreeMap::new();
    fenced(&mut session, tables.words().for_share, units, &mut out).await?;
    if careful {
        answered(&mut session, units, &mut out).await?;
    }
    received(&mut session, units, &mut out).await?;
    let left: Vec<&Prepared> = units.iter().filter(|u| !out.contains_key(&u.unit.case.id)).copied().collect();
    let won = write_cases(&mut session, &left).await?;
    let (won, lost): (Vec<&Prepared>, Vec<&Prepared>) =
        left.into_iter().partition(|u| won.contains(&*u.unit.case.id.0));
    stale(&mut session, &lost, &mut out).await?;
    if !careful && !out.is_empty() {
        // A repeated command usually meets a case that went on since: its answer is what is wanted.
        let left_out: Vec<&Prepared> =
            units.iter().filter(|u| out.contains_key(&u.unit.case.id)).copied().collect();
        answered(&mut session, &left_out, &mut out).await?;
    }
    if !won.is_empty() {
        write_rest(&mut session, &won).await?;
        session.commit().await.map_err(Stop::Failed)?;
    }
    let verdict = |u: &&Prepared| out.get(&u.unit.case.id).cloned().map_or(Ok(u.after), Err);
    Ok(units.iter().map(verdict).collect())
}

/// Units whose lease is no longer held. The rows of the leases stay as they are until the commit.
async fn fenced<'u>(
    session: &mut impl Session,
    for_share: &str,
    units: &[&'u Prepared],
    out: &mut BTreeMap<&'u CaseId, Conflict>,
) -> Result<(), Stop> {
    let fences: BTreeSet<_> = units.iter().filter_map(|u| u.unit.fence.as_ref()).collect();
    if fences.is_empty() {
        return Ok(());
    }
    let rows = Rows::default()
        .with("lease", text(fences.iter(), |f| f.lease.to_string()))
        .with("epoch", int(fences.iter(), |f| count(f.epoch)));
    let body = format!(
        "SELECT lease, epoch FROM leases WHERE (lease, epoch) IN (SELECT lease, epoch FROM n) ORDER BY lease{for_share}"
    );
    let mut held = BTreeSet::new();
    for mut line in session.run_over(&rows, &body).await? {
        held.insert((line.name(0)?, line.count::<u64>(1)?));
    }
    for unit in units {
        if let Some(fence) = &unit.unit.fence
            && !held.contains(&(fence.lease.clone(), fence.epoch))
        {
            out.insert(&unit.unit.case.id, Conflict::Fenced);
        }
    }
    Ok(())
}

/// Units whose command was answered before.
async fn answered<'u>(
    session: &mut impl Session,
    units: &[&'u Prepared],
    out: &mut BTreeMap<&'u CaseId, Conflict>,
) -> Result<(), Stop> {
    let keys = units.iter().filter_map(|u| u.unit.command.as_ref());
    let rows = Rows::default().with("command", text(keys, |c| c.key.to_string()));
    if rows.is_empty() {
        return Ok(());
    }
    let body = "SELECT command, case_id, asked, answer, answered_at FROM commands
         WHERE command IN (SELECT command FROM n)";
    let mut known: BTreeMap<Name, Recorded> = BTreeMap::new();
    for line in session.run_over(&rows, body).await? {
        let record = recorded(line)?;
        known.insert(record.key.clone(), record);
    }
    for unit in units {
        let Some(command) = &unit.unit.command else { continue };
        let Some(record) = known.get(&command.key) else { continue };
        let verdict = out.entry(&unit.unit.case.id).or_insert_with(|| repeated(record, &command.body));
        if *verdict != Conflict::Fenced {
            *verdict = repeated(record, &command.body);
        }
    }
    Ok(())
}

/// What is said to a command whose key is known.
pub(crate) fn repeated(record: &Recorded, asked: &ports::commit::Hash) -> Conflict {
    if record.body == *asked {
        Conflict::Answered(record.clone())
    } else {
        Conflict::KeyReused { case: record.case.clone() }
    }
}

/// Units whose message was taken in before.
async fn received<'u>(
    session: &mut impl Session,
    units: &[&'u Prepared],
    out: &mut BTreeMap<&'u CaseId, Conflict>,
) -> Result<(), Stop> {
    let rows = messages(units);
    if rows.is_empty() {
        return Ok(());
    }
    let body = "SELECT m.case_id FROM messages AS m JOIN n ON m.case_id = n.case_id AND m.sender = n.sender
         WHERE m.entry > n.entry OR (m.entry = n.entry AND m.effect >= n.effect)";
    let mut known = BTreeSet::new();
    for mut line in session.run_over(&rows, body).await? {
        known.insert(line.name(0)?);
    }
    for unit in units.iter().filter(|u| known.contains(&u.unit.case.id.0)) {
        out.entry(&unit.unit.case.id).or_insert(Conflict::AlreadyReceived);
    }
    Ok(())
}

fn messages(units: &[&Prepared]) -> Rows {
    let all: Vec<_> = units.iter().filter_map(|u| Some((u, &u.unit.received.as_ref()?.message))).collect();
    Rows::default()
        .with("case_id", text(all.iter(), |(u, _)| u.unit.case.id.to_string()))
        .with("sender", text(all.iter(), |(_, m)| m.case.to_string()))
        .with("entry", int(all.iter(), |(_, m)| count(m.entry)))
        .with("effect", int(all.iter(), |(_, m)| i64::from(m.effect)))
}

/// The versions that stand in the way.
async fn stale<'u>(
    session: &mut impl Session,
    lost: &[&'u Prepared],
    out: &mut BTreeMap<&'u CaseId, Conflict>,
) -> Result<(), Stop> {
    if lost.is_empty() {
        return Ok(());
    }
    let rows = Rows::default().with("case_id", text(lost.iter(), |u| u.unit.case.id.to_string()));
    let body = "SELECT c.case_id, c.version FROM cases AS c JOIN n ON c.case_id = n.case_id";
    let mut stored: BTreeMap<Name, u64> = BTreeMap::new();
    for mut line in session.run_over(&rows, body).await? {
        stored.insert(line.name(0)?, line.count(1)?);
    }
    for unit in lost {
        let stored = stored.get(&unit.unit.case.id.0).copied().unwrap_or(0);
        out.insert(&unit.unit.case.id, Conflict::Stale { stored });
    }
    Ok(())
}

/// Writes the rows of the cases; gives those that stood where the units expect.
async fn write_cases(session: &mut impl Session, units: &[&Prepared]) -> Result<BTreeSet<String>, Stop> {
    let (new, old): (Vec<&Prepared>, Vec<&Prepared>) = units.iter().partition(|u| u.unit.before.version == 0);
    let mut won = BTreeSet::new();
    if !new.is_empty() {
        let rows = case_rows(&new);
        let tail = "ON CONFLICT (case_id) DO NOTHING RETURNING case_id";
        for mut line in session.insert(&rows, "cases", tail).await? {
            won.insert(line.string(0)?);
        }
    }
    if !old.is_empty() {
        let rows = case_rows(&old).with("before", bytes(&old, |u| u.unit.before.chain.to_vec()));
        for mut line in session.run_over(&rows, UPDATE_CASES).await? {
            won.insert(line.string(0)?);
        }
    }
    Ok(won)
}

const UPDATE_CASES: &str = "UPDATE cases SET version = n.version, definition = n.definition,
  states = n.states, correlate = n.correlate, status = n.status, incident = n.incident,
  next_due = n.next_due, updated_at = n.updated_at, chain = n.chain, snapshot = n.snapshot
FROM n WHERE cases.case_id = n.case_id AND cases.version = n.version - 1 AND cases.chain = n.before
RETURNING cases.case_id";

fn case_rows(units: &[&Prepared]) -> Rows {
    let standing: Vec<_> = units.iter().map(|u| super::prepare::standing(&u.unit.line.standing)).collect();
    let next_due = |u: &&Prepared| match u.unit.line.standing {
        ports::query::Standing::Running => u.unit.case.next_due().map(super::micros),
        _ => None,
    };
    Rows::default()
        .with("case_id", text(units, |u| u.unit.case.id.to_string()))
        .with("part", int(units, |u| i64::from(u.part)))
        .with("version", int(units, |u| count(u.after.version)))
        .with("process", text(units, |u| u.unit.case.process.to_string()))
        .with("definition", text(units, |u| u.unit.case.definition.to_string()))
        .with("states", text(units, |u| format!(" {} ", u.unit.line.states.join(" "))))
        .with("correlate", text_or(units, |u| u.unit.line.correlate.as_ref().map(ToString::to_string)))
        .with("status", text(&standing, |s| s.0.to_owned()))
        .with("incident", text_or(&standing, |s| s.1.clone()))
        .with("next_due", Column::IntOr(units.iter().map(next_due).collect()))
        .with("started_at", int(units, |u| super::micros(u.unit.case.started_at)))
        .with("updated_at", int(units, |u| super::micros(u.unit.entry.at)))
        .with("chain", bytes(units, |u| u.after.chain.to_vec()))
        .with("snapshot", bytes(units, |u| u.snapshot.clone()))
}

/// Writes what follows from the cases that were written.
async fn write_rest(session: &mut impl Session, units: &[&Prepared]) -> Result<(), Stop> {
    let rows = entry_rows(units);
    session.insert(&rows, "entries", "").await?;
    write_commands(session, units).await?;
    super::inbox::write(session, units).await?;
    super::outbox::write(session, units).await?;
    write_slots(session, units).await?;
    write_parties(session, units).await?;
    let rows = messages(units);
    if !rows.is_empty() {
        let tail =
            "ON CONFLICT (case_id, sender) DO UPDATE SET entry = excluded.entry, effect = excluded.effect";
        session.insert(&rows, "messages", tail).await?;
    }
    Ok(())
}

fn entry_rows(units: &[&Prepared]) -> Rows {
    Rows::default()
        .with("case_id", text(units, |u| u.unit.case.id.to_string()))
        .with("entry", int(units, |u| count(u.after.version)))
        .with("first_fact", int(units, |u| count(u.first_fact)))
        .with("written_at", int(units, |u| super::micros(u.unit.entry.at)))
        .with("body", bytes(units, |u| u.body.clone()))
        .with("chain", bytes(units, |u| u.after.chain.to_vec()))
}

async fn write_commands(session: &mut impl Session, units: &[&Prepared]) -> Result<(), Stop> {
    let all: Vec<_> = units.iter().filter_map(|u| Some((u, u.unit.command.as_ref()?))).collect();
    let rows = Rows::default()
        .with("command", text(&all, |(_, c)| c.key.to_string()))
        .with("case_id", text(&all, |(u, _)| u.unit.case.id.to_string()))
        .with("asked", bytes(&all, |(_, c)| c.body.to_vec()))
        .with("answer", bytes(&all, |(_, c)| c.answer.clone()))
        .with("answered_at", int(&all, |(u, _)| super::micros(u.unit.entry.at)));
    if !rows.is_empty() {
        session.insert(&rows, "commands", "").await?;
    }
    Ok(())
}

async fn write_slots(session: &mut impl Session, units: &[&Prepared]) -> Result<(), Stop> {
    let freed: Vec<_> = units.iter().flat_map(|u| u.freed.iter().map(move |run| (u, *run))).collect();
    let rows = Rows::default()
        .with("case_id", text(&freed, |(u, _)| u.unit.case.id.to_string()))
        .with("run", int(&freed, |(_, run)| i64::from(*run)));
    if !rows.is_empty() {
        let body = "DELETE FROM slots WHERE (case_id, run) IN (SELECT case_id, run FROM n)";
        session.run_over(&rows, body).await?;
    }
    let taken: Vec<_> = units.iter().flat_map(|u| u.taken.iter().map(move |place| (u, *place))).collect();
    let rows = Rows::default()
        .with("case_id", text(&taken, |(u, _)| u.unit.case.id.to_string()))
        .with("kind", int(&taken, |(_, (kind, ..))| i64::from(*kind)))
        .with("slot", int(&taken, |(_, (_, slot, _))| i64::from(*slot)))
        .with("run", int(&taken, |(_, (.., run))| i64::from(*run)));
    if !rows.is_empty() {
        session.insert(&rows, "slots", "").await?;
    }
    Ok(())
}

async fn write_parties(session: &mut impl Session, units: &[&Prepared]) -> Result<(), Stop> {
    let joined: Vec<_> = units.iter().flat_map(|u| u.unit.line.joined.iter().map(move |p| (u, p))).collect();
    let rows = Rows::default()
        .with("case_id", text(&joined, |(u, _)| u.unit.case.id.to_string()))
        .with("party", text(&joined, |(_, party)| party.to_string()));
    if !rows.is_empty() {
        session.insert(&rows, "parties", "ON CONFLICT DO NOTHING").await?;
    }
    Ok(())
}

/// A count as a database keeps it. None of ours comes near the end.
pub fn count(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

/// A column of text.
pub fn text<T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> String) -> Column {
    Column::Text(of.into_iter().map(each).collect())
}

/// A column of text or nothing.
pub fn text_or<T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> Option<String>) -> Column {
    Column::TextOr(of.into_iter().map(each).collect())
}

/// A column of numbers.
pub fn int<T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> i64) -> Column {
    Column::Int(of.into_iter().map(each).collect())
}

/// A column of bytes.
pub fn bytes<T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> Vec<u8>) -> Column {
    Column::Bytes(of.into_iter().map(each).collect())
}

/// The answer a command got.
pub async fn command<T: Tables>(tables: &T, key: String) -> Result<Option<Recorded>, Fault> {
    let mut ask =
        Ask::of("SELECT command, case_id, asked, answer, answered_at FROM commands WHERE command = ");
    ask.text(&key);
    tables.ask(ask).await?.pop().map(recorded).transpose()
}
