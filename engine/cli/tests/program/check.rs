//! Checking, mending, formatting, making: files in, findings out, and files as they should be afterwards.

use insta::assert_snapshot;

use super::desk::Desk;

/// A desk with a new process on it.
fn leave(name: &str) -> Desk {
    let desk = Desk::new(name);
    let made = desk.run("new leave_request");
    assert_eq!(made.code, 0, "{}", made.err);
    desk
}

/// The same with something replaced in the process.
fn spoilt(name: &str, from: &str, to: &str) -> Desk {
    let desk = leave(name);
    let text = desk.text("workflows/leave-request/workflow.yaml");
    assert!(text.contains(from), "{from}");
    desk.put("workflows/leave-request/workflow.yaml", text.replacen(from, to, 1));
    desk
}

#[test]
fn a_new_settlement_checks_settles_and_holds_its_cases() {
    let desk = Desk::new("settlement");
    assert_eq!(desk.run("new yearly_reward --settlement").code, 0);
    let home = "workflows/yearly-reward";
    let checked = desk.run(&format!("check {home} --deny warnings"));
    assert_eq!(checked.code, 0, "{}", checked.out);
    let held = desk.run(&format!("test --cases {home}/cases.csv"));
    assert_eq!(held.code, 0, "{}", held.out);
    let settled = desk.run(&format!("settle --year 2026 --rules {home} --data {home}/data"));
    assert!(settled.code == 0 && settled.out.contains("500,000.00"), "{}", settled.out);
}

#[test]
fn a_new_process_checks_plays_and_is_in_normal_form() {
    let desk = leave("new");
    assert_snapshot!("new_check", desk.run("check").shown());
    assert_snapshot!("new_test", desk.run("test").shown());
    assert_eq!(desk.run("fmt --check").code, 0, "{}", desk.run("fmt --check").out);
    assert_eq!(desk.run("check --deny warnings").code, 0);
    assert_eq!(desk.run("new leave_request").code, 5, "it is there already");
    assert_snapshot!(
        "new_names",
        ["new Leave", "new 请假", "new 1a"].map(|line| desk.run(line).shown()).concat()
    );
}

#[test]
fn json_may_be_asked_for_as_everywhere_else() {
    let desk = leave("check_json");
    assert_eq!(desk.run("check --json").json(), desk.run("check --format json").json());
}

#[test]
fn a_mistake_is_shown_with_its_place_and_cure() {
    let desk = spoilt("mistake", "go: bureau_review", "go: buraeu_review");
    assert_snapshot!("check_zh", desk.run("check").shown());
    assert_snapshot!("check_en", desk.run("check --lang en").shown());
    let found = desk.run("check --format json").json();
    assert_eq!(found[0]["kind"], "diagnostic");
    assert_eq!(found[0]["place"]["file"], "workflows/leave-request/workflow.yaml");
    assert_eq!(found.last().unwrap()["kind"], "summary");
    let sarif: serde_json::Value = serde_json::from_str(&desk.run("check --format sarif").out).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], found[0]["code"]);
}

#[test]
fn certain_fixes_are_written_and_shown_and_nothing_else_changes() {
    let desk = spoilt("fix", "language: 1", "language：1");
    let before = desk.text("workflows/leave-request/examples/two-days.yaml");
    let ran = desk.run("check --fix");
    assert_snapshot!("fix", ran.shown());
    assert!(desk.text("workflows/leave-request/workflow.yaml").contains("language: 1"));
    assert_eq!(desk.text("workflows/leave-request/examples/two-days.yaml"), before);
    assert_eq!(desk.run("check --fix").err, "", "mending a mended text changes nothing");
    let names: Vec<String> = std::fs::read_dir(desk.folder.join("workflows/leave-request"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(names, Vec::<String>::new(), "no half-written file is left");
}

#[test]
fn what_cannot_be_reached_says_so() {
    let desk = leave("unreachable");
    let lines = [
        "check nowhere",
        "check workflows/leave-request/workflow.yml",
        "check .",
        "diagram nowhere",
        "test x.csv",
    ];
    assert_snapshot!(
        "unreachable",
        lines.map(|line| format!("$ {line}\n{}", desk.run(line).shown())).concat()
    );
    let empty = Desk::new("empty");
    assert_snapshot!("no_workflows", empty.run("check").shown());
    assert_eq!(empty.run("check .").code, 3);
}

#[test]
fn a_failing_story_is_shown_where_it_fails() {
    let desk = leave("story");
    let story = desk.text("workflows/leave-request/examples/two-days.yaml");
    desk.put(
        "workflows/leave-request/examples/two-days.yaml",
        story.replace("state: approved", "state: rejected"),
    );
    assert_snapshot!("story_fails", desk.run("test").shown());
    let told = desk.run("test --json").json();
    assert_eq!(told[0]["passed"], false);
    assert_eq!(told.last().unwrap()["failed"], 1);
    let alone = desk.run("test workflows/leave-request/examples/two-days.yaml");
    assert_eq!(alone.code, 1, "a story named alone brings its process");
    assert!(alone.out.contains('✗'));
}

#[test]
fn golden_tables_hold_or_say_what_differs() {
    let desk = leave("tables");
    desk.put("codes.csv", "code,expected,note\n91320500MA1XXXXX0X,ok,\n91320599MA00000070,ok,\n");
    let ran = desk.run("test --cases codes.csv");
    assert_eq!(ran.code, 1);
    assert_snapshot!("golden", ran.shown());
    desk.put("strange.csv", "a,b\n1,2\n");
    assert_snapshot!("golden_strange", desk.run("test --cases strange.csv").shown());
}

#[test]
fn fmt_writes_one_form_and_only_when_asked() {
    let desk = spoilt("fmt", "{ zh: 职工, en: Staff }", "{zh: 职工,   en: Staff}");
    let before = desk.text("workflows/leave-request/workflow.yaml");
    let looked = desk.run("fmt --check");
    assert_eq!((looked.code, looked.out.as_str()), (1, "workflows/leave-request/workflow.yaml\n"));
    assert_eq!(desk.text("workflows/leave-request/workflow.yaml"), before);
    assert_eq!(desk.run("fmt").code, 0);
    let after = desk.text("workflows/leave-request/workflow.yaml");
    assert!(after.contains("{ zh: 职工, en: Staff }"));
    assert_eq!(desk.run("fmt --check").code, 0);
    let piped = desk.run_with("fmt -", before.as_bytes());
    assert_eq!(piped.out, after);
}
