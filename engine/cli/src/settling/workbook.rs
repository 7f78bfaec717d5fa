//! `result.xlsx`: lines, exceptions, unresolved records, and a sheet that says what the figures mean.

use std::path::Path;

use language::words;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use settle::write::Told;

use crate::exit::{Exit, Failure};

/// Rows of a sheet: what the format can hold, without its heading.
const ROWS_MAX: usize = 1_000_000;

/// Writes the workbook. The same run gives the same bytes: no time of writing is in it.
pub fn write(told: &Told<'_>, path: &Path) -> Result<(), Failure> {
    let failed = |error: XlsxError| {
        let shown = path.display();
        Failure::new(Exit::Unreachable, words!("写不了 {shown}：{error}", "cannot write {shown}: {error}"))
    };
    let mut book = Workbook::new();
    let written =
        ExcelDateTime::from_ymd(u16::try_from(told.year).unwrap_or(2000), 12, 31).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&written));
    sheet(&mut book, "结算行 Lines", &told.lines_csv()).map_err(failed)?;
    sheet(&mut book, "例外 Exceptions", &told.exceptions_csv()).map_err(failed)?;
    sheet(&mut book, "核对 Unresolved", &told.unresolved_csv()).map_err(failed)?;
    definitions(&mut book, told).map_err(failed)?;
    book.save(path).map_err(failed)
}

/// A sheet out of a table. Everything is text: amounts keep every digit.
fn sheet(book: &mut Workbook, name: &str, table: &str) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    let bold = Format::new().set_bold();
    let mut reader = csv_rows(table);
    let head = reader.next().unwrap_or_default();
    for (column, text) in (0..).zip(&head) {
        sheet.write_with_format(0, column, text.as_str(), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, cells) in (1..).zip(reader.take(ROWS_MAX)) {
        for (column, text) in (0..).zip(&cells) {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}

/// The rows of a table as the settlement writes it.
fn csv_rows(table: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    table.lines().map(|line| {
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                c => cell.push(c),
            }
        }
        cells.push(cell);
        cells
    })
}

/// 口径: what the figures rest on.
fn definitions(book: &mut Workbook, told: &Told<'_>) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name("口径 Definitions")?;
    let mut row = 0;
    let mut say = |sheet: &mut Worksheet, cells: &[&str]| -> Result<(), XlsxError> {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, *text)?;
        }
        row += 1;
        Ok(())
    };
    let year = told.year;
    say(sheet, &["结算年度 Year", &format!("{year}-01-01 — {year}-12-31")])?;
    say(sheet, &["数据截止 Data as of", &format!("{year}-12-31 24:00 +08:00")])?;
    say(sheet, &["规则版本 Rules", &format!("{} v{}", told.book.name, told.book.version), &told.book.hash])?;
    say(sheet, &["规则与数据指纹 Rules and data", &told.inputs_hash()])?;
    say(
        sheet,
        &[
            "舍入 Rounding",
            "中间结果不舍入，每个结算行舍入一次，到分 Once a line, to the fen; nothing in between",
        ],
    )?;
    say(sheet, &["金额单位 Unit", "元 yuan"])?;
    say(sheet, &["存款 Deposits", "存款是存放，不计入拨付 Placed, never added to payments"])?;
    say(
        sheet,
        &[
            "影响 Effect",
            "例外的影响是这一行单独计入时最多带来的金额 What the row alone would bring, at most",
        ],
    )?;
    for (set, hash) in &told.data.files {
        say(sheet, &["数据文件 File", &format!("{set}.csv"), hash])?;
    }
    say(sheet, &[""])?;
    say(sheet, &["参数 Parameter", "值 Value", "说明 Meaning", "依据 Basis", "出处 Origin", "位置 Place"])?;
    let day = language::rules::last_day(year);
    for rule in &told.book.rules {
        for (parameter, place) in rule.parameters.iter().zip(&rule.places) {
            let dated =
                parameter.values.iter().rev().find(|dated| dated.from <= day).or(parameter.values.first());
            let basis = dated.and_then(|dated| dated.basis.as_deref()).unwrap_or_default();
            let origin = format!("{:?}", parameter.origin).to_lowercase();
            let name = format!("{}.{}", rule.name, parameter.name);
            say(sheet, &[&name, &parameter.on(day).plain(), &parameter.title.zh, basis, &origin, place])?;
        }
    }
    Ok(())
}
