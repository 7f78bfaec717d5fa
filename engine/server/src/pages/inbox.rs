//! `/inbox`: what a person has to do.

use axum::extract::State;
use axum::response::Response;
use console::pages::inbox::inbox;

use super::shown;
use super::visitor::Insider;
use crate::office::tasks::Whose;
use crate::setting::Desk;

/// So many tasks make a page.
const TASKS: u32 = 100;

/// The page.
pub async fn list(State(desk): State<Desk>, Insider { visitor, viewer }: Insider) -> Response {
    match desk.office.tasks(&viewer, &Whose::Mine, None, None, TASKS).await {
        Ok(page) => {
            let (names, lang) = (visitor.names(), visitor.lang);
            let lines: Vec<_> =
                page.tasks.iter().map(|task| shown::task_line(task, &viewer, &names, lang)).collect();
            visitor.page(inbox(&visitor.frame(), &lines))
        }
        Err(cannot) => visitor.problem(cannot),
    }
}
