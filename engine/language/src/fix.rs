//! Applying the certain fixes of a report, again and again until nothing certain is left.

use crate::diagnostic::{Edit, Report};
use crate::source::{FileId, Sources};
use std::collections::BTreeMap;

/// A text whose fixes do not settle within so many rounds is left to its author.
const ROUNDS_MAX: usize = 25;

/// What fixing made of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The text afterwards.
    pub text: String,
    /// How many fixes were applied.
    pub applied: usize,
    /// What is still to say about it.
    pub report: Report,
}

/// One round: the new text of every file that some certain fix changes, and how many fixes went in. Fixes
/// that would touch bytes another one has touched wait for the next round.
pub fn round(report: &Report, sources: &Sources) -> (BTreeMap<FileId, String>, usize) {
    let mut taken: Vec<Edit> = Vec::new();
    let mut applied = 0;
    for fix in report.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).filter(|fix| fix.certain) {
        let free = |edit: &Edit| taken.iter().all(|other| !other.span.overlaps(edit.span));
        if fix.edits.iter().all(free) {
            taken.extend(fix.edits.iter().cloned());
            applied += 1;
        }
    }
    taken.sort();
    let mut texts = BTreeMap::new();
    for edit in taken.iter().rev() {
        let text = texts.entry(edit.span.file).or_insert_with(|| sources.text(edit.span.file).to_owned());
        if text.get(edit.span.range()).is_some() {
            text.replace_range(edit.span.range(), &edit.replacement);
        }
    }
    (texts, applied)
}

/// Mends one text with what `check` finds in it, round after round. `check` takes the text in and reports.
/// Mending a mended text changes nothing.
pub fn mend(text: &str, mut check: impl FnMut(&mut Sources, &str) -> (FileId, Report)) -> Mended {
    let mut mended = text.to_owned();
    let mut applied = 0;
    for _ in 0..ROUNDS_MAX {
        let mut sources = Sources::new();
        let (file, report) = check(&mut sources, &mended);
        let (mut texts, count) = round(&report, &sources);
        match texts.remove(&file).filter(|text| *text != mended) {
            Some(text) => mended = text,
            None => return Mended { text: mended, applied, report },
        }
        applied += count;
    }
    let (_, report) = check(&mut Sources::new(), &mended);
    Mended { text: mended, applied, report }
}
