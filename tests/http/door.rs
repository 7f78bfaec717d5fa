//! A server behind a real listener, and people who knock.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use charter_tests::settled::HeldRuns;
use charter_tests::{calendar, read};
use ports::store::Store;
use reqwest::Method;
use runtime::clocks::HostClock;
use runtime::engine::{Engine, Setting};
use runtime::shelf::Shelf;
use runtime::{deploy, loops};
use serde_json::{Value as Json, json};
use server::identity::{Identities, Register, password, secret};
use server::listen::Limits;
use server::watch::figures::Figures;
use server::watch::told::{Telling, Told};
use store::Address;
use tokio::task::JoinSet;

/// The enterprise of the stories, and another one.
pub const ENTERPRISE: &str = "91320599MA00000070";
pub const OTHER_ENTERPRISE: &str = "91320500MA1MCDEF4F";

/// Everyone there is: account, organisation, roles.
pub const PEOPLE: [(&str, &str, &str); 11] = [
    ("zhou", ENTERPRISE, "ent_agent"),
    ("ma", OTHER_ENTERPRISE, "ent_agent"),
    ("clerk1", "BANK1", "bank_clerk, bank_approver"),
    ("clerk2", "BANK2", "bank_clerk, bank_approver"),
    ("clerk3", "BANK3", "bank_clerk, bank_approver"),
    ("clerk4", "BANK4", "bank_clerk, bank_approver"),
    ("lan", "", "city_supervisor"),
    ("gu", "", "auditor"),
    ("root", "", "administrator"),
    ("nobody", "", "employee"),
    ("boss", "", "supervisor"),
];
pub const PASSWORD: &str = "a long password";

static SCHEMAS: AtomicU32 = AtomicU32::new(0);

/// Tells a server apart from all others for ever: a token made of the name.
fn token(name: &str) -> (String, String) {
    let word = format!("secret-of-{name}");
    (format!("charter_{name}_{word}"), secret::hex(&secret::digest(&word)))
}

fn register() -> Register {
    let mut text = "roles:\n  administrator: { sees: all }\n  auditor: { sees: all }\n  city_supervisor: { sees: all }\n".to_owned();
    static DIGEST: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| password::digest(PASSWORD).unwrap());
    let digest = &*DIGEST;
    text.push_str("tokens:\n");
    for (name, ..) in PEOPLE {
        text.push_str(&format!("  {name}: {{ account: {name}, hash: \"{}\" }}\n", token(name).1));
    }
    text.push_str("  old: { account: clerk1, hash: \"");
    text.push_str(&format!("{}\", until: 2020-01-01 }}\naccounts:\n", token("old").1));
    for (name, organisation, roles) in PEOPLE {
        let own = if organisation.is_empty() {
            String::new()
        } else {
            format!("organisation: \"{organisation}\", ")
        };
        text.push_str(&format!("  {name}: {{ {own}roles: [{roles}], password: \"{digest}\" }}\n"));
    }
    Register::read("accounts.yaml", text.as_bytes()).unwrap_or_else(|found| panic!("{:?}", found.report))
}

/// Where a server keeps what it has, while it is started and stopped.
pub struct Place {
    address: Address,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// A place of this kind; `None` when there is none here.
    pub async fn new(kind: &str) -> Option<Place> {
        let folder = (kind == "sqlite").then(|| tempfile::tempdir().unwrap());
        let address = match kind {
            "sqlite" => Address::Sqlite(file(folder.as_ref().unwrap().path())),
            _ => Address::Postgres(schema(&std::env::var("TEST_POSTGRES_URL").ok()?).await),
        };
        store::migrate(&address, Arc::new(HostClock)).await.unwrap();
        Some(Place { address, _folder: folder })
    }
}

fn file(folder: &Path) -> String {
    folder.join("c.db").display().to_string()
}

async fn schema(url: &str) -> String {
    use sqlx::Connection;
    let name = format!("http_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::SeqCst));
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options=-c%20search_path%3D{name}")
}

/// Runs a story over every kind of place there is here.
pub fn over_all_places<F: Future<Output = ()>>(story: impl Fn(Place) -> F) {
    for kind in ["sqlite", "postgres"] {
        let threads =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        threads.block_on(async {
            match Place::new(kind).await {
                Some(place) => story(place).await,
                None => eprintln!("SKIPPED over PostgreSQL: TEST_POSTGRES_URL is not set"),
            }
        });
    }
}

struct Fine;

impl server::setting::Probe for Fine {
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<server::setting::Found>> + Send + '_>> {
        Box::pin(async { vec![] })
    }
}

/// A server that listens.
pub struct Door {
    pub url: String,
    pub engine: Engine,
    client: reqwest::Client,
    running: JoinSet<()>,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// `409 slots_full`, or the status alone.
    pub fn brief(&self) -> String {
        let code = serde_json::from_str::<Json>(&self.text).ok();
        let code = code.and_then(|json| json["code"].as_str().map(str::to_owned));
        code.map_or(self.status.to_string(), |code| format!("{} {code}", self.status))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Door {
    /// Opens a server over a place, as the program does.
    pub async fn open(place: &Place) -> Door {
        Door::open_within(place, Limits::default()).await
    }

    /// Opens a server with limits of its own.
    pub async fn open_within(place: &Place, limits: Limits) -> Door {
        let alone = |store, shelf| Setting::alone(store, Arc::new(HostClock), shelf);
        Door::open_by(place, limits, alone).await
    }

    /// Opens a server whose engine is set up like this.
    pub async fn open_by(
        place: &Place,
        limits: Limits,
        setting: impl FnOnce(Arc<dyn Store>, Arc<Shelf>) -> Setting,
    ) -> Door {
        let store = store::open(&place.address, Arc::new(HostClock), 8).await.unwrap();
        let (told, figures) = (Arc::new(Told::default()), Arc::new(Figures::default()));
        let store: Arc<dyn Store> = Arc::new(Telling::new(store, told.clone(), figures.clone()));
        let shelf = Arc::new(Shelf::default());
        shelf.put_calendar(calendar());
        let (engine, lanes) = Engine::new(setting(store, shelf));
        deploy::keep_own(&engine).await.unwrap();
        deploy::take_up(&engine).await.unwrap();
        for process in ["leave", "financing-demand"] {
            let text = read(&format!("workflows/{process}/workflow.yaml"));
            deploy::deploy(&engine, process, &text, "test", "a story").await.unwrap();
        }
        let mut running = JoinSet::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            let engine = engine.clone();
            running.spawn(async move { loops::lane(engine, number, lane).await.unwrap() });
        }
        let (looking, news) = (engine.clone(), told.clone());
        running.spawn(async move { news.keep_looking(looking).await });
        let setting = server::Setting {
            engine: engine.clone(),
            identities: Arc::new(Identities::new(register(), [7; 32])),
            cursor_key: [7; 32],
            figures,
            told,
            probe: Arc::new(Fine),
            stage: None,
            runs: Some(Arc::new(HeldRuns::of("BANK1", "BANK2"))),
            peers: None,
            limits,
            spans: None,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = server::Server::router(setting);
        running.spawn(server::listen::serve(listener, router, limits, std::future::pending()));
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Door { url, engine, client, running }
    }

    /// Breaks off without a word, as a process that is killed.
    pub async fn kill(mut self) {
        self.running.shutdown().await;
    }

    /// A request with these headers; `who` of nobody sends no token.
    pub async fn ask(
        &self,
        who: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if !who.is_empty() {
            request = request.bearer_auth(token(who).0);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, text: response.text().await.unwrap() }
    }

    pub async fn get(&self, who: &str, path: &str) -> Reply {
        self.ask(who, Method::GET, path, &[], None).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Json) -> Reply {
        self.ask(who, Method::POST, path, &[], Some(body.to_string())).await
    }

    /// A stream of events as it is sent, from an id on.
    pub async fn listen(&self, who: &str, path: &str, last: Option<&str>) -> reqwest::Response {
        let mut request = self.client.get(format!("{}{path}", self.url)).bearer_auth(token(who).0);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        request.send().await.unwrap()
    }

    /// Sends an event.
    pub async fn send(&self, who: &str, case: &str, event: &str, data: Json) -> Reply {
        self.post(who, &format!("/v1/cases/{case}/events"), json!({ "event": event, "data": data })).await
    }

    /// Opens a demand of the enterprise of the stories and publishes it.
    pub async fn demand(&self) -> String {
        let opened = self.post("zhou", "/v1/cases", demand("500万")).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        let case = opened.json()["case"].as_str().unwrap().to_owned();
        assert_eq!(self.send("zhou", &case, "publish", json!({})).await.status, 200);
        case
    }

    /// A bank claims.
    pub async fn claim(&self, number: u32, case: &str) -> Reply {
        self.send(&format!("clerk{number}"), case, "claim", json!({ "bank": format!("BANK{number}") })).await
    }
}

/// What a demand is opened with.
pub fn demand(amount: &str) -> Json {
    json!({ "process": "financing_demand", "data": {
        "account_active": true, "collect_consent": true, "amount": amount, "tenor": 12, "purpose": "working_capital",
    } })
}
