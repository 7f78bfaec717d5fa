//! The register in use: read again when its file changes, asked at every request.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use subtle::ConstantTimeEq;

use super::password;
use super::register::{Account, Register};
use super::secret;
use super::session::Sessions;
use crate::office::viewer::Viewer;

/// Who may use the server, as it stands now.
pub struct Identities {
    register: RwLock<Arc<Register>>,
    /// Sessions of browsers.
    pub sessions: Sessions,
}

impl Identities {
    /// The accounts of a register, with the key that signs sessions.
    pub fn new(register: Register, key: [u8; 32]) -> Identities {
        Identities { register: RwLock::new(Arc::new(register)), sessions: Sessions::new(key) }
    }

    /// The register as it stands.
    pub fn register(&self) -> Arc<Register> {
        self.register.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The file was read again.
    pub fn replace(&self, register: Register) {
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(register);
    }

    /// Who a token belongs to.
    pub fn by_token(&self, whole: &str, now: Timestamp) -> Option<Viewer> {
        let (id, secret) = secret::parts(whole)?;
        let register = self.register();
        let token = register.tokens.get(id)?;
        let same = bool::from(token.hash.ct_eq(&secret::digest(secret)));
        let today = TimeZone::UTC.to_datetime(now).date();
        let in_time = token.until.is_none_or(|until| today <= until);
        let account = register.open_account(&token.account)?;
        (same && in_time).then(|| viewer(&register, account))
    }

    /// Who a session belongs to.
    pub fn by_session(&self, session: &str, now: Timestamp) -> Option<Viewer> {
        let id = Sessions::account_of(session)?;
        let register = self.register();
        let account = register.open_account(&id)?;
        self.sessions.is_good(session, account, now).then(|| viewer(&register, account))
    }

    /// Begins a session for whoever knows the password. Takes tens of milliseconds: not for a thread that others
    /// wait for.
    pub fn log_in(&self, id: &str, given: &str, now: Timestamp) -> Option<(Viewer, String)> {
        let register = self.register();
        let account = register.open_account(id);
        let digest = account.and_then(|account| account.password.as_deref());
        if !password::fits(given, digest) {
            return None;
        }
        let account = account?;
        Some((viewer(&register, account), self.sessions.begin(account, now)?))
    }

    /// The viewer behind an account.
    pub fn viewer(&self, id: &str) -> Option<Viewer> {
        let register = self.register();
        register.open_account(id).map(|account| viewer(&register, account))
    }
}

fn viewer(register: &Register, account: &Account) -> Viewer {
    Viewer {
        person: account.id.clone(),
        name: account.name.clone(),
        organisation: account.organisation.clone(),
        roles: account.roles.clone(),
        sees: register.sees(&account.roles),
    }
}
