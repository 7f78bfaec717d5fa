//! Cells: each as a value of its column, or what is wrong with it.

use expr::value::{Type, Value};
use jiff::civil::Date;
use language::codes::{self, Code};
use language::rules::{Cell, Column, InputSet, List};
use language::words;
use language::words::Words;
use rust_decimal::Decimal;

use super::{Finding, Reading};

/// What is wrong with a cell.
type Wrong = (Code, Words, Words);

impl Reading {
    /// The values of a row; what cannot be read is missing and reported.
    pub(super) fn row(
        &mut self,
        here: &List,
        set: &InputSet,
        file: &str,
        line: u32,
        record: &csv::StringRecord,
        places: &[Option<usize>],
    ) -> Vec<Value> {
        let mut row = Vec::with_capacity(here.columns.len());
        for ((column, cell), place) in here.columns.iter().zip(&set.cells).zip(places) {
            // A column that is not there has been told once.
            let Some(place) = *place else {
                row.push(Value::Null);
                continue;
            };
            let value = match self.cell(column, cell, record[place].trim()) {
                Ok(value) => value,
                Err((code, words, cure)) => {
                    let column = Some(column.name.to_string());
                    self.say(Finding { code, file: file.to_owned(), line: Some(line), column, words, cure });
                    Value::Null
                }
            };
            row.push(value);
        }
        row
    }

    fn cell(&self, column: &Column, cell: &Cell, text: &str) -> Result<Value, Wrong> {
        if text.is_empty() {
            let name = &column.name;
            return match cell.optional {
                true => Ok(Value::Null),
                false => Err((
                    codes::DATA_EMPTY,
                    words!("`{name}` 空着", "`{name}` is empty"),
                    words!("这一列必须填", "this column has to be filled in"),
                )),
            };
        }
        let value = read(text, column.ty.known(), cell)?;
        self.judge(column, cell, text, &value)?;
        Ok(value)
    }

    /// What a value has to keep besides its type.
    fn judge(&self, column: &Column, cell: &Cell, text: &str, value: &Value) -> Result<(), Wrong> {
        let name = &column.name;
        if let (Some(least), Some(amount)) = (cell.plausible_from, value.as_number())
            && amount > Decimal::ZERO
            && amount < least
        {
            let yuan = amount.checked_mul(Decimal::from(10_000)).unwrap_or(amount).normalize();
            return Err((
                codes::DATA_UNIT,
                words!(
                    "`{name}` 只有 {text} 元，多半是按万元填的",
                    "`{name}` is {text} yuan: most likely it is in 万元"
                ),
                words!(
                    "金额一律用元：如果是万元，写 {yuan}.00",
                    "amounts are in yuan: if it is 万元, write {yuan}.00"
                ),
            ));
        }
        if let Some(range) = &cell.range
            && matches!(range.matches(value, &expr::formula::NoInputs), Ok(false))
        {
            let bounds = range.text();
            return Err((
                codes::DATA_RANGE,
                words!("`{name}` 的 {text} 超出范围 {bounds}", "{text} in `{name}` is outside {bounds}"),
                words!("改成范围内的值", "write a value within it"),
            ));
        }
        if let (true, Some(date)) = (cell.in_year, value.as_date())
            && date.year() != self.year
        {
            let year = self.year;
            return Err((
                codes::DATA_OUTSIDE_YEAR,
                words!("`{name}` 的 {text} 不在 {year} 年度内", "{text} in `{name}` is not in {year}"),
                words!(
                    "不属于这个年度的记录要去掉，或改正日期",
                    "take records of other years out, or correct the date"
                ),
            ));
        }
        if let Some(place) = cell.among
            && self.known.get(&place).is_some_and(|known| !known.contains(text))
        {
            return Err((
                codes::DATA_FOREIGN,
                words!(
                    "`{name}` 的 `{text}` 不在机构名册里",
                    "`{text}` in `{name}` is not among the institutions"
                ),
                words!(
                    "用名册里的机构编号，或先在 institutions.csv 里加上",
                    "use the id of the list, or add it to institutions.csv first"
                ),
            ));
        }
        Ok(())
    }
}

fn unreadable(what: Words, cure: Words) -> Wrong {
    (codes::DATA_CELL, what, cure)
}

fn read(text: &str, ty: &Type, cell: &Cell) -> Result<Value, Wrong> {
    let not = |zh: &str, en: &str, cure: Words| {
        unreadable(words!("`{text}` 不是{zh}", "`{text}` is no {en}"), cure)
    };
    match ty {
        Type::Text if cell.uscc => {
            let verdict = expr::uscc::check(text);
            if verdict.accepted().is_some() {
                return Ok(Value::text(text));
            }
            let (zh, en) = (verdict.text(expr::lang::Lang::Zh), verdict.text(expr::lang::Lang::En));
            Err((
                codes::DATA_USCC,
                words!("`{text}` 不是有效的统一社会信用代码：{zh}", "`{text}` is no valid credit code: {en}"),
                words!("核对营业执照上的 18 位代码", "compare the 18 characters on the licence"),
            ))
        }
        Type::Text => Ok(Value::text(text)),
        Type::Choice(of) => match of.iter().find(|word| ***word == *text) {
            Some(word) => Ok(Value::Text(word.clone())),
            None => {
                let all = of.iter().map(|word| &**word).collect::<Vec<_>>().join(", ");
                Err(not("可选的值", "choice of the column", words!("可用：{all}", "one of: {all}")))
            }
        },
        Type::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(not("是否", "truth", words!("写 true 或 false", "write true or false"))),
        },
        Type::Date => match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => Ok(Value::Date(date)),
            _ => Err(not("日期", "date", words!("写成 2019-06-30", "write it as 2019-06-30"))),
        },
        _ => number(text, ty),
    }
}

fn number(text: &str, ty: &Type) -> Result<Value, Wrong> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let found = if plain { Decimal::from_str_exact(text).ok() } else { None };
    let Some(number) = found.filter(|number| number.abs() < Decimal::from(1_000_000_000_000_000_i64)) else {
        return Err(unreadable(
            words!("`{text}` 不是数字", "`{text}` is no number"),
            words!(
                "只写数字和小数点：不加单位、千位分隔符和百分号，如 1234567.00",
                "digits and a point alone: no unit, no separators, no percent sign, 1234567.00"
            ),
        ));
    };
    let decimals = if *ty == Type::Money {
        2
    } else if *ty == Type::Integer {
        0
    } else {
        12
    };
    if number.normalize().scale() > decimals {
        return Err(unreadable(
            words!("`{text}` 的小数位太多", "`{text}` has too many decimals"),
            words!("最多 {decimals} 位小数", "at most {decimals} decimals"),
        ));
    }
    Ok(Value::Number(number))
}
