//! The definitions and calendars at hand: compiled once, shared by all lanes.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use expr::time::calendar::Calendar;
use language::process::Schedule;
use language::{Compiled, Sources};
use machine::definition::Definition;
use machine::ids::Name;
use ports::definitions::DefinitionFilter;
use ports::fault::Fault;
use ports::store::Store;

/// Definitions by the hash of their content, the one in force for each process, and the calendars.
#[derive(Debug)]
pub struct Shelf {
    held: RwLock<Held>,
}

#[derive(Debug, Default)]
struct Held {
    by_hash: BTreeMap<Name, Arc<Definition>>,
    in_force: BTreeMap<Name, Arc<Definition>>,
    calendars: BTreeMap<Name, Calendar>,
    schedules: BTreeMap<Name, Arc<[Schedule]>>,
}

impl Default for Shelf {
    /// A shelf with the engine's own processes.
    fn default() -> Self {
        let shelf = Shelf { held: RwLock::default() };
        crate::own::definitions().into_iter().for_each(|definition| shelf.put(definition));
        shelf
    }
}

impl Shelf {
    /// Puts a definition on the shelf; new cases of its process use it from now on.
    pub fn put(&self, definition: Arc<Definition>) {
        let mut held = self.write();
        held.by_hash.insert(definition.hash.clone(), definition.clone());
        held.in_force.insert(definition.process.clone(), definition);
    }

    /// Puts on the shelf what a text compiled to: the definition, and what it does by the calendar.
    pub fn put_compiled(&self, compiled: &Compiled) {
        let Some(definition) = &compiled.definition else { return };
        self.put(definition.clone());
        self.write().schedules.insert(definition.process.clone(), compiled.map.schedules.clone().into());
    }

    /// What processes in force do by the calendar.
    pub fn schedules(&self) -> Vec<(Name, Arc<[Schedule]>)> {
        self.read().schedules.iter().map(|(process, all)| (process.clone(), all.clone())).collect()
    }

    /// Puts a definition on the shelf for cases under way only.
    pub fn keep(&self, definition: Arc<Definition>) {
        self.write().by_hash.insert(definition.hash.clone(), definition);
    }

    /// Puts a calendar on the shelf under the name definitions call it by.
    pub fn put_calendar(&self, calendar: Calendar) {
        self.write().calendars.insert(calendar.name().into(), calendar);
    }

    /// The definition of this hash, read from the store and compiled when it is not on the shelf. `None`: the
    /// store has none, or this program does not compile it to the same content.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn fetch(&self, store: &dyn Store, hash: &Name) -> Result<Option<Arc<Definition>>, Fault> {
        if let Some(held) = self.by_hash(hash) {
            return Ok(Some(held));
        }
        let filter = DefinitionFilter { hash: Some(hash.clone()), process: None };
        let Some(kept) = store.definitions(filter).await?.into_iter().next() else { return Ok(None) };
        let compiled = language::compile(&mut Sources::new(), &kept.process, kept.text.as_bytes());
        let definition = compiled.definition.filter(|definition| definition.hash == *hash);
        match &definition {
            Some(definition) => self.keep(definition.clone()),
            None => tracing::error!(%hash, process = %kept.process, "a kept definition does not compile"),
        }
        Ok(definition)
    }

    /// The definition of this hash.
    pub fn by_hash(&self, hash: &str) -> Option<Arc<Definition>> {
        self.read().by_hash.get(hash).cloned()
    }

    /// The definition that new cases of a process use.
    pub fn in_force(&self, process: &str) -> Option<Arc<Definition>> {
        self.read().in_force.get(process).cloned()
    }

    /// Every definition in force, by process.
    pub fn all_in_force(&self) -> Vec<Arc<Definition>> {
        self.read().in_force.values().cloned().collect()
    }

    /// The calendars at hand.
    pub fn calendars(&self) -> Vec<Calendar> {
        self.read().calendars.values().cloned().collect()
    }

    /// The calendar of this name; weekends only when it is not there.
    pub fn calendar(&self, name: &str) -> Calendar {
        self.read().calendars.get(name).cloned().unwrap_or_else(Calendar::weekends_only)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Held> {
        // A poisoned lock only means that another thread panicked: the maps are whole between statements.
        self.held.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
