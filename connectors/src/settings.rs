//! What an operator writes about a connector: names and texts, every one of them known.
//!
//! A secret is never written down: `password_file = "…"` or `password_env = "…"` says where it is.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::secret::Secret;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connector {connector}: {key}: {problem}")]
pub struct Unsuitable {
    /// The connector's name.
    pub connector: String,
    /// The setting.
    pub key: String,
    /// What is wrong, and what helps.
    pub problem: String,
}

/// The settings of one connector. Reading takes them out, so that unknown ones are found.
#[derive(Clone, Debug)]
pub struct Settings {
    connector: String,
    written: BTreeMap<String, String>,
    known: Vec<&'static str>,
    wrong: Vec<Unsuitable>,
}

impl Settings {
    /// The settings of the connector of this name.
    pub fn new(connector: impl Into<String>, written: BTreeMap<String, String>) -> Settings {
        Settings { connector: connector.into(), written, known: Vec::new(), wrong: Vec::new() }
    }

    /// The connector's name.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// A text, if written.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.known.push(key);
        self.written.remove(key)
    }

    /// A text that has to be written; empty if it is not, and then [`Settings::end`] says so.
    pub fn needed(&mut self, key: &'static str) -> String {
        let text = self.text(key);
        if text.is_none() {
            self.wrong(key, "is missing");
        }
        text.unwrap_or_default()
    }

    /// Texts with commas between them.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let text = self.text(key).unwrap_or_default();
        text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    }

    /// A whole number, or what holds unless written.
    pub fn number(&mut self, key: &'static str, unless: u32) -> u32 {
        let Some(text) = self.text(key) else { return unless };
        text.parse().unwrap_or_else(|_| {
            self.wrong(key, format!("`{text}` is not a whole number"));
            unless
        })
    }

    /// Whole seconds, or what holds unless written.
    pub fn seconds(&mut self, key: &'static str, unless: u32) -> Duration {
        Duration::from_secs(u64::from(self.number(key, unless)))
    }

    /// `true` or `false`; false unless written.
    pub fn switch(&mut self, key: &'static str) -> bool {
        match self.text(key).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                let problem = format!("`{other}` is neither true nor false");
                self.wrong(key, problem);
                false
            }
        }
    }

    /// A secret: from the file that `KEY_file` names, or the variable that `KEY_env` names.
    pub fn secret(&mut self, key: &'static str, keys: [&'static str; 2]) -> Option<Secret> {
        if self.written.remove(key).is_some() {
            let problem = format!("a secret is not written here: say {} or {}", keys[0], keys[1]);
            self.wrong(key, problem);
        }
        let (file, env) = (self.text(keys[0]), self.text(keys[1]));
        let found = match (&file, &env) {
            (Some(path), None) => Secret::from_file(Path::new(path)),
            (None, Some(name)) => Secret::from_env(name),
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.wrong(keys[1], format!("say {} or {}, not both", keys[0], keys[1]));
                return None;
            }
        };
        found.map_err(|e| self.wrong(if file.is_some() { keys[0] } else { keys[1] }, e.to_string())).ok()
    }

    /// Notes that a setting cannot be used.
    pub fn wrong(&mut self, key: &str, problem: impl Into<String>) {
        let (connector, key) = (self.connector.clone(), key.to_owned());
        self.wrong.push(Unsuitable { connector, key, problem: problem.into() });
    }

    /// Everything was read; nothing unknown is left.
    ///
    /// # Errors
    /// Every setting that is wrong, missing or unknown.
    pub fn end(mut self) -> Result<(), Vec<Unsuitable>> {
        for key in std::mem::take(&mut self.written).into_keys() {
            let problem = format!("there is no such setting; there are {}", self.known.join(", "));
            self.wrong(&key, problem);
        }
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pairs: &[(&str, &str)]) -> Settings {
        Settings::new("mail", pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_no_secret_is_repeated() {
        let mut settings = written(&[
            ("hots", "mail.example.cn"),
            ("port", "many"),
            ("pool", "4"),
            ("password", "canary-55"),
            ("starttls", "yes"),
        ]);
        assert_eq!(settings.needed("host"), "");
        assert_eq!((settings.number("port", 587), settings.number("pool", 1)), (587, 4));
        assert!(!settings.switch("starttls"));
        assert_eq!(settings.secret("password", ["password_file", "password_env"]), None);
        let wrong: Vec<String> = settings.end().unwrap_err().iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(wrong.join("\n"), @"
        connector mail: host: is missing
        connector mail: port: `many` is not a whole number
        connector mail: starttls: `yes` is neither true nor false
        connector mail: password: a secret is not written here: say password_file or password_env
        connector mail: hots: there is no such setting; there are host, port, pool, starttls, password_file, password_env
        ");
        assert!(!wrong.concat().contains("canary"));
    }
}
