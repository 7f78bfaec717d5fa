//! `accounts.yaml`: organisations, how much roles see, accounts, tokens.

use std::collections::BTreeMap;

use jiff::civil::Date;
use language::tree::Node;
use language::{Report, Sources, keys};
use machine::ids::{Bilingual, Name};

use super::secret;
use super::shape::ACCOUNTS;

/// How much a role sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sees {
    /// What concerns the own organisation.
    Own,
    /// Everything.
    All,
}

/// Somebody who may use the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it is called in histories.
    pub id: Name,
    /// The person's name.
    pub name: Name,
    /// The organisation's code.
    pub organisation: Option<Name>,
    /// In the order written.
    pub roles: Vec<Name>,
    /// Mail address.
    pub mail: Option<Name>,
    /// Letters are in English.
    pub english: bool,
    /// Argon2 digest.
    pub password: Option<Name>,
    /// Out of use.
    pub closed: bool,
}

/// A token of a program. Only its digest is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub account: Name,
    /// SHA-256 of its secret part.
    pub hash: [u8; 32],
    /// Last day it is valid.
    pub until: Option<Date>,
}

/// Everything in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// By code.
    pub organisations: BTreeMap<Name, Bilingual>,
    /// By role.
    pub roles: BTreeMap<Name, Sees>,
    /// By id.
    pub accounts: BTreeMap<Name, Account>,
    /// By id.
    pub tokens: BTreeMap<Name, Token>,
}

/// A file that cannot be used: everything found, with the places.
#[derive(Debug)]
pub struct Unusable {
    /// What was found.
    pub report: Report,
    /// In which text.
    pub sources: Sources,
}

impl Register {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn read(name: &str, text: &[u8]) -> Result<Register, Box<Unusable>> {
        let mut sources = Sources::new();
        let reading = language::read(&mut sources, name, text);
        let mut report = reading.report;
        let Some(tree) = reading.tree else { return Err(Box::new(Unusable { report, sources })) };
        report.append(keys::check_tree(&tree, &ACCOUNTS));
        if report.has_errors() {
            return Err(Box::new(Unusable { report, sources }));
        }
        Ok(Register {
            organisations: entries(&tree.root, "organisations").map(|(k, n)| (k, title(n))).collect(),
            roles: entries(&tree.root, "roles").map(|(role, node)| (role, sees(node))).collect(),
            accounts: entries(&tree.root, "accounts").map(|(id, n)| (id.clone(), account(id, n))).collect(),
            tokens: entries(&tree.root, "tokens").filter_map(|(id, n)| Some((id, token(n)?))).collect(),
        })
    }

    /// How much somebody with these roles sees: as much as the one that sees most.
    pub fn sees(&self, roles: &[Name]) -> Sees {
        roles.iter().filter_map(|role| self.roles.get(role)).max().copied().unwrap_or(Sees::Own)
    }

    /// An account that may be used.
    pub fn open_account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id).filter(|account| !account.closed)
    }
}

fn entries<'t>(root: &'t Node, key: &str) -> impl Iterator<Item = (Name, &'t Node)> {
    let map = root.get(key).and_then(Node::as_map).unwrap_or_default();
    map.iter().map(|(key, node)| (Name::from(key.text.as_str()), node))
}

fn text(node: &Node, key: &str) -> Option<Name> {
    node.get(key)?.as_text().map(Name::from)
}

fn title(node: &Node) -> Bilingual {
    match node.as_text() {
        Some(both) => Bilingual::new(both, both),
        None => {
            let zh = text(node, "zh").unwrap_or_default();
            let en = text(node, "en").unwrap_or_else(|| zh.clone());
            Bilingual { zh, en }
        }
    }
}

fn sees(node: &Node) -> Sees {
    if text(node, "sees").as_deref() == Some("all") { Sees::All } else { Sees::Own }
}

fn account(id: Name, node: &Node) -> Account {
    let roles = node.get("roles").and_then(Node::as_seq).unwrap_or_default();
    Account {
        name: text(node, "name").unwrap_or_else(|| id.clone()),
        id,
        organisation: text(node, "organisation"),
        roles: roles.iter().filter_map(|role| role.as_text().map(Name::from)).collect(),
        mail: text(node, "mail"),
        english: text(node, "lang").as_deref() == Some("en"),
        password: text(node, "password"),
        closed: text(node, "closed").as_deref() == Some("true"),
    }
}

fn token(node: &Node) -> Option<Token> {
    Some(Token {
        account: text(node, "account")?,
        hash: secret::from_hex(&text(node, "hash")?)?,
        until: text(node, "until").and_then(|day| day.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
organisations:
  B1: { zh: 甲银行, en: Bank A }
roles:
  auditor: { sees: all }
accounts:
  wu: { name: 吴, organisation: B1, roles: [bank_clerk] }
  gu: { roles: [auditor, bank_clerk] }
  old: { roles: [auditor], closed: true }
";

    #[test]
    fn a_role_that_is_not_named_sees_its_own_only_and_the_widest_role_counts() {
        let register = Register::read("accounts.yaml", FILE.as_bytes()).unwrap();
        let sees = |id: &str| register.sees(&register.accounts[id].roles);
        assert_eq!((sees("wu"), sees("gu")), (Sees::Own, Sees::All));
        assert_eq!(&*register.organisations["B1"].zh, "甲银行");
        assert!(register.open_account("old").is_none() && register.open_account("wu").is_some());
    }

    #[test]
    fn a_misspelt_key_is_an_error_and_nothing_of_the_file_counts() {
        let wrong = FILE.replace("organisation: B1", "organization: B1");
        let unusable = Register::read("accounts.yaml", wrong.as_bytes()).unwrap_err();
        assert!(unusable.report.has_errors());
    }
}
