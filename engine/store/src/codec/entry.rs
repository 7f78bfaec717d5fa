//! An entry: what one command did to one case. Facts of the same instant and turn stand together.

use machine::fact::Fact;
use machine::ids::{Bilingual, RunIx, TransitionIx};
use machine::incident::Incident;
use machine::reason::Reason;
use ports::commit::Unit;
use ports::query::Told;
use serde_json::Value as Json;

use super::read::{Fields, Read, object};
use super::write::Writer;
use super::{ENTRY_VERSION, Unreadable, fact, value};

/// Writes the entry of a unit.
pub fn write(w: &mut Writer, unit: &Unit) {
    let entry = &unit.entry;
    w.object(|o| {
        o.at("at", entry.at);
        o.text("case", &unit.case.id.0);
        o.text_if("command", unit.command.as_ref().map(|c| &*c.key));
        o.number("entry", unit.before.version + 1);
        o.number("first", first_fact(unit));
        o.some("incident", entry.incident.as_ref(), write_incident);
        let turns: Vec<&[Fact]> = entry.facts.chunk_by(|a, b| a.at == b.at).collect();
        o.list("turns", &turns, |w, facts| write_turn(w, facts));
        o.number("v", ENTRY_VERSION);
        o.list("why", &entry.reasons, write_reason);
    });
}

/// The number in its case of the first fact of a unit, from 1.
pub fn first_fact(unit: &Unit) -> u64 {
    unit.case.facts.saturating_sub(unit.entry.facts.len() as u64) + 1
}

/// Reads an entry.
pub fn read(json: &Json) -> Read<Told> {
    let of = object(json, "entry")?;
    check_version(&of)?;
    Ok(Told {
        at: of.at("at")?,
        command: of.name_if("command")?,
        facts: of.list("turns", read_turn)?.into_iter().flatten().collect(),
        reasons: of.list("why", read_reason)?,
        incident: of.some("incident", read_incident)?,
    })
}

/// Whether this program knows the form.
pub fn check_version(of: &Fields<'_>) -> Read<()> {
    match of.number("v")? {
        found if found > ENTRY_VERSION => Err(Unreadable::Newer { found, known: ENTRY_VERSION }),
        _ => Ok(()),
    }
}

fn write_turn(w: &mut Writer, facts: &[Fact]) {
    w.object(|o| {
        if let Some(first) = facts.first() {
            o.at("at", first.at);
        }
        o.list("facts", facts, fact::write);
    });
}

fn read_turn(json: &Json) -> Read<Vec<Fact>> {
    let of = object(json, "turns")?;
    let at = of.at("at")?;
    of.list("facts", |json| fact::read(json, at))
}

fn write_reason(w: &mut Writer, reason: &Reason) {
    w.object(|o| {
        o.text("guard", &reason.guard);
        o.flag("held", reason.held);
        o.list("inputs", &reason.inputs, |w, (name, it)| {
            w.object(|o| {
                o.text("is", name);
                o.key("value");
                value::write(o.writer(), it);
            })
        });
        o.some("run", (reason.run != RunIx::MAIN).then_some(reason.run), Writer::number);
        o.some("transition", reason.transition, Writer::number);
    });
}

fn read_reason(json: &Json) -> Read<Reason> {
    let of = object(json, "why")?;
    Ok(Reason {
        run: RunIx(of.number_if("run")?.unwrap_or(0)),
        transition: of.number_if("transition")?.map(TransitionIx),
        guard: of.name("guard")?,
        held: of.flag("held"),
        inputs: of.list("inputs", |json| {
            let of = object(json, "inputs")?;
            Ok((of.name("is")?, value::read(of.get("value")?)?))
        })?,
    })
}

fn write_incident(w: &mut Writer, incident: &Incident) {
    w.object(|o| {
        o.text("code", &incident.code);
        o.text("en", &incident.words.en);
        o.number("run", incident.run);
        o.text("zh", &incident.words.zh);
    });
}

fn read_incident(json: &Json) -> Read<Incident> {
    let of = object(json, "incident")?;
    Ok(Incident {
        code: of.name("code")?,
        run: RunIx(of.number("run")?),
        words: Bilingual::new(of.text("zh")?, of.text("en")?),
    })
}
