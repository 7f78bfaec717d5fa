//! The text of a cell -> its question.
//!
//! A cell is `-`, or tests separated by commas, or `not(...)` round them. A test is a comparison (`< 600`),
//! a range (`[600..700)`), or a value (`600`, `"制造业"`, `true`, `null`).

use super::cell::{Cell, Test};
use super::domain::{Domain, End, Interval, Point};
use super::number::{NotANumber, number};
use super::problem::{Kind, Problem};
use rust_decimal::Decimal;
use std::ops::Range;

/// The most tests in one cell.
pub const TESTS_MAX: usize = 64;

/// What a cell is read against.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// What the input can be.
    pub domain: &'a Domain,
    /// What a number without a unit counts, from the heading.
    pub unit: Decimal,
    /// Whether the value may be missing.
    pub optional: bool,
}

/// Words of comparison with what they usually mean, longer ones first. Civil Code 1259 says what 以上, 以下,
/// 以内, 不满, 超过 and 以外 mean, and the size standard of enterprises uses 以下 otherwise: so they are refused.
const COMPARING: &[(&str, &str)] = &[
    ("及以上", ">="),
    ("及以下", "<="),
    ("不超过", "<="),
    ("不低于", ">="),
    ("不少于", ">="),
    ("不高于", "<="),
    ("以上", ">="),
    ("以下", "<="),
    ("以内", "<="),
    ("以外", ">"),
    ("超过", ">"),
    ("高于", ">"),
    ("大于", ">"),
    ("多于", ">"),
    ("低于", "<"),
    ("小于", "<"),
    ("少于", "<"),
    ("不满", "<"),
    ("不足", "<"),
    ("至多", "<="),
    ("至少", ">="),
];

/// Full-width signs and their ASCII twins.
const FULL_WIDTH: &[(char, &str)] = &[
    ('＜', "<"),
    ('＞', ">"),
    ('≤', "<="),
    ('≥', ">="),
    ('≦', "<="),
    ('≧', ">="),
    ('＝', "="),
    ('，', ","),
    ('、', ","),
    ('（', "("),
    ('）', ")"),
    ('［', "["),
    ('］', "]"),
    ('“', "\""),
    ('”', "\""),
    ('—', "-"),
    ('－', "-"),
    ('…', ".."),
];

/// Reads a cell. `at` is where `text` begins in the whole.
pub fn read_cell(text: &str, at: usize, column: Column<'_>) -> Result<Cell, Problem> {
    let whole = at..at + text.len();
    if text.is_empty() {
        let problem = Problem::new(
            whole,
            Kind::Empty,
            "单元格是空的：任何值都可以时写 `-`",
            "the cell is empty: write `-` for any value",
        );
        return Err(problem);
    }
    if text == "-" {
        return Ok(Cell::Any);
    }
    refuse_full_width(text, at)?;
    refuse_words(text, at, column)?;
    let inner = text.strip_prefix("not").map(str::trim_start).and_then(|rest| rest.strip_prefix('('));
    match inner {
        None => Ok(Cell::AnyOf(read_tests(text, at, column)?)),
        Some(inner) => {
            let Some(tests) = inner.strip_suffix(')') else {
                let zh = "`not(` 没有以 `)` 结尾";
                return Err(Problem::new(whole, Kind::Syntax, zh, "`not(` is not closed by `)`"));
            };
            Ok(Cell::NoneOf(read_tests(tests, at + text.len() - inner.len(), column)?))
        }
    }
}

/// The stretches of `text` outside quotation marks.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('"').enumerate().filter_map(move |(i, part)| {
        let from = at;
        at += part.len() + 1;
        (i % 2 == 0).then_some((from, part))
    })
}

fn refuse_full_width(text: &str, at: usize) -> Result<(), Problem> {
    for (from, part) in unquoted(text) {
        for (i, c) in part.char_indices() {
            let Some((_, ascii)) = FULL_WIDTH.iter().find(|(wide, _)| *wide == c) else { continue };
            let from = at + from + i;
            let zh = format!("`{c}` 是全角符号：请写 `{ascii}`");
            let en = format!("`{c}` is a full-width sign: write `{ascii}`");
            return Err(Problem::new(from..from + c.len_utf8(), Kind::FullWidth, zh, en).with_fix(*ascii));
        }
    }
    Ok(())
}

fn refuse_words(text: &str, at: usize, column: Column<'_>) -> Result<(), Problem> {
    if column.domain.order().is_none() {
        return Ok(());
    }
    for (from, part) in unquoted(text) {
        let Some((word, usual)) = COMPARING.iter().find(|(word, _)| part.contains(word)) else { continue };
        let rest: String = part.replace(word, "").trim().to_owned();
        let start = at + from + part.find(word).unwrap_or(0);
        let strict = usual.trim_end_matches('=');
        let other = if *usual == strict { format!("{strict}=") } else { strict.to_owned() };
        let zh = format!(
            "“{word}”是否含本数不统一（民法典第1259条与行业标准的用法不同）：请用运算符，写 `{usual} {rest}` 或 `{other} {rest}`"
        );
        let en = format!(
            "“{word}” does not say for certain whether the number itself is included: write an operator, \
             `{usual} {rest}` or `{other} {rest}`"
        );
        return Err(Problem::new(start..start + word.len(), Kind::WordForOperator, zh, en));
    }
    Ok(())
}

fn read_tests(text: &str, at: usize, column: Column<'_>) -> Result<Vec<Test>, Problem> {
    let parts = split_at_commas(text);
    if parts.len() > TESTS_MAX {
        let zh = format!("一个单元格最多 {TESTS_MAX} 项，这里有 {} 项", parts.len());
        let en = format!("a cell has at most {TESTS_MAX} tests, this one has {}", parts.len());
        return Err(Problem::new(at..at + text.len(), Kind::TooMany, zh, en));
    }
    refuse_separators(text, at)?;
    parts.into_iter().map(|part| read_test(&text[part.clone()], at + part.start, column)).collect()
}

/// `1,000` reads as two values, and was hardly meant so. A list of values has a space behind its commas.
fn refuse_separators(text: &str, at: usize) -> Result<(), Problem> {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let thousands = |comma: usize| {
        comma > 0
            && digit(bytes.get(comma - 1))
            && (1..=3).all(|i| digit(bytes.get(comma + i)))
            && !digit(bytes.get(comma + 4))
    };
    let mut commas = text.match_indices(',').map(|(i, _)| i);
    if !commas.any(thousands) {
        return Ok(());
    }
    let zh = "数字里不要写千位逗号；若是多个值，逗号后请加空格";
    let en = "write numbers without commas between thousands; if these are several values, put a space behind the comma";
    Err(Problem::new(at..at + text.len(), Kind::Syntax, zh, en))
}

/// The stretches between commas that stand outside quotation marks, trimmed.
fn split_at_commas(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(trimmed(text, from..i));
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(trimmed(text, from..text.len()));
    parts
}

/// The same stretch of `text` without white space round it.
pub fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    let start = span.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

fn read_test(text: &str, at: usize, column: Column<'_>) -> Result<Test, Problem> {
    if let Some(range) = read_range(text, at, column)? {
        return Ok(Test::In(range));
    }
    for operator in ["<=", ">=", "!=", "<", ">", "="] {
        if let Some(rest) = text.strip_prefix(operator) {
            let value = rest.trim_start();
            return compare(operator, value, at + text.len() - value.len(), column);
        }
    }
    Ok(Test::Is(read_value(text, at, column)?))
}

fn compare(operator: &str, text: &str, at: usize, column: Column<'_>) -> Result<Test, Problem> {
    let value = read_value(text, at, column)?;
    if operator == "=" {
        return Ok(Test::Is(value));
    }
    let span = at..at + text.len();
    let Some(ordinal) = value.ordinal().filter(|_| operator != "!=") else {
        let zh = format!("`{operator}` 不能用在这里：排除某个值请写 `not({text})`");
        let en = format!("`{operator}` cannot be used here: to leave out a value write `not({text})`");
        return Err(Problem::new(span, Kind::Syntax, zh, en));
    };
    let end = Some(End { at: ordinal, included: operator.ends_with('=') });
    Ok(Test::In(match operator.starts_with('<') {
        true => Interval { low: None, high: end },
        false => Interval { low: end, high: None },
    }))
}

/// `[600..700)`; also `]600..700[`, as the standard writes open ends.
fn read_range(text: &str, at: usize, column: Column<'_>) -> Result<Option<Interval>, Problem> {
    let (Some(open), Some(close)) = (text.chars().next(), text.chars().last()) else { return Ok(None) };
    let (Some(low_included), Some(high_included)) = (opens(open), closes(close)) else { return Ok(None) };
    // Brackets are one byte each; one bracket alone is no range.
    let Some((low, high)) = text.get(1..text.len() - 1).and_then(|inner| inner.split_once("..")) else {
        return Ok(None);
    };
    let end = |part: &str, from: usize, included: bool| {
        let span = trimmed(text, from..from + part.len());
        let value = read_value(&text[span.clone()], at + span.start, column)?;
        let ordinal = value.ordinal().ok_or_else(|| {
            let zh = "区间两端须是数字或日期";
            Problem::new(
                at + span.start..at + span.end,
                Kind::WrongKind,
                zh,
                "a range runs between numbers or dates",
            )
        })?;
        Ok(Some(End { at: ordinal, included }))
    };
    let low = end(low, 1, low_included)?;
    let high = end(high, text.len() - 1 - high.len(), high_included)?;
    let range = Interval { low, high };
    if range.is_empty() {
        let zh = format!("区间 `{text}` 里没有任何值");
        let en = format!("the range `{text}` holds nothing");
        return Err(Problem::new(at..at + text.len(), Kind::EmptyRange, zh, en));
    }
    Ok(Some(range))
}

fn opens(c: char) -> Option<bool> {
    match c {
        '[' => Some(true),
        '(' | ']' => Some(false),
        _ => None,
    }
}

fn closes(c: char) -> Option<bool> {
    match c {
        ']' => Some(true),
        ')' | '[' => Some(false),
        _ => None,
    }
}

/// Reads one value of the column's kind.
pub fn read_value(text: &str, at: usize, column: Column<'_>) -> Result<Point, Problem> {
    let span = at..at + text.len();
    if text == "null" && column.optional {
        return Ok(Point::Missing);
    }
    match column.domain {
        Domain::Number { .. } => {
            number(text, column.unit).map(Point::Number).map_err(|why| not_a_number(span, text, why))
        }
        Domain::Date { .. } => text
            .parse()
            .map(Point::Date)
            .map_err(|_| wrong_kind(span, text, "日期，如 `2026-01-01`", "a date such as `2026-01-01`")),
        Domain::Bool => match text {
            "true" | "是" => Ok(Point::Bool(true)),
            "false" | "否" => Ok(Point::Bool(false)),
            _ => Err(wrong_kind(span, text, "`true` 或 `false`", "`true` or `false`")),
        },
        Domain::Text => quoted(text).map(|name| Point::Text(name.to_owned())).ok_or_else(|| {
            wrong_kind(span, text, "加引号的文字，如 `\"制造业\"`", "a text in quotation marks")
        }),
        Domain::Choice(of) => {
            let name = quoted(text).unwrap_or(text);
            let known = of.iter().any(|choice| choice == name);
            known.then(|| Point::Text(name.to_owned())).ok_or_else(|| unknown_choice(span, name, of))
        }
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains('"'))
}

fn wrong_kind(span: Range<usize>, text: &str, zh: &str, en: &str) -> Problem {
    Problem::new(span, Kind::WrongKind, format!("`{text}` 不是{zh}"), format!("`{text}` is not {en}"))
}

fn unknown_choice(span: Range<usize>, name: &str, of: &[String]) -> Problem {
    let zh = format!("没有选项“{name}”；可选：{}", of.join("、"));
    let en = format!("`{name}` is not among the choices: {}", of.join(", "));
    Problem::new(span, Kind::UnknownChoice, zh, en)
}

fn not_a_number(span: Range<usize>, text: &str, why: NotANumber) -> Problem {
    match why {
        NotANumber::Other => {
            wrong_kind(span, text, "数字，如 `600`、`1000万`、`3%`", "a number such as `600`, `1000万`, `3%`")
        }
        NotANumber::UnknownUnit => Problem::new(
            span,
            Kind::Unit,
            format!("`{text}` 的单位不认识；可用：万、亿、元、%、‰、户、家、分等"),
            format!("the unit of `{text}` is not known; known are 万, 亿, 元, %, ‰, 户, 家, 分 and others"),
        ),
        NotANumber::OutOfRange => Problem::new(
            span,
            Kind::OutOfRange,
            format!("`{text}` 超出范围：绝对值不超过 10^18，小数不超过 9 位"),
            format!("`{text}` is out of range: at most 10^18 and nine decimal places"),
        ),
        NotANumber::Separators => Problem::new(
            span,
            Kind::Syntax,
            "数字里不要写千位逗号",
            "write numbers without commas between thousands",
        ),
    }
}
