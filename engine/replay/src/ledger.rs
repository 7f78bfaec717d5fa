//! How far a replay has come: a case like any other, in the same store, so that it is never ahead of what is
//! written.

use city::City;
use city::days::Moment;
use expr::value::Value;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};
use runtime::answer::Trouble;
use runtime::deploy::{self, NotDeployed};
use runtime::engine::Engine;

use crate::drive::Broken;

/// The process.
pub const PROCESS: &str = "replay_ledger";
/// Its case.
pub const CASE: &str = "REPLAY";
const TEXT: &str = include_str!("ledger.yaml");

fn by() -> Actor {
    Actor::system("replay")
}

fn value(name: &str, value: Value) -> (Name, Value) {
    (name.into(), value)
}

/// What a store says of an earlier replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its seed.
    pub seed: String,
    /// Its scale.
    pub scale: String,
    /// How far it came.
    pub reached: Moment,
}

/// The earlier replay in this store, if there is one.
///
/// # Errors
/// A fault of the store.
pub async fn before(engine: &Engine) -> Result<Option<Before>, Broken> {
    let found = engine.store().load(vec![CaseId(CASE.into())]).await.map_err(Trouble::from)?;
    let Some(loaded) = found.into_iter().next().flatten() else { return Ok(None) };
    let data = &loaded.case.main().data;
    let text = |at: usize| data.get(at).and_then(Value::as_text).unwrap_or_default().to_owned();
    let reached = data.get(2).and_then(Value::as_instant).map(Moment::of_timestamp);
    Ok(Some(Before { seed: text(0), scale: text(1), reached: reached.unwrap_or(Moment(0)) }))
}

/// Puts the ledger's process into force.
///
/// # Errors
/// A fault of the store.
pub async fn prepare(engine: &Engine) -> Result<(), Broken> {
    match deploy::deploy(engine, PROCESS, TEXT, "system:replay", "part of the program").await {
        Ok(_) => Ok(()),
        Err(NotDeployed::Fault(fault)) => Err(Broken::Trouble(fault.into())),
        Err(NotDeployed::Findings(_)) => Err(Broken::Definition(PROCESS)),
    }
}

/// Begins the ledger of a city.
///
/// # Errors
/// A fault of the store.
pub async fn begin(engine: &Engine, city: &City, from: Moment) -> Result<(), Broken> {
    let data = vec![
        value("seed", Value::text(city.seed.to_string())),
        value("scale", Value::text(city.scale.to_string())),
        value("reached", Value::instant(from.timestamp())),
    ];
    let key = Some(format!("{CASE}/open").into());
    engine.open(CaseId(CASE.into()), PROCESS, data, by(), key).await?;
    Ok(())
}

/// Everything before this moment is written.
///
/// # Errors
/// A fault of the store.
pub async fn reach(engine: &Engine, at: Moment) -> Result<(), Broken> {
    let data = vec![value("reached", Value::instant(at.timestamp()))];
    let event = Event { to: Target::Main, name: "reach".into(), data, reason: None };
    let key = Some(format!("{CASE}/{}", at.day()).into());
    engine.give(CaseId(CASE.into()), Input::Event(event), by(), key).await?;
    Ok(())
}
