//! Spans to a collector of OpenTelemetry: OTLP over HTTP in its JSON form, gathered and sent once a second. A collector
//! that is away costs spans, never requests.

use std::sync::Arc;
use std::time::Duration;

use language::words;
use runtime::engine::Engine;
use runtime::loops::Ended;
use serde_json::{Value as Json, json};
use server::identity::secret;
use server::watch::spans::{Kind, Span, Spans};
use tokio::sync::mpsc;

use crate::exit::{Exit, Failure};
use crate::serving::upkeep;

/// Spans that wait; more are dropped.
const WAITING_MAX: usize = 4_096;
/// Spans in one request.
const BATCH_MAX: usize = 512;
/// How long spans are gathered.
const GATHER: Duration = Duration::from_secs(1);
/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where spans wait to be sent.
pub struct Gathering(mpsc::Sender<Span>);

/// What sends them.
pub struct Sending {
    waiting: mpsc::Receiver<Span>,
    client: reqwest::Client,
    url: String,
    node: String,
}

/// Both ends, for a collector at an address such as `http://127.0.0.1:4318`.
///
/// # Errors
/// It is no address of HTTP.
pub fn to(collector: &str, node: &str) -> Result<(Arc<Gathering>, Sending), Failure> {
    let base = collector.trim_end_matches('/');
    let good = base.strip_prefix("http://").or_else(|| base.strip_prefix("https://"));
    if good.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        return Err(Failure::usage(words!(
            "otlp 要写成 http://主机:4318，得到的是“{collector}”",
            "otlp wants http://HOST:4318, not `{collector}`"
        )));
    }
    let url = if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") };
    // A second installation of the same provider changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(|error| {
        Failure::new(
            Exit::Unreachable,
            words!("不能连接收集器：{error}", "cannot reach the collector: {error}"),
        )
    })?;
    let (sender, waiting) = mpsc::channel(WAITING_MAX);
    Ok((Arc::new(Gathering(sender)), Sending { waiting, client, url, node: node.to_owned() }))
}

impl Spans for Gathering {
    fn ended(&self, span: Span) {
        if self.0.try_send(span).is_err() {
            tracing::debug!("a span was dropped: the collector does not keep up");
        }
    }
}

/// Sends what was gathered until the engine closes, and what is left then.
pub async fn send(engine: Engine, mut sending: Sending) -> Ended {
    let mut away = false;
    loop {
        let closing = engine.is_closing();
        let mut batch = Vec::new();
        while batch.len() < BATCH_MAX
            && let Ok(span) = sending.waiting.try_recv()
        {
            batch.push(span);
        }
        let full = batch.len() == BATCH_MAX;
        if !batch.is_empty() {
            let came = sending.post(&batch).await;
            match &came {
                Err(why) if !away => tracing::warn!(%why, "the collector of traces takes nothing"),
                Ok(()) if away => tracing::info!("the collector of traces takes spans again"),
                _ => {}
            }
            away = came.is_err();
        }
        if closing {
            return Ok(());
        }
        if !full {
            upkeep::rest(&engine, GATHER).await;
        }
    }
}

impl Sending {
    async fn post(&self, batch: &[Span]) -> Result<(), String> {
        let body = document(&self.node, batch).to_string();
        let request = self.client.post(&self.url).header("content-type", "application/json").body(body);
        let response = request.send().await.map_err(|error| crate::client::cause(&error))?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(status.to_string()) }
    }
}

/// `ExportTraceServiceRequest`, in the JSON form of OTLP 1.
fn document(node: &str, batch: &[Span]) -> Json {
    let own = [
        ("service.name", "charter"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", node),
    ];
    let resource: Vec<Json> = own.iter().map(|(key, value)| text(key, value)).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{ "scope": { "name": "charter" }, "spans": batch.iter().map(span).collect::<Vec<Json>>() }],
    }] })
}

fn span(span: &Span) -> Json {
    // The numbers of SpanKind: 2 answers, 3 asks. Of Status: 2 is an error.
    let kind = match span.kind {
        Kind::Answered => 2,
        Kind::PassedOn => 3,
    };
    let mut about: Vec<Json> = span.about.iter().map(|(key, value)| text(key, value)).collect();
    if span.status > 0 {
        let status = span.status.to_string();
        about.push(json!({ "key": "http.response.status_code", "value": { "intValue": status } }));
    }
    let failed = span.status == 0 || span.status >= 500;
    let nanos = |at: jiff::Timestamp| at.as_nanosecond().to_string();
    json!({
        "traceId": secret::hex(&span.place.trace),
        "spanId": secret::hex(&span.place.span),
        "parentSpanId": span.parent.map(|parent| secret::hex(&parent)).unwrap_or_default(),
        "name": span.name,
        "kind": kind,
        "startTimeUnixNano": nanos(span.began),
        "endTimeUnixNano": nanos(span.ended),
        "attributes": about,
        "status": if failed { json!({ "code": 2 }) } else { json!({}) },
    })
}

fn text(key: &str, value: &str) -> Json {
    json!({ "key": key, "value": { "stringValue": value } })
}
