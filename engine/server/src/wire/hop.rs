//! A request that one node passes on to another: who is asking travels as it came, and with it when it was received
//! and under which number, signed with the key that the nodes share. It is passed on once: whoever gets it does not
//! pass it on again.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::identity::secret;
use crate::problem::Problem;
use crate::words;

/// The header that says so.
pub const HEADER: &str = "charter-hop";
/// The header by which a node tells the other which problem it answers with.
pub const PROBLEM: &str = "charter-problem";
/// A request is on its way for so long at most.
const WAY_MAX: SignedDuration = SignedDuration::from_secs(60);

/// An answer that nothing was done here because another node works on the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// Which, as far as it is known.
    pub node: Option<String>,
    /// Because this node closes: any other will do.
    pub closing: bool,
}

/// What travels with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// When the first node received it.
    pub received: Timestamp,
    /// The number it got there.
    pub request: String,
}

/// Signs and checks.
pub struct Hops {
    key: [u8; 32],
}

impl Hops {
    /// With the key that all nodes have.
    pub fn new(key: [u8; 32]) -> Hops {
        Hops { key }
    }

    /// The header for a request that is passed on.
    pub fn sign(&self, hop: &Hop, (method, uri, headers): (&Method, &Uri, &HeaderMap)) -> HeaderValue {
        let (at, mac) = (hop.received.as_microsecond(), self.mac(hop, method, uri, headers));
        let text = format!("{at} {} {}", hop.request, secret::text(&mac));
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("-"))
    }

    /// What came with a request; `None` when it comes from no node.
    ///
    /// # Errors
    /// It was not signed for this request with the key of this node, or too long ago.
    pub fn read(&self, parts: &Parts, now: Timestamp) -> Result<Option<Hop>, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(None) };
        let wrong = || Problem::plain(words::BAD_HOP, HEADER);
        let text = value.to_str().map_err(|_| wrong())?;
        let mut words = text.split(' ');
        let (Some(at), Some(request), Some(mac), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(wrong());
        };
        let at = at.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok()).ok_or_else(wrong)?;
        let hop = Hop { received: at, request: request.to_owned() };
        let mac = secret::bytes(mac).ok_or_else(wrong)?;
        let own = self.mac(&hop, &parts.method, &parts.uri, &parts.headers);
        let same = bool::from(subtle::ConstantTimeEq::ct_eq(mac.as_slice(), own.as_slice()));
        let lately = now.duration_since(hop.received).abs() <= WAY_MAX;
        if same && lately { Ok(Some(hop)) } else { Err(wrong()) }
    }

    fn mac(&self, hop: &Hop, method: &Method, uri: &Uri, headers: &HeaderMap) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length is taken");
        let at = hop.received.as_microsecond().to_string();
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let header = |name: &str| headers.get(name).map_or(&[][..], |value| value.as_bytes());
        let parts = [
            &b"hop"[..],
            at.as_bytes(),
            hop.request.as_bytes(),
            method.as_str().as_bytes(),
            path.as_bytes(),
            header(header::AUTHORIZATION.as_str()),
            header(header::COOKIE.as_str()),
            header("idempotency-key"),
            header(header::IF_MATCH.as_str()),
        ];
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(path: &str, token: &str) -> Parts {
        let request = Request::post(path).header("authorization", token).body(()).unwrap();
        request.into_parts().0
    }

    fn signed(hops: &Hops, mut parts: Parts, hop: &Hop) -> Parts {
        let value = hops.sign(hop, (&parts.method, &parts.uri, &parts.headers));
        parts.headers.insert(HEADER, value);
        parts
    }

    #[test]
    fn what_a_node_says_of_a_request_is_believed_only_for_that_request_and_only_lately() {
        let now: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let hop = Hop { received: now - SignedDuration::from_secs(2), request: "abc.def".to_owned() };
        let hops = Hops::new([1; 32]);
        let good = signed(&hops, parts("/v1/cases/FD-1/events", "Bearer a"), &hop);
        assert_eq!(hops.read(&good, now).unwrap(), Some(hop.clone()));
        assert!(hops.read(&parts("/v1/cases", ""), now).unwrap().is_none(), "from no node");

        let value = good.headers[HEADER].clone();
        let moved = |path: &str, token: &str| {
            let mut parts = parts(path, token);
            parts.headers.insert(HEADER, value.clone());
            parts
        };
        let other_key = signed(&Hops::new([2; 32]), parts("/v1/cases/FD-1/events", "Bearer a"), &hop);
        for (what, forged) in [
            ("another path", moved("/v1/cases/FD-2/events", "Bearer a")),
            ("another caller", moved("/v1/cases/FD-1/events", "Bearer b")),
            ("another key", other_key),
        ] {
            assert!(hops.read(&forged, now).is_err(), "{what}");
        }
        assert!(hops.read(&good, now + SignedDuration::from_mins(5)).is_err(), "long ago");
        for text in ["", "x", "1 2 3", "1 2 3 4", "99999999999999999999 a AA"] {
            let mut parts = parts("/v1/cases", "");
            parts.headers.insert(HEADER, HeaderValue::from_str(text).unwrap());
            assert!(hops.read(&parts, now).is_err(), "{text:?}");
        }
    }
}
