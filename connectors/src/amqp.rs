//! Message queues: one exchange, persistent messages, each confirmed by the broker before it counts.
//!
//! The body is the same envelope as a webhook's, the message id the request's key. A message that no queue
//! takes is not delivered. In the open to this machine only; elsewhere `amqps`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use expr::value::Value;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use machine::fact::What;
use ports::connector::{Connector, Delivering, Delivery, Request};
use reqwest::Url;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::event;
use crate::registry::World;
use crate::secret::Secret;
use crate::settings::{Settings, Unsuitable};

/// AMQP's mark for messages that survive the broker.
const PERSISTENT: u8 = 2;
/// Longest routing key, in bytes.
const LONGEST_KEY: usize = 255;

/// Where messages go.
#[derive(Clone, Debug)]
pub struct Broker {
    /// `amqps://user:password@host/vhost`: a secret, for what is in it.
    pub url: Secret,
    /// The exchange. The empty one leads to the queue of the routing key's name.
    pub exchange: String,
    /// The routing key; `{name}` stands for the notice or operation.
    pub routing: String,
    /// Who we say we are: CloudEvents' `source`.
    pub source: String,
    /// Connecting, and each confirmation, has to come within this.
    pub patience: Duration,
}

/// Publishes notices and calls to a broker.
pub struct Amqp {
    name: String,
    broker: Broker,
    /// The line that stands, if one does.
    line: Mutex<Option<(Connection, Channel)>>,
}

/// The registry's line for message queues.
pub fn open(mut settings: Settings, _: &World) -> Result<Arc<dyn Connector>, Vec<Unsuitable>> {
    let url = settings.secret("url", ["url_file", "url_env"]);
    if url.is_none() {
        settings.wrong("url_file", "is missing");
    }
    let exchange = settings.text("exchange").unwrap_or_default();
    let routing = settings.text("routing").unwrap_or_else(|| "charter.{name}".to_owned());
    let (source, patience) = (settings.needed("source"), settings.seconds("patience", 10));
    let broker = url.map(|url| Broker { url, exchange, routing, source, patience });
    let opened = broker.map(|broker| Amqp::new(settings.connector(), broker));
    let opened = opened.and_then(|amqp| amqp.map_err(|problem| settings.wrong("url_file", problem)).ok());
    settings.end()?;
    // Without an opened one there was something wrong, and the line above has said it.
    opened.map(|amqp| Arc::new(amqp) as Arc<dyn Connector>).ok_or_else(Vec::new)
}

impl Amqp {
    /// Messages under this connector's name. Nothing is connected yet.
    ///
    /// # Errors
    /// What is wrong with the address. The address itself is never shown.
    pub fn new(name: &str, broker: Broker) -> Result<Amqp, String> {
        let url = Url::parse(broker.url.expose()).map_err(|_| "the address is not a URL".to_owned())?;
        let host = url.host_str().unwrap_or_default();
        let here = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        match (url.scheme(), here) {
            ("amqps", _) | ("amqp", true) => {
                Ok(Amqp { name: name.to_owned(), broker, line: Mutex::default() })
            }
            ("amqp", false) => Err("messages in the open go to this machine only: use amqps".to_owned()),
            _ => Err("the address begins with amqps://".to_owned()),
        }
    }

    async fn publish(&self, request: &Request) -> Delivery {
        let body = match event::body(request, &self.broker.source, None) {
            Ok(body) => body,
            Err(problem) => return Delivery::GiveUp { problem },
        };
        let channel = match timeout(self.broker.patience, self.channel()).await {
            Ok(Ok(channel)) => channel,
            Ok(Err(e)) => return later(e.to_string(), false),
            Err(_) => return later("the broker does not answer".to_owned(), false),
        };
        let said = timeout(self.broker.patience, self.send(&channel, request, &body)).await;
        match said {
            Ok(Ok(confirmation)) => judged(&confirmation),
            Ok(Err(e)) => {
                self.hang_up().await;
                later(e.to_string(), true)
            }
            Err(_) => {
                self.hang_up().await;
                later("the broker took it and did not confirm in time".to_owned(), true)
            }
        }
    }

    /// The channel that stands, or a new one.
    async fn channel(&self) -> Result<Channel, lapin::Error> {
        let mut line = self.line.lock().await;
        if let Some((connection, channel)) = &*line
            && connection.status().connected()
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(self.broker.url.expose(), properties).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        *line = Some((connection, channel.clone()));
        Ok(channel)
    }

    async fn hang_up(&self) {
        *self.line.lock().await = None;
    }

    async fn send(
        &self,
        channel: &Channel,
        request: &Request,
        body: &[u8],
    ) -> Result<Confirmation, lapin::Error> {
        let seconds = u64::try_from(request.fact.at.as_second()).unwrap_or(0);
        let properties = BasicProperties::default()
            .with_message_id(request.key.to_string().into())
            .with_content_type("application/cloudevents+json".into())
            .with_timestamp(seconds)
            .with_delivery_mode(PERSISTENT);
        let (exchange, routing) = (self.broker.exchange.as_str(), self.routing(request));
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        channel.basic_publish(exchange.into(), routing.into(), options, body, properties).await?.await
    }

    fn routing(&self, request: &Request) -> String {
        let name = match &request.fact.what {
            What::Notified { notice, .. } => notice,
            What::Called { connector, .. } => event::operation(connector),
            _ => "",
        };
        let key = self.broker.routing.replace("{name}", name);
        key.chars()
            .scan(0, |bytes, c| {
                *bytes += c.len_utf8();
                (*bytes <= LONGEST_KEY).then_some(c)
            })
            .collect()
    }
}

fn later(problem: String, perhaps: bool) -> Delivery {
    Delivery::TryLater { after: None, problem, perhaps }
}

/// Confirmed counts; sent back means that no queue was there to take it.
fn judged(confirmation: &Confirmation) -> Delivery {
    match confirmation {
        Confirmation::Ack(None) => Delivery::Delivered { answer: Value::Null },
        Confirmation::Ack(Some(_)) => {
            later("no queue takes this message: bind one to the exchange".to_owned(), false)
        }
        Confirmation::Nack(_) => later("the broker could not keep the message".to_owned(), false),
        Confirmation::NotRequested => later("the broker does not confirm".to_owned(), true),
    }
}

impl Connector for Amqp {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(self.publish(request))
    }
}
