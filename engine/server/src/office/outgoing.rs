//! What goes out: waiting and parked things, and what a person decides about the parked ones.

use machine::ids::{CaseId, Name};
use ports::outbox::{EffectKey, OutboxFilter, OutboxRow};
use ports::query::{PAGE_MAX, Page};
use runtime::outbox::{Decision, decide};
use serde_json::Value as Json;

use super::Office;
use super::cannot::Cannot;
use super::held::Held;
use super::view::{OutgoingPage, OutgoingView, Title};
use super::viewer::Viewer;
use crate::words;

/// Who may look at what goes out and decide about it.
const OPERATORS: [&str; 2] = ["administrator", "platform_operator"];

/// Which things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this connector.
    pub connector: Option<String>,
    /// Of this case.
    pub case: Option<String>,
    /// Parked ones only, or waiting ones only.
    pub parked: Option<bool>,
}

impl Wanted {
    fn filter(&self) -> OutboxFilter {
        OutboxFilter {
            connector: self.connector.as_deref().map(Name::from),
            case: self.case.as_deref().map(|case| CaseId(case.into())),
            parked: self.parked,
        }
    }
}

impl Office {
    /// What waits or is parked, and where to go on.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn outgoing(
        &self,
        viewer: &Viewer,
        wanted: &Wanted,
        after: Option<String>,
        limit: u32,
    ) -> Result<OutgoingPage, Cannot> {
        if !viewer.sees_all() {
            may_operate(viewer)?;
        }
        let limit = limit.clamp(1, PAGE_MAX);
        let after = after.as_deref().map(key).transpose()?;
        let rows = self.engine.store().outbox(wanted.filter(), Page { after, limit }).await?;
        let full = rows.len() == limit as usize;
        let after = rows.last().map(|row| row.key.to_string()).filter(|_| full);
        let mut outgoing = Vec::with_capacity(rows.len());
        for row in rows {
            let held = self.held(&row.key.case).await.ok();
            outgoing.push(view(held.as_ref(), row));
        }
        Ok(OutgoingPage { outgoing, after })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn outgoing_one(&self, viewer: &Viewer, key: &EffectKey) -> Result<OutgoingView, Cannot> {
        if !viewer.sees_all() {
            may_operate(viewer)?;
        }
        let filter = OutboxFilter { case: Some(key.case.clone()), ..OutboxFilter::default() };
        let rows = self.engine.store().outbox(filter, Page::first(PAGE_MAX)).await?;
        let row = rows.into_iter().find(|row| row.key == *key).ok_or_else(|| missing(key))?;
        let held = self.held(&key.case).await.ok();
        Ok(view(held.as_ref(), row))
    }

    /// A person decides about a parked one.
    ///
    /// # Errors
    /// It is not parked any more; they may not.
    pub async fn decide_outgoing(
        &self,
        viewer: &Viewer,
        key: &EffectKey,
        decision: Decision,
    ) -> Result<(), Cannot> {
        may_operate(viewer)?;
        match decide(&self.engine, key, decision).await? {
            true => {
                tracing::info!(person = %viewer.person, %key, ?decision, "decided about a parked delivery");
                Ok(())
            }
            false => Err(missing(key)),
        }
    }

    /// Lets every parked one that fits go again; says how many.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn replay_all(&self, viewer: &Viewer, wanted: &Wanted) -> Result<u64, Cannot> {
        may_operate(viewer)?;
        let (mut count, mut after) = (0, None);
        let filter = OutboxFilter { parked: Some(true), ..wanted.filter() };
        loop {
            let page = Page { after, limit: PAGE_MAX };
            let rows = self.engine.store().outbox(filter.clone(), page).await?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(count) };
            for row in rows {
                count += u64::from(decide(&self.engine, &row.key, Decision::SendAgain).await?);
            }
            after = Some(last);
        }
    }
}

fn may_operate(viewer: &Viewer) -> Result<(), Cannot> {
    if OPERATORS.iter().any(|role| viewer.has(role)) {
        return Ok(());
    }
    Err(Cannot::forbidden(
        "只有 administrator 或 platform_operator 可以处理待发送的内容",
        "only an administrator or platform_operator may deal with what goes out",
    ))
}

fn missing(key: &EffectKey) -> Cannot {
    Cannot::Missing { code: words::UNKNOWN_DELIVERY, name: key.to_string() }
}

/// `FD-1/7/0`; a case number may contain slashes.
///
/// # Errors
/// It is none.
pub fn key(text: &str) -> Result<EffectKey, Cannot> {
    let wrong = || Cannot::wrong(words::BAD_CURSOR, "发送编号不对", "the key of a delivery cannot be read");
    let mut parts = text.rsplitn(3, '/');
    let (effect, entry, case) = (parts.next(), parts.next(), parts.next());
    let (Some(effect), Some(entry), Some(case)) = (effect, entry, case) else { return Err(wrong()) };
    Ok(EffectKey {
        case: CaseId(case.into()),
        entry: entry.parse().map_err(|_| wrong())?,
        effect: effect.parse().map_err(|_| wrong())?,
    })
}

fn view(held: Option<&Held>, row: OutboxRow) -> OutgoingView {
    let what = held.map_or(Json::Null, |held| {
        let writer = simulate::json::Writer {
            definition: &held.definition,
            case: held.case(),
            zone: held.calendar.zone(),
        };
        writer.fact(&row.outgoing.fact)
    });
    let instant = |at| held.map_or_else(|| format!("{at}"), |held: &Held| held.instant(at));
    OutgoingView {
        key: row.key.to_string(),
        case: row.key.case.0.to_string(),
        entry: row.key.entry,
        effect: row.key.effect,
        connector: row.outgoing.connector.to_string(),
        what,
        attempts: row.attempts,
        since: instant(row.outgoing.at),
        next_at: (!row.parked).then(|| instant(row.next_at)),
        parked: row.parked,
        problem: row.problem.clone(),
        advice: advice(&row),
    }
}

fn advice(row: &OutboxRow) -> Title {
    let said = |zh: &str, en: &str| Title { zh: zh.to_owned(), en: en.to_owned() };
    match (row.parked, row.attempts) {
        (true, _) => said(
            "已停止重试。排除原因后用 replay 重发（同一编号，对方可据此去重），或用 skip 放弃",
            "Nobody tries any more. Once the cause is removed, replay it (with the same key, so that the other side can tell repetitions) or skip it",
        ),
        (false, 0) => said("等待发送", "Waits to be sent"),
        (false, _) => said("发送没有成功，会自动重试", "It failed and is tried again by itself"),
    }
}
