//! A house to run an engine in: a store, a clock moved by hand, definitions, loops in the background.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use charter_tests::{calendar, compiled, root};
use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use language::Sources;
use machine::event::{Actor, Event, Input, Target};
use machine::fact::Fact;
use machine::ids::{CaseId, Name};
use ports::clock::Clock;
use ports::query::Page;
use ports::store::Store;
use runtime::answer::{Answer, Trouble};
use runtime::engine::{Bounds, Engine, Setting};
use runtime::lane::Lane;
use runtime::shelf::Shelf;
use runtime::{loops, timers};
use store::Address;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct HandClock {
    micros: AtomicI64,
    /// The steady clock, moved along or not.
    steady: AtomicI64,
}

impl HandClock {
    pub fn at(start: &str) -> Arc<HandClock> {
        let start: Timestamp = start.parse().unwrap();
        Arc::new(HandClock { micros: AtomicI64::new(start.as_microsecond()), steady: AtomicI64::new(0) })
    }

    /// Time passes.
    pub fn pass(&self, time: SignedDuration) {
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.micros.fetch_add(micros, Ordering::SeqCst);
        self.steady.fetch_add(micros, Ordering::SeqCst);
    }

    /// The wall clock jumps.
    pub fn jump(&self, by: SignedDuration) {
        self.micros.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub fn pass_to(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.pass(at.duration_since(self.now()));
    }

    pub fn steady(&self) -> SignedDuration {
        SignedDuration::from_micros(self.steady.load(Ordering::SeqCst))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::SeqCst)).unwrap()
    }
}

/// A store.
pub struct Place {
    pub store: Arc<dyn Store>,
    pub name: &'static str,
}

static SCHEMAS: AtomicU32 = AtomicU32::new(0);

/// Runs a story over every kind of store there is here.
pub fn over_all_stores<F: Future<Output = ()>>(story: impl Fn(Place, Arc<HandClock>) -> F) {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for kind in ["memory", "sqlite", "postgres"] {
        threads.block_on(async {
            let clock = HandClock::at("2026-03-02T01:00:00Z");
            // The folder stays until the story is over.
            let Some((place, _folder)) = open(kind, &clock).await else {
                assert!(std::env::var_os("CHARTER_NO_SKIP").is_none(), "there is no PostgreSQL to test with");
                eprintln!("skipped over PostgreSQL: TEST_POSTGRES_URL is not set");
                return;
            };
            eprintln!("over {}", place.name);
            story(place, clock).await;
        });
    }
}

async fn open(kind: &'static str, clock: &Arc<HandClock>) -> Option<(Place, Option<tempfile::TempDir>)> {
    let clock: Arc<dyn Clock> = clock.clone();
    let folder = (kind == "sqlite").then(|| tempfile::tempdir().unwrap());
    let address = match kind {
        "memory" => Address::Memory,
        "sqlite" => Address::Sqlite(folder.as_ref().unwrap().path().join("c.db").display().to_string()),
        _ => Address::Postgres(schema(&std::env::var("TEST_POSTGRES_URL").ok()?).await),
    };
    store::migrate(&address, clock.clone()).await.unwrap();
    let store = store::open(&address, clock, 8).await.unwrap();
    Some((Place { store, name: kind }, folder))
}

/// A SQLite store with the path of its file.
pub struct File {
    pub store: Arc<dyn Store>,
    pub path: std::path::PathBuf,
}

/// A SQLite store; its folder has to live as long.
pub async fn open_file(clock: &Arc<HandClock>) -> (File, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.db");
    let address = Address::Sqlite(path.display().to_string());
    let clock: Arc<dyn Clock> = clock.clone();
    store::migrate(&address, clock.clone()).await.unwrap();
    let store = store::open(&address, clock, 1).await.unwrap();
    (File { store, path }, folder)
}

/// A schema of its own for every story.
async fn schema(url: &str) -> String {
    use sqlx::Connection;
    let number = SCHEMAS.fetch_add(1, Ordering::SeqCst);
    let name = format!("runtime_{}_{number}", std::process::id());
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options=-c%20search_path%3D{name}")
}

/// An engine with its loops running.
#[derive(Clone)]
pub struct House {
    pub engine: Engine,
}

/// The definitions every house has.
pub fn shelf() -> Arc<Shelf> {
    let shelf = Shelf::default();
    for process in ["leave", "financing-demand"] {
        shelf.put(compiled(&root().join(format!("workflows/{process}/workflow.yaml"))));
    }
    shelf.put_calendar(calendar());
    Arc::new(shelf)
}

/// A text of a process, compiled.
pub fn text(source: &str) -> language::Compiled {
    let mut sources = Sources::new();
    let compiled = language::compile(&mut sources, "text", source.as_bytes());
    let look = language::render::Look::default();
    assert!(compiled.definition.is_some(), "\n{}", language::render::human(&compiled.report, &sources, look));
    compiled
}

/// A setting over a store and a clock moved by hand.
pub fn setting(store: Arc<dyn Store>, clock: &Arc<HandClock>) -> Setting {
    let steady = clock.clone();
    Setting {
        store,
        clock: clock.clone(),
        steady: Arc::new(move || steady.steady()),
        shelf: shelf(),
        bounds: Bounds { lanes: 2, ..Bounds::default() },
        shared: false,
    }
}

impl House {
    /// An engine over a store, its lanes at work.
    pub fn new(store: Arc<dyn Store>, clock: &Arc<HandClock>) -> House {
        House::of(setting(store, clock))
    }

    pub fn of(setting: Setting) -> House {
        let (engine, lanes) = Engine::new(setting);
        run(&engine, lanes);
        House { engine }
    }

    /// Sends an event to a case.
    pub async fn send(
        &self,
        case: &str,
        event: &str,
        by: Actor,
        key: Option<&str>,
    ) -> Result<Answer, Trouble> {
        self.send_with(case, event, vec![], by, key).await
    }

    pub async fn send_with(
        &self,
        case: &str,
        event: &str,
        data: Vec<(Name, Value)>,
        by: Actor,
        key: Option<&str>,
    ) -> Result<Answer, Trouble> {
        let event = Event { to: Target::Main, name: event.into(), data, reason: None };
        self.engine.give(CaseId(case.into()), Input::Event(event), by, key.map(Name::from)).await
    }

    /// Opens a leave of two days.
    pub async fn ask_leave(&self, case: &str, key: Option<&str>) -> Result<Answer, Trouble> {
        let data = vec![("days".into(), Value::number(2)), ("why".into(), Value::text("family"))];
        self.engine.open(CaseId(case.into()), "leave", data, employee(), key.map(Name::from)).await
    }

    /// Opens a financing demand and publishes it.
    pub async fn publish_demand(&self, case: &str) {
        let by = Actor::person("zhou", "91320599MA00000070", "ent_agent");
        let data = vec![
            ("enterprise".into(), Value::text("91320599MA00000070")),
            ("account_active".into(), Value::from(true)),
            ("collect_consent".into(), Value::from(true)),
            ("amount".into(), Value::number(5_000_000)),
            ("tenor".into(), Value::number(12)),
            ("purpose".into(), Value::text("working_capital")),
        ];
        self.engine.open(CaseId(case.into()), "financing_demand", data, by.clone(), None).await.unwrap();
        self.send(case, "publish", by, None).await.unwrap();
    }

    /// A bank claims a demand.
    pub async fn claim(&self, case: &str, bank: &str, key: Option<&str>) -> Result<Answer, Trouble> {
        let by = Actor::person(&format!("clerk of {bank}"), bank, "bank_clerk");
        self.send_with(case, "claim", vec![("bank".into(), Value::text(bank))], by, key).await
    }

    /// Wakes what is due until nothing is, and waits for it to be written.
    pub async fn fire(&self) {
        loop {
            let round = timers::run_once(&self.engine).await.unwrap();
            self.quiet().await;
            if round == runtime::lane::Round::Idle {
                return;
            }
        }
    }

    /// Until every look at the clock is written.
    pub async fn quiet(&self) {
        while self.engine.ticks_under_way() > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// The whole history of a case.
    pub async fn facts(&self, case: &str) -> Vec<Fact> {
        let entries = self.engine.store().history(CaseId(case.into()), Page::first(1_000)).await.unwrap();
        entries.into_iter().flat_map(|entry| entry.told.facts).collect()
    }

    /// The states of a case.
    pub async fn states(&self, case: &str) -> String {
        let loaded = self.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
        let loaded = loaded[0].as_ref().unwrap();
        let definition = self.engine.shelf().by_hash(&loaded.case.definition).unwrap();
        let main = loaded.case.main();
        main.active.iter().map(|s| &*definition.main().state(*s).name).collect::<Vec<_>>().join(" ")
    }
}

/// Runs the lanes of an engine.
pub fn run(engine: &Engine, lanes: Vec<Lane>) {
    for (number, lane) in lanes.into_iter().enumerate() {
        tokio::spawn(loops::lane(engine.clone(), number, lane));
    }
}

pub fn employee() -> Actor {
    Actor::person("li", "office", "employee")
}

pub fn supervisor() -> Actor {
    Actor::person("wang", "office", "supervisor")
}
