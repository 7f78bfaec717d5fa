//! Cases: lists, one with its runs.

use expr::lang::Lang;
use expr::value::Value;
use machine::case::Run;
use machine::chart::FieldType;
use machine::definition::Definition;
use machine::ids::{CaseId, ChartIx, Name};
use machine::possible::possible;
use ports::query::{CaseFilter, CaseLine, PAGE_MAX, Page, Standing};

use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::values;
use super::view::{
    CasePage, CaseRow, CaseView, EventView, FieldView, FormFieldView, PossibleView, RunView, Title,
};
use super::viewer::Viewer;
use super::{Office, foreseen, tasks, timers};

/// A list never looks at more cases than this for one answer: then it ends early, with a place to go on from.
const LOOKED_AT_MAX: usize = 2_000;

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this process.
    pub process: Option<String>,
    /// `running`, `ended`, `incident`.
    pub standing: Option<Standing>,
    /// In this state.
    pub state: Option<String>,
    /// In which this organisation has a part.
    pub party: Option<String>,
    /// With this correlate value.
    pub correlate: Option<String>,
    /// Also those that only ask for the viewer's role: what is open to everybody of it.
    pub open: bool,
}

impl Office {
    /// Cases in the order of their numbers, and where to go on.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn cases(
        &self,
        viewer: &Viewer,
        wanted: &Wanted,
        after: Option<String>,
        limit: u32,
    ) -> Result<CasePage, Cannot> {
        let mut page = CasePage { cases: vec![], after: None };
        let Some(filter) = filter(viewer, wanted) else { return Ok(page) };
        let (limit, mut looked_at) = (limit.clamp(1, PAGE_MAX), 0);
        let mut after = after.map(|id| CaseId(id.into()));
        loop {
            let lines = self.engine.store().cases(filter.clone(), Page { after, limit }).await?;
            let (count, last) = (lines.len(), lines.last().map(|line| line.id.clone()));
            looked_at += count;
            for held in self.held_all(lines.into_iter().map(|line: CaseLine| line.id).collect()).await? {
                if page.cases.len() == limit as usize {
                    page.after = page.cases.last().map(|row: &CaseRow| row.case.clone());
                    return Ok(page);
                }
                if let Some(sight) = Sight::of(viewer, &held) {
                    page.cases.push(row(&held, &sight));
                }
            }
            if count < limit as usize {
                return Ok(page);
            }
            if page.cases.len() == limit as usize || looked_at >= LOOKED_AT_MAX {
                page.after = last.map(|id| id.0.to_string());
                return Ok(page);
            }
            after = last;
        }
    }

    /// A case with its runs and what can be sent now.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn case(&self, viewer: &Viewer, case: &CaseId) -> Result<CaseView, Cannot> {
        let held = self.seen(viewer, case).await?;
        self.note_reading(viewer, &held, "").await?;
        view(self, viewer, &held)
    }
}

/// Those whose organisation has no part in a case find it only when they ask for what is open.
fn filter(viewer: &Viewer, wanted: &Wanted) -> Option<CaseFilter> {
    let name = |text: &Option<String>| text.as_deref().map(Name::from);
    let party = match (viewer.sees_all() || wanted.open, &wanted.party) {
        (true, party) => party.as_deref().map(Name::from),
        (false, None) => Some(viewer.organisation.clone()?),
        (false, Some(party)) => Some(viewer.organisation.clone().filter(|own| **own == **party)?),
    };
    Some(CaseFilter {
        process: name(&wanted.process),
        standing: wanted.standing.clone(),
        party,
        correlate: name(&wanted.correlate),
        state: name(&wanted.state),
    })
}

/// The line of a case.
pub fn row(held: &Held, sight: &Sight<'_>) -> CaseRow {
    let case = held.case();
    let (standing, incident) = match &held.loaded.standing {
        Standing::Running => ("running", None),
        Standing::Ended => ("ended", None),
        Standing::Incident(code) => ("incident", Some(code.to_string())),
    };
    let next_due = sight.runs().filter_map(|(_, run)| run.next_due()).min();
    CaseRow {
        case: case.id.0.to_string(),
        process: case.process.to_string(),
        title: Title::of(&held.definition.title, &case.process),
        states: held.states(case.main()),
        standing: standing.to_owned(),
        incident,
        correlate: held
            .definition
            .correlate
            .and_then(|f| case.main().data[f.at()].as_text().map(str::to_owned)),
        next_due: next_due.map(|at| held.instant(at)),
        started_at: held.instant(case.started_at),
        version: held.loaded.mark.version,
    }
}

/// A case as a viewer sees it.
///
/// # Errors
/// They do not see it.
pub fn view(office: &Office, viewer: &Viewer, held: &Held) -> Result<CaseView, Cannot> {
    let sight = Sight::of(viewer, held).ok_or_else(|| Cannot::no_case(&held.case().id.0))?;
    Ok(CaseView {
        row: row(held, &sight),
        definition: held.case().definition.to_string(),
        definition_version: held.definition.version,
        runs: sight.runs().map(|(_, run)| run_view(office, held, &sight, run)).collect(),
        possible: possible_now(office, viewer, held, &sight),
    })
}

fn run_view(office: &Office, held: &Held, sight: &Sight<'_>, run: &Run) -> RunView {
    let chart = held.chart(run);
    let fields = (0u16..).map(machine::ids::FieldIx).zip(&chart.fields).zip(&run.data);
    RunView {
        run: held.run_name(run),
        title: Title::of(&chart.title, &chart.name),
        key: held.value(&run.key),
        slot: run.slot,
        started_at: held.instant(run.started_at),
        states: if run.ended.is_some() { vec![] } else { held.states(run) },
        outcome: run.ended.as_ref().map(|ended| ended.outcome.to_string()),
        outcome_title: run.ended.as_ref().and_then(|ended| {
            let words = held.definition.value_words(run.chart, "outcome", &ended.outcome)?;
            Some(Title::of(words, &ended.outcome))
        }),
        data: fields
            .map(|((ix, field), value)| {
                let shown = value.is_null() || sight.field(run, ix);
                FieldView {
                    name: field.name.to_string(),
                    title: Title::of(&field.title, &field.name),
                    kind: values::kind(&field.ty),
                    value: if shown { held.value(value) } else { serde_json::Value::Null },
                    value_title: if shown { value_title(held, run, field, value) } else { None },
                    withheld: !shown,
                }
            })
            .collect(),
        timers: timers::of_run(held, run),
        tasks: run.tasks.iter().filter_map(|task| tasks::view(office, held, run, task)).collect(),
    }
}

/// What people call the value of a choice, or the values of a list of them.
fn value_title(held: &Held, run: &Run, field: &machine::chart::Field, value: &Value) -> Option<Title> {
    if value.is_null() || !values::is_choice(&field.ty) {
        return None;
    }
    let tell = |lang| held.definition.shown(run.chart, &field.name, value, lang);
    Some(Title { zh: tell(Lang::Zh), en: tell(Lang::En) })
}

/// What can be sent now to the runs that are seen.
pub fn possible_now(office: &Office, viewer: &Viewer, held: &Held, sight: &Sight<'_>) -> Vec<PossibleView> {
    let now = office.engine.now();
    let all = possible(&held.definition, &held.calendar, held.case(), now);
    let seen = all.into_iter().filter(|one| sight.run(one.run));
    seen.map(|one| {
        let run = held.case().run(one.run);
        let decl = held.chart(run).find_event(&one.event);
        let mine = |role: &&Name| viewer.has(role) && acts_for(viewer, held, run, role);
        let role = if one.by.is_empty() { viewer.roles.first() } else { one.by.iter().find(mine) };
        let refused =
            role.zip(decl).and_then(|(role, decl)| foreseen::refusal(viewer, held, &one, decl, role, now));
        PossibleView {
            run: held.run_name(run),
            event: decl.map_or_else(
                || bare(&one.event),
                |decl| event_view(office, (&held.definition, run.chart), decl),
            ),
            yours: one.by.is_empty() || role.is_some(),
            by: one.by.iter().map(|role| held.role_named(role)).collect(),
            refused,
        }
    })
    .collect()
}

/// Whether somebody in this role may act on the run as far as its party goes.
fn acts_for(viewer: &Viewer, held: &Held, run: &Run, role: &Name) -> bool {
    let of = held.definition.find_role(role).and_then(|role| held.party_of(run, role));
    of.is_none_or(|of| held.party(run, of).is_none_or(|party| viewer.is_of(&party)))
}

fn bare(event: &str) -> EventView {
    EventView { event: event.to_owned(), title: Title::plain(event), reason: false, form: vec![] }
}

/// An event with its form; what another case knows is not on it.
pub fn event_view(
    office: &Office,
    of: (&Definition, ChartIx),
    decl: &machine::chart::EventDecl,
) -> EventView {
    let field = |field: &machine::chart::FormField| {
        let own = field.own;
        FormFieldView { own, ..form_field(of, &field.name, &field.title, &field.ty, field.required && !own) }
    };
    let asked = decl.form.iter().filter(|line| !office.is_known(line.from.as_ref()));
    EventView {
        event: decl.name.to_string(),
        title: Title::of(&decl.title, &decl.name),
        reason: decl.reason,
        form: asked.map(field).collect(),
    }
}

/// A line of a form.
pub fn form_field(
    of: (&Definition, ChartIx),
    name: &Name,
    title: &machine::ids::Bilingual,
    ty: &FieldType,
    required: bool,
) -> FormFieldView {
    let choices = values::choices(ty);
    let (definition, chart) = of;
    let titled = |word: &String| match definition.value_words(chart, name, word) {
        Some(words) => Title::of(words, word),
        None => Title::plain(word),
    };
    FormFieldView {
        name: name.to_string(),
        title: Title::of(title, name),
        kind: values::kind(ty),
        choice_titles: choices.iter().map(titled).collect(),
        choices,
        required,
        own: false,
    }
}
