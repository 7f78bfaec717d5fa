//! Two runs side by side: which lines differ, by how much, and what can be the cause.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value as Json;

/// What differs between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Files whose content differs, by set.
    pub data: Vec<String>,
    /// Parameters whose value differs: name, before, after.
    pub parameters: Vec<(String, String, String)>,
    /// Whether the text of the rules differs.
    pub rules: bool,
    /// Lines that differ.
    pub lines: Vec<Changed>,
    /// The sum of payments before and after.
    pub payments: (String, String),
}

/// A line that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The line.
    pub line: String,
    /// Its amount before; none when it is new.
    pub before: Option<Decimal>,
    /// Its amount after; none when it is gone.
    pub after: Option<Decimal>,
    /// What can be the cause: `parameter R1_hedge.upper_rate`, `data credit_loans`, `rule`, and after
    /// [`crate::causes::attribute`] what is: the changes that move the line by themselves, or `together`.
    pub causes: Vec<String>,
}

/// Compares two runs as [`crate::write::Told::run_json`] gives them.
pub fn compare(before: &Json, after: &Json) -> Compared {
    let parameters = parameters(before, after);
    let data = keys(before, after, "files", |it| it.as_str().unwrap_or_default().to_owned());
    let rules = text(before, "rules") != text(after, "rules");
    let (old, new) = (lines(before), lines(after));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changed = Vec::new();
    for id in ids {
        let (before, after) = (old.get(id), new.get(id));
        if before == after {
            continue;
        }
        let rule = id.split('.').next().unwrap_or_default();
        let own = |name: &String| name.split('.').next() == Some(rule);
        let mut causes: Vec<String> = parameters
            .iter()
            .filter(|(name, ..)| own(name))
            .map(|(name, ..)| format!("parameter {name}"))
            .collect();
        causes.extend(data.iter().map(|set| format!("data {set}")));
        if causes.is_empty() && rules {
            let other = parameters.iter().map(|(name, ..)| format!("parameter {name}"));
            causes.extend(other);
            causes.push("rule".to_owned());
        }
        changed.push(Changed { line: id.clone(), before: before.copied(), after: after.copied(), causes });
    }
    let payments = (text(before, "payments"), text(after, "payments"));
    Compared { data, parameters, rules, lines: changed, payments }
}

fn text(run: &Json, key: &str) -> String {
    run.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn parameters(before: &Json, after: &Json) -> Vec<(String, String, String)> {
    let value = |run: &Json, name: &str| {
        run.get("parameters").and_then(|all| all.get(name)).map(|it| text(it, "value")).unwrap_or_default()
    };
    let told = |it: &Json| text(it, "value");
    keys(before, after, "parameters", told)
        .into_iter()
        .map(|name| (name.clone(), value(before, &name), value(after, &name)))
        .collect()
}

/// The keys under which two maps differ.
fn keys(before: &Json, after: &Json, map: &str, value: impl Fn(&Json) -> String) -> Vec<String> {
    let of = |run: &Json| -> BTreeMap<String, String> {
        let found = run.get(map).and_then(Json::as_object);
        found.into_iter().flatten().map(|(key, it)| (key.clone(), value(it))).collect()
    };
    let (old, new) = (of(before), of(after));
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    all.into_iter().filter(|key| old.get(*key) != new.get(*key)).cloned().collect()
}

fn lines(run: &Json) -> BTreeMap<String, Decimal> {
    let all = run.get("lines").and_then(Json::as_array);
    all.into_iter()
        .flatten()
        .filter_map(|it| Some((text(it, "line"), text(it, "net").parse().ok()?)))
        .collect()
}
