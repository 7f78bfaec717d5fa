//! `/outbox`: what waits to go out or is stuck, and in a demonstration the letters that were written.

use axum::extract::State;
use axum::response::Response;
use console::pages::outbox::outbox;
use console::view::{OutboxLine, OutboxPage, OutboxState};
use runtime::outbox::Decision;
use serde::Deserialize;

use super::read::Filled;
use super::shown;
use super::stage::Letter;
use super::visitor::Insider;
use crate::office::outgoing::{Wanted, key};
use crate::problem::Problem;
use crate::setting::Desk;
use crate::wire::body::Asked;

/// So many lines make a page.
const LINES: u32 = 100;

/// Which one.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    key: Option<String>,
}

/// The page.
pub async fn list(State(desk): State<Desk>, Insider { visitor, viewer }: Insider) -> Response {
    let letters = desk.stage.as_ref().map(|stage| stage.letters(LINES as usize)).unwrap_or_default();
    let waiting = desk.office.outgoing(&viewer, &Wanted::default(), None, LINES).await;
    let operates = waiting.is_ok();
    let mut lines: Vec<OutboxLine> = match waiting {
        Ok(page) => page.outgoing.iter().map(|line| shown::outgoing(line, visitor.lang)).collect(),
        // Others see the letters of a demonstration, and of an office nothing.
        Err(_) if desk.stage.is_some() => vec![],
        Err(cannot) => return visitor.problem(cannot),
    };
    lines.extend(letters.into_iter().map(written));
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    visitor.page(outbox(&visitor.frame(), &OutboxPage { lines, may_replay: operates }))
}

fn written(letter: Letter) -> OutboxLine {
    OutboxLine {
        key: letter.key,
        case: letter.case,
        connector: "folder".into(),
        title: letter.subject.clone(),
        to: letter.to,
        at: letter.at,
        attempts: 0,
        state: OutboxState::Delivered,
        problem: None,
        letter: Some((letter.subject, letter.text)),
    }
}

/// Tries one that is stuck again, or all.
pub async fn replay(
    State(desk): State<Desk>,
    Insider { visitor, viewer }: Insider,
    Asked(which): Asked<Which>,
    _filled: Filled,
) -> Response {
    let done = async {
        match &which.key {
            Some(text) => desk.office.decide_outgoing(&viewer, &key(text)?, Decision::SendAgain).await,
            None => desk.office.replay_all(&viewer, &Wanted::default()).await.map(|_| ()),
        }
    };
    visitor.back("/outbox", done.await.map_err(Problem::from))
}
