//! Passwords: argon2id with the parameters OWASP names for servers (19 MiB, two passes, one lane).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Shorter ones are refused.
pub const SHORTEST: usize = 10;
/// Longer ones are refused before any work is done on them, in bytes.
pub const LONGEST: usize = 256;

fn argon() -> Argon2<'static> {
    let params = Params::new(COST.0, COST.1, COST.2, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The digest of a password, salted; `None` when the host has no random bytes.
pub fn digest(password: &str) -> Option<String> {
    argon().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Whether the digest is of this password. An account without a digest takes as long and is refused.
pub fn fits(password: &str, digest: Option<&str>) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    let Some(hash) = digest.and_then(|digest| PasswordHash::new(digest).ok()) else {
        // The same work, so that nobody learns by the time it takes which accounts there are.
        let _ = argon().hash_password(password.as_bytes());
        return false;
    };
    argon().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_digest_only() {
        let kept = digest("correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(fits("correct horse", Some(&kept)));
        assert!(!fits("correct house", Some(&kept)));
        assert!(!fits("correct horse", None));
        assert!(!fits(&"x".repeat(300), Some(&kept)));
    }
}
