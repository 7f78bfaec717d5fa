//! An office of several programs over one database, and somebody who asks.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};

use crate::server::{self, Server};

/// Nothing that is waited for takes longer on the slowest machine.
const LONG: Duration = Duration::from_secs(90);

/// The folder and the database that all nodes share.
pub struct House {
    folder: tempfile::TempDir,
    database: Option<Arc<Server>>,
    token: String,
    client: reqwest::Client,
}

/// A program at work.
pub struct Node {
    pub url: String,
    child: Child,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_charter"));
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command
}

impl House {
    /// An office; `None` where PostgreSQL is not installed.
    pub fn open() -> Option<House> {
        Some(House::over(Some(server::start()?)))
    }

    /// An office of one program with a file.
    pub fn alone() -> House {
        House::over(None)
    }

    fn over(database: Option<Arc<Server>>) -> House {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let workflows = folder.path().join("workflows");
        std::fs::create_dir_all(workflows.join("leave")).unwrap();
        std::fs::copy(root.join("workflows/leave/workflow.yaml"), workflows.join("leave/workflow.yaml"))
            .unwrap();
        let data = folder.path().join("data");
        let said = |words: &[&str]| {
            let done = program().args(words).arg("--data").arg(&data).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap()
        };
        said(&[
            "account",
            "add",
            "office",
            "--role",
            "employee",
            "--role",
            "supervisor",
            "--role",
            "administrator",
        ]);
        let token = said(&["account", "token", "office", "--quiet"]).trim().to_owned();
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(LONG).build().unwrap();
        House { folder, database, token, client }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a program; it answers when this comes back.
    pub fn start(&self, more: &[&str]) -> Node {
        let log =
            std::fs::File::create(self.path(&format!("log-{}", more.join("").replace('/', "")))).unwrap();
        let file = || format!("sqlite:{}", self.path("charter.db").display());
        let database = self.database.as_ref().map_or_else(file, |server| server.url());
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--lang", "en", "--database", &database])
            .arg("--data")
            .arg(self.path("data"))
            .arg("--workflows")
            .arg(self.path("workflows"))
            .args(more)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.trim().to_owned();
        assert!(url.starts_with("http://"), "{said}");
        Node { url, child }
    }

    /// Two programs that share the work.
    pub async fn two(&self) -> (Node, Node) {
        let first = self.start(&["--node", "one"]);
        let second = self.start(&["--node", "two"]);
        self.until(&first, "charter_parts 128").await;
        self.until(&second, "charter_parts 128").await;
        (first, second)
    }

    pub async fn ask(&self, node: &Node, path: &str, headers: &[(&str, &str)], body: Option<Json>) -> Reply {
        let url = format!("{}{path}", node.url);
        let mut request = match body {
            Some(body) => {
                self.client.post(url).header("content-type", "application/json").body(body.to_string())
            }
            None => self.client.get(url),
        };
        if headers.iter().all(|(name, _)| *name != "authorization") {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        Reply { status: response.status().as_u16(), text: response.text().await.unwrap() }
    }

    /// Asks for leave under a number.
    pub async fn leave(&self, node: &Node, case: &str) -> Reply {
        let body = json!({ "process": "leave", "case": case, "data": { "days": 2, "why": "x" } });
        self.ask(node, "/v1/cases", &[("idempotency-key", case)], Some(body)).await
    }

    pub async fn figures(&self, node: &Node) -> String {
        self.ask(node, "/metrics", &[], None).await.text
    }

    /// Until a line stands among a node's figures.
    pub async fn until(&self, node: &Node, line: &str) {
        let began = Instant::now();
        loop {
            let figures = self.figures(node).await;
            if figures.lines().any(|one| one == line) {
                return;
            }
            assert!(began.elapsed() < LONG, "{line} never came to be:\n{figures}");
            tokio::task::yield_now().await;
        }
    }
}

impl Node {
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// How it ended.
    pub fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < LONG, "it never ends");
            std::thread::yield_now();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
