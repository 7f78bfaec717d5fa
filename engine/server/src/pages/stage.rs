//! A demonstration: a clock that can be pushed forward, sample accounts, the letters that were sent.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use expr::time::calendar::Calendar;
use expr::time::deadline::due;
use expr::time::period::Period;
use jiff::{SignedDuration, Timestamp};
use language::words::Words;
use serde::{Deserialize, Serialize};

use super::entry::entered;
use super::read::Filled;
use super::visitor::{Insider, Visitor};
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::body::Body;
use crate::wire::caller::{Caller, is_same_site};
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

/// An account a click logs in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleAccount {
    /// The account.
    pub account: String,
    /// What to do with it.
    pub hint: Words,
}

/// What a demonstration can do that an office cannot.
pub trait Stage: Send + Sync {
    /// The accounts a click logs in to.
    fn samples(&self) -> Vec<SampleAccount>;

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

/// How far the clock is to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// `3d`, `12h`, `5 working days`.
    by: String,
}

/// What the clock shows, in the office's zone.
#[derive(Debug, Serialize)]
pub struct Shown {
    now: String,
}

/// `POST /v1/demo/clock`: the same for programs.
pub async fn push(
    State(desk): State<Desk>,
    Caller { .. }: Caller,
    Body(wanted): Body<Forward>,
) -> Result<Json<Shown>, Problem> {
    let stage = desk.stage.as_ref().ok_or_else(|| Problem::plain(words::UNKNOWN_PATH, ""))?;
    let engine = &desk.office.engine;
    let calendar = engine.shelf().calendar("cn");
    let by = length(&wanted.by, engine.now(), &calendar);
    let by = by.filter(|by| *by > SignedDuration::ZERO && *by <= FORWARD_MAX);
    stage.forward(by.ok_or_else(|| Problem::plain(words::BAD_VALUE, "by: 3d, 12h, 5 working days"))?);
    let now = calendar.zone().to_datetime(engine.now()).strftime("%Y-%m-%d %H:%M:%S");
    Ok(Json(Shown { now: now.to_string() }))
}

/// How long a text means from an instant on: `3d` and `12h` to the second, anything else as a period of the calendar.
pub fn length(text: &str, now: Timestamp, calendar: &Calendar) -> Option<SignedDuration> {
    let text = text.trim();
    let count = |unit: &str| text.strip_suffix(unit)?.trim().parse::<i64>().ok();
    let hours = count("h").or(count("d").and_then(|days| days.checked_mul(24)));
    let hours = hours.or(count("w").and_then(|weeks| weeks.checked_mul(24 * 7)));
    if let Some(hours) = hours {
        return Some(SignedDuration::from_hours(hours.clamp(0, 24 * 36_500)));
    }
    let period: Period = text.parse().ok()?;
    Some(due(now, &period, calendar).ok()?.at.duration_since(now))
}

/// A click on a sample account.
pub async fn log_in(
    State(desk): State<Desk>,
    visitor: Visitor,
    headers: axum::http::HeaderMap,
    filled: Filled,
) -> Response {
    let account = filled.text("account").unwrap_or_default();
    let sample = desk
        .stage
        .as_ref()
        .is_some_and(|stage| stage.samples().iter().any(|sample| sample.account == account));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_by_hours_days_and_periods() {
        let calendar = Calendar::weekends_only();
        let now: Timestamp = "2026-09-28T01:00:00Z".parse().unwrap_or_default();
        let hours = |text: &str| length(text, now, &calendar).map(|by| by.as_hours());
        let table = [("3d", Some(72)), ("12h", Some(12)), ("2w", Some(336)), ("soon", None), ("d", None)];
        for (text, wanted) in table {
            assert_eq!(hours(text), wanted, "{text}");
        }
        // Nine in the morning in the office: two days end with the second day.
        assert_eq!(hours("2 days"), Some(24 * 2 + 15));
    }
}
