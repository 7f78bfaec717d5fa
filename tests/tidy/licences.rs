//! What comes from outside may come: licences, forbidden crates and sources, by the lists of `deny.toml`.

use std::process::Command;

use serde_json::Value as Json;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The lists of `deny.toml`.
struct Lists {
    licences: Vec<String>,
    /// A crate and the licence it may have beyond those.
    exceptions: Vec<(String, String)>,
    forbidden: Vec<String>,
}

impl Lists {
    fn read(text: &str) -> Lists {
        let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
        let allow = text.lines().skip_while(|line| *line != "allow = [").skip(1);
        let licences = allow.take_while(|line| *line != "]").filter_map(quoted).collect();
        let named = || text.lines().filter(|line| line.contains("{ crate = "));
        let excepted = named().filter(|line| line.contains("allow = "));
        let pair = |line: &str| Some((quoted(line)?, line.split('"').nth(3)?.to_owned()));
        let exceptions = excepted.filter_map(pair).collect();
        let forbidden = named().filter(|line| !line.contains("allow = ")).filter_map(quoted).collect();
        Lists { licences, exceptions, forbidden }
    }

    /// Whether a licence expression leaves a choice that is allowed. `/` is an old way to write OR.
    fn allows(&self, expression: &str) -> bool {
        let words = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let mut words: Vec<&str> = words.split_whitespace().rev().collect();
        let allowed = self.either(&mut words);
        allowed && words.is_empty()
    }

    fn either(&self, words: &mut Vec<&str>) -> bool {
        let mut allowed = self.both(words);
        while words.pop_if(|word| *word == "OR").is_some() {
            allowed |= self.both(words);
        }
        allowed
    }

    fn both(&self, words: &mut Vec<&str>) -> bool {
        let mut allowed = self.one(words);
        while words.pop_if(|word| *word == "AND").is_some() {
            allowed &= self.one(words);
        }
        allowed
    }

    fn one(&self, words: &mut Vec<&str>) -> bool {
        let Some(first) = words.pop() else { return false };
        if first == "(" {
            let allowed = self.either(words);
            return words.pop() == Some(")") && allowed;
        }
        let mut name = first.to_owned();
        if words.pop_if(|word| *word == "WITH").is_some() {
            name = format!("{name} WITH {}", words.pop().unwrap_or_default());
        }
        self.licences.contains(&name)
    }
}

fn breaches(metadata: &Json, lists: &Lists) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(source) = package["source"].as_str() else { continue };
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or("no licence");
        let excepted = lists.exceptions.iter().any(|(one, its)| one == name && its == licence);
        if !excepted && !lists.allows(licence) {
            breaches.push(format!("{name}: {licence} is not among the licences of deny.toml"));
        }
        if lists.forbidden.iter().any(|forbidden| forbidden == name) {
            breaches.push(format!("{name} is forbidden by deny.toml"));
        }
        if source != REGISTRY {
            breaches.push(format!("{name} comes from {source}"));
        }
    }
    breaches
}

#[test]
fn what_comes_from_outside_may_come() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let asked = Command::new(cargo)
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .expect("the tests are run by cargo");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Json = serde_json::from_slice(&asked.stdout).expect("cargo writes JSON");
    let deny = std::fs::read_to_string(format!("{root}/deny.toml")).expect("deny.toml stands at the root");
    let breaches = breaches(&metadata, &Lists::read(&deny));
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn a_licence_a_name_and_a_source_are_each_found() {
    let lists = Lists::read(
        "allow = [\n  \"MIT\",\n  \"Apache-2.0 WITH LLVM-exception\",\n]\n{ crate = \"openssl\" }\n{ crate = \"bound\", allow = [\"MPL-2.0\"] }\n",
    );
    let fine =
        ["MIT", "MIT/GPL-3.0", "(GPL-3.0 OR MIT) AND MIT", "Apache-2.0 WITH LLVM-exception OR GPL-3.0"];
    assert!(fine.iter().all(|licence| lists.allows(licence)));
    let wrong = ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "", "MIT MIT", "(MIT"];
    assert!(!wrong.iter().any(|licence| lists.allows(licence)));
    let package = |name: &str, licence: &str, source: &str| serde_json::json!({ "name": name, "license": licence, "source": source });
    let metadata = serde_json::json!({ "packages": [
        package("fine", "MIT", REGISTRY),
        package("bound", "GPL-3.0", REGISTRY),
        package("bound", "MPL-2.0", REGISTRY),
        package("openssl", "MIT", REGISTRY),
        package("strange", "MIT", "git+https://example.org"),
        { "name": "own", "source": null },
    ] });
    let found = breaches(&metadata, &lists);
    assert_eq!(found.len(), 3, "{found:?}");
}
