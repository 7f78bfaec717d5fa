//! The reference pages: functions by family are written from the table, every example on a page is run.
//! `UPDATE=1 cargo test -p expr --test all formula_docs` rewrites them.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fmt::Write;
use std::path::PathBuf;

use expr::formula::{Mode, Scope, compile, functions};

use crate::weekdays::Weekdays;

const TABLES: &[&str] = &[
    include_str!("data/feel/dates.txt"),
    include_str!("data/feel/functions.txt"),
    include_str!("data/feel/lists.txt"),
    include_str!("data/feel/strings.txt"),
];

const FAMILIES: &[(&str, &str, &str)] = &[
    ("conversion", "转换", "Conversion"),
    ("boolean", "是否与空值", "Truth and null"),
    ("string", "文字", "Text"),
    ("list", "列表", "Lists"),
    ("statistics", "汇总", "Sums, extremes and averages"),
    ("numeric", "数字与舍入", "Numbers and rounding"),
    ("date-and-time", "日期", "Dates"),
    ("working-days", "工作日", "Working days"),
    ("context", "记录", "Contexts"),
    ("range", "区间", "Ranges"),
];

fn page(family: &str, zh: &str, en: &str) -> String {
    let mut page = format!("# {zh} · {en}\n\n");
    page.push_str("Written from the table of built-in functions; the examples are run by the tests.\n");
    for it in functions().iter().filter(|it| it.family == family) {
        write!(page, "\n## {}", it.name).unwrap();
        if !it.alias_zh.is_empty() {
            write!(page, " · {}", it.alias_zh).unwrap();
        }
        page.push_str("\n\n");
        for form in it.signature.split("; ") {
            writeln!(page, "- `{form}`").unwrap();
        }
        writeln!(page, "\n{}\n\n{}\n\n```feel\n{}", it.zh, it.en, it.example).unwrap();
        for row in more_examples(it.name, it.example) {
            writeln!(page, "{row}").unwrap();
        }
        page.push_str("```\n");
    }
    page
}

/// Rows of the tables that start with the function.
fn more_examples(name: &str, example: &str) -> Vec<&'static str> {
    let call = format!("{name}(");
    let rows = TABLES.iter().flat_map(|table| table.lines());
    let own = rows.filter(|row| row.starts_with(&call) && !row.contains(" => !") && *row != example);
    own.take(4).collect()
}

fn docs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/language"))
}

#[expect(clippy::disallowed_methods, reason = "the test compares pages on disk with the table")]
fn on_disk(path: &PathBuf) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "UPDATE=1 rewrites the pages")]
fn write(path: &PathBuf, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[test]
fn the_pages_say_what_the_table_says() {
    for (family, zh, en) in FAMILIES {
        let path = docs().join(format!("functions/{family}.md"));
        let wanted = page(family, zh, en);
        if std::env::var_os("UPDATE").is_some() {
            write(&path, &wanted);
        }
        assert!(on_disk(&path) == wanted, "{family}.md is out of date: run with UPDATE=1");
    }
    let known = |family: &str| FAMILIES.iter().any(|(name, ..)| *name == family);
    assert!(functions().iter().all(|it| known(it.family)), "a family without a page");
}

/// The rows inside the fences of a page.
fn examples(page: &str) -> Vec<&str> {
    let fences = page.split("```feel\n").skip(1);
    fences.flat_map(|rest| rest.split("```").next().unwrap_or_default().lines()).collect()
}

#[test]
fn every_example_on_a_page_holds() {
    let mut pages = vec![on_disk(&docs().join("formulas.md"))];
    pages.extend(FAMILIES.iter().map(|(family, zh, en)| page(family, zh, en)));
    for page in pages {
        let rows = examples(&page);
        assert!(!rows.is_empty(), "no examples in: {page}");
        for row in rows {
            let (text, wanted) = row.rsplit_once(" => ").unwrap_or_else(|| panic!("no `=>` in {row}"));
            let value = |text: &str| {
                let formula = compile(text, &Scope::new(), Mode::Feel);
                formula.map(|it| it.eval(&Weekdays)).unwrap_or_else(|errors| panic!("{row}: {errors:?}"))
            };
            assert_eq!(value(text), value(wanted), "{row}");
        }
    }
}
