//! A demonstration: a clock that can be pushed forward, sample accounts, the letters that were sent.

use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::entry::entered;
use super::read::Filled;
use super::visitor::{Insider, Visitor};
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::caller::is_same_site;
use crate::words;

/// The farthest the clock goes at once.
const FORWARD_MAX: SignedDuration = SignedDuration::from_hours(24 * 400);

/// A letter that was written to disk in place of being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its key.
    pub key: String,
    /// Its case.
    pub case: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
}

/// What a demonstration can do that an office cannot.
pub trait Stage: Send + Sync {
    /// The accounts a click logs in to.
    fn samples(&self) -> Vec<String>;

    /// Pushes the clock forward; deadlines fire as if the time had passed.
    fn forward(&self, by: SignedDuration);

    /// The last letters, newest first.
    fn letters(&self, most: usize) -> Vec<Letter>;
}

/// The clock goes forward.
pub async fn forward(State(desk): State<Desk>, Insider { visitor, .. }: Insider, filled: Filled) -> Response {
    let Some(stage) = &desk.stage else { return visitor.problem(Problem::plain(words::UNKNOWN_PATH, "")) };
    let next = filled.text("next").unwrap_or_else(|| "/".into());
    let by = match filled.text("by").as_deref() {
        Some("PT1H") => Some(SignedDuration::from_hours(1)),
        Some("P1D") => Some(SignedDuration::from_hours(24)),
        Some("P7D") => Some(SignedDuration::from_hours(24 * 7)),
        Some(other) => other.parse::<SignedDuration>().ok(),
        None => None,
    };
    let by = by.filter(|by| *by > SignedDuration::ZERO && *by <= FORWARD_MAX);
    let done = match by {
        Some(by) => {
            stage.forward(by);
            Ok(())
        }
        None => Err(Problem::plain(words::BAD_VALUE, "by")),
    };
    visitor.back(&next, done)
}

/// A click on a sample account.
pub async fn log_in(
    State(desk): State<Desk>,
    visitor: Visitor,
    headers: axum::http::HeaderMap,
    filled: Filled,
) -> Response {
    let account = filled.text("account").unwrap_or_default();
    let sample = desk.stage.as_ref().is_some_and(|stage| stage.samples().contains(&account));
    if !sample || !is_same_site(&headers) {
        return visitor.problem(Problem::plain(words::FORBIDDEN, ""));
    }
    let identities = &desk.office.identities;
    let register = identities.register();
    let account = register.open_account(&account);
    let session = account.and_then(|account| identities.sessions.begin(account, desk.now_of_sessions()));
    match session {
        Some(session) => entered(&visitor, &session, &filled.text("next").unwrap_or_else(|| "/".into())),
        None => visitor.problem(Problem::plain(words::WRONG_LOGIN, "")),
    }
}
