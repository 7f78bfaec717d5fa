//! What goes out: written with the case, leased, settled.

use std::collections::BTreeSet;

use machine::ids::CaseId;
use ports::fault::Fault;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Outcome, Outgoing, Settled};
use ports::query::{PAGE_MAX, Page};

use super::commit::{bytes, count, int, text, text_or};
use super::prepare::Prepared;
use super::read::fault_of;
use super::rows::{Ask, Column, Line, Rows, Write};
use super::{Session, Tables, micros};
use crate::codec;

const COLUMNS: &str =
    "case_id, entry, effect, connector, lane, body, attempts, epoch, first_at, next_at, parked, problem";

/// What goes out.
pub fn write<'u>(units: &[&'u Prepared]) -> Write<'u> {
    let all: Vec<_> = units
        .iter()
        .flat_map(|u| (0i64..).zip(u.unit.outbox.iter().zip(&u.letters)).map(move |(i, (o, b))| (u, i, o, b)))
        .collect();
    let rows = Rows::default()
        .with("case_id", text(&all, |(u, ..)| &*u.unit.case.id.0))
        .with("entry", int(&all, |(u, ..)| count(u.after.version)))
        .with("effect", int(&all, |(_, effect, ..)| *effect))
        .with("connector", text(&all, |(_, _, o, _)| &*o.connector))
        .with("lane", text_or(&all, |(_, _, o, _)| o.lane.as_deref()))
        .with("body", bytes(&all, |(.., body)| body.as_slice()))
        .with("first_at", int(&all, |(_, _, o, _)| micros(o.at)))
        .with("next_at", int(&all, |(_, _, o, _)| micros(o.at)));
    Write::add(rows, "outbox", "")
}

/// Takes work for a connector. Of a lane only the first can be taken.
pub async fn lease<T: Tables>(tables: &T, lease: OutboxLease) -> Result<Vec<OutboxRow>, Fault> {
    let until = lease.now.checked_add(lease.keep).unwrap_or(jiff::Timestamp::MAX);
    let mut ask = Ask::of(
        "WITH picked AS MATERIALIZED (
           SELECT o.case_id, o.entry, o.effect FROM outbox AS o
           WHERE o.parked = 0 AND o.connector = ",
    );
    ask.text(&lease.connector).say(" AND o.next_at <= ").int(micros(lease.now));
    ask.say(
        " AND (o.lane IS NULL OR NOT EXISTS (
             SELECT 1 FROM outbox AS e WHERE e.case_id = o.case_id AND e.lane = o.lane
               AND (e.entry, e.effect) < (o.entry, o.effect)))
           ORDER BY o.next_at, o.case_id, o.entry, o.effect LIMIT ",
    );
    ask.int(i64::from(lease.limit.clamp(1, PAGE_MAX))).say(tables.words().skip_locked);
    ask.say(") UPDATE outbox SET epoch = epoch + 1, attempts = attempts + 1, next_at = ").int(micros(until));
    ask.say(
        " FROM picked WHERE outbox.case_id = picked.case_id AND outbox.entry = picked.entry
           AND outbox.effect = picked.effect RETURNING ",
    );
    // What is returned is of the table that was written, but PostgreSQL wants to be told.
    let columns: Vec<String> = COLUMNS.split(", ").map(|c| format!("outbox.{c}")).collect();
    ask.say(&columns.join(", "));
    let mut session = tables.begin().await?;
    let lines = session.run(ask).await?;
    let mut rows = lines.into_iter().map(outbox_row).collect::<Result<Vec<_>, Fault>>()?;
    if rows.is_empty() {
        return Ok(rows);
    }
    session.commit().await.map_err(fault_of)?;
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(rows)
}

/// Notes what came of deliveries.
pub async fn settle<T: Tables>(tables: &T, settled: Vec<Settled>) -> Result<Vec<bool>, Fault> {
    let mut session = tables.begin().await?;
    let (gone, kept): (Vec<&Settled>, Vec<&Settled>) =
        settled.iter().partition(|s| matches!(s.outcome, Outcome::Done | Outcome::Drop));
    let mut noted = take_off(&mut session, &gone).await?;
    noted.append(&mut put_back(&mut session, &kept).await?);
    session.commit().await.map_err(fault_of)?;
    // The same key twice in one list: only the first can be noted.
    Ok(settled.iter().map(|s| noted.remove(&s.key)).collect())
}

fn keys<'s>(settled: &[&'s Settled]) -> Rows<'s> {
    Rows::default()
        .with("case_id", text(settled, |s| &*s.key.case.0))
        .with("entry", int(settled, |s| count(s.key.entry)))
        .with("effect", int(settled, |s| i64::from(s.key.effect)))
        .with("epoch", int(settled, |s| count(s.epoch)))
}

fn key(line: &mut Line) -> Result<EffectKey, Fault> {
    Ok(EffectKey { case: CaseId(line.name(0)?), entry: line.count(1)?, effect: line.count(2)? })
}

async fn take_off(session: &mut impl Session, gone: &[&Settled]) -> Result<BTreeSet<EffectKey>, Fault> {
    let mut noted = BTreeSet::new();
    let rows = keys(gone);
    if rows.is_empty() {
        return Ok(noted);
    }
    let body = "DELETE FROM outbox WHERE (case_id, entry, effect, epoch) IN
           (SELECT case_id, entry, effect, epoch FROM n)
         RETURNING case_id, entry, effect, connector, attempts";
    let mut notes = Vec::new();
    for mut line in session.run_over(&rows, body).await? {
        let key = key(&mut line)?;
        let Some(s) = gone.iter().find(|s| s.key == key) else { continue };
        notes.push((*s, line.string(3)?, line.int(4)?));
        noted.insert(key);
    }
    let outcome = |s: &Settled| if s.outcome == Outcome::Done { "done" } else { "dropped" };
    let rows = Rows::default()
        .with("case_id", text(&notes, |(s, ..)| &*s.key.case.0))
        .with("entry", int(&notes, |(s, ..)| count(s.key.entry)))
        .with("effect", int(&notes, |(s, ..)| i64::from(s.key.effect)))
        .with("connector", text(&notes, |(_, connector, _)| connector.as_str()))
        .with("outcome", text(&notes, |(s, ..)| outcome(s)))
        .with("attempts", int(&notes, |(.., attempts)| *attempts))
        .with("settled_at", int(&notes, |(s, ..)| micros(s.at)));
    if !rows.is_empty() {
        session.insert(&rows, "deliveries", "").await?;
    }
    Ok(noted)
}

async fn put_back<'s>(
    session: &mut impl Session,
    kept: &[&'s Settled],
) -> Result<BTreeSet<EffectKey>, Fault> {
    let next = |s: &&Settled| match &s.outcome {
        Outcome::Again { at, .. } => micros(*at),
        _ => micros(s.at),
    };
    let problem = |s: &&'s Settled| match &s.outcome {
        Outcome::Again { problem, .. } => problem.as_deref(),
        Outcome::Park { problem } => Some(problem.as_str()),
        Outcome::Done | Outcome::Drop => None,
    };
    let parked = |s: &&Settled| i64::from(matches!(s.outcome, Outcome::Park { .. }));
    let rows = keys(kept)
        .with("next_at", Column::Int(kept.iter().map(next).collect()))
        .with("parked", Column::Int(kept.iter().map(parked).collect()))
        .with("problem", Column::TextOr(kept.iter().map(problem).collect()));
    let mut noted = BTreeSet::new();
    if rows.is_empty() {
        return Ok(noted);
    }
    // A settled lease is over: its epoch counts no more.
    let body = "UPDATE outbox SET epoch = outbox.epoch + 1, next_at = n.next_at, parked = n.parked,
           problem = COALESCE(n.problem, outbox.problem)
         FROM n WHERE outbox.case_id = n.case_id AND outbox.entry = n.entry AND outbox.effect = n.effect
           AND outbox.epoch = n.epoch
         RETURNING outbox.case_id, outbox.entry, outbox.effect";
    for mut line in session.run_over(&rows, body).await? {
        noted.insert(key(&mut line)?);
    }
    Ok(noted)
}

/// What waits or is parked.
pub async fn outbox<T: Tables>(
    tables: &T,
    filter: OutboxFilter,
    page: Page<EffectKey>,
) -> Result<Vec<OutboxRow>, Fault> {
    let mut ask = Ask::of(format!("SELECT {COLUMNS} FROM outbox WHERE entry >= 1"));
    if let Some(connector) = &filter.connector {
        ask.say(" AND connector = ").text(connector);
    }
    if let Some(case) = &filter.case {
        ask.say(" AND case_id = ").text(&case.0);
    }
    if let Some(parked) = filter.parked {
        ask.say(&format!(" AND parked = {}", i64::from(parked)));
    }
    if let Some(after) = &page.after {
        ask.say(" AND (case_id, entry, effect) > (").text(&after.case.0).say(", ").int(count(after.entry));
        ask.say(", ").int(i64::from(after.effect)).say(")");
    }
    ask.say(" ORDER BY case_id, entry, effect LIMIT ").int(i64::from(page.size()));
    tables.ask(ask).await?.into_iter().map(outbox_row).collect()
}

fn outbox_row(mut line: Line) -> Result<OutboxRow, Fault> {
    Ok(OutboxRow {
        key: key(&mut line)?,
        outgoing: Outgoing {
            connector: line.name(3)?,
            lane: line.name_if(4)?,
            fact: codec::read_fact(&line.bytes(5)?)?,
            at: line.at(8)?,
        },
        attempts: line.count(6)?,
        epoch: line.count(7)?,
        next_at: line.at(9)?,
        parked: line.int(10)? == 1,
        problem: line.string_if(11)?,
    })
}
