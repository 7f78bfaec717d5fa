//! Whatever is given, the answer is civil: never a panic, never a hang, never exit 70.

use super::desk::Desk;

const COMMANDS: &[&str] = &[
    "check x.yaml",
    "check x.yaml --fix",
    "check x.yaml --format sarif",
    "fmt x.yaml",
    "test x.yaml",
    "test x.yaml --cases x.yaml",
    "diagram x.yaml",
    "simulate x.yaml --script x.yaml",
    "simulate workflows/leave-request --script x.yaml --json",
    "simulate workflows/leave-request --story x.yaml",
    "eval a --context x.yaml",
    "diagram workflows/leave-request --overlay x.yaml",
    "explain x --workflow x.yaml",
];

fn hostile() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = vec![
        vec![],
        vec![0],
        vec![0xff, 0xfe, 0x41],
        b"\xef\xbb\xbf".to_vec(),
        "流程".as_bytes()[..4].to_vec(),
        b"a: &x [*x]".to_vec(),
        "[".repeat(5_000).into_bytes(),
        "{a: ".repeat(5_000).into_bytes(),
        "- ".repeat(5_000).into_bytes(),
        "x".repeat(2 << 20).into_bytes(),
        b"process: \x07\nstates: {a: {a: {a: }}}".to_vec(),
        b"process: a\nlanguage: 1\nversion: 99999999999999999999\nstates: []\ninitial: \"\"".to_vec(),
        b"[{\"at\": \"9999-12-31T23:59:59+08:00\", \"event\": \"open\", \"by\": \"staff\", \"data\": {\"days\": 1e400}}]".to_vec(),
        b"[{\"at\": \"2026-01-01T00:00:00Z\", \"event\": \"open\", \"by\": \"\", \"data\": {\"days\": 3}}, {\"at\": \"9999-12-30T00:00:00Z\", \"event\": \"submit\", \"by\": \"staff\"}]".to_vec(),
        b"scenario_id,process,params,events,expected\n1,leave_request,{},[],{}\n2,\"".to_vec(),
        b"year: 99999\nholidays: [{festival: a, dates: 0000-00-00..9999-99-99}]".to_vec(),
    ];
    // Bytes in no order, the same in every run.
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    for length in [3usize, 50, 400] {
        all.push((0..length).map(|_| next().to_le_bytes()[1]).collect());
    }
    all
}

#[test]
fn no_text_makes_the_program_panic() {
    let desk = Desk::new("hostile");
    assert_eq!(desk.run("new leave_request").code, 0);
    for (number, bytes) in hostile().into_iter().enumerate() {
        desk.put("x.yaml", &bytes);
        for command in COMMANDS {
            let ran = desk.run(command);
            assert!((0..=5).contains(&ran.code), "text {number}, {command}: {}", ran.shown());
            assert!(!ran.err.contains("panicked") && !ran.err.contains("RUST_BACKTRACE"), "{command}");
        }
    }
}

#[test]
fn no_word_makes_the_program_panic() {
    let desk = Desk::new("hostile_words");
    assert_eq!(desk.run("new leave_request").code, 0);
    let long = "九".repeat(5_000);
    let words = [
        "",
        "\u{0}",
        "\u{202e}",
        "-",
        "--",
        "%s",
        "../../..",
        "/",
        "a.b.c.d.e.f",
        "....",
        "1e999",
        "{",
        "[",
        "💥",
        &long,
    ];
    for word in words {
        let word = word.replace('\u{0}', "\u{1}");
        for command in [
            "check",
            "explain",
            "eval",
            "diagram",
            "simulate",
            "new",
            "calendar show",
            "calendar check",
            "man",
            "schema",
            "fmt --check",
            "test",
            "explain --workflow leave_request",
        ] {
            let ran = desk.run(&format!("{command} '{word}'"));
            assert!((0..=5).contains(&ran.code), "{command} {word:?}: {}", ran.shown());
        }
        for pair in ["deadline 2026-01-01", "deadline"] {
            let ran = desk.run(&format!("{pair} '{word}' '{word}'"));
            assert!((0..=5).contains(&ran.code), "{pair} {word:?}: {}", ran.shown());
        }
    }
}

#[test]
fn no_typing_makes_the_prompt_panic() {
    let desk = Desk::new("hostile_typing");
    assert_eq!(desk.run("new leave_request").code, 0);
    let long = "x".repeat(100_000);
    let lines = [
        "+",
        "+99999999999 天",
        "+-1 天",
        "until",
        "until 9999-12-31 23:59",
        "0",
        "99999999999999999999",
        "claims..x",
        "a=b=c by",
        "submit a=1 by x of y: z",
        "because",
        "\u{0}",
        "save /",
        "undo",
        &long,
    ];
    let mut typed = String::from("staff\n3\n");
    for line in lines {
        typed.push_str(line);
        typed.push('\n');
    }
    let ran = desk.run_with("simulate leave_request --at '2026-09-28 09:00'", typed.as_bytes());
    assert!((0..=1).contains(&ran.code), "{}", ran.shown());
}
