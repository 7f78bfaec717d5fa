//! The definitions and calendars at hand: compiled once, shared by all lanes.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use expr::time::calendar::Calendar;
use machine::definition::Definition;
use machine::ids::Name;

/// Definitions by the hash of their content, the one in force for each process, and the calendars.
#[derive(Debug, Default)]
pub struct Shelf {
    held: RwLock<Held>,
}

#[derive(Debug, Default)]
struct Held {
    by_hash: BTreeMap<Name, Arc<Definition>>,
    in_force: BTreeMap<Name, Arc<Definition>>,
    calendars: BTreeMap<Name, Calendar>,
}

impl Shelf {
    /// Puts a definition on the shelf; new cases of its process use it from now on.
    pub fn put(&self, definition: Arc<Definition>) {
        let mut held = self.write();
        held.by_hash.insert(definition.hash.clone(), definition.clone());
        held.in_force.insert(definition.process.clone(), definition);
    }

    /// Puts a definition on the shelf for cases under way only.
    pub fn keep(&self, definition: Arc<Definition>) {
        self.write().by_hash.insert(definition.hash.clone(), definition);
    }

    /// Puts a calendar on the shelf under the name definitions call it by.
    pub fn put_calendar(&self, calendar: Calendar) {
        self.write().calendars.insert(calendar.name().into(), calendar);
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
