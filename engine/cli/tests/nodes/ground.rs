//! What a PostgreSQL of a test's own asks for.

use std::io::Write;

/// The program makes its tables itself.
pub fn prepare(_: &str) {}

/// A test that cannot run here says so; in CI that is a failure.
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CHARTER_NO_SKIP").is_none(), "{why}");
    // Straight to the error stream: what a test prints is not shown when it passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
