//! An office on loopback: a store in memory, a clock that pages push forward, the policies as shipped, five people.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use charter_tests::settled::HeldRuns;
use charter_tests::{calendar, read};
use jiff::{SignedDuration, Timestamp};
use language::words::Words;
use ports::clock::Clock;
use ports::store::Store;
use runtime::engine::{Bounds, Engine, Setting};
use runtime::loops;
use runtime::messages::Post;
use runtime::outbox::{AT_ONCE, Deliveries};
use runtime::shelf::Shelf;
use server::identity::{Identities, Register};
use server::pages::runs::Runs;
use server::pages::stage::{Letter, SampleAccount, Stage};
use server::setting::Probe;
use server::watch::figures::Figures;
use server::watch::told::{Telling, Told};

/// Who there is. Passwords are not needed: samples log in with one click.
const ACCOUNTS: &str = "\
organisations:
  91320599MA00000070: { zh: 示例精密制造有限公司, en: Sample Precision Co. }
  B1: { zh: 示例第一银行, en: First Sample Bank }
  B2: { zh: 示例第二银行, en: Second Sample Bank }
roles:
  city_supervisor: { sees: all }
accounts:
  zhou: { name: 周敏, organisation: 91320599MA00000070, roles: [ent_agent] }
  chen: { name: 陈静, organisation: B1, roles: [bank_clerk] }
  wang: { name: 王磊, organisation: B2, roles: [bank_clerk] }
  qian: { name: 钱伟, organisation: B1, roles: [bank_approver] }
  li: { name: 李岚, roles: [city_supervisor] }
";

/// A clock that stands still until somebody pushes it.
#[derive(Debug)]
struct HandClock {
    start: Timestamp,
    passed: AtomicI64,
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.start + SignedDuration::from_micros(self.passed.load(Ordering::SeqCst))
    }
}

impl Stage for HandClock {
    fn samples(&self) -> Vec<SampleAccount> {
        let hint = Words::new("点一下就登录", "one click logs you in");
        let sample = |account: &str| SampleAccount { account: account.to_owned(), hint: hint.clone() };
        ["zhou", "chen", "wang", "qian", "li"].map(sample).to_vec()
    }

    fn forward(&self, by: SignedDuration) {
        self.passed.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    fn letters(&self, _most: usize) -> Vec<Letter> {
        vec![]
    }
}

struct Ready;

impl Probe for Ready {
    fn look(&self) -> Pin<Box<dyn Future<Output = Vec<server::setting::Found>> + Send + '_>> {
        Box::pin(async { vec![] })
    }
}

/// Opens the office at an instant; answers its address. It closes with the runtime it was opened on.
pub async fn open(start: &str) -> String {
    let clock = Arc::new(HandClock { start: start.parse().unwrap(), passed: AtomicI64::new(0) });
    let (told, figures) = (Arc::new(Told::default()), Arc::new(Figures::default()));
    let opened = store::open(&store::Address::Memory, clock.clone(), 1).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(Telling::new(opened, told.clone(), figures.clone()));
    let steady = {
        let clock = clock.clone();
        Arc::new(move || SignedDuration::from_micros(clock.passed.load(Ordering::SeqCst)))
    };
    let shelf = Arc::new(Shelf::default());
    shelf.put_calendar(calendar());
    let bounds = Bounds { lanes: 1, ..Bounds::default() };
    let (engine, lanes) =
        Engine::new(Setting { store, clock: clock.clone(), steady, shelf, bounds, shared: false });
    runtime::deploy::keep_own(&engine).await.unwrap();
    // Without a registration in force the opener is asked whether the account is active.
    for policy in ["financing-demand", "leave", "institution-admission"] {
        let path = format!("workflows/{policy}/workflow.yaml");
        let deployed =
            runtime::deploy::deploy(&engine, &path, &read(&path), "system:test", "as shipped").await;
        assert!(deployed.is_ok(), "{path} does not compile");
    }
    for (number, lane) in lanes.into_iter().enumerate() {
        tokio::spawn(loops::lane(engine.clone(), number, lane));
    }
    tokio::spawn(loops::clock(engine.clone()));
    let (looking, news) = (engine.clone(), told.clone());
    tokio::spawn(async move { news.keep_looking(looking).await });
    let post = Deliveries::new(engine.clone(), Arc::new(Post::new(engine.clone())), AT_ONCE);
    tokio::spawn(loops::deliveries(engine.clone(), post, || 128));
    let register = Register::read("accounts.yaml", ACCOUNTS.as_bytes());
    let register = register.unwrap_or_else(|wrong| {
        let look = language::render::Look::default();
        panic!("{}", language::render::human(&wrong.report, &wrong.sources, look))
    });
    let identities = Arc::new(Identities::new(register, [7; 32]));
    let probe = Arc::new(Ready);
    let runs: Option<Arc<dyn Runs>> = Some(Arc::new(HeldRuns::of("B1", "B2")));
    let setting = server::Setting {
        engine,
        identities,
        cursor_key: [9; 32],
        figures,
        told,
        probe,
        stage: Some(clock),
        runs,
        peers: None,
        limits: server::listen::Limits::default(),
        spans: None,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, server::Server::router(setting)).await });
    address
}
