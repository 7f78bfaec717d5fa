//! Definitions by the hash of their content.

use ports::definitions::{DefinitionFilter, Deployed, Deployment, Kept};
use ports::fault::Fault;
use ports::query::PAGE_MAX;

use super::read::fault_of;
use super::rows::{Ask, Line};
use super::{Session, Tables, micros};
use crate::codec;

/// Keeps a definition.
pub async fn deploy<T: Tables>(tables: &T, deployment: Deployment) -> Result<Kept, Fault> {
    let definition = &deployment.definition;
    let mut ask = Ask::of(
        "INSERT INTO definitions
           (definition, process, version, body, names, deployed_by, deployed_at, reason) VALUES (",
    );
    ask.text(&definition.hash).say(", ").text(&definition.process).say(", ");
    ask.int(i64::from(definition.version)).say(", ").text(&deployment.text).say(", ");
    ask.text(&codec::names(definition)).say(", ").text(&deployment.by).say(", ");
    ask.int(micros(deployment.at)).say(", ").text(&deployment.reason);
    ask.say(") ON CONFLICT (definition) DO NOTHING RETURNING definition");
    let mut session = tables.begin().await?;
    let kept = if session.run(ask).await?.is_empty() { Kept::Same } else { Kept::New };
    session.commit().await.map_err(fault_of)?;
    Ok(kept)
}

/// Definitions, newest first.
pub async fn definitions<T: Tables>(tables: &T, filter: DefinitionFilter) -> Result<Vec<Deployed>, Fault> {
    let mut ask = Ask::of(
        "SELECT definition, process, version, body, names, deployed_by, deployed_at, reason
         FROM definitions WHERE version >= 0",
    );
    if let Some(hash) = &filter.hash {
        ask.say(" AND definition = ").text(hash);
    }
    if let Some(process) = &filter.process {
        ask.say(" AND process = ").text(process);
    }
    ask.say(" ORDER BY deployed_at DESC, definition LIMIT ").int(i64::from(PAGE_MAX));
    tables.ask(ask).await?.into_iter().map(deployed).collect()
}

fn deployed(mut line: Line) -> Result<Deployed, Fault> {
    Ok(Deployed {
        hash: line.name(0)?,
        process: line.name(1)?,
        version: line.count(2)?,
        text: line.string(3)?,
        names: line.string(4)?,
        by: line.name(5)?,
        at: line.at(6)?,
        reason: line.string(7)?,
    })
}
