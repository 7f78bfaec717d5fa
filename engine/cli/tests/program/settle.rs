//! The annual settlement on the command line: the same bytes twice, why an amount is what it is, what differs between
//! two runs, everything that is wrong with files at once, and the platform's own database.

use std::collections::BTreeMap;
use std::path::Path;

use insta::assert_snapshot;

use super::desk::Desk;

/// A desk with what the institutions of a very small city report for 2019.
fn desk(name: &str) -> Desk {
    let desk = Desk::new(name);
    // So small a city misses some of the printed totals, and says so.
    let made = desk.run("city generate --scale 0.1% --only D14 --out city");
    assert!(made.code <= 1, "{}", made.shown());
    desk
}

const SETTLE: &str = "settle --year 2019 --data city/settlement-2019";

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().display().to_string();
                    all.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
    }
    all
}

#[test]
fn the_same_rules_and_data_give_the_same_bytes_and_are_kept_once() {
    let desk = desk("settle_bytes");
    assert_eq!(desk.run(&format!("{SETTLE} --out a")).code, 0);
    assert_eq!(desk.run(&format!("{SETTLE} --out b")).code, 0);
    let (a, b) = (files(&desk.folder.join("a")), files(&desk.folder.join("b")));
    assert!(a.len() > 20 && a.contains_key("result.xlsx"), "{:?}", a.keys());
    for (name, bytes) in &a {
        assert!(b[name] == *bytes, "{name} differs");
    }
    assert_eq!(desk.run("settle diff a b").code, 0);
    let again = desk.run(&format!("{SETTLE} --out a"));
    assert!(again.code == 5 && again.err.contains("已经有一次试算"), "{}", again.shown());

    for _ in 0..2 {
        let kept = desk.run(&format!("{SETTLE} --keep --runs runs"));
        assert!(kept.code == 0 && kept.err.contains("已存为试算 2019/1"), "{}", kept.shown());
    }
    // A run holds what it was computed of: computed again out of its own folder, it is the same.
    let again = desk.run("settle --year 2019 --data runs/2019/1/inputs --rules runs/2019/1 --out c");
    assert_eq!(again.code, 0, "{}", again.shown());
    let c = files(&desk.folder.join("c"));
    assert!(c["lines.csv"] == a["lines.csv"] && c["exceptions.csv"] == a["exceptions.csv"]);
    assert_eq!(desk.run("settle diff runs/2019/1 c").code, 0);
}

#[test]
fn an_amount_is_explained_down_to_the_rows() {
    let desk = desk("settle_explain");
    let told = desk.run(&format!("{SETTLE} --explain R4a_first_loan.first_loan/B40"));
    assert_snapshot!("settle_explain", told.shown());
    let wrong = desk.run(&format!("{SETTLE} --explain R4a_first_loan.first_loan/B4O"));
    assert!(
        wrong.code == 2 && wrong.err.contains("是不是 R4a_first_loan.first_loan/B40"),
        "{}",
        wrong.shown()
    );
    let json = desk.run(&format!("{SETTLE} --explain R4a_first_loan.first_loan/B40 --json")).json();
    assert_eq!(json[0]["value"], "500,000.00");
    assert_eq!(json[0]["of"][0]["parameters"][0]["name"], "cap");
}

#[test]
fn two_runs_are_compared_with_the_causes() {
    let desk = desk("settle_diff");
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/annual-settlement");
    for (name, bytes) in files(&home) {
        let text = String::from_utf8(bytes).unwrap();
        desk.put(&format!("rules/{name}"), text.replace("{ 2015-12-01: 50万元 }", "{ 2015-12-01: 30万元 }"));
    }
    assert_eq!(desk.run(&format!("{SETTLE} --out a")).code, 0);
    assert_eq!(desk.run(&format!("{SETTLE} --rules rules --out b")).code, 0);
    let loans = desk.text("city/settlement-2019/credit_loans.csv");
    let fewer: String = loans.split_inclusive('\n').filter(|row| !row.contains(",B40,")).collect();
    desk.put("city/settlement-2019/credit_loans.csv", fewer);
    assert_eq!(desk.run(&format!("{SETTLE} --out c")).code, 0);
    assert_snapshot!("settle_diff_parameter", desk.run("settle diff a b").shown());
    assert_snapshot!("settle_diff_data", desk.run("settle diff a c --lang en").shown());
    assert!(desk.run("settle diff a nowhere").code == 3);
}

#[test]
fn everything_that_is_wrong_with_the_files_is_told_at_once() {
    let desk = desk("settle_wrong");
    let put = |name: &str, text: &[u8]| {
        desk.put(&format!("city/settlement-2019/{name}.csv"), text);
    };
    put("losses", "loan_no,institution,uscc,household,loss_wan,other_compensation,lost_on\n".as_bytes());
    put(
        "credit_loans",
        "loan_no,institution,uscc,household,amount,channel,unsecured,score_at_approval,first_time,contract_seq,industry,disbursed_on
L1,B01,91320599MA00000070,91320599MA00000070,500.00,online,true,640,true,1,C3525,2019-02-03
L2,X99,91320599MA00000070,91320599MA00000070,5000000.00,online,true,640,true,1,C3525,2019-02-03
L2,X99,91320599MA00000070,91320599MA00000070,5000000.00,online,true,640,true,1,C3525,2019-02-03
L3,B01,91320599MA00000071,91320599MA00000071,\"5,000,000.00\",online,yes,1200,true,0,C3525,2018-12-31
L4,B01,91320599MA00000070
".as_bytes(),
    );
    // 机构 in GBK.
    put("overdues", b"\xbb\xfa\xb9\xb9,institution\n");
    std::fs::remove_file(desk.folder.join("city/settlement-2019/guarantees.csv")).unwrap();
    let ran = desk.run(&format!("{SETTLE} --out out --keep --runs runs"));
    assert_snapshot!("settle_wrong", ran.shown());
    assert!(!desk.folder.join("out").exists() && !desk.folder.join("runs").exists(), "nothing is half done");
    let json = desk.run(&format!("{SETTLE} --json")).json();
    assert!(json.iter().all(|finding| finding["kind"] == "finding" && finding["cure"]["zh"] != ""));
}

#[test]
fn the_platforms_database_is_held_against_the_reports_or_settled_itself() {
    let desk = desk("settle_database");
    let replayed = desk.run("replay --scale 0.1% --database city.db");
    assert!(replayed.code <= 1, "{}", replayed.shown());
    assert!(replayed.out.contains("2019 年度激励结算"), "{}", replayed.out);
    let alone = desk.run("settle --year 2019 --database city.db --json");
    let run = &alone.json()[0];
    assert!(
        run["matched"].as_u64().unwrap() > 5 && run["unresolved"].as_array().unwrap().is_empty(),
        "{run}"
    );
    // Reports of the same loans: all of the natural ones agree, those of made-up books are not on the platform.
    let held = &desk.run(&format!("{SETTLE} --database city.db --json")).json()[0];
    let unresolved = held["unresolved"].as_array().unwrap();
    assert!(held["matched"].as_u64().unwrap() > 0, "{held}");
    let made_up = |it: &&serde_json::Value| it["record"][1].as_str().is_some_and(|no| no.starts_with('T'));
    let platform = unresolved.iter().filter(|it| it["status"] == "missing_on_platform");
    assert!(platform.clone().count() > 0 && platform.clone().all(|it| made_up(&it)), "{unresolved:?}");
    assert_eq!(desk.run("settle --year 2019 --database nowhere.db").code, 3);
    assert_eq!(desk.run("settle --year 2019").code, 2);
}
