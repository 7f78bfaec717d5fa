//! What a person may see and do: reads as plain views, acts as commands to the engine. Knows no HTTP.
//!
//! Every read goes through [`sight::Sight`], the one place that says who sees what.

pub mod act;
pub mod cannot;
pub mod cases;
pub mod definitions;
pub mod foreseen;
pub mod held;
pub mod history;
pub mod incidents;
mod known;
pub mod number;
pub mod outgoing;
pub mod picture;
pub mod reading;
pub mod sight;
pub mod tasks;
pub mod timers;
pub mod values;
pub mod view;
pub mod viewer;
pub mod why;

use std::sync::Arc;

use machine::ids::CaseId;
use runtime::engine::Engine;

use crate::identity::Identities;
use cannot::Cannot;
use held::Held;
use sight::Sight;
use viewer::Viewer;

/// The office: an engine, and who may use it. Cloning is cheap.
#[derive(Clone)]
pub struct Office {
    /// What works.
    pub engine: Engine,
    /// Who may.
    pub identities: Arc<Identities>,
}

impl Office {
    /// A case as it stands, whoever asks.
    ///
    /// # Errors
    /// There is none, or its definition cannot be had.
    pub async fn held(&self, case: &CaseId) -> Result<Held, Cannot> {
        let found = self.engine.store().load(vec![case.clone()]).await?.pop().flatten();
        let loaded = found.ok_or_else(|| Cannot::no_case(&case.0))?;
        self.with_definition(loaded).await
    }

    /// A case with what is needed to read it.
    ///
    /// # Errors
    /// Its definition cannot be had.
    pub async fn with_definition(&self, loaded: ports::query::Loaded) -> Result<Held, Cannot> {
        let shelf = self.engine.shelf();
        let definition = shelf.fetch(&**self.engine.store(), &loaded.case.definition).await?;
        let definition = definition.ok_or_else(|| Cannot::no_definition(&loaded.case.definition))?;
        let calendar = shelf.calendar(&definition.calendar);
        Ok(Held { loaded, definition, calendar })
    }

    /// A case as this viewer may see it. A case they may not see is as unknown as one that is not there.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn seen(&self, viewer: &Viewer, case: &CaseId) -> Result<Held, Cannot> {
        let held = self.held(case).await?;
        match Sight::of(viewer, &held) {
            Some(_) => Ok(held),
            None => Err(Cannot::no_case(&case.0)),
        }
    }

    /// Names for lines of lists: those asked for, in this order, that are there.
    ///
    /// # Errors
    /// The store misbehaves.
    pub(crate) async fn held_all(&self, ids: Vec<CaseId>) -> Result<Vec<Held>, Cannot> {
        let mut all = Vec::with_capacity(ids.len());
        for loaded in self.engine.store().load(ids).await?.into_iter().flatten() {
            // A definition that cannot be had does not hide the other cases.
            match self.with_definition(loaded).await {
                Ok(held) => all.push(held),
                Err(Cannot::Missing { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(all)
    }
}
