//! Why a case waits and why it is where it is: what it waits for, the dates, the guards of its last steps.

use expr::lang::Lang;
use machine::ids::{CaseId, ChartIx};
use machine::reason::Reason;
use machine::spoken::Depth;
use ports::query::{Entry, Page, Standing};
use serde_json::{Map, Value as Json};

use super::Office;
use super::cannot::Cannot;
use super::cases;
use super::held::Held;
use super::incidents;
use super::sight::Sight;
use super::view::{DecidedView, ReasonView, Title, WhyView};
use super::viewer::Viewer;

/// So many of the last entries are told.
const ENTRIES: u64 = 20;

impl Office {
    /// Why a case is where it is.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn why(&self, viewer: &Viewer, case: &CaseId) -> Result<WhyView, Cannot> {
        self.why_of(viewer, &self.seen(viewer, case).await?).await
    }

    /// The same of a case that was looked up already.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn why_of(&self, viewer: &Viewer, held: &Held) -> Result<WhyView, Cannot> {
        let case = &held.case().id;
        let Some(sight) = Sight::of(viewer, held) else { return Err(Cannot::no_case(&case.0)) };
        self.note_reading(viewer, held, "").await?;
        let after = held.loaded.mark.version.saturating_sub(ENTRIES);
        let page = Page { after: Some(after).filter(|after| *after > 0), limit: 1_000 };
        let entries = self.engine.store().history(case.clone(), page).await?;
        let stopped = matches!(held.loaded.standing, Standing::Incident(_));
        Ok(WhyView {
            case: cases::view(self, viewer, held)?,
            decided: entries.iter().rev().filter_map(|entry| decided(held, &sight, entry)).collect(),
            stopped: stopped.then(|| incidents::view(held, entries.last())),
        })
    }
}

fn decided(held: &Held, sight: &Sight<'_>, entry: &Entry) -> Option<DecidedView> {
    // What somebody else did is not explained to those who may not see it.
    let seen = entry.told.facts.iter().all(|fact| sight.fact(fact));
    let reasons = entry.told.reasons.iter().filter(|reason| sight.run(reason.run));
    let reasons: Vec<ReasonView> = reasons.map(|r| reason(held, sight, r)).collect();
    (seen && !reasons.is_empty()).then(|| DecidedView {
        entry: entry.number,
        at: held.instant(entry.told.at),
        reasons,
    })
}

fn reason(held: &Held, sight: &Sight<'_>, reason: &Reason) -> ReasonView {
    let writer = simulate::json::Writer {
        definition: &held.definition,
        case: held.case(),
        zone: held.calendar.zone(),
    };
    let run = held.case().runs.get(reason.run.at());
    let seen = || reason.inputs.iter().filter(|(_, value)| sight.input(value));
    let inputs: Map<String, Json> =
        seen().map(|(name, value)| (name.to_string(), held.value(value))).collect();
    let chart = run.map_or(ChartIx::MAIN, |run| run.chart);
    let guard = |lang| held.definition.formula_words(chart, &reason.guard, Depth::Everything, lang);
    let said = |name: &str, value, lang| held.definition.input_words(chart, name, value, lang);
    let input_titles = seen()
        .filter(|(name, _)| **name != *reason.guard)
        .map(|(name, value)| Title { zh: said(name, value, Lang::Zh), en: said(name, value, Lang::En) });
    let meaning = |lang| held.definition.meaning(chart, &reason.guard, lang);
    let meaning = meaning(Lang::Zh).zip(meaning(Lang::En)).map(|(zh, en)| Title { zh, en });
    ReasonView {
        run: run.map(|run| held.run_name(run)).unwrap_or_default(),
        guard: reason.guard.to_string(),
        title: Title { zh: guard(Lang::Zh), en: guard(Lang::En) },
        held: reason.held,
        inputs: Json::Object(inputs),
        input_titles: meaning.into_iter().chain(input_titles).collect(),
        tables: reason.decided.iter().map(|table| writer.decided(table)).collect(),
    }
}
