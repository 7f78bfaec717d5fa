//! Letters of the demonstration: written by the office's clerk as they would be sent, laid into a folder, and the last
//! ones shown.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use connectors::folder::Folder;
use connectors::letter::Clerk;
use connectors::mail::Sender;
use machine::fact::What;
use ports::connector::{Connector, Delivering, Delivery, Request};
use server::pages::stage::Letter;

/// How many are shown.
const SHOWN: usize = 500;
/// Whose letters they are.
const FROM: &str = "charter@localhost";

/// Takes the notices of the engine.
pub struct Letters {
    clerk: Arc<dyn Clerk>,
    folder: Folder,
    last: Mutex<VecDeque<Letter>>,
}

impl Letters {
    /// Letters of this clerk, into this folder; none when the sender cannot be written.
    pub fn new(clerk: Arc<dyn Clerk>, folder: PathBuf) -> Option<Letters> {
        let sender = Sender::read(FROM, None).ok()?;
        let folder = Folder::new("notices", folder, sender, Some(clerk.clone()));
        Some(Letters { clerk, folder, last: Mutex::default() })
    }

    /// The last ones, newest first.
    pub fn last(&self, most: usize) -> Vec<Letter> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().rev().take(most).cloned().collect()
    }

    /// Keeps what was written of a request.
    async fn keep(&self, request: &Request) {
        let Ok(letters) = self.clerk.letters(request).await else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        for letter in letters {
            last.push_back(Letter {
                key: request.key.to_string(),
                case: request.key.case.to_string(),
                to: letter.to.name,
                subject: letter.written.subject,
                text: letter.written.text,
                at: request.fact.at,
            });
            if last.len() > SHOWN {
                last.pop_front();
            }
        }
    }
}

impl Connector for Letters {
    fn name(&self) -> &str {
        "notices"
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(async move {
            let delivery = self.folder.deliver(request).await;
            if matches!(delivery, Delivery::Delivered { .. })
                && matches!(request.fact.what, What::Notified { .. })
            {
                self.keep(request).await;
            }
            delivery
        })
    }
}
