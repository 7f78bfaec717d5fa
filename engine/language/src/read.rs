//! Bytes to tree: every finding about the writing of one file, at once. Never panics on any bytes.

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Report};
use crate::prescan::{self, scan, traps};
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::syntax;
use crate::tree::Tree;
use crate::{words, yaml};

/// What reading a file gave.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The file, now one of the sources.
    pub file: FileId,
    /// The tree, if the text says unmistakably what it means. It may be there although the report has
    /// errors (a key written twice): the examination can then go on and report more.
    pub tree: Option<Tree>,
    /// Everything found about the writing.
    pub report: Report,
}

/// Findings after which the tree is still what the author meant.
const HARMLESS: &[Code] = &[codes::DUPLICATE_KEY, codes::ANCHOR, codes::TAG];

/// Reads the bytes of a file and takes its text into `sources` under `name`.
pub fn read(sources: &mut Sources, name: &str, bytes: &[u8]) -> Reading {
    let (file, mut report) = prescan::decode(sources, name, bytes);
    if report.has_errors() {
        return Reading { file, tree: None, report };
    }
    let text = sources.text(file);
    let (tokens, stopped) = scan::scan(text, prescan::DEPTH_MAX);
    if let Some(stopped) = stopped {
        report.push(match stopped {
            scan::Stopped::TooDeep(at) => too_deep_found(Span::new(file, at..at + 1)),
            scan::Stopped::TooMany(at) => syntax::too_many_values(Span::point(file, at), yaml::VALUES_MAX),
        });
        return Reading { file, tree: None, report };
    }
    let traps = traps::find(file, text, &tokens);
    report.extend(traps.found);
    let parsed = yaml::parse(file, text);
    let trapped: Vec<Span> =
        report.iter().filter(|found| found.is_error()).map(|found| found.primary.span).collect();
    let own = |found: &Diagnostic| !trapped.iter().any(|trap| trap.overlaps(found.primary.span));
    report.extend(parsed.found.into_iter().filter(own));
    if let Some((at, trouble)) = parsed.trouble {
        let line = sources.line_of(file, at);
        let explained = |found: &Diagnostic| sources.line_of(file, found.primary.span.start()) <= line;
        let suspect = traps.suspects.into_iter().rfind(|suspect| {
            let suspected = sources.line_of(file, suspect.primary.span.start());
            (line.saturating_sub(2)..=line).contains(&suspected)
        });
        // A trap at or before the place already says why the parser stopped there.
        if !report.iter().any(|found| found.is_error() && explained(found)) {
            let explain = || syntax::explain(file, text, &tokens, at, &trouble);
            report.push(suspect.unwrap_or_else(explain));
        }
    }
    let clear = report.iter().all(|found| !found.is_error() || HARMLESS.contains(&found.code));
    let tree = parsed.root.filter(|_| clear).map(|root| Tree { file, root });
    Reading { file, tree, report }
}

/// The tree of a text of one file, or everything that is wrong with it. For tests and small tools.
///
/// # Errors
/// The report, when it has errors.
pub fn read_tree(bytes: &[u8]) -> Result<Tree, Report> {
    let reading = read(&mut Sources::new(), "", bytes);
    match reading.tree {
        Some(tree) if !reading.report.has_errors() => Ok(tree),
        _ => Err(reading.report),
    }
}

pub(crate) fn too_deep_found(span: Span) -> Diagnostic {
    let max = prescan::DEPTH_MAX;
    Diagnostic::new(
        codes::TOO_DEEP,
        span,
        words!("嵌套超过 {max} 层", "lists and maps are nested more than {max} deep"),
    )
    .label(words!("第 {} 层从这里开始", "level {} begins here", max + 1))
    .advise(words!(
        "流程文件一般不超过 12 层：请检查是否漏写了收尾的括号",
        "a definition has about 12 levels: check for brackets that are never closed"
    ))
}
