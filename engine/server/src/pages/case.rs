//! `/cases/{case}`: one case, and what people do with it.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use console::pages::case;
use console::view::{CasePage, FactLine};
use diagram::Overlay;
use expr::lang::Lang;
use machine::chart::Verb;
use machine::fact::{Fact, What};
use machine::ids::CaseId;
use ports::query::{Entry, PAGE_MAX, Page};
use simulate::teller::Teller;

use super::catalogue::ladder;
use super::names::Names;
use super::read::Filled;
use super::visitor::{Insider, Visitor};
use super::{settlement, shown};
use crate::office::act::Asked;
use crate::office::cannot::Cannot;
use crate::office::held::Held;
use crate::office::picture::{here, visit};
use crate::office::sight::Sight;
use crate::office::view::{DecidedView, RunView, WhyView};
use crate::office::viewer::Viewer;
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::body;

/// The marks a terminal shows before a line; a page has classes for that, and not every font has them.
const MARKS: &[char] = &[' ', '●', '✗', '→', '+', '■', '⏲', '✉', '¶', '⇄', '⇒'];

/// A page shows so many of the last entries of a history.
const ENTRIES_SHOWN: u64 = 400;

/// The page.
pub async fn show(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path(number): Path<String>,
) -> Response {
    match looked_at(&desk, &viewer, &number, &visitor).await {
        Ok(view) => visitor.page(case::case(&visitor.frame(), &view)),
        Err(cannot) => visitor.problem(cannot),
    }
}

/// The part of the page that changes.
pub async fn live(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path(number): Path<String>,
) -> Response {
    match looked_at(&desk, &viewer, &number, &visitor).await {
        Ok(view) => Html(case::live(&visitor.frame(), &view).into_string()).into_response(),
        Err(cannot) => visitor.problem(cannot),
    }
}

async fn looked_at(
    desk: &Desk,
    viewer: &Viewer,
    number: &str,
    visitor: &Visitor,
) -> Result<CasePage, Cannot> {
    let case = body::case(number)?;
    let held = desk.office.seen(viewer, &case).await?;
    let why = desk.office.why_of(viewer, &held).await?;
    let sight = Sight::of(viewer, &held).ok_or_else(|| Cannot::no_case(number))?;
    let after = held.loaded.mark.version.saturating_sub(ENTRIES_SHOWN);
    let stretch = Page { after: Some(after).filter(|after| *after > 0), limit: PAGE_MAX };
    let entries = desk.office.engine.store().history(case, stretch).await?;
    let mut page = page(&why, &held, &sight, &entries, &visitor.names(), visitor.lang);
    page.runs = settlement::runs_of(desk, &why.case).await;
    Ok(page)
}

fn page(
    why: &WhyView,
    held: &Held,
    sight: &Sight<'_>,
    entries: &[Entry],
    names: &Names,
    lang: Lang,
) -> CasePage {
    let view = &why.case;
    let (acts, others) = shown::acts(&view.row.case, &view.possible, names, lang);
    let main = view.runs.first();
    CasePage {
        id: view.row.case.clone(),
        process: (view.row.process.clone(), shown::said(&view.row.title, lang)),
        version: view.definition_version.to_string(),
        states: shown::states(&view.row.states, lang),
        standing: shown::standing(&view.row.standing),
        ladder: ladder(&held.definition, &overlay(held, sight, entries), lang),
        waits: waits(why, names, lang),
        acts,
        others,
        deadlines: shown::deadlines(&view.runs, names, lang),
        children: shown::children(
            &view.runs,
            |run, outcome| outcome_title(held, run, outcome, lang),
            names,
            lang,
        ),
        data: main.map(|run| shown::data(&run.data, names, lang)).unwrap_or_default(),
        runs: vec![],
        history: history(held, sight, entries, &why.decided, names, lang),
        command: format!("charter inspect {} --why", view.row.case),
    }
}

/// What the outcome of a child is called: its last state's title.
fn outcome_title(held: &Held, run: &RunView, outcome: &str, lang: Lang) -> String {
    let found = held.case().each_run().find(|(_, one)| held.run_name(one) == run.run);
    let title = found.and_then(|(_, one)| {
        let chart = held.chart(one);
        let state = chart.state(chart.find_state(outcome)?);
        Some(lang.pick(&state.title.zh, &state.title.en).to_owned())
    });
    title.filter(|title| !title.is_empty()).unwrap_or_else(|| outcome.to_owned())
}

/// What the case waits for: an incident first, then each open task.
fn waits(why: &WhyView, names: &Names, lang: Lang) -> Vec<String> {
    let stopped = why
        .stopped
        .iter()
        .map(|incident| format!("{} {}", incident.code, shown::said(&incident.words, lang)));
    let tasks = why.case.runs.iter().flat_map(|run| &run.tasks).map(|task| {
        let about =
            task.run.split_once('.').map(|(_, key)| format!("{} · ", names.of(key))).unwrap_or_default();
        let holder = task.holder.as_deref().map(|holder| names.of(holder));
        let who = holder.unwrap_or_else(|| shown::said(&task.role.title, lang));
        format!("{about}{}{}{who}", shown::said(&task.title, lang), lang.pick("：", ": "))
    });
    stopped.chain(tasks).collect()
}

/// Where the case is and has been, as far as the viewer sees it.
fn overlay(held: &Held, sight: &Sight<'_>, entries: &[Entry]) -> Overlay {
    let mut overlay = here(held, sight);
    let facts = entries.iter().flat_map(|entry| &entry.told.facts).filter(|fact| sight.fact(fact));
    facts.for_each(|fact| visit(held, fact, &mut overlay));
    overlay
}

/// The history in people's words, newest first.
fn history(
    held: &Held,
    sight: &Sight<'_>,
    entries: &[Entry],
    decided: &[DecidedView],
    names: &Names,
    lang: Lang,
) -> Vec<FactLine> {
    let facts: Vec<Fact> = entries.iter().flat_map(|entry| entry.told.facts.iter().cloned()).collect();
    let known = |code: &str| names.known(code);
    let teller = Teller {
        definition: &held.definition,
        calendar: &held.calendar,
        case: held.case(),
        facts: &facts,
        lang,
        names: Some(&known),
    };
    let mut lines = Vec::new();
    for entry in entries {
        let mut whys = reasons(entry.number, decided, lang);
        for (at, fact) in entry.told.facts.iter().enumerate().filter(|(_, fact)| sight.fact(fact)) {
            let mut told = teller.fact(fact).into_iter();
            let Some(what) = told.next() else { continue };
            let more = told.map(|more| more.trim().to_owned()).collect();
            let number = entry.first_fact + at as u64;
            lines.push(FactLine { more, ..line(number, fact, what, std::mem::take(&mut whys)) });
        }
    }
    lines.reverse();
    lines
}

/// What the guards of an entry came to.
fn reasons(entry: u64, decided: &[DecidedView], lang: Lang) -> Vec<String> {
    let of_entry = decided.iter().filter(|one| one.entry == entry).flat_map(|one| &one.reasons);
    of_entry
        .map(|reason| {
            let inputs: Vec<String> =
                reason.input_titles.iter().map(|title| shown::said(title, lang)).collect();
            let (came_to, guard) = (if reason.held { "✓" } else { "✗" }, shown::said(&reason.title, lang));
            match lang {
                _ if inputs.is_empty() => format!("{came_to} {guard}"),
                Lang::Zh => format!("{came_to} {guard}（{}）", inputs.join("；")),
                Lang::En => format!("{came_to} {guard} ({})", inputs.join("; ")),
            }
        })
        .collect()
}

fn line(number: u64, fact: &Fact, what: String, why: Vec<String>) -> FactLine {
    let kind = match &fact.what {
        What::Refused { .. } => "refused",
        What::Opened { .. } | What::Received { .. } | What::TaskChanged { .. } => "act",
        What::TimerSet(_) | What::TimerFired { .. } | What::TimerChanged { .. } | What::Reminded { .. } => {
            "timer"
        }
        What::Notified { .. } | What::Called { .. } | What::Sent { .. } => "notice",
        What::Entered(_) | What::Exited(_) | What::Started { .. } | What::Ended { .. } => "state",
        _ => "data",
    };
    let what = what.trim_start_matches(MARKS).to_owned();
    FactLine { number, at: fact.at, what, more: vec![], kind, why }
}

/// Sends an event.
pub async fn send(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path(number): Path<String>,
    filled: Filled,
) -> Response {
    let (run, event) = (filled.text("run").unwrap_or_default(), filled.text("event").unwrap_or_default());
    let done = async {
        let case = body::case(&number)?;
        let view = desk.office.case(&viewer, &case).await?;
        let found = view.possible.iter().find(|one| one.run == run && one.event.event == event);
        let form = found.map(|one| one.event.form.clone()).unwrap_or_default();
        let asked = Asked { run, event, data: filled.data(&form), reason: filled.text("reason") };
        desk.office.send(&viewer, &case, asked, &visitor.how(&viewer, filled.text("token"))).await
    };
    let done = done.await.map_err(Problem::from);
    visitor.back(&format!("/cases/{}", console::shell::encoded(&number)), done)
}

/// Decides a task.
pub async fn submit(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((number, task)): Path<(String, u32)>,
    filled: Filled,
) -> Response {
    let done = decided(&desk, &viewer, &visitor, (&number, task), &filled).await;
    visitor.back("/inbox", done.map_err(Problem::from))
}

async fn decided(
    desk: &Desk,
    viewer: &Viewer,
    visitor: &Visitor,
    (number, task): (&str, u32),
    filled: &Filled,
) -> Result<(), Cannot> {
    let case = body::case(number)?;
    let event = filled.text("event").unwrap_or_default();
    let shown = desk.office.task(viewer, &case, task).await?;
    let form = shown.outcomes.iter().find(|outcome| outcome.event == event);
    let data = form.map(|outcome| filled.data(&outcome.form)).unwrap_or_default();
    let asked = Asked { run: String::new(), event, data, reason: filled.text("reason") };
    desk.office.submit(viewer, &case, task, asked, &visitor.how(viewer, filled.text("token"))).await?;
    Ok(())
}

/// Acts on a task without deciding it.
pub async fn act(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path((number, task, verb)): Path<(String, u32, String)>,
    filled: Filled,
) -> Response {
    let done = async {
        let case: CaseId = body::case(&number)?;
        let verb = Verb::ALL.iter().copied().find(|one| one.name() == verb);
        let verb =
            verb.ok_or_else(|| Cannot::wrong(crate::words::BAD_VALUE, "未知的操作", "unknown verb"))?;
        let with = (filled.text("to"), filled.text("reason"));
        let how = visitor.how(&viewer, filled.text("token"));
        desk.office.act_on_task(&viewer, &case, task, verb, with, &how).await
    };
    visitor.back("/inbox", done.await.map_err(Problem::from))
}
