//! What an analysis says about a table before anyone asks it.

#![expect(clippy::unwrap_used, reason = "a case that cannot be read fails its test")]

use expr::table::{Budget, Domain, Hit, Input, Interval, Output, Report, Signature, Table, analyse};

fn score() -> Input {
    Input::new("信用评分", Domain::integer(Interval::closed(0.into(), 1000.into())))
}

fn amount() -> Input {
    Input::new("单户金额", Domain::money().within(Interval::above(0.into())))
}

fn examine(inputs: Vec<Input>, hit: Hit, text: &str) -> (Table, Report) {
    let outputs = vec![Output::new("结果", Domain::rate())];
    let table = Table::read(text, Signature { inputs, outputs, hit }).unwrap();
    let report = analyse(&table, Budget::default());
    (table, report)
}

/// The findings in English, one a line, as `expected` writes them.
#[track_caller]
fn check(inputs: Vec<Input>, hit: Hit, text: &str, expected: &[&str]) {
    let (table, report) = examine(inputs, hit, text);
    let told: Vec<String> = report.findings.iter().map(|finding| finding.words(&table).en).collect();
    assert_eq!(told, expected);
    assert!(report.complete);
    // Whatever row is advised can be read, and closes its gap.
    for finding in &report.findings {
        assert!(!finding.words(&table).zh.is_empty());
    }
}

#[test]
fn the_printed_policy_is_silent_at_six_hundred() {
    check(
        vec![score()],
        Hit::Unique,
        "| 信用评分 | = 结果 |
         | < 600   | 3%     |
         | > 600   | 5%     |",
        &["信用评分 = 600 falls in no row: write `<= 600` for `信用评分` in row 1, \
           or write `>= 600` for `信用评分` in row 2, or add the row `| 600 |`"],
    );
    let (table, report) =
        examine(vec![score()], Hit::Unique, "| 信用评分 | = 结果 |\n| < 600 | 3% |\n| > 600 | 5% |");
    assert_eq!(
        report.findings[0].words(&table).zh,
        "信用评分 = 600 不落在任何一行：第 1 行“信用评分”写 `<= 600`，或第 2 行“信用评分”写 `>= 600`，或加一行 `| 600 |`"
    );
}

#[test]
fn a_complete_table_has_no_finding() {
    check(
        vec![score(), amount()],
        Hit::Unique,
        "| 信用评分 | 单户金额  | = 结果 |
         | < 600   | <= 1000万 | 3%     |
         | >= 600  | <= 1000万 | 5%     |
         | -       | > 1000万  | 0%     |",
        &[],
    );
}

#[test]
fn whole_numbers_have_nothing_between_neighbours() {
    let text = "| 信用评分 | = 结果 |\n| <= 599 | 3% |\n| >= 600 | 5% |";
    check(vec![score()], Hit::Unique, text, &[]);
    check(
        vec![Input::new("信用评分", Domain::number())],
        Hit::Unique,
        text,
        &["信用评分 = 599.1 falls in no row: add the row `| (599..600) |`"],
    );
}

#[test]
fn gaps_in_two_columns_are_told_as_one_block() {
    check(
        vec![score(), amount()],
        Hit::Unique,
        "| 信用评分    | 单户金额  | = 结果 |
         | < 600      | <= 500万  | 3%     |
         | [600..800] | -         | 5%     |",
        &[
            "信用评分 = 0, 单户金额 = 5000000.01 falls in no row: add the row `| < 600 | > 500万 |`",
            "信用评分 = 801, 单户金额 = 0.01 falls in no row: add the row `| > 800 | - |`",
        ],
    );
}

#[test]
fn rows_that_meet_are_named_with_a_point() {
    check(
        vec![score(), amount()],
        Hit::Unique,
        "| 信用评分 | 单户金额  | = 结果 |
         | <= 600  | -         | 3%     |
         | >= 600  | -         | 5%     |",
        &["信用评分 = 600 falls in row 1 and in row 2: move the bound of one of them"],
    );
    check(vec![score()], Hit::Any, "| 信用评分 | = 结果 |\n| <= 600 | 3% |\n| >= 600 | 3% |", &[]);
    check(
        vec![score()],
        Hit::Any,
        "| 信用评分 | = 结果 |\n| <= 600 | 3% |\n| >= 600 | 5% |",
        &["信用评分 = 600 falls in row 1 and in row 2: move the bound of one of them"],
    );
}

#[test]
fn a_row_behind_others_never_answers() {
    check(
        vec![score()],
        Hit::First,
        "| 信用评分    | = 结果 |
         | < 600      | 3%     |
         | >= 600     | 5%     |
         | [500..700] | 4%     |
         | -          | 0%     |",
        &[
            "row 3 never answers: row 1, 2 takes all it asks for; move it up, rewrite or remove it",
            "row 4 never answers: row 1, 2, 3 takes all it asks for; move it up, rewrite or remove it",
        ],
    );
    check(vec![score()], Hit::First, "| 信用评分 | = 结果 |\n| < 600 | 3% |\n| - | 5% |", &[]);
}

#[test]
fn a_row_outside_the_domain_can_never_match() {
    check(
        vec![score()],
        Hit::Unique,
        "| 信用评分     | = 结果 |
         | <= 1000     | 3%     |
         | > 1000      | 5%     |
         | (600..601)  | 5%     |",
        &[
            "row 2 can never match: `> 1000` lies outside what `信用评分` may be",
            "row 3 can never match: `(600..601)` lies outside what `信用评分` may be",
        ],
    );
}

#[test]
fn tiers_out_of_order_are_told() {
    check(
        vec![score()],
        Hit::Unique,
        "| 信用评分    | = 结果 |
         | < 500      | 3%     |
         | >= 700     | 5%     |
         | [500..700) | 4%     |",
        &["row 3 is out of order: let the tiers rise (or fall) from row to row"],
    );
}

#[test]
fn names_truths_and_missing_values_have_gaps_too() {
    let choice = Domain::Choice(["制造业", "农业", "其他"].map(str::to_owned).to_vec());
    check(
        vec![Input::new("行业", choice), Input::new("有逾期", Domain::Bool)],
        Hit::Unique,
        "| 行业   | 有逾期 | = 结果 |
         | 制造业 | -      | 3%     |
         | 农业   | false  | 5%     |",
        &[
            "行业 = \"农业\", 有逾期 = true falls in no row: add the row `| \"农业\" | true |`",
            "行业 = \"其他\", 有逾期 = true falls in no row: add the row `| \"其他\" | - |`",
        ],
    );
    check(
        vec![Input::new("地区", Domain::Text)],
        Hit::Unique,
        "| 地区 | = 结果 |\n| \"苏州\" | 3% |",
        &["地区 = \"其他\" falls in no row: add the row `| not(\"苏州\") |`"],
    );
    let optional = Input { optional: true, ..Input::new("地区", Domain::Text) };
    check(
        vec![optional],
        Hit::Unique,
        "| 地区 | = 结果 |\n| \"苏州\" | 3% |",
        &[
            "地区 = \"其他\" falls in no row: add the row `| not(\"苏州\") |`",
            "地区 = null falls in no row: add the row `| null |`",
        ],
    );
    let optional = Input { optional: true, ..score() };
    check(
        vec![optional],
        Hit::Unique,
        "| 信用评分 | = 结果 |\n| >= 0 | 3% |",
        &["信用评分 = null falls in no row: add the row `| null |`"],
    );
}

#[test]
fn collecting_tables_may_have_gaps_and_overlaps() {
    let text = "| 信用评分 | = 结果 |\n| > 500 | 3% |\n| > 600 | 5% |";
    check(vec![score()], Hit::named("collect sum").unwrap(), text, &[]);
}

#[test]
fn an_analysis_stops_at_twenty_findings_and_says_so() {
    let rows: String = (0..30).map(|i| format!("| {} | 1% |\n", i * 10)).collect();
    let (_, report) = examine(vec![score()], Hit::Unique, &format!("| 信用评分 | = 结果 |\n{rows}"));
    assert_eq!(report.findings.len(), 1, "thirty holes of one column are one gap");
    let rows = "| - | 1% |\n".repeat(10);
    let (_, report) = examine(vec![score()], Hit::Unique, &format!("| 信用评分 | = 结果 |\n{rows}"));
    assert_eq!((report.findings.len(), report.complete), (20, false), "forty-five pairs overlap");
    assert!(report.stopped().unwrap().zh.contains("没有做完"));
}

#[test]
fn an_analysis_stops_when_its_work_is_used_up() {
    let (table, full) = examine(
        vec![score(), amount()],
        Hit::Unique,
        "| 信用评分 | 单户金额 | = 结果 |\n| < 600 | - | 3% |\n| >= 600 | - | 5% |",
    );
    for work in 0..full.work {
        let report = analyse(&table, Budget { work, ..Budget::default() });
        assert!(!report.complete, "{work} of {} steps are not enough", full.work);
    }
    assert!(analyse(&table, Budget { work: full.work, ..Budget::default() }).complete);
}
