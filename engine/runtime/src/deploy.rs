//! Definitions as versions: put into force by a text, kept by the hash of their content, taken up by all nodes.
//!
//! Cases under way keep the definition they started with; new cases use the one deployed last.

use std::collections::BTreeSet;
use std::sync::Arc;

use language::{Compiled, Report, Sources};
use machine::definition::Definition;
use machine::ids::Name;
use ports::definitions::{DefinitionFilter, Deployment, Kept};
use ports::fault::Fault;

use crate::engine::Engine;
use crate::own;

/// Why a text was not put into force.
#[derive(Debug)]
pub enum NotDeployed {
    /// It does not compile: everything found in it.
    Findings(Box<(Report, Sources)>),
    /// The store misbehaves.
    Fault(Fault),
}

impl From<Fault> for NotDeployed {
    fn from(fault: Fault) -> NotDeployed {
        NotDeployed::Fault(fault)
    }
}

/// Puts a text into force. The same content again changes nothing.
///
/// # Errors
/// [`NotDeployed`]
pub async fn deploy(
    engine: &Engine,
    file: &str,
    text: &str,
    by: &str,
    reason: &str,
) -> Result<(Arc<Definition>, Kept), NotDeployed> {
    let mut sources = Sources::new();
    let compiled = language::compile(&mut sources, file, text.as_bytes());
    let Some(definition) = compiled.definition.clone() else {
        return Err(NotDeployed::Findings(Box::new((compiled.report, sources))));
    };
    let kept = keep(engine, &compiled, text, by, reason).await?;
    engine.shelf().put_compiled(&compiled);
    Ok((definition, kept.unwrap_or(Kept::Same)))
}

async fn keep(
    engine: &Engine,
    compiled: &Compiled,
    text: &str,
    by: &str,
    reason: &str,
) -> Result<Option<Kept>, Fault> {
    let Some(definition) = compiled.definition.clone() else { return Ok(None) };
    let deployment =
        Deployment { definition, text: text.into(), by: by.into(), at: engine.now(), reason: reason.into() };
    engine.store().deploy(deployment).await.map(Some)
}

/// Keeps the engine's own processes in the store. To be called at the start.
///
/// # Errors
/// A fault of the store.
pub async fn keep_own(engine: &Engine) -> Result<(), Fault> {
    for (name, text) in own::texts() {
        let compiled = language::compile(&mut Sources::new(), name, text.as_bytes());
        keep(engine, &compiled, text, "system:charter", "part of the program").await?;
    }
    Ok(())
}

/// Takes up what the store has in force: at the start, and now and then because other nodes deploy, too. Gives
/// the processes that do not compile here.
///
/// # Errors
/// A fault of the store.
pub async fn take_up(engine: &Engine) -> Result<Vec<Name>, Fault> {
    let kept = engine.store().definitions(DefinitionFilter::default()).await?;
    let mut seen = BTreeSet::new();
    let mut unfit = Vec::new();
    for version in kept {
        // Newest first: only the first of each process is in force.
        if !seen.insert(version.process.clone()) {
            continue;
        }
        if engine.shelf().in_force(&version.process).is_some_and(|held| held.hash == version.hash) {
            continue;
        }
        let compiled = language::compile(&mut Sources::new(), &version.process, version.text.as_bytes());
        match &compiled.definition {
            Some(definition) if definition.hash == version.hash => engine.shelf().put_compiled(&compiled),
            _ => unfit.push(version.process),
        }
    }
    Ok(unfit)
}
