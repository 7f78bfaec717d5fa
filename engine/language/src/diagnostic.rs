//! What was found in a text: a code, a place, sentences in two languages, advice, a fix, a path.
//!
//! ```
//! use language::{Diagnostic, Fix, Sources, Span, codes, words};
//! let mut sources = Sources::new();
//! let file = sources.add("a.yaml", "titel: x");
//! let span = Span::new(file, 0..5);
//! let found = Diagnostic::new(codes::UNKNOWN_KEY, span, words!("没有 `titel` 这个键", "unknown key `titel`"))
//!     .label(words!("不认识的键", "not a key of this map"))
//!     .advise(words!("可用的键：title", "known keys: title"))
//!     .fix(Fix::certain(words!("改成 `title`", "write `title`")).replace(span, "title"));
//! assert!(found.is_error());
//! ```

use crate::codes::Code;
use crate::span::Span;
use crate::words::Words;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// It can be used and is probably not what was meant.
    Warning,
    /// It works; there is a better way.
    Advice,
    /// Something worth knowing.
    Note,
}

impl Severity {
    /// The word for it: `error`, `warning`, `advice`, `note`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
            Severity::Note => "note",
        }
    }
}

/// A place and what is to be said there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The bytes meant.
    pub span: Span,
    /// What is to be said there; may be empty.
    pub text: Words,
}

/// A replacement of some bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What comes in their place.
    pub replacement: String,
}

/// Edits that mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What the edits do, as a request: "write `title`".
    pub title: Words,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether the result is surely what was meant: `--fix` applies only certain fixes.
    pub certain: bool,
}

impl Fix {
    /// A fix that may be applied without asking.
    pub fn certain(title: Words) -> Fix {
        Fix { title, edits: Vec::new(), certain: true }
    }

    /// A fix to be shown and left to the author.
    pub fn possible(title: Words) -> Fix {
        Fix { title, edits: Vec::new(), certain: false }
    }

    /// Also replaces these bytes.
    #[must_use]
    pub fn replace(mut self, span: Span, replacement: impl Into<String>) -> Fix {
        self.edits.push(Edit { span, replacement: replacement.into() });
        self
    }

    /// Also inserts before this span.
    #[must_use]
    pub fn insert(self, before: Span, text: impl Into<String>) -> Fix {
        self.replace(before.first(), text)
    }
}

/// One step on the way to the fault: an event, the state after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathStep {
    /// What happens.
    pub text: Words,
    /// Where the text says so.
    pub span: Option<Span>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which finding it is.
    pub code: Code,
    /// How much it matters here; normally the code's own.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: Words,
    /// The place to look at.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to do, one sentence each.
    pub advice: Vec<Words>,
    /// The mending, where there is one.
    pub fix: Option<Fix>,
    /// A counter-example: how a case gets there.
    pub path: Option<Vec<PathStep>>,
}

impl Diagnostic {
    /// A finding at a place. Severity is the code's.
    pub fn new(code: Code, span: Span, message: Words) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message,
            primary: Label { span, text: Words::default() },
            secondary: Vec::new(),
            advice: Vec::new(),
            fix: None,
            path: None,
        }
    }

    /// What is said under the primary place.
    #[must_use]
    pub fn label(mut self, text: Words) -> Diagnostic {
        self.primary.text = text;
        self
    }

    /// Another place that matters.
    #[must_use]
    pub fn also(mut self, span: Span, text: Words) -> Diagnostic {
        self.secondary.push(Label { span, text });
        self
    }

    /// One more sentence of advice.
    #[must_use]
    pub fn advise(mut self, text: Words) -> Diagnostic {
        self.advice.push(text);
        self
    }

    /// The mending.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fix = Some(fix);
        self
    }

    /// The mending, if there is one.
    #[must_use]
    pub fn maybe_fix(mut self, fix: Option<Fix>) -> Diagnostic {
        self.fix = fix;
        self
    }

    /// One more step of the counter-example.
    #[must_use]
    pub fn step(mut self, text: Words, span: Option<Span>) -> Diagnostic {
        self.path.get_or_insert_default().push(PathStep { text, span });
        self
    }

    /// Another weight than the code's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    /// Whether it forbids use of the text.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many findings of each weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Advice.
    pub advice: usize,
    /// Notes.
    pub notes: usize,
}

impl Counts {
    /// All together.
    pub fn total(self) -> usize {
        self.errors + self.warnings + self.advice + self.notes
    }
}

/// More findings than this are counted and not kept: a text with so many needs another start.
pub const KEPT_MAX: usize = 1000;

/// Every finding of a run: sorted by place, each said once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    found: Vec<Diagnostic>,
    unkept: Counts,
}

impl Report {
    /// Nothing found.
    pub fn new() -> Report {
        Report::default()
    }

    /// Adds a finding at its place in the order; the same finding at the same place is said once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.len() >= KEPT_MAX {
            count(&mut self.unkept, diagnostic.severity);
            return;
        }
        let at = self.found.partition_point(|known| order(known) <= order(&diagnostic));
        let same = |known: &&Diagnostic| order(known) == order(&diagnostic);
        let said =
            self.found[..at].iter().rev().take_while(same).any(|known| known.message == diagnostic.message);
        if !said {
            self.found.insert(at, diagnostic);
        }
    }

    /// Adds all findings of another report.
    pub fn append(&mut self, other: Report) {
        self.unkept.errors += other.unkept.errors;
        self.unkept.warnings += other.unkept.warnings;
        self.unkept.advice += other.unkept.advice;
        self.unkept.notes += other.unkept.notes;
        self.extend(other.found);
    }

    /// The findings kept, by file and place.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many findings are kept.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether the text cannot be used.
    pub fn has_errors(&self) -> bool {
        self.unkept.errors > 0 || self.found.iter().any(Diagnostic::is_error)
    }

    /// How many of each weight were found, kept or not.
    pub fn counts(&self) -> Counts {
        let mut counts = self.unkept;
        self.found.iter().for_each(|diagnostic| count(&mut counts, diagnostic.severity));
        counts
    }

    /// Whether a code is among the findings.
    pub fn has(&self, code: Code) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.code == code)
    }

    /// Drops the findings that `keep` refuses.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }
}

impl Extend<Diagnostic> for Report {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, found: I) {
        found.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Report {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(found: I) -> Report {
        let mut report = Report::new();
        report.extend(found);
        report
    }
}

impl<'a> IntoIterator for &'a Report {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

/// Place first, then weight, then code.
fn order(diagnostic: &Diagnostic) -> (Span, Severity, Code) {
    (diagnostic.primary.span, diagnostic.severity, diagnostic.code)
}

fn count(counts: &mut Counts, severity: Severity) {
    match severity {
        Severity::Error => counts.errors += 1,
        Severity::Warning => counts.warnings += 1,
        Severity::Advice => counts.advice += 1,
        Severity::Note => counts.notes += 1,
    }
}
