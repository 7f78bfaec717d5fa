//! Formulas, deadlines and days on the command line.

use insta::assert_snapshot;

use super::desk::{Desk, at_home};

#[test]
fn formulas_give_values_with_every_digit() {
    let table = [
        ("0.1 + 0.2", "0.3"),
        ("to_fen(500万元 * 3%)", "150000"),
        ("1/3*3 < 1.0000000001", "true"),
        ("[1, 2, 3][item > 1]", "[2, 3]"),
        ("string(12345678901234567890.12)", "\"12345678901234567890.12\""),
    ];
    for (formula, wanted) in table {
        let ran = at_home(&format!("eval '{formula}'"));
        assert_eq!((ran.out.trim_end(), ran.code), (wanted, 0), "{formula}: {}", ran.err);
    }
}

#[test]
fn variables_come_from_a_file_from_the_line_or_from_input() {
    let desk = Desk::new("context");
    desk.put("a.json", "{\n\t\"金额\": 5000000.10, \"率\": 0.03\n}");
    assert_eq!(desk.run("eval '金额' --context a.json").out, "5000000.1\n");
    assert_eq!(
        desk.run("eval '金额 * 2' --context '{\"金额\": 1234567890123456789.5}'").out,
        "2469135780246913579\n"
    );
    assert_eq!(desk.run_with("eval 'x.y[1]' --context -", b"{\"x\": {\"y\": [7]}}").out, "7\n");
    let wrong = ["[1]", "{\"a\": }", "{\"a\": 123456789012345678901234567890}"];
    let shown: Vec<String> =
        wrong.iter().map(|text| desk.run_with("eval 'a' --context -", text.as_bytes()).shown()).collect();
    assert_snapshot!("context_wrong", shown.concat());
    assert_eq!(desk.run("eval a --context b.json").code, 3);
}

#[test]
fn a_formula_tells_why() {
    assert_snapshot!(
        "trace",
        at_home("eval 'if 金额 > 1000万 then \"大额\" else \"小额\"' --context '{\"金额\": 5}' --trace")
            .shown()
    );
    let json = at_home("eval 'a + 1' --context '{\"a\": 0.1}' --json --trace").json();
    assert_eq!(json[0]["value"].to_string(), "1.1");
    assert_eq!(json[0]["trace"]["parts"][0]["text"], "a");
}

#[test]
fn a_wrong_formula_is_answered_with_its_place() {
    let lines = [
        "eval '5 +'",
        "eval 'cont([1])' --policy",
        "eval '1/0' --policy",
        "eval 'x + 1' --policy --context '{\"x\": null}'",
    ];
    assert_snapshot!(
        "formula_wrong",
        lines.map(|line| format!("$ {line}\n{}", at_home(line).shown())).concat()
    );
}

#[test]
fn deadlines_and_days_are_explained() {
    assert_snapshot!("deadline", at_home("deadline '2026-09-28 09:00' 5工作日 --explain").shown());
    assert_snapshot!(
        "deadline_en",
        at_home("deadline 2026-09-28 5 working days --explain --lang en").shown()
    );
    let json = at_home("deadline '2026-09-28 09:00' 5工作日 --json").json();
    assert_eq!(json[0]["due"], "2026-10-11T00:00:00+08:00");
    let lines = [
        "calendar check 2026-10-10",
        "calendar check 2026-10-01",
        "calendar check 2031-01-01",
        "calendar check x",
        "deadline x 5天",
        "deadline 2026-01-01 5个月亮",
        "calendar show 2031",
    ];
    assert_snapshot!("days", lines.map(|line| format!("$ {line}\n{}", at_home(line).shown())).concat());
    assert_snapshot!("year", at_home("calendar show 2026").shown());
}
