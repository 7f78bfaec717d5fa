//! What every source file looks like.

use crate::{Tree, catches, hold, passes};

/// No file is longer, unless it stands in the ratchet.
const LINES_MAX: usize = 600;

/// Files over the limit: path, lines today, why. A number here may only fall.
const RATCHET: &[(&str, usize, &str)] = &[];

/// The only files that wait for the clock of the wall.
const MAY_SLEEP: &[&str] = &[
    "engine/runtime/src/loops.rs",
    // Measuring and breaking are about real time.
    "engine/chaos/src/client.rs",
    "engine/chaos/src/crowd.rs",
    "engine/chaos/src/load.rs",
    "engine/chaos/src/moved.rs",
    "engine/chaos/src/proxy.rs",
    "engine/chaos/src/storm.rs",
    "engine/chaos/src/storm/strike.rs",
    "engine/cli/src/commands/chaos/http.rs",
    "engine/runtime/src/bench.rs",
    "engine/cli/src/commands/bench/flood.rs",
    "engine/cli/src/commands/bench/left_behind.rs",
    "engine/cli/src/commands/bench/load.rs",
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["manager", "managers", "util", "utils", "helper", "helpers", "common", "misc", "stuff"];

/// Names that say nothing when they stand alone.
const EMPTY_ALONE: &[&str] = &["types", "models", "process_data"];

fn files_say_what_they_are_for(tree: &Tree) -> Vec<String> {
    tree.rust()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("{path}:1: the first line says what the file is for, after `//! `"))
        .collect()
}

fn files_stay_small(tree: &Tree, ratchet: &[(&str, usize, &str)]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in tree.rust() {
        let lines = text.lines().count();
        match ratchet.iter().find(|(name, ..)| *name == path) {
            None if lines > LINES_MAX => {
                breaches.push(format!("{path}: {lines} lines, at most {LINES_MAX}: divide it"));
            }
            Some((_, was, why)) if lines > *was => {
                breaches.push(format!("{path}: grew from {was} to {lines} lines ({why})"));
            }
            Some((_, was, _)) if lines < *was => {
                breaches.push(format!("{path}: fell from {was} to {lines} lines: lower it in RATCHET"));
            }
            _ => {}
        }
    }
    breaches
}

fn names_mean_something(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in tree.rust_under_rules() {
        let stem = path.trim_end_matches(".rs");
        let inline = text.lines().filter_map(module_opened).collect::<Vec<_>>();
        for name in stem.split('/').chain(inline) {
            let empty = name.split(['_', '-']).any(|word| EMPTY_NAMES.contains(&word));
            if empty || EMPTY_ALONE.contains(&name) {
                breaches.push(format!("{path}: `{name}` says nothing: name it for what it knows"));
            }
        }
    }
    breaches
}

/// The name in `mod name {`.
fn module_opened(line: &str) -> Option<&str> {
    line.trim_start().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(" {")
}

/// Every line of our own code, with where it is.
fn lines(tree: &Tree) -> impl Iterator<Item = (String, &str, &str)> {
    tree.rust_under_rules().flat_map(|(path, text)| {
        text.lines().enumerate().map(move |(i, line)| (format!("{path}:{}", i + 1), path, line))
    })
}

fn no_lint_is_silenced(tree: &Tree) -> Vec<String> {
    lines(tree)
        .filter(|(_, _, line)| line.contains("#[allow(") || line.contains("#![allow("))
        .map(|(at, ..)| format!("{at}: write `#[expect(lint, reason = \"...\")]`"))
        .collect()
}

fn every_intention_has_an_issue(tree: &Tree) -> Vec<String> {
    let bare = |line: &str| {
        ["TODO", "FIXME"]
            .iter()
            .any(|word| line.match_indices(word).any(|(i, _)| !line[i + word.len()..].starts_with("(#")))
    };
    lines(tree)
        .filter(|(_, _, line)| bare(line))
        .map(|(at, ..)| format!("{at}: an intention names its issue, `TODO(#12)`, or is done now"))
        .collect()
}

fn nobody_sleeps(tree: &Tree) -> Vec<String> {
    lines(tree)
        .filter(|(_, path, line)| !MAY_SLEEP.contains(path) && line.contains("sleep("))
        .map(|(at, ..)| format!("{at}: time is an argument; wait for the thing, not for the clock"))
        .collect()
}

/// A file that no `mod` names is not compiled, and nobody notices.
fn every_module_is_compiled(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, _) in tree.rust() {
        let Some((root, inside)) = path.split_once("/src/") else { continue };
        if matches!(inside, "lib.rs" | "main.rs") || inside.starts_with("bin/") {
            continue;
        }
        let stem = inside.trim_end_matches(".rs");
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let parents = match folder {
            "" => vec![format!("{root}/src/lib.rs"), format!("{root}/src/main.rs")],
            _ => vec![format!("{root}/src/{folder}.rs"), format!("{root}/src/{folder}/mod.rs")],
        };
        let declared = format!("mod {name};");
        let named = parents.iter().filter_map(|p| tree.text(p)).any(|text| text.contains(&declared));
        if !named {
            breaches.push(format!("{path}: no `{declared}` in {}: it is not compiled", parents.join(" or ")));
        }
    }
    breaches
}

/// Where a crate's tests are one program, a file it does not name is not run, and nobody notices.
fn every_test_is_run(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (all, program) in tree.ending("/tests/all.rs") {
        let folder = all.trim_end_matches("all.rs");
        for (path, _) in tree.rust().filter(|(path, _)| *path != all) {
            let name = path.strip_prefix(folder).and_then(|inside| inside.strip_suffix(".rs"));
            let Some(name) = name.filter(|name| !name.contains('/')) else { continue };
            if !program.contains(&format!("mod {name};")) {
                breaches.push(format!("{path}: no `mod {name};` in {all}: it is not run"));
            }
        }
    }
    breaches
}

#[test]
fn no_test_is_forgotten() {
    hold(every_test_is_run(&Tree::of_this_repository()));
    let (all, here) = (("e/a/tests/all.rs", "mod here;\n"), ("e/a/tests/here.rs", ""));
    passes(every_test_is_run, &[all, here, ("e/a/tests/here/deeper.rs", ""), ("e/b/tests/own.rs", "")]);
    catches(every_test_is_run, &[all, here, ("e/a/tests/lost.rs", "")], "e/a/tests/lost.rs: no `mod lost;`");
}

#[test]
fn every_file_says_what_it_is_for() {
    hold(files_say_what_they_are_for(&Tree::of_this_repository()));
    catches(files_say_what_they_are_for, &[("a.rs", "use std::fs;\n")], "a.rs:1");
    passes(files_say_what_they_are_for, &[("a.rs", "//! Amounts.\n")]);
}

#[test]
fn no_file_grows_over_the_limit() {
    hold(files_stay_small(&Tree::of_this_repository(), RATCHET));
    let long = "//! x\n".repeat(LINES_MAX + 1);
    let tree = Tree::of(&[("a.rs", &long)]);
    let check = |ratchet: &[(&str, usize, &str)], part: &str| {
        let breaches = files_stay_small(&tree, ratchet);
        assert!(breaches.iter().any(|b| b.contains(part)), "{breaches:?}");
    };
    check(&[], "601 lines, at most 600");
    check(&[("a.rs", 600, "generated")], "grew from 600 to 601");
    check(&[("a.rs", 700, "generated")], "lower it in RATCHET");
    hold(files_stay_small(&tree, &[("a.rs", 601, "generated")]));
}

#[test]
fn names_come_from_the_office() {
    hold(names_mean_something(&Tree::of_this_repository()));
    catches(names_mean_something, &[("src/case_manager.rs", "")], "`case_manager` says nothing");
    catches(names_mean_something, &[("src/types.rs", "")], "`types`");
    catches(names_mean_something, &[("src/a.rs", "mod helpers {\n}\n")], "`helpers`");
    passes(names_mean_something, &[("src/value_types.rs", "mod claims {\n}\n")]);
}

#[test]
fn lints_are_answered_not_silenced() {
    hold(no_lint_is_silenced(&Tree::of_this_repository()));
    catches(no_lint_is_silenced, &[("a.rs", "//! x\n#[allow(dead_code)]\n")], "a.rs:2");
    passes(no_lint_is_silenced, &[("a.rs", "#[expect(dead_code, reason = \"y\")]\n")]);
}

#[test]
fn intentions_are_issues() {
    hold(every_intention_has_an_issue(&Tree::of_this_repository()));
    catches(every_intention_has_an_issue, &[("a.rs", "// TODO: later\n")], "a.rs:1");
    passes(every_intention_has_an_issue, &[("a.rs", "// TODO(#7): later\n")]);
}

#[test]
fn time_is_an_argument() {
    hold(nobody_sleeps(&Tree::of_this_repository()));
    catches(nobody_sleeps, &[("tests/a.rs", "thread::sleep(x);\n")], "wait for the thing");
}

#[test]
fn no_file_is_forgotten_by_the_compiler() {
    hold(every_module_is_compiled(&Tree::of_this_repository()));
    let rule = every_module_is_compiled;
    let module = ("engine/expr/src/time/roll.rs", "");
    passes(
        rule,
        &[("engine/expr/src/time.rs", "mod roll;"), ("engine/expr/src/lib.rs", "mod time;"), module],
    );
    catches(
        rule,
        &[("engine/expr/src/time.rs", "mod period;"), ("engine/expr/src/lib.rs", "mod time;"), module],
        "roll.rs: no `mod roll;`",
    );
}
