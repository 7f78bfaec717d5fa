//! What is on record already: other cases answer, not the person who opens a case or sends an event.

use expr::value::Value;
use machine::chart::{Chart, EventDecl, Field, KnownFrom};
use machine::definition::Definition;
use machine::ids::{FieldIx, Name};
use ports::query::{CaseFilter, CaseLine, Page, Standing};

use super::Office;
use super::cannot::Cannot;

/// Open cases of one value looked at; nobody has so many of one kind.
const OPEN_MAX: u32 = 100;

impl Office {
    /// The fields a person who opens a case is asked for: not what another process in force knows.
    pub fn asked<'d>(&self, definition: &'d Definition) -> Vec<&'d Field> {
        let main = definition.main();
        let all = (0u16..).zip(&main.fields);
        let asked =
            |(at, field): &(u16, &Field)| main.asks(FieldIx(*at)) && !self.is_known(field.from.as_ref());
        all.filter(asked).map(|(_, field)| field).collect()
    }

    /// Whether another process in force here answers in place of a person.
    pub fn is_known(&self, from: Option<&KnownFrom>) -> bool {
        from.is_some_and(|from| self.engine.shelf().in_force(&from.process).is_some())
    }

    /// What other cases know when a case is opened with these data.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn known_at_opening(
        &self,
        main: &Chart,
        data: &[(Name, Value)],
    ) -> Result<Vec<(Name, Value)>, Cannot> {
        let mut known = Vec::new();
        for field in &main.fields {
            let Some(from) = field.from.as_ref().filter(|from| self.is_known(Some(from))) else { continue };
            // Without the key it is asked for first; a guess would hide that.
            let Some(key) = text_of(data, &from.key) else { continue };
            let there = self.is_in_one_of(from, key).await?;
            known.extend(told(&field.name, there.or(field.required.then_some(false))));
        }
        Ok(known)
    }

    /// What other cases know when an event is sent with these data by somebody of an organisation.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn known_of_event(
        &self,
        decl: &EventDecl,
        data: &[(Name, Value)],
        organisation: Option<&Name>,
    ) -> Result<Vec<(Name, Value)>, Cannot> {
        let mut known = Vec::new();
        for line in &decl.form {
            let Some(from) = line.from.as_ref().filter(|from| self.is_known(Some(from))) else { continue };
            let own = decl.form.iter().any(|other| other.own && other.name == from.key);
            let key = text_of(data, &from.key).or_else(|| organisation.filter(|_| own).cloned());
            let Some(key) = key else { continue };
            let there = self.is_in_one_of(from, key).await?;
            known.extend(told(&line.name, there.or(line.required.then_some(false))));
        }
        Ok(known)
    }

    /// Whether an open case of this value is in one of the states; nothing when there is no open case of it.
    async fn is_in_one_of(&self, from: &KnownFrom, key: Name) -> Result<Option<bool>, Cannot> {
        let filter = CaseFilter {
            process: Some(from.process.clone()),
            standing: Some(Standing::Running),
            correlate: Some(key),
            ..CaseFilter::default()
        };
        let open = self.engine.store().cases(filter, Page { after: None, limit: OPEN_MAX }).await?;
        let is_there = |line: &CaseLine| line.states.iter().any(|state| from.states.contains(state));
        Ok((!open.is_empty()).then(|| open.iter().any(is_there)))
    }
}

fn text_of(data: &[(Name, Value)], name: &Name) -> Option<Name> {
    data.iter().find(|(given, _)| given == name).and_then(|(_, value)| value.as_text()).map(Name::from)
}

fn told(name: &Name, there: Option<bool>) -> Option<(Name, Value)> {
    there.map(|there| (name.clone(), Value::Bool(there)))
}
