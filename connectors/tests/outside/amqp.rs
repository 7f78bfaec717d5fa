//! Messages through a real broker. Without one the test says loudly that it was left out.

use std::time::Duration;

use connectors::amqp::{Amqp, Broker};
use connectors::secret::Secret;
use lapin::options::{BasicAckOptions, BasicGetOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use ports::connector::Connector;

use crate::world::{notice, word};

/// The broker of the test, or none.
async fn broker() -> Option<(String, Connection)> {
    let url = std::env::var("CHARTER_TEST_AMQP").unwrap_or_else(|_| "amqp://127.0.0.1:5672/%2f".to_owned());
    match Connection::connect(&url, ConnectionProperties::default()).await {
        Ok(connection) => Some((url, connection)),
        Err(e) => {
            let skipped = format!("SKIPPED: no message broker at CHARTER_TEST_AMQP ({e})");
            assert!(std::env::var("CHARTER_NO_SKIP").is_err(), "{skipped}");
            eprintln!("{skipped}");
            None
        }
    }
}

fn amqp(url: &str, routing: &str) -> Amqp {
    let broker = Broker {
        url: Secret::new(url),
        exchange: String::new(),
        routing: routing.to_owned(),
        source: "https://rongzi.example.gov.cn".to_owned(),
        patience: Duration::from_secs(5),
    };
    Amqp::new("queue", broker).unwrap()
}

#[tokio::test]
async fn a_message_counts_when_the_broker_has_confirmed_it() {
    let Some((url, connection)) = broker().await else { return };
    let channel = connection.create_channel().await.unwrap();
    let queue = format!("charter-test-{}", std::process::id());
    let options = QueueDeclareOptions { auto_delete: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.as_str().into(), options, FieldTable::default()).await.unwrap();

    let connector = amqp(&url, &queue);
    let delivery = connector.deliver(&notice()).await;
    assert_eq!(word(&delivery), "delivered", "{delivery:?}");
    let got = channel.basic_get(queue.as_str().into(), BasicGetOptions::default()).await.unwrap().unwrap();
    got.ack(BasicAckOptions::default()).await.unwrap();
    let id = got.delivery.properties.message_id().as_ref().map(|id| id.as_str().to_owned());
    assert_eq!(id.as_deref(), Some("FD-2026-000183/7/0"));
    assert_eq!(got.delivery.properties.delivery_mode(), &Some(2));
    let body = String::from_utf8(got.delivery.data.clone()).unwrap();
    assert!(body.contains("\"type\":\"charter.notice.evaluation_due_soon\""), "{body}");

    let lost = amqp(&url, &format!("{queue}-that-is-not-there-{{name}}")).deliver(&notice()).await;
    assert_eq!(word(&lost), "later", "{lost:?}");
    channel.queue_delete(queue.as_str().into(), Default::default()).await.unwrap();
}

#[tokio::test]
async fn a_broker_that_is_away_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("amqp://127.0.0.1:{}/%2f", listener.local_addr().unwrap().port());
    drop(listener);
    assert_eq!(word(&amqp(&url, "q").deliver(&notice()).await), "later");
}

#[test]
fn messages_in_the_open_stay_on_this_machine() {
    let open = |url: &str| {
        let broker = Broker {
            url: Secret::new(url),
            exchange: String::new(),
            routing: String::new(),
            source: String::new(),
            patience: Duration::ZERO,
        };
        Amqp::new("queue", broker).map(|_| ()).map_err(|problem| assert!(!problem.contains("canary")))
    };
    assert!(open("amqp://localhost/").is_ok() && open("amqps://u:canary@mq.example.cn/").is_ok());
    assert!(open("amqp://u:canary@mq.example.cn/").is_err() && open("canary").is_err());
}
