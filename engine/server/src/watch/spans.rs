//! Spans of requests, for whoever gathers traces: a request here, and what it took at another node. They say which
//! address was asked and how it was answered, never whose case it was.

use axum::http::HeaderMap;
use jiff::Timestamp;

use crate::identity::secret;

/// Where spans go.
pub trait Spans: Send + Sync {
    /// One has ended. It must not wait.
    fn ended(&self, span: Span);
}

/// What a span is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request that was answered here.
    Answered,
    /// A request that was passed on to another node.
    PassedOn,
}

/// A stretch of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it stands.
    pub place: Place,
    /// The span it belongs to.
    pub parent: Option<[u8; 8]>,
    /// What it is of.
    pub kind: Kind,
    /// Method and address as they are described.
    pub name: String,
    /// When it began, by the host's clock.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Names and texts that say more.
    pub about: Vec<(&'static str, String)>,
    /// The status of the answer; 0 when there was none.
    pub status: u16,
}

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The trace.
    pub trace: [u8; 16],
    /// The span.
    pub span: [u8; 8],
}

impl Place {
    /// A place for a request, with the one it came from: as `traceparent` says, or a trace of its own. `None` when whoever sent
    /// it wants it not to be gathered, or the host gives no random bytes.
    pub fn of(headers: &HeaderMap) -> Option<(Place, Option<[u8; 8]>)> {
        let given = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(read);
        let span = secret::random::<8>().ok()?;
        match given {
            Some((_, false)) => None,
            Some((parent, true)) => Some((Place { trace: parent.trace, span }, Some(parent.span))),
            None => Some((Place { trace: secret::random::<16>().ok()?, span }, None)),
        }
    }

    /// A place for what is done within this one.
    pub fn within(&self) -> Option<Place> {
        Some(Place { span: secret::random::<8>().ok()?, ..*self })
    }

    /// The header that carries it on.
    pub fn header(&self) -> String {
        format!("00-{}-{}-01", secret::hex(&self.trace), secret::hex(&self.span))
    }
}

/// `00-TRACE-SPAN-FLAGS`, and whether it is gathered.
fn read(text: &str) -> Option<(Place, bool)> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let place = Place { trace: bytes(trace)?, span: bytes(span)? };
    let [flags] = bytes::<1>(flags)?;
    let known = bytes::<1>(version)? != [0xff] && place.trace != [0; 16] && place.span != [0; 8];
    known.then_some((place, flags & 1 == 1))
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let small = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.len() != 2 * N || !hex.bytes().all(small) {
        return None;
    }
    let mut found = [0; N];
    for (at, byte) in found.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_where_it_came_from_and_begins_where_nobody_said() {
        let with = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", text.parse().unwrap());
            Place::of(&headers)
        };
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let (place, came_from) = with(parent).unwrap();
        assert!(place.header().starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{}", place.header());
        assert_eq!(came_from.map(|span| secret::hex(&span)).as_deref(), Some("b7ad6b7169203331"));
        assert_ne!(place.within().unwrap().span, place.span);
        assert_eq!(
            with("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
            None,
            "not to be gathered"
        );
        let own =
            ["", "00-x-y-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "ff", "00-中-b-01"];
        for text in own.into_iter().filter(|text| text.is_ascii()) {
            assert_eq!(with(text).unwrap().1, None, "{text}");
        }
    }
}
