//! A trial run written down as a story, so that it can be played again.

use std::fmt::Write;

use jiff::tz::TimeZone;
use machine::event::Actor;
use simulate::told;

use super::session::{Act, Sent, Session};

/// The story of a run, ready for `examples/`.
pub fn story(session: &Session) -> String {
    let zone = session.world.calendar.zone();
    let mut out =
        String::from("# yaml-language-server: $schema=../../../docs/schema/charter-story-1.schema.json\n");
    let process = &session.world.definition.process;
    // Writing to a String cannot fail.
    let _ = writeln!(out, "story: {{ zh: 试跑 {process}, en: Trial run of {process} }}");
    let opening = &session.opening;
    let _ = writeln!(out, "open:\n  at: {}", told::wall(opening.at, zone));
    let _ = writeln!(out, "  by: {}", scalar(&actor(&opening.by)));
    if !opening.with.is_empty() {
        let _ = writeln!(out, "  with: {}", map(&opening.with));
    }
    out.push_str("\nsteps:\n");
    for act in &session.acts {
        match act {
            Act::Pass(until) => {
                let _ = writeln!(out, "  - {{ until: {} }}", told::wall(*until, zone));
            }
            Act::Send(sent) => out.push_str(&step(sent, zone)),
        }
    }
    out.push_str(&expectation(session));
    out
}

fn step(sent: &Sent, zone: &TimeZone) -> String {
    let mut out = format!("  - at: {}\n", told::wall(sent.at, zone));
    let _ = writeln!(out, "    by: {}", scalar(&actor(&sent.by)));
    let _ = writeln!(out, "    do: {}", scalar(&sent.path));
    if !sent.with.is_empty() {
        let _ = writeln!(out, "    with: {}", map(&sent.with));
    }
    for (key, value) in [("reason", &sent.reason), ("refused", &sent.refused)] {
        if let Some(value) = value {
            let _ = writeln!(out, "    {key}: {}", scalar(value));
        }
    }
    out
}

/// Where everything is at the end.
fn expectation(session: &Session) -> String {
    let world = &session.world;
    let mut out = String::from("  - expect:\n");
    for (_, run) in world.case.each_run() {
        let name = told::run_name(&world.definition, run);
        let name = if name.is_empty() { "state".to_owned() } else { name };
        let states = told::states(world.definition.chart(run.chart), run);
        let states: Vec<String> = states.iter().map(|s| scalar(s)).collect();
        let _ = writeln!(out, "      {}: [{}]", scalar(&name), states.join(", "));
    }
    out
}

/// `bank_clerk of 工行: 王磊`
fn actor(by: &Actor) -> String {
    let Some(organisation) = &by.organisation else { return by.role.to_string() };
    let plain = format!("{} of {organisation}", by.role);
    if *by.id == *format!("{}@{organisation}", by.role) { plain } else { format!("{plain}: {}", by.id) }
}

fn map(entries: &[(String, String)]) -> String {
    let entries: Vec<String> = entries.iter().map(|(k, v)| format!("{}: {}", scalar(k), scalar(v))).collect();
    format!("{{ {} }}", entries.join(", "))
}

/// A text as a YAML scalar: plain where that is certain, else in double quotes as JSON writes it.
fn scalar(text: &str) -> String {
    let harmless =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '%') || c == ' ' || c == '-';
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let plain = starts && text.chars().all(harmless) && !text.ends_with(' ');
    let word = matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n" | "null");
    if plain && !word { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
