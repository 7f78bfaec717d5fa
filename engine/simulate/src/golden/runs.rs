//! Rows of runs: events in, and where everything must be, what was logged, told and refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::{Type, Value};
use jiff::Timestamp;
use language::words::Words;
use machine::definition::Definition;
use machine::fact::{Addressee, Fact, What};
use machine::ids::Name;
use machine::step::Verdict;
use serde_json::{Map, Value as Json};

use super::mapping::{Doing, Mapping};
use super::{Columns, differs};
use crate::play::target_of;
use crate::story::actor;
use crate::told;
use crate::values::{plain, read_node, read_text};
use crate::world::{NotOpened, World};

/// A process with the words of its table.
#[derive(Clone, Debug)]
pub struct Bench<'a> {
    /// The process.
    pub definition: &'a Arc<Definition>,
    /// The words.
    pub mapping: &'a Mapping,
    /// The calendar it counts by.
    pub calendar: &'a Calendar,
}

/// Plays one row and holds it against what it expects.
pub fn hold(row: &Columns<'_>, bench: &Bench<'_>) -> Vec<Words> {
    match bench.play(row) {
        Ok(differences) => differences,
        Err(words) => vec![words],
    }
}

impl Bench<'_> {
    fn play(&self, row: &Columns<'_>) -> Result<Vec<Words>, Words> {
        let params: Map<String, Json> = json(row, "params")?;
        let events: Vec<Map<String, Json>> = json(row, "events")?;
        let expected: Map<String, Json> = json(row, "expected")?;
        let params = params.iter().map(|(k, v)| (k.clone(), cell(v))).collect();
        let values = self.mapping.parameters_of(&params, self.definition, self.calendar.zone())?;
        let definition = self.definition.with_parameters(&values).map_err(|unknown| {
            let list = unknown.join(", ");
            Words::new(format!("没有参数 {list}"), format!("there is no parameter {list}"))
        })?;
        let first = events.first().map_or(Ok(Timestamp::UNIX_EPOCH), instant)?;
        let mut world = self.open(Arc::new(definition), first)?;
        let mut calls = Vec::new();
        for event in &events {
            self.send(&mut world, event, &mut calls)?;
        }
        Ok(self.compare(&world, &expected, &calls))
    }

    fn open(&self, definition: Arc<Definition>, at: Timestamp) -> Result<World, Words> {
        let chart = definition.main();
        let mut data = Vec::new();
        for (name, node) in &self.mapping.open_with {
            let ty = chart.find_field(name).map_or(Type::Text, |f| plain(&chart.fields[f.at()].ty));
            data.push((Name::from(name.as_str()), read_node(node, &ty, self.calendar.zone())?));
        }
        let by = actor(&self.mapping.open_by);
        World::open(definition.clone(), self.calendar.clone(), "GOLDEN-1", data, by, at).map_err(
            |e| match e {
                NotOpened::Refused(refusal) => {
                    Words::new(format!("开始时被拒：{refusal}"), format!("refused at the start: {refusal}"))
                }
                NotOpened::Stopped(incident) => Words::new(&*incident.words.zh, &*incident.words.en),
            },
        )
    }

    fn send(
        &self,
        world: &mut World,
        event: &Map<String, Json>,
        calls: &mut Vec<(usize, String)>,
    ) -> Result<(), Words> {
        let at = instant(event)?;
        let name = event.get("event").and_then(Json::as_str).unwrap_or_default();
        let doing = self.doing(name, event)?;
        if at < world.now {
            return Err(Words::new(
                format!("事件 {name} 的时间早于前一个事件"),
                format!("the event {name} is earlier than the one before it"),
            ));
        }
        if doing.act.is_empty() {
            return going_on(world.pass_to(at).verdict);
        }
        let path = fill(&doing.act, event)?;
        let (target, chart, event_name) = target_of(world, &path).ok_or_else(|| {
            Words::new(format!("流程没有操作 {path}"), format!("the process knows no event {path}"))
        })?;
        let form = chart.find_event(&event_name).map(|e| e.form.clone()).unwrap_or_default();
        let mut data = Vec::new();
        for (field, template) in &doing.with {
            let text = fill(template, event)?;
            let ty = form.iter().find(|f| *f.name == **field).map_or(Type::Text, |f| plain(&f.ty));
            data.push((Name::from(field.as_str()), read_text(&text, &ty, self.calendar.zone())?));
        }
        let by = actor(&fill(&doing.by, event)?);
        let reason = doing.reason.as_deref().map(Name::from);
        let outcome = world.send(target, &event_name, data, reason, by, at);
        going_on(outcome.verdict)?;
        calls.push((world.facts.len(), call(name, event)));
        Ok(())
    }

    fn doing<'m>(&'m self, name: &str, event: &Map<String, Json>) -> Result<&'m Doing, Words> {
        let doings = self.mapping.events.get(name).map(Vec::as_slice).unwrap_or_default();
        let fits = |d: &&Doing| d.has.as_ref().is_none_or(|has| event.contains_key(has));
        doings.iter().find(fits).ok_or_else(|| {
            Words::new(
                format!("cases.yaml 的 events 里没有“{name}”"),
                format!("`{name}` is not among the events of cases.yaml"),
            )
        })
    }

    fn compare(&self, world: &World, expected: &Map<String, Json>, calls: &[(usize, String)]) -> Vec<Words> {
        let mut found: Vec<(String, Json)> =
            vec![(self.mapping.main.clone(), Json::from(place(world, None)))];
        for (kind, word) in &self.mapping.children {
            found.push((word.clone(), Json::Object(children(world, kind))));
        }
        let (log, refused) = self.log(world, calls);
        found.push(("log".into(), Json::from(log)));
        found.push(("refused".into(), Json::from(refused)));
        found.push(("notifications".into(), Json::from(self.notifications(&world.facts))));
        let known: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
        // A misspelt word would be held against nothing, and pass.
        let strange = expected.keys().filter(|what| !known.contains(&what.as_str()));
        let mut all: Vec<Words> = strange.map(|what| not_compared(what, &known)).collect();
        for (what, found) in found {
            match expected.get(&what) {
                Some(wanted) if !same(wanted, &found) => {
                    all.push(differs(&what, &wanted.to_string(), &found.to_string()));
                }
                _ => {}
            }
        }
        all
    }

    fn log(&self, world: &World, calls: &[(usize, String)]) -> (Vec<String>, Vec<String>) {
        let zone = world.calendar.zone();
        let stamp = |at: Timestamp| zone.to_datetime(at).strftime("%m-%d %H:%M").to_string();
        let (mut log, mut refused) = (Vec::new(), Vec::new());
        for (number, fact) in world.facts.iter().enumerate() {
            match &fact.what {
                What::Recorded { code, data } => {
                    if let Some(template) = self.mapping.log.get(&**code) {
                        let values = self.line_values(world, fact, data);
                        log.push(format!("{} {}", stamp(fact.at), told::fill(template, &values)));
                    }
                }
                What::Refused { code, .. } => {
                    let call = calls.iter().find(|(until, _)| number < *until).map_or("", |(_, c)| c);
                    let code = self.mapping.refusals.get(&**code).map_or(&**code, String::as_str);
                    log.push(format!("{} refused {call}: {code}", stamp(fact.at)));
                    refused.push(format!("{call}:{code}"));
                }
                _ => {}
            }
        }
        (log, refused)
    }

    fn line_values(&self, world: &World, fact: &Fact, data: &Value) -> Vec<(String, String)> {
        let zone = world.calendar.zone();
        let stamp = |at: Timestamp| zone.to_datetime(at).strftime("%m-%d %H:%M").to_string();
        let show = |v: &Value| v.as_instant().map_or_else(|| told::plain(v), stamp);
        let mut values = vec![("key".to_owned(), told::plain(&world.case.run(fact.run).key))];
        if let Some(context) = data.as_context() {
            values.extend(context.iter().map(|(name, value)| (name.to_string(), show(value))));
        }
        values
    }

    fn notifications(&self, facts: &[Fact]) -> Vec<String> {
        let mut all = Vec::new();
        for fact in facts {
            let What::Notified { notice, to, .. } = &fact.what else { continue };
            let Some(word) = self.mapping.notices.get(&**notice) else { continue };
            for addressee in to {
                let who = match addressee {
                    Addressee::Role(role) => self.mapping.roles.get(&**role).map_or(&**role, String::as_str),
                    Addressee::Party(party) => party,
                };
                all.push(format!("{word}->{who}"));
            }
        }
        all
    }
}

/// A refusal may be just what the row is about; a case that stops never is.
fn going_on(verdict: Verdict) -> Result<(), Words> {
    match verdict {
        Verdict::Stopped(incident) => Err(Words::new(&*incident.words.zh, &*incident.words.en)),
        Verdict::Accepted | Verdict::Refused(_) => Ok(()),
    }
}

fn not_compared(what: &str, known: &[&str]) -> Words {
    Words::new(
        format!("expected 里的“{what}”没有可比的，可写 {}", known.join("、")),
        format!("nothing is called `{what}` in expected; there are {}", known.join(", ")),
    )
}

fn json<T: serde::de::DeserializeOwned>(row: &Columns<'_>, column: &str) -> Result<T, Words> {
    serde_json::from_str(row.get(column)).map_err(|e| {
        Words::new(format!("{column} 列不是合法的 JSON：{e}"), format!("column {column} is no JSON: {e}"))
    })
}

fn instant(event: &Map<String, Json>) -> Result<Timestamp, Words> {
    let text = event.get("at").and_then(Json::as_str).unwrap_or_default();
    text.parse().map_err(|_| {
        Words::new(format!("事件的 at“{text}”不是时刻"), format!("`{text}` in `at` is no instant"))
    })
}

/// A JSON value as the text of a cell.
fn cell(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `claim(B4)`, `rate`
fn call(name: &str, event: &Map<String, Json>) -> String {
    match event.get("bank") {
        Some(bank) => format!("{name}({})", cell(bank)),
        None => name.to_owned(),
    }
}

/// Puts parts of an event into `{part}` and `{part|default}`.
fn fill(template: &str, event: &Map<String, Json>) -> Result<String, Words> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (place, after) = after.split_once('}').ok_or_else(|| {
            Words::new(format!("“{template}”缺少 }}"), format!("`{template}` lacks a closing brace"))
        })?;
        let (name, default) = place.split_once('|').map_or((place, None), |(n, d)| (n, Some(d)));
        match (event.get(name), default) {
            (Some(value), _) => text.push_str(&cell(value)),
            (None, Some(default)) => text.push_str(default),
            (None, None) => {
                return Err(Words::new(format!("事件没有“{name}”"), format!("the event has no `{name}`")));
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// Where a run is: its outcome, or its innermost state.
fn place(world: &World, run: Option<machine::ids::RunIx>) -> String {
    let run = run.map_or_else(|| world.case.main(), |r| world.case.run(r));
    if let Some(ended) = &run.ended {
        return ended.outcome.to_string();
    }
    told::states(world.definition.chart(run.chart), run).join(",")
}

fn children(world: &World, kind: &str) -> Map<String, Json> {
    let mut all: BTreeMap<String, Json> = BTreeMap::new();
    let chart = world.definition.find_child(kind);
    for (index, run) in world.case.each_run() {
        if Some(run.chart) == chart {
            all.insert(told::plain(&run.key), Json::from(place(world, Some(index))));
        }
    }
    all.into_iter().collect()
}

/// Whether two values say the same; the order of keys does not matter.
fn same(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y)),
        _ => one == two,
    }
}

#[cfg(test)]
mod tests {
    use expr::time::calendar::Calendar;
    use language::{Sources, compile, read};

    use super::Bench;
    use crate::golden::{mapping, rows};

    const PROCESS: &str = "\
process: permit
language: 1
title: { zh: 许可, en: Permit }
effective: 2026-01-01
roles: { clerk: { zh: 经办, en: Clerk } }
events: { grant: { title: { zh: 批准, en: Grant }, by: [clerk] } }
initial: open
states:
  open: { title: { zh: 办理, en: Open }, no_task: 示例, no_deadline: 示例, on: { grant: granted } }
  granted: { type: final, title: { zh: 批准, en: Granted } }
";

    const MAPPING: &str = "\
process: permit
open: { by: clerk }
main: permit
events: { later: {}, grant: { do: grant, by: clerk } }
";

    /// What differs in a row of these events that expects this.
    fn differs(events: &str, expected: &str) -> Vec<String> {
        let mut sources = Sources::new();
        let compiled = compile(&mut sources, "permit.yaml", PROCESS.as_bytes());
        let definition = compiled.definition.unwrap_or_else(|| panic!("{:?}", compiled.report));
        let tree = read(&mut sources, "cases.yaml", MAPPING.as_bytes()).tree.expect("the mapping is YAML");
        let mapping = mapping::read(&tree).0.expect("the mapping is one");
        let calendar = Calendar::weekends_only();
        let bench = Bench { definition: &definition, mapping: &mapping, calendar: &calendar };
        let quoted = |text: &str| text.replace('"', "\"\"");
        let (events, expected) = (quoted(events), quoted(expected));
        let table = format!("scenario_id,params,events,expected\nT-1,{{}},\"{events}\",\"{expected}\"\n");
        let rows = rows(&table, |row| super::hold(row, &bench)).expect("the table is one");
        rows[0].differs.iter().map(|words| words.en.clone()).collect()
    }

    const LATER: &str = r#"{"at":"2026-03-03T09:00:00+08:00","event":"later"}"#;
    const GRANT: &str = r#"{"at":"2026-03-02T09:00:00+08:00","event":"grant"}"#;

    #[test]
    fn a_misspelt_expectation_is_not_taken_for_one_that_holds() {
        assert_eq!(differs(&format!("[{GRANT}]"), r#"{"permit":"granted"}"#), [""; 0]);
        let found = differs(&format!("[{GRANT}]"), r#"{"pernit":"granted","refused":[]}"#);
        assert_eq!(
            found,
            ["nothing is called `pernit` in expected; there are permit, log, refused, notifications"]
        );
    }

    #[test]
    fn time_does_not_run_backwards_in_a_row() {
        let found = differs(&format!("[{LATER},{GRANT}]"), r#"{"permit":"granted"}"#);
        assert_eq!(found, ["the event grant is earlier than the one before it"]);
    }
}
