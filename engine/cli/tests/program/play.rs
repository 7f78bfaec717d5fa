//! Playing processes: scripts, stories, the prompt, pictures, the demo.

use insta::assert_snapshot;

use super::desk::{Desk, at_home};

fn leave(name: &str) -> Desk {
    let desk = Desk::new(name);
    assert_eq!(desk.run("new leave_request").code, 0);
    desk
}

const SCRIPT: &str = r#"[
  { "at": "2026-09-28T09:00:00+08:00", "event": "open", "by": "staff of 信用处", "data": { "days": 5 } },
  { "at": "2026-09-28T09:10:00+08:00", "event": "submit", "by": "staff of 信用处" },
  { "at": "2026-09-28T10:00:00+08:00", "event": "approve", "by": { "id": "王处", "role": "leader", "organisation": "信用处" } },
  { "at": "2026-09-28T10:01:00+08:00", "event": "approve", "by": "leader of 信用处" },
  { "at": "2026-10-12T00:00:00+08:00" }
]"#;

#[test]
fn a_script_is_played_and_told() {
    let desk = leave("script");
    desk.put("a.json", SCRIPT);
    assert_snapshot!("script", desk.run("simulate leave_request --script a.json").shown());
    assert_snapshot!("script_en", desk.run("simulate leave_request --script a.json --lang en").shown());
    let told = desk.run_with("simulate leave_request --script - --json", SCRIPT.as_bytes());
    let told = told.json();
    assert_eq!(told.len(), 5);
    let verdicts: Vec<&str> = told.iter().map(|o| o["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["accepted", "accepted", "accepted", "refused", "accepted"]);
    assert_eq!(told[0]["facts"][1]["data"]["days"], "5", "numbers of a case are texts");
    assert_eq!(told[4]["runs"][0]["outcome"], "lapsed");
    assert_eq!(told[1]["runs"][0]["timers"][0]["due"], "2026-10-01T00:00:00+08:00");
}

#[test]
fn a_script_may_be_indented_with_tabs() {
    let desk = leave("tabs");
    desk.put("a.json", SCRIPT.replace("\n  ", "\n\t"));
    let ran = desk.run("simulate leave_request --script a.json --json");
    assert_eq!(ran.json().len(), 5, "{}", ran.err);
}

#[test]
fn a_role_nobody_declared_is_asked_for_again() {
    let desk = leave("no_role");
    let ran = desk.run_with(
        "simulate leave_request --lang en",
        "staf of 信用处\nstaff of 信用处\n5\n\nquit\n".as_bytes(),
    );
    let told = ran.out + &ran.err;
    assert!(told.contains("did you mean staff?"), "{told}");
    assert_eq!(ran.code, 0, "{told}");
    let story = desk.text("workflows/leave-request/examples/two-days.yaml");
    desk.put("workflows/leave-request/examples/two-days.yaml", story.replace("leader of", "leadr of"));
    let ran = desk.run("test --lang en");
    assert!(ran.code == 1 && ran.out.contains("the process has no role `leadr`"), "{}", ran.out);
}

#[test]
fn an_opening_that_is_refused_says_what_is_missing() {
    let desk = leave("unopened");
    let script = r#"[{ "at": "2026-09-28 09:00", "event": "open", "by": "staff of 信用处" }]"#;
    let ran = desk.run_with("simulate leave_request --script - --json", script.as_bytes());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = &ran.json()[0];
    assert_eq!(told["verdict"], "refused");
    assert_eq!(told["refusal"]["code"], "data_missing");
    assert_eq!(told["refusal"]["about"][0], "days");
    assert_eq!(told["by"]["organisation"], "信用处");
}

/// `chosen` and `offer_made` are sent by the claims, never by a person: they are not offered.
#[test]
fn what_only_the_case_sends_is_not_offered() {
    let enterprise = "91320599MA00000070";
    let script = format!(
        r#"[{{ "at": "2026-03-02 09:00", "event": "open", "by": "ent_agent of {enterprise}", "data": {{ "enterprise": "{enterprise}",
             "account_active": true, "collect_consent": true, "amount": "500万元", "tenor": 12, "purpose": "working_capital" }} }},
           {{ "at": "2026-03-02 09:10", "event": "publish", "by": "ent_agent of {enterprise}" }},
           {{ "at": "2026-03-02 09:20", "event": "publish", "by": "ent_agent of {enterprise}" }}]"#
    );
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let words = "simulate financing-demand --script - --json".split(' ').map(str::to_owned);
    let ran = super::desk::start(&folder, &words.collect::<Vec<_>>(), script.as_bytes());
    let told = ran.json();
    let possible = told[2]["refusal"]["possible"].as_array().unwrap();
    let events: Vec<&str> = possible.iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert!(events.contains(&"claim") && !events.contains(&"chosen"), "{events:?}");
}

/// The script of docs/cli/simulate.md is played as it stands there.
#[test]
fn the_script_of_the_page_comes_true() {
    let page = include_str!("../../../../docs/cli/simulate.md");
    let script = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let home = |line: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        super::desk::start(&folder, &words, script.as_bytes())
    };
    let ran = home("simulate financing-demand --script - --json");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.json().len(), 5);
}

#[test]
fn a_wrong_script_is_answered_with_its_place() {
    let desk = leave("script_wrong");
    let wrong = [
        ("no open", "[{ \"at\": \"2026-09-28 09:00\", \"event\": \"submit\", \"by\": \"staff\" }]"),
        ("misspelt", &SCRIPT.replace("\"submit\"", "\"submitt\"")),
        ("backwards", &SCRIPT.replace("2026-10-12", "2026-09-01")),
        ("a value", &SCRIPT.replace("\"days\": 5", "\"days\": \"five\"")),
        ("no script", "{ \"a\": 1 }"),
        ("no actor", "[{ \"at\": \"2026-09-28 09:00\", \"event\": \"open\" }]"),
    ];
    let shown = wrong.map(|(name, text)| {
        let ran = desk.run_with("simulate leave_request --script -", text.as_bytes());
        assert_eq!(ran.code, 1, "{name}");
        format!("## {name}\n{}", ran.shown())
    });
    assert_snapshot!("script_wrong", shown.concat());
}

#[test]
fn a_story_is_told_step_by_step() {
    let desk = leave("story_told");
    let line = "simulate leave_request --story workflows/leave-request/examples/two-days.yaml";
    assert_snapshot!("story_told", desk.run(line).shown());
    let facts = desk.run(&format!("{line} --json")).json();
    assert!(facts.iter().any(|fact| fact["fact"] == "ended" && fact["outcome"] == "approved"));
    assert_eq!(desk.run("simulate leave_request --story nothing.yaml").code, 3);
}

#[test]
fn the_prompt_leads_through_a_case_and_saves_it() {
    let desk = leave("prompt");
    let typed = "staff of 信用处: 小李\nfive\n5\n?\n1\n\nwhy\napprove by leader of 信用处: 王处\nwhy\nreject by bureau because 人手不够\nundo\n\
                 +1 工作日\nclocks\nbogus\nsubmitt\nuntil yesterday\nuntil 2020-01-01 00:00\nnext\nfacts\nsave trial.yaml\nsave trial.yaml\nsave\nquit\n";
    let ran = desk.run_with("simulate leave_request --at '2026-09-28 09:00'", typed.as_bytes());
    assert_snapshot!("prompt", ran.shown());
    assert_snapshot!("prompt_saved", desk.text("trial.yaml"));
    desk.put("workflows/leave-request/examples/trial.yaml", desk.text("trial.yaml"));
    assert_eq!(desk.run("test").code, 0, "what was saved plays again: {}", desk.run("test").out);
}

#[test]
fn the_prompt_ends_when_nothing_more_is_typed() {
    let desk = leave("prompt_end");
    for typed in ["", "staff\n", "staff\n3\n", "staff\n3\n1\n", "staff\n99\nstaff\n2\n1"] {
        let ran = desk.run_with("simulate leave_request --at '2026-09-28 09:00'", typed.as_bytes());
        assert!(ran.code <= 1, "{typed:?}: {}", ran.shown());
    }
    assert_eq!(desk.run("simulate leave_request --json").code, 2);
}

#[test]
fn a_process_is_drawn_in_every_form() {
    let desk = leave("drawn");
    assert_snapshot!("ladder_zh", desk.run("diagram leave_request").shown());
    assert_snapshot!("ladder_en", desk.run("diagram leave_request --lang en").shown());
    assert_snapshot!("scxml", desk.run("diagram leave_request --format scxml").shown());
    let machine: serde_json::Value =
        serde_json::from_str(&desk.run("diagram leave_request --format xstate").out).unwrap();
    assert_snapshot!("xstate", format!("{machine:#}"));
    assert!(desk.run("diagram leave_request --format svg").out.starts_with("<svg"));
    assert!(desk.run("diagram leave_request --format mermaid").out.contains("stateDiagram"));
    assert!(desk.run("diagram leave_request --format dot").out.starts_with("digraph"));
    assert_eq!(desk.run("diagram leave_request -o a.svg").code, 0);
    assert!(desk.run("diagram leave-requst").err.contains("workflows/leave-request"));
    assert_eq!(desk.run("diagram leave_request -o a.png").code, 2, "no text in a file called picture");
    assert!(!desk.folder.join("a.png").exists());
    assert!(desk.text("a.svg").starts_with("<svg"));
    let marks = "diagram leave_request --overlay '{\"current\": [\"leader_review\"], \"visited\": [\"draft\"], \"counts\": {\"leader_review\": 3}}'";
    assert_snapshot!("ladder_now", desk.run(marks).shown());
    let wrong = ["{\"curent\": []}", "{\"counts\": {\"a\": -1}}", "{", "{\"current\": [1]}"];
    let wrong = wrong.map(|text| desk.run(&format!("diagram leave_request --overlay '{text}'")).shown());
    assert_snapshot!("overlay_wrong", wrong.concat());
    assert_eq!(desk.run("diagram leave_request --child claims").code, 2);
}

#[test]
fn a_child_can_be_drawn_alone() {
    let ran = at_home("diagram financing-demand --child claims");
    assert!(ran.code == 0 && ran.out.contains("银行审批岗"), "{}", ran.shown());
    assert_snapshot!("no_such_child", at_home("diagram financing-demand --child claim").shown());
}

#[test]
fn the_demo_plays_anywhere() {
    let ran = Desk::new("demo").run("demo --play --lang en");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in ["slots_full", "National Day", "2026-10-10 Sat 24:00"] {
        assert!(ran.out.contains(words), "{words}");
    }
}

#[test]
fn a_table_of_no_known_kind_is_told_and_the_others_are_held() {
    let desk = Desk::new("tables");
    desk.put("codes.csv", "code,expected\n91320599MA00000070,ok\n").put("other.csv", "a,b\n1,2\n");
    let ran = desk.run("test --cases other.csv --cases codes.csv --lang en");
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let shown = ran.shown();
    assert!(shown.contains("other.csv:1 this table is of no known kind"), "{shown}");
    assert!(shown.contains("1 row"), "{shown}");
}
