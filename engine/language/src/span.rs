//! Where something stands: a file and a range of bytes in its text.

use crate::source::FileId;
use std::ops::Range;

/// A range of bytes in one file. Files are capped at 1 MiB, so 32 bits are ample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file the bytes are in.
    pub file: FileId,
    start: u32,
    end: u32,
}

impl Span {
    /// The bytes `range` of `file`. Offsets beyond 4 GiB are held at that bound.
    pub fn new(file: FileId, range: Range<usize>) -> Span {
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clip(range.start), end: clip(range.end.max(range.start)) }
    }

    /// An empty span: the place before byte `at`.
    pub fn point(file: FileId, at: usize) -> Span {
        Span::new(file, at..at)
    }

    /// First byte.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// First byte after the end.
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// As a range for slicing the text.
    pub fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end() - self.start()
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span from the start of this one to the end of `other` (same file).
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The bytes `range` counted from the start of this span, held within it.
    pub fn part(self, range: Range<usize>) -> Span {
        let at = |offset: usize| (self.start() + offset).min(self.end());
        Span::new(self.file, at(range.start)..at(range.end))
    }

    /// Only the place where it begins.
    pub fn first(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Only the place where it ends.
    pub fn last(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Whether the two share a byte (or touch, when one is empty).
    pub fn overlaps(self, other: Span) -> bool {
        self.file == other.file
            && self.start < other.end.max(other.start + 1)
            && other.start < self.end.max(self.start + 1)
    }
}
