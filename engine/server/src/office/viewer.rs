//! Who is looking, and in which roles they may act.

use machine::event::Actor;
use machine::ids::Name;

use crate::identity::register::Sees;

/// Somebody known to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub person: Name,
    /// The person's name.
    pub name: Name,
    /// The organisation's code.
    pub organisation: Option<Name>,
    /// In the order of the register.
    pub roles: Vec<Name>,
    /// How much they see.
    pub sees: Sees,
}

impl Viewer {
    /// Whether they see everything.
    pub fn sees_all(&self) -> bool {
        self.sees == Sees::All
    }

    /// Whether they have this role.
    pub fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|own| &**own == role)
    }

    /// Whether this organisation is theirs.
    pub fn is_of(&self, organisation: &str) -> bool {
        self.organisation.as_deref() == Some(organisation)
    }

    /// This person in a role.
    pub fn acting(&self, role: &Name) -> Actor {
        Actor {
            id: self.person.clone(),
            organisation: self.organisation.clone(),
            role: role.clone(),
            on_behalf_of: None,
        }
    }
}
