//! Signatures of webhooks, as Standard Webhooks 1.0 lays down: `v1,` and the HMAC-SHA256 of
//! `id.timestamp.body` in base64. Two secrets may live at a time, so that they can be changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::secret::Secret;

/// Signatures looked at in one header; more are refused unseen.
const MOST_SIGNATURES: usize = 8;

/// A signing key: 24 to 64 random bytes, written `whsec_` and base64.
#[derive(Clone)]
pub struct Key {
    bytes: Vec<u8>,
}

/// The keys of one partner.
#[derive(Clone)]
pub struct Keys {
    /// Signs, and is accepted.
    pub current: Key,
    /// The one before, and the instant from which it counts no more.
    pub previous: Option<(Key, Timestamp)>,
}

/// Why a key cannot be used. Never shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Another form.
    #[error("a webhook secret is written `whsec_` followed by base64")]
    Form,
    /// Too weak, or not what was meant.
    #[error("a webhook secret has 24 to 64 bytes; this one has {0}")]
    Length(usize),
}

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The message's id, the same at every attempt.
    pub id: &'a str,
    /// Seconds since 1970, as in the header.
    pub second: i64,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("previous", &self.previous.as_ref().map(|(_, until)| until)).finish()
    }
}

impl Key {
    /// Reads `whsec_…`.
    ///
    /// # Errors
    /// The form is another, or the length is not 24 to 64 bytes.
    pub fn read(secret: &Secret) -> Result<Key, BadKey> {
        let written = secret.expose().trim().strip_prefix("whsec_").ok_or(BadKey::Form)?;
        let bytes = STANDARD.decode(written).map_err(|_| BadKey::Form)?;
        if (24..=64).contains(&bytes.len()) { Ok(Key { bytes }) } else { Err(BadKey::Length(bytes.len())) }
    }

    fn mac(&self, signed: &Signed<'_>) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).expect("HMAC takes keys of any length");
        mac.update(signed.id.as_bytes());
        mac.update(b".");
        mac.update(signed.second.to_string().as_bytes());
        mac.update(b".");
        mac.update(signed.body);
        mac
    }

    fn sign(&self, signed: &Signed<'_>) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(signed).finalize().into_bytes()))
    }

    /// Compares without telling by its time how much was right.
    fn made(&self, signed: &Signed<'_>, signature: &[u8]) -> bool {
        self.mac(signed).verify_slice(signature).is_ok()
    }
}

impl Keys {
    /// One key, none before it.
    pub fn of(current: Key) -> Keys {
        Keys { current, previous: None }
    }

    /// The keys that count at this instant, the current one first.
    fn live(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until).map(|(key, _)| key);
        std::iter::once(&self.current).chain(previous)
    }

    /// The header's value: one signature for each key that counts, with a space between.
    pub fn sign(&self, signed: &Signed<'_>, now: Timestamp) -> String {
        let signatures: Vec<String> = self.live(now).map(|key| key.sign(signed)).collect();
        signatures.join(" ")
    }

    /// Whether one of the signatures in a header was made with a key that counts.
    pub fn vouch(&self, signed: &Signed<'_>, header: &str, now: Timestamp) -> bool {
        header
            .split_ascii_whitespace()
            .take(MOST_SIGNATURES)
            .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
            .any(|signature| self.live(now).any(|key| key.made(signed, &signature)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::read(&Secret::new(text)).unwrap()
    }

    /// The example of the Standard Webhooks specification.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let keys = Keys::of(key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let signed = Signed {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            second: 1_614_265_330,
            body: br#"{"test": 2432232314}"#,
        };
        let header = keys.sign(&signed, Timestamp::UNIX_EPOCH);
        assert_eq!(header, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(keys.vouch(&signed, &format!("v1a,xx v1,AAAA {header}"), Timestamp::UNIX_EPOCH));
        assert!(!keys.vouch(&Signed { body: b"{}", ..signed }, &header, Timestamp::UNIX_EPOCH));
    }

    #[test]
    fn a_weak_or_misspelt_key_is_refused_without_being_shown() {
        let read = |text: &str| Key::read(&Secret::new(text)).unwrap_err();
        assert_eq!(read("s3cret"), BadKey::Form);
        assert_eq!(read("whsec_!!"), BadKey::Form);
        assert_eq!(read("whsec_c2hvcnQ="), BadKey::Length(5));
        assert_eq!(format!("{:?}", key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")), "[secret]");
    }
}
