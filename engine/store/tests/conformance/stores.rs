//! Opens one fresh store of each kind for one test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use ports::clock::Clock;
use ports::store::Store;
use store::Address;
use tempfile::TempDir;

use crate::demand::minute;
use crate::server;

/// A clock that tests move.
#[derive(Default)]
pub struct Watch(AtomicI64);

impl Watch {
    /// Moves it on.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(minute(0).as_second() + self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A store, and what must live as long as it does.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Its clock, where it takes one; PostgreSQL has its own.
    pub clock: Option<Arc<Watch>>,
    /// Its folder.
    pub folder: Option<TempDir>,
    /// Where it can be opened again.
    pub address: Address,
}

/// In memory.
pub fn memory() -> Opened {
    let clock = Arc::new(Watch::default());
    let store = Arc::new(store::memory::Memory::new(clock.clone()));
    Opened { store, clock: Some(clock), folder: None, address: Address::Memory }
}

/// In a file of its own.
pub async fn sqlite() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let address = Address::Sqlite(folder.path().join("charter.db").display().to_string());
    let clock = Arc::new(Watch::default());
    store::migrate(&address, clock.clone()).await.unwrap();
    let store = store::open(&address, clock.clone(), 1).await.unwrap();
    Opened { store, clock: Some(clock), folder: Some(folder), address }
}

/// In a schema of its own on a server: the one of TEST_POSTGRES_URL, or one that is started for these tests.
/// `None`, said aloud, where there is neither; CHARTER_NO_SKIP=1 makes that a failure.
pub async fn postgres() -> Option<Opened> {
    static SCHEMA: AtomicU32 = AtomicU32::new(0);
    let Some(url) = server_url() else {
        assert!(std::env::var_os("CHARTER_NO_SKIP").is_none(), "there is no PostgreSQL to test with");
        eprintln!("skipped: no TEST_POSTGRES_URL and no PostgreSQL on this machine");
        return None;
    };
    let schema = format!("t{}_{}", std::process::id(), SCHEMA.fetch_add(1, Ordering::SeqCst));
    server::make_schema(&url, &schema).await;
    let joint = if url.contains('?') { '&' } else { '?' };
    let address = Address::Postgres(format!("{url}{joint}options=-csearch_path%3D{schema}"));
    let clock = Arc::new(Watch::default());
    store::migrate(&address, clock.clone()).await.unwrap();
    let store = store::open(&address, clock, 8).await.unwrap();
    Some(Opened { store, clock: None, folder: None, address })
}

fn server_url() -> Option<String> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    URL.get_or_init(|| std::env::var("TEST_POSTGRES_URL").ok().or_else(server::start)).clone()
}

/// Every kind of store there is here.
pub async fn all() -> Vec<(&'static str, Opened)> {
    let mut all = vec![("memory", memory()), ("sqlite", sqlite().await)];
    all.extend(postgres().await.map(|opened| ("postgres", opened)));
    all
}

/// The file of a SQLite store.
pub fn file(opened: &Opened) -> PathBuf {
    opened.folder.as_ref().unwrap().path().join("charter.db")
}
