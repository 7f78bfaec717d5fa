//! Processes of the engine's own: what it notes for people is a case like any other, with facts and reasons.

use std::sync::Arc;

use language::{Sources, compile};
use machine::definition::Definition;
use machine::ids::CaseId;
use ports::query::Loaded;

use crate::answer::Trouble;
use crate::engine::Engine;

/// The texts, by process.
const TEXTS: [(&str, &str); 3] = [
    ("credit_ledger", include_str!("credit_ledger.yaml")),
    ("deadline_watch", include_str!("deadline_watch.yaml")),
    ("schedule_ledger", include_str!("schedule_ledger.yaml")),
];

/// The definitions of the engine's own processes.
pub fn definitions() -> Vec<Arc<Definition>> {
    TEXTS
        .iter()
        .filter_map(|(name, text)| {
            let compiled = compile(&mut Sources::new(), name, text.as_bytes());
            debug_assert!(compiled.definition.is_some(), "{name}: {:?}", compiled.report);
            compiled.definition
        })
        .collect()
}

/// The texts of the engine's own processes, to be kept by the store like all others.
pub fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXTS.iter().copied()
}

/// Whether a process is one of the engine's own.
pub fn is_own(process: &str) -> bool {
    TEXTS.iter().any(|(own, _)| *own == process)
}

/// A case of the engine's own, if it is there.
pub(crate) async fn load(engine: &Engine, case: &CaseId) -> Result<Option<Loaded>, Trouble> {
    let mut found = engine.store().load(vec![case.clone()]).await?;
    Ok(found.pop().flatten())
}
