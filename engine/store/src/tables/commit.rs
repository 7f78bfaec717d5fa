//! Writing a batch: every case whole or not at all, all of them in one transaction.
//!
//! The usual way trusts that keys of commands are new and lets the tables object. When they do, everything
//! is rolled back and done again with a look at the keys first; when they still object, case by case, so that
//! only the culprit is left out.

use std::collections::{BTreeMap, BTreeSet};

use machine::ids::{CaseId, Name};
use ports::commit::{Conflict, Mark, Recorded};
use ports::fault::{CommitError, Fault};
use ports::outbox::EffectKey;
use ports::query::Standing;
use ports::store::Written;

use super::prepare::Prepared;
use super::read::recorded;
use super::rows::{Ask, Column, Rows, Write};
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

/// The steps of one case in a batch, in their order; at least one.
type Steps<'u> = &'u [Prepared];

/// What stands in the way, by case and by the version a step leaves. Of a case that is in here nothing is written.
#[derive(Default)]
struct Out<'u>(BTreeMap<&'u CaseId, BTreeMap<u64, Conflict>>);

impl<'u> Out<'u> {
    fn has(&self, steps: Steps<'_>) -> bool {
        self.0.contains_key(&steps[0].unit.case.id)
    }

    fn of(&mut self, step: &'u Prepared) -> &mut BTreeMap<u64, Conflict> {
        self.0.entry(&step.unit.case.id).or_default()
    }

    /// What becomes of a step.
    fn verdict(&self, first: &Prepared, step: &Prepared) -> Result<Mark, Conflict> {
        let Some(conflicts) = self.0.get(&step.unit.case.id) else { return Ok(step.after) };
        let stale = || Conflict::Stale { stored: first.before.version };
        Err(conflicts.get(&step.after.version).cloned().unwrap_or_else(stale))
    }
}

/// Writes a batch, which was encoded before.
pub async fn commit<T: Tables>(tables: &T, prepared: Vec<Prepared>) -> Result<Written, CommitError> {
    if prepared.is_empty() {
        return Ok(vec![]);
    }
    let mut numbered: Vec<(usize, Prepared)> = prepared.into_iter().enumerate().collect();
    // Two batches that meet take their rows in the same order, so neither waits for the other in a circle.
    numbered.sort_by(|(_, a), (_, b)| a.unit.case.id.cmp(&b.unit.case.id));
    let (order, mut steps): (Vec<usize>, Vec<Prepared>) = numbered.into_iter().unzip();
    let verdicts = write(tables, &mut steps).await?;
    if verdicts.iter().zip(&steps).any(|(v, p)| v.is_ok() && !p.unit.outbox.is_empty()) {
        tables.hint().await;
    }
    let mut written: Vec<Option<_>> = vec![None; order.len()];
    for (at, verdict) in order.into_iter().zip(verdicts) {
        written[at] = Some(verdict);
    }
    Ok(written.into_iter().flatten().collect())
}

fn by_case(a: &Prepared, b: &Prepared) -> bool {
    a.unit.case.id == b.unit.case.id
}

async fn write<T: Tables>(tables: &T, steps: &mut [Prepared]) -> Result<Written, CommitError> {
    let cases: Vec<Steps<'_>> = steps.chunk_by(by_case).collect();
    for careful in [false, true] {
        match attempt(tables, &cases, careful).await {
            Ok(written) => return Ok(written),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Constraint(_)) => {}
        }
    }
    let mut written = Vec::with_capacity(steps.len());
    for steps in steps.chunk_by_mut(by_case) {
        match attempt(tables, &[&*steps], true).await {
            Ok(one) => written.extend(one),
            Err(Stop::Failed(error)) => return Err(in_part(error, &written)),
            Err(Stop::Constraint(_)) => one_by_one(tables, steps, &mut written).await?,
        }
    }
    Ok(written)
}

/// Writes the steps of a case each by itself, so that only the culprit and what follows it are left out.
async fn one_by_one<T: Tables>(
    tables: &T,
    steps: &mut [Prepared],
    written: &mut Written,
) -> Result<(), CommitError> {
    let mut broken = None;
    for step in steps {
        if let Some(stored) = broken {
            written.push(Err(Conflict::Stale { stored }));
            continue;
        }
        step.alone().map_err(|fault| in_part(CommitError::Fault(fault), written))?;
        let verdict = match attempt(tables, &[std::slice::from_ref(step)], true).await {
            Ok(mut one) => one.remove(0),
            Err(Stop::Failed(error)) => return Err(in_part(error, written)),
            Err(Stop::Constraint(constraint)) => Err(Conflict::Forbidden { constraint }),
        };
        if verdict.is_err() {
            broken = Some(step.before.version);
        }
        written.push(verdict);
    }
    Ok(())
}

/// A fault after some units were written one by one: for the batch as a whole the outcome is unknown.
fn in_part(error: CommitError, written: &Written) -> CommitError {
    match error {
        CommitError::Fault(fault) if written.iter().any(Result::is_ok) => CommitError::Unknown(fault),
        error => error,
    }
}

async fn attempt<'u, T: Tables>(tables: &T, cases: &[Steps<'u>], careful: bool) -> Result<Written, Stop> {
    let mut session = tables.begin().await?;
    let mut out = Out::default();
    fenced(&mut session, tables.words().for_share, cases, &mut out).await?;
    if careful {
        answered(&mut session, cases, &mut out).await?;
    }
    received(&mut session, cases, &mut out).await?;
    let left: Vec<Steps<'u>> = cases.iter().filter(|steps| !out.has(steps)).copied().collect();
    let won = write_cases(&mut session, &left, tables.words().narrow).await?;
    let (won, lost): (Vec<Steps<'u>>, Vec<Steps<'u>>) =
        left.into_iter().partition(|steps| won.contains(&*steps[0].unit.case.id.0));
    stale(&mut session, &lost, &mut out).await?;
    if !careful && !out.0.is_empty() {
        // A repeated command usually meets a case that went on since: its answer is what is wanted.
        let left_out: Vec<Steps<'u>> = cases.iter().filter(|steps| out.has(steps)).copied().collect();
        answered(&mut session, &left_out, &mut out).await?;
    }
    if !won.is_empty() {
        write_rest(&mut session, &won).await?;
        session.commit().await.map_err(Stop::Failed)?;
    }
    Ok(cases.iter().flat_map(|steps| steps.iter().map(|step| out.verdict(&steps[0], step))).collect())
}

/// Every step of these cases.
fn each<'u>(cases: &[Steps<'u>]) -> Vec<&'u Prepared> {
    cases.iter().copied().flatten().collect()
}

/// Units whose lease is no longer held. The rows of the leases stay as they are until the commit.
async fn fenced<'u>(
    session: &mut impl Session,
    for_share: &str,
    cases: &[Steps<'u>],
    out: &mut Out<'u>,
) -> Result<(), Stop> {
    let steps = each(cases);
    let fences: BTreeSet<_> = steps.iter().filter_map(|u| u.unit.fence.as_ref()).collect();
    if fences.is_empty() {
        return Ok(());
    }
    let rows = Rows::default()
        .with("lease", text(&fences, |f| &*f.lease))
        .with("epoch", int(&fences, |f| count(f.epoch)));
    let body = format!(
        "SELECT lease, epoch FROM leases WHERE (lease, epoch) IN (SELECT lease, epoch FROM n) ORDER BY lease{for_share}"
    );
    let mut held = BTreeSet::new();
    for mut line in session.run_over(&rows, &body).await? {
        held.insert((line.name(0)?, line.count::<u64>(1)?));
    }
    for step in steps {
        if let Some(fence) = &step.unit.fence
            && !held.contains(&(fence.lease.clone(), fence.epoch))
        {
            out.of(step).insert(step.after.version, Conflict::Fenced);
        }
    }
    Ok(())
}

/// Units whose command was answered before.
async fn answered<'u>(
    session: &mut impl Session,
    cases: &[Steps<'u>],
    out: &mut Out<'u>,
) -> Result<(), Stop> {
    let steps = each(cases);
    let keys = steps.iter().filter_map(|u| u.unit.command.as_ref());
    let rows = Rows::default().with("command", text(keys, |c| &*c.key));
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
    for step in steps {
        let Some(command) = &step.unit.command else { continue };
        let Some(record) = known.get(&command.key) else { continue };
        let verdict = out.of(step).entry(step.after.version);
        let verdict = verdict.or_insert_with(|| repeated(record, &command.body));
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
    cases: &[Steps<'u>],
    out: &mut Out<'u>,
) -> Result<(), Stop> {
    let steps = each(cases);
    let all: Vec<_> = steps.iter().filter_map(|u| Some((*u, &u.unit.received.as_ref()?.message))).collect();
    let rows = messages(&all);
    if rows.is_empty() {
        return Ok(());
    }
    let body = "SELECT n.case_id, n.entry, n.effect, n.sender FROM messages AS m
         JOIN n ON m.case_id = n.case_id AND m.sender = n.sender
         WHERE m.entry > n.entry OR (m.entry = n.entry AND m.effect >= n.effect)";
    let mut known = BTreeSet::new();
    for mut line in session.run_over(&rows, body).await? {
        known.insert((line.name(0)?, line.count::<u64>(1)?, line.count::<u32>(2)?, line.name(3)?));
    }
    for (step, message) in all {
        let key = (step.unit.case.id.0.clone(), message.entry, message.effect, message.case.0.clone());
        if known.contains(&key) {
            out.of(step).entry(step.after.version).or_insert(Conflict::AlreadyReceived);
        }
    }
    Ok(())
}

fn messages<'u>(all: &[(&'u Prepared, &'u EffectKey)]) -> Rows<'u> {
    Rows::default()
        .with("case_id", text(all, |(u, _)| &*u.unit.case.id.0))
        .with("sender", text(all, |(_, m)| &*m.case.0))
        .with("entry", int(all, |(_, m)| count(m.entry)))
        .with("effect", int(all, |(_, m)| i64::from(m.effect)))
}

/// The versions that stand in the way.
async fn stale<'u>(session: &mut impl Session, lost: &[Steps<'u>], out: &mut Out<'u>) -> Result<(), Stop> {
    if lost.is_empty() {
        return Ok(());
    }
    let rows = Rows::default().with("case_id", text(lost, |steps| &*steps[0].unit.case.id.0));
    let body = "SELECT c.case_id, c.version FROM cases AS c JOIN n ON c.case_id = n.case_id";
    let mut stored: BTreeMap<Name, u64> = BTreeMap::new();
    for mut line in session.run_over(&rows, body).await? {
        stored.insert(line.name(0)?, line.count(1)?);
    }
    for steps in lost {
        let stored = stored.get(&steps[0].unit.case.id.0).copied().unwrap_or(0);
        out.of(&steps[0]).insert(steps[0].after.version, Conflict::Stale { stored });
    }
    Ok(())
}

/// Writes the rows of the cases; gives those that stood where the units expect.
async fn write_cases(
    session: &mut impl Session,
    cases: &[Steps<'_>],
    narrow: bool,
) -> Result<BTreeSet<String>, Stop> {
    let (new, old): (Vec<Steps<'_>>, Vec<Steps<'_>>) =
        cases.iter().partition(|steps| steps[0].before.version == 0);
    let mut won = BTreeSet::new();
    if !new.is_empty() {
        won.append(&mut session.insert_new(&case_rows(&new), "cases").await?);
    }
    let mut left = old;
    if narrow {
        let runs = |steps: &Steps<'_>| last(steps).unit.line.standing == Standing::Running;
        let (running, other): (Vec<Steps<'_>>, Vec<Steps<'_>>) = left.into_iter().partition(runs);
        if !running.is_empty() {
            let rows = changed_rows(&running);
            won.append(&mut session.change(&rows, "cases", SET_NARROW, MATCHING_NARROW).await?);
        }
        let missed = running.into_iter().filter(|steps| !won.contains(&*steps[0].unit.case.id.0));
        left = other.into_iter().chain(missed).collect();
    }
    if !left.is_empty() {
        let rows = changed_rows(&left);
        won.append(&mut session.change(&rows, "cases", SET, MATCHING).await?);
    }
    Ok(won)
}

const SET: &str = "version = n.version, definition = n.definition, states = n.states,
  correlate = n.correlate, status = n.status, incident = n.incident, next_due = n.next_due,
  updated_at = n.updated_at, chain = n.chain, snapshot = n.snapshot";
const MATCHING: &str = "cases.case_id = n.case_id AND cases.version = n.before_version
  AND cases.chain = n.before_chain";
/// What a case that goes on running changes as a rule. Where a statement rewrites the entries of every index that
/// has one of its columns, whether it changes or not, naming fewer is half the work.
const SET_NARROW: &str = "version = n.version, states = n.states, next_due = n.next_due,
  updated_at = n.updated_at, chain = n.chain, snapshot = n.snapshot";
const MATCHING_NARROW: &str = "cases.case_id = n.case_id AND cases.version = n.before_version
  AND cases.chain = n.before_chain AND cases.status = n.status AND cases.definition = n.definition
  AND cases.correlate IS NOT DISTINCT FROM n.correlate";

/// The step after which a case stands where the batch leaves it.
fn last<'u>(steps: &Steps<'u>) -> &'u Prepared {
    &steps[steps.len() - 1]
}

fn changed_rows<'u>(cases: &[Steps<'u>]) -> Rows<'u> {
    case_rows(cases)
        .with("before_version", int(cases, |steps| count(steps[0].before.version)))
        .with("before_chain", bytes(cases, |steps| &steps[0].before.chain))
}

fn case_rows<'u>(cases: &[Steps<'u>]) -> Rows<'u> {
    let units: Vec<&'u Prepared> = cases.iter().map(last).collect();
    let units = &units;
    let standing: Vec<_> = units.iter().map(|u| super::prepare::standing(&u.unit.line.standing)).collect();
    let next_due = |u: &&Prepared| match u.unit.line.standing {
        Standing::Running => u.unit.case.next_due().map(super::micros),
        _ => None,
    };
    Rows::default()
        .with("case_id", text(units, |u| &*u.unit.case.id.0))
        .with("part", int(units, |u| i64::from(u.part)))
        .with("version", int(units, |u| count(u.after.version)))
        .with("process", text(units, |u| &*u.unit.case.process))
        .with("definition", text(units, |u| &*u.unit.case.definition))
        .with("states", text(units, |u| u.states.as_str()))
        .with("correlate", text_or(units, |u| u.unit.line.correlate.as_deref()))
        .with("status", text(&standing, |s| s.0))
        .with("incident", text_or(&standing, |s| s.1))
        .with("next_due", Column::IntOr(units.iter().map(next_due).collect()))
        .with("started_at", int(units, |u| super::micros(u.unit.case.started_at)))
        .with("updated_at", int(units, |u| super::micros(u.unit.entry.at)))
        .with("chain", bytes(units, |u| &u.after.chain))
        .with("snapshot", bytes(units, |u| u.snapshot.as_deref().unwrap_or_default()))
}

/// Writes what follows from the cases that were written.
async fn write_rest(session: &mut impl Session, cases: &[Steps<'_>]) -> Result<(), Stop> {
    let units = &each(cases);
    let [closed, open] = super::inbox::writes(units);
    let mut writes = vec![
        Write::add(entry_rows(units), "entries", ""),
        Write::add(command_rows(units), "commands", ""),
        closed,
        open,
        super::outbox::write(units),
        Write::add(party_rows(units), "parties", "ON CONFLICT DO NOTHING"),
        Write::add(message_rows(units), "messages", LATEST),
    ];
    writes.retain(|write| !write.rows.is_empty());
    session.together(&writes).await?;
    // A place that one run gives back and another takes is one row of the table: one after the other.
    write_slots(session, cases).await
}

const LATEST: &str =
    "ON CONFLICT (case_id, sender) DO UPDATE SET entry = excluded.entry, effect = excluded.effect";

/// Of several messages of one sender the last one counts.
fn message_rows<'u>(units: &[&'u Prepared]) -> Rows<'u> {
    let mut latest = BTreeMap::new();
    for unit in units {
        if let Some(received) = &unit.unit.received {
            latest.insert((&unit.unit.case.id, &received.message.case), (*unit, &received.message));
        }
    }
    messages(&latest.into_values().collect::<Vec<_>>())
}

fn entry_rows<'u>(units: &[&'u Prepared]) -> Rows<'u> {
    Rows::default()
        .with("case_id", text(units, |u| &*u.unit.case.id.0))
        .with("entry", int(units, |u| count(u.after.version)))
        .with("first_fact", int(units, |u| count(u.first_fact)))
        .with("written_at", int(units, |u| super::micros(u.unit.entry.at)))
        .with("body", bytes(units, |u| u.body.as_slice()))
        .with("chain", bytes(units, |u| &u.after.chain))
}

fn command_rows<'u>(units: &[&'u Prepared]) -> Rows<'u> {
    let all: Vec<_> = units.iter().filter_map(|u| Some((u, u.unit.command.as_ref()?))).collect();
    Rows::default()
        .with("command", text(&all, |(_, c)| &*c.key))
        .with("case_id", text(&all, |(u, _)| &*u.unit.case.id.0))
        .with("asked", bytes(&all, |(_, c)| &c.body))
        .with("answer", bytes(&all, |(_, c)| c.answer.as_slice()))
        .with("answered_at", int(&all, |(u, _)| super::micros(u.unit.entry.at)))
}

/// A place: the case, its kind, its number, the run that holds it.
type Place<'u> = (&'u CaseId, u16, u16, u16);

/// What the steps of each case come to: places given back that were held before, places held afterwards.
fn places<'u>(cases: &[Steps<'u>]) -> (Vec<(&'u CaseId, u16)>, Vec<Place<'u>>) {
    let (mut freed, mut taken): (Vec<_>, Vec<Place<'u>>) = (vec![], vec![]);
    for steps in cases {
        let (case, since) = (&steps[0].unit.case.id, taken.len());
        for step in steps.iter() {
            for run in &step.freed {
                match taken[since..].iter().position(|place| place.3 == *run) {
                    Some(at) => drop(taken.remove(since + at)),
                    None => freed.push((case, *run)),
                }
            }
            taken.extend(step.taken.iter().map(|(kind, slot, run)| (case, *kind, *slot, *run)));
        }
    }
    (freed, taken)
}

async fn write_slots(session: &mut impl Session, cases: &[Steps<'_>]) -> Result<(), Stop> {
    let (freed, taken) = places(cases);
    let rows = Rows::default()
        .with("case_id", text(&freed, |(case, _)| &*case.0))
        .with("run", int(&freed, |(_, run)| i64::from(*run)));
    if !rows.is_empty() {
        session.remove(&rows, "slots").await?;
    }
    let rows = Rows::default()
        .with("case_id", text(&taken, |(case, ..)| &*case.0))
        .with("kind", int(&taken, |(_, kind, ..)| i64::from(*kind)))
        .with("slot", int(&taken, |(_, _, slot, _)| i64::from(*slot)))
        .with("run", int(&taken, |(.., run)| i64::from(*run)));
    if !rows.is_empty() {
        session.insert(&rows, "slots", "").await?;
    }
    Ok(())
}

fn party_rows<'u>(units: &[&'u Prepared]) -> Rows<'u> {
    let joined: Vec<_> = units.iter().flat_map(|u| u.unit.line.joined.iter().map(move |p| (u, p))).collect();
    Rows::default()
        .with("case_id", text(&joined, |(u, _)| &*u.unit.case.id.0))
        .with("party", text(&joined, |(_, party)| party))
}

/// A count as a database keeps it. None of ours comes near the end.
pub fn count(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

/// A column of text.
pub fn text<'v, T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> &'v str) -> Column<'v> {
    Column::Text(of.into_iter().map(each).collect())
}

/// A column of text or nothing.
pub fn text_or<'v, T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> Option<&'v str>) -> Column<'v> {
    Column::TextOr(of.into_iter().map(each).collect())
}

/// A column of numbers.
pub fn int<'v, T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> i64) -> Column<'v> {
    Column::Int(of.into_iter().map(each).collect())
}

/// A column of bytes.
pub fn bytes<'v, T>(of: impl IntoIterator<Item = T>, each: impl FnMut(T) -> &'v [u8]) -> Column<'v> {
    Column::Bytes(of.into_iter().map(each).collect())
}

/// The answer a command got.
pub async fn command<T: Tables>(tables: &T, key: String) -> Result<Option<Recorded>, Fault> {
    let mut ask =
        Ask::of("SELECT command, case_id, asked, answer, answered_at FROM commands WHERE command = ");
    ask.text(&key);
    tables.ask(ask).await?.pop().map(recorded).transpose()
}
