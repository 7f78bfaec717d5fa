//! The map of the seed is true: every fact has its row, every path is there, every name stands in its file.

use crate::{Tree, catches, hold, passes};

const FACTS: &str = "tests/cases/seed_facts.csv";
const MAP: &str = "docs/seed-map.md";

/// The lines of the seed each row of the facts comes from: the first field, which may be quoted.
fn lines_of_facts(facts: &str) -> impl Iterator<Item = &str> {
    facts.lines().skip(1).filter_map(|row| match row.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => row.split(',').next(),
    })
}

/// The paths of a row's last cell, each with the name behind it, if any.
fn places(cell: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    cell.split(';').filter_map(|place| {
        let mut words = place.split('`').skip(1).step_by(2);
        Some((words.next()?, words.next()))
    })
}

fn map_is_true(tree: &Tree) -> Vec<String> {
    let (Some(facts), Some(map)) = (tree.text(FACTS), tree.text(MAP)) else { return Vec::new() };
    let rows: Vec<(&str, &str)> = map
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
            Some((cells.next()?, cells.last()?))
        })
        .collect();
    let lost = lines_of_facts(facts)
        .filter(|lines| !rows.iter().any(|(first, _)| first == lines))
        .map(|lines| format!("{MAP}: no row for lines {lines}"));
    let untrue = rows.iter().flat_map(|(lines, cell)| {
        places(cell).filter_map(move |(path, name)| match (tree.text(path), name) {
            (None, _) => Some(format!("{MAP}: lines {lines}: there is no {path}")),
            (Some(text), Some(name)) if !text.contains(&format!("{name}:")) => {
                Some(format!("{MAP}: lines {lines}: {path} has no {name}"))
            }
            _ => None,
        })
    });
    lost.chain(untrue).collect()
}

#[test]
fn the_map_of_the_seed_is_true() {
    let own = Tree::of_this_repository();
    assert!(own.has(MAP), "{MAP} is missing");
    hold(map_is_true(&own));
    let facts = (FACTS, "seed_lines,x\n\"1-2, 9\",x\n3,x\n");
    let file = ("a/b.yaml", "limit: 3\n");
    let map = |text: &'static str| (MAP, text);
    passes(
        map_is_true,
        &[facts, file, map("| 1-2, 9 | x | `a/b.yaml`: `limit` |\n| 3 | x | `a/b.yaml` |\n")],
    );
    catches(map_is_true, &[facts, file, map("| 3 | x | `a/b.yaml` |\n")], "no row for lines 1-2, 9");
    let other = [facts, file, map("| 1-2, 9 | x | `a/c.yaml` |\n| 3 | x | `a/b.yaml` |\n")];
    catches(map_is_true, &other, "there is no a/c.yaml");
    let name = [facts, file, map("| 1-2, 9 | x | `a/b.yaml`: `cap` |\n| 3 | x | `a/b.yaml` |\n")];
    catches(map_is_true, &name, "a/b.yaml has no cap");
}
