//! Messages between processes are real: whoever is written to exists, hears the event, and gets what its form
//! or its opening asks for. Nobody waits for a message that nobody sends.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use charter_tests::{compiled, read, root};
use language::Sources;
use machine::action::{Action, Destination, Reach, each_action};
use machine::chart::{Chart, EventDecl};
use machine::definition::Definition;
use machine::ids::Name;

/// The event that opens a case (see docs/language/process.md, `tell`).
const OPEN: &str = "open";

/// A message as its sender writes it.
struct Message<'a> {
    from: &'a str,
    to: &'a str,
    reach: Reach,
    event: &'a str,
    with: BTreeSet<&'a str>,
}

fn definitions() -> BTreeMap<Name, Arc<Definition>> {
    let folders = std::fs::read_dir(root().join("workflows")).unwrap().map(|entry| entry.unwrap().path());
    let paths = folders.map(|folder| folder.join("workflow.yaml")).filter(|path| path.exists());
    paths.map(|path| compiled(&path)).map(|definition| (definition.process.clone(), definition)).collect()
}

/// Every action of a chart, also those under conditions.
fn each_of<'a>(chart: &'a Chart, see: &mut impl FnMut(&'a Action)) {
    chart.action_lists().for_each(|(_, actions)| each_action(actions, see));
}

fn messages(definition: &Definition) -> Vec<Message<'_>> {
    let mut found = Vec::new();
    for chart in &definition.charts {
        each_of(chart, &mut |action| {
            let Action::Send { event, to: Destination::Cases { process, reach, .. }, data, .. } = action
            else {
                return;
            };
            let with = data.iter().map(|(name, _)| &**name).collect();
            found.push(Message { from: &definition.process, to: process, reach: *reach, event, with });
        });
    }
    found
}

/// What is wrong with a message, if anything.
fn undelivered(message: &Message<'_>, all: &BTreeMap<Name, Arc<Definition>>) -> Option<String> {
    let Some(receiver) = all.get(message.to) else { return Some("there is no such process".to_owned()) };
    if message.event == OPEN {
        return lacks_at_opening(message, receiver);
    }
    if message.reach == Reach::Joined && receiver.charts.iter().all(|chart| chart.parties.is_empty()) {
        return Some("nobody has a part in its cases: it has no `parties`".to_owned());
    }
    if message.reach == Reach::Correlated && receiver.correlate.is_none() {
        return Some("it has no `correlate`: no message finds its cases".to_owned());
    }
    match receiver.main().events.iter().find(|event| *event.name == *message.event) {
        Some(event) => lacks_in_form(message, event),
        None => Some("it knows no such event".to_owned()),
    }
}

fn lacks_at_opening(message: &Message<'_>, receiver: &Definition) -> Option<String> {
    let fields = &receiver.main().fields;
    let strange = message.with.iter().find(|name| fields.iter().all(|field| *field.name != ***name));
    let missing = fields.iter().find(|field| field.required && !message.with.contains(&*field.name));
    strange
        .map(|name| format!("it has no field `{name}`"))
        .or_else(|| missing.map(|field| format!("`{}` is not given", field.name)))
}

fn lacks_in_form(message: &Message<'_>, event: &EventDecl) -> Option<String> {
    let known = |name: &&&str| **name == "reason" || event.form.iter().any(|line| *line.name == ***name);
    let strange = message.with.iter().find(|name| !known(name));
    let missing = event.form.iter().find(|line| line.required && !message.with.contains(&*line.name));
    let silent = event.reason && !message.with.contains("reason");
    strange
        .map(|name| format!("its form has no `{name}`"))
        .or_else(|| missing.map(|line| format!("`{}` is not given", line.name)))
        .or_else(|| silent.then(|| "it asks for a reason".to_owned()))
}

#[test]
fn every_message_finds_its_process_and_brings_what_is_asked_for() {
    let all = definitions();
    let mut wrong = Vec::new();
    let mut count = 0;
    for definition in all.values() {
        for message in messages(definition) {
            count += 1;
            if let Some(why) = undelivered(&message, &all) {
                wrong.push(format!("{} tells {} `{}`: {why}", message.from, message.to, message.event));
            }
        }
    }
    assert!(count >= 40, "only {count} messages were found");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Events a process tells itself: letters between its runs, raised and delayed events, schedules.
fn own(definition: &Definition) -> BTreeSet<&str> {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for chart in &definition.charts {
        each_of(chart, &mut |action| match action {
            Action::Raise { event, .. } | Action::Send { event, .. } => drop(told.insert(event)),
            _ => {}
        });
    }
    told
}

/// Events that come by the calendar.
fn scheduled(definition: &Definition) -> BTreeSet<String> {
    let folder = definition.process.replace('_', "-");
    let mut sources = Sources::new();
    let path = format!("workflows/{folder}/workflow.yaml");
    let tree = language::read(&mut sources, &path, read(&path).as_bytes()).tree.unwrap();
    let schedules = tree.root.get("schedules").and_then(|node| node.as_map()).unwrap_or_default();
    let sends = schedules.iter().filter_map(|(_, one)| one.get("send").and_then(|node| node.as_text()));
    sends.map(str::to_owned).collect()
}

#[test]
fn nobody_waits_for_a_message_that_nobody_sends() {
    let all = definitions();
    let sent: BTreeSet<(String, String)> = all
        .values()
        .flat_map(|definition| messages(definition))
        .map(|message| (message.to.to_owned(), message.event.to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for definition in all.values() {
        let own = own(definition);
        let scheduled = scheduled(definition);
        for event in definition.main().events.iter().filter(|event| event.told) {
            let from_others = sent.contains(&(definition.process.to_string(), event.name.to_string()));
            if !from_others && !own.contains(&*event.name) && !scheduled.contains(&*event.name) {
                wrong.push(format!("{} waits for `{}`, which nobody sends", definition.process, event.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The checks see what is wrong.
#[test]
fn a_message_that_does_not_fit_is_found() {
    let all = definitions();
    let sent = |to, reach, event, with: &[&'static str]| {
        let with = with.iter().copied().collect();
        undelivered(&Message { from: "test", to, reach, event, with }, &all)
    };
    let about = |to, event, with: &[&'static str]| sent(to, Reach::Correlated, event, with);
    assert_eq!(
        sent("rule_change", Reach::Joined, "approve", &[]),
        Some("nobody has a part in its cases: it has no `parties`".to_owned())
    );
    assert_eq!(sent("financing_demand", Reach::Joined, "institution_left", &["institution"]), None);
    assert_eq!(about("nowhere", "signed", &[]), Some("there is no such process".to_owned()));
    assert_eq!(
        about("leave", "approve", &[]),
        Some("it has no `correlate`: no message finds its cases".to_owned())
    );
    assert_eq!(about("registration", "signed", &[]), Some("it knows no such event".to_owned()));
    assert_eq!(about("registration", "consent_revoked", &[]), Some("it asks for a reason".to_owned()));
    assert_eq!(about("registration", "changed", &["size"]), Some("its form has no `size`".to_owned()));
    assert_eq!(
        about("credit_scoring", OPEN, &["enterprise"]),
        Some("`collect_consent` is not given".to_owned())
    );
    assert_eq!(about("registration", "changed", &["name", "email"]), None);
}

#[test]
fn what_is_known_from_other_cases_can_be_known() {
    let all = definitions();
    let mut looked_up = 0;
    for definition in all.values() {
        let fields = definition.main().fields.iter().map(|field| (&field.name, &field.from));
        let lines = definition.charts.iter().flat_map(|chart| &chart.events).flat_map(|event| &event.form);
        for (name, from) in fields.chain(lines.map(|line| (&line.name, &line.from))) {
            let Some(from) = from else { continue };
            let place = format!("{}.{name}", definition.process);
            let other =
                all.get(&from.process).unwrap_or_else(|| panic!("{place}: no process {}", from.process));
            assert!(other.correlate.is_some(), "{place}: {} correlates by nothing", other.process);
            assert!(!from.states.is_empty(), "{place}: no state is named");
            for state in &from.states {
                let found = other.main().states.iter().find(|known| known.name == *state);
                let inner = other.main().states.iter().any(|known| {
                    known.parent.is_some_and(|parent| other.main().state(parent).name == *state)
                });
                assert!(
                    found.is_some() && !inner,
                    "{place}: {} has no innermost state {state}",
                    other.process
                );
            }
            looked_up += 1;
        }
    }
    assert!(looked_up >= 6, "only {looked_up} fields are looked up: the test does not see them");
}
