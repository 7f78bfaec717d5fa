//! What partners receive: a CloudEvents 1.0 envelope as JSON, the same for webhooks and queues.

use machine::fact::{Addressee, What};
use ports::connector::Request;
use serde_json::{Map, Value as Json, json};

use crate::json;

/// Largest body, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// The operation a call asks for: `classify` of `size_standard.classify`.
pub fn operation(connector: &str) -> &str {
    connector.split_once('.').map_or("call", |(_, operation)| operation)
}

/// The envelope of a notice or a call, as bytes: the same bytes at every attempt, but for a newer
/// checkpoint. `source` is the address of this installation.
///
/// # Errors
/// Not something that goes out; larger than 1 MiB.
pub fn body(request: &Request, source: &str, checkpoint: Option<String>) -> Result<Vec<u8>, String> {
    let (kind, data) = match &request.fact.what {
        What::Notified { notice, to, data } => (
            format!("charter.notice.{notice}"),
            json!({ "to": to.iter().map(whom).collect::<Vec<_>>(), "values": json::of(data) }),
        ),
        What::Called { connector, request, .. } => {
            (format!("charter.call.{}", operation(connector)), json::of(request))
        }
        _ => return Err("this is neither a notice nor a call".to_owned()),
    };
    let mut envelope = Map::new();
    let mut put = |name: &str, value: Json| envelope.insert(name.to_owned(), value);
    put("specversion", json!("1.0"));
    put("id", json!(request.key.to_string()));
    put("source", json!(source));
    put("type", json!(kind));
    put("subject", json!(&*request.key.case.0));
    put("time", json!(request.fact.at.to_string()));
    put("datacontenttype", json!("application/json"));
    put("process", json!(&*request.process));
    if let Some(checkpoint) = checkpoint {
        put("checkpoint", json!(checkpoint));
    }
    put("data", data);
    let bytes = Json::Object(envelope).to_string().into_bytes();
    if bytes.len() > LARGEST { Err("the message is larger than 1 MiB".to_owned()) } else { Ok(bytes) }
}

fn whom(to: &Addressee) -> Json {
    match to {
        Addressee::Role(name) => json!({ "role": &**name }),
        Addressee::Party(name) => json!({ "party": &**name }),
    }
}
