//! Opening: what is refused, with what words, and what is checked first.

use std::path::Path;
use std::sync::Arc;

use ports::clock::Clock;
use ports::fault::{Cause, Retry};
use store::Address;
use store::sqlite::Sqlite;

use crate::cases::{loaded, opened};
use crate::stores::{self, Watch};

#[test]
fn an_address_says_what_it_may_be() {
    let read = |text: &str| text.parse::<Address>();
    assert_eq!(read("memory:"), Ok(Address::Memory));
    assert_eq!(read("sqlite:a.db"), Ok(Address::Sqlite("a.db".to_owned())));
    assert_eq!(read("sqlite:///var/a.db"), Ok(Address::Sqlite("/var/a.db".to_owned())));
    assert_eq!(read("postgres://u@h/d"), Ok(Address::Postgres("postgres://u@h/d".to_owned())));
    for wrong in ["", "sqlite:", "mysql://x", "charter.db"] {
        assert!(read(wrong).unwrap_err().detail.contains("`sqlite:FILE`"), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_tables_are_refused_with_the_command_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let address = Address::Sqlite(folder.path().join("charter.db").display().to_string());
    let clock: Arc<dyn Clock> = Arc::new(Watch::default());
    let fault = store::open(&address, clock.clone(), 1).await.err().unwrap();
    assert_eq!((fault.cause, fault.retry), (Cause::OldSchema, Retry::Never));
    assert!(
        fault.detail.starts_with("the tables lack 0001 cases, 0002 news: run `charter migrate`"),
        "{fault}"
    );
    let listed = store::pending(&address, clock.clone()).await.unwrap();
    assert_eq!(listed.iter().map(|m| (m.number, m.name)).collect::<Vec<_>>(), [(1, "cases"), (2, "news")]);
    assert_eq!(store::migrate(&address, clock.clone()).await.unwrap(), listed);
    assert_eq!(store::migrate(&address, clock.clone()).await.unwrap(), []);
    assert!(store::open(&address, clock, 1).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_a_later_program_and_an_edited_migration_are_refused() {
    for (change, cause) in [
        ("INSERT INTO migrations VALUES (3, 'later', zeroblob(32), 0)", Cause::NewSchema),
        ("UPDATE migrations SET hash = zeroblob(32)", Cause::Damaged),
    ] {
        let opened = stores::sqlite().await;
        let file = stores::file(&opened);
        let address = opened.address.clone();
        drop(opened.store);
        edit(&file, change).await;
        let fault = store::open(&address, Arc::new(Watch::default()), 1).await.err().unwrap();
        assert_eq!((fault.cause, fault.retry), (cause, Retry::Never), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_outlives_its_program() {
    let first = stores::sqlite().await;
    let stored = opened(&*first.store, "A-1").await;
    // The program ends without closing: the write-ahead log stays behind.
    let again = store::open(&first.address, Arc::new(Watch::default()), 1).await.unwrap();
    assert_eq!(loaded(&*again, "A-1").await, stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_unclean_end_a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("charter.db");
    let tables = Sqlite::open(&path, Arc::new(Watch::default())).await.unwrap();
    store::migrate::migrate(&tables, crate::demand::minute(0)).await.unwrap();
    let kept = store::tables::Served(tables);
    for n in 0..50 {
        opened(&kept, &format!("A-3-{n}")).await;
    }
    kept.0.close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 6_000].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(folder.path().join("charter.db-wal"), b"left behind").unwrap();
    let fault = Sqlite::open(&path, Arc::new(Watch::default())).await.unwrap_err();
    assert_eq!(fault.cause, Cause::Damaged, "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_went_back_is_not_believed() {
    let opened_store = stores::sqlite().await;
    let clock = opened_store.clock.clone().unwrap();
    clock.advance(3_600);
    opened(&*opened_store.store, "A-2").await;
    clock.advance(-2);
    assert!(opened_store.store.now().await.is_ok());
    clock.advance(-1);
    let fault = opened_store.store.now().await.unwrap_err();
    assert_eq!(fault.cause, Cause::ClockBack);
    let again = store::open(&opened_store.address, Arc::new(Watch::default()), 1).await.unwrap();
    assert_eq!(again.now().await.unwrap_err().cause, Cause::ClockBack);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_missing_is_named() {
    let fault = Sqlite::open(Path::new("no/such/charter.db"), Arc::new(Watch::default())).await.unwrap_err();
    assert_eq!(fault.cause, Cause::Unsuitable);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_migrates_once_however_many_ask() {
    let Some(opened) = stores::postgres().await else { return };
    let clock: Arc<dyn Clock> = Arc::new(Watch::default());
    let (a, b) = tokio::join!(
        store::migrate(&opened.address, clock.clone()),
        store::migrate(&opened.address, clock.clone())
    );
    assert_eq!((a.unwrap(), b.unwrap()), (vec![], vec![]));
}

async fn edit(file: &Path, change: &'static str) {
    use sqlx::Connection;
    let address = format!("sqlite:{}", file.display());
    let mut connection = sqlx::SqliteConnection::connect(&address).await.unwrap();
    sqlx::raw_sql(change).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
