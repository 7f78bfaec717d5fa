//! What no file of the repository contains, and how every file is encoded.

use crate::{Tree, catches, hold, is_rule, passes};

/// Folders of one machine. A path in the repository is relative.
const MACHINE_PATHS: &[&str] = &["/work/", "/root/", "/home/", "/Users/", "C:\\Users"];

/// The repository speaks of the product, not of how it was typed.
const FOREIGN_PHRASES: &[&str] = &[
    "ai agent",
    "ai-generated",
    "claude",
    "chatgpt",
    "copilot",
    "anthropic",
    "this session",
    "helper session",
];

/// Signs of a private package registry or of a machine's own network.
const PRIVATE_HOSTS: &[&str] =
    &["artifactory", "[source.crates-io]", "http://10.", "http://172.", "://192.168."];

/// Endings of files that are not text.
const BINARY: &[&str] = &[".png", ".jpg", ".gif", ".ico", ".woff2", ".xlsx", ".zip", ".gz", ".pdf", ".db"];

/// Texts that are broken on purpose, to test what is said about them.
const BROKEN_ON_PURPOSE: &[&str] = &["tests/broken/"];

/// Every line of every text, with where it is.
fn lines(tree: &Tree) -> impl Iterator<Item = (String, &str)> {
    tree.texts().filter(|(path, _)| !is_rule(path)).flat_map(|(path, text)| {
        text.lines().enumerate().map(move |(i, line)| (format!("{path}:{}", i + 1), line))
    })
}

fn no_machine_is_named(tree: &Tree) -> Vec<String> {
    let names_one = |line: &str| {
        MACHINE_PATHS.iter().any(|folder| {
            line.match_indices(folder)
                .any(|(i, _)| !line[..i].ends_with(|c: char| c.is_alphanumeric() || "._-*}".contains(c)))
        })
    };
    lines(tree)
        .filter(|(_, line)| names_one(line))
        .map(|(at, line)| format!("{at}: a path of one machine: {}", line.trim()))
        .collect()
}

fn nothing_foreign_is_said(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (at, line) in lines(tree) {
        let lower = line.to_lowercase();
        for phrase in FOREIGN_PHRASES.iter().chain(PRIVATE_HOSTS) {
            if lower.contains(phrase) {
                breaches.push(format!("{at}: `{phrase}` does not belong in the product"));
            }
        }
    }
    breaches
}

fn texts_are_plain(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, bytes) in &tree.0 {
        let excused = BINARY.iter().any(|end| path.ends_with(end))
            || BROKEN_ON_PURPOSE.iter().any(|folder| path.starts_with(folder));
        // RFC 4180 ends the lines of a CSV file with CR LF, and spreadsheets write it so.
        let returns = path.ends_with(".csv");
        if let (false, Some(fault)) = (excused, encoding_fault(bytes, returns)) {
            breaches.push(format!("{path}: {fault}"));
        }
    }
    breaches
}

/// What is wrong with how a text is written down, if anything.
fn encoding_fault(bytes: &[u8], returns: bool) -> Option<&'static str> {
    match std::str::from_utf8(bytes) {
        Err(_) => Some("is not UTF-8"),
        Ok(text) if text.starts_with('\u{feff}') => Some("starts with a byte order mark"),
        Ok(text) if text.contains('\r') && !returns => Some("has carriage returns: end lines with LF alone"),
        Ok(text) if !text.is_empty() && !text.ends_with('\n') => Some("does not end with a line feed"),
        Ok(_) => None,
    }
}

fn no_snapshot_is_pending(tree: &Tree) -> Vec<String> {
    tree.0
        .keys()
        .filter(|path| path.ends_with(".snap.new") || path.ends_with(".pending-snap"))
        .map(|path| format!("{path}: a snapshot waits to be accepted or thrown away"))
        .collect()
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    hold(no_machine_is_named(&Tree::of_this_repository()));
    catches(no_machine_is_named, &[("a.md", "see /home/li/notes\n")], "a.md:1");
    passes(no_machine_is_named, &[("a.md", "see docs/work/notes and https://example.org/home/x\n")]);
}

#[test]
fn the_product_speaks_of_itself_alone() {
    hold(nothing_foreign_is_said(&Tree::of_this_repository()));
    catches(nothing_foreign_is_said, &[("a.md", "written by an AI agent\n")], "`ai agent`");
    passes(nothing_foreign_is_said, &[("a.yaml", "ent_agent: 企业经办人 # the enterprise's agent\n")]);
}

#[test]
fn every_text_is_plain_utf8() {
    hold(texts_are_plain(&Tree::of_this_repository()));
    catches(texts_are_plain, &[("a.md", "\u{feff}x\n")], "byte order mark");
    catches(texts_are_plain, &[("a.md", "x\r\n")], "LF alone");
    catches(texts_are_plain, &[("a.md", "x")], "does not end");
    passes(texts_are_plain, &[("a.csv", "x,y\r\n")]);
    let mut gbk = Tree::of(&[]);
    gbk.0.insert("a.yaml".to_owned(), vec![0xd6, 0xd0, b'\n']);
    assert_eq!(texts_are_plain(&gbk), ["a.yaml: is not UTF-8"]);
}

#[test]
fn snapshots_are_settled() {
    hold(no_snapshot_is_pending(&Tree::of_this_repository()));
    catches(no_snapshot_is_pending, &[("x/a.snap.new", "")], "waits to be accepted");
}
