//! The pieces of a YAML text as a reader's eye sees them. Never fails, linear in the length of the text.
//!
//! This is not a parser: it knows just enough (quotes, comments, blocks after `|`, brackets, dashes and
//! colons) to tell text from punctuation, on texts that are not valid YAML too. Offsets are bytes.

use std::ops::Range;

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How many brackets are open before it.
    pub(crate) depth: usize,
}

impl Token {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line that has something on it; the piece is its leading white space.
    Indent,
    Dash,
    Question,
    /// Unquoted text on one line; `continued` when it goes on from the line before.
    Plain {
        continued: bool,
    },
    Quoted {
        closed: bool,
    },
    Colon,
    Comma,
    Open,
    Close,
    /// An anchor, alias or tag: `&a`, `*a`, `!a`.
    Property,
    Comment,
    /// `|`, `>` and their indicators.
    BlockHeader,
    /// The lines after a header, line breaks included.
    BlockBody,
    /// `---` or `...`.
    Marker,
    Directive,
}

/// Why a scan stopped before the end, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Brackets are nested too deeply.
    TooDeep(usize),
    /// There are more than [`TOKENS_MAX`] pieces.
    TooMany(usize),
}

/// More pieces than this are no definition: a value takes about three.
pub(crate) const TOKENS_MAX: usize = 400_000;

/// A piece is about so long: room is made at once.
const TOKEN_BYTES: usize = 4;

/// The pieces of `text`, in order; fewer when a limit is reached.
pub(crate) fn scan(text: &str, depth_max: usize) -> (Vec<Token>, Option<Stopped>) {
    let mut scanner = Scanner {
        text,
        at: 0,
        depth: 0,
        tokens: Vec::with_capacity(text.len() / TOKEN_BYTES + 1),
        key_column: None,
        line_start: 0,
        line_end: 0,
        fresh: true,
        open_text: false,
        unclosed: [false; 2],
        stopped: None,
        depth_max,
    };
    while scanner.at < text.len() && scanner.stopped.is_none() {
        scanner.line();
    }
    (scanner.tokens, scanner.stopped)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    tokens: Vec<Token>,
    /// Column (bytes from the line start) of the last key or dash: blocks and continued texts are deeper.
    key_column: Option<usize>,
    line_start: usize,
    /// Where the line at hand ends, before its line break.
    line_end: usize,
    /// Whether a new value may begin here.
    fresh: bool,
    /// Whether the last line ended within an unquoted text that may go on.
    open_text: bool,
    /// Whether a double or single quote was found that nothing closes.
    unclosed: [bool; 2],
    stopped: Option<Stopped>,
    depth_max: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The byte at hand.
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// How many spaces and tabs stand at hand.
    fn blanks(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// What is left of the line, without its line break. The end of the line is looked for once.
    fn rest_of_line(&mut self) -> &'a str {
        if self.at > self.line_end {
            self.line_end = self.at + line_of(self.rest()).len();
        }
        &self.text[self.at..self.line_end]
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, start, end: self.at, depth: self.depth });
        if self.tokens.len() > TOKENS_MAX {
            self.stopped = Some(Stopped::TooMany(start));
        }
    }

    /// One line, from its first byte up to and with its line break (or beyond, for quoted texts and blocks).
    fn line(&mut self) {
        self.line_start = self.at;
        let line = line_of(self.rest());
        self.line_end = self.at + line.len();
        let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
        let content = line[spaces..].trim_start_matches(is_space);
        let indent = line.len() - content.len();
        self.at += indent;
        // A blank line counts only if it is not blank to YAML.
        if !content.is_empty() || !line.is_ascii() {
            self.push(Kind::Indent, self.line_start);
        }
        if content.is_empty() {
            self.end_line();
            return;
        }
        let continued =
            self.open_text && self.depth == 0 && self.key_column.is_none_or(|column| indent > column);
        self.open_text = false;
        self.fresh = true;
        if indent == 0 && self.depth == 0 && self.marker() {
            self.end_line();
            return;
        }
        if continued && !content.starts_with('#') {
            self.plain(true);
        }
        while self.byte().is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) && self.stopped.is_none() {
            self.piece();
        }
        self.end_line();
        self.block_body();
    }

    fn end_line(&mut self) {
        if self.at > self.line_end {
            self.at += line_with_break(self.rest()).len();
            return;
        }
        let line_break = match self.text.as_bytes()[self.line_end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.at = self.line_end + line_break;
    }

    /// `---`, `...` and directives, at the start of a line.
    fn marker(&mut self) -> bool {
        let line = self.rest_of_line();
        let mark = ["---", "..."].iter().any(|mark| {
            line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        });
        let start = self.at;
        if mark {
            self.at += 3;
            self.push(Kind::Marker, start);
        } else if line.starts_with('%') {
            self.at += line.len();
            self.push(Kind::Directive, start);
        }
        if mark || line.starts_with('%') {
            self.key_column = None;
        }
        mark && line.trim_end().len() == 3 || line.starts_with('%')
    }

    fn piece(&mut self) {
        let start = self.at;
        let Some(first) = self.byte() else { return };
        match first {
            b' ' | b'\t' => self.at += self.blanks(),
            b'#' if self.after_space() => {
                let comment = self.rest_of_line().len();
                self.take(comment, Kind::Comment);
            }
            b'{' | b'[' if self.depth > 0 || self.fresh => self.open(),
            b'}' | b']' if self.depth > 0 => {
                self.take(1, Kind::Close);
                self.depth -= 1;
                self.fresh = self.depth > 0;
            }
            b',' if self.depth > 0 => {
                self.take(1, Kind::Comma);
                self.fresh = true;
            }
            b':' if self.spaced() || self.colon_in_flow() => {
                self.colon();
            }
            b'-' | b'?' if self.depth == 0 && self.fresh && self.spaced() => {
                self.key_column = Some(start - self.line_start);
                self.take(1, if first == b'-' { Kind::Dash } else { Kind::Question });
            }
            b'"' | b'\'' if self.fresh => self.quoted(first),
            b'&' | b'*' | b'!' if self.fresh && !self.spaced() => self.property(),
            b'|' | b'>' if self.fresh && self.depth == 0 && is_block_header(self.rest_of_line()) => {
                let line = self.rest_of_line();
                let header = line.find([' ', '\t']).unwrap_or(line.len());
                self.take(header, Kind::BlockHeader);
                self.fresh = false;
            }
            _ => self.plain(false),
        }
    }

    /// The byte after the one at hand.
    fn second(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at + 1).copied()
    }

    /// Whether white space follows the byte at hand.
    fn spaced(&self) -> bool {
        self.second().is_none_or(|next| next.is_ascii_whitespace())
    }

    fn take(&mut self, len: usize, kind: Kind) {
        let start = self.at;
        self.at += len;
        self.push(kind, start);
    }

    fn after_space(&self) -> bool {
        self.at == self.line_start || matches!(self.text.as_bytes()[self.at - 1], b' ' | b'\t')
    }

    /// In brackets a colon also ends a key before punctuation, or right after a quoted key.
    fn colon_in_flow(&self) -> bool {
        let quoted = self
            .tokens
            .last()
            .is_some_and(|token| matches!(token.kind, Kind::Quoted { .. }) && token.end == self.at);
        self.depth > 0 && (self.second().is_some_and(|next| b",[]{}".contains(&next)) || quoted)
    }

    fn open(&mut self) {
        self.take(1, Kind::Open);
        self.depth += 1;
        self.fresh = true;
        if self.depth > self.depth_max {
            self.stopped = Some(Stopped::TooDeep(self.at - 1));
        }
    }

    fn colon(&mut self) {
        let key = self.tokens.iter().rev().find(|token| !matches!(token.kind, Kind::Property));
        if let Some(key) =
            key.filter(|key| self.depth == 0 && key.start >= self.line_start && key.kind != Kind::Indent)
        {
            self.key_column = Some(key.start - self.line_start);
        }
        self.take(1, Kind::Colon);
        self.fresh = true;
    }

    fn quoted(&mut self, quote: u8) {
        let start = self.at;
        let which = usize::from(quote == b'\'');
        let end = if self.unclosed[which] { None } else { quoted_end(self.rest(), quote) };
        self.unclosed[which] |= end.is_none();
        self.at += end.unwrap_or_else(|| self.rest_of_line().len());
        self.push(Kind::Quoted { closed: end.is_some() }, start);
        self.fresh = false;
    }

    fn property(&mut self) {
        let line = self.rest_of_line();
        let flow = self.depth > 0;
        let end = line.find(|char: char| char.is_whitespace() || flow && ",[]{}".contains(char));
        self.take(end.unwrap_or(line.len()), Kind::Property);
    }

    /// Unquoted text up to what ends it on this line.
    fn plain(&mut self, continued: bool) {
        let line = self.rest_of_line();
        let len = plain_len(line, self.depth > 0).max(line.chars().next().map_or(0, char::len_utf8));
        self.take(len, Kind::Plain { continued });
        self.fresh = false;
        let after = self.text.as_bytes().get(self.at + self.blanks());
        self.open_text = matches!(after, Some(b'\n' | b'\r'));
    }

    /// The lines after a block header that belong to it.
    fn block_body(&mut self) {
        let header = self.tokens.iter().rev().find(|token| token.kind != Kind::Comment);
        if !header.is_some_and(|token| token.kind == Kind::BlockHeader && token.start >= self.line_start) {
            return;
        }
        let start = self.at;
        let mut end = self.at;
        while self.at < self.text.len() {
            let line = line_with_break(self.rest());
            let indent = line.len() - line.trim_start_matches(' ').len();
            let blank = line.trim().is_empty();
            if !blank && self.key_column.is_some_and(|column| indent <= column) {
                break;
            }
            self.at += line.len();
            if !blank {
                end = self.at;
            }
        }
        self.at = end;
        self.push(Kind::BlockBody, start);
    }
}

/// Spaces of any kind that people put before a line.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\u{a0}' | '\u{3000}' | '\u{2002}'..='\u{200a}' | '\u{202f}')
}

fn line_of(text: &str) -> &str {
    let line = line_with_break(text).trim_end_matches('\n');
    line.strip_suffix('\r').unwrap_or(line)
}

fn line_with_break(text: &str) -> &str {
    text.find('\n').map_or(text, |end| &text[..=end])
}

/// Whether a line that begins with `|` or `>` is the head of a block and not a comparison.
pub(crate) fn is_block_header(line: &str) -> bool {
    let rest = line[1..].trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let indicators = line.len() - 1 - rest.len();
    let rest = rest.trim_start_matches([' ', '\t']);
    indicators <= 2
        && (rest.is_empty() || rest.starts_with('#') && line[1 + indicators..].starts_with([' ', '\t']))
}

/// Bytes of a quoted text with its quotes, or nothing if it is not closed.
fn quoted_end(text: &str, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        match (*bytes.get(at)?, quote) {
            (b'\\', b'"') => at += 2,
            (b'"', b'"') => return Some(at + 1),
            (b'\'', b'\'') if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            (b'\'', b'\'') => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The bytes at which an unquoted text may end.
const MAY_STOP: [bool; 256] = {
    let mut may = [false; 256];
    let mut at = 0;
    while at < STOPS.len() {
        may[STOPS[at] as usize] = true;
        at += 1;
    }
    may
};
const STOPS: &[u8] = b":#,[]{}";

/// Bytes of the unquoted text at the start of a line, without white space at its end.
fn plain_len(line: &str, flow: bool) -> usize {
    let bytes = line.as_bytes();
    let mut end = line.len();
    for (at, &byte) in bytes.iter().enumerate() {
        if !MAY_STOP[usize::from(byte)] {
            continue;
        }
        let next = bytes.get(at + 1);
        let spaced = next.is_none_or(u8::is_ascii_whitespace);
        let stops = match byte {
            b':' => spaced || flow && next.is_some_and(|next| b",[]{}".contains(next)),
            b'#' => at > 0 && matches!(bytes[at - 1], b' ' | b'\t'),
            b',' | b'[' | b']' | b'{' | b'}' => flow,
            _ => false,
        };
        if stops {
            end = at;
            break;
        }
    }
    line[..end].trim_end_matches([' ', '\t']).len()
}
