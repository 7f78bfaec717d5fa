//! What is on record already when a case is opened: other cases answer, not the person who opens it.

use expr::value::Value;
use machine::chart::{Chart, Field, KnownFrom};
use machine::definition::Definition;
use machine::ids::{FieldIx, Name};
use ports::query::{CaseFilter, Page, Standing};

use super::Office;
use super::cannot::Cannot;

impl Office {
    /// The fields a person who opens a case is asked for: not what another process in force knows.
    pub fn asked<'d>(&self, definition: &'d Definition) -> Vec<&'d Field> {
        let main = definition.main();
        let all = (0u16..).zip(&main.fields);
        all.filter(|(at, field)| main.asks(FieldIx(*at)) && self.source(field).is_none())
            .map(|(_, f)| f)
            .collect()
    }

    /// Looks up what other cases know and adds it to what was given.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn look_up(&self, main: &Chart, data: &mut Vec<(Name, Value)>) -> Result<(), Cannot> {
        for field in &main.fields {
            let Some(from) = self.source(field) else { continue };
            let key = &main.fields[from.key.at()].name;
            let key = data.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_text());
            // Without the key it is asked for first; a guess would hide that.
            let Some(key) = key.map(Name::from) else { continue };
            let known = self.is_in_one_of(from, key).await?;
            data.push((field.name.clone(), Value::Bool(known)));
        }
        Ok(())
    }

    /// Where a field is known from, if that process is in force here.
    fn source<'d>(&self, field: &'d Field) -> Option<&'d KnownFrom> {
        let from = field.from.as_ref()?;
        self.engine.shelf().in_force(&from.process).map(|_| from)
    }

    async fn is_in_one_of(&self, from: &KnownFrom, key: Name) -> Result<bool, Cannot> {
        for state in &from.states {
            let filter = CaseFilter {
                process: Some(from.process.clone()),
                standing: Some(Standing::Running),
                correlate: Some(key.clone()),
                state: Some(state.clone()),
                ..CaseFilter::default()
            };
            if !self.engine.store().cases(filter, Page { after: None, limit: 1 }).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
