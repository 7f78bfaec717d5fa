//! Inside braces and brackets: formulas, full-width punctuation, colons.

use super::Hunt;
use super::colons::pair;
use crate::codes;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::prescan::flow;
use crate::prescan::scan::{Kind, Token};
use crate::syntax::{quote, shorten, span_of};
use crate::words;

/// A bracket that is open: its kind, and the pieces of the entry being looked at.
struct Frame {
    map: bool,
    entries: usize,
    entry: Vec<Token>,
}

impl Hunt<'_> {
    /// Walks through everything inside brackets.
    pub(super) fn brackets(&mut self) {
        let mut open: Vec<Frame> = Vec::new();
        // Room of entries that ended, used again.
        let mut spare: Vec<Vec<Token>> = Vec::new();
        let mut skip_to = 0;
        for at in 0..self.tokens.len() {
            if self.full() {
                break;
            }
            let token = self.tokens[at];
            if token.depth == 0 && token.kind != Kind::Open {
                open.clear();
                continue;
            }
            if token.start >= skip_to
                && matches!(token.kind, Kind::Plain { .. })
                && let Some(end) = self.formula(at)
            {
                skip_to = end;
            }
            match token.kind {
                Kind::Open => {
                    if let Some(outer) = open.last_mut() {
                        outer.entry.push(token);
                    }
                    let map = self.written(&token) == "{";
                    open.push(Frame { map, entries: 0, entry: spare.pop().unwrap_or_default() });
                }
                Kind::Comma | Kind::Close => {
                    self.entry_ends(&mut open, token.kind == Kind::Close, skip_to <= token.start);
                    if token.kind == Kind::Close
                        && let Some(closed) = open.pop()
                    {
                        spare.push(closed.entry);
                    }
                }
                Kind::Indent | Kind::Comment => {}
                _ => {
                    if let Some(frame) = open.last_mut().filter(|frame| frame.entry.len() < 8) {
                        frame.entry.push(token);
                    }
                }
            }
        }
    }

    fn entry_ends(&mut self, open: &mut [Frame], close: bool, look: bool) {
        let Some(frame) = open.last_mut() else { return };
        frame.entries += usize::from(!frame.entry.is_empty());
        if look {
            self.entry(frame.map, close && frame.entries == 1, &frame.entry);
        }
        frame.entry.clear();
    }

    /// One entry of a map or list.
    fn entry(&mut self, map: bool, only: bool, entry: &[Token]) {
        let plain = |token: &Token| matches!(token.kind, Kind::Plain { .. });
        match entry {
            [text] if map && plain(text) => {
                if let Some(pair) = pair(self.written(text)) {
                    let found = self.pair_found(text.start, &pair);
                    self.push(match self.wide_pairs(text) {
                        Some(fix) => found.fix(fix),
                        None => found,
                    });
                }
            }
            [text] if only && plain(text) => self.wide_list(text),
            [key, colon, ..] if map && plain(key) && colon.kind == Kind::Colon && self.wide_keys(key) => {}
            [_, first, value, second, ..]
                if first.kind == Kind::Colon && second.kind == Kind::Colon && plain(value) =>
            {
                self.two_colons(value, second);
            }
            _ => {}
        }
    }

    /// `{ zh：审批，en：x }`: all entries in full-width punctuation.
    fn wide_pairs(&self, text: &Token) -> Option<Fix> {
        let entries = self
            .written(text)
            .split('，')
            .map(|entry| pair(entry.trim()).map(|pair| pair.mended(entry.trim())));
        let entries = entries.collect::<Option<Vec<String>>>().filter(|entries| entries.len() > 1)?;
        let mended = entries.join(", ");
        let short = shorten(&mended);
        Some(
            Fix::certain(words!("写成 `{short}`", "write `{short}`"))
                .replace(span_of(self.file, text), mended),
        )
    }

    /// `{ zh：填写，en: Draft }`: full-width up to the last key, which has a proper colon.
    fn wide_keys(&mut self, key: &Token) -> bool {
        let written = self.written(key);
        if written.is_ascii() {
            return false;
        }
        let Some((before, last)) = written.rsplit_once('，') else { return false };
        let word = |char: char| char.is_ascii_lowercase() || char == '_';
        let entries = before.split('，').map(|entry| {
            let entry = entry.trim();
            pair(entry).map(|pair| pair.mended(entry))
        });
        let Some(mut entries) = entries.collect::<Option<Vec<String>>>() else { return false };
        let (Some(first), true) = (pair(written), last.trim().chars().all(word)) else { return false };
        entries.push(last.trim().to_owned());
        let mended = entries.join(", ");
        let short = shorten(&mended);
        let fix = Fix::certain(words!("写成 `{short}`", "write `{short}`"));
        let found = self.pair_found(key.start, &first).fix(fix.replace(span_of(self.file, key), mended));
        self.push(found);
        true
    }

    /// `{ zh: 请先完成，en: Approved }` and `{ title: a: b }`.
    fn two_colons(&mut self, value: &Token, second: &Token) {
        let written = self.written(value);
        let Some(comma) = written.rfind('，') else {
            let end = flow::value_end(self.text, value.start);
            self.second_colon(value.start, end.max(second.end), second);
            return;
        };
        let gap = written[comma + 3..].len() - written[comma + 3..].trim_start().len();
        let span = self.span(value.start + comma, value.start + comma + 3 + gap);
        self.push(
            self.wide_comma(span).fix(Fix::certain(words!("写成 `, `", "write `, `")).replace(span, ", ")),
        );
    }

    /// `[流动资金，设备采购]`: a list of one, probably meant as more.
    fn wide_list(&mut self, text: &Token) {
        let written = self.written(text);
        let Some(comma) = written.find(['，', '、']) else { return };
        let span = self.span(text.start + comma, text.start + comma + 3);
        let list: Vec<&str> = written.split(['，', '、']).map(str::trim).collect();
        let fix = Fix::possible(words!("分成 {} 项", "make it {} items", list.len()))
            .replace(span_of(self.file, text), list.join(", "));
        self.push(self.wide_comma(span).severity(Severity::Warning).fix(fix));
    }

    fn wide_comma(&self, span: crate::span::Span) -> Diagnostic {
        Diagnostic::new(
            codes::FULLWIDTH_PUNCTUATION,
            span,
            words!("逗号是全角的，前后成了同一项", "the comma is full-width: both sides are one item"),
        )
        .label(words!("应为半角逗号加空格", "should be a comma and a space"))
        .advise(words!(
            "括号里各项之间用半角逗号；如果确实是文字，请加引号",
            "items inside brackets are separated by ASCII commas; if this is text, put it in quotes"
        ))
    }

    /// A formula whose own brackets or commas end the value: where it was meant to end.
    fn formula(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens[at];
        let next = self.tokens.get(at + 1)?;
        let written = self.written(&token);
        let cut = match next.kind {
            Kind::Open => token.depth > 0,
            // Nothing of its own that a comma could stand in: brackets of either width, a quote.
            Kind::Comma if !written.bytes().any(|byte| matches!(byte, b'(' | b'"' | 0xef)) => false,
            Kind::Comma => flow::open_parenthesis(written) || written.matches('"').count() % 2 == 1,
            _ => false,
        };
        if !cut || self.text[token.end..next.start].contains('\n') {
            return None;
        }
        let end = flow::value_end(self.text, token.start).max(next.end);
        let span = self.span(token.start, end);
        let quoted = quote(&self.text[span.range()]);
        let short = shorten(&quoted);
        self.push(
            Diagnostic::new(
                codes::FORMULA_IN_BRACES,
                span,
                words!(
                    "花括号里的公式带有括号或逗号，要加引号",
                    "a formula with brackets or commas inside braces needs quotes"
                ),
            )
            .label(words!("这个公式", "this formula"))
            .also(span_of(self.file, next), words!("YAML 在这里就把它截断了", "YAML cuts it here"))
            .advise(words!(
                "加引号，或在 `conditions` 里给条件起个名字，这里只写名字",
                "put it in quotes, or name the condition under `conditions` and write the name here"
            ))
            .fix(Fix::certain(words!("写成 {short}", "write {short}")).replace(span, quoted)),
        );
        Some(end)
    }
}
