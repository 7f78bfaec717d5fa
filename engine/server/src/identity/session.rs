//! Sessions of browsers: a signed cookie, so that they outlive a restart and are good at every node.
//!
//! `ACCOUNT.UNTIL.NONCE.SIGNATURE`. The signature covers the account's password digest: a new password ends all
//! sessions of the account. A session that was ended is remembered until it would have run out.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::register::Account;
use super::secret;

/// How long a session lasts.
pub const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// Ended sessions that are remembered; the oldest are forgotten first.
const ENDED_MAX: usize = 100_000;

/// Makes and checks sessions.
pub struct Sessions {
    key: [u8; 32],
    ended: Mutex<BTreeMap<(i64, String), ()>>,
}

impl Sessions {
    /// Sessions signed with this key.
    pub fn new(key: [u8; 32]) -> Sessions {
        Sessions { key, ended: Mutex::default() }
    }

    /// A new session; `None` when the host has no random bytes.
    pub fn begin(&self, account: &Account, now: Timestamp) -> Option<String> {
        let until = now.checked_add(LASTS).ok()?.as_second();
        let nonce = secret::text(&secret::random::<12>().ok()?);
        let id = secret::text(account.id.as_bytes());
        let said = format!("{id}.{until}.{nonce}");
        let signature = secret::text(&self.sign(&said, account));
        Some(format!("{said}.{signature}"))
    }

    /// The account a session says it is of. Nothing is checked yet.
    pub fn account_of(session: &str) -> Option<String> {
        let id = session.split('.').next()?;
        String::from_utf8(secret::bytes(id)?).ok()
    }

    /// Whether the session is this account's and still good.
    pub fn is_good(&self, session: &str, account: &Account, now: Timestamp) -> bool {
        let Some((said, signature)) = session.rsplit_once('.') else { return false };
        let Some(given) = secret::bytes(signature) else { return false };
        let Some(mac) = self.mac(said, account) else { return false };
        let Some(until) = until(said) else { return false };
        let own = Sessions::account_of(session).as_deref() == Some(&*account.id);
        let signed = mac.verify_slice(&given).is_ok();
        own && signed && now.as_second() < until && !self.was_ended(said, until)
    }

    /// Ends a session.
    pub fn end(&self, session: &str) {
        let Some((said, _)) = session.rsplit_once('.') else { return };
        let Some(until) = until(said) else { return };
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.insert((until, said.to_owned()), ());
        while ended.len() > ENDED_MAX {
            ended.pop_first();
        }
    }

    fn was_ended(&self, said: &str, until: i64) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.contains_key(&(until, said.to_owned()))
    }

    fn sign(&self, said: &str, account: &Account) -> Vec<u8> {
        self.mac(said, account).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    fn mac(&self, said: &str, account: &Account) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        for part in ["session", said, account.password.as_deref().unwrap_or_default()] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        Some(mac)
    }
}

fn until(said: &str) -> Option<i64> {
    said.split('.').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, password: &str) -> Account {
        Account {
            id: id.into(),
            name: id.into(),
            organisation: None,
            roles: vec![],
            mail: None,
            english: false,
            password: Some(password.into()),
            closed: false,
        }
    }

    #[test]
    fn a_session_is_good_for_its_account_until_it_ends_runs_out_or_the_password_changes() {
        let (sessions, now) = (Sessions::new([7; 32]), Timestamp::UNIX_EPOCH);
        let li = account("li.lan", "digest");
        let session = sessions.begin(&li, now).unwrap();
        assert_eq!(Sessions::account_of(&session).as_deref(), Some("li.lan"));
        assert!(sessions.is_good(&session, &li, now));
        assert!(!sessions.is_good(&session, &account("wang", "digest"), now), "another account");
        assert!(!sessions.is_good(&session, &account("li.lan", "new"), now), "a new password");
        assert!(!sessions.is_good(&session, &li, now + LASTS), "run out");
        assert!(!Sessions::new([8; 32]).is_good(&session, &li, now), "another key");
        let longer = session.replacen(&(now + LASTS).as_second().to_string(), "99999999999", 1);
        assert!(!sessions.is_good(&longer, &li, now), "made longer by hand");
        sessions.end(&session);
        assert!(!sessions.is_good(&session, &li, now), "ended");
    }
}
