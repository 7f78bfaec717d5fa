//! A case in words: where its runs are, what was noticed and recorded, what waits until when.

use std::fmt::Write;

use expr::value::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::words::Lang;
use machine::action::{Reach, RecordDecl};
use machine::case::{Purpose, Run};
use machine::chart::Chart;
use machine::definition::Definition;
use machine::fact::{Addressee, Fact, What};
use machine::ids::{Name, StateIx};

use crate::world::World;

/// `2026-03-10 00:00`, with seconds only where there are some.
pub fn wall(at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let pattern = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    local.strftime(pattern).to_string()
}

/// The innermost active states of a run, or the outcome it ended with.
pub fn states(chart: &Chart, run: &Run) -> Vec<Name> {
    let inner = |s: &&StateIx| !run.active.iter().any(|other| chart.is_descendant(*other, **s));
    run.active.iter().filter(inner).map(|s| chart.state(*s).name.clone()).collect()
}

/// The name of a run: empty for the main one, `claims.B1` for a child.
pub fn run_name(definition: &Definition, run: &Run) -> String {
    let chart = definition.chart(run.chart);
    if chart.child.is_none() {
        return String::new();
    }
    format!("{}.{}", chart.name, plain(&run.key))
}

/// A value without the quotes of the formula language.
pub fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_string(), str::to_owned)
}

/// `offer_received->ent_agent`, one for each addressee.
pub fn notices(facts: &[Fact]) -> Vec<String> {
    let mut all = Vec::new();
    for fact in facts {
        let What::Notified { notice, to, .. } = &fact.what else { continue };
        for addressee in to {
            let (Addressee::Role(who) | Addressee::Party(who)) = addressee;
            all.push(format!("{notice}->{who}"));
        }
    }
    all
}

/// The codes of the lines recorded.
pub fn recorded(facts: &[Fact]) -> Vec<Name> {
    let code = |fact: &Fact| match &fact.what {
        What::Recorded { code, .. } => Some(code.clone()),
        _ => None,
    };
    facts.iter().filter_map(code).collect()
}

/// `financing_demand.disqualify->91320599MA00000070`, one for each message to other cases; `->joined B1` for one to all in
/// which B1 has a part.
pub fn messages(facts: &[Fact]) -> Vec<String> {
    let message = |fact: &Fact| match &fact.what {
        What::Sent { process, reach: Reach::Correlated, key, event, .. } => {
            Some(format!("{process}.{event}->{}", plain(key)))
        }
        What::Sent { process, reach: Reach::Joined, key, event, .. } => {
            Some(format!("{process}.{event}->joined {}", plain(key)))
        }
        _ => None,
    };
    facts.iter().filter_map(message).collect()
}

/// The values a recorded line shows: its own, and the run's `key`.
pub fn line_values(
    definition: &Definition,
    zone: &TimeZone,
    run: &Run,
    data: &Value,
    lang: Lang,
) -> Vec<(String, String)> {
    let show = |name: &str, value: &Value| match value {
        Value::Text(text) => match definition.value_words(run.chart, name, text) {
            Some(words) => lang.pick(&words.zh, &words.en).to_owned(),
            None => text.to_string(),
        },
        value => value.as_instant().map_or_else(|| plain(value), |at| wall(at, zone)),
    };
    let mut values = vec![("key".to_owned(), plain(&run.key))];
    if let Some(context) = data.as_context() {
        values.extend(context.iter().map(|(name, value)| (name.to_string(), show(name, value))));
    }
    values
}

/// A line of history in people's words.
pub fn line(record: &RecordDecl, values: &[(String, String)], lang: Lang) -> String {
    let words = match lang {
        Lang::Zh => &record.words.zh,
        Lang::En => &record.words.en,
    };
    fill(words, values)
}

/// Puts values into `{name}` places. What a value says is not looked at again: somebody may have written braces.
pub fn fill(words: &str, values: &[(String, String)]) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let named = values.iter().find_map(|(name, value)| {
            let after = after.strip_prefix(name.as_str())?.strip_prefix('}')?;
            Some((value, after))
        });
        match named {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Pending clocks: `claims.B1.evaluation` and when it is due, `None` while it stands still.
pub fn clocks(world: &World) -> Vec<(String, Option<Timestamp>)> {
    let mut all = Vec::new();
    for (_, run) in world.case.each_run() {
        let chart = world.definition.chart(run.chart);
        let mut name = run_name(&world.definition, run);
        if !name.is_empty() {
            name.push('.');
        }
        for timer in &run.timers {
            let what = match &timer.purpose {
                Purpose::Clock(clock) => &chart.clocks[clock.at()].name,
                Purpose::Delayed { event, .. } => event,
            };
            let due = timer.clock.fires_at().filter(|_| !timer.held);
            all.push((format!("{name}{what}"), due));
        }
    }
    all
}

/// Every run with its states, one a line.
pub fn summary(world: &World) -> String {
    let mut text = String::new();
    for (_, run) in world.case.each_run() {
        let chart = world.definition.chart(run.chart);
        let name = run_name(&world.definition, run);
        let name = if name.is_empty() { &*world.definition.process } else { &name };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {}", states(chart, run).join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_value_that_somebody_wrote_in_braces_stays_as_it_is() {
        let values = [("key".to_owned(), "{due}".to_owned()), ("due".to_owned(), "2026-03-09".to_owned())];
        assert_eq!(fill("{key} 到 {due}，{unknown} {", &values), "{due} 到 2026-03-09，{unknown} {");
    }
}
