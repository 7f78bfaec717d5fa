//! Definitions: which there are, their texts, putting one into force.

use machine::definition::Definition;
use machine::ids::Name;
use ports::definitions::{DefinitionFilter, Deployed, Kept};
use runtime::deploy::{self, NotDeployed};

use super::Office;
use super::cannot::Cannot;
use super::cases::form_field;
use super::view::{DefinitionPage, DefinitionView, FormFieldView, RoleView, Title};
use super::viewer::Viewer;
use crate::words;

/// Who may put definitions into force.
const DEPLOYERS: [&str; 2] = ["administrator", "policy_author"];

impl Office {
    /// Definitions, newest first; of one process, or of all.
    ///
    /// # Errors
    /// [`Cannot`]
    pub async fn definitions(&self, process: Option<&str>) -> Result<DefinitionPage, Cannot> {
        let filter = DefinitionFilter { process: process.map(Name::from), hash: None };
        let kept = self.engine.store().definitions(filter).await?;
        let mut definitions = Vec::with_capacity(kept.len());
        for version in kept {
            if let Some(view) = self.definition_view(&version).await? {
                definitions.push(view);
            }
        }
        Ok(DefinitionPage { definitions })
    }

    /// A definition by its process (the one in force) or by its hash.
    ///
    /// # Errors
    /// There is none.
    pub async fn kept(&self, name: &str) -> Result<Deployed, Cannot> {
        let store = self.engine.store();
        let by_hash = DefinitionFilter { hash: Some(name.into()), process: None };
        let by_process = DefinitionFilter { hash: None, process: Some(name.into()) };
        let mut found = store.definitions(by_hash).await?;
        if found.is_empty() {
            found = store.definitions(by_process).await?;
        }
        found.into_iter().next().ok_or_else(|| Cannot::no_definition(name))
    }

    /// A definition by its process or hash, as it is shown.
    ///
    /// # Errors
    /// There is none.
    pub async fn definition(&self, name: &str) -> Result<DefinitionView, Cannot> {
        let kept = self.kept(name).await?;
        self.definition_view(&kept).await?.ok_or_else(|| Cannot::no_definition(name))
    }

    /// A definition by its process or hash, compiled.
    ///
    /// # Errors
    /// There is none.
    pub async fn compiled(&self, name: &str) -> Result<std::sync::Arc<Definition>, Cannot> {
        let kept = self.kept(name).await?;
        let found = self.engine.shelf().fetch(&**self.engine.store(), &kept.hash).await?;
        found.ok_or_else(|| Cannot::no_definition(name))
    }

    /// Puts a text into force; says whether it was new.
    ///
    /// # Errors
    /// [`Cannot`]: everything found in the text.
    pub async fn deploy(
        &self,
        viewer: &Viewer,
        text: &str,
        reason: &str,
    ) -> Result<(DefinitionView, bool), Cannot> {
        if !DEPLOYERS.iter().any(|role| viewer.has(role)) {
            return Err(Cannot::forbidden(
                "只有 administrator 或 policy_author 可以发布流程",
                "only an administrator or policy_author may put a process into force",
            ));
        }
        if reason.trim().is_empty() {
            return Err(Cannot::wrong(
                words::REASON_MISSING,
                "请写明发布理由",
                "say why it is put into force",
            ));
        }
        let done = deploy::deploy(&self.engine, "workflow.yaml", text, &viewer.person, reason).await;
        let (definition, kept) = done.map_err(|not| match not {
            NotDeployed::Fault(fault) => Cannot::from(fault),
            NotDeployed::Findings(found) => {
                let (report, sources) = *found;
                let one = |found| language::render::json::finding(found, &sources);
                Cannot::Findings(report.iter().map(one).collect())
            }
        })?;
        Ok((self.definition(&definition.hash).await?, kept == Kept::New))
    }

    async fn definition_view(&self, kept: &Deployed) -> Result<Option<DefinitionView>, Cannot> {
        let shelf = self.engine.shelf();
        let Some(definition) = shelf.fetch(&**self.engine.store(), &kept.hash).await? else {
            return Ok(None);
        };
        let in_force = shelf.in_force(&kept.process).is_some_and(|held| held.hash == kept.hash);
        let asked = self.asked(&definition);
        let asked = asked.into_iter().map(|f| {
            form_field((&definition, machine::ids::ChartIx::MAIN), &f.name, &f.title, &f.ty, f.required)
        });
        Ok(Some(view(&definition, kept, in_force, asked.collect())))
    }
}

fn view(
    definition: &Definition,
    kept: &Deployed,
    in_force: bool,
    opening: Vec<FormFieldView>,
) -> DefinitionView {
    let text = |name: &Option<Name>| name.as_ref().map(|name| name.to_string());
    DefinitionView {
        process: kept.process.to_string(),
        title: Title::of(&definition.title, &kept.process),
        version: kept.version,
        hash: kept.hash.to_string(),
        in_force,
        by: kept.by.to_string(),
        at: kept.at.to_string(),
        reason: kept.reason.clone(),
        basis: text(&definition.basis),
        owner: text(&definition.owner),
        opening,
        roles: definition
            .roles
            .iter()
            .map(|role| RoleView { name: role.name.to_string(), title: Title::of(&role.title, &role.name) })
            .collect(),
    }
}
