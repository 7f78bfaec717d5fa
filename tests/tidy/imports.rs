//! Who may import whom, and which outside crates stay outside.

use crate::{Tree, catches, hold, passes};
use std::collections::BTreeMap;

/// What a crate may import of its siblings.
enum May {
    /// These and no others, and each of them in fact.
    Import(&'static [&'static str]),
    /// Any of them: it assembles, or it tests the whole.
    ImportAll,
}

/// The map of ARCHITECTURE.md. A new arrow is a change of its own, with its reason.
const MAY_IMPORT: &[(&str, May)] = &[
    ("engine/expr", May::Import(&[])),
    ("engine/machine", May::Import(&["expr"])),
    ("engine/language", May::Import(&["expr", "machine"])),
    ("engine/diagram", May::Import(&["expr", "machine"])),
    ("engine/simulate", May::Import(&["expr", "machine", "language"])),
    ("engine/console", May::Import(&["expr"])),
    ("engine/settle", May::Import(&["expr", "machine", "language"])),
    ("engine/ports", May::Import(&["expr", "machine"])),
    ("engine/store", May::Import(&["expr", "machine", "ports"])),
    ("connectors", May::Import(&["expr", "machine", "ports"])),
    ("engine/runtime", May::Import(&["expr", "machine", "language", "ports"])),
    (
        "engine/server",
        May::Import(&[
            "expr", "machine", "language", "diagram", "simulate", "console", "settle", "ports", "runtime",
        ]),
    ),
    ("engine/city", May::Import(&["expr", "machine"])),
    ("engine/replay", May::Import(&["expr", "machine", "ports", "runtime", "city"])),
    ("engine/chaos", May::Import(&["expr", "machine", "language", "ports", "runtime", "store"])),
    ("engine/cli", May::ImportAll),
    ("tests", May::ImportAll),
];

/// Crates that know no outside format: what is stored or sent is written elsewhere.
const WITHOUT_SERDE: &[&str] = &["engine/expr", "engine/machine"];

/// Crates fenced by the linter: no clock, no randomness, no floats, no unordered maps, no files.
const PURE: &[&str] = &[
    "engine/expr",
    "engine/machine",
    "engine/language",
    "engine/diagram",
    "engine/simulate",
    "engine/console",
    "engine/settle",
];

/// The one file that knows the YAML crate, so that replacing it is a change of one file.
const READS_YAML: &str = "engine/language/src/yaml.rs";

/// The dependencies a manifest declares, with the section they stand in (`dependencies`, `dev-dependencies`).
fn dependencies(manifest: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']').to_owned();
            if let Some((kind, name)) = section.clone().split_once("dependencies.") {
                found.push((format!("{kind}dependencies"), name.to_owned()));
            }
        } else if section.ends_with("dependencies") && !line.starts_with('#') && line.contains('=') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push((section.clone(), name.to_owned()));
        }
    }
    found
}

/// Every member with its manifest, by folder. The fuzz targets are a workspace of their own: they need another
/// toolchain.
fn members(tree: &Tree) -> BTreeMap<&str, &str> {
    let all = tree.ending("/Cargo.toml").map(|(path, text)| (path.trim_end_matches("/Cargo.toml"), text));
    all.filter(|(folder, _)| *folder != "fuzz").collect()
}

/// The name of the package in a manifest.
fn package(manifest: &str) -> &str {
    manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap_or_default().trim_matches('"')
}

fn imports_follow_the_table(tree: &Tree) -> Vec<String> {
    let members = members(tree);
    let siblings: Vec<&str> = members.values().map(|manifest| package(manifest)).collect();
    let mut breaches = Vec::new();
    for (folder, manifest) in &members {
        let Some((_, may)) = MAY_IMPORT.iter().find(|(name, _)| name == folder) else {
            breaches.push(format!(
                "{folder} is not in MAY_IMPORT in tests/tidy/imports.rs: say what it may import"
            ));
            continue;
        };
        let May::Import(allowed) = may else { continue };
        let used: Vec<String> = dependencies(manifest)
            .into_iter()
            .map(|(_, name)| name)
            .filter(|name| siblings.contains(&name.as_str()))
            .collect();
        for name in used.iter().filter(|name| !allowed.contains(&name.as_str())) {
            breaches.push(format!("{folder} may not import {name}: see MAY_IMPORT in tests/tidy/imports.rs"));
        }
        for name in allowed.iter().filter(|name| !used.iter().any(|used| used == *name)) {
            breaches.push(format!("{folder} no longer imports {name}: take it out of MAY_IMPORT"));
        }
    }
    breaches
}

/// Every dependency a manifest declares is named somewhere in the crate: what nobody uses is not built.
fn every_dependency_is_used(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (folder, manifest) in members(tree) {
        let within = format!("{folder}/");
        let code: Vec<&str> =
            tree.ending(".rs").filter(|(path, _)| path.starts_with(&within)).map(|(_, text)| text).collect();
        for (section, name) in dependencies(manifest) {
            let word = name.replace('-', "_");
            if !code.iter().any(|text| names(text, &word)) {
                breaches.push(format!("{folder} declares {name} under {section} and does not use it"));
            }
        }
    }
    breaches
}

/// Whether a text has the word, not as part of a longer one.
fn names(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}

fn inner_crates_know_no_format(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (folder, manifest) in members(tree) {
        if !WITHOUT_SERDE.contains(&folder) {
            continue;
        }
        for (section, name) in dependencies(manifest) {
            if section == "dependencies" && name.starts_with("serde") {
                breaches.push(format!("{folder} depends on {name}: it must not know an outside format"));
            }
        }
    }
    breaches
}

fn one_file_reads_yaml(tree: &Tree) -> Vec<String> {
    let names_it = |text: &str| {
        text.lines().any(|line| {
            !line.trim_start().starts_with("//")
                && (line.contains("serde_yaml") || line.contains("serde_saphyr"))
        })
    };
    tree.rust_under_rules()
        .filter(|(path, text)| *path != READS_YAML && names_it(text))
        .map(|(path, _)| format!("{path} names the YAML crate: only {READS_YAML} may"))
        .collect()
}

fn members_share_lints_and_fences(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (folder, manifest) in members(tree) {
        if !manifest.contains("[lints]\nworkspace = true") {
            breaches.push(format!("{folder}/Cargo.toml does not take the lints of the workspace"));
        }
    }
    let fence = |folder: &str| tree.text(&format!("{folder}/clippy.toml"));
    for folder in PURE.iter().filter(|folder| tree.has_folder(folder)) {
        if fence(folder).is_none() || fence(folder) != fence(PURE[0]) {
            breaches.push(format!(
                "{folder}/clippy.toml differs from {}/clippy.toml: it is the same fence",
                PURE[0]
            ));
        }
    }
    breaches
}

fn every_dependency_comes_from_crates_io(tree: &Tree) -> Vec<String> {
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    lock.lines()
        .filter_map(|line| line.strip_prefix("source = "))
        .filter(|source| *source != "\"registry+https://github.com/rust-lang/crates.io-index\"")
        .map(|source| format!("Cargo.lock: {source} is not crates.io"))
        .collect()
}

#[test]
fn crates_import_what_the_table_allows() {
    hold(imports_follow_the_table(&Tree::of_this_repository()));
}

#[test]
fn a_stray_import_a_forgotten_import_and_an_unknown_crate_are_named() {
    let machine = "[package]\nname = \"machine\"\n[dependencies]\nexpr.workspace = true\n";
    let expr = "[package]\nname = \"expr\"\n[dependencies]\njiff.workspace = true\n";
    let rule = imports_follow_the_table;
    let with =
        |manifest: &'static str| [("engine/expr/Cargo.toml", expr), ("engine/machine/Cargo.toml", manifest)];
    passes(rule, &with(machine));
    catches(rule, &with("[package]\nname = \"machine\"\n[dependencies]\n"), "no longer imports expr");
    let upward = "[package]\nname = \"expr\"\n[dev-dependencies]\nmachine = { path = \"../machine\" }\n";
    catches(
        rule,
        &[("engine/expr/Cargo.toml", upward), ("engine/machine/Cargo.toml", machine)],
        "may not import machine",
    );
    let table = "[package]\nname = \"expr\"\n[dependencies.machine]\npath = \"../machine\"\n";
    catches(
        rule,
        &[("engine/expr/Cargo.toml", table), ("engine/machine/Cargo.toml", machine)],
        "may not import machine",
    );
    catches(rule, &[("engine/ghost/Cargo.toml", "[package]\nname = \"ghost\"\n")], "not in MAY_IMPORT");
}

#[test]
fn what_is_declared_is_used() {
    hold(every_dependency_is_used(&Tree::of_this_repository()));
    let rule = every_dependency_is_used;
    let manifest =
        ("engine/expr/Cargo.toml", "[package]\nname = \"expr\"\n[dependencies]\nrust-decimal = \"1\"\n");
    passes(rule, &[manifest, ("engine/expr/src/lib.rs", "use rust_decimal::Decimal;")]);
    catches(rule, &[manifest, ("engine/expr/src/lib.rs", "use not_rust_decimal;")], "declares rust-decimal");
    catches(rule, &[manifest, ("engine/machine/src/lib.rs", "use rust_decimal;")], "does not use it");
}

#[test]
fn expr_and_machine_know_no_outside_format() {
    hold(inner_crates_know_no_format(&Tree::of_this_repository()));
    let rule = inner_crates_know_no_format;
    passes(rule, &[("engine/expr/Cargo.toml", "[dev-dependencies]\nserde_json.workspace = true\n")]);
    catches(rule, &[("engine/machine/Cargo.toml", "[dependencies]\nserde = \"1\"\n")], "depends on serde");
}

#[test]
fn only_one_file_knows_the_yaml_crate() {
    hold(one_file_reads_yaml(&Tree::of_this_repository()));
    let rule = one_file_reads_yaml;
    passes(
        rule,
        &[(READS_YAML, "use serde_yaml::Value;"), ("engine/cli/src/main.rs", "// serde_yaml is hidden")],
    );
    catches(
        rule,
        &[("engine/cli/src/main.rs", "use serde_yaml::Value;")],
        "only engine/language/src/yaml.rs",
    );
}

#[test]
fn every_member_takes_the_lints_and_every_pure_crate_the_fence() {
    hold(members_share_lints_and_fences(&Tree::of_this_repository()));
    let rule = members_share_lints_and_fences;
    catches(rule, &[("tests/Cargo.toml", "[package]\nname = \"x\"\n")], "does not take the lints");
    let fences = [("engine/expr/clippy.toml", "a"), ("engine/machine/clippy.toml", "b")];
    catches(rule, &fences, "engine/machine/clippy.toml differs");
}

#[test]
fn nothing_comes_from_elsewhere() {
    hold(every_dependency_comes_from_crates_io(&Tree::of_this_repository()));
    let git = "[[package]]\nsource = \"git+https://example.org/x\"\n";
    catches(every_dependency_comes_from_crates_io, &[("Cargo.lock", git)], "is not crates.io");
}
