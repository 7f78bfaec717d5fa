//! Letters by mail: SMTP with TLS, a pool of connections, one Message-ID for ever.
//!
//! SMTP cannot say whether a message was taken when the line breaks at the end: then it may have arrived,
//! and it goes again under the same Message-ID, flagged. Plain SMTP is spoken to this machine only.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use ports::connector::{Connector, Delivering, Delivery, Request};
use tokio::time::timeout;

use crate::letter::{Clerk, Letter};
use crate::mail::{NoMail, Sender};
use crate::registry::World;
use crate::secret::Secret;
use crate::settings::{Settings, Unsuitable};

/// Letters remembered as sent while others of the same notice still fail.
const REMEMBERED: usize = 10_000;

/// How the line is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// TLS from the first byte (port 465).
    Tls,
    /// Begins in the open, turns to TLS or gives up (port 587).
    StartTls,
    /// In the open: to this machine only.
    Plain,
}

/// Where mail is handed in.
#[derive(Clone, Debug)]
pub struct Post {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub line: Line,
    /// User and password, if it asks.
    pub login: Option<(String, Secret)>,
    /// A certificate authority of the office's own, in PEM.
    pub authority: Option<Vec<u8>>,
    /// A letter has to be handed in within this, from the first byte to the last answer.
    pub patience: Duration,
    /// Connections at a time.
    pub pool: u32,
}

/// Sends letters by mail.
pub struct Smtp {
    name: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
    clerk: Arc<dyn Clerk>,
    patience: Duration,
    /// Letters that arrived while others of the same notice did not.
    arrived: Mutex<BTreeSet<String>>,
}

/// The registry's line for mail.
pub fn open(mut settings: Settings, world: &World) -> Result<Arc<dyn Connector>, Vec<Unsuitable>> {
    let line = line(&mut settings);
    let usual = if line == Line::Tls { 465 } else { 587 };
    let user = settings.text("user");
    let password = settings.secret("password", ["password_file", "password_env"]);
    let post = Post {
        host: settings.needed("host"),
        port: u16::try_from(settings.number("port", usual)).unwrap_or(0),
        line,
        login: user.zip(password),
        authority: authority(&mut settings),
        patience: settings.seconds("patience", 30),
        pool: settings.number("pool", 4).clamp(1, 64),
    };
    let from = settings.needed("from");
    let reply_to = settings.text("reply_to");
    let sender = Sender::read(&from, reply_to.as_deref())
        .map_err(|text| settings.wrong("from", format!("`{text}` is not a mail address")));
    let opened = match (sender, &world.clerk) {
        (Ok(sender), Some(clerk)) => Smtp::new(settings.connector(), &post, sender, clerk.clone())
            .map_err(|problem| settings.wrong("host", problem))
            .ok(),
        (_, None) => {
            settings.wrong("kind", "nobody writes letters here: give templates and an address book");
            None
        }
        (Err(()), _) => None,
    };
    let faultless = settings.end();
    match opened {
        Some(smtp) => faultless.map(|()| Arc::new(smtp) as Arc<dyn Connector>),
        None => Err(faultless.err().unwrap_or_default()),
    }
}

fn line(settings: &mut Settings) -> Line {
    match settings.text("tls").as_deref() {
        None | Some("starttls") => Line::StartTls,
        Some("tls") => Line::Tls,
        Some("none") => Line::Plain,
        Some(other) => {
            let problem = format!("`{other}` is none of tls, starttls, none");
            settings.wrong("tls", problem);
            Line::StartTls
        }
    }
}

fn authority(settings: &mut Settings) -> Option<Vec<u8>> {
    let path = settings.text("authority_file")?;
    std::fs::read(&path).map_err(|e| settings.wrong("authority_file", format!("{path}: {e}"))).ok()
}

impl Smtp {
    /// Mail under this connector's name. Made inside a tokio runtime: the pool keeps a task of its own.
    ///
    /// # Errors
    /// What is wrong with the post: an open line to another machine, a bad certificate.
    pub fn new(name: &str, post: &Post, sender: Sender, clerk: Arc<dyn Clerk>) -> Result<Smtp, String> {
        let pool = PoolConfig::new().max_size(post.pool);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&post.host)
            .port(post.port)
            .tls(post.tls()?)
            .timeout(Some(post.patience))
            .pool_config(pool);
        if let Some((user, password)) = &post.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        let name = name.to_owned();
        Ok(Smtp {
            name,
            transport: builder.build(),
            sender,
            clerk,
            patience: post.patience,
            arrived: Mutex::default(),
        })
    }

    async fn carry(&self, request: &Request) -> Delivery {
        let letters = match self.clerk.letters(request).await {
            Ok(letters) => letters,
            Err(none) => return none.delivery(),
        };
        let mut said = Vec::new();
        for letter in &letters {
            if !self.remembers(letter) {
                said.push(self.send(letter, request).await);
            }
        }
        let delivery = sum(said);
        if !matches!(delivery, Delivery::TryLater { .. }) {
            self.forget(&letters);
        }
        delivery
    }

    async fn send(&self, letter: &Letter, request: &Request) -> Said {
        let message = match self.sender.message(letter, request.fact.at) {
            Ok(message) => message,
            Err(NoMail::NoAddress(name)) => return Said::Without(name),
            Err(problem) => return Said::Never(problem.to_string()),
        };
        // The mail library waits for a silent server for ever: its own limit covers connecting only.
        match timeout(self.patience, self.transport.send(message)).await {
            Ok(Ok(_)) => {
                self.remember(letter);
                Said::Taken
            }
            Ok(Err(e)) => judged(&e),
            Err(_) => Said::Later("the mail server did not answer in time".to_owned(), true),
        }
    }

    fn remembers(&self, letter: &Letter) -> bool {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).contains(&letter.id)
    }

    fn remember(&self, letter: &Letter) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        if arrived.len() < REMEMBERED {
            arrived.insert(letter.id.clone());
        }
    }

    fn forget(&self, letters: &[Letter]) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        letters.iter().for_each(|letter| {
            arrived.remove(&letter.id);
        });
    }
}

impl Connector for Smtp {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(self.carry(request))
    }
}

impl Post {
    fn tls(&self) -> Result<Tls, String> {
        if self.line == Line::Plain {
            let here = self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            let refused = "mail in the open is handed to this machine only: use tls or starttls";
            return if here { Ok(Tls::None) } else { Err(refused.to_owned()) };
        }
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authority {
            let certificate = Certificate::from_pem(pem).map_err(|e| e.to_string())?;
            parameters = parameters.add_root_certificate(certificate);
        }
        let parameters = parameters.build_rustls().map_err(|e| e.to_string())?;
        Ok(if self.line == Line::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
    }
}

/// What came of one letter.
enum Said {
    /// The server has it.
    Taken,
    /// The recipient has no mail address: the inbox has to do.
    Without(String),
    /// Again later; whether it may have arrived all the same.
    Later(String, bool),
    /// This letter never.
    Never(String),
}

/// Refusals of our login: the letter is not at fault.
const LOGIN: &[u16] = &[530, 534, 535, 538];

fn judged(error: &lettre::transport::smtp::Error) -> Said {
    let problem = error.to_string();
    if let Some(code) = error.status() {
        let code: u16 = code.into();
        let lasting = error.is_permanent() && !LOGIN.contains(&code);
        return if lasting { Said::Never(problem) } else { Said::Later(problem, false) };
    }
    // An answer that broke off may have been a yes. A line that never stood cannot have carried anything.
    let never_stood = problem.starts_with("Connection error") || error.is_tls() || error.is_client();
    Said::Later(problem, !never_stood)
}

/// What came of all letters of a notice: the worst that trying again can mend, then what it cannot.
fn sum(said: Vec<Said>) -> Delivery {
    let mut later: Option<(String, bool)> = None;
    let mut never = Vec::new();
    let (mut without, mut taken) = (Vec::new(), 0);
    let all = said.len();
    for one in said {
        match one {
            Said::Taken => taken += 1,
            Said::Without(name) => without.push(name),
            Said::Never(problem) => never.push(problem),
            Said::Later(problem, perhaps) => {
                let before = later.take();
                let perhaps = perhaps || before.as_ref().is_some_and(|(_, perhaps)| *perhaps);
                later = Some((before.map_or(problem, |(first, _)| first), perhaps));
            }
        }
    }
    if let Some((problem, perhaps)) = later {
        return Delivery::TryLater { after: None, problem, perhaps };
    }
    if taken == 0 && all > 0 && !without.is_empty() {
        never.push(format!("no mail address is known of {}", without.join(", ")));
    }
    match never.is_empty() {
        true => Delivery::Delivered { answer: expr::value::Value::Null },
        false => Delivery::GiveUp { problem: never.join("; ") },
    }
}
