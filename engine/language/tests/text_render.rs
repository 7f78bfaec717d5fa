//! Reports as people and programs see them, in both languages.

use language::render::{Look, human, json};
use language::{Diagnostic, Fix, Lang, Report, Sources, Span, codes, read, sarif, words};

const TEXT: &str = "states:\n  open:\n    title: { zh: 已批复, en: Approved, waiting period }\n    deadline: 5工作日   # 银行须在五个工作日内完成\n    deadline: 7天\n  审批中：等待\n";

fn reading() -> (Sources, Report) {
    let mut sources = Sources::new();
    let report = read(&mut sources, "workflows/demand.yaml", TEXT.as_bytes()).report;
    (sources, report)
}

#[test]
fn carets_stand_right_under_chinese_text() {
    let (sources, report) = reading();
    insta::assert_snapshot!("zh", human(&report, &sources, Look::default()));
    insta::assert_snapshot!(
        "en_ascii",
        human(&report, &sources, Look { lang: Lang::En, unicode: false, ..Look::default() })
    );
}

#[test]
fn a_path_and_two_files_are_shown() {
    let mut sources = Sources::new();
    let flow = sources.add("workflow.yaml", "states:\n  a: { go: b }\n  b: { go: a }\n");
    let rates = sources.add("rates.yaml", "上限: 3\n");
    let found =
        Diagnostic::new(codes::BAD_VALUE, Span::new(flow, 10..11), words!("走不到终点", "no way to an end"))
            .label(words!("从这里出不去", "no way out of here"))
            .also(Span::new(rates, 0..6), words!("这个参数", "this parameter"))
            .step(words!("提交到 a", "submitted, in a"), None)
            .step(words!("转到 b", "goes to b"), None)
            .fix(Fix::possible(words!("加一个终点", "add an end")).replace(Span::new(flow, 34..35), "done"));
    let report: Report = [found.clone(), found].into_iter().collect();
    assert_eq!(report.len(), 1, "the same finding is said once");
    let shown = |lang| human(&report, &sources, Look { lang, ..Look::default() });
    insta::assert_snapshot!("path", format!("{}\n{}", shown(Lang::Zh), shown(Lang::En)));
}

#[test]
fn programs_read_one_object_a_line_and_sarif() {
    let (sources, report) = reading();
    insta::assert_snapshot!("json", json::lines(&report, &sources));
    let log = sarif::log(&report, &sources, Lang::En);
    insta::assert_snapshot!("sarif", log.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn many_findings_are_cut_off_and_counted() {
    let text: String = (0..40).map(|at| format!("k{at}:x\n")).collect();
    let mut sources = Sources::new();
    let report = read(&mut sources, "a.yaml", text.as_bytes()).report;
    let shown = human(&report, &sources, Look { limit: 3, lang: Lang::En, ..Look::default() });
    assert_eq!(shown.matches("error[").count(), 3);
    assert!(shown.contains("… and 37 more\n1 file · 40 errors"), "{shown}");
}

#[test]
fn colour_is_only_given_when_asked_for() {
    let (sources, report) = reading();
    assert!(!human(&report, &sources, Look::default()).contains('\u{1b}'));
    assert!(human(&report, &sources, Look { color: true, ..Look::default() }).contains('\u{1b}'));
}

#[test]
fn a_fix_on_a_very_long_line_is_told_and_not_drawn() {
    let mut sources = Sources::new();
    let report = read(&mut sources, "a.yaml", "a: \0\0\0\0".repeat(8_000).as_bytes()).report;
    let shown = human(&report, &sources, Look { lang: Lang::En, ..Look::default() });
    assert!(shown.contains("fix: delete the character"), "{shown}");
    assert!(shown.len() < 20_000, "{} bytes", shown.len());
}
