//! A report for programs: one JSON object a line, findings first, a summary last. The shape is a promise.
//!
//! A finding: `{"kind":"diagnostic","code":"CH0117","slug":"duplicate-key","severity":"error",
//! "message":{"zh","en"},"place":PLACE,"label":{"zh","en"},"secondary":[{"place","label"}],
//! "advice":[{"zh","en"}],"fix":{"title","certain","edits":[{"place","replacement"}]}|null,
//! "path":[{"text","place"|null}]}`. A place: `{"file","line","column","end_line","end_column","start","end"}`,
//! lines and columns from 1 in characters, start and end in bytes from 0 after the byte order mark.
//! The summary: `{"kind":"summary","files","errors","warnings","advice","notes","not_shown"}`.

use crate::diagnostic::{Diagnostic, Fix, Label, Report};
use crate::source::Sources;
use crate::span::Span;
use crate::words::Words;
use serde_json::{Value, json};

/// The report, one object a line.
pub fn lines(report: &Report, sources: &Sources) -> String {
    let counts = report.counts();
    let summary = json!({
        "kind": "summary",
        "files": sources.files().count(),
        "errors": counts.errors,
        "warnings": counts.warnings,
        "advice": counts.advice,
        "notes": counts.notes,
        "not_shown": counts.total() - report.len(),
    });
    let found = report.iter().map(|diagnostic| finding(diagnostic, sources));
    found.chain([summary]).map(|object| format!("{object}\n")).collect()
}

/// One finding as an object.
pub fn finding(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let path = diagnostic.path.iter().flatten();
    json!({
        "kind": "diagnostic",
        "code": diagnostic.code.id(),
        "slug": diagnostic.code.slug(),
        "severity": diagnostic.severity.word(),
        "message": words(&diagnostic.message),
        "place": place(diagnostic.primary.span, sources),
        "label": words(&diagnostic.primary.text),
        "secondary": diagnostic.secondary.iter().map(|label| labelled(label, sources)).collect::<Vec<_>>(),
        "advice": diagnostic.advice.iter().map(words).collect::<Vec<_>>(),
        "fix": diagnostic.fix.as_ref().map(|fix| mending(fix, sources)),
        "path": path.map(|step| json!({
            "text": words(&step.text),
            "place": step.span.map(|span| place(span, sources)),
        })).collect::<Vec<_>>(),
    })
}

fn words(words: &Words) -> Value {
    json!({ "zh": words.zh, "en": words.en })
}

fn labelled(label: &Label, sources: &Sources) -> Value {
    json!({ "place": place(label.span, sources), "label": words(&label.text) })
}

fn mending(fix: &Fix, sources: &Sources) -> Value {
    let edits = fix.edits.iter();
    let edits =
        edits.map(|edit| json!({ "place": place(edit.span, sources), "replacement": edit.replacement }));
    json!({ "title": words(&fix.title), "certain": fix.certain, "edits": edits.collect::<Vec<_>>() })
}

fn place(span: Span, sources: &Sources) -> Value {
    let start = sources.position(span.file, span.start());
    let end = sources.position(span.file, span.end());
    json!({
        "file": sources.name(span.file),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "start": span.start(),
        "end": span.end(),
    })
}
