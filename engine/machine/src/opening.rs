//! What a person who opens a case is asked for, and who may open one.

use crate::action::{Action, each_action};
use crate::chart::{Chart, Field, FormField};
use crate::definition::Definition;
use crate::event::Actor;
use crate::ids::{FieldIx, RoleIx};

impl Definition {
    /// Whether this actor may open a case, as far as the process says who may.
    pub fn opens_for(&self, by: &Actor) -> bool {
        let named = || self.find_role(&by.role).is_some_and(|role| self.is_opened_by(role));
        by.is_system() || self.opened_by.is_empty() || named()
    }

    /// Whether this role may open a case, as far as the process says who may.
    pub fn is_opened_by(&self, role: RoleIx) -> bool {
        self.opened_by.is_empty() || self.opened_by.contains(&role)
    }
}

impl Chart {
    /// Whether a person who opens a case may give this field: what is required; what the process says is
    /// asked; and, when it says nothing, what neither has a value nor gets one on the way.
    pub fn asks(&self, field: FieldIx) -> bool {
        let decl: &Field = &self.fields[field.at()];
        let open = || decl.default.is_none() && !self.fills(field);
        decl.required || decl.asked.unwrap_or_else(open)
    }

    /// Whether a form or an action gives this field its value after the start.
    fn fills(&self, field: FieldIx) -> bool {
        let asks = |line: &FormField| line.field == Some(field);
        let mut filled = self.events.iter().any(|event| event.form.iter().any(asks));
        for (_, actions) in self.action_lists() {
            each_action(actions, &mut |action| {
                filled |= matches!(action, Action::Set { field: set, .. } if *set == field);
            });
        }
        filled
    }
}
