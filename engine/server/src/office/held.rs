//! A case with what is needed to read it: its definition and calendar.

use std::sync::Arc;

use expr::time::calendar::Calendar;
use expr::value::Value;
use jiff::Timestamp;
use machine::case::{Case, Run, Task};
use machine::chart::{Chart, PartyOf};
use machine::definition::Definition;
use machine::ids::{Name, RoleIx, RunIx};
use ports::query::Loaded;
use simulate::json::{self, Numbers};

use super::view::{RoleView, StateView, Title};

/// A case that is being read.
pub struct Held {
    /// The case, where its history stands, whether it goes on.
    pub loaded: Loaded,
    /// Its rules.
    pub definition: Arc<Definition>,
    /// What its days are counted by.
    pub calendar: Calendar,
}

impl Held {
    /// The case.
    pub fn case(&self) -> &Case {
        &self.loaded.case
    }

    /// The chart of a run.
    pub fn chart(&self, run: &Run) -> &Chart {
        self.definition.chart(run.chart)
    }

    /// The name of a run: empty for the main one, `claims.B1` for a child.
    pub fn run_name(&self, run: &Run) -> String {
        simulate::told::run_name(&self.definition, run)
    }

    /// An instant in the calendar's zone.
    pub fn instant(&self, at: Timestamp) -> String {
        json::instant(at, self.calendar.zone())
    }

    /// A value as JSON: numbers as texts, exact.
    pub fn value(&self, value: &Value) -> serde_json::Value {
        json::value(value, Numbers::Texts, self.calendar.zone())
    }

    /// The innermost states of a run.
    pub fn states(&self, run: &Run) -> Vec<StateView> {
        let chart = self.chart(run);
        let inner = run.active.iter().filter(|s| !run.active.iter().any(|o| chart.is_descendant(*o, **s)));
        inner
            .map(|s| chart.state(*s))
            .map(|state| StateView {
                name: state.name.to_string(),
                title: Title::of(&state.title, &state.name),
            })
            .collect()
    }

    /// A role.
    pub fn role(&self, role: RoleIx) -> RoleView {
        let role = &self.definition.roles[role.at()];
        RoleView { name: role.name.to_string(), title: Title::of(&role.title, &role.name) }
    }

    /// A role by its name.
    pub fn role_named(&self, name: &str) -> RoleView {
        match self.definition.find_role(name) {
            Some(role) => self.role(role),
            None => RoleView { name: name.to_owned(), title: Title::plain(name) },
        }
    }

    /// An open task with its run.
    pub fn task(&self, number: u32) -> Option<(RunIx, &Task)> {
        self.case().each_run().find_map(|(ix, run)| run.task(number).map(|task| (ix, task)))
    }

    /// Where a run keeps the organisation that a role acts for: the run's own rule, else the main process's.
    pub fn party_of(&self, run: &Run, role: RoleIx) -> Option<PartyOf> {
        let own = self.chart(run).parties.iter().find(|p| p.role == role).map(|p| p.of);
        own.or_else(|| {
            let main = self.definition.main().parties.iter().find(|p| p.role == role)?;
            match main.of {
                PartyOf::Field(field) => Some(PartyOf::Case(field)),
                of => Some(of),
            }
        })
    }

    /// The organisation itself.
    pub fn party(&self, run: &Run, of: PartyOf) -> Option<Name> {
        let value = match of {
            PartyOf::Key => &run.key,
            PartyOf::Field(field) => &run.data[field.at()],
            PartyOf::Case(field) => &self.case().main().data[field.at()],
        };
        value.as_text().map(Name::from)
    }

    /// Every organisation a run belongs to.
    pub fn parties(&self, run: &Run) -> Vec<Name> {
        let own = self.chart(run).parties.iter();
        own.filter_map(|party| self.party(run, party.of)).collect()
    }
}
