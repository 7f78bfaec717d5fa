//! Findings that an author allows, one by one and with a reason: `# allow four-eyes: why`, above the line a
//! finding points at, or at its end. What is allowed and not found is itself a finding.

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix, Report};
use crate::prescan::DEPTH_MAX;
use crate::prescan::scan::{Kind, scan};
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::suggest::nearest;
use crate::words;

/// How an allowance begins, behind the `#`.
const MARKS: [&str; 2] = ["allow ", "容许 "];

/// One name in an allowance.
struct Allowance {
    /// The line it is for.
    line: usize,
    name: String,
    /// Where the name is written.
    span: Span,
    used: bool,
}

/// The findings about a file without those its author allows, and what is wrong with the allowances. An error is
/// never allowed.
pub(crate) fn sift(mut found: Report, file: FileId, sources: &Sources) -> Report {
    let text = sources.text(file);
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return found;
    }
    let mut allowances = Vec::new();
    for comment in scan(text, DEPTH_MAX).0.iter().filter(|token| token.kind == Kind::Comment) {
        allowances.extend(read(Span::new(file, comment.range()), sources, &mut found));
    }
    found.retain(|finding| {
        let line = sources.line_of(file, finding.primary.span.start());
        let here = |it: &&mut Allowance| it.line == line && Code::find(&it.name) == Some(finding.code);
        let allowed = !finding.is_error() && finding.primary.span.file == file;
        match allowances.iter_mut().find(here).filter(|_| allowed) {
            Some(allowance) => {
                allowance.used = true;
                false
            }
            None => true,
        }
    });
    allowances.iter().filter(|it| !it.used).for_each(|idle| found.push(idle_found(idle)));
    found
}

/// The names a comment allows, if it allows any.
fn read(comment: Span, sources: &Sources, report: &mut Report) -> Vec<Allowance> {
    let written = sources.slice(comment);
    let content = written.trim_start_matches('#').trim_start();
    let Some(rest) = MARKS.iter().find_map(|mark| content.strip_prefix(mark)) else { return Vec::new() };
    let (names, reason) = rest.split_once([':', '：']).unwrap_or((rest, ""));
    if reason.trim().is_empty() {
        report.push(without_reason(comment));
    }
    let start = comment.start() + written.len() - rest.len();
    let line = line_of(comment, sources);
    let mut at = start;
    let mut all = Vec::new();
    for piece in names.split(',') {
        let name = piece.trim();
        let from = at + piece.len() - piece.trim_start().len();
        at += piece.len() + 1;
        let span = Span::new(comment.file, from..from + name.len());
        all.push(Allowance { line, name: name.to_owned(), span, used: false });
    }
    all
}

/// The line a comment is for: its own, or the next one with something on it when it stands alone.
fn line_of(comment: Span, sources: &Sources) -> usize {
    let own = sources.line_of(comment.file, comment.start());
    let written =
        |line: usize| sources.slice(Span::new(comment.file, sources.line_range(comment.file, line)));
    let empty = |line: usize| matches!(written(line).trim_start().chars().next(), None | Some('#'));
    let last = sources.line_count(comment.file);
    (own..=last).find(|line| !empty(*line)).unwrap_or(own)
}

fn idle_found(idle: &Allowance) -> Diagnostic {
    let name = &idle.name;
    let Some(code) = Code::find(name) else {
        let all: Vec<String> = codes::ALL.iter().map(|code| code.slug()).collect();
        let message = words!("没有叫 `{name}` 的问题", "there is no finding called `{name}`");
        let found = Diagnostic::new(codes::IDLE_ALLOWANCE, idle.span, message);
        let fix = nearest(name, all.iter().map(String::as_str)).map(|near| {
            Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(idle.span, near)
        });
        return found.maybe_fix(fix);
    };
    let title = code.slug();
    Diagnostic::new(
        codes::IDLE_ALLOWANCE,
        idle.span,
        words!("这里没有 `{title}`，不必容许", "`{title}` is not found here: nothing is to be allowed"),
    )
    .advise(words!(
        "删去这句容许，或移到所容许的那一行上面；错误不能容许",
        "delete the allowance, or move it above the line it is for; an error is never allowed"
    ))
}

fn without_reason(comment: Span) -> Diagnostic {
    Diagnostic::new(
        codes::ALLOWANCE_WITHOUT_REASON,
        comment,
        words!("容许了一个问题，却没有说明理由", "a finding is allowed and nobody says why"),
    )
    .advise(words!("写成 `# allow 代码: 理由`", "write `# allow CODE: reason`"))
}
