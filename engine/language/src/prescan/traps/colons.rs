//! Colons: full-width, without a space, and one too many.

use super::Hunt;
use crate::codes;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::prescan::scan::{Kind, Token};
use crate::syntax::{quote, shorten};
use crate::words;

/// A text that may have been meant as `key: value`: the key, and the colon with the space around it.
pub(super) struct Pair<'a> {
    key: &'a str,
    colon_start: usize,
    colon_end: usize,
    wide: bool,
    ends: bool,
}

impl Pair<'_> {
    /// The text the pair was found in, with a proper colon.
    pub(super) fn mended(&self, text: &str) -> String {
        format!("{}: {}", self.key, &text[self.colon_end..]).trim_end().to_owned()
    }
}

impl Hunt<'_> {
    /// The only text of a line, alone or after a dash.
    pub(super) fn lone_text(&mut self, indent: usize, item: bool, token: &Token) {
        let Some(pair) = pair(self.written(token)) else { return };
        let before = self.tokens[..indent]
            .iter()
            .rev()
            .find(|token| !matches!(token.kind, Kind::Comment | Kind::Indent));
        let continued = token.kind == Kind::Plain { continued: true };
        let root = before.is_none_or(|before| before.kind == Kind::Marker) && !item;
        let at_margin = self.tokens[indent].start == self.tokens[indent].end;
        let value = before.is_some_and(|before| before.kind == Kind::Colon);
        let surely_key = root || (continued && at_margin) || !(item || value || continued);
        let known_shape = pair.wide && pair.key.starts_with(|first: char| first.is_ascii_lowercase());
        let found = self.pair_found(token.start, &pair);
        if surely_key || known_shape && (item || !continued || pair.key.is_ascii()) {
            self.push(found);
        } else {
            self.suspect(found);
        }
    }

    /// `title：{ zh: 填写, en: Draft }`: the full-width colon hides in what reads as the key.
    pub(super) fn wide_key(&mut self, key: &Token) -> bool {
        let plain = key.kind == Kind::Plain { continued: false };
        let Some(pair) = pair(self.written(key)).filter(|_| plain) else { return false };
        let ours = pair.wide && pair.key.starts_with(|first: char| first.is_ascii_lowercase());
        if ours {
            let found = self.pair_found(key.start, &pair);
            self.push(found);
        }
        ours
    }

    pub(super) fn pair_found(&self, start: usize, pair: &Pair<'_>) -> Diagnostic {
        let span = self.span(start + pair.colon_start, start + pair.colon_end);
        let colon = if pair.ends { ":" } else { ": " };
        let key = shorten(pair.key);
        let (code, message) = if pair.wide {
            let message = words!(
                "`{key}` 后面的冒号是全角的，整行成了一段文字",
                "the colon after `{key}` is full-width: the line is one text"
            );
            (codes::FULLWIDTH_PUNCTUATION, message)
        } else {
            let message = words!(
                "`{key}:` 后面少一个空格，整段成了文字",
                "no space after `{key}:`, so all of it is one text"
            );
            (codes::COLON_WITHOUT_SPACE, message)
        };
        Diagnostic::new(code, span, message)
            .label(words!("应为半角冒号加空格", "should be a colon and a space"))
            .advise(words!(
                "写成 `{key}: 值`；如果确实是文字，请加引号",
                "write `{key}: value`; if this is text, put it in quotes"
            ))
            .fix(Fix::certain(words!("写成 `{key}: `", "write `{key}: `")).replace(span, colon))
    }

    /// `title: 银行评估: 五天`.
    pub(super) fn second_colon(&mut self, start: usize, end: usize, second: &Token) {
        let span = self.span(start, end);
        let written = &self.text[start..end];
        let typographic = written.starts_with(['“', '‘']) && written.ends_with(['”', '’']);
        let inside = if typographic { written.trim_matches(['“', '”', '‘', '’']) } else { written };
        let quoted = quote(inside);
        let short = shorten(&quoted);
        let fix = Fix::certain(words!("写成 {short}", "write {short}")).replace(span, quoted);
        if typographic {
            let message = words!(
                "中文引号在 YAML 里不起引号的作用，里面的冒号会把文字截断",
                "typographic quotes do not quote: the colon inside cuts the text"
            );
            let found = Diagnostic::new(codes::SMART_QUOTES, span, message).severity(Severity::Error);
            self.push(found.label(words!("要用半角引号", "needs straight quotes")).fix(fix));
            return;
        }
        self.push(
            Diagnostic::new(
                codes::COLON_IN_TEXT,
                span,
                words!(
                    "文字里有“冒号加空格”，要加引号",
                    "a text with a colon and a space in it needs quotes"
                ),
            )
            .label(words!("这段文字", "this text"))
            .also(self.span(second.start, second.end), words!("会被当作又一个键", "is read as one more key"))
            .advise(words!(
                "给冒号后面的整段文字加引号",
                "put the whole text after the first colon in quotes"
            ))
            .fix(fix),
        );
    }
}

/// Splits a text at its first colon of either width, if what stands before could be a key.
pub(super) fn pair(text: &str) -> Option<Pair<'_>> {
    // A colon of either width begins with one of these bytes; most texts have neither.
    if !text.bytes().any(|byte| matches!(byte, b':' | 0xef)) {
        return None;
    }
    let at = text.find(['：', ':'])?;
    let wide = text[at..].starts_with('：');
    let key = text[..at].trim_end();
    let colon_end = at + if wide { '：'.len_utf8() } else { 1 };
    let rest = text[colon_end..].trim_start();
    let plausible = !key.is_empty()
        && key.chars().count() <= 30
        && !key.starts_with(|first: char| first.is_ascii_digit());
    let word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
    let address = !wide && (rest.starts_with("//") || rest.starts_with(':'));
    (plausible && key.chars().all(word) && !address).then_some(Pair {
        key,
        colon_start: key.len(),
        colon_end: text.len() - rest.len(),
        wide,
        ends: rest.is_empty(),
    })
}
