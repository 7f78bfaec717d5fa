//! Histories: the facts of a case as a viewer may see them.

use machine::chart::Protection;
use machine::fact::{Fact, What};
use machine::ids::CaseId;
use ports::query::{Entry, PAGE_MAX, Page};
use serde_json::{Map, Value as Json};

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::sight::Sight;
use super::view::{FactView, HistoryPage};
use super::viewer::Viewer;
use crate::words;

impl Office {
    /// A case's history, oldest first; `after` is the number of an entry.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn history(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        after: Option<String>,
        limit: u32,
    ) -> Result<HistoryPage, Cannot> {
        let held = self.seen(viewer, case).await?;
        self.note_reading(viewer, &held, "").await?;
        let limit = limit.clamp(1, PAGE_MAX);
        let after = after.map(|entry| entry.parse::<u64>()).transpose();
        let after = after
            .map_err(|_| Cannot::wrong(words::BAD_CURSOR, "翻页标记不对", "the cursor cannot be read"))?;
        let entries = self.engine.store().history(case.clone(), Page { after, limit }).await?;
        let full = entries.len() == limit as usize;
        let last = entries.last().map(|entry| entry.number.to_string()).filter(|_| full);
        let facts = entries.iter().flat_map(|entry| facts(viewer, &held, entry)).collect();
        Ok(HistoryPage { case: case.0.to_string(), facts, after: last })
    }
}

/// What a viewer sees of an entry.
pub fn facts(viewer: &Viewer, held: &Held, entry: &Entry) -> Vec<FactView> {
    let Some(sight) = Sight::of(viewer, held) else { return vec![] };
    let seen = entry.told.facts.iter().filter(|fact| sight.fact(fact));
    seen.map(|fact| FactView { entry: entry.number, fact: written(held, &sight, fact, entry) }).collect()
}

/// Whether an entry tells values of credit data, to whomever.
pub fn tells_credit(held: &Held, entry: &Entry) -> bool {
    entry.told.facts.iter().any(|fact| {
        let run = held.case().runs.get(fact.run.at());
        let fields = run.into_iter().flat_map(|run| &held.chart(run).fields);
        let mut secret = fields.filter(|field| field.protection == Protection::Credit);
        match &fact.what {
            What::Set { .. } | What::Received { .. } | What::Called { .. } | What::Opened { .. } => {
                secret.next().is_some()
            }
            _ => false,
        }
    })
}

fn written(held: &Held, sight: &Sight<'_>, fact: &Fact, entry: &Entry) -> Json {
    let writer = simulate::json::Writer {
        definition: &held.definition,
        case: held.case(),
        zone: held.calendar.zone(),
    };
    let mut json = writer.fact(fact);
    withhold(held, sight, fact, &mut json);
    // The request that brought it, where somebody sent one.
    if let (Json::Object(map), Some(command)) = (&mut json, &entry.told.command)
        && matches!(fact.what, What::Opened { .. } | What::Received { .. } | What::Refused { .. })
    {
        map.insert("command".to_owned(), Json::from(&**command));
    }
    json
}

/// Credit data is shown to the parties of its run only: names stay, values go.
fn withhold(held: &Held, sight: &Sight<'_>, fact: &Fact, json: &mut Json) {
    let Some(run) = held.case().runs.get(fact.run.at()) else { return };
    let fields = (0u16..).map(machine::ids::FieldIx).zip(&held.chart(run).fields);
    let secret: Vec<&str> = fields.filter(|(ix, _)| !sight.field(run, *ix)).map(|(_, f)| &*f.name).collect();
    if secret.is_empty() {
        return;
    }
    let Json::Object(map) = json else { return };
    if map.get("field").and_then(Json::as_str).is_some_and(|field| secret.contains(&field)) {
        map.insert("value".to_owned(), Json::Null);
    }
    for key in ["data", "request"] {
        if let Some(Json::Object(data)) = map.get_mut(key) {
            blank(data, &secret);
        }
    }
}

fn blank(data: &mut Map<String, Json>, secret: &[&str]) {
    for name in secret {
        if let Some(value) = data.get_mut(*name) {
            *value = Json::Null;
        }
    }
}
