//! How commands reach the engine that is measured: in this process, or over HTTP.

use std::time::Duration;

use language::words;
use machine::event::{Event, Input, Target};
use machine::ids::{CaseId, Name};
use reqwest::Method;
use runtime::answer::{Answer, Trouble, Verdict};
use runtime::bench::{PROCESS, ROLE, STEPS, clerk};
use runtime::engine::Engine;
use serde_json::{Value as Json, json};

use crate::exit::{Exit, Failure};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is done and on disk.
    Done,
    /// Too much waits.
    TurnedAway,
    /// Anything else.
    Failed(String),
}

/// A way for commands.
#[derive(Clone)]
pub enum Way {
    /// Straight into the engine.
    Inside(Engine),
    /// Requests.
    Http(Line),
}

/// A server, and who knocks.
#[derive(Clone)]
pub struct Line {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Way {
    /// Opens a case.
    pub async fn open(&self, case: &str) -> Came {
        match self {
            Way::Inside(engine) => {
                let key = Some(Name::from(format!("{case}/0")));
                came(engine.open(CaseId(case.into()), PROCESS, vec![], clerk(), key).await)
            }
            Way::Http(line) => {
                let body = json!({ "process": PROCESS, "case": case });
                line.send("/v1/cases", Some(&format!("{case}/0")), ROLE, &body).await
            }
        }
    }

    /// Takes a case one step further; `step` counts from one.
    pub async fn next(&self, case: &str, step: usize) -> Came {
        let key = format!("{case}/{step}");
        match self {
            Way::Inside(engine) => {
                let event = Event { to: Target::Main, name: "next".into(), data: vec![], reason: None };
                let key = Some(Name::from(key));
                came(engine.give(CaseId(case.into()), Input::Event(event), clerk(), key).await)
            }
            Way::Http(line) => {
                let path = format!("/v1/cases/{case}/events");
                line.send(&path, Some(&key), ROLE, &json!({ "event": "next" })).await
            }
        }
    }

    /// Where the commands are sent, as figures name it.
    pub fn name(&self) -> &'static str {
        match self {
            Way::Inside(_) => "process",
            Way::Http(_) => "http",
        }
    }
}

impl Line {
    /// A line to a server.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(url: &str, token: &str) -> Result<Line, Failure> {
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .pool_max_idle_per_host(usize::MAX)
            .build()
            .map_err(|error| unreachable(url, &error.to_string()))?;
        Ok(Line { client, url: url.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// Puts the process that is measured into force.
    ///
    /// # Errors
    /// The server cannot be reached, or does not let this token do that.
    pub async fn deploy(&self) -> Result<(), Failure> {
        let body = json!({ "text": STEPS, "reason": "charter bench" });
        match self.send("/v1/definitions", None, "administrator", &body).await {
            Came::Done => Ok(()),
            Came::TurnedAway => Err(unreachable(&self.url, "429")),
            Came::Failed(why) => Err(unreachable(&self.url, &why).advise(words!(
                "令牌的账号要有 administrator 和 clerk 两个角色",
                "the account of the token needs the roles administrator and clerk"
            ))),
        }
    }

    async fn send(&self, path: &str, key: Option<&str>, role: &str, body: &Json) -> Came {
        let mut request = self.client.request(Method::POST, format!("{}{path}", self.url));
        request = request.bearer_auth(&self.token).header("charter-role", role);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Came::Failed(error.to_string()),
        };
        let status = answer.status();
        // Read to its end, so that the connection can be used again.
        let text = answer.text().await.unwrap_or_default();
        match status.as_u16() {
            200..=299 => Came::Done,
            429 => Came::TurnedAway,
            number => Came::Failed(format!("{number} {text}")),
        }
    }
}

fn came(answer: Result<Answer, Trouble>) -> Came {
    match answer {
        Ok(Answer { verdict: Verdict::Accepted, .. }) => Came::Done,
        Ok(other) => Came::Failed(format!("{:?}", other.verdict)),
        Err(Trouble::Overloaded) => Came::TurnedAway,
        Err(trouble) => Came::Failed(trouble.to_string()),
    }
}

fn unreachable(url: &str, why: &str) -> Failure {
    Failure::new(Exit::Unreachable, words!("{url}：{why}", "{url}: {why}"))
}
