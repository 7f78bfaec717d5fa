//! Asking decision tables, and what is said about texts that are no table.

#![expect(clippy::unwrap_used, reason = "a case that cannot be read fails its test")]

use expr::table::{Collect, Domain, Hit, Input, Interval, Kind, Output, Point, Signature, Table, Undecided};
use rust_decimal::Decimal;

fn reward(hit: Hit) -> Signature {
    let score = Domain::integer(Interval::closed(0.into(), 1000.into()));
    Signature {
        inputs: vec![Input::new("信用评分", score), Input::new("单户金额", Domain::money())],
        outputs: vec![Output::new("奖励比例", Domain::rate())],
        hit,
    }
}

fn n(text: &str) -> Point {
    Point::Number(text.parse().unwrap())
}

const REWARD: &str = "
    | 信用评分 | 单户金额  | = 奖励比例 | # 依据 |
    |---------|:---------:|-----------|--------|
    | < 600   | <= 1000万 | 3%        | 第一档 |
    | >= 600  | <= 1000万 | 5%        | 第二档 |
    | -       | > 1000万  | 0%        |        |
";

/// One line a point: score, amount, then the row that answers and its rate.
fn check(table: &Table, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (asked, expected) = line.split_once("=>").unwrap();
        let point: Vec<Point> = asked.split_whitespace().map(n).collect();
        let answer = match table.decide(&point) {
            Ok(decision) => format!("row {} {}", decision.numbers[0] + 1, decision.rows[0].answers[0].text),
            Err(why) => why.to_string(),
        };
        assert_eq!(answer, expected.trim(), "{line}");
    }
}

#[test]
fn the_reward_follows_score_and_amount() {
    let table = Table::read(REWARD, reward(Hit::Unique)).unwrap();
    check(
        &table,
        "0    0.01        => row 1 3%
         599  10000000    => row 1 3%
         600  10000000    => row 2 5%
         600  10000000.01 => row 3 0%
         1000 5000000     => row 2 5%
         1001 5000000     => `信用评分` cannot be 1001
         599.5 5000000    => `信用评分` cannot be 599.5
         600  0.001       => `单户金额` cannot be 0.001",
    );
    assert_eq!(table.rows()[0].note.as_deref(), Some("第一档"));
}

#[test]
fn every_cell_says_why() {
    let table = Table::read(REWARD, reward(Hit::Unique)).unwrap();
    let decision = table.decide(&[n("650"), n("20000000")]).unwrap();
    let cells: Vec<_> = decision.verdicts.iter().map(|v| v.cells.clone()).collect();
    assert_eq!(cells, [vec![false, false], vec![true, false], vec![true, true]]);
    let span = table.rows()[1].questions[0].span.clone();
    assert_eq!(&REWARD[span], ">= 600", "a verdict can be shown in the text");
}

#[test]
fn a_heading_gives_the_unit_of_its_column() {
    let text =
        "| 信用评分（分） | 单户金额（万元） | = 奖励比例(‰) |\n| - | <= 1000 | 30 |\n| - | > 2亿元 | 0 |";
    let table = Table::read(text, reward(Hit::Unique)).unwrap();
    check(
        &table,
        "1 10000000 => row 1 30
         1 10000000.01 => no row of the table matches
         1 200000000.01 => row 2 0",
    );
    assert_eq!(table.rows()[0].answers[0].literal, Some(n("0.03")));
}

#[test]
fn hit_policies_choose_among_several_rows() {
    let text =
        "| 信用评分 | 单户金额 | = 奖励比例 |\n| >= 500 | - | 1% |\n| >= 600 | - | 2% |\n| >= 600 | - | 2% |";
    let answer = |hit: Hit, score: &str| {
        let table = Table::read(text, reward(hit)).unwrap();
        match table.decide(&[n(score), n("1")]) {
            Ok(d) => (d.numbers.clone(), d.collected.map(|c| c.normalize().to_string())),
            Err(Undecided::SeveralRows { rows }) => (rows, Some("several".to_owned())),
            Err(why) => (vec![], Some(why.to_string())),
        }
    };
    let none = || Some("no row of the table matches".to_owned());
    let table = [
        (Hit::Unique, "650", vec![0, 1, 2], Some("several".to_owned())),
        (Hit::Unique, "550", vec![0], None),
        (Hit::Unique, "400", vec![], none()),
        (Hit::First, "650", vec![0], None),
        (Hit::Any, "650", vec![0, 1, 2], Some("several".to_owned())),
        (Hit::Any, "550", vec![0], None),
        (Hit::Collect(Collect::List), "650", vec![0, 1, 2], None),
        (Hit::Collect(Collect::Sum), "650", vec![0, 1, 2], Some("0.05".to_owned())),
        (Hit::Collect(Collect::Min), "650", vec![0, 1, 2], Some("0.01".to_owned())),
        (Hit::Collect(Collect::Max), "650", vec![0, 1, 2], Some("0.02".to_owned())),
        (Hit::Collect(Collect::Count), "650", vec![0, 1, 2], Some("3".to_owned())),
        (Hit::Collect(Collect::Sum), "400", vec![], Some("0".to_owned())),
        (Hit::Collect(Collect::Min), "400", vec![], None),
    ];
    for (hit, score, rows, collected) in table {
        assert_eq!(answer(hit, score), (rows, collected), "{} at {score}", hit.name());
    }
}

fn review(hit: Hit) -> Signature {
    let of = |names: &[&str]| Domain::Choice(names.iter().map(|s| (*s).to_owned()).collect());
    Signature {
        inputs: vec![
            Input::new("行业", of(&["制造业", "农业", "其他"])),
            Input { optional: true, ..Input::new("评分", Domain::number()) },
            Input::new("有逾期", Domain::Bool),
        ],
        outputs: vec![Output::new("结论", of(&["拒绝", "人工", "通过"]))],
        hit,
    }
}

#[test]
fn choices_truths_and_missing_values_have_their_cells() {
    let text = r#"
        | 行业          | 评分   | 有逾期 | = 结论 |
        | "制造业",农业 | >= 600 | false  | 通过   |
        | not(其他)     | -      | 是     | "拒绝" |
        | -             | null   | -      | 人工   |
        | -             | < 600  | -      | 拒绝   |"#;
    let table = Table::read(text, review(Hit::Priority)).unwrap();
    let text = |s: &str| Point::Text(s.to_owned());
    let cases = [
        ("制造业", n("700"), false, 0),
        ("制造业", n("700"), true, 1),
        ("农业", Point::Missing, true, 1),
        ("其他", Point::Missing, true, 2),
        ("其他", n("599"), false, 3),
    ];
    for (industry, score, overdue, row) in cases {
        let decision = table.decide(&[text(industry), score.clone(), Point::Bool(overdue)]).unwrap();
        assert_eq!(decision.numbers, [row], "{industry} {score:?} {overdue}");
    }
    assert_eq!(
        table.decide(&[Point::Missing, n("1"), Point::Bool(true)]).unwrap_err().to_string(),
        "`行业` is not known"
    );
}

#[test]
fn dates_are_ordered() {
    let signature = Signature {
        inputs: vec![Input::new("签发日", Domain::date())],
        outputs: vec![Output::new("版本", Domain::Text)],
        hit: Hit::Unique,
    };
    let text = "| 签发日 | = 版本 |\n| < 2020-03-01 | \"旧\" |\n| [2020-03-01..2020-12-31] | \"新\" |";
    let table = Table::read(text, signature).unwrap();
    let on = |day: &str| table.decide(&[Point::Date(day.parse().unwrap())]).map(|d| d.numbers[0]);
    assert_eq!((on("2020-02-29"), on("2020-03-01"), on("2020-12-31")), (Ok(0), Ok(1), Ok(1)));
    assert!(on("2021-01-01").is_err());
}

#[test]
fn a_formula_is_left_to_its_reader() {
    let mut signature = reward(Hit::Unique);
    signature.outputs[0].literal = false;
    let text = "| 信用评分 | 单户金额 | = 奖励比例 |\n| - | - | min(3%, 信用评分 / 1000) |";
    let answer = Table::read(text, signature).unwrap().rows()[0].answers[0].clone();
    assert_eq!((answer.literal, &text[answer.span]), (None, "min(3%, 信用评分 / 1000)"));
}

/// What is said about one cell in place of the first question: the place, the kind, the words, the cure.
#[track_caller]
fn refused(cell: &str, place: &str, kind: Kind, says: &str, fix: Option<&str>) {
    let text = format!("| 信用评分 | 单户金额 | = 奖励比例 |\n| {cell} | - | 3% |");
    let problems = Table::read(&text, reward(Hit::Unique)).unwrap_err();
    assert_eq!(problems.len(), 1, "{cell}: {problems:?}");
    let problem = &problems[0];
    assert_eq!((&text[problem.span.clone()], problem.kind), (place, kind), "{cell}: {problem:?}");
    assert!(problem.words.en.contains(says), "{cell}: {}", problem.words.en);
    assert!(!problem.words.zh.is_empty());
    assert_eq!(problem.fix.as_deref(), fix, "{cell}");
}

#[test]
fn a_cell_that_cannot_be_read_says_what_to_write() {
    refused("600分以上", "以上", Kind::WordForOperator, "`>= 600分` or `> 600分`", None);
    refused("超过600", "超过", Kind::WordForOperator, "`> 600` or `>= 600`", None);
    refused("600以下", "以下", Kind::WordForOperator, "`<= 600` or `< 600`", None);
    refused("≥ 600", "≥", Kind::FullWidth, "write `>=`", Some(">="));
    refused("＜600", "＜", Kind::FullWidth, "write `<`", Some("<"));
    refused("", "", Kind::Empty, "write `-`", None);
    refused("1,000", "1,000", Kind::Syntax, "without commas", None);
    refused("< 600斤", "600斤", Kind::Unit, "unit", None);
    refused("[700..600]", "[700..600]", Kind::EmptyRange, "holds nothing", None);
    refused("(600..600)", "(600..600)", Kind::EmptyRange, "holds nothing", None);
    refused("!= 600", "600", Kind::Syntax, "not(600)", None);
    refused("not(600", "not(600", Kind::Syntax, "not closed", None);
    refused("abc", "abc", Kind::WrongKind, "not a number", None);
    refused("]", "]", Kind::WrongKind, "not a number", None);
    refused("[600", "[600", Kind::WrongKind, "not a number", None);
    refused("null", "null", Kind::WrongKind, "not a number", None);
    refused("< 99999999999亿", "99999999999亿", Kind::OutOfRange, "out of range", None);
    refused(&vec!["1"; 65].join(", "), &vec!["1"; 65].join(", "), Kind::TooMany, "at most 64", None);
}

/// The kinds of all problems of a text.
fn kinds(text: &str) -> Vec<Kind> {
    Table::read(text, reward(Hit::Unique)).unwrap_err().into_iter().map(|p| p.kind).collect()
}

#[test]
fn all_mistakes_are_told_at_once() {
    let head = "| 信用评分 | 单户金额 | = 奖励比例 |";
    assert_eq!(kinds(""), [Kind::Shape]);
    assert_eq!(kinds(head), [Kind::Shape], "no rows");
    assert_eq!(kinds("|\"|"), [Kind::Shape], "a quotation mark that is not closed");
    assert_eq!(kinds(&format!("{head}\n| \"a | - | 3% |")), [Kind::Shape, Kind::Shape]);
    assert_eq!(kinds(&format!("{head}\n| - | - |")), [Kind::CellCount]);
    assert_eq!(kinds(&format!("{head}\nx\n| - | - | 3% |")), [Kind::Shape]);
    assert_eq!(
        kinds(&format!("{head}\n| - | - |  |\n| x | y | z |")),
        [Kind::Empty, Kind::WrongKind, Kind::WrongKind, Kind::WrongKind]
    );
    assert_eq!(kinds("| 信用评分 | 奖励比例 |\n| - | 3% |"), [Kind::Heading, Kind::Heading, Kind::Heading]);
    assert_eq!(
        kinds("| 信用评分 | 信用评分 | 单户金额（斤） | = 奖励比例 |\n| - | - | - | 3% |"),
        [Kind::Heading, Kind::Unit]
    );
    let long = format!("{head}\n{}", "| - | - | 3% |\n".repeat(600));
    assert_eq!(kinds(&long), [Kind::TooMany]);
    assert_eq!(kinds(&"x".repeat(200_000)), [Kind::TooMany]);
}

#[test]
fn amounts_stay_exact() {
    let table = Table::read(
        "| 信用评分 | 单户金额 | = 奖励比例 |\n| - | <= 0.1 | 0.1% |\n| - | > 0.1 | 0.2% |",
        reward(Hit::Unique),
    )
    .unwrap();
    let sum = Decimal::new(1, 2) * Decimal::from(10);
    assert_eq!(table.decide(&[n("1"), Point::Number(sum)]).unwrap().numbers, [0], "ten times 0.01 is 0.1");
}
