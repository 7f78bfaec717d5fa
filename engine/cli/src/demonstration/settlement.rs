//! The settlement of 2019 in the demonstration: two runs are kept, the second after a late report came in, and a case
//! carries it, with the second run registered and its institutions asked to confirm.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use city::City;
use expr::time::calendar::Calendar;
use expr::value::Value;
use language::words;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use runtime::answer::Verdict;
use runtime::engine::Engine;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use server::pages::runs::{RunId, Runs};

use crate::exit::{Exit, Failure};
use crate::settling::kept::KeptRuns;
use crate::settling::{Rules, Sets, computed};

/// The year that is settled.
pub const YEAR: i16 = 2019;
/// Institutions that are asked to confirm.
const ASKED: [&str; 3] = ["B01", "B02", "B03"];
/// The case.
const CASE: &str = "AS-2020-2019";

/// Keeps two runs in a folder; answers the runs and the later one.
///
/// # Errors
/// The folder cannot be written.
pub fn keep(city: &City, calendar: &Calendar, folder: PathBuf) -> Result<(Arc<KeptRuns>, RunId), Failure> {
    let runs = KeptRuns::new(folder);
    let whole = Sets::of_city(city, calendar, YEAR);
    let loans = whole.bytes("credit_loans")?.unwrap_or_default();
    let late = without_last_bank(&String::from_utf8_lossy(&loans));
    let late = Sets::Held(BTreeMap::from([("credit_loans".to_owned(), late.into_bytes())]));
    let before = late.over(whole.clone());
    run(&runs, &before)?;
    let last = run(&runs, &whole)?;
    Ok((Arc::new(runs), last))
}

/// The loans without those of the bank that stands in the last row: its report comes late.
fn without_last_bank(loans: &str) -> String {
    let bank = loans.lines().last().and_then(|row| row.split(',').nth(1)).unwrap_or_default();
    let own = format!(",{bank},");
    loans.split_inclusive('\n').filter(|row| !row.contains(&own)).collect()
}

fn run(runs: &KeptRuns, sets: &Sets) -> Result<RunId, Failure> {
    let unusable = || bug(&"the settlement inside the program cannot be computed for its own city");
    let rules = Rules::compile(Rules::own_texts()).1.ok_or_else(unusable)?;
    let reading = sets.read(&rules.book, YEAR)?;
    if !reading.findings.is_empty() {
        return Err(unusable());
    }
    runs.keep(&computed(&rules.book, YEAR, reading)?, &rules, sets)
}

fn bug(what: &dyn fmt::Display) -> Failure {
    Failure::new(Exit::Bug, words!("年度结算演示不了：{what}", "the settlement cannot be shown: {what}"))
}

/// Opens the case and brings it to where institutions confirm their lines.
///
/// # Errors
/// The process refuses what the demonstration does with it.
pub async fn carry(engine: &Engine, runs: &KeptRuns, id: RunId) -> Result<(), Failure> {
    let run = runs.run(id).map_err(|_| bug(&"no run"))?;
    let text = |key: &str| Value::text(run[key].as_str().unwrap_or_default());
    let money = |key: &str| Value::Number(decimal(&run[key]));
    let unresolved = run["unresolved"].as_array().map_or(0, Vec::len);
    let opening = vec![
        ("year".into(), Value::Number(Decimal::from(YEAR))),
        ("expected".into(), Value::list(ASKED.map(Value::text))),
    ];
    let opened = engine.open(case(), "annual_settlement", opening, officer(), None).await;
    accepted("open", opened.map(|answer| answer.verdict).map_err(|trouble| bug(&trouble))?)?;
    send(engine, officer(), "freeze_rules", vec![("rules_hash", text("rules"))]).await?;
    send(engine, operator(), "request_data", vec![]).await?;
    for bank in ASKED {
        send(engine, clerk(bank), "report", vec![("source_hash", text("inputs"))]).await?;
    }
    let reconciled = vec![
        ("data_hash", text("inputs")),
        ("unresolved", Value::Number(Decimal::from(unresolved))),
        ("unresolved_effect", money("unresolved_effect")),
    ];
    send(engine, operator(), "reconciled", reconciled).await?;
    let registered = vec![
        ("run_hash", text("result")),
        ("under_rules", text("rules")),
        ("line_sum", money("payments")),
        ("deposit_sum", money("deposits")),
    ];
    send(engine, operator(), "computed", registered).await?;
    for bank in ASKED {
        send(engine, operator(), "send_notices", vec![("to_institution", Value::text(bank))]).await?;
    }
    Ok(())
}

fn decimal(value: &Json) -> Decimal {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn case() -> CaseId {
    CaseId(CASE.into())
}

fn actor(id: &str, organisation: &str, role: &str) -> Actor {
    Actor { id: id.into(), organisation: Some(organisation.into()), role: role.into(), on_behalf_of: None }
}

fn officer() -> Actor {
    actor("city-a", "city", "city_officer")
}

fn operator() -> Actor {
    actor("operator", "platform", "platform_operator")
}

fn clerk(bank: &str) -> Actor {
    actor(bank, bank, "institution")
}

async fn send(engine: &Engine, by: Actor, event: &str, data: Vec<(&str, Value)>) -> Result<(), Failure> {
    let data = data.into_iter().map(|(name, value)| (Name::from(name), value)).collect();
    let input = Input::Event(Event { to: Target::Main, name: event.into(), data, reason: None });
    let given = engine.give(case(), input, by, None).await;
    accepted(event, given.map(|answer| answer.verdict).map_err(|trouble| bug(&trouble))?)
}

fn accepted(what: &str, verdict: Verdict) -> Result<(), Failure> {
    match verdict {
        Verdict::Accepted => Ok(()),
        Verdict::Refused { code, .. } | Verdict::Stopped { code } => Err(bug(&format!("{what}: {code}"))),
    }
}
