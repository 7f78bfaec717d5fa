//! Webhooks against a real HTTP receiver on loopback, which is slow, endless, broken or evil.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::world::{Still, call, file, keys, notice, settings, word};
use connectors::guard::Allowed;
use connectors::incoming::{Callback, genuine};
use connectors::registry;
use connectors::webhook::{Limits, Lookup, Partner, System, Webhook};
use ports::clock::Clock;
use ports::connector::{Connector, Delivery};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// How the receiver answers.
#[derive(Clone)]
enum Answer {
    /// These bytes, then the end.
    Bytes(&'static str),
    /// A head that promises a gigabyte, and then bytes for as long as anybody reads.
    Endless,
    /// This much, and then nothing, with the line left open.
    Stuck(&'static str),
}

/// A request as it came: the head's lines and the body.
#[derive(Clone, Debug)]
struct Got {
    head: Vec<String>,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let line = self.head.iter().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {:?}", self.head))
    }
}

type Seen = Arc<Mutex<Vec<Got>>>;

async fn serve(answer: Answer, tls: bool) -> (u16, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let kept = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (answer, kept) = (answer.clone(), kept.clone());
            tokio::spawn(async move {
                if !tls {
                    talk(stream, answer, &kept).await;
                } else if let Ok(stream) = crate::world::acceptor().accept(stream).await {
                    talk(stream, answer, &kept).await;
                }
            });
        }
    });
    (port, seen)
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, answer: Answer, seen: &Seen) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    seen.lock().unwrap().push(Got { head, body });
    match answer {
        Answer::Bytes(bytes) => stream.write_all(bytes.as_bytes()).await.ok()?,
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n").await.ok()?;
            let chunk = vec![b' '; 64 * 1024];
            while stream.write_all(&chunk).await.is_ok() {}
        }
        Answer::Stuck(bytes) => {
            stream.write_all(bytes.as_bytes()).await.ok()?;
            stream.flush().await.ok()?;
            std::future::pending::<()>().await;
        }
    }
    stream.flush().await.ok()
}

fn partner(url: &str) -> Partner {
    Partner {
        url: url.to_owned(),
        keys: keys("B"),
        source: "https://rongzi.example.gov.cn".to_owned(),
        allowed: Allowed { loopback: true, ..Allowed::default() },
        authorities: std::fs::read(file("authority.pem")).unwrap(),
        limits: Limits {
            whole: Duration::from_millis(400),
            connect: Duration::from_millis(200),
            bytes: 4096,
        },
    }
}

fn webhook(partner: Partner, lookup: Arc<dyn Lookup>) -> Webhook {
    Webhook::new("bank", partner, Arc::new(Still), lookup).unwrap()
}

async fn post(answer: Answer, request: &ports::connector::Request) -> (Delivery, Seen) {
    let (port, seen) = serve(answer, false).await;
    let webhook = webhook(partner(&format!("http://127.0.0.1:{port}/hooks")), Arc::new(System));
    (webhook.deliver(request).await, seen)
}

#[tokio::test]
async fn a_notice_arrives_signed_and_in_its_envelope() {
    let (delivery, seen) = post(Answer::Bytes("HTTP/1.1 204 No Content\r\n\r\n"), &notice()).await;
    assert_eq!(word(&delivery), "delivered", "{delivery:?}");
    let got = seen.lock().unwrap()[0].clone();
    assert_eq!(got.header("idempotency-key"), "FD-2026-000183/7/0");
    let callback = Callback {
        id: got.header("webhook-id"),
        timestamp: got.header("webhook-timestamp"),
        signature: got.header("webhook-signature"),
        body: &got.body,
    };
    assert_eq!(genuine(&callback, &keys("B"), Still.now()), Ok(()));
    assert!(genuine(&callback, &keys("C"), Still.now()).is_err());
    insta::assert_snapshot!(String::from_utf8(got.body).unwrap(), @r#"{"specversion":"1.0","id":"FD-2026-000183/7/0","source":"https://rongzi.example.gov.cn","type":"charter.notice.evaluation_due_soon","subject":"FD-2026-000183","time":"2026-11-23T08:00:00Z","datacontenttype":"application/json","process":"financing_demand","data":{"to":[{"party":"icbc"}],"values":null}}"#);
}

#[tokio::test]
async fn a_call_brings_its_answer_back_exactly() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 32\r\n\r\n{\"size\":\"small\",\"share\":0.10000}";
    let (delivery, seen) = post(Answer::Bytes(answer), &call()).await;
    let Delivery::Delivered { answer } = delivery else { panic!("{delivery:?}") };
    assert_eq!(answer.to_string(), "{share: 0.1, size: \"small\"}");
    let body = String::from_utf8(seen.lock().unwrap()[0].body.clone()).unwrap();
    assert!(
        body.contains("\"type\":\"charter.call.classify\"") && body.contains("\"industry\":\"C3824\""),
        "{body}"
    );
}

#[tokio::test]
async fn what_the_partner_says_decides_whether_to_try_again() {
    let evil = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\n\r\n";
    let table = [
        ("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", "later"),
        ("HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n", "later"),
        ("HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n", "later"),
        ("HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n", "never"),
        ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", "never"),
        (evil, "never"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwhat", "never"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"cut\":", "later, perhaps there"),
        ("", "later, perhaps there"),
        ("SSH-2.0-OpenSSH\r\n", "later, perhaps there"),
    ];
    for (answer, wanted) in table {
        let (delivery, seen) = post(Answer::Bytes(answer), &call()).await;
        assert_eq!(word(&delivery), wanted, "{answer:?} {delivery:?}");
        assert_eq!(seen.lock().unwrap().len(), 1, "tried once: {answer:?}");
        if answer.contains("retry-after") {
            let asked = Some(jiff::SignedDuration::from_secs(120));
            assert!(matches!(&delivery, Delivery::TryLater { after, .. } if *after == asked), "{delivery:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_and_one_that_never_comes_is_left() {
    let table = [
        (Answer::Endless, "never", "delivered"),
        (Answer::Stuck(""), "later, perhaps there", "later, perhaps there"),
        (Answer::Stuck("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), "later, perhaps there", "delivered"),
    ];
    for (answer, of_call, of_notice) in table {
        let (delivery, _) = post(answer.clone(), &call()).await;
        assert_eq!(word(&delivery), of_call, "{delivery:?}");
        let (delivery, _) = post(answer, &notice()).await;
        assert_eq!(word(&delivery), of_notice, "{delivery:?}");
    }
}

#[tokio::test]
async fn the_partner_is_known_by_its_certificate() {
    let (port, seen) = serve(Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), true).await;
    let known = partner(&format!("https://127.0.0.1:{port}/"));
    let stranger = Partner { authorities: Vec::new(), ..known.clone() };
    assert_eq!(word(&webhook(known, Arc::new(System)).deliver(&notice()).await), "delivered");
    let delivery = webhook(stranger, Arc::new(System)).deliver(&notice()).await;
    assert_eq!(word(&delivery), "later", "{delivery:?}");
    assert_eq!(seen.lock().unwrap().len(), 1);
}

/// A name server that says what it likes.
struct Says(&'static [&'static str]);

impl Lookup for Says {
    fn lookup(
        &self,
        _: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> {
        let found = self.0.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
        Box::pin(async move { Ok(found) })
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_before_anything_is_sent() {
    let (port, seen) = serve(Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), true).await;
    let listed = |loopback| {
        let hosts = vec!["bank.example.cn".to_owned()];
        let allowed = Allowed { hosts, loopback, ..Allowed::default() };
        Partner { allowed, ..partner(&format!("https://bank.example.cn:{port}/")) }
    };
    let inside: [&'static [&'static str]; 5] = [
        &["127.0.0.1"],
        &["::1"],
        &["93.184.216.34", "127.0.0.1"],
        &["169.254.169.254"],
        &["::ffff:10.0.0.1"],
    ];
    for addresses in inside {
        let delivery = webhook(listed(false), Arc::new(Says(addresses))).deliver(&notice()).await;
        assert_eq!(word(&delivery), "later", "{addresses:?}");
        assert!(format!("{delivery:?}").contains("is not a public one"), "{delivery:?}");
    }
    assert!(seen.lock().unwrap().is_empty());
    let delivery = webhook(listed(true), Arc::new(Says(&["127.0.0.1"]))).deliver(&notice()).await;
    assert_eq!(word(&delivery), "delivered", "the checked address is the one connected to: {delivery:?}");
}

#[test]
fn settings_say_everything_that_is_wrong() {
    let world = crate::world::world(None);
    let lines = "url = https://user@bank.example.cn/\nhosts = bank.example.cn\nnetworks = ten\n\
                 secret_env = CHARTER_NO_SUCH_VARIABLE\nproxy = http://x/";
    let said = registry::open("webhook", settings("bank", lines), &world).map(|_| ()).unwrap_err();
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    connector bank: secret_env: the environment variable CHARTER_NO_SUCH_VARIABLE is not set; set it, or name a file instead
    connector bank: secret_file: is missing: every webhook is signed
    connector bank: networks: `ten` is not a network: write 10.20.0.0/16
    connector bank: source: is missing
    connector bank: proxy: there is no such setting; there are secret_file, secret_env, previous_secret_file, previous_secret_env, previous_until, networks, hosts, loopback, authority_file, url, source, patience
    ");
    let unknown = registry::open("fax", settings("x", ""), &world).map(|_| ()).unwrap_err();
    assert!(unknown[0].problem.starts_with("there is no kind `fax`; there are smtp, webhook, folder"));
}
