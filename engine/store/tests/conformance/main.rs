//! One suite that every store passes: the same stories over memory, SQLite and PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod cases;
mod commands;
mod compare;
mod definitions;
mod demand;
mod forms;
mod inbox;
mod leases;
mod news;
mod openings;
mod outbox;
mod places;
mod rush;
mod server;
mod steps;
mod stores;

use stores::Opened;

/// Runs every subject over one store. A new store passes this, and nothing else, to be one.
async fn exercise(opened: Opened) {
    let store = &*opened.store;
    definitions::exercise(store).await;
    cases::exercise(store).await;
    commands::exercise(store).await;
    places::exercise(store).await;
    steps::exercise(store).await;
    inbox::exercise(store).await;
    outbox::exercise(store).await;
    news::exercise(store).await;
    leases::exercise(store, &opened.clock).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_a_store() {
    exercise(stores::memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_a_store() {
    exercise(stores::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_a_store() {
    if let Some(opened) = stores::postgres().await {
        exercise(opened).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_writer_keeps_nobody_from_their_own_leases() {
    if let Some(opened) = stores::postgres().await {
        leases::a_frozen_writer_keeps_nobody_from_their_own(opened).await;
    }
}
