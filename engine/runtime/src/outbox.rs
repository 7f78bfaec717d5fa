//! What goes out: leased from the store, delivered outside any transaction, settled.
//!
//! At least once, always with the same key. Work that keeps failing is parked where a person sees it, and can
//! be sent again or dropped, one by one or all. The answer to a call is a command to the case that asked, with
//! a key of its own, given before the delivery is settled: a crash in between delivers twice and answers once.

use std::sync::Arc;

use expr::value::Value;
use jiff::SignedDuration;
use machine::event::{Actor, Event, Input, Target};
use machine::fact::What;
use machine::ids::{Name, RunIx};
use ports::connector::{Connector, Delivery, Request};
use ports::fault::Fault;
use ports::outbox::{EffectKey, OutboxFilter, OutboxLease, OutboxRow, Outcome, Settled};
use ports::query::Page;
use tokio::task::JoinSet;

use crate::answer::Trouble;
use crate::circuit::Circuit;
use crate::decide::Work;
use crate::engine::{Engine, Sent};
use crate::lane::Round;
use crate::retry;

/// How long nobody else may try what was taken.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many deliveries of one connector are under way at once.
pub const AT_ONCE: u32 = 8;

/// One connector's deliveries.
pub struct Deliveries {
    engine: Engine,
    connector: Arc<dyn Connector>,
    circuit: Circuit,
    at_once: u32,
}

/// What a person decides about something parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is tried again.
    SendAgain,
    /// It is not sent.
    Drop,
}

impl Deliveries {
    /// Deliveries of a connector, so many at once.
    pub fn new(engine: Engine, connector: Arc<dyn Connector>, at_once: u32) -> Deliveries {
        Deliveries { engine, connector, circuit: Circuit::default(), at_once: at_once.max(1) }
    }

    /// The connector's name.
    pub fn name(&self) -> &str {
        self.connector.name()
    }

    /// Whether the connector is left alone for now.
    pub fn circuit(&self) -> Circuit {
        self.circuit
    }

    /// Delivers a few things. `luck` gives the chance in the waits.
    ///
    /// # Errors
    /// A fault of the store; what was delivered but could not be noted is delivered again, with the same key.
    pub async fn run_once(&mut self, luck: u8) -> Result<Round, Fault> {
        let now = self.engine.now();
        let limit = self.circuit.allows(now, self.at_once);
        if limit == 0 {
            return Ok(Round::Idle);
        }
        let lease = OutboxLease { connector: self.name().into(), now, keep: LEASE, limit };
        let rows = self.engine.store().lease_outbox(lease).await?;
        if rows.is_empty() {
            return Ok(Round::Idle);
        }
        let count = rows.len();
        let mut under_way = JoinSet::new();
        for row in rows {
            under_way.spawn(attempt(self.engine.clone(), self.connector.clone(), row, luck));
        }
        let mut settled = Vec::with_capacity(count);
        while let Some(done) = under_way.join_next().await {
            // A connector that breaks off keeps its lease until that runs out; then it is tried again.
            let Ok((one, alive)) = done else {
                self.circuit.saw(false, self.engine.now(), luck);
                continue;
            };
            self.circuit.saw(alive, self.engine.now(), luck);
            settled.extend(one);
        }
        if !settled.is_empty() {
            self.engine.store().settle_outbox(settled).await?;
        }
        Ok(Round::Worked(count))
    }
}

/// Decides about something parked. `false`: it is not parked any more, or somebody else decided.
///
/// # Errors
/// A fault of the store.
pub async fn decide(engine: &Engine, key: &EffectKey, decision: Decision) -> Result<bool, Fault> {
    let filter = OutboxFilter { case: Some(key.case.clone()), parked: Some(true), connector: None };
    let rows = engine.store().outbox(filter, Page::first(ports::query::PAGE_MAX)).await?;
    let Some(row) = rows.into_iter().find(|row| row.key == *key) else { return Ok(false) };
    let at = engine.now();
    let outcome = match decision {
        Decision::SendAgain => Outcome::Again { at, problem: None },
        Decision::Drop => Outcome::Drop,
    };
    let settled = Settled { key: row.key, epoch: row.epoch, outcome, at };
    let done = engine.store().settle_outbox(vec![settled]).await?;
    engine.office().ring(&row.outgoing.connector);
    Ok(done.first() == Some(&true))
}

/// One attempt; `None` when nothing is to be noted because the case could not take the answer.
async fn attempt(
    engine: Engine,
    connector: Arc<dyn Connector>,
    row: OutboxRow,
    luck: u8,
) -> (Option<Settled>, bool) {
    // The lease counted this attempt.
    let attempt = row.attempts.max(1);
    let process = engine.store().load(vec![row.key.case.clone()]).await;
    let Some(loaded) = process.ok().and_then(|mut found| found.pop().flatten()) else { return (None, true) };
    let process = loaded.case.process.clone();
    let request = Request { key: row.key.clone(), attempt, process, fact: row.outgoing.fact.clone() };
    let delivery = connector.deliver(&request).await;
    let alive = !matches!(delivery, Delivery::TryLater { .. });
    let at = engine.now();
    let outcome = match delivery {
        Delivery::Delivered { answer } => {
            if answered(&engine, &request, &loaded.case, true, &answer).await.is_err() {
                return (None, alive);
            }
            Outcome::Done
        }
        Delivery::TryLater { after, problem, .. } if attempt < retry::ATTEMPTS_MAX => {
            let pause = after.unwrap_or_else(|| retry::pause(attempt, luck));
            Outcome::Again { at: at.checked_add(pause).unwrap_or(at), problem: Some(problem) }
        }
        Delivery::GiveUp { problem } | Delivery::TryLater { problem, .. } => {
            let told = Value::context([("problem", Value::text(&*problem))]);
            if answered(&engine, &request, &loaded.case, false, &told).await.is_err() {
                return (None, alive);
            }
            Outcome::Park { problem }
        }
    };
    (Some(Settled { key: row.key, epoch: row.epoch, outcome, at }), alive)
}

/// Tells the case that asked what came of its call. A case that cannot take it has said so in its history.
async fn answered(
    engine: &Engine,
    request: &Request,
    case: &machine::case::Case,
    well: bool,
    answer: &Value,
) -> Result<(), Trouble> {
    let What::Called { reply, failure, .. } = &request.fact.what else { return Ok(()) };
    let Some(event) = (if well { reply } else { failure }) else { return Ok(()) };
    let Some(definition) = engine.shelf().fetch(&**engine.store(), &case.definition).await? else {
        return Err(Trouble::UnknownProcess(case.process.clone()));
    };
    let run = case.run(request.fact.run);
    let chart = definition.chart(run.chart);
    let to = match request.fact.run {
        RunIx::MAIN => Target::Main,
        _ => Target::Child { kind: chart.name.clone(), key: run.key.clone() },
    };
    let wanted = |name: &Name| {
        chart.find_event(event).is_some_and(|decl| decl.form.iter().any(|field| field.name == *name))
    };
    let data = answer.as_context().map(|all| {
        all.iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    });
    let event = Event { to, name: event.clone(), data: data.unwrap_or_default(), reason: None };
    let key = format!("{}/{}", request.key, if well { "reply" } else { "failure" });
    let sent = Sent {
        case: request.key.case.clone(),
        work: Work::Input(Input::Event(event)),
        by: Actor::system(&format!("connector:{}", request_connector(request))),
        key: Some(key.into()),
        message: None,
        at_version: None,
        known: vec![],
    };
    match engine.send(sent).await {
        // The same call was answered before, perhaps in other words: the first answer stands.
        Ok(_) | Err(Trouble::KeyReused(_) | Trouble::UnknownCase(_)) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

fn request_connector(request: &Request) -> &str {
    match &request.fact.what {
        What::Called { connector, .. } => connector,
        _ => "outbox",
    }
}
