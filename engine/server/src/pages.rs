//! The console in a browser: HTML for people, made of what the office answers them.
//!
//! Every page works without a script. A form carries a token that is new with every page: it is the key of the
//! command, so that a form sent twice does its work once. Errors are pages too, never bare codes.

mod case;
mod cases;
mod catalogue;
mod codes;
mod entry;
mod files;
mod inbox;
mod names;
mod outbox;
mod read;
pub mod runs;
mod settled;
mod settlement;
mod shown;
pub mod stage;
mod visitor;

use axum::Router;
use axum::routing::{get, post};

use crate::setting::Desk;

/// Every page and every form.
pub fn router() -> Router<Desk> {
    Router::new()
        .route("/", get(entry::home))
        .route("/login", get(entry::form).post(entry::log_in))
        .route("/logout", post(entry::log_out))
        .route("/language/{lang}", get(entry::language))
        .route("/assets/{name}", get(files::asset))
        .route("/processes", get(catalogue::list))
        .route("/processes/{process}", get(catalogue::show))
        .route("/cases", get(cases::list).post(cases::open))
        .route("/cases/{case}", get(case::show))
        .route("/cases/{case}/live", get(case::live))
        .route("/cases/{case}/events", post(case::send))
        .route("/cases/{case}/tasks/{task}/submit", post(case::submit))
        .route("/cases/{case}/tasks/{task}/{verb}", post(case::act))
        .route("/inbox", get(inbox::list))
        .route("/settlement", get(settlement::list))
        .route("/settlement/{year}/{number}", get(settlement::show))
        .route("/settlement/{year}/{number}/why", get(settlement::why))
        .route("/settlement/{year}/{number}/compare/{other}", get(settlement::compare))
        .route("/settlement/{year}/{number}/files/{name}", get(settlement::file))
        .route("/outbox", get(outbox::list))
        .route("/outbox/replay", post(outbox::replay))
        .route("/docs/problems/{code}", get(codes::show))
        .fallback(codes::nothing)
        .route("/demo/clock", post(stage::forward))
        .route("/v1/demo/clock", post(stage::push))
        .route("/demo/login", post(stage::log_in))
}
