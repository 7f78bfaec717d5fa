//! A secret: read from a file or the environment, never shown.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Largest file a secret is read from, in bytes.
const LARGEST: u64 = 16 * 1024;

/// Something that must not be seen in logs, facts, exports or error texts. `Debug` and `Display` hide it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

/// Why a secret could not be read. Never contains the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSecret {
    /// The file is not there, or may not be read.
    #[error("the secret's file {path} cannot be read: {problem}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        problem: String,
    },
    /// The variable is not set.
    #[error("the environment variable {0} is not set; set it, or name a file instead")]
    Unset(String),
    /// Nothing in it.
    #[error("the secret in {0} is empty")]
    Empty(String),
}

impl Secret {
    /// A secret that is known already. Configuration reads secrets with [`Secret::from_file`] and
    /// [`Secret::from_env`] only.
    pub fn new(text: impl Into<Arc<str>>) -> Secret {
        Secret(text.into())
    }

    /// The content of a file, without the line end that editors add.
    ///
    /// # Errors
    /// The file cannot be read, is larger than 16 KiB, is not UTF-8 or is empty.
    pub fn from_file(path: &Path) -> Result<Secret, NoSecret> {
        let shown = path.display().to_string();
        let fault = |problem: String| NoSecret::File { path: shown.clone(), problem };
        let size = std::fs::metadata(path).map_err(|e| fault(e.to_string()))?.len();
        if size > LARGEST {
            return Err(fault(format!("{size} bytes are more than a secret has")));
        }
        let bytes = std::fs::read(path).map_err(|e| fault(e.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| fault("it is not UTF-8".to_owned()))?;
        Secret::some(text.trim_end_matches(['\r', '\n']), &shown)
    }

    /// The value of an environment variable.
    ///
    /// # Errors
    /// The variable is not set, or empty.
    pub fn from_env(name: &str) -> Result<Secret, NoSecret> {
        let text = std::env::var(name).map_err(|_| NoSecret::Unset(name.to_owned()))?;
        Secret::some(&text, name)
    }

    fn some(text: &str, from: &str) -> Result<Secret, NoSecret> {
        if text.is_empty() { Err(NoSecret::Empty(from.to_owned())) } else { Ok(Secret::new(text)) }
    }

    /// The secret itself, for the one place that hands it over.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Secret::new("canary-7f3a");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(secret.clone())),
            "[secret] [secret] Some([secret])"
        );
    }

    #[test]
    fn a_secret_without_a_source_says_where_it_was_looked_for() {
        let missing = Secret::from_file(Path::new("no-such-folder/key")).unwrap_err();
        assert!(missing.to_string().starts_with("the secret's file no-such-folder/key cannot be read"));
        let unset = Secret::from_env("CHARTER_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(unset, NoSecret::Unset("CHARTER_NO_SUCH_VARIABLE".to_owned()));
    }
}
