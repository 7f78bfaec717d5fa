//! What the tests of the connectors share: a clock that stands still, requests, letters, keys.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use connectors::letter::{Clerk, Finding, Letter, Recipient, Side, letter_id};
use connectors::registry::World;
use connectors::render::Written;
use connectors::secret::Secret;
use connectors::settings::Settings;
use connectors::sign::{Key, Keys};
use expr::lang::Lang;
use expr::value::Value;
use jiff::Timestamp;
use machine::fact::{Addressee, Fact, What};
use machine::ids::{CaseId, RunIx};
use ports::clock::Clock;
use ports::connector::{Delivery, Request};
use ports::outbox::EffectKey;

/// A second that never passes.
pub struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_420_800).unwrap()
    }
}

/// Letters written beforehand, to these addresses.
pub struct Ready(pub Vec<Option<&'static str>>);

impl Clerk for Ready {
    fn letters<'a>(&'a self, request: &'a Request) -> Finding<'a, Vec<Letter>> {
        let letters = self.0.iter().enumerate().map(|(at, mail)| {
            let to = Recipient {
                name: format!("收件单位{at}"),
                mail: mail.map(str::to_owned),
                lang: Lang::Zh,
                side: Side::Bank,
            };
            let written = Written {
                subject: "评估即将到期".to_owned(),
                text: "苏州银行：\n\n.请于期限前办结。\n".to_owned(),
                html: "<p>苏州银行：</p>".to_owned(),
            };
            Letter { id: letter_id(&request.key, &to), to, written }
        });
        let letters = letters.collect();
        Box::pin(async move { Ok(letters) })
    }
}

fn request(what: What) -> Request {
    let at = Timestamp::from_second(1_795_420_800).unwrap();
    Request {
        key: EffectKey { case: CaseId("FD-2026-000183".into()), entry: 7, effect: 0 },
        attempt: 1,
        process: "financing_demand".into(),
        fact: Fact { run: RunIx::MAIN, at, what },
    }
}

/// A notice to a bank.
pub fn notice() -> Request {
    request(What::Notified {
        notice: "evaluation_due_soon".into(),
        to: vec![Addressee::Party("icbc".into())],
        data: Value::Null,
    })
}

/// A call that wants an answer.
pub fn call() -> Request {
    let with = BTreeMap::from([("industry".into(), Value::Text("C3824".into()))]);
    request(What::Called {
        connector: "size_standard.classify".into(),
        request: Value::Context(Arc::new(with)),
        reply: Some("size_found".into()),
        failure: None,
    })
}

/// Keys of one repeated letter each.
pub fn keys(current: &str) -> Keys {
    Keys::of(Key::read(&Secret::new(format!("whsec_{}", current.repeat(32)))).unwrap())
}

/// A file of the test authority.
pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name)
}

/// Settings from lines of `key = value`.
pub fn settings(name: &str, lines: &str) -> Settings {
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    Settings::new(name, pairs.map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned())).collect())
}

/// A world with this clerk.
pub fn world(clerk: Option<Arc<dyn Clerk>>) -> World {
    World { clock: Arc::new(Still), clerk, checkpoint: None }
}

/// What came of it, as one word.
pub fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Delivered { .. } => "delivered",
        Delivery::TryLater { perhaps: false, .. } => "later",
        Delivery::TryLater { perhaps: true, .. } => "later, perhaps there",
        Delivery::GiveUp { .. } => "never",
    }
}

/// What a partner's TLS looks like: the test authority's own server.
pub fn acceptor() -> tokio_rustls::TlsAcceptor {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let chain = CertificateDer::pem_file_iter(file("server.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("server.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    tokio_rustls::TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()))
}
