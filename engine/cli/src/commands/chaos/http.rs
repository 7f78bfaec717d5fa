//! The fight over claims through the front door: two real servers, clients that speak HTTP, one server killed half-way.
//!
//! A client that is told that another node works on a case, that nobody can say what came of its request, or that hears
//! nothing at all, sends it again with its key, to the other server. What was heard goes into a diary; the judge of every
//! other run reads it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chaos::crowd::until;
use chaos::diary::{Asked, Diary, Heard, instant};
use chaos::dice::Dice;
use runtime::deploy;
use runtime::engine::{Engine, Setting};
use runtime::shelf::Shelf;
use serde_json::{Value as Json, json};
use server::identity::secret;
use store::Address;
use tokio::task::JoinSet;

use super::nowhere_to_write;
use crate::database;
use crate::exit::Failure;
use crate::faults;

/// Clients of one server.
const CLIENTS: u64 = 32;
/// Claims on one demand.
const CLAIMS_EACH: u64 = 50;
/// Demands that are published before they are claimed.
const AHEAD: u64 = 3;
/// How often a request is sent before its client gives up; it rests in between.
const TRIES_MAX: u32 = 600;
const REST: Duration = Duration::from_millis(100);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A server is ready within so long.
const READY: Duration = Duration::from_secs(60);
/// The enterprise that publishes all demands.
const ENTERPRISE: &str = "91320599MA00000070";

/// Two servers, and where they keep what they have.
pub struct Front {
    database: String,
    folder: PathBuf,
    ports: Vec<u16>,
    running: Vec<Child>,
}

impl Drop for Front {
    fn drop(&mut self) {
        for server in &mut self.running {
            // It may have ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn token(name: &str) -> String {
    format!("charter_{name}_secret-of-{name}")
}

fn bank(number: u64) -> String {
    format!("bank{number:02}")
}

/// Everybody there is, as the file of accounts has them.
fn accounts(banks: u64) -> String {
    let banks = (0..banks).map(|number| (bank(number), bank(number), "bank_clerk"));
    let all: Vec<_> = banks.chain([("zhou".into(), ENTERPRISE.into(), "ent_agent")]).collect();
    let mut text = "tokens:\n".to_owned();
    for (name, ..) in &all {
        let hash = secret::hex(&secret::digest(&format!("secret-of-{name}")));
        text.push_str(&format!("  {name}: {{ account: {name}, hash: \"{hash}\" }}\n"));
    }
    text.push_str("accounts:\n");
    for (name, organisation, role) in &all {
        text.push_str(&format!("  {name}: {{ organisation: \"{organisation}\", roles: [{role}] }}\n"));
    }
    text
}

/// Puts the demand into force.
async fn deployed(address: &Address) -> Result<(), Failure> {
    let clock = Arc::new(runtime::clocks::HostClock);
    let failed = |fault| faults::failure(&fault);
    let store = store::open(address, clock.clone(), 2).await.map_err(failed)?;
    let (engine, _) = Engine::new(Setting::alone(store, clock, Arc::new(Shelf::default())));
    let text = include_str!("../../../../../workflows/financing-demand/workflow.yaml");
    match deploy::deploy(&engine, "financing-demand", text, "system:chaos", "the load").await {
        Ok(_) => Ok(()),
        Err(deploy::NotDeployed::Fault(fault)) => Err(failed(fault)),
        Err(deploy::NotDeployed::Findings(_)) => {
            Err(nowhere_to_write(std::io::Error::other("the load does not compile")))
        }
    }
}

impl Front {
    /// Starts so many servers over a database.
    ///
    /// # Errors
    /// One of them does not start.
    pub fn open(
        address: &Address,
        database: &str,
        folder: &Path,
        banks: u64,
        nodes: usize,
    ) -> Result<Front, Failure> {
        database::wait_for(deployed(address))?;
        std::fs::write(folder.join("accounts.yaml"), accounts(banks)).map_err(nowhere_to_write)?;
        let free = || Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port());
        let ports: std::io::Result<Vec<u16>> = (0..nodes).map(|_| free()).collect();
        let ports = ports.map_err(nowhere_to_write)?;
        let mut front =
            Front { database: database.to_owned(), folder: folder.to_owned(), ports, running: vec![] };
        for node in 0..nodes {
            let server = front.start(node).map_err(nowhere_to_write)?;
            front.running.push(server);
        }
        Ok(front)
    }

    fn start(&self, node: usize) -> std::io::Result<Child> {
        let port = self.ports[node];
        let said = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("serve-{node}")))?;
        let mut server = Command::new(std::env::current_exe()?)
            .arg("serve")
            // One key for all: only then do they pass requests on to each other.
            .env("CHARTER_KEY_FILE", self.folder.join("session.key"))
            .args(["--listen", &format!("127.0.0.1:{port}"), "--database", &self.database])
            .args(["--node", &format!("127.0.0.1:{port}")])
            .arg("--data")
            .arg(self.folder.join(format!("data-{node}")))
            .arg("--accounts")
            .arg(self.folder.join("accounts.yaml"))
            .stdin(Stdio::null())
            .stdout(Stdio::from(said.try_clone()?))
            .stderr(Stdio::from(said))
            .spawn()?;
        let ready = until(READY, || {
            let ended = server.try_wait().ok().flatten().is_some();
            let listens = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
            (ended || listens).then_some(listens)
        });
        match ready {
            Some(true) => Ok(server),
            _ => {
                let told =
                    std::fs::read_to_string(self.folder.join(format!("serve-{node}"))).unwrap_or_default();
                Err(std::io::Error::other(told))
            }
        }
    }

    /// SIGKILL, and a new one on the same port.
    fn strike(&mut self, node: usize) -> std::io::Result<()> {
        self.running[node].kill()?;
        self.running[node].wait()?;
        self.running[node] = self.start(node)?;
        Ok(())
    }

    /// So many claims through all servers; half-way the first one is killed. How often one was.
    ///
    /// # Errors
    /// It does not come back.
    pub fn fight(&mut self, claims: u64, banks: u64, seed: u64) -> Result<u64, Failure> {
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let diary = Arc::new(Diary::open(&self.folder.join("diary-http")).map_err(nowhere_to_write)?);
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let client = client.map_err(|error| nowhere_to_write(std::io::Error::other(error)))?;
        let count = Arc::new(AtomicU64::new(0));
        let urls: Arc<[String]> = self.ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
        let threads = database::threads()?;
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS * urls.len() as u64 {
            let hand =
                Hand { client: client.clone(), diary: diary.clone(), urls: urls.clone(), near: number };
            let (count, dice) = (count.clone(), Dice(seed ^ (number << 40)));
            clients.spawn_on(hand.claims(claims, banks, count, dice), threads.handle());
        }
        let half = until(Duration::MAX, || {
            let now = count.load(Ordering::Relaxed);
            (now >= claims / 2).then_some(())
        });
        if half.is_some() {
            self.strike(0).map_err(nowhere_to_write)?;
        }
        threads.block_on(async { while clients.join_next().await.is_some() {} });
        Ok(1)
    }
}

/// A client's hand.
struct Hand {
    client: reqwest::Client,
    diary: Arc<Diary>,
    urls: Arc<[String]>,
    /// The server it asks first.
    near: u64,
}

impl Hand {
    async fn claims(self, most: u64, banks: u64, count: Arc<AtomicU64>, mut dice: Dice) {
        let start = instant();
        for demand in 0..AHEAD {
            self.publish(demand).await;
        }
        loop {
            let number = count.fetch_add(1, Ordering::Relaxed);
            if number >= most {
                return;
            }
            let demand = number / CLAIMS_EACH;
            if number.is_multiple_of(CLAIMS_EACH) {
                self.publish(demand + AHEAD).await;
            }
            let who = bank(dice.roll(banks));
            let key = format!("{start}-{number}");
            let claim = json!({ "event": "claim", "data": { "bank": who } });
            self.ask(&who, demand, "claim", &key, claim).await;
            if dice.roll(8) == 0 {
                let run = format!("claims.{who}");
                let back = json!({ "event": "withdraw", "run": run, "reason": "too little credit left" });
                self.ask(&who, demand, "withdraw", &format!("{key}-w"), back).await;
            }
        }
    }

    /// Opens and publishes a demand: everybody does, with one key, and it is done once.
    async fn publish(&self, demand: u64) {
        let data = json!({ "account_active": true, "collect_consent": true, "amount": "500万", "tenor": 12,
            "purpose": "working_capital" });
        let open = json!({ "process": "financing_demand", "case": format!("D-{demand}"), "data": data });
        self.ask("zhou", demand, "open", &format!("open-{demand}"), open).await;
        let publish = json!({ "event": "publish" });
        self.ask("zhou", demand, "publish", &format!("publish-{demand}"), publish).await;
    }

    /// Sends a request until it is answered.
    async fn ask(&self, who: &str, demand: u64, what: &str, key: &str, body: Json) {
        let case = format!("D-{demand}");
        let path = if what == "open" { "/v1/cases".to_owned() } else { format!("/v1/cases/{case}/events") };
        // Under this name the server keeps it.
        let kept = format!("http/{who}/{key}");
        let asked = Asked { key: kept.clone(), case, what: what.into(), who: who.into() };
        for attempt in 0..TRIES_MAX {
            self.diary.ask(&asked);
            let servers = self.urls.len() as u64;
            let at = usize::try_from((self.near + u64::from(attempt)) % servers).unwrap_or_default();
            let request = self.client.post(format!("{}{path}", self.urls[at])).bearer_auth(token(who));
            let request = request.header("idempotency-key", key).header("content-type", "application/json");
            if let Some(heard) = heard(request.body(body.to_string()).send().await, attempt).await {
                return self.diary.heard(&kept, &heard);
            }
            tokio::time::sleep(if attempt == 0 { REST / 20 } else { REST }).await;
        }
    }
}

/// What an answer says; `None`: it has to be asked again.
async fn heard(response: reqwest::Result<reqwest::Response>, attempt: u32) -> Option<Heard> {
    let response = response.ok()?;
    let status = response.status().as_u16();
    let json: Json = serde_json::from_str(&response.text().await.ok()?).ok()?;
    let version = json["version"].as_u64();
    let code = json["code"].as_str().unwrap_or_default().to_owned();
    match (status, version) {
        (200..300, Some(version)) => Some(Heard::Yes { version }),
        (400..500, Some(version)) => Some(Heard::No { version, code }),
        // Refused at the door: of a request that was sent before, this says nothing.
        (400..500, None) if attempt == 0 && status != 429 && code != "unknown_case" => {
            Some(Heard::Not { why: code })
        }
        _ => None,
    }
}
