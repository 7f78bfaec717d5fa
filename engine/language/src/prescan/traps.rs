//! The traps of office machines and of YAML: punctuation of the wrong width, missing spaces, texts that
//! need quotes. Each is found by itself, so that all are reported at once.

use super::flow;
use super::scan::{Kind, Token};
use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::source::FileId;
use crate::span::Span;
use crate::syntax::{quote, shorten, span_of};
use crate::words;

mod brackets;
mod colons;

/// At most this many findings are kept for one file.
const FOUND_MAX: usize = 200;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Traps {
    /// Surely wrong, or worth a warning.
    pub(crate) found: Vec<Diagnostic>,
    /// Fine as a sentence; the likely cause if the parser stops right after it.
    pub(crate) suspects: Vec<Diagnostic>,
}

/// Looks through the pieces of a text.
pub(crate) fn find(file: FileId, text: &str, tokens: &[Token]) -> Traps {
    let mut hunt = Hunt { file, text, tokens, traps: Traps::default() };
    let tabs_only = hunt.tabs_only();
    let mut at = 0;
    while at < tokens.len() && !hunt.full() {
        match tokens[at].kind {
            Kind::Indent => {
                hunt.indent(&tokens[at], tabs_only);
                hunt.line(at);
            }
            Kind::Plain { .. } => hunt.plain(at),
            Kind::Question => hunt.push(crate::syntax::key_not_text(span_of(file, &tokens[at]))),
            _ => {}
        }
        at += 1;
    }
    hunt.brackets();
    hunt.traps
}

pub(super) struct Hunt<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    traps: Traps,
}

impl<'a> Hunt<'a> {
    /// Whether enough was found to send the text back.
    fn full(&self) -> bool {
        self.traps.found.len() >= FOUND_MAX
    }

    fn push(&mut self, found: Diagnostic) {
        if !self.full() {
            self.traps.found.push(found);
        }
    }

    fn suspect(&mut self, found: Diagnostic) {
        if self.traps.suspects.len() < FOUND_MAX {
            self.traps.suspects.push(found);
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start..end)
    }

    fn written(&self, token: &Token) -> &'a str {
        &self.text[token.range()]
    }

    /// Whether all indentation of the file is tabs: then every tab is one level.
    fn tabs_only(&self) -> bool {
        let mut indents =
            self.tokens.iter().filter(|token| token.kind == Kind::Indent && token.start < token.end);
        indents.all(|token| self.written(token).chars().all(|char| char == '\t'))
    }

    fn indent(&mut self, token: &Token, tabs_only: bool) {
        let written = self.written(token);
        let span = span_of(self.file, token);
        if written.contains('\t') && token.depth == 0 {
            let spaces = written.replace('\t', "  ");
            let title = words!("每个制表符换成两个空格", "two spaces for each tab");
            let fix = if tabs_only { Fix::certain(title) } else { Fix::possible(title) };
            self.push(
                Diagnostic::new(
                    codes::TAB_INDENT,
                    span,
                    words!("缩进用了制表符（Tab）", "a tab in the indentation"),
                )
                .label(words!("制表符", "a tab"))
                .advise(words!("缩进只用空格，每层两个", "indent with spaces only, two for each level"))
                .fix(fix.replace(span, spaces)),
            );
        }
        if !written.is_ascii() {
            let spaces: String =
                written.chars().map(|char| if char == '\u{3000}' { "  " } else { " " }).collect();
            self.push(
                Diagnostic::new(
                    codes::ODD_SPACE,
                    span,
                    words!(
                        "缩进用了全角空格或不换行空格",
                        "an ideographic or non-breaking space in the indentation"
                    ),
                )
                .label(words!("看起来像空格，YAML 不认", "looks like spaces, and YAML reads it as text"))
                .advise(words!("换成半角空格", "use ordinary spaces"))
                .fix(Fix::certain(words!("换成半角空格", "use ordinary spaces")).replace(span, spaces)),
            );
        }
    }

    /// The line that begins with the indentation at `at`.
    fn line(&mut self, at: usize) {
        if self.tokens[at].depth > 0 {
            return;
        }
        let pieces = self.line_after(at);
        let lead =
            pieces.iter().take_while(|token| matches!(token.kind, Kind::Dash | Kind::Property)).count();
        let mut rest = pieces[lead..].iter().filter(|token| token.kind != Kind::Comment);
        match (rest.next(), rest.next(), rest.next(), rest.next()) {
            (Some(only), None, ..) if matches!(only.kind, Kind::Plain { .. }) => {
                self.lone_text(at, lead > 0, only);
            }
            (Some(key), Some(colon), ..) if colon.kind == Kind::Colon && self.wide_key(key) => {}
            (Some(key), Some(colon), Some(value), Some(second)) => {
                let plain = matches!(value.kind, Kind::Plain { .. })
                    && matches!(key.kind, Kind::Plain { continued: false } | Kind::Quoted { .. });
                if plain && colon.kind == Kind::Colon && second.kind == Kind::Colon {
                    let last = rest.next_back().map_or(second.end, |token| token.end);
                    self.second_colon(value.start, last, second);
                }
            }
            _ => {}
        }
    }

    /// The pieces that begin on the line of the indentation at `at`, without it.
    fn line_after(&self, at: usize) -> &'a [Token] {
        let rest = &self.tokens[at + 1..];
        let mut len = 0;
        while let Some(token) = rest.get(len)
            && !matches!(token.kind, Kind::Indent | Kind::BlockBody)
        {
            len += 1;
            // What follows a quoted text of several lines stands on another line.
            if matches!(token.kind, Kind::Quoted { .. }) && self.written(token).contains('\n') {
                break;
            }
        }
        &rest[..len]
    }

    /// Unquoted text anywhere: what it begins with, and what was meant as a comment.
    fn plain(&mut self, at: usize) {
        let token = &self.tokens[at];
        let written = self.written(token);
        if token.kind == (Kind::Plain { continued: false }) {
            match written.chars().next() {
                Some('%' | '@' | '`') => self.needs_quotes(token, codes::RESERVED_START),
                Some('>' | '|') => self.needs_quotes(token, codes::BLOCK_BY_ACCIDENT),
                Some('“' | '‘' | '”' | '’') => self.smart_quotes(at),
                Some('｛' | '［') => self.wide_bracket(token),
                Some('－' | '–' | '—' | '•') if self.first_on_line(at) => self.wide_dash(token),
                _ => {}
            }
        }
        if let Some(hash) = wide_hash_in(written) {
            self.wide_hash(token.start + hash, hash == 0);
        }
    }

    fn first_on_line(&self, at: usize) -> bool {
        at > 0 && self.tokens[at - 1].kind == Kind::Indent
    }

    /// Whether the text at `at` is followed by a colon, as a key is.
    fn is_key(&self, at: usize) -> bool {
        self.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Colon)
    }

    fn needs_quotes(&mut self, token: &Token, code: Code) {
        let end = if token.depth > 0 { flow::value_end(self.text, token.start) } else { token.end };
        let span = self.span(token.start, end.max(token.end));
        let written = &self.text[span.range()];
        let first = written.chars().next().unwrap_or(' ');
        let message = if code == codes::BLOCK_BY_ACCIDENT {
            words!(
                "以 `{first}` 开头的值会被当作多行文字",
                "a value that begins with `{first}` is read as the head of a block of lines"
            )
        } else {
            words!("文字不能以 `{first}` 开头", "a text cannot begin with `{first}`")
        };
        let quoted = quote(written);
        let short = shorten(&quoted);
        self.push(
            Diagnostic::new(code, span, message)
                .label(words!("要加引号", "needs quotes"))
                .advise(words!("给整个值加引号", "put the whole value in quotes"))
                .fix(Fix::certain(words!("写成 {short}", "write {short}")).replace(span, quoted)),
        );
    }

    fn smart_quotes(&mut self, at: usize) {
        let token = &self.tokens[at];
        let written = self.written(token);
        let inside = written.trim_matches(['“', '”', '‘', '’']);
        let opens = written.len() - written.trim_start_matches(['“', '”', '‘', '’']).len();
        let closed = written.ends_with(['”', '’', '“', '‘']) && written.len() > opens;
        if !closed || inside.contains(['“', '”']) {
            return;
        }
        let span = span_of(self.file, token);
        let key = self.is_key(at);
        let title = words!("改成半角引号", "use straight quotes");
        let fix = if key { Fix::certain(title) } else { Fix::possible(title) };
        let found = Diagnostic::new(
            codes::SMART_QUOTES,
            span,
            words!(
                "中文引号在 YAML 里只是文字，不起引号的作用",
                "typographic quotes are part of the text, not quotes of YAML"
            ),
        )
        .label(words!("引号会留在文字里", "the quotes stay in the text"))
        .advise(words!(
            "要引号的作用就改成半角 `\"`；要保留书面引号，请在外面再加一层半角引号",
            "write `\"` to quote; to keep these quotes on paper, put straight quotes around them"
        ))
        .fix(fix.replace(span, quote(inside)));
        self.push(if key { found.severity(Severity::Error) } else { found });
    }

    fn wide_bracket(&mut self, token: &Token) {
        let span = span_of(self.file, token);
        let mended = ascii_punctuation(self.written(token));
        self.push(
            Diagnostic::new(
                codes::FULLWIDTH_PUNCTUATION,
                span,
                words!("括号是全角的", "the brackets are full-width"),
            )
            .label(words!("YAML 只认半角的 `{{ }}` 和 `[ ]`", "YAML knows only `{{ }}` and `[ ]`"))
            .advise(words!(
                "换成半角符号；如果确实是文字，请加引号",
                "use ASCII ones; if this is text, put it in quotes"
            ))
            .fix(Fix::possible(words!("换成半角符号", "use ASCII punctuation")).replace(span, mended)),
        );
    }

    fn wide_dash(&mut self, token: &Token) {
        let written = self.written(token);
        let dash = written.chars().next().map_or(0, char::len_utf8);
        let gap = written[dash..].len() - written[dash..].trim_start().len();
        let span = self.span(token.start, token.start + dash + gap);
        self.push(
            Diagnostic::new(
                codes::FULLWIDTH_PUNCTUATION,
                span,
                words!("列表的横线不是半角的", "the dash of a list item is not ASCII"),
            )
            .label(words!("应为 `- `", "should be `- `"))
            .advise(words!("列表项以半角 `-` 和一个空格开头", "a list item begins with `-` and a space"))
            .fix(Fix::certain(words!("写成 `- `", "write `- `")).replace(span, "- ")),
        );
    }

    fn wide_hash(&mut self, at: usize, first: bool) {
        let span = self.span(at, at + '＃'.len_utf8());
        let severity = if first { Severity::Error } else { Severity::Warning };
        self.push(
            Diagnostic::new(
                codes::FULLWIDTH_PUNCTUATION,
                span,
                words!(
                    "全角 `＃` 不是注释的开头，后面的字成了内容",
                    "a full-width `＃` begins no comment: what follows is content"
                ),
            )
            .label(words!("应为 `#`", "should be `#`"))
            .advise(words!("换成半角 `#`", "use an ASCII `#`"))
            .severity(severity)
            .fix(Fix::certain(words!("写成 `#`", "write `#`")).replace(span, "#")),
        );
    }
}

/// Where a `＃` stands at the beginning or after a space.
fn wide_hash_in(text: &str) -> Option<usize> {
    if text.is_ascii() {
        return None;
    }
    // The last of its three bytes is rarer than the first.
    if !text.as_bytes().contains(&b'\x83') {
        return None;
    }
    let mut all = text.match_indices('＃').map(|(at, _)| at);
    all.find(|at| *at == 0 || text[..*at].ends_with(' '))
}

/// The same text with the punctuation YAML knows.
fn ascii_punctuation(text: &str) -> String {
    let mut mended = String::new();
    for char in text.chars() {
        match char {
            '｛' => mended.push('{'),
            '｝' => mended.push('}'),
            '［' => mended.push('['),
            '］' => mended.push(']'),
            '：' => mended.push_str(": "),
            '，' => mended.push_str(", "),
            '“' | '”' => mended.push('"'),
            other => mended.push(other),
        }
    }
    mended
}
