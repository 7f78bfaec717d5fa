//! Delivering something to the world.

use std::future::Future;
use std::pin::Pin;

use expr::value::Value;
use jiff::SignedDuration;
use machine::fact::Fact;
use machine::ids::Name;

use crate::outbox::EffectKey;

/// Something to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The same at every attempt: what the other side tells repetitions by.
    pub key: EffectKey,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The process the case runs.
    pub process: Name,
    /// What: a notice or a call.
    pub fact: Fact,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It arrived.
    Delivered {
        /// What the other side answered; null if nothing.
        answer: Value,
    },
    /// Not this time.
    TryLater {
        /// The other side asked for so much time.
        after: Option<SignedDuration>,
        /// What went wrong.
        problem: String,
        /// It may have arrived all the same: the reply was lost.
        perhaps: bool,
    },
    /// Never: the request itself is at fault.
    GiveUp {
        /// What went wrong.
        problem: String,
    },
}

/// The answer of a connector, when it comes.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Delivery> + Send + 'a>>;

/// A way to the outside: mail, webhooks, a folder.
pub trait Connector: Send + Sync {
    /// The name definitions call it by.
    fn name(&self) -> &str;

    /// Tries once. Repetitions carry the same key.
    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a>;
}
