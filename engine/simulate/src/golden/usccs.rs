//! Rows of unified social credit codes and what the check says of them.

use language::words::Words;

use super::{Columns, differs};

/// Holds one row against the check.
pub fn hold(row: &Columns<'_>) -> Vec<Words> {
    let found = expr::uscc::check(row.get("code")).code();
    match row.get("expected") {
        wanted if wanted == found => vec![],
        wanted => vec![differs("expected", wanted, found)],
    }
}
