//! Decision tables from their text to a running case: what they answer, which rows say so, and what happens
//! when none does.

mod asking;
mod laws;

use machine::event::{Actor, Target};
use machine::reason::Reason;
use machine::step::Verdict;
use simulate::world::NotOpened;

use asking::{answer, at, compiled, opened, process};

const RATES: &str = "    inputs:
      score: { type: integer, domain: \"[0..1000]\", title: { zh: 信用评分, en: Score } }
      size: { type: choice, of: [a, b, c], title: { zh: 规模, en: Size } }
    outputs: { rate: rate }
    rows_from:
      2015-12-01: { basis: 第 509 行, rows: \"| score | size | = rate |\\n| < 600 | - | 3% |\\n| >= 600 | - | 5% |\" }
      2021-01-01: |
        | score  | size    | = rate | # 依据     |
        | < 600  | -       | 3%     | 低于 600 分 |
        | >= 600 | a, b    | 5%     | 600 分起   |
        | >= 600 | not(a, b) | 6%   | 丙类       |";

fn decided(reasons: &[Reason]) -> Vec<String> {
    let all = reasons.iter().flat_map(|reason| &reason.decided);
    all.map(|it| {
        let rows: Vec<String> =
            it.rows.iter().map(|row| format!("{} [{}]", row.number, row.cells.join(" | "))).collect();
        let inputs: Vec<String> = it.inputs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        format!(
            "{} since {}: {} -> row {} -> {}",
            it.table,
            it.from,
            inputs.join(", "),
            rows.join(", "),
            it.answer
        )
    })
    .collect()
}

/// The rows that hold on the day of the event decide, and the reasons name them.
#[test]
fn the_rows_of_the_day_decide_and_are_named() {
    let definition = compiled(&process("rate", RATES)).unwrap();
    let mut world = opened(&definition, 600, "c", "2020-12-31T10:00:00+08:00").unwrap();
    assert_eq!(answer(&world), "0.05");
    let clerk = || Actor::system("clerk");
    let asked = world.send(Target::Main, "ask", vec![], None, clerk(), at("2021-01-01T00:00:00+08:00"));
    assert_eq!(
        decided(&asked.reasons),
        ["t since 2021-01-01: score = 600, size = \"c\" -> row 3 [>= 600 | not(a, b)] -> 0.06"]
    );
    assert!(!asked.reasons[0].held, "6 % is not what was kept");
}

/// A value outside what the table was examined for stops the turn, with the table's name and what it was asked.
#[test]
fn a_point_outside_the_table_is_an_incident_in_its_words() {
    let definition = compiled(&process("rate", RATES)).unwrap();
    let Err(NotOpened::Stopped(incident)) = opened(&definition, 1001, "a", "2021-01-01T10:00:00+08:00")
    else {
        panic!("1001 is no score");
    };
    assert_eq!(&*incident.code, "table_failed");
    let zh = "公式“t(score, size)”算不出来：表“奖励比例”没有答案：“score”不能是 1001（信用评分 = 1001，规模 = \"a\"）";
    assert_eq!(&*incident.words.zh, zh);
}

/// With `collect` the formula gets a list.
#[test]
fn all_rows_that_match_are_collected() {
    let table = "    inputs: { score: { type: integer, domain: \"[0..1000]\" }, size: { type: choice, of: [a, b, c] } }
    outputs: { why: text }
    hit: collect
    rows: |
      | score | size | = why |
      | < 600 | - | \"low\" |
      | - | c | \"kind\" |";
    let definition = compiled(&process("list of text", table)).unwrap();
    for (score, size, expected) in
        [(599, "c", "[\"low\", \"kind\"]"), (600, "c", "[\"kind\"]"), (600, "a", "[]")]
    {
        let world = opened(&definition, score, size, "2021-01-01T10:00:00+08:00").unwrap();
        assert_eq!(answer(&world), expected);
    }
}

/// Several outputs are a record.
#[test]
fn several_outputs_are_read_by_name() {
    let table = "    inputs: { score: { type: integer, domain: \"[0..1000]\" }, size: { type: choice, of: [a, b, c] } }
    outputs: { rate: rate, cap: money }
    rows: |
      | score | size | = rate | = cap（万元） |
      | < 600 | - | 3% | 500 |
      | >= 600 | - | 5% | 1000 |";
    let text = process("money", table)
        .replace("\"t(score, size)\"", "\"to_fen(t(score, size).cap * t(score, size).rate)\"")
        .replace("t(score, size) = answer", "t(score, size).cap = answer");
    let definition = compiled(&text).unwrap();
    let world = opened(&definition, 600, "a", "2021-01-01T10:00:00+08:00").unwrap();
    assert_eq!(answer(&world), "500000");
}

/// The guard that held is the one the clerk sees.
#[test]
fn a_guard_that_asks_a_table_decides() {
    let definition = compiled(&process("rate", RATES)).unwrap();
    let mut world = opened(&definition, 600, "a", "2021-03-02T09:00:00+08:00").unwrap();
    let clerk = Actor::system("clerk");
    let asked = world.send(Target::Main, "ask", vec![], None, clerk, at("2021-03-03T09:00:00+08:00"));
    assert_eq!(asked.verdict, Verdict::Accepted);
}
