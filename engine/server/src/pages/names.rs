//! What organisations and people are called on pages: the register's names for their codes.

use std::sync::Arc;

use expr::lang::Lang;

use crate::identity::register::Register;

/// The names of a register in a language.
pub struct Names {
    register: Arc<Register>,
    lang: Lang,
}

impl Names {
    /// The names of this register.
    pub fn new(register: Arc<Register>, lang: Lang) -> Names {
        Names { register, lang }
    }

    /// The name of an organisation, or else of an account.
    pub fn known(&self, code: &str) -> Option<String> {
        let organisation = self.register.organisations.get(code);
        let name = organisation.map(|words| self.lang.pick(&words.zh, &words.en).to_owned());
        let name = name.or_else(|| Some(self.register.accounts.get(code)?.name.to_string()));
        name.filter(|name| !name.is_empty())
    }

    /// The same, or the code where nobody knows.
    pub fn of(&self, code: &str) -> String {
        self.known(code).unwrap_or_else(|| code.to_owned())
    }

    /// The name with the code behind it, unless the name has it.
    pub fn with_code(&self, code: &str) -> String {
        match self.known(code).filter(|name| !name.contains(code)) {
            Some(name) => format!("{name} {code}"),
            None => self.of(code),
        }
    }
}
