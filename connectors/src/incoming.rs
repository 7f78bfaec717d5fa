//! Callbacks from partners: who really sent this, when, and was it here before?
//!
//! The same scheme as outgoing webhooks (`sign.rs`). A callback counts once, within five minutes.

use jiff::{SignedDuration, Timestamp};
use ports::fault::Fault;

use crate::sign::{Keys, Signed};

/// How far a callback's time may lie from ours, either way. Standard Webhooks recommends five minutes.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Longest id accepted, in bytes.
const LONGEST_ID: usize = 256;

/// A callback as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Callback<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Why a callback does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A header is missing or cannot be read. Answer 400.
    #[error("{0} is missing or cannot be read")]
    Header(&'static str),
    /// Its time is more than five minutes from ours: an old recording, or a clock that is wrong. Answer 401.
    #[error("the callback is {seconds} s away from the present; five minutes are allowed")]
    Time {
        /// How far, in seconds; negative for the future.
        seconds: i64,
    },
    /// No key that counts made the signature. Answer 401.
    #[error("the signature was not made with a secret that counts")]
    Signature,
    /// It was here before. Answer 409; nothing happens twice.
    #[error("this callback has been received before")]
    Repeated,
    /// Nobody can say whether it was here before. Answer 503; the partner sends it again.
    #[error("the store gave no answer: {0}")]
    Store(#[from] Fault),
}

impl Refused {
    /// The status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Refused::Header(_) => 400,
            Refused::Time { .. } | Refused::Signature => 401,
            Refused::Repeated => 409,
            Refused::Store(_) => 503,
        }
    }
}

/// Whether the callback was really sent by the holder of a key, just now.
///
/// # Errors
/// [`Refused`], all but `Repeated` and `Store`.
pub fn genuine(callback: &Callback<'_>, keys: &Keys, now: Timestamp) -> Result<(), Refused> {
    if callback.id.is_empty() || callback.id.len() > LONGEST_ID || !callback.id.is_ascii() {
        return Err(Refused::Header("webhook-id"));
    }
    let second: i64 = callback.timestamp.parse().map_err(|_| Refused::Header("webhook-timestamp"))?;
    let seconds = now.as_second().saturating_sub(second);
    if seconds.unsigned_abs() > WINDOW.as_secs().unsigned_abs() {
        return Err(Refused::Time { seconds });
    }
    let signed = Signed { id: callback.id, second, body: callback.body };
    if keys.vouch(&signed, callback.signature, now) { Ok(()) } else { Err(Refused::Signature) }
}

/// Accepts a callback once. `first_time` keeps the id and says whether it was new; it is asked only
/// about callbacks that are genuine, so that nobody can fill the store with made-up ids.
///
/// # Errors
/// [`Refused`].
pub async fn accept<Told>(
    callback: &Callback<'_>,
    keys: &Keys,
    now: Timestamp,
    first_time: impl FnOnce(String) -> Told,
) -> Result<(), Refused>
where
    Told: Future<Output = Result<bool, Fault>>,
{
    genuine(callback, keys, now)?;
    if first_time(callback.id.to_owned()).await? { Ok(()) } else { Err(Refused::Repeated) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::sign::Key;
    use std::collections::BTreeSet;
    use std::future::ready;
    use std::sync::Mutex;

    const BODY: &[u8] = b"{\"verified\":true}";

    fn key(fill: &str) -> Key {
        Key::read(&Secret::new(format!("whsec_{}", fill.repeat(32)))).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Rows of `id, sent at, signed with, received at => status`.
    #[tokio::test]
    async fn a_callback_counts_once_and_only_from_the_holder_of_a_live_secret() {
        let keys = Keys { current: key("B"), previous: Some((key("A"), at(2_000))) };
        let seen = Mutex::new(BTreeSet::new());
        let table = "
            a 1000 B 1000 => 200
            a 1000 B 1010 => 409
            b 1000 C 1000 => 401
            c 1000 B 1300 => 200
            d 1000 B 1301 => 401
            e 1000 B  700 => 200
            f 1000 B  699 => 401
            g 1999 A 1999 => 200
            h 2000 A 2000 => 401
            i 2000 B 2000 => 200";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let [id, sent, by, received, _, status] = cells[..] else { panic!("{line}") };
            let signed = Signed { id, second: sent.parse().unwrap(), body: BODY };
            let header = Keys::of(key(by)).sign(&signed, at(0));
            let callback = Callback { id, timestamp: sent, signature: &header, body: BODY };
            let first_time = |id| ready(Ok(seen.lock().unwrap().insert(id)));
            let answer = accept(&callback, &keys, at(received.parse().unwrap()), first_time).await;
            let found = answer.err().map_or(200, |refused| refused.status());
            assert_eq!(found.to_string(), status, "{line}");
        }
    }

    #[test]
    fn a_changed_body_and_broken_headers_are_refused() {
        let keys = Keys::of(key("B"));
        let header = keys.sign(&Signed { id: "a", second: 5, body: BODY }, at(5));
        let good = Callback { id: "a", timestamp: "5", signature: &header, body: BODY };
        assert_eq!(genuine(&good, &keys, at(5)), Ok(()));
        let refused = |callback: Callback<'_>| genuine(&callback, &keys, at(5)).unwrap_err();
        assert_eq!(refused(Callback { body: b"{}", ..good }), Refused::Signature);
        assert_eq!(refused(Callback { id: "b", ..good }), Refused::Signature);
        assert_eq!(refused(Callback { signature: "", ..good }), Refused::Signature);
        assert_eq!(refused(Callback { signature: "v1,%%%", ..good }), Refused::Signature);
        assert_eq!(refused(Callback { id: "", ..good }), Refused::Header("webhook-id"));
        assert_eq!(refused(Callback { timestamp: "now", ..good }), Refused::Header("webhook-timestamp"));
        assert_eq!(
            refused(Callback { timestamp: "-9223372036854775808", ..good }),
            Refused::Time { seconds: i64::MAX }
        );
    }
}
