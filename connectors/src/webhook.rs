//! Signed webhooks: one POST, answered within ten seconds, to a host that may be called.
//!
//! Standard Webhooks 1.0 in the headers, CloudEvents 1.0 in the body, `Idempotency-Key` the same at every
//! attempt. No redirects, no proxy of the environment, no answer beyond 1 MiB. Addresses are checked when
//! the name is resolved, and the checked address is the one connected to (`guard.rs`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use expr::value::Value;
use jiff::{SignedDuration, Timestamp};
use machine::fact::What;
use ports::clock::Clock;
use ports::connector::{Connector, Delivering, Delivery, Request};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::event;
use crate::guard::{Allowed, Network};
use crate::json;
use crate::registry::World;
use crate::settings::{Settings, Unsuitable};
use crate::sign::{Key, Keys, Signed};

/// What a webhook waits for and reads, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte sent to the last byte read.
    pub whole: Duration,
    /// Until the line stands.
    pub connect: Duration,
    /// Bytes of the answer.
    pub bytes: usize,
}

impl Default for Limits {
    /// 10 s, of them 5 s to connect; 1 MiB.
    fn default() -> Limits {
        Limits { whole: Duration::from_secs(10), connect: Duration::from_secs(5), bytes: 1024 * 1024 }
    }
}

/// A partner's address and what is agreed with them.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Where to.
    pub url: String,
    /// What signs.
    pub keys: Keys,
    /// Who we say we are: CloudEvents' `source`.
    pub source: String,
    /// Where it may lead.
    pub allowed: Allowed,
    /// Certificate authorities besides the public ones, in PEM.
    pub authorities: Vec<u8>,
    /// What is waited for.
    pub limits: Limits,
}

/// The latest signed checkpoint, if there is one.
type Checkpoint = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// Posts notices and calls to a partner.
pub struct Webhook {
    name: String,
    url: Url,
    partner: Partner,
    client: Client,
    clock: Arc<dyn Clock>,
    checkpoint: Option<Checkpoint>,
}

/// The registry's line for webhooks.
pub fn open(mut settings: Settings, world: &World) -> Result<Arc<dyn Connector>, Vec<Unsuitable>> {
    let keys = keys(&mut settings);
    let networks: Vec<String> = settings.texts("networks");
    let allowed = Allowed {
        hosts: settings.texts("hosts"),
        networks: networks.iter().filter_map(|text| network(&mut settings, text)).collect(),
        loopback: settings.switch("loopback"),
    };
    let authorities = settings.text("authority_file").and_then(|path| {
        std::fs::read(&path).map_err(|e| settings.wrong("authority_file", format!("{path}: {e}"))).ok()
    });
    let (url, source) = (settings.needed("url"), settings.needed("source"));
    let limits = Limits { whole: settings.seconds("patience", 10), ..Limits::default() };
    let opened = keys.and_then(|keys| {
        let partner =
            Partner { url, keys, source, allowed, authorities: authorities.unwrap_or_default(), limits };
        Webhook::new(settings.connector(), partner, world.clock.clone(), Arc::new(System))
            .map_err(|problem| settings.wrong("url", problem))
            .ok()
    });
    let faultless = settings.end();
    match opened {
        Some(webhook) => {
            let webhook = Webhook { checkpoint: world.checkpoint.clone(), ..webhook };
            faultless.map(|()| Arc::new(webhook) as Arc<dyn Connector>)
        }
        None => Err(faultless.err().unwrap_or_default()),
    }
}

fn network(settings: &mut Settings, text: &str) -> Option<Network> {
    let network = Network::read(text);
    if network.is_none() {
        settings.wrong("networks", format!("`{text}` is not a network: write 10.20.0.0/16"));
    }
    network
}

fn keys(settings: &mut Settings) -> Option<Keys> {
    let current = settings.secret("secret", ["secret_file", "secret_env"]);
    let previous = settings.secret("previous_secret", ["previous_secret_file", "previous_secret_env"]);
    let until = settings.text("previous_until");
    let Some(current) = current else {
        settings.wrong("secret_file", "is missing: every webhook is signed");
        return None;
    };
    let current = Key::read(&current).map_err(|e| settings.wrong("secret_file", e.to_string())).ok()?;
    let Some(previous) = previous else { return Some(Keys::of(current)) };
    let previous =
        Key::read(&previous).map_err(|e| settings.wrong("previous_secret_file", e.to_string())).ok()?;
    let until: Option<Timestamp> = until.and_then(|text| text.parse().ok());
    if until.is_none() {
        settings
            .wrong("previous_until", "say until when the previous secret counts: 2026-12-31T00:00:00+08:00");
    }
    Some(Keys { current, previous: Some((previous, until?)) })
}

/// Finds the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a host. The port means nothing.
    fn lookup(
        &self,
        host: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;
}

/// The system's own way.
pub struct System;

impl Lookup for System {
    fn lookup(
        &self,
        host: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// Looks names up and refuses those that lead inside.
struct Guarded {
    allowed: Allowed,
    lookup: Arc<dyn Lookup>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, allowed, host) = (self.lookup.clone(), self.allowed.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let found = lookup.lookup(host.clone()).await?;
            let addresses: Vec<_> = found.iter().map(SocketAddr::ip).collect();
            allowed.addresses(&host, &addresses)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn trust(pem: &[u8]) -> Result<rustls::ClientConfig, String> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| format!("a certificate authority cannot be read: {e}"))?;
        roots.add(certificate).map_err(|e| format!("a certificate authority cannot be used: {e}"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl Webhook {
    /// Webhooks to a partner, under this connector's name.
    ///
    /// # Errors
    /// What is wrong with the address or the certificates.
    pub fn new(
        name: &str,
        partner: Partner,
        clock: Arc<dyn Clock>,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Webhook, String> {
        let url = partner.allowed.url(&partner.url).map_err(|e| e.to_string())?;
        let guarded = Guarded { allowed: partner.allowed.clone(), lookup };
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(guarded))
            .connect_timeout(partner.limits.connect)
            .timeout(partner.limits.whole)
            .tls_backend_preconfigured(trust(&partner.authorities)?)
            .user_agent(concat!("charter/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| told(&e))?;
        let name = name.to_owned();
        Ok(Webhook { name, url, partner, client, clock, checkpoint: None })
    }

    async fn post(&self, request: &Request) -> Delivery {
        let checkpoint = self.checkpoint.as_ref().and_then(|latest| latest());
        let body = match event::body(request, &self.partner.source, checkpoint) {
            Ok(body) => body,
            Err(problem) => return Delivery::GiveUp { problem },
        };
        let (id, now) = (request.key.to_string(), self.clock.now());
        let id = header_safe(&id);
        let signed = Signed { id: &id, second: now.as_second(), body: &body };
        let signature = self.partner.keys.sign(&signed, now);
        let sent = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/cloudevents+json; charset=utf-8")
            .header("webhook-id", &id)
            .header("webhook-timestamp", signed.second.to_string())
            .header("webhook-signature", signature)
            .header("idempotency-key", &id)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) => self.heard(response, wants_answer(request)).await,
            Err(e) => {
                let problem = told(&e);
                Delivery::TryLater { after: None, problem, perhaps: !e.is_connect() }
            }
        }
    }

    async fn heard(&self, response: Response, wants_answer: bool) -> Delivery {
        let status = response.status();
        if !status.is_success() {
            return refused(status, asked(&response, self.clock.now()));
        }
        match self.read(response).await {
            Ok(bytes) => answered(&bytes, wants_answer),
            Err(Broken::TooLong) if wants_answer => Delivery::GiveUp {
                problem: format!("the answer is longer than {} bytes", self.partner.limits.bytes),
            },
            // A notice needs no answer: the status said that it was taken.
            Err(_) if !wants_answer => Delivery::Delivered { answer: Value::Null },
            Err(Broken::Off(problem)) => Delivery::TryLater { after: None, problem, perhaps: true },
            Err(Broken::TooLong) => Delivery::Delivered { answer: Value::Null },
        }
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Broken> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| Broken::Off(told(&e)))? {
            if bytes.len() + chunk.len() > self.partner.limits.bytes {
                return Err(Broken::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// Why an answer was not read to its end.
enum Broken {
    TooLong,
    Off(String),
}

impl Connector for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(self.post(request))
    }
}

fn wants_answer(request: &Request) -> bool {
    matches!(&request.fact.what, What::Called { reply: Some(_), .. })
}

/// Header values are ASCII; a case number may be in any script.
fn header_safe(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_ascii_graphic() { c.to_string() } else { format!("U{:04X}", u32::from(c)) })
        .collect()
}

/// The error with what lies behind it, without the URL: it may carry a token.
fn told(error: &reqwest::Error) -> String {
    let mut said =
        if error.is_timeout() { "no answer in time".to_owned() } else { "the call failed".to_owned() };
    let mut behind = std::error::Error::source(error);
    while let Some(cause) = behind {
        said.push_str(": ");
        said.push_str(&cause.to_string());
        behind = cause.source();
    }
    said
}

fn refused(status: StatusCode, after: Option<SignedDuration>) -> Delivery {
    let problem = format!("the partner answered {status}");
    let passing = status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 425 | 429);
    match (status.is_redirection(), passing) {
        (true, _) => Delivery::GiveUp { problem: format!("{problem}; redirects are not followed") },
        (_, true) => Delivery::TryLater { after, problem, perhaps: false },
        _ => Delivery::GiveUp { problem },
    }
}

/// `Retry-After`, in seconds or as a date.
fn asked(response: &Response, now: Timestamp) -> Option<SignedDuration> {
    let text = response.headers().get("retry-after")?.to_str().ok()?;
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(at.duration_since(now).max(SignedDuration::ZERO))
}

fn answered(bytes: &[u8], wants_answer: bool) -> Delivery {
    if bytes.is_empty() || !wants_answer {
        return Delivery::Delivered { answer: Value::Null };
    }
    let read = serde_json::from_slice(bytes).ok().and_then(|json| json::read(&json));
    match read {
        Some(answer) => Delivery::Delivered { answer },
        None => Delivery::GiveUp { problem: "the answer is not JSON that can be read exactly".to_owned() },
    }
}
