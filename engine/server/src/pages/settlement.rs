//! `/settlement`: the runs of the annual settlement, each line with why it is so, two runs compared, files.
//!
//! Whoever sees everything sees every line; others see the lines and exceptions of their own organisation.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use console::pages::amount::amount;
use console::pages::comparison::comparison;
use console::pages::settlement::{runs as list_of_runs, settlement};
use console::view::{CaseRun, RunCase, RunLine, RunsPage};
use expr::lang::Lang;
use serde::Deserialize;
use serde_json::Value as Json;

use super::runs::{NoRun, RunId, Runs};
use super::settled::{self, Own};
use super::visitor::{Insider, Visitor};
use crate::office::cases::Wanted;
use crate::office::view::{CaseView, RunView};
use crate::office::viewer::Viewer;
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::body::Asked;
use crate::words;

/// The process that carries a settlement from freezing its rules to payment.
const CARRIER: &str = "annual_settlement";
/// More cases of one year are not looked at.
const CARRIERS_MAX: u32 = 50;

/// Cases that carry settlements by year, each with the run registered in it.
type Carriers = BTreeMap<String, Vec<(RunCase, String)>>;

/// Which line.
#[derive(Debug, Default, Deserialize)]
pub struct Line {
    line: Option<String>,
    all: Option<String>,
}

/// The runs.
pub async fn list(State(desk): State<Desk>, Insider { visitor, viewer }: Insider) -> Response {
    let shown = async {
        let all = ask(&desk, |runs| runs.all()).await?;
        let carriers = carriers(&desk, &viewer, visitor.lang).await?;
        let lines = all.iter().rev().map(|(id, run)| {
            let mut line = line(*id, run, &viewer, &carriers, visitor.lang);
            let before = RunId { number: id.number.saturating_sub(1), ..*id };
            let compare = format!("{}/compare/{}", href(before), id.number);
            line.compare = Some(compare).filter(|_| all.contains_key(&before) && viewer.sees_all());
            line
        });
        Ok::<_, Problem>(RunsPage { runs: lines.collect(), sums: viewer.sees_all() })
    };
    match shown.await {
        Ok(view) => visitor.page(list_of_runs(&visitor.frame(), &view)),
        Err(problem) => visitor.problem(problem),
    }
}

/// The address of a run.
fn href(id: RunId) -> String {
    format!("/settlement/{id}")
}

/// Asks the runs on a thread that may wait.
async fn ask<T: Send + 'static>(
    desk: &Desk,
    question: impl FnOnce(&dyn Runs) -> Result<T, NoRun> + Send + 'static,
) -> Result<T, Problem> {
    let none = || Problem::plain(words::UNKNOWN_PATH, "");
    let runs = desk.runs.clone().ok_or_else(none)?;
    let answered = tokio::task::spawn_blocking(move || question(&*runs)).await;
    match answered {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(NoRun::NotThere)) => Err(none()),
        Ok(Err(NoRun::Unreadable(why))) => {
            tracing::warn!(why = %why.en, "a run of the settlement cannot be read");
            Err(Problem::plain(words::SETTLEMENT_UNREADABLE, &why.en))
        }
        Err(error) => {
            tracing::error!(%error, "the settlement broke off");
            Err(Problem::plain(words::BUG, ""))
        }
    }
}

/// The cases that carry settlements, by year: where they stand, and the run that is registered.
async fn carriers(desk: &Desk, viewer: &Viewer, lang: Lang) -> Result<Carriers, Problem> {
    let wanted = Wanted { process: Some(CARRIER.to_owned()), ..Wanted::default() };
    let found = desk.office.cases(viewer, &wanted, None, CARRIERS_MAX).await.map_err(Problem::from)?;
    let mut carriers = Carriers::new();
    for row in found.cases {
        let case = crate::wire::body::case(&row.case)?;
        let view = desk.office.case(viewer, &case).await.map_err(Problem::from)?;
        let Some(main) = view.runs.first() else { continue };
        let states = super::shown::states(&view.row.states, lang);
        let case = RunCase { id: row.case, states, registered: None };
        carriers.entry(field(main, "year")).or_default().push((case, field(main, "run_hash")));
    }
    Ok(carriers)
}

/// The runs of the year that a case carries, the newest first; nothing for other cases. The case is shown without them
/// when they cannot be read.
pub async fn runs_of(desk: &Desk, case: &CaseView) -> Vec<CaseRun> {
    let Some(main) = case.runs.first().filter(|_| case.row.process == CARRIER) else { return vec![] };
    let year = field(main, "year").parse::<i16>();
    let (Ok(year), Ok(all)) = (year, ask(desk, |runs| runs.all()).await) else { return vec![] };
    let registered = field(main, "run_hash");
    let of_year = all.iter().rev().filter(|(id, _)| id.year == year);
    let shown = of_year.map(|(id, run)| CaseRun {
        number: id.number.to_string(),
        href: href(*id),
        registered: Some(run["result"] == *registered).filter(|_| !registered.is_empty()),
    });
    shown.collect()
}

/// A field of a run as text; empty where there is nothing, or it is withheld.
fn field(run: &RunView, name: &str) -> String {
    let found = run.data.iter().find(|field| field.name == name && !field.withheld);
    found.map(|field| super::shown::plain(&field.value)).unwrap_or_default()
}

fn line(id: RunId, run: &Json, viewer: &Viewer, carriers: &Carriers, lang: Lang) -> RunLine {
    let text = |key: &str| run[key].as_str().unwrap_or_default();
    let begin = |key: &str| text(key).get(..8).unwrap_or_default().to_owned();
    // Sums over all institutions are not for one of them.
    let all = |text: String| if viewer.sees_all() { text } else { String::new() };
    let cases = carriers.get(&id.year.to_string()).into_iter().flatten().map(|(case, registered)| RunCase {
        registered: Some(registered.as_str() == text("result")).filter(|_| !registered.is_empty()),
        ..case.clone()
    });
    RunLine {
        year: id.year.to_string(),
        number: id.number.to_string(),
        href: href(id),
        payments: all(settled::money(text("payments"))),
        deposits: all(settled::money(text("deposits"))),
        exceptions: all(run["exceptions"].to_string()),
        rules: format!("{} {} {}", lang.pick("第", "v"), run["version"], lang.pick("版", ""))
            .replace(' ', ""),
        data: begin("inputs"),
        compare: None,
        cases: cases.collect(),
    }
}

/// One run.
pub async fn show(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((year, number)): Path<(i16, u32)>,
) -> Response {
    let id = RunId { year, number };
    let lang = visitor.lang;
    let shown = async {
        let (run, settled) = ask(&desk, move |runs| Ok((runs.run(id)?, runs.settled(id)?))).await?;
        let carriers = carriers(&desk, &viewer, lang).await?;
        let own = Own::of(&viewer);
        let mut view = settled::page(&settled, &own, &href(id), lang).map_err(stopped)?;
        view.line = line(id, &run, &viewer, &carriers, lang);
        let text = |key: &str| run[key].as_str().unwrap_or_default().to_owned();
        view.hashes = [text("rules"), text("inputs"), text("result")];
        if viewer.sees_all() {
            let all = ask(&desk, |runs| runs.all()).await?;
            let others = all.keys().filter(|other| other.year == year && other.number != number);
            view.comparisons = others.map(|other| comparison_with(id, *other)).collect();
            view.files =
                FILES.iter().map(|name| ((*name).to_owned(), format!("{}/files/{name}", href(id)))).collect();
        }
        Ok::<_, Problem>(view)
    };
    match shown.await {
        Ok(view) => visitor.page(settlement(&visitor.frame(), &view)),
        Err(problem) => visitor.problem(problem),
    }
}

/// Files that are offered on a run's page.
const FILES: &[&str] = &[
    "result.xlsx",
    "lines.csv",
    "exceptions.csv",
    "unresolved.csv",
    "payment-order.csv",
    "deposit-plan.csv",
    "publicity.zh.md",
    "publicity.en.md",
    "run.json",
];

/// The earlier of two runs stands first.
fn comparison_with(one: RunId, other: RunId) -> (String, String) {
    let (before, after) = if one < other { (one, other) } else { (other, one) };
    (other.number.to_string(), format!("{}/compare/{}", href(before), after.number))
}

fn stopped(stopped: settle::Stopped) -> Problem {
    tracing::warn!(why = %stopped, "a run of the settlement cannot be told");
    Problem::plain(words::BUG, "")
}

/// Why an amount is what it is.
pub async fn why(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((year, number)): Path<(i16, u32)>,
    Asked(asked): Asked<Line>,
) -> Response {
    let id = RunId { year, number };
    let (lang, own) = (visitor.lang, Own::of(&viewer));
    let shown = async {
        let line = asked.line.unwrap_or_default();
        let whole = asked.all.is_some();
        let explained = ask(&desk, move |runs| {
            let settled = runs.settled(id)?;
            settled::explained(&settled, &own, &line, whole, &href(id), lang).ok_or(NoRun::NotThere)
        });
        explained.await?.map_err(stopped)
    };
    match shown.await {
        Ok(view) => visitor.page(amount(&visitor.frame(), &view)),
        Err(problem) => visitor.problem(problem),
    }
}

/// Two runs side by side. Only for whoever sees everything.
pub async fn compare(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((year, number, other)): Path<(i16, u32, u32)>,
) -> Response {
    let (before, after) = (RunId { year, number }, RunId { year, number: other });
    let shown = async {
        refuse_others(&viewer)?;
        let both = ask(&desk, move |runs| Ok((runs.compared(before, after)?, runs.run(after)?)));
        let (compared, later) = both.await?;
        Ok::<_, Problem>(settled::comparison(
            (before, after),
            &compared,
            &later,
            &visitor.names(),
            visitor.lang,
        ))
    };
    match shown.await {
        Ok(view) => visitor.page(comparison(&visitor.frame(), &view)),
        Err(problem) => visitor.problem(problem),
    }
}

fn refuse_others(viewer: &Viewer) -> Result<(), Problem> {
    if viewer.sees_all() { Ok(()) } else { Err(Problem::plain(words::FORBIDDEN, "")) }
}

/// A file of a run. Only for whoever sees everything.
pub async fn file(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((year, number, name)): Path<(i16, u32, String)>,
) -> Response {
    let id = RunId { year, number };
    let saved = format!("settlement-{year}-{number}-{name}");
    let found = async {
        refuse_others(&viewer)?;
        ask(&desk, move |runs| runs.file(id, &name)).await
    };
    match found.await {
        Ok((media, bytes)) => handed(&visitor, media, &saved, bytes),
        Err(problem) => visitor.problem(problem),
    }
}

fn handed(visitor: &Visitor, media: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_LANGUAGE, visitor.lang.pick("zh-CN", "en").to_owned()),
    ];
    (headers, bytes).into_response()
}
