//! Pictures: of a definition, and of a case with where it is and where it has been.

use diagram::{Lang, Options, Overlay};
use machine::definition::Definition;
use machine::fact::{Fact, What};
use machine::ids::{CaseId, ChartIx};
use ports::query::{PAGE_MAX, Page};

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::viewer::Viewer;

/// Entries of a history looked at for where a case has been.
const ENTRIES_MAX: u64 = 10_000;

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For pages.
    Svg,
    /// For terminals.
    Text,
    /// For other tools.
    Mermaid,
    /// The shape XState reads.
    Json,
}

/// Draws a definition with marks.
pub fn draw(definition: &Definition, overlay: &Overlay, form: Form, lang: Lang) -> String {
    let picture = diagram::picture(definition);
    match form {
        Form::Svg => diagram::svg(&picture, overlay, lang, &Options::default()),
        Form::Text => diagram::text(&picture, overlay, lang),
        Form::Mermaid => diagram::mermaid(&picture, lang),
        Form::Json => diagram::xstate(definition, ChartIx::MAIN).to_string(),
    }
}

impl Office {
    /// A case on the picture of its process: where it is, where it has been.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn case_picture(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        form: Form,
        lang: Lang,
    ) -> Result<String, Cannot> {
        let held = self.seen(viewer, case).await?;
        let Some(sight) = Sight::of(viewer, &held) else { return Err(Cannot::no_case(&case.0)) };
        let mut overlay = here(&held, &sight);
        let mut after = None;
        while after.is_none_or(|entry| entry < ENTRIES_MAX) {
            let entries = self.engine.store().history(case.clone(), Page { after, limit: PAGE_MAX }).await?;
            let Some(last) = entries.last().map(|entry| entry.number) else { break };
            let facts = entries.iter().flat_map(|entry| &entry.told.facts);
            facts.filter(|fact| sight.fact(fact)).for_each(|fact| visit(&held, fact, &mut overlay));
            after = Some(last);
        }
        Ok(draw(&held.definition, &overlay, form, lang))
    }
}

/// The picture marked with where the case is, as far as it is seen.
pub fn here(held: &Held, sight: &Sight<'_>) -> Overlay {
    let mut overlay = Overlay::default();
    for (_, run) in sight.runs().filter(|(_, run)| run.ended.is_none()) {
        overlay.current.extend(run.active.iter().map(|state| id(held, run.chart, *state)));
    }
    overlay
}

/// Marks a state that was entered as visited.
pub fn visit(held: &Held, fact: &Fact, overlay: &mut Overlay) {
    if let What::Entered(state) = &fact.what
        && let Some(run) = held.case().runs.get(fact.run.at())
    {
        overlay.visited.insert(id(held, run.chart, *state));
    }
}

/// A state's id on the picture: `child-id/state-id` for states of children.
fn id(held: &Held, chart: ChartIx, state: machine::ids::StateIx) -> String {
    let decl = held.definition.chart(chart);
    let name = &decl.state(state).name;
    if chart == ChartIx::MAIN { name.to_string() } else { format!("{}/{name}", decl.name) }
}
