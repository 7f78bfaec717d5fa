//! What a PostgreSQL of a test's own asks for.

use std::io::Write;
use std::path::PathBuf;

/// The program makes its tables itself.
pub fn prepare(_: &str) {}

/// A test that cannot run here says so; in CI that is a failure.
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CHARTER_NO_SKIP").is_none(), "{why}");
    // Straight to the error stream: what a test prints is not shown when it passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Whether a command is there.
pub fn has(command: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(command)).any(|path: PathBuf| path.is_file())
}
