//! From a byte of a scalar's text back to the byte of the file it was written with.

use super::{Scalar, Style};
use crate::span::Span;
use std::ops::Range;

/// The place of `range` of the text of `scalar`, which is written as `raw` at `span`.
pub(super) fn locate(raw: &str, span: Span, scalar: &Scalar, range: Range<usize>) -> Span {
    if scalar.style == Style::Plain && raw == scalar.text {
        return span.part(range);
    }
    let mut walk = Walk::new(raw, scalar.style);
    let (mut start, mut end) = (None, None);
    for (at, wanted) in scalar.text.char_indices() {
        let written = walk.next_char(wanted);
        if at >= range.start && start.is_none() {
            start = Some(written.start);
        }
        if at < range.end {
            end = Some(written.end);
        } else {
            break;
        }
    }
    let start = start.unwrap_or(walk.at);
    span.part(start..end.unwrap_or(start).max(start))
}

/// A walk over the written form, one character of the text at a time.
struct Walk<'a> {
    raw: &'a str,
    at: usize,
    quote: Option<char>,
}

impl<'a> Walk<'a> {
    fn new(raw: &'a str, style: Style) -> Walk<'a> {
        let quote = raw.chars().next().filter(|first| style == Style::Quoted && matches!(first, '"' | '\''));
        let header = raw.starts_with(['|', '>']) && style == Style::Block;
        let at = match (quote, header) {
            (Some(_), _) => 1,
            (None, true) => raw.find('\n').map_or(raw.len(), |end| end + 1),
            (None, false) => 0,
        };
        Walk { raw, at, quote }
    }

    /// The bytes that stand for the next character `wanted` of the text.
    fn next_char(&mut self, wanted: char) -> Range<usize> {
        if !wanted.is_whitespace() {
            self.skip_folds();
        }
        let start = self.at;
        let rest = &self.raw[start..];
        self.at += match (self.quote, rest.chars().next()) {
            (Some('"'), Some('\\')) => escape_len(rest),
            (Some('\''), Some('\'')) => 2.min(rest.len()),
            // A fold: the line break and the indentation after it stand for one space.
            (_, Some('\r' | '\n')) if wanted == ' ' => rest.len() - rest.trim_start().len(),
            (_, Some('\r')) if wanted == '\n' => 1 + usize::from(rest.starts_with("\r\n")),
            // Indentation of a block line before blank text that belongs to the line.
            (_, Some(found)) if found == wanted => found.len_utf8(),
            (_, Some(_)) if wanted.is_whitespace() => 0,
            (_, Some(found)) => found.len_utf8(),
            (_, None) => 0,
        };
        start..self.at
    }

    /// Skips white space of the written form that is not in the text: folds and indentation.
    fn skip_folds(&mut self) {
        let rest = &self.raw[self.at..];
        let mut trimmed = rest.trim_start();
        while self.quote == Some('"') && (trimmed.starts_with("\\\n") || trimmed.starts_with("\\\r\n")) {
            trimmed = trimmed[1..].trim_start();
        }
        self.at += rest.len() - trimmed.len();
    }
}

/// Bytes of an escape in double quotes.
fn escape_len(rest: &str) -> usize {
    let digits = match rest.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => 0,
    };
    let kind = rest.chars().nth(1).map_or(0, char::len_utf8);
    let end = (1 + kind + digits).min(rest.len());
    crate::source::floor_char(rest, end)
}
