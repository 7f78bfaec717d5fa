//! FEEL's own answers: every row of the tables and every example of a function.

use expr::formula::{Mode, Scope, compile, functions};
use expr::value::Value;

use crate::weekdays::Weekdays;

/// The value of a text without variables, or what was wrong with it.
fn value(text: &str) -> Result<Value, String> {
    let formula = compile(text, &Scope::new(), Mode::Feel)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    formula.eval(&Weekdays).map_err(|error| error.to_string())
}

/// `expression => value`; a value `! F101` is the code of an error.
fn check(row: &str) -> Result<(), String> {
    let (text, wanted) = row.rsplit_once(" => ").ok_or_else(|| format!("no `=>` in: {row}"))?;
    let found = value(text);
    if let Some(code) = wanted.strip_prefix("! ") {
        return match found {
            Err(error) if error.contains(code) => Ok(()),
            other => Err(format!("{text}\n  wanted {code}\n  found  {other:?}")),
        };
    }
    let wanted = value(wanted).map_err(|error| format!("{row}: {error}"))?;
    match found {
        Ok(found) if found == wanted => Ok(()),
        Ok(found) => Err(format!("{text}\n  wanted {wanted}\n  found  {found}")),
        Err(error) => Err(format!("{text}\n  wanted {wanted}\n  found  {error}")),
    }
}

fn check_all<'a>(rows: impl Iterator<Item = &'a str>) -> usize {
    let rows: Vec<&str> =
        rows.map(str::trim).filter(|row| !row.is_empty() && !row.starts_with('#')).collect();
    let wrong: Vec<String> = rows.iter().filter_map(|row| check(row).err()).collect();
    assert!(wrong.is_empty(), "{} of {} rows are wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    rows.len()
}

const TABLES: &[&str] = &[
    include_str!("data/feel/comparisons.txt"),
    include_str!("data/feel/dates.txt"),
    include_str!("data/feel/functions.txt"),
    include_str!("data/feel/lists.txt"),
    include_str!("data/feel/numbers.txt"),
    include_str!("data/feel/strings.txt"),
];

#[test]
fn every_row_of_the_tables_holds() {
    let rows = check_all(TABLES.iter().flat_map(|table| table.lines()));
    assert!(rows > 300, "only {rows} rows");
}

#[test]
fn every_built_in_function_has_an_example_that_holds() {
    check_all(functions().iter().map(|it| it.example));
    for it in functions() {
        assert!(it.example.starts_with(it.name) || it.example.contains(it.name), "{}", it.example);
        assert!(it.zh.ends_with('。') && it.en.ends_with('.'), "{}", it.name);
    }
}

#[test]
fn every_chinese_name_means_one_function() {
    let mut names: Vec<&str> = functions().iter().flat_map(|it| [it.name, it.alias_zh]).collect();
    names.retain(|name| !name.is_empty());
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
