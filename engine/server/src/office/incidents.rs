//! Cases that cannot go on by themselves.

use machine::ids::CaseId;
use ports::query::{CaseFilter, Entry, PAGE_MAX, Page, Standing};

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::view::{IncidentPage, IncidentView, Title};
use super::viewer::Viewer;

/// What an administrator can do about one.
const ACTS: [&str; 4] = ["retry", "skip", "move", "cancel"];

impl Office {
    /// Cases that wait for a person since an incident, in the order of their numbers.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn incidents(
        &self,
        viewer: &Viewer,
        process: Option<&str>,
        after: Option<String>,
        limit: u32,
    ) -> Result<IncidentPage, Cannot> {
        let limit = limit.clamp(1, PAGE_MAX);
        let filter = CaseFilter {
            standing: Some(Standing::Incident("".into())),
            process: process.map(Into::into),
            party: if viewer.sees_all() { None } else { viewer.organisation.clone() },
            ..CaseFilter::default()
        };
        let page = Page { after: after.map(|id| CaseId(id.into())), limit };
        let lines = self.engine.store().cases(filter, page).await?;
        let after = lines.last().map(|l| l.id.0.to_string()).filter(|_| lines.len() == limit as usize);
        let mut incidents = Vec::with_capacity(lines.len());
        for held in self.held_all(lines.into_iter().map(|line| line.id).collect()).await? {
            if Sight::of(viewer, &held).is_some() {
                let last = held.loaded.mark.version.saturating_sub(1);
                let page = Page { after: Some(last).filter(|last| *last > 0), limit: 1 };
                let entries = self.engine.store().history(held.case().id.clone(), page).await?;
                incidents.push(view(&held, entries.last()));
            }
        }
        Ok(IncidentPage { incidents, after })
    }
}

/// An incident, told by the entry that stopped the case.
pub fn view(held: &Held, entry: Option<&Entry>) -> IncidentView {
    let incident = entry.and_then(|entry| entry.told.incident.as_ref());
    let code = match &held.loaded.standing {
        Standing::Incident(code) => code.to_string(),
        Standing::Running | Standing::Ended => String::new(),
    };
    IncidentView {
        case: held.case().id.0.to_string(),
        process: held.case().process.to_string(),
        words: incident.map_or_else(|| Title::plain(&code), |incident| Title::of(&incident.words, &code)),
        code,
        since: entry.map(|entry| held.instant(entry.told.at)),
        command: entry.and_then(|entry| entry.told.command.as_ref()).map(|command| command.to_string()),
        acts: ACTS.map(str::to_owned).to_vec(),
        version: held.loaded.mark.version,
    }
}
