//! The examples of docs/language/tables.md are true.

use expr::table::{Budget, Domain, Hit, Input, Interval, Output, Signature, Table, analyse};

const PAGE: &str = include_str!("../../../docs/language/tables.md");

/// The fenced blocks of the page: what stands behind the fence, and the text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let parts: Vec<&str> = PAGE.split("```").collect();
    parts
        .iter()
        .skip(1)
        .step_by(2)
        .map(|block| block.split_once('\n').expect("a fence ends its line"))
        .collect()
}

/// The inputs that the examples speak of.
fn input(name: &str) -> Option<Input> {
    let domain = match name {
        "信用评分" => Domain::integer(Interval::closed(0.into(), 1000.into())),
        "单户金额" => Domain::money().within(Interval::above(0.into())),
        _ => return None,
    };
    Some(Input::new(name, domain))
}

fn signature(text: &str, hit: Hit) -> Signature {
    let heading = text.lines().next().expect("a table has a heading");
    Signature {
        inputs: heading.split('|').filter_map(|cell| input(cell.trim())).collect(),
        outputs: vec![Output::new("奖励比例", Domain::rate())],
        hit,
    }
}

#[test]
fn every_example_of_the_page_is_true() {
    let blocks = blocks();
    let mut run = 0;
    for (at, (fence, text)) in blocks.iter().enumerate() {
        let Some(hit) = fence.strip_prefix("table ") else { continue };
        let hit = Hit::named(hit).expect("the fence names a hit policy");
        let table =
            Table::read(text, signature(text, hit)).unwrap_or_else(|problems| panic!("{text}\n{problems:?}"));
        let told: String = analyse(&table, Budget::default())
            .findings
            .iter()
            .map(|finding| finding.words(&table))
            .map(|words| format!("{}\n{}\n", words.en, words.zh))
            .collect();
        let expected =
            blocks.get(at + 1).filter(|(fence, _)| *fence == "finding").map_or("", |(_, text)| *text);
        assert_eq!(told, expected, "{text}");
        run += 1;
    }
    assert_eq!(run, 5, "tables on the page");
}

#[test]
fn every_hit_policy_is_on_the_page() {
    for (name, _) in Hit::ALL {
        let word = name.rsplit(' ').next().unwrap_or(name);
        assert!(PAGE.contains(&format!("`{word}`")) || PAGE.contains(&format!("`{name}`")), "{name}");
    }
}
