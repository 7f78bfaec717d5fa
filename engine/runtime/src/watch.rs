//! Deadlines that are held: noted in a case of their own, let go by a person with a reason.

use expr::value::Value;
use machine::event::{Actor, Event, Input, Target};
use machine::ids::{CaseId, Name};

use crate::answer::{Answer, Trouble};
use crate::breaker::Held;
use crate::engine::Engine;
use crate::own;

/// The case in which it is noted.
pub const CASE: &str = "deadline-watch";
const PROCESS: &str = "deadline_watch";

/// Looks whether deadlines were held before this program started. To be asked before the clock's loop begins.
///
/// # Errors
/// [`Trouble`]
pub async fn look_back(engine: &Engine) -> Result<(), Trouble> {
    if is_holding(engine).await? == Some(true) {
        engine.office().deadlines.hold(Held::Before);
    }
    Ok(())
}

/// While deadlines are held: notes it once, then looks whether a person has let them go.
///
/// # Errors
/// [`Trouble`]
pub async fn run_once(engine: &Engine) -> Result<(), Trouble> {
    let Some(held) = engine.held() else { return Ok(()) };
    // A clock that went back is waited for.
    if let Held::Behind { by } = held {
        tracing::error!(%by, "the clock went back: deadlines wait until it has caught up");
        return Ok(());
    }
    match (engine.office().deadlines.noted(), is_holding(engine).await?) {
        (true, Some(false)) => engine.release_deadlines(),
        (true, _) => {}
        (false, Some(true)) => engine.office().deadlines.note(),
        (false, there) => {
            tracing::error!(?held, "deadlines are held until a person lets them go");
            if there.is_none() {
                open(engine).await?;
            }
            let why = ("why".into(), Value::text(words(held)));
            send(engine, "hold", vec![why], None, Actor::system("clock")).await?;
            engine.office().deadlines.note();
        }
    }
    Ok(())
}

/// A person lets the deadlines fire. The nodes see it within a second.
///
/// # Errors
/// [`Trouble`]; refused without a reason, or when nothing is held.
pub async fn release(engine: &Engine, reason: &str, by: Actor) -> Result<Answer, Trouble> {
    send(engine, "release", vec![], Some(reason.into()), by).await
}

fn words(held: Held) -> String {
    match held {
        Held::Jumped { by } => {
            format!("时钟比实际多走了 {by:#} / the clock went {by:#} further than time did")
        }
        Held::Flood { due, open } => {
            format!("{open} 件中有 {due} 件意外同时到期 / {due} of {open} fell due at once, unexpectedly")
        }
        Held::Behind { by } => format!("时钟倒退了 {by:#} / the clock went back by {by:#}"),
        Held::Before => "启动前已暂停 / held before the start".to_owned(),
    }
}

async fn is_holding(engine: &Engine) -> Result<Option<bool>, Trouble> {
    let Some(loaded) = own::load(engine, &CaseId(CASE.into())).await? else { return Ok(None) };
    let Some(definition) = engine.shelf().fetch(&**engine.store(), &loaded.case.definition).await? else {
        return Err(Trouble::UnknownProcess(PROCESS.into()));
    };
    let holding = definition.main().find_state("holding");
    Ok(Some(holding.is_some_and(|state| loaded.case.main().is_in(state))))
}

async fn open(engine: &Engine) -> Result<(), Trouble> {
    match engine.open(CaseId(CASE.into()), PROCESS, vec![], Actor::system("clock"), None).await {
        Ok(_) | Err(Trouble::CaseExists(_)) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

async fn send(
    engine: &Engine,
    name: &str,
    data: Vec<(Name, Value)>,
    reason: Option<Name>,
    by: Actor,
) -> Result<Answer, Trouble> {
    let event = Event { to: Target::Main, name: name.into(), data, reason };
    engine.give(CaseId(CASE.into()), Input::Event(event), by, None).await
}
