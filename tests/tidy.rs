//! House rules as tests: what a reviewer would otherwise have to remember.
//!
//! A rule is a function from the files of the repository to a list of sentences, one per breach. Each
//! rule is run twice: on this repository, where it must find nothing, and on a few lines written to
//! break it, where it must find exactly that.

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/licences.rs"]
mod licences;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/proof.rs"]
mod proof;
#[path = "tidy/prose.rs"]
mod prose;
#[path = "tidy/seed.rs"]
mod seed;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of a repository by path from its root, `/` between the parts.
#[derive(Default)]
struct Tree(BTreeMap<String, Vec<u8>>);

impl Tree {
    /// The files as they lie on disk, without build output and version control.
    fn of_this_repository() -> Tree {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests folder has a parent");
        let mut tree = Tree::default();
        tree.collect(root, "");
        tree
    }

    /// A made-up repository, for the tests of the rules.
    fn of(files: &[(&str, &str)]) -> Tree {
        Tree(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }

    fn collect(&mut self, folder: &Path, prefix: &str) {
        for entry in fs::read_dir(folder).expect("the repository can be read") {
            let entry = entry.expect("the repository can be read");
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().expect("the repository can be read");
            if kind.is_dir() && !matches!(name.as_str(), "target" | ".git") {
                self.collect(&entry.path(), &format!("{path}/"));
            } else if kind.is_file() && !is_litter(&name) {
                self.0.insert(path, fs::read(entry.path()).expect("the repository can be read"));
            }
        }
    }

    /// Every file that is text, with its text.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
    }

    /// Every file whose name ends with `ending`.
    fn ending(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| path.ends_with(ending))
    }

    /// Every Rust file.
    fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ending(".rs")
    }

    /// Every Rust file but the house rules themselves, which have to name what they forbid.
    fn rust_under_rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rust().filter(|(path, _)| !is_rule(path))
    }

    fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }

    fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn has_folder(&self, path: &str) -> bool {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        self.0.keys().any(|p| p.starts_with(&prefix))
    }

    /// The names directly under `folder`, files and folders, in order and once each.
    fn names_in(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let mut names: Vec<String> = self
            .0
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            .collect();
        names.dedup();
        names
    }
}

/// Files that editors and operating systems leave behind and version control ignores.
fn is_litter(name: &str) -> bool {
    name == ".git" || name == ".DS_Store" || name.ends_with(".profraw") || name.ends_with('~')
}

/// Whether a file is one of the house rules.
fn is_rule(path: &str) -> bool {
    path == "tests/tidy.rs" || path.starts_with("tests/tidy/")
}

/// Fails with every breach, one a line.
#[track_caller]
fn hold(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// The rule finds exactly one breach in `files`, and its sentence contains `part`.
#[track_caller]
fn catches(rule: fn(&Tree) -> Vec<String>, files: &[(&str, &str)], part: &str) {
    let breaches = rule(&Tree::of(files));
    assert_eq!(breaches.len(), 1, "{breaches:?}");
    assert!(breaches[0].contains(part), "{} does not say {part}", breaches[0]);
}

/// The rule has nothing against `files`.
#[track_caller]
fn passes(rule: fn(&Tree) -> Vec<String>, files: &[(&str, &str)]) {
    hold(rule(&Tree::of(files)));
}
