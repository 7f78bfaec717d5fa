//! `/processes`: the processes with their ladders and live counts.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use console::pages::{catalogue, process};
use console::view::{Form, ProcessLine, ProcessPage};
use diagram::{Focus, Options, Overlay, Sheet};
use expr::lang::Lang;
use machine::chart::PartyOf;
use machine::definition::Definition;
use machine::ids::Name;
use ports::query::{Count, Standing};
use runtime::own::is_own;

use super::shown;
use super::visitor::Insider;
use crate::office::Office;
use crate::office::cannot::Cannot;
use crate::office::viewer::Viewer;
use crate::setting::Desk;
use crate::wire::tongue::of_picture;

/// How far a replay has come is kept as a case of this process.
const REPLAY: &str = "replay_ledger";

/// What is under way in a process.
#[derive(Clone, Debug, Default)]
struct Counts {
    running: u64,
    ended: u64,
    stopped: u64,
    states: BTreeMap<String, u64>,
}

/// All processes.
pub async fn list(State(desk): State<Desk>, Insider { visitor, .. }: Insider) -> Response {
    let mut counted = match counts(&desk.office, None).await {
        Ok(counted) => counted,
        Err(cannot) => return visitor.problem(cannot),
    };
    // The engine keeps cases of its own, and so does a replay; they are no process of the office.
    let mut processes = desk.office.engine.shelf().all_in_force();
    processes.retain(|definition| !is_own(&definition.process) && *definition.process != *REPLAY);
    let mut lines: Vec<ProcessLine> = processes
        .iter()
        .map(|definition| {
            let counts = counted.remove(&definition.process).unwrap_or_default();
            line(definition, &counts, visitor.lang)
        })
        .collect();
    // What is at work comes first.
    lines.sort_by(|a, b| {
        (b.stopped, b.running, b.ended).cmp(&(a.stopped, a.running, a.ended)).then(a.title.cmp(&b.title))
    });
    visitor.page(catalogue::catalogue(&visitor.frame(), &lines))
}

fn line(definition: &Definition, counts: &Counts, lang: Lang) -> ProcessLine {
    let text = |name: &Option<Name>| name.as_deref().unwrap_or_default().to_owned();
    ProcessLine {
        id: definition.process.to_string(),
        title: lang.pick(&definition.title.zh, &definition.title.en).to_owned(),
        owner: text(&definition.owner),
        basis: text(&definition.basis),
        version: definition.version.to_string(),
        running: counts.running,
        ended: counts.ended,
        stopped: counts.stopped,
    }
}

impl Counts {
    fn take(&mut self, count: Count) {
        match count.standing {
            Standing::Running => self.running += count.cases,
            Standing::Ended => self.ended += count.cases,
            Standing::Incident(_) => self.stopped += count.cases,
        }
        for state in count.states {
            *self.states.entry(state.to_string()).or_default() += count.cases;
        }
    }
}

/// What is under way, by process: of one, or of all.
async fn counts(office: &Office, process: Option<Name>) -> Result<BTreeMap<Name, Counts>, Cannot> {
    let mut all: BTreeMap<Name, Counts> = BTreeMap::new();
    for count in office.engine.store().counts(process).await? {
        all.entry(count.process.clone()).or_default().take(count);
    }
    Ok(all)
}

/// One process.
pub async fn show(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Path(name): Path<String>,
) -> Response {
    let found = async {
        let definition = desk.office.compiled(&name).await?;
        let view = desk.office.definition(&name).await?;
        let mut counted = counts(&desk.office, Some(definition.process.clone())).await?;
        Ok::<_, Cannot>((counted.remove(&definition.process).unwrap_or_default(), definition, view))
    };
    let (counts, definition, view) = match found.await {
        Ok(found) => found,
        Err(cannot) => return visitor.problem(cannot),
    };
    let lang = visitor.lang;
    let mut fields = shown::fields(&view.opening, lang);
    let own = own_field(&definition, &viewer);
    for field in &mut fields {
        if own.as_deref() == Some(field.name.as_str()) {
            field.value = viewer.organisation.as_deref().unwrap_or_default().to_owned();
        }
        field.name = format!("data.{}", field.name);
    }
    let mut roles = viewer.roles.iter().filter_map(|role| definition.find_role(role));
    let opens = roles.any(|role| definition.is_opened_by(role));
    let opening =
        Form { action: "/cases".into(), hidden: vec![("process".into(), view.process.clone())], fields };
    let frame = visitor.frame();
    let today = frame.zone.to_datetime(frame.now).date();
    let page = ProcessPage {
        line: line(&definition, &counts, lang),
        ladder: ladder(&definition, &Overlay { counts: counts.states, ..Overlay::default() }, lang),
        hash: definition.hash.to_string(),
        effective: definition.effective.map(|day| day.to_string()),
        parameters: shown::parameters(&definition, today, lang),
        opening: opens.then_some(opening),
    };
    visitor.page(process::process(&frame, &page))
}

/// The field that holds the organisation of whoever opens the case: nobody is asked for what is known.
fn own_field(definition: &Definition, viewer: &Viewer) -> Option<Name> {
    let roles: Vec<_> = viewer.roles.iter().filter_map(|role| definition.find_role(role)).collect();
    let main = definition.main();
    main.parties.iter().filter(|party| roles.contains(&party.role)).find_map(|party| match party.of {
        PartyOf::Field(field) | PartyOf::Case(field) => Some(main.fields[field.at()].name.clone()),
        PartyOf::Key => None,
    })
}

/// A ladder for a page: its colours come from the page's style sheet, its states can be reached with the keyboard.
pub fn ladder(definition: &Definition, overlay: &Overlay, lang: Lang) -> String {
    let options = Options { sheet: Sheet::Page, focus: Focus::States, ..Options::default() };
    diagram::svg(&diagram::picture(definition), overlay, of_picture(lang), &options)
}
