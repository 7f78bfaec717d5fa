//! Comments of a document in their order, handed out to the lines they belong to.

use crate::prescan::DEPTH_MAX;
use crate::prescan::scan::{Kind, scan};

/// One comment.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) text: String,
    pub(super) start: usize,
    /// Bytes between it and the start of its line, when nothing else stands there.
    pub(super) column: Option<usize>,
}

/// The comments not printed yet.
pub(super) struct Comments {
    left: std::iter::Peekable<std::vec::IntoIter<Comment>>,
}

impl Comments {
    pub(super) fn of(text: &str) -> Comments {
        let (tokens, _) = scan(text, DEPTH_MAX);
        let comments = tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Comment);
        let comments: Vec<Comment> = comments
            .map(|(at, token)| {
                let own_line = at
                    .checked_sub(1)
                    .map(|before| &tokens[before])
                    .filter(|before| before.kind == Kind::Indent);
                let column = own_line.map(|indent| indent.end - indent.start);
                Comment { text: tidy(&text[token.range()]), start: token.start, column }
            })
            .collect();
        Comments { left: comments.into_iter().peekable() }
    }

    /// The next comment, if it begins before `end` and is accepted.
    pub(super) fn next_before(&mut self, end: usize, accept: impl Fn(&Comment) -> bool) -> Option<Comment> {
        self.left.next_if(|comment| comment.start < end && accept(comment))
    }

    /// Whether a comment stands between these bytes.
    pub(super) fn any_within(&mut self, start: usize, end: usize) -> bool {
        self.left.peek().is_some_and(|comment| comment.start >= start && comment.start < end)
    }
}

/// A comment as it is printed: a space after the `#`, unless it is a line of signs or a mark of a tool.
pub(super) fn tidy(comment: &str) -> String {
    let comment = comment.trim_end();
    let body = comment.trim_start_matches('#');
    let bare = body.starts_with(|first: char| first.is_alphanumeric());
    if bare && comment.len() == body.len() + 1 { format!("# {body}") } else { comment.to_owned() }
}
