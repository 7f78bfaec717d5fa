//! Definitions by the hash of their content: who put them into force, when, why.

use std::sync::Arc;

use jiff::Timestamp;
use machine::definition::Definition;
use machine::ids::Name;

/// A definition to be kept.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What the text compiled to.
    pub definition: Arc<Definition>,
    /// The text.
    pub text: String,
    /// Who.
    pub by: Name,
    /// When.
    pub at: Timestamp,
    /// Why, in words.
    pub reason: String,
}

/// A definition that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// Hash of its content.
    pub hash: Name,
    /// Its process.
    pub process: Name,
    /// Its authors' number.
    pub version: u32,
    /// The text.
    pub text: String,
    /// The names behind the numbers in facts, as JSON: a reader of a history needs no compiler.
    pub names: String,
    /// Who.
    pub by: Name,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// What came of deploying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    New,
    /// The same content was there; nothing changed.
    Same,
}

/// Which definitions. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefinitionFilter {
    /// With this hash.
    pub hash: Option<Name>,
    /// Of this process.
    pub process: Option<Name>,
}
