//! The shape of what people read: change log, the two READMEs, links.

use crate::{Tree, catches, hold, passes};

/// What a change can be, in the order in which a release tells it.
const CHANGE_KINDS: &[&str] = &["Added", "Changed", "Fixed", "Removed", "Security"];

/// The lines of a Markdown text outside its code blocks, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((i + 1, line));
        }
    }
    lines
}

/// How deep a heading is; none for other lines.
fn heading(line: &str) -> Option<usize> {
    let depth = line.chars().take_while(|c| *c == '#').count();
    ((1..=6).contains(&depth) && line[depth..].starts_with(' ')).then_some(depth)
}

fn changelog_has_its_shape(tree: &Tree) -> Vec<String> {
    let Some(text) = tree.text("CHANGELOG.md") else { return Vec::new() };
    let mut breaches = Vec::new();
    let mut breach = |line: usize, what: &str| breaches.push(format!("CHANGELOG.md:{line}: {what}"));
    let headings: Vec<(usize, &str)> =
        prose(text).into_iter().filter(|(_, line)| heading(line).is_some()).collect();
    if headings.first().map(|(_, line)| *line) != Some("# Changelog") {
        breach(1, "begins with `# Changelog`");
    }
    let releases: Vec<&(usize, &str)> =
        headings.iter().filter(|(_, line)| heading(line) == Some(2)).collect();
    if releases.first().map(|(_, line)| *line) != Some("## Unreleased") {
        breach(1, "the first section is `## Unreleased`");
    }
    for (number, line) in releases.iter().skip(1) {
        if !is_release(line) {
            breach(*number, "a release is written `## 1.2.3 - 2026-01-31`");
        }
    }
    for (number, line) in headings.iter().filter(|(_, line)| heading(line) == Some(3)) {
        if !CHANGE_KINDS.contains(&&line[4..]) {
            breach(*number, &format!("a change is one of {}", CHANGE_KINDS.join(", ")));
        }
    }
    breaches
}

fn is_release(line: &str) -> bool {
    let number = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
    let Some((version, date)) = line[3..].split_once(" - ") else { return false };
    let version: Vec<&str> = version.split('.').collect();
    let date: Vec<&str> = date.split('-').collect();
    version.len() == 3
        && version.iter().all(|part| part.parse::<u32>().is_ok())
        && date.len() == 3
        && date.iter().zip([4, 2, 2]).all(|(part, digits)| number(part, digits))
}

fn both_readmes_say_the_same(tree: &Tree) -> Vec<String> {
    let outline = |path: &str| -> Option<Vec<usize>> {
        Some(prose(tree.text(path)?).into_iter().filter_map(|(_, line)| heading(line)).collect())
    };
    match (outline("README.md"), outline("README.zh.md")) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec!["README.zh.md is missing beside README.md".to_owned()],
        (None, Some(_)) => vec!["README.md is missing beside README.zh.md".to_owned()],
        (Some(en), Some(zh)) if en == zh => Vec::new(),
        (Some(en), Some(zh)) => vec![format!("README.md has headings {en:?}, README.zh.md {zh:?}")],
    }
}

/// The targets of `[text](target)` in a line.
fn links(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    let plain: String =
        line.split('`').enumerate().map(|(i, part)| if i % 2 == 0 { part } else { "" }).collect();
    let mut from = 0;
    while let Some(at) = plain[from..].find("](") {
        from += at + 2;
        let length = plain[from..].find(')').unwrap_or(0);
        // The cut text repeats what stands in the line, code spans aside.
        let target = &plain[from..from + length];
        targets.extend(line.find(target).map(|start| &line[start..start + length]));
    }
    targets
}

/// `target` seen from the file `from`, as a path from the root; none when it leads out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn links_lead_somewhere(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (number, line) in prose(text) {
            for link in links(line) {
                let target = link.split(['#', ' ']).next().unwrap_or_default();
                let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
                let found = resolve(path, target)
                    .is_some_and(|place| place.is_empty() || tree.has(&place) || tree.has_folder(&place));
                if !outside && !found {
                    breaches.push(format!("{path}:{number}: {target} leads nowhere"));
                }
            }
        }
    }
    breaches
}

#[test]
fn the_change_log_has_its_shape() {
    hold(changelog_has_its_shape(&Tree::of_this_repository()));
    let rule = changelog_has_its_shape;
    let log = |rest: &str| format!("# Changelog\n\n## Unreleased\n\n{rest}\n");
    passes(rule, &[("CHANGELOG.md", &log("### Added\n- x\n\n## 0.1.0 - 2026-11-23\n"))]);
    catches(rule, &[("CHANGELOG.md", &log("### Improved"))], "a change is one of");
    catches(rule, &[("CHANGELOG.md", &log("## v0.1"))], "a release is written");
    catches(rule, &[("CHANGELOG.md", "# Changelog\n")], "`## Unreleased`");
}

#[test]
fn the_two_readmes_have_the_same_headings() {
    hold(both_readmes_say_the_same(&Tree::of_this_repository()));
    let rule = both_readmes_say_the_same;
    passes(rule, &[("README.md", "# A\n## B\n"), ("README.zh.md", "# 甲\n```\n# no\n```\n## 乙\n")]);
    catches(rule, &[("README.md", "# A\n## B\n"), ("README.zh.md", "# 甲\n")], "[1, 2]");
    catches(rule, &[("README.md", "# A\n")], "README.zh.md is missing");
}

#[test]
fn links_between_documents_lead_somewhere() {
    hold(links_lead_somewhere(&Tree::of_this_repository()));
    let rule = links_lead_somewhere;
    let page = |text: &'static str| [("docs/a.md", text), ("LICENSE", "")];
    passes(rule, &page("[x](../LICENSE) [y](https://example.org) [z](#here) `[no](gone.md)`\n"));
    catches(rule, &page("see [x](gone.md#part)\n"), "docs/a.md:1: gone.md leads nowhere");
}
