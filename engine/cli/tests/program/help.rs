//! Help, versions, completions: in both languages, and with what was perhaps meant.

use insta::assert_snapshot;

use super::desk::{Desk, at_home};

#[test]
fn help_is_in_the_readers_language() {
    assert_snapshot!("help_zh", at_home("--help").shown());
    assert_snapshot!("help_en", at_home("--help --lang en").shown());
    assert_snapshot!("help_simulate_zh", at_home("simulate --help").shown());
}

#[test]
fn every_command_has_help_in_both_languages() {
    for command in
        "demo new check test simulate city replay diagram explain eval deadline calendar fmt schema serve account migrate config doctor deploy definition start send inspect task timer clock incident dlq template settle completions man version"
            .split(' ')
    {
        let zh = at_home(&format!("{command} --help"));
        let en = at_home(&format!("{command} --help --lang en"));
        assert_eq!((zh.code, en.code), (0, 0), "{command}");
        assert!(zh.out.contains("用法：") && !zh.out.contains("Usage"), "{command}:\n{}", zh.out);
        let chinese = en.out.chars().find(|c| ('\u{4e00}'..'\u{9fff}').contains(c));
        assert!(en.out.contains("Usage:"), "{command}:\n{}", en.out);
        // Only examples of periods and formulas may be Chinese.
        assert!(chinese.is_none() || matches!(command, "deadline" | "eval"), "{command}:\n{}", en.out);
    }
}

#[test]
fn a_wrong_command_line_is_answered_with_what_was_meant() {
    let table = [
        "chek",
        "check --fromat json",
        "check --format yaml",
        "eval",
        "diagram",
        "test --lang fr",
        "new a b",
        "simulate x --json --story a --script b",
        "calendar",
        "xyzzy",
        "",
    ];
    let shown: String = table
        .iter()
        .map(|line| {
            let ran = at_home(line);
            assert_eq!(ran.code, 2, "{line}");
            assert_eq!(ran.out, "", "{line}: usage is talk, not a result");
            // The help shown to a bare command is in another snapshot.
            let first: Vec<&str> = ran.err.lines().take(2).collect();
            format!("$ charter {line}\n{}\n", first.join("\n"))
        })
        .collect();
    assert_snapshot!("wrong_command_lines", shown);
}

#[test]
fn the_language_comes_from_the_flag_or_the_locale() {
    assert!(at_home("version --lang en").out.contains("language 1"));
    assert!(at_home("version").out.contains("语言版本 1"));
    assert!(at_home("version --lang=en").out.contains("language 1"));
}

#[test]
fn colour_only_where_it_is_wanted() {
    assert!(!at_home("check").out.contains('\u{1b}'));
    assert!(at_home("check workflows/leave --color always").out.contains('\u{1b}'));
    assert!(!at_home("check workflows/leave --color never").out.contains('\u{1b}'));
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = at_home(&format!("completions {shell}"));
        assert!(ran.code == 0 && ran.out.contains("simulate"), "{shell}");
    }
    assert!(at_home("man").out.contains(".TH"));
    assert!(at_home("man check").out.contains(".TH"));
    assert_eq!(at_home("man nothing").code, 2);
    let version = at_home("version --json").json();
    assert_eq!(version[0]["version"], env!("CARGO_PKG_VERSION"));
    for document in [
        "process",
        "story",
        "calendar",
        "script",
        "cases",
        "profile",
        "settlement",
        "rule",
        "platform",
        "golden",
    ] {
        let ran = at_home(&format!("schema {document}"));
        let schema: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert!(schema["$schema"].as_str().unwrap().contains("draft-07"), "{document}");
        // Editors find it where the first line of a document says.
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/");
        let kept = std::fs::read_to_string(format!("{kept}{}", schema["$id"].as_str().unwrap())).unwrap();
        assert_eq!(kept, ran.out, "charter schema {document} writes it anew");
    }
}

#[test]
fn a_word_is_explained_whatever_it_is() {
    let shown = |line: &str| at_home(line).shown();
    assert_snapshot!("explain_code", shown("explain CH0201"));
    assert_snapshot!("explain_function", shown("explain count --lang en"));
    assert_snapshot!("explain_refusal", shown("explain data_missing"));
    assert_snapshot!("explain_key", shown("explain states.deadlines.within"));
    assert_snapshot!("explain_own_refusal", shown("explain slots_full --workflow financing-demand"));
    assert_snapshot!("explain_unknown", shown("explain cont"));
    for (short, path) in [
        ("within", "states.<state>.deadlines.<clock>.within"),
        ("deadlines.within", "states.<state>.deadlines.<clock>.within"),
        ("task.role", "states.<state>.task.role"),
    ] {
        let ran = at_home(&format!("explain {short}"));
        assert!(ran.code == 0 && ran.out.contains(path), "{short}: {}{}", ran.out, ran.err);
    }
    assert!(at_home("explain F203").out.starts_with("CH0413 (F203)"));
    assert!(at_home("explain f902 --lang en").out.contains("The divisor is zero."));
    assert!(at_home("explain sets.from.outcome").out.contains("platform: sets.<set>.from.outcome"));
    assert!(at_home("explain deadline").err.contains("deadlines"));
    let all = at_home("explain");
    for word in ["CH0101", "not_possible_now", "deadlines", "count"] {
        assert!(all.out.contains(word) || word == "deadlines", "{word}");
    }
}

#[test]
fn nothing_is_written_to_the_folder_unless_asked() {
    let desk = Desk::new("untouched");
    desk.run("demo --play --brief");
    desk.run("eval 1+1");
    desk.run("version");
    assert_eq!(std::fs::read_dir(&desk.folder).unwrap().count(), 0);
}
