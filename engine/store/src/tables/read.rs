//! Reading cases and their history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::commit::{Mark, Recorded};
use ports::fault::{Cause, Fault, Retry};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Entry, Loaded, PAGE_MAX, Page, Standing,
};

use super::commit::{count, int, text};
use super::rows::{Ask, Line, Rows};
use super::{Tables, micros};
use crate::codec::{self, Beside};

/// The cases of these numbers.
pub async fn load<T: Tables>(tables: &T, ids: Vec<CaseId>) -> Result<Vec<Option<Loaded>>, Fault> {
    let rows = Rows::default().with("case_id", text(&ids, |id| &*id.0));
    if rows.is_empty() {
        return Ok(vec![]);
    }
    if rows.len() > PAGE_MAX as usize {
        let detail = format!("{} cases in one answer, at most {PAGE_MAX}", rows.len());
        return Err(Fault::new(Cause::TooMuch, Retry::Never, detail));
    }
    let body =
        "SELECT c.case_id, c.process, c.definition, c.version, c.chain, c.status, c.incident, c.snapshot
         FROM cases AS c WHERE c.case_id IN (SELECT case_id FROM n)";
    let mut found = BTreeMap::new();
    for mut line in tables.ask_over(&rows, body).await? {
        let beside = Beside { id: CaseId(line.name(0)?), process: line.name(1)?, definition: line.name(2)? };
        let mark = Mark { version: line.count(3)?, chain: line.hash(4)? };
        let standing = standing(&mut line, 5)?;
        let case = codec::read_case(beside, &line.bytes(7)?)?;
        found.insert(case.id.clone(), Loaded { case, mark, standing });
    }
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

/// How a case stands, from its status and the incident's code beside it.
fn standing(line: &mut Line, at: usize) -> Result<Standing, Fault> {
    let status = line.string(at)?;
    Ok(match (status.as_str(), line.name_if(at + 1)?) {
        ("running", None) => Standing::Running,
        ("ended", None) => Standing::Ended,
        ("incident", Some(code)) => Standing::Incident(code),
        _ => {
            let detail =
                format!("a case stands at `{status}`: the database was changed by hand or is damaged");
            return Err(Fault::new(Cause::Damaged, Retry::Never, detail));
        }
    })
}

/// Cases in the order of their numbers.
pub async fn cases<T: Tables>(
    tables: &T,
    filter: CaseFilter,
    page: Page<CaseId>,
) -> Result<Vec<CaseLine>, Fault> {
    let mut ask = Ask::of(
        "SELECT c.case_id, c.process, c.definition, c.version, c.states, c.correlate, c.status, c.incident,
           c.next_due, c.started_at, c.updated_at, c.chain FROM ",
    );
    // A party's cases are walked in the order of its own index.
    let key = if filter.party.is_some() { "p.case_id" } else { "c.case_id" };
    match &filter.party {
        Some(party) => {
            ask.say("parties AS p JOIN cases AS c ON c.case_id = p.case_id WHERE p.party = ").text(party)
        }
        None => ask.say("cases AS c WHERE c.version >= 1"),
    };
    if let Some(process) = &filter.process {
        ask.say(" AND c.process = ").text(process);
    }
    if let Some(correlate) = &filter.correlate {
        ask.say(" AND c.correlate = ").text(correlate);
    }
    if let Some(wanted) = &filter.standing {
        // Written out, not bound: only so can the database see that a partial index answers.
        ask.say(&format!(" AND c.status = '{}'", super::prepare::standing(wanted).0));
    }
    if let Some(state) = &filter.state {
        ask.say(" AND c.states LIKE ").text(&format!("% {} %", escaped(state))).say(" ESCAPE '!'");
    }
    if let Some(after) = &page.after {
        ask.say(&format!(" AND {key} > ")).text(&after.0);
    }
    ask.say(&format!(" ORDER BY {key} LIMIT ")).int(i64::from(page.size()));
    tables.ask(ask).await?.into_iter().map(case_line).collect()
}

/// A name inside a pattern of LIKE.
fn escaped(name: &str) -> String {
    name.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn case_line(mut line: Line) -> Result<CaseLine, Fault> {
    Ok(CaseLine {
        id: CaseId(line.name(0)?),
        process: line.name(1)?,
        definition: line.name(2)?,
        version: line.count(3)?,
        states: states(&line.string(4)?),
        correlate: line.name_if(5)?,
        standing: standing(&mut line, 6)?,
        next_due: line.at_if(8)?,
        started_at: line.at(9)?,
        updated_at: line.at(10)?,
        chain: line.hash(11)?,
    })
}

/// How many cases stand where.
pub async fn counts<T: Tables>(tables: &T, process: Option<Name>) -> Result<Vec<Count>, Fault> {
    let mut ask =
        Ask::of_all("SELECT process, states, status, incident, COUNT(*) FROM cases WHERE version >= 1");
    if let Some(process) = &process {
        ask.say(" AND process = ").text(process);
    }
    ask.say(" GROUP BY process, states, status, incident");
    let lines = tables.ask(ask).await?.into_iter().map(|mut line| {
        Ok(Count {
            process: line.name(0)?,
            states: states(&line.string(1)?),
            standing: standing(&mut line, 2)?,
            cases: line.count(4)?,
        })
    });
    let mut counts = lines.collect::<Result<Vec<Count>, Fault>>()?;
    // Databases order texts in their own ways.
    counts.sort();
    Ok(counts)
}

/// The states of a row: names with spaces round them.
fn states(text: &str) -> Vec<Name> {
    text.split_whitespace().map(Name::from).collect()
}

/// Running cases with something due.
pub async fn due<T: Tables>(tables: &T, filter: DueFilter, limit: u32) -> Result<Vec<DueCase>, Fault> {
    let limit = i64::from(limit.clamp(1, PAGE_MAX));
    let lines = match filter.parts {
        None => {
            let mut ask = Ask::of("SELECT case_id, next_due FROM cases WHERE next_due <= ");
            ask.int(micros(filter.until)).say(" ORDER BY next_due, case_id LIMIT ").int(limit);
            tables.ask(ask).await?
        }
        Some(parts) if parts.is_empty() => vec![],
        Some(parts) => {
            let rows = Rows::default()
                .with("part", int(&parts, |part| i64::from(*part)))
                .with("until", int(&parts, |_| micros(filter.until)))
                .with("most", int(&parts, |_| limit));
            let body = "SELECT case_id, next_due FROM cases
                 WHERE next_due <= (SELECT MAX(until) FROM n) AND part IN (SELECT part FROM n)
                 ORDER BY next_due, case_id LIMIT (SELECT MAX(most) FROM n)";
            tables.ask_over(&rows, body).await?
        }
    };
    let due = |mut line: Line| Ok(DueCase { id: CaseId(line.name(0)?), due: line.at(1)? });
    lines.into_iter().map(due).collect()
}

/// A case's history.
pub async fn history<T: Tables>(tables: &T, case: CaseId, page: Page<u64>) -> Result<Vec<Entry>, Fault> {
    let mut ask = Ask::of("SELECT entry, first_fact, body, chain FROM entries WHERE case_id = ");
    ask.text(&case.0).say(" AND entry > ").int(count(page.after.unwrap_or(0)));
    ask.say(" ORDER BY entry LIMIT ").int(i64::from(page.size()));
    tables.ask(ask).await?.into_iter().map(entry).collect()
}

fn entry(mut line: Line) -> Result<Entry, Fault> {
    let body = line.bytes(2)?;
    let told = codec::read_entry(&body)?;
    Ok(Entry { number: line.count(0)?, first_fact: line.count(1)?, chain: line.hash(3)?, body, told })
}

/// A command's row.
pub fn recorded(mut line: Line) -> Result<Recorded, Fault> {
    Ok(Recorded {
        key: line.name(0)?,
        case: CaseId(line.name(1)?),
        body: line.hash(2)?,
        answer: line.bytes(3)?,
        at: line.at(4)?,
    })
}

/// How many keys of commands or notes of deliveries one sweep takes at most: a sweep never holds others up.
const SWEEP_MAX: i64 = 10_000;

/// Forgets what is older.
pub async fn sweep<T: Tables>(tables: &T, before: Timestamp) -> Result<ports::query::Swept, Fault> {
    use super::Session;
    let mut session = tables.begin().await?;
    let mut ask =
        Ask::of("DELETE FROM commands WHERE command IN (SELECT command FROM commands WHERE answered_at < ");
    ask.int(micros(before)).say(" LIMIT ").int(SWEEP_MAX).say(") RETURNING 1");
    let commands = session.run(ask).await?.len() as u64;
    let mut ask = Ask::of(
        "DELETE FROM deliveries WHERE (case_id, entry, effect) IN
           (SELECT case_id, entry, effect FROM deliveries WHERE settled_at < ",
    );
    ask.int(micros(before)).say(" LIMIT ").int(SWEEP_MAX).say(") RETURNING 1");
    let deliveries = session.run(ask).await?.len() as u64;
    super::news::sweep(tables, &mut session).await?;
    session.commit().await.map_err(fault_of)?;
    Ok(ports::query::Swept { commands, deliveries })
}

/// For acts that can simply be done again, an unknown outcome is a fault like any other.
pub fn fault_of(error: ports::fault::CommitError) -> Fault {
    match error {
        ports::fault::CommitError::Fault(fault) | ports::fault::CommitError::Unknown(fault) => fault,
    }
}
