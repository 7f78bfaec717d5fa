//! The text of a table -> rows, or every mistake in it.

use super::domain::Point;
use super::number::unit_factor;
use super::problem::{Kind, Problem};
use super::read_cell::{Column, read_cell, read_value, trimmed};
use super::{Answer, Input, Output, Question, Row, Signature, Table};
use rust_decimal::Decimal;
use std::ops::Range;

/// The most rows of a table.
pub const ROWS_MAX: usize = 512;
/// The most columns of a table.
pub const COLUMNS_MAX: usize = 32;
/// The most bytes of a table's text.
pub const BYTES_MAX: usize = 128 * 1024;

/// One column of the text: what it stands for and what its numbers count.
struct Heading {
    role: Role,
    unit: Decimal,
}

/// What a column is, by its place in the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Input(usize),
    Output(usize),
    /// `# 依据`: words for the reader.
    Note,
    /// A heading that could not be understood; its cells are not read.
    Unknown,
}

type Line = Vec<Range<usize>>;

/// Reads a table written in Markdown. Spans are bytes of `text`.
pub fn read(text: &str, signature: Signature) -> Result<Table, Vec<Problem>> {
    let mut problems = Vec::new();
    let lines = split_lines(text, &mut problems);
    let Some((first, rest)) = lines.split_first() else {
        if problems.is_empty() {
            let zh = "这里没有表格：第一行写列名，用 `|` 隔开";
            problems.push(Problem::new(
                0..text.len(),
                Kind::Shape,
                zh,
                "there is no table: begin with the headings, between `|`",
            ));
        }
        return Err(problems);
    };
    let headings = read_headings(text, first, &signature, &mut problems);
    let rest = match rest.split_first() {
        Some((line, rest)) if line.iter().all(|cell| is_rule(&text[cell.clone()])) => rest,
        _ => rest,
    };
    if rest.is_empty() {
        let zh = "表里没有一行规则";
        problems.push(Problem::new(first[0].clone(), Kind::Shape, zh, "the table has no rows"));
    }
    let rows: Vec<Row> =
        rest.iter().filter_map(|line| read_row(text, line, &headings, &signature, &mut problems)).collect();
    if problems.is_empty() { Ok(Table { signature, rows }) } else { Err(problems) }
}

/// Whether a cell belongs to the line under the headings, `---` or `:--:`.
fn is_rule(cell: &str) -> bool {
    cell.contains("--") && cell.chars().all(|c| matches!(c, '-' | ':'))
}

/// The lines of the table as spans of trimmed cells.
fn split_lines(text: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    if text.len() > BYTES_MAX {
        let zh = format!("表格超过 {BYTES_MAX} 字节");
        problems.push(Problem::new(
            0..0,
            Kind::TooMany,
            zh,
            format!("a table has at most {BYTES_MAX} bytes"),
        ));
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let span = trimmed(text, from..from + line.len());
        from += line.len();
        if span.is_empty() {
            continue;
        }
        if lines.len() > ROWS_MAX + 1 {
            let zh = format!("一张表最多 {ROWS_MAX} 行");
            problems.push(Problem::new(
                span,
                Kind::TooMany,
                zh,
                format!("a table has at most {ROWS_MAX} rows"),
            ));
            break;
        }
        match split_cells(text, span.clone()) {
            Some(cells) if cells.len() <= COLUMNS_MAX => lines.push(cells),
            Some(_) => {
                let zh = format!("一张表最多 {COLUMNS_MAX} 列");
                problems.push(Problem::new(
                    span,
                    Kind::TooMany,
                    zh,
                    format!("a table has at most {COLUMNS_MAX} columns"),
                ));
            }
            None => {
                let zh = "表格的每一行以 `|` 开头、以 `|` 结尾，引号要成对";
                problems.push(Problem::new(
                    span,
                    Kind::Shape,
                    zh,
                    "every line of a table begins and ends with `|`, and its quotation marks are closed",
                ));
            }
        }
    }
    lines
}

/// The cells between the bars of one line; a bar inside quotation marks is text.
fn split_cells(text: &str, span: Range<usize>) -> Option<Line> {
    let line = &text[span.clone()];
    if line.len() < 2 || !line.starts_with('|') || !line.ends_with('|') {
        return None;
    }
    let mut cells = Vec::new();
    let (mut from, mut quoted) = (1, false);
    for (i, c) in line.char_indices().skip(1) {
        match c {
            '"' => quoted = !quoted,
            '|' if !quoted => {
                cells.push(trimmed(text, span.start + from..span.start + i));
                from = i + 1;
            }
            _ => {}
        }
    }
    // A quotation mark that is not closed swallows the bars behind it.
    (!quoted && !cells.is_empty()).then_some(cells)
}

fn read_headings(
    text: &str,
    line: &Line,
    signature: &Signature,
    problems: &mut Vec<Problem>,
) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    for span in line {
        let heading = read_heading(text, span, signature, problems);
        let twice = matches!(heading.role, Role::Input(_) | Role::Output(_))
            && headings.iter().any(|earlier| earlier.role == heading.role);
        if twice {
            let zh = format!("列“{}”出现了两次", &text[span.clone()]);
            let en = format!("the column `{}` stands here twice", &text[span.clone()]);
            problems.push(Problem::new(span.clone(), Kind::Heading, zh, en));
        }
        headings.push(heading);
    }
    let whole = line.first().map_or(0, |s| s.start)..line.last().map_or(0, |s| s.end);
    let mut missing = |role: Role, name: &str, mark: &str| {
        if !headings.iter().any(|heading| heading.role == role) {
            let zh = format!("缺少列“{name}”：请加上 `{mark}{name}`");
            let en = format!("the column `{mark}{name}` is missing");
            problems.push(Problem::new(whole.clone(), Kind::Heading, zh, en));
        }
    };
    for (i, input) in signature.inputs.iter().enumerate() {
        missing(Role::Input(i), &input.name, "");
    }
    for (i, output) in signature.outputs.iter().enumerate() {
        missing(Role::Output(i), &output.name, "= ");
    }
    headings
}

/// `信用评分`, `单户金额（万元）`, `= 奖励比例`, `# 依据`.
fn read_heading(
    text: &str,
    span: &Range<usize>,
    signature: &Signature,
    problems: &mut Vec<Problem>,
) -> Heading {
    let whole = &text[span.clone()];
    if whole.starts_with('#') {
        return Heading { role: Role::Note, unit: Decimal::ONE };
    }
    let (name, output) = match whole.strip_prefix('=') {
        Some(rest) => (rest.trim_start(), true),
        None => (whole, false),
    };
    let (inputs, outputs) = (&signature.inputs, &signature.outputs);
    let find = |name: &str| match output {
        true => outputs.iter().position(|o| o.name == name).map(Role::Output),
        false => inputs.iter().position(|i| i.name == name).map(Role::Input),
    };
    if let Some(role) = find(name) {
        return Heading { role, unit: Decimal::ONE };
    }
    let (bare, unit) = split_unit(name);
    let role = find(bare).unwrap_or(Role::Unknown);
    let factor = unit_factor(unit);
    if role == Role::Unknown {
        problems.push(unknown_heading(span.clone(), bare, output, signature));
    } else if factor.is_none() {
        let zh = format!("列名里的单位“{unit}”不认识；可用：元、万元、亿元、%、‰、户、家、分等");
        let en = format!("the unit `{unit}` in the heading is not known");
        problems.push(Problem::new(span.clone(), Kind::Unit, zh, en));
    }
    Heading { role, unit: factor.unwrap_or(Decimal::ONE) }
}

/// `单户金额（万元）` -> the name and the unit.
fn split_unit(name: &str) -> (&str, &str) {
    let split = |open: char, close: char| {
        let (bare, rest) = name.split_once(open)?;
        Some((bare.trim_end(), rest.strip_suffix(close)?.trim()))
    };
    split('（', '）').or_else(|| split('(', ')')).unwrap_or((name, ""))
}

fn unknown_heading(span: Range<usize>, name: &str, output: bool, signature: &Signature) -> Problem {
    let names: Vec<&str> = match output {
        true => signature.outputs.iter().map(|o| o.name.as_str()).collect(),
        false => signature.inputs.iter().map(|i| i.name.as_str()).collect(),
    };
    let other_side = match output {
        true => signature.inputs.iter().any(|i| i.name == name),
        false => signature.outputs.iter().any(|o| o.name == name),
    };
    if other_side && !output {
        let zh = format!("“{name}”是输出列：请写 `= {name}`");
        let en = format!("`{name}` is an output: write `= {name}`");
        return Problem::new(span, Kind::Heading, zh, en).with_fix(format!("= {name}"));
    }
    let zh = format!("没有声明过“{name}”；声明过的有：{}", names.join("、"));
    let en = format!("`{name}` is not declared; declared are: {}", names.join(", "));
    Problem::new(span, Kind::Heading, zh, en)
}

fn read_row(
    text: &str,
    line: &Line,
    headings: &[Heading],
    signature: &Signature,
    problems: &mut Vec<Problem>,
) -> Option<Row> {
    let whole = line.first()?.start..line.last()?.end;
    if line.len() != headings.len() {
        let zh = format!("这一行有 {} 格，列名有 {} 个", line.len(), headings.len());
        let en = format!("this row has {} cells, the heading has {}", line.len(), headings.len());
        problems.push(Problem::new(whole, Kind::CellCount, zh, en));
        return None;
    }
    let mut questions: Vec<Option<Question>> = vec![None; signature.inputs.len()];
    let mut answers: Vec<Option<Answer>> = vec![None; signature.outputs.len()];
    let mut note = None;
    for (span, heading) in line.iter().zip(headings) {
        match heading.role {
            Role::Input(i) => match read_question(text, span, heading.unit, &signature.inputs[i]) {
                Ok(question) => questions[i] = Some(question),
                Err(problem) => problems.push(problem),
            },
            Role::Output(i) => match read_answer(text, span, heading.unit, &signature.outputs[i]) {
                Ok(answer) => answers[i] = Some(answer),
                Err(problem) => problems.push(problem),
            },
            Role::Note => note = Some(text[span.clone()].to_owned()),
            Role::Unknown => {}
        }
    }
    // A cell that could not be read has left its problem, and the table will not be made.
    let questions = questions.into_iter().collect::<Option<Vec<_>>>()?;
    let answers = answers.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Row { questions, answers, note, span: whole })
}

fn read_question(text: &str, span: &Range<usize>, unit: Decimal, input: &Input) -> Result<Question, Problem> {
    let column = Column { domain: &input.domain, unit, optional: input.optional };
    let cell = read_cell(&text[span.clone()], span.start, column)?;
    Ok(Question { cell, text: text[span.clone()].to_owned(), span: span.clone() })
}

/// A literal of the output's kind, or the text of a formula for the caller to compile.
fn read_answer(text: &str, span: &Range<usize>, unit: Decimal, output: &Output) -> Result<Answer, Problem> {
    let words = &text[span.clone()];
    if words.is_empty() || words == "-" {
        let zh = "结果格是空的：每一行都要给出结果";
        return Err(Problem::new(span.clone(), Kind::Empty, zh, "the result is empty: every row gives one"));
    }
    let column = Column { domain: &output.domain, unit, optional: true };
    let literal = match read_value(words, span.start, column) {
        Ok(point) => Some(point),
        Err(problem) if output.literal || certain(problem.kind) => return Err(problem),
        Err(_) => None,
    };
    if let Some(point) = &literal {
        let inside = *point == Point::Missing || output.domain.contains(point);
        if !inside {
            let zh = format!("结果 `{words}` 不在“{}”允许的范围内", output.name);
            let en = format!("the result `{words}` is outside what `{}` may be", output.name);
            return Err(Problem::new(span.clone(), Kind::OutOfRange, zh, en));
        }
    }
    Ok(Answer { literal, text: words.to_owned(), span: span.clone() })
}

/// Mistakes that a formula could not be meant by.
fn certain(kind: Kind) -> bool {
    matches!(kind, Kind::OutOfRange | Kind::Unit)
}
