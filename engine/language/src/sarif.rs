//! A report as SARIF 2.1.0 (OASIS), what code hosts and editors read.

use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Report, Severity};
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::words::Lang;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The report as one SARIF log, sentences in `lang`.
pub fn log(report: &Report, sources: &Sources, lang: Lang) -> String {
    let codes: BTreeSet<Code> = report.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> =
        report.iter().map(|diagnostic| result(diagnostic, &codes, sources, lang)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "charter",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code, lang)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code, lang: Lang) -> Value {
    json!({
        "id": code.id(),
        "name": code.slug(),
        "shortDescription": { "text": code.title(lang) },
        "help": { "text": crate::pages::page(code, lang), "markdown": crate::pages::page(code, lang) },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice | Severity::Note => "note",
    }
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources, lang: Lang) -> Value {
    let advice = diagnostic.advice.iter().map(|advice| advice.get(lang));
    let text: Vec<&str> = std::iter::once(diagnostic.message.get(lang)).chain(advice).collect();
    let mut result = json!({
        "ruleId": diagnostic.code.id(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": { "text": text.join("\n") },
        "locations": [location(&diagnostic.primary, sources, lang)],
    });
    if !diagnostic.secondary.is_empty() {
        let related = diagnostic.secondary.iter().map(|label| location(label, sources, lang));
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([mending(fix, sources, lang)]);
    }
    result
}

fn location(label: &Label, sources: &Sources, lang: Lang) -> Value {
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(sources.name(label.span.file)) },
        "region": region(label.span, sources),
    }});
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text.get(lang) });
    }
    location
}

fn region(span: Span, sources: &Sources) -> Value {
    let start = sources.position(span.file, span.start());
    let end = sources.position(span.file, span.end());
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn mending(fix: &Fix, sources: &Sources, lang: Lang) -> Value {
    let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    fix.edits.iter().for_each(|edit| files.entry(edit.span.file).or_default().push(edit));
    let changes = files.into_iter().map(|(file, edits)| {
        let replacements = edits.into_iter().map(|edit| {
            json!({
                "deletedRegion": region(edit.span, sources),
                "insertedContent": { "text": edit.replacement },
            })
        });
        json!({
            "artifactLocation": { "uri": uri(sources.name(file)) },
            "replacements": replacements.collect::<Vec<_>>(),
        })
    });
    json!({ "description": { "text": fix.title.get(lang) }, "artifactChanges": changes.collect::<Vec<_>>() })
}

/// A file name as a URI reference (RFC 3986): what is not unreserved is percent-encoded.
fn uri(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let name = name.replace('\\', "/");
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
