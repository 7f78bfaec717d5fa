//! `charter fmt`: one way of writing a document. Comments, order of keys and meaning are kept.
//!
//! Two spaces a level; short lists and maps in brackets stay there if they fit into [`COLUMNS`]; quotes
//! only where needed; at most one blank line; comments after values aligned from line to line.

use crate::diagnostic::Report;
use crate::prescan::{DEPTH_MAX, scan};
use crate::read::read;
use crate::source::Sources;
use crate::tree::Tree;

mod comments;
mod printer;
mod scalars;

/// How wide a line may be, in cells of a terminal, before a list or map in brackets is unfolded.
pub const COLUMNS: usize = 110;

/// The text in its normal form.
///
/// # Errors
/// The report, if the text has errors: what is not understood is not rewritten.
pub fn format(name: &str, text: &str) -> Result<String, Report> {
    let mut sources = Sources::new();
    let reading = read(&mut sources, name, text.as_bytes());
    let Some(tree) = reading.tree.filter(|_| !reading.report.has_errors()) else {
        return Err(reading.report);
    };
    let text = sources.text(reading.file);
    let printed = printer::print(&tree, text);
    // A writing that we cannot render faithfully stays as its author left it.
    Ok(if same(&tree, text, &printed) { printed } else { text.to_owned() })
}

/// Whether the printed text says the same, with the same comments.
fn same(tree: &Tree, text: &str, printed: &str) -> bool {
    let again = crate::read::read_tree(printed.as_bytes());
    again.is_ok_and(|again| again.root.says_same(&tree.root)) && comments_of(text) == comments_of(printed)
}

/// All comments, in order, without white space at their ends.
fn comments_of(text: &str) -> Vec<String> {
    let (tokens, _) = scan::scan(text, DEPTH_MAX);
    let comments = tokens.iter().filter(|token| token.kind == scan::Kind::Comment);
    comments.map(|token| comments::tidy(&text[token.range()])).collect()
}
