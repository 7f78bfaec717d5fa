//! A letter: to whom, in which words. Written by a clerk, carried by a connector.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use expr::lang::Lang;
use machine::case::Case;
use machine::definition::Definition;
use machine::fact::{Addressee, What};
use ports::connector::{Delivery, Request};
use ports::outbox::EffectKey;
use sha2::{Digest, Sha256};

use crate::offer::{Ground, Office};
use crate::render::{Channel, Templates, Written};

/// On which side of the counter somebody stands: decides how they are addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// An applicant: 贵公司.
    Enterprise,
    /// A financial institution: 贵行.
    Bank,
    /// A government office or the platform's operator.
    Office,
}

/// Somebody who is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// How the letter addresses them: the unit's or person's name.
    pub name: String,
    /// Their mail address, if they gave one.
    pub mail: Option<String>,
    /// The language they chose.
    pub lang: Lang,
    /// How they are addressed.
    pub side: Side,
}

/// A letter, ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: Recipient,
    /// In which words.
    pub written: Written,
    /// The same for the same notice to the same recipient, for ever: 40 hexadecimal digits.
    pub id: String,
}

/// Why there is no letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLetter {
    /// Something was away; trying again may help.
    #[error("{0}")]
    NotNow(String),
    /// The template, the address book or the request is at fault; a person has to look.
    #[error("{0}")]
    Never(String),
}

impl NoLetter {
    /// What a connector answers.
    pub fn delivery(self) -> Delivery {
        match self {
            NoLetter::NotNow(problem) => Delivery::TryLater { after: None, problem, perhaps: false },
            NoLetter::Never(problem) => Delivery::GiveUp { problem },
        }
    }
}

/// Something that takes a while and may fail.
pub type Finding<'a, T> = Pin<Box<dyn Future<Output = Result<T, NoLetter>> + Send + 'a>>;

/// Writes the letters of a request. Connectors that carry letters ask it.
pub trait Clerk: Send + Sync {
    /// One letter for each recipient; the same at every attempt.
    fn letters<'a>(&'a self, request: &'a Request) -> Finding<'a, Vec<Letter>>;
}

/// Knows who is who.
pub trait Book: Send + Sync {
    /// Everyone a notice of this request goes to under this heading.
    fn find<'a>(&'a self, request: &'a Request, to: &'a Addressee) -> Finding<'a, Vec<Recipient>>;

    /// What a party's code (`icbc`, a unified social credit code) is called.
    fn called(&self, party: &str, lang: Lang) -> Option<String>;
}

/// Knows the cases as they stood.
pub trait Cases: Send + Sync {
    /// The definition, and the case as it stood after the entry that sent this request.
    fn stood<'a>(&'a self, request: &'a Request) -> Finding<'a, (Arc<Definition>, Case)>;
}

/// The clerk of the office: templates, the address book, the cases.
pub struct OfficeClerk {
    /// The words.
    pub templates: Templates,
    /// Who is who.
    pub book: Arc<dyn Book>,
    /// What was so.
    pub cases: Arc<dyn Cases>,
    /// Who writes.
    pub office: Office,
}

impl Clerk for OfficeClerk {
    fn letters<'a>(&'a self, request: &'a Request) -> Finding<'a, Vec<Letter>> {
        Box::pin(self.write_all(request))
    }
}

impl OfficeClerk {
    async fn write_all(&self, request: &Request) -> Result<Vec<Letter>, NoLetter> {
        let What::Notified { notice, to, .. } = &request.fact.what else {
            return Err(NoLetter::Never("this is not a notice: letters carry notices only".to_owned()));
        };
        let (definition, case) = self.cases.stood(request).await?;
        let mut people: Vec<Recipient> = Vec::new();
        for heading in to {
            for one in self.book.find(request, heading).await? {
                // Somebody with two parts in a case gets one letter.
                if !people.iter().any(|known| known.name == one.name && known.mail == one.mail) {
                    people.push(one);
                }
            }
        }
        if people.is_empty() {
            let whom: Vec<&str> = to.iter().map(heading).collect();
            return Err(NoLetter::Never(format!("nobody is known as {}", whom.join(", "))));
        }
        let called = |party: &str, lang| self.book.called(party, lang);
        let ground = Ground {
            definition: &definition,
            case: &case,
            fact: &request.fact,
            office: &self.office,
            called: &called,
        };
        people.into_iter().map(|to| self.write_one(request, notice, &ground, to)).collect()
    }

    fn write_one(
        &self,
        request: &Request,
        notice: &str,
        ground: &Ground<'_>,
        to: Recipient,
    ) -> Result<Letter, NoLetter> {
        let values = ground.values(&to, to.lang);
        let written = self.templates.write(notice, Channel::Mail, to.lang, &values, &self.office.own);
        let written = written.map_err(|fault| NoLetter::Never(fault.to_string()))?;
        Ok(Letter { id: letter_id(&request.key, &to), written, to })
    }
}

fn heading(to: &Addressee) -> &str {
    match to {
        Addressee::Role(name) | Addressee::Party(name) => name,
    }
}

/// The id of the letter of an effect to a recipient.
pub fn letter_id(key: &EffectKey, to: &Recipient) -> String {
    let mut hash = Sha256::new();
    for part in [key.to_string().as_str(), &to.name, to.mail.as_deref().unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}
