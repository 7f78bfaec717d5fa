//! A report for people: source lines with carets right under Chinese text, advice, fixes, a summary.

use crate::diagnostic::{Counts, Diagnostic, Fix, Label, Report, Severity};
use crate::source::{FileId, Sources};
use crate::span::Span;
use crate::words::{Lang, Words};
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet, renderer::DecorStyle,
};

pub mod json;

/// How a report is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The language of the sentences.
    pub lang: Lang,
    /// Whether to colour for a terminal.
    pub color: bool,
    /// Whether box-drawing characters may be used; otherwise ASCII.
    pub unicode: bool,
    /// At most this many findings are printed, errors first; the rest is counted.
    pub limit: usize,
}

impl Default for Look {
    fn default() -> Look {
        Look { lang: Lang::Zh, color: false, unicode: true, limit: 50 }
    }
}

/// The whole report with its summary as the last line.
pub fn human(report: &Report, sources: &Sources, look: Look) -> String {
    let mut out = String::new();
    let (shown, hidden) = chosen(report, look.limit);
    for diagnostic in shown {
        out.push_str(&one(diagnostic, sources, look));
        out.push_str("\n\n");
    }
    if hidden > 0 {
        let more = crate::words!("……另有 {hidden} 条未列出", "… and {hidden} more");
        out.push_str(more.get(look.lang));
        out.push('\n');
    }
    out.push_str(&summary(report, sources, look.lang));
    out.push('\n');
    out
}

/// The findings to print, in the order of the text, and how many are left out. Errors go first when there
/// are too many.
fn chosen(report: &Report, limit: usize) -> (Vec<&Diagnostic>, usize) {
    let mut shown: Vec<&Diagnostic> = report.iter().collect();
    if shown.len() > limit {
        shown.sort_by_key(|diagnostic| diagnostic.severity);
        shown.truncate(limit);
        shown.sort_by_key(|diagnostic| diagnostic.primary.span);
    }
    let hidden = report.counts().total() - shown.len();
    (shown, hidden)
}

/// One finding, without a line break at the end.
pub fn one(diagnostic: &Diagnostic, sources: &Sources, look: Look) -> String {
    let lang = look.lang;
    let mut main = level(diagnostic.severity, lang)
        .primary_title(diagnostic.message.get(lang).to_owned())
        .id(diagnostic.code.id())
        .elements(snippets(diagnostic, sources, lang));
    for step in walk(diagnostic, lang) {
        main = main.element(named(Level::NOTE, lang, "路径", "path").message(step));
    }
    for advice in &diagnostic.advice {
        main = main.element(named(Level::HELP, lang, "建议", "help").message(advice.get(lang).to_owned()));
    }
    let groups: Vec<Group<'_>> =
        std::iter::once(main).chain(diagnostic.fix.iter().map(|fix| mending(fix, sources, lang))).collect();
    let decor = if look.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let drawn = renderer.decor_style(decor).render(&groups);
    drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The last line: how many files and findings, and how to go on.
pub fn summary(report: &Report, sources: &Sources, lang: Lang) -> String {
    let Counts { errors, warnings, advice, notes } = report.counts();
    let files = sources.files().count();
    let parts = [
        (files, "个文件", if files == 1 { "file" } else { "files" }),
        (errors, "个错误", if errors == 1 { "error" } else { "errors" }),
        (warnings, "个警告", if warnings == 1 { "warning" } else { "warnings" }),
        (advice, "条建议", "advice"),
        (notes, "条说明", if notes == 1 { "note" } else { "notes" }),
    ];
    let said = parts.iter().enumerate().filter(|(at, part)| *at < 2 || part.0 > 0);
    let said: Vec<String> =
        said.map(|(_, (count, zh, en))| format!("{count} {}", Words::new(*zh, *en).get(lang))).collect();
    let mut line = said.join(" · ");
    if let Some(first) = report.iter().min_by_key(|diagnostic| (diagnostic.severity, diagnostic.primary.span))
    {
        let code = first.code;
        line.push_str(
            crate::words!("    解释：charter explain {code}", "    explain: charter explain {code}")
                .get(lang),
        );
    }
    if report.iter().any(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.certain)) {
        line.push_str(
            Words::new("    自动改：charter check --fix", "    mend: charter check --fix").get(lang),
        );
    }
    line
}

fn named<'a>(level: Level<'a>, lang: Lang, zh: &'static str, en: &'static str) -> Level<'a> {
    level.with_name(Words::new(zh, en).get(lang).to_owned())
}

fn level(severity: Severity, lang: Lang) -> Level<'static> {
    match severity {
        Severity::Error => named(Level::ERROR, lang, "错误", "error"),
        Severity::Warning => named(Level::WARNING, lang, "警告", "warning"),
        Severity::Advice => named(Level::HELP, lang, "建议", "advice"),
        Severity::Note => named(Level::NOTE, lang, "说明", "note"),
    }
}

/// The places of a finding: one snippet for each file, the primary place's file first.
fn snippets<'a>(
    diagnostic: &Diagnostic,
    sources: &'a Sources,
    lang: Lang,
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<FileId> = vec![diagnostic.primary.span.file];
    for label in &diagnostic.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files.into_iter().map(|file| snippet(diagnostic, file, sources, lang)).collect()
}

fn snippet<'a>(
    diagnostic: &Diagnostic,
    file: FileId,
    sources: &'a Sources,
    lang: Lang,
) -> Snippet<'a, Annotation<'a>> {
    let primary = std::iter::once((AnnotationKind::Primary, &diagnostic.primary));
    let secondary = diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label));
    let labels: Vec<(AnnotationKind, &Label)> =
        primary.chain(secondary).filter(|(_, label)| label.span.file == file).collect();
    let spans = labels.iter().map(|(_, label)| label.span);
    let window = Window::over(sources, file, spans);
    let mut snippet =
        Snippet::source(window.text).path(sources.name(file).to_owned()).line_start(window.line);
    for (kind, label) in labels {
        let text = label.text.get(lang);
        let mark = kind.span(window.within(sources, label.span));
        snippet = snippet.annotation(if text.is_empty() { mark } else { mark.label(text.to_owned()) });
    }
    snippet
}

/// The lines a fix changes are drawn whole, before and after: not where they are longer than this, in bytes.
const MENDED_MAX: usize = 4 << 10;

fn mending<'a>(fix: &Fix, sources: &'a Sources, lang: Lang) -> Group<'a> {
    let file = fix.edits.first().map(|edit| edit.span.file).unwrap_or_default();
    let edits: Vec<_> = fix.edits.iter().filter(|edit| edit.span.file == file).collect();
    let window = Window::over(sources, file, edits.iter().map(|edit| edit.span));
    let title = if fix.certain {
        fix.title.get(lang).to_owned()
    } else {
        crate::words!("也许：{}", "perhaps: {}", fix.title.get(lang)).get(lang).to_owned()
    };
    let title = named(Level::HELP, lang, "改法", "fix").secondary_title(title);
    if window.text.len() > MENDED_MAX {
        return Group::with_title(title);
    }
    let mut snippet = Snippet::source(window.text).line_start(window.line);
    for edit in edits {
        snippet = snippet.patch(Patch::new(window.shift(edit.span), edit.replacement.clone()));
    }
    title.element(snippet)
}

fn walk(diagnostic: &Diagnostic, lang: Lang) -> Vec<String> {
    let steps = diagnostic.path.iter().flatten().enumerate();
    steps.map(|(at, step)| format!("{}. {}", at + 1, step.text.get(lang))).collect()
}

/// The lines of a file that some spans need.
struct Window<'a> {
    text: &'a str,
    line: usize,
    start: usize,
}

impl<'a> Window<'a> {
    fn over(sources: &'a Sources, file: FileId, spans: impl Iterator<Item = Span>) -> Window<'a> {
        let lines: Vec<usize> =
            spans.flat_map(|span| [span.start(), span.end()]).map(|at| sources.line_of(file, at)).collect();
        let first = lines.iter().min().copied().unwrap_or(1);
        let last = lines.iter().max().copied().unwrap_or(1);
        let start = sources.line_range(file, first).start;
        let end = sources.line_range(file, last).end;
        Window { text: &sources.text(file)[start..end], line: first, start }
    }

    /// The span within the window, cut off at the end of its first line: a mark says where, not how long.
    fn within(&self, sources: &Sources, span: Span) -> std::ops::Range<usize> {
        let line = sources.line_range(span.file, sources.line_of(span.file, span.start()));
        let range = self.shift(span);
        let end = range.end.min((line.end - self.start).max(range.start));
        range.start..end
    }

    fn shift(&self, span: Span) -> std::ops::Range<usize> {
        let at = |offset: usize| crate::source::floor_char(self.text, offset.saturating_sub(self.start));
        at(span.start())..at(span.end())
    }
}
