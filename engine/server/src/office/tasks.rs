//! The inbox: what waits for people.

use machine::case::{Run, Task};
use machine::ids::{CaseId, Name};
use ports::query::{PAGE_MAX, Page, TaskFilter, TaskLine, TaskPlace};

use super::Office;
use super::cannot::Cannot;
use super::cases::event_view;
use super::held::Held;
use super::sight::Sight;
use super::view::{TaskPage, TaskView, Title};
use super::viewer::Viewer;
use crate::words;

/// Lines of others that are passed over in one answer at most.
const LOOKED_AT_MAX: usize = 5_000;

/// Whose tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those the viewer may take or has taken.
    Mine,
    /// Those the viewer has taken.
    Held,
    /// Everything the viewer sees, of this role and organisation if given.
    Seen {
        /// The role.
        role: Option<String>,
        /// The organisation.
        party: Option<String>,
    },
}

impl Office {
    /// Open tasks, soonest due first, and where to go on.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn tasks(
        &self,
        viewer: &Viewer,
        whose: &Whose,
        process: Option<&str>,
        after: Option<String>,
        limit: u32,
    ) -> Result<TaskPage, Cannot> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut after = after.as_deref().map(place).transpose()?;
        let (mut page, mut looked_at) = (TaskPage { tasks: vec![], after: None }, 0);
        loop {
            let mut lines = self.lines(viewer, whose, after.clone(), limit).await?;
            lines.truncate(limit as usize);
            let full = lines.len() == limit as usize;
            looked_at += lines.len();
            after = lines.last().map(TaskLine::place);
            for line in lines {
                if page.tasks.len() == limit as usize {
                    return Ok(page);
                }
                page.after = Some(written(&line.place()));
                page.tasks.extend(self.line_view(viewer, whose, process, &line).await?);
            }
            if !full {
                page.after = None;
                return Ok(page);
            }
            if page.tasks.len() == limit as usize || looked_at >= LOOKED_AT_MAX {
                return Ok(page);
            }
        }
    }

    /// The lines of every question that makes up the wish, merged in the order of the inbox.
    async fn lines(
        &self,
        viewer: &Viewer,
        whose: &Whose,
        after: Option<TaskPlace>,
        limit: u32,
    ) -> Result<Vec<TaskLine>, Cannot> {
        let mut lines: Vec<TaskLine> = Vec::new();
        for filter in questions(viewer, whose) {
            lines.extend(self.engine.store().tasks(filter, Page { after: after.clone(), limit }).await?);
        }
        lines.sort_by_key(|line| order(&line.place()));
        lines.dedup_by(|a, b| a.case == b.case && a.open.task == b.open.task);
        Ok(lines)
    }

    async fn line_view(
        &self,
        viewer: &Viewer,
        whose: &Whose,
        process: Option<&str>,
        line: &TaskLine,
    ) -> Result<Option<TaskView>, Cannot> {
        // Another organisation's: not worth loading the case.
        let others = line.open.party.as_deref().is_some_and(|party| !viewer.is_of(party));
        if others && (!viewer.sees_all() || *whose == Whose::Mine) {
            return Ok(None);
        }
        let held = match self.held(&line.case).await {
            Ok(held) => held,
            Err(Cannot::Missing { .. }) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let of_process = process.is_none_or(|process| *held.case().process == *process);
        let Some(sight) = Sight::of(viewer, &held).filter(|_| of_process) else { return Ok(None) };
        let Some((ix, task)) = held.task(line.open.task).filter(|(ix, _)| sight.run(*ix)) else {
            return Ok(None);
        };
        Ok(view(self, &held, held.case().run(ix), task))
    }

    /// One open task.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn task(&self, viewer: &Viewer, case: &CaseId, number: u32) -> Result<TaskView, Cannot> {
        let held = self.seen(viewer, case).await?;
        let sight = Sight::of(viewer, &held);
        let found = held.task(number).filter(|(ix, _)| sight.as_ref().is_some_and(|s| s.run(*ix)));
        let found = found.and_then(|(ix, task)| view(self, &held, held.case().run(ix), task));
        found.ok_or_else(|| Cannot::Missing { code: words::UNKNOWN_TASK, name: number.to_string() })
    }
}

/// What the store is asked.
fn questions(viewer: &Viewer, whose: &Whose) -> Vec<TaskFilter> {
    let held = TaskFilter { holder: Some(viewer.person.clone()), ..TaskFilter::default() };
    match whose {
        Whose::Held => vec![held],
        Whose::Mine => {
            let role = |role: &Name| TaskFilter { role: Some(role.clone()), ..TaskFilter::default() };
            viewer.roles.iter().map(role).chain([held]).collect()
        }
        Whose::Seen { role, party } => {
            let name = |text: &Option<String>| text.as_deref().map(Name::from);
            vec![TaskFilter { role: name(role), party: name(party), ..TaskFilter::default() }]
        }
    }
}

/// Tasks without a date come last.
fn order(place: &TaskPlace) -> (bool, TaskPlace) {
    (place.due.is_none(), place.clone())
}

fn written(place: &TaskPlace) -> String {
    let due = place.due.map(|at| at.to_string()).unwrap_or_default();
    format!("{due}|{}|{}", place.task, place.case)
}

fn place(text: &str) -> Result<TaskPlace, Cannot> {
    let wrong = || Cannot::wrong(words::BAD_CURSOR, "翻页标记不对", "the cursor cannot be read");
    let mut parts = text.splitn(3, '|');
    let (due, task, case) = (parts.next(), parts.next(), parts.next());
    let (Some(due), Some(task), Some(case)) = (due, task, case) else { return Err(wrong()) };
    let due = match due {
        "" => None,
        due => Some(due.parse().map_err(|_| wrong())?),
    };
    Ok(TaskPlace { due, case: CaseId(case.into()), task: task.parse().map_err(|_| wrong())? })
}

/// A task as it is shown; `None` when its state declares none, which cannot be.
pub fn view(office: &Office, held: &Held, run: &Run, task: &Task) -> Option<TaskView> {
    let chart = held.chart(run);
    let state = chart.state(task.state);
    let decl = state.task.as_ref()?;
    let round = |owner| owner == task.state || chart.is_descendant(task.state, owner);
    let clocks = run.timers.iter().filter(|timer| round(timer.owner) && !timer.held);
    let due = clocks.filter_map(|timer| timer.clock.fires_at()).min();
    Some(TaskView {
        case: held.case().id.0.to_string(),
        process: held.case().process.to_string(),
        process_title: Title::of(&held.definition.title, &held.case().process),
        run: held.run_name(run),
        task: task.id,
        state: state.name.to_string(),
        title: Title::of(&decl.title, &state.title.zh),
        role: held.role(decl.role),
        holder: task.holder.as_ref().map(|holder| holder.id.to_string()),
        delegate: task.delegate.as_ref().map(|delegate| delegate.to_string()),
        signers: task.signers.iter().map(|signer| signer.to_string()).collect(),
        urged: task.urged,
        opened_at: held.instant(task.opened_at),
        due: due.map(|at| held.instant(at)),
        outcomes: decl
            .outcomes
            .iter()
            .map(|event| event_view(office, (&held.definition, run.chart), &chart.events[event.at()]))
            .collect(),
        acts: decl.verbs.iter().map(|(verb, _)| verb.name().to_owned()).collect(),
        version: held.loaded.mark.version,
    })
}
