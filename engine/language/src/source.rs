//! The texts under examination: names, lines, and where a byte is for a person.

use crate::span::Span;
use unicode_width::UnicodeWidthStr;

/// Which of the [`Sources`] a span is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A place as people count: from one, in characters; and in terminal cells for drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Cells of a terminal before it, from 0: a Chinese character takes two.
    pub width: usize,
}

/// One text and where its lines begin.
#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// All texts of one compilation. A text is kept without its byte order mark.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// How many texts stand before these, in the collection they will join.
    before: usize,
    files: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// No texts yet; they will stand behind `before` others, so that files can be read side by side and every
    /// span is right once they [join](Sources::join).
    pub fn after(before: usize) -> Sources {
        Sources { before, files: Vec::new() }
    }

    /// Takes texts that were read for a place behind these, in any order. A place that nothing was read for is
    /// that of an empty text.
    pub fn join(&mut self, more: Sources) {
        let free = || Source { name: String::new(), text: String::new(), line_starts: vec![0] };
        let place = more.before.saturating_sub(self.before);
        self.files.resize_with((place + more.files.len()).max(self.files.len()), free);
        self.files.splice(place..place + more.files.len(), more.files);
    }

    /// Adds a text under the name people know it by. A leading byte order mark is dropped.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let mut text: String = text.into();
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut line_starts = Vec::with_capacity(text.len() / 32 + 1);
        line_starts.push(0);
        line_starts.extend(breaks);
        let id = id(self.before + self.files.len());
        self.files.push(Source { name: name.into(), text, line_starts });
        id
    }

    /// The name of a file; empty for an unknown one.
    pub fn name(&self, file: FileId) -> &str {
        self.file(file).map_or("", |source| &source.name)
    }

    /// The text of a file; empty for an unknown one.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |source| &source.text)
    }

    /// The text under a span; empty when it is not on character borders of the file.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte. A byte within a character counts as that character's first.
    pub fn position(&self, file: FileId, byte: usize) -> Position {
        let line = self.line_of(file, byte);
        let text = self.text(file);
        let start = self.line_range(file, line).start;
        let end = floor_char(text, byte.min(text.len())).max(start);
        let before = &text[start..end];
        Position { line, column: before.chars().count() + 1, width: before.width() }
    }

    /// Line number (from 1) of a byte.
    pub fn line_of(&self, file: FileId, byte: usize) -> usize {
        self.file(file).map_or(1, |source| source.line_starts.partition_point(|&start| start <= byte).max(1))
    }

    /// Bytes of a line (from 1), without its line break.
    pub fn line_range(&self, file: FileId, line: usize) -> std::ops::Range<usize> {
        let Some(source) = self.file(file) else { return 0..0 };
        let line = line.clamp(1, source.line_starts.len());
        let start = source.line_starts[line - 1];
        let end = source.line_starts.get(line).map_or(source.text.len(), |next| next - 1);
        let end = if source.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end
    }

    /// How many lines a file has (at least one).
    pub fn line_count(&self, file: FileId) -> usize {
        self.file(file).map_or(1, |source| source.line_starts.len())
    }

    /// Every file, in the order added.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..self.files.len()).map(|at| id(self.before + at))
    }

    /// Where a place counted as people do lies in the bytes (for editors). Held within the text.
    pub fn offset(&self, file: FileId, line: usize, column: usize) -> usize {
        let range = self.line_range(file, line);
        let text = &self.text(file)[range.clone()];
        let within = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        range.start + within
    }

    fn file(&self, file: FileId) -> Option<&Source> {
        self.files.get((file.0 as usize).checked_sub(self.before)?)
    }
}

fn id(at: usize) -> FileId {
    FileId(u32::try_from(at).unwrap_or(u32::MAX))
}

/// The nearest character border at or before `byte`.
pub(crate) fn floor_char(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
