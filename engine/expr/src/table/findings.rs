//! The findings of an analysis as sentences.

use super::Table;
use super::analysis::{Advice, Finding, Report};
use super::domain::Point;
use crate::formula::Words;

impl Finding {
    /// A short stable name, for programs.
    pub fn slug(&self) -> &'static str {
        match self {
            Finding::Gap { .. } => "table-gap",
            Finding::Overlap { .. } => "table-overlap",
            Finding::Shadowed { .. } => "table-shadowed-row",
            Finding::Unreachable { .. } => "table-unreachable-row",
            Finding::Unsorted { .. } => "table-unsorted-tiers",
        }
    }

    /// The rows it speaks of, from zero; none for a gap.
    pub fn rows(&self) -> Vec<usize> {
        match self {
            Finding::Gap { .. } => Vec::new(),
            Finding::Overlap { first, second, .. } => vec![*first, *second],
            Finding::Shadowed { row, .. } | Finding::Unreachable { row, .. } | Finding::Unsorted { row } => {
                vec![*row]
            }
        }
    }

    /// What is wrong and what to do, for people, in one sentence.
    pub fn words(&self, table: &Table) -> Words {
        let (what, cure) = (self.what(table), self.cure(table));
        let (zh, en) = match self {
            Finding::Unreachable { .. } => return what,
            Finding::Shadowed { .. } => ("；", "; "),
            Finding::Gap { .. } | Finding::Overlap { .. } | Finding::Unsorted { .. } => ("：", ": "),
        };
        Words::new(format!("{}{zh}{}", what.zh, cure.zh), format!("{}{en}{}", what.en, cure.en))
    }

    /// What is wrong, for people. Rows count from one, as the eye counts them.
    pub fn what(&self, table: &Table) -> Words {
        match self {
            Finding::Gap { example, .. } => {
                let at = place(table, example);
                Words::new(format!("{at} 不落在任何一行"), format!("{at} falls in no row"))
            }
            Finding::Overlap { first, second, example } => {
                let (at, first, second) = (place(table, example), first + 1, second + 1);
                Words::new(
                    format!("{at} 同时落在第 {first} 行和第 {second} 行"),
                    format!("{at} falls in row {first} and in row {second}"),
                )
            }
            Finding::Shadowed { row, by } => {
                let (row, by) = (row + 1, numbers(by));
                Words::new(
                    format!("第 {row} 行永远轮不到：它要的情形都被第 {by} 行先占了"),
                    format!("row {row} never answers: row {by} takes all it asks for"),
                )
            }
            Finding::Unreachable { row, input } => {
                let question = &table.rows[*row].questions[*input].text;
                let (row, name) = (row + 1, &table.signature.inputs[*input].name);
                Words::new(
                    format!("第 {row} 行不可能符合：`{question}` 在“{name}”允许的范围之外"),
                    format!("row {row} can never match: `{question}` lies outside what `{name}` may be"),
                )
            }
            Finding::Unsorted { row } => {
                let row = row + 1;
                Words::new(format!("第 {row} 行的档位次序乱了"), format!("row {row} is out of order"))
            }
        }
    }

    /// What to do about it, for people.
    pub fn cure(&self, table: &Table) -> Words {
        let (zh, en) = match self {
            Finding::Gap { advice, .. } => {
                let (zh, en) = advised(table, advice);
                return Words::new(zh, en);
            }
            Finding::Overlap { .. } => ("请把其中一行的界限移开", "move the bound of one of them"),
            Finding::Shadowed { .. } => ("请上移、改写或删去", "move it up, rewrite or remove it"),
            Finding::Unreachable { .. } => ("请改写这一格或删去这一行", "rewrite the cell or remove the row"),
            Finding::Unsorted { .. } => {
                ("请从低到高（或从高到低）排列", "let the tiers rise (or fall) from row to row")
            }
        };
        Words::new(zh, en)
    }
}

impl Report {
    /// Why there may be more findings than these; none if everything was looked at.
    pub fn stopped(&self) -> Option<Words> {
        (!self.complete).then(|| {
            let n = self.findings.len();
            Words::new(
                format!("检查没有做完（已列出 {n} 处）：先改正这些，再检查一遍；表太大时请拆成几张"),
                format!("the check was not finished ({n} listed): mend these and check again; divide a table that is too large"),
            )
        })
    }
}

fn numbers(rows: &[usize]) -> String {
    rows.iter().map(|row| (row + 1).to_string()).collect::<Vec<_>>().join(", ")
}

/// `信用评分 = 600, 单户金额 = 0.01`; inputs that no row asks about are left out.
fn place(table: &Table, example: &[Point]) -> String {
    let asked = |input: usize| table.rows.iter().any(|row| row.questions[input].text != "-");
    let parts: Vec<String> = table
        .signature
        .inputs
        .iter()
        .zip(example)
        .enumerate()
        .filter(|(i, _)| asked(*i))
        .map(|(_, (input, point))| format!("{} = {}", input.name, input.domain.show(point)))
        .collect();
    match parts.is_empty() {
        true => "-".to_owned(),
        false => parts.join(", "),
    }
}

fn advised(table: &Table, advice: &[Advice]) -> (String, String) {
    let mut zh = Vec::new();
    let mut en = Vec::new();
    for one in advice {
        match one {
            Advice::Write { row, input, cell } => {
                let (row, name) = (row + 1, &table.signature.inputs[*input].name);
                zh.push(format!("第 {row} 行“{name}”写 `{cell}`"));
                en.push(format!("write `{cell}` for `{name}` in row {row}"));
            }
            Advice::AddRow { cells } => {
                let row = format!("| {} |", cells.join(" | "));
                zh.push(format!("加一行 `{row}`"));
                en.push(format!("add the row `{row}`"));
            }
        }
    }
    (zh.join("，或"), en.join(", or "))
}
