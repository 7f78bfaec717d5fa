//! A tree and its comments as lines of the normal form.

use super::comments::Comments;
use super::{COLUMNS, scalars};
use crate::tree::{Key, Kind, Node, Tree};
use unicode_width::UnicodeWidthStr;

/// One printed line: what it says, and the comment at its end.
#[derive(Default)]
struct Line {
    code: String,
    comment: Option<String>,
}

struct Printer<'a> {
    text: &'a str,
    comments: Comments,
    lines: Vec<Line>,
}

/// The whole document.
pub(super) fn print(tree: &Tree, text: &str) -> String {
    let mut printer = Printer { text, comments: Comments::of(text), lines: Vec::new() };
    let root = &tree.root;
    match &root.kind {
        Kind::Null => {}
        Kind::Map(entries) if !entries.is_empty() && printer.unfolds(root, 0) => {
            printer.map(entries, 0, text.len())
        }
        Kind::Seq(items) if !items.is_empty() && printer.unfolds(root, 0) => {
            printer.seq(items, 0, text.len())
        }
        _ => {
            printer.leading(root.span.start(), 0, true);
            printer.value(root, String::new(), 0);
        }
    }
    printer.leading(text.len() + 1, 0, printer.lines.is_empty());
    join(&printer.lines)
}

impl Printer<'_> {
    fn raw(&self, node: &Node) -> &str {
        &self.text[node.span.range()]
    }

    fn push(&mut self, code: String) {
        self.lines.push(Line { code, comment: None });
    }

    /// Comments and a blank line before the piece at `start`.
    fn leading(&mut self, start: usize, indent: usize, first: bool) {
        let mut first = first;
        while let Some(comment) = self.comments.next_before(start, |_| true) {
            self.blank_before(comment.start, first);
            first = false;
            match self
                .lines
                .last_mut()
                .filter(|line| comment.column.is_none() && line.comment.is_none() && !line.code.is_empty())
            {
                Some(line) => line.comment = Some(comment.text),
                None => self.lines.push(Line { code: " ".repeat(indent), comment: Some(comment.text) }),
            }
        }
        self.blank_before(start, first);
    }

    /// Keeps one of the blank lines above the line that holds `start`.
    fn blank_before(&mut self, start: usize, first: bool) {
        let Some(line) = self.text.get(..start).and_then(|before| before.rfind('\n')) else { return };
        // Only when the piece begins its line.
        let begins = self.text[line..start].trim_matches([' ', '\t', '\n', '-', '\r']).is_empty();
        let above = self.text[..line].rfind('\n').map_or(0, |end| end + 1);
        let blank = self.text[above..line].trim().is_empty();
        if !first
            && begins
            && blank
            && self.lines.last().is_some_and(|last| !last.code.is_empty() || last.comment.is_some())
        {
            self.push(String::new());
        }
    }

    /// The comment at the end of the line that ends at `end`.
    fn trailing(&mut self, end: usize) {
        let line_end = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at);
        if let Some(comment) = self.comments.next_before(line_end, |comment| comment.column.is_none())
            && let Some(line) = self.lines.last_mut()
        {
            line.comment = Some(comment.text);
        }
    }

    /// The entries of a map. `until` is where the next piece outside the map begins.
    fn map(&mut self, entries: &[(Key, Node)], indent: usize, until: usize) {
        for (at, (key, value)) in entries.iter().enumerate() {
            self.leading(key.span.start(), indent, at == 0);
            let name = scalars::key(&key.text, &self.text[key.span.range()]);
            let next = entries.get(at + 1).map_or(until, |(key, _)| key.span.start());
            self.entry(format!("{}{name}:", " ".repeat(indent)), key.span.end(), value, indent, next);
        }
        let first = entries.first().map_or(until, |(key, _)| key.span.start());
        self.closing(first, indent, until);
    }

    fn seq(&mut self, items: &[Node], indent: usize, until: usize) {
        for (at, item) in items.iter().enumerate() {
            self.leading(first_text(item), indent, at == 0);
            let next = items.get(at + 1).map_or(until, |next| self.dash_of(next));
            self.item(item, indent, next);
        }
        let first = items.first().map_or(until, |item| self.dash_of(item));
        self.closing(first, indent, until);
    }

    /// Comments after the last entry that were written as deep as the entries, and deeper than what comes
    /// next: they stay with the entries. `first` is where the first key or dash stands.
    fn closing(&mut self, first: usize, indent: usize, until: usize) {
        if indent == 0 {
            return;
        }
        let column = self.column(first);
        let outer = if until < self.text.len() { self.column(until) + 1 } else { 1 };
        let deep =
            |comment: &super::comments::Comment| comment.column.is_some_and(|own| own >= column.max(outer));
        while let Some(comment) = self.comments.next_before(until, deep) {
            self.blank_before(comment.start, false);
            self.lines.push(Line { code: " ".repeat(indent), comment: Some(comment.text) });
        }
    }

    /// Bytes between the start of its line and `at`.
    fn column(&self, at: usize) -> usize {
        at - self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the dash of an item stands, if it is on the line of the item.
    fn dash_of(&self, item: &Node) -> usize {
        let line = item.span.start() - self.column(item.span.start());
        self.text[line..item.span.start()].rfind('-').map_or(item.span.start(), |dash| line + dash)
    }

    /// A key and its value; `head` ends with the colon.
    fn entry(&mut self, head: String, key_end: usize, value: &Node, indent: usize, until: usize) {
        match &value.kind {
            Kind::Map(entries) if !entries.is_empty() && self.unfolds(value, head.width() + 1) => {
                self.push(head);
                self.trailing(key_end);
                self.map(entries, indent + 2, until);
            }
            Kind::Seq(items) if !items.is_empty() && self.unfolds(value, head.width() + 1) => {
                self.push(head);
                self.trailing(key_end);
                self.seq(items, indent + 2, until);
            }
            _ => self.value(value, head, indent),
        }
    }

    /// A list item; a map begins on the line of its dash.
    fn item(&mut self, item: &Node, indent: usize, until: usize) {
        let dash = format!("{}-", " ".repeat(indent));
        let nested = self.lines.len();
        match &item.kind {
            Kind::Map(entries) if !entries.is_empty() && self.unfolds(item, dash.width() + 1) => {
                self.map(entries, indent + 2, until);
            }
            Kind::Seq(items) if !items.is_empty() && self.unfolds(item, dash.width() + 1) => {
                self.seq(items, indent + 2, until);
            }
            _ => return self.value(item, dash, indent),
        }
        let first = self.lines[nested..].iter_mut().find(|line| !line.code.trim().is_empty());
        if let Some(line) = first {
            line.code.replace_range(indent..indent + 1, "-");
        }
    }

    /// A value that goes on the line of its key, perhaps with lines below.
    fn value(&mut self, value: &Node, head: String, indent: usize) {
        let glue = if head.is_empty() || value.is_null() { "" } else { " " };
        let raw = self.raw(value).to_owned();
        if scalars::spreads(value, &raw) {
            let scalar = value.as_scalar().expect("only a scalar spreads over lines");
            let mut lines = scalars::lines(scalar, &raw, indent + 2).into_iter();
            self.push(format!("{head}{glue}{}", lines.next().unwrap_or_default()));
            let head_end = value.span.start() + raw.find('\n').unwrap_or(raw.len());
            if let Some(comment) = self.comments.next_before(head_end, |_| true)
                && let Some(line) = self.lines.last_mut()
            {
                line.comment = Some(comment.text);
            }
            lines.for_each(|line| self.push(line));
        } else {
            let written = self.flow(value);
            self.push(format!("{head}{glue}{written}"));
        }
        self.trailing(value.span.end());
    }

    /// Whether a list or map is written with one entry a line.
    fn unfolds(&mut self, node: &Node, before: usize) -> bool {
        let in_brackets =
            self.text[node.span.start()..].starts_with(['{', '[']) && !self.block_map_in_brackets(node);
        if !in_brackets {
            return true;
        }
        let commented = self.comments.any_within(node.span.start(), node.span.end());
        commented || !fits_flow(node, self.text) || before + self.flow(node).width() > COLUMNS
    }

    /// A block map whose first key begins with a bracket cannot be: keys are texts.
    fn block_map_in_brackets(&self, node: &Node) -> bool {
        !self.text[..node.span.end()].ends_with(['}', ']'])
    }

    /// The value on one line, lists and maps in brackets.
    fn flow(&self, node: &Node) -> String {
        match &node.kind {
            Kind::Null => String::new(),
            Kind::Scalar(scalar) => scalars::inline(scalar, self.raw(node)),
            Kind::Seq(items) if items.is_empty() => "[]".to_owned(),
            Kind::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Kind::Seq(items) => {
                format!("[{}]", items.iter().map(|item| self.flow(item)).collect::<Vec<_>>().join(", "))
            }
            Kind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    format!("{}: {}", scalars::key(&key.text, &self.text[key.span.range()]), self.flow(value))
                });
                format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Where the first text of an item begins: a comment before it cannot stand between dashes.
fn first_text(item: &Node) -> usize {
    match &item.kind {
        Kind::Seq(items) => items.first().map_or(item.span.start(), first_text),
        Kind::Map(_) | Kind::Null | Kind::Scalar(_) => item.span.start(),
    }
}

/// Whether every part can stand on one line: nothing empty, nothing that spreads.
fn fits_flow(node: &Node, text: &str) -> bool {
    match &node.kind {
        Kind::Null => false,
        Kind::Scalar(_) => !scalars::spreads(node, &text[node.span.range()]),
        Kind::Seq(items) => items.iter().all(|item| fits_flow(item, text)),
        Kind::Map(entries) => entries.iter().all(|(_, value)| fits_flow(value, text)),
    }
}

/// The lines as text, comments of neighbouring lines in one column where that is near.
fn join(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        let run = lines[at..]
            .iter()
            .take_while(|line| line.comment.is_some() && !line.code.trim().is_empty())
            .count();
        let widths = lines[at..at + run].iter().map(|line| line.code.trim_end().width());
        let (least, most) =
            widths.fold((usize::MAX, 0), |(least, most), width| (least.min(width), most.max(width)));
        let column = (run > 1 && most - least <= 40).then_some(most);
        for line in &lines[at..at + run.max(1)] {
            write(&mut out, line, column);
        }
        at += run.max(1);
    }
    let text = out.trim_end_matches('\n');
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn write(out: &mut String, line: &Line, column: Option<usize>) {
    let blank = line.code.trim().is_empty();
    match &line.comment {
        Some(comment) if blank => out.push_str(&format!("{}{comment}", line.code)),
        Some(comment) => {
            let code = line.code.trim_end();
            let gap = column.map_or(0, |column| column - code.width()) + 2;
            out.push_str(&format!("{code}{}{comment}", " ".repeat(gap)));
        }
        None => out.push_str(&line.code),
    }
    out.push('\n');
}
