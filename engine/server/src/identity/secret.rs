//! Random and digested secrets: tokens, keys of sessions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Random bytes of the host.
///
/// # Errors
/// The host gives none.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Bytes as text for addresses and headers.
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The SHA-256 of a secret: what a file may hold of it. Secrets are random, so no salt is needed.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of a hexadecimal text.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// What a program is given, and what the file keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its id in the file.
    pub id: String,
    /// Shown once: `charter_ID_SECRET`.
    pub whole: String,
    /// For the file, in hexadecimal.
    pub hash: String,
}

/// Makes a token.
///
/// # Errors
/// The host gives no random bytes.
pub fn new_token() -> Result<NewToken, getrandom::Error> {
    let id = hex(&random::<6>()?);
    let secret = text(&random::<32>()?);
    Ok(NewToken { hash: hex(&digest(&secret)), whole: format!("charter_{id}_{secret}"), id })
}

/// Id and secret of a token as it is sent.
pub fn parts(whole: &str) -> Option<(&str, &str)> {
    whole.strip_prefix("charter_")?.split_once('_')
}
