//! Decision tables in a process document: what is found in them, where it is shown, and what `--fix` mends.

use language::diagnostic::Diagnostic;
use language::render::{self, Look};
use language::{Code, Lang, Sources, codes, compile, fix};

/// A process that sets its rate by the table of the reward, with these rows.
fn reward(rows: &str) -> String {
    let rows: String = rows.lines().map(|line| format!("      {}\n", line.trim())).collect();
    format!(
        "process: reward
language: 1
title: {{ zh: 对冲奖励, en: Hedge reward }}
effective: 2015-12-01
data:
  score: {{ title: {{ zh: 信用评分, en: Score }}, type: integer, required: true }}
  share: {{ title: {{ zh: 比例, en: Rate }}, type: rate }}
tables:
  奖励比例:
    title: {{ zh: 对冲奖励比例, en: Hedge reward rate }}
    basis: 第 509 行
    inputs: {{ 信用评分: {{ type: integer, domain: \"[0..1000]\" }} }}
    outputs: {{ 比例: rate }}
    rows: |
{rows}initial: done
states:
  done:
    type: final
    title: {{ zh: 办结, en: Done }}
    entry: [ {{ set: {{ share: 奖励比例(score) }} }} ]
"
    )
}

/// What is found, as code, place, and the text under it.
fn found(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let report = compile(&mut sources, "workflow.yaml", text.as_bytes()).report;
    let line = |found: &Diagnostic| {
        let span = found.primary.span;
        let at = sources.position(span.file, span.start());
        format!("{} {}:{} `{}` {}", found.code, at.line, at.column, sources.slice(span), found.message.en)
    };
    report.iter().map(line).collect()
}

/// The page as people print it: "信用评分600分以下的…奖励3%，600分以上的…奖励5%". Read word by word, 600 is in neither.
#[test]
fn a_score_of_exactly_600_is_in_neither_bracket_and_that_is_found() {
    let deck = "| 信用评分 | = 比例 |\n| 600分以下 | 3% |\n| 600分以上 | 5% |";
    let words = found(&reward(deck));
    assert_eq!(words.len(), 2, "{words:#?}");
    assert!(
        words[0].starts_with("CH0506 16:12 `以下` \"以下\" does not say") || words[0].contains("`以下`"),
        "{words:#?}"
    );

    let literal = "| 信用评分 | = 比例 |\n| < 600 | 3% |\n| > 600 | 5% |";
    assert_eq!(found(&reward(literal)), ["CH0514 16:9 `< 600` 信用评分 = 600 falls in no row"]);

    let settled = "| 信用评分 | = 比例 |\n| < 600 | 3% |\n| >= 600 | 5% |";
    assert_eq!(found(&reward(settled)), [""; 0]);
}

#[test]
fn the_gap_names_both_readings_and_applies_neither() {
    let text = reward("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| > 600 | 5% |");
    let mut sources = Sources::new();
    let report = compile(&mut sources, "workflow.yaml", text.as_bytes()).report;
    let shown = render::human(&report, &sources, Look { lang: Lang::Zh, ..Look::default() });
    insta::assert_snapshot!("gap_zh", shown);
    let mended = fix::mend(&text, |sources, text| {
        let report = compile(sources, "workflow.yaml", text.as_bytes()).report;
        (sources.files().next().unwrap(), report)
    });
    assert_eq!(mended.applied, 0, "which side 600 belongs to is for the policy to say");
}

#[test]
fn signs_and_headings_that_are_certain_are_mended() {
    let text = reward("| 信用评分 | 比例 |\n| ＜ 600 | 3% |\n| ≥ 600 | 5% |");
    let mended = fix::mend(&text, |sources, text| {
        let report = compile(sources, "workflow.yaml", text.as_bytes()).report;
        (sources.files().next().unwrap(), report)
    });
    assert_eq!(mended.text, reward("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| >= 600 | 5% |"));
    assert!(mended.report.is_empty(), "{:?}", mended.report);
}

#[test]
fn findings_stand_at_their_cells() {
    let table = |rows| found(&reward(rows));
    for (rows, expected) in [
        ("| 信用评分 | = 比例 |\n| <= 600 | 3% |\n| >= 600 | 5% |", "CH0515 17:9 `>= 600 | 5%`"),
        ("| 信用评分 | = 比例 |\n| - | 3% |\n| 1001 | 5% |", "CH0517 17:9 `1001`"),
        ("| 信用评分 | = 比例 |\n| < 600 | 三成 |\n| >= 600 | 5% |", "CH0509 16:17 `三成`"),
        ("| 信用评分 | = 比例 |\n| < 600 | 3 |\n| >= 600 | 5% |", "CH0523 16:17 `3`"),
        ("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| [700..1000] | 5% |", "CH0514 17:9 `[700..1000] | 5%`"),
    ] {
        let all = table(rows);
        assert!(all.iter().any(|line| line.starts_with(expected)), "{expected} is not among {all:#?}");
    }
}

/// What a formula gets wrong about a table is said at the formula.
#[test]
fn calls_are_typed() {
    let good = reward("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| >= 600 | 5% |");
    for (call, code) in [
        ("奖励比例(score, 1)", codes::FORMULA_ARGUMENTS),
        ("奖励比例(\"600\")", codes::FORMULA_TYPE),
        ("奖励比列(score)", codes::FORMULA_FUNCTION),
        ("奖励比例(share)", codes::FORMULA_NULL),
        ("\"'\" + 奖励比例(score)", codes::FORMULA_TYPE),
    ] {
        let text = good.replace("share: 奖励比例(score)", &format!("share: '{}'", call.replace('\'', "''")));
        let report = compile(&mut Sources::new(), "workflow.yaml", text.as_bytes()).report;
        let all: Vec<Code> = report.iter().map(|found| found.code).collect();
        assert!(all.contains(&code), "{call}: {all:?}");
    }
}

#[test]
fn the_versions_of_a_table_are_each_examined() {
    let good = reward("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| >= 600 | 5% |");
    let (before, rest) = good.split_once("    rows: |\n").unwrap();
    let (rows, after) = rest.split_once("initial:").unwrap();
    let second = rows.replace(">= 600", "> 600");
    let version = |day: &str, rows: &str| {
        format!("      {day}: |\n{}", rows.lines().map(|line| format!("  {line}\n")).collect::<String>())
    };
    let dated = |first: &str, second_day: &str| {
        let (one, two) = (version(first, rows), version(second_day, &second));
        format!("{before}    rows_from:\n{one}{two}initial:{after}")
    };
    assert_eq!(
        found(&dated("2015-12-01", "2021-01-01")),
        ["CH0514 21:11 `< 600` 信用评分 = 600 falls in no row"]
    );
    assert!(found(&dated("2016-01-01", "2021-01-01"))[0].starts_with("CH0601 15:7 `2016-01-01`"));
    assert!(found(&dated("2015-12-01", "2015-12-01")).iter().any(|it| it.starts_with("CH0603 19:7")));
}

#[test]
fn a_table_does_not_take_the_name_of_a_function() {
    let good = reward("| 信用评分 | = 比例 |\n| < 600 | 3% |\n| >= 600 | 5% |");
    for name in ["sum", "due", "today"] {
        let text = good.replace("奖励比例:", &format!("{name}:"));
        assert!(found(&text).iter().any(|line| line.starts_with("CH0314")), "{name}");
    }
}

/// A word the table does not know would stop the case when it comes; it is told before.
#[test]
fn words_a_table_does_not_know_are_told_at_the_call() {
    let table = "| 规模 | = 比例 |\n| small | 3% |\n| micro | 5% |";
    let good = reward(table).replace(
        "信用评分: { type: integer, domain: \"[0..1000]\" }",
        "规模: { type: choice, of: [small, micro] }",
    );
    for (field, call, told) in [
        ("type: choice, of: [small, micro]", "奖励比例(score)", None),
        (
            "type: choice, of: [small, large]",
            "奖励比例(score)",
            Some("`large` may come here and is none of the choices"),
        ),
        ("type: text", "奖励比例(\"mirco\")", Some("`mirco` is none of the choices")),
        ("type: text", "奖励比例(\"micro\")", None),
    ] {
        let text = good
            .replace("type: integer, required: true", &format!("{field}, required: true"))
            .replace("share: 奖励比例(score)", &format!("share: '{call}'"));
        let found: Vec<String> = found(&text).into_iter().filter(|it| it.contains("CH0422")).collect();
        assert_eq!(found.first().is_some(), told.is_some(), "{call}: {found:?}");
        assert!(found.iter().all(|it| it.contains(told.unwrap_or_default())), "{call}: {found:?}");
    }
}

/// Whatever line of a policy of tables is missing (every fourth is tried), the answer is a report.
#[test]
fn a_policy_of_tables_with_any_line_missing_gets_an_answer() {
    let text = include_str!("../../../workflows/product-eligibility/workflow.yaml");
    let lines: Vec<&str> = text.lines().collect();
    for missing in (0..lines.len()).step_by(4) {
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, line)| *line).collect();
        let compiled = compile(&mut Sources::new(), "workflow.yaml", kept.join("\n").as_bytes());
        assert!(
            compiled.definition.is_some() || compiled.report.has_errors(),
            "without line {}",
            missing + 1
        );
    }
}
