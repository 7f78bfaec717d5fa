//! Reading the short written form: `5工作日`, `30 days, roll`, `72小时`, `1个月，顺延，至17:30`.

use super::{CountFrom, Period, Roll, Shift, Unit};
use crate::lang::Lang;
use jiff::civil::Time;
use std::fmt;
use std::str::FromStr;

/// The longest text that is read, in characters.
const MAX_TEXT: usize = 200;

/// Why a text is not a period: what was written, and what is accepted instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// Nothing was written.
    Empty,
    /// The text is longer than 200 characters.
    TooLong,
    /// The text does not begin with a whole number.
    NoNumber(String),
    /// A number alone: nobody knows of what.
    NoUnit(String),
    /// The unit is not one of ours.
    UnknownUnit(String),
    /// An ISO 8601 duration, which cannot say whether days are working days.
    Iso(String),
    /// More than a hundred years.
    TooMany {
        /// What was written.
        n: String,
        /// The unit.
        unit: Unit,
    },
    /// A word after the comma that is not one of ours.
    UnknownWord(String),
    /// The same thing is said twice.
    Twice(String),
    /// The close of the day is not a time of day.
    BadCutoff(String),
    /// A word that makes no sense with exact hours.
    NotWithHours(String),
}

impl PeriodError {
    /// A stable code for this finding.
    pub fn code(&self) -> &'static str {
        match self {
            PeriodError::Empty => "period_empty",
            PeriodError::TooLong => "period_too_long",
            PeriodError::NoNumber(_) => "period_no_number",
            PeriodError::NoUnit(_) => "period_no_unit",
            PeriodError::UnknownUnit(_) => "period_unit",
            PeriodError::Iso(_) => "period_iso",
            PeriodError::TooMany { .. } => "period_too_many",
            PeriodError::UnknownWord(_) => "period_word",
            PeriodError::Twice(_) => "period_twice",
            PeriodError::BadCutoff(_) => "period_cutoff",
            PeriodError::NotWithHours(_) => "period_hours",
        }
    }

    /// What is wrong and what is accepted, as a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn english(&self) -> String {
        match self {
            PeriodError::Empty => "a period is missing: write for example `5 working days`".into(),
            PeriodError::TooLong => format!("a period has at most {MAX_TEXT} characters"),
            PeriodError::NoNumber(text) => {
                format!("`{text}` does not begin with a whole number: write for example `5 working days`")
            }
            PeriodError::NoUnit(n) => {
                format!(
                    "a period needs its unit: `{n} working days`, `{n} days`, `{n} hours` or `{n} months`"
                )
            }
            PeriodError::UnknownUnit(unit) => {
                format!("`{unit}` is not a unit: use working days, days, hours or months")
            }
            PeriodError::Iso(text) => format!(
                "`{text}` does not say which days are meant: write `5 working days`, `5 days` or `72 hours`"
            ),
            PeriodError::TooMany { n, unit } => {
                format!("`{n}` is too many: at most {} {}", unit.most(), unit.noun(2))
            }
            PeriodError::UnknownWord(word) => {
                format!("`{word}` is not understood: use `roll`, `from same day`, `until 17:30` or `shift`")
            }
            PeriodError::Twice(word) => format!("`{word}` says a second time what was said before: keep one"),
            PeriodError::BadCutoff(text) => {
                format!("`{text}` is not a time of day: write `until 17:30`, at most 24:00")
            }
            PeriodError::NotWithHours(word) => {
                format!("`{word}` means nothing for exact hours: leave it out, or count days")
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            PeriodError::Empty => "缺少期限：例如写“5工作日”".into(),
            PeriodError::TooLong => format!("期限最多{MAX_TEXT}个字符"),
            PeriodError::NoNumber(text) => format!("“{text}”没有以整数开头：例如写“5工作日”"),
            PeriodError::NoUnit(n) => {
                format!("期限要写明单位：“{n}工作日”“{n}天”“{n}小时”或“{n}个月”")
            }
            PeriodError::UnknownUnit(unit) => {
                format!("“{unit}”不是可用的单位：可写工作日、天、小时、个月")
            }
            PeriodError::Iso(text) => {
                format!("“{text}”没有说明是工作日还是自然日：请写“5工作日”“5天”或“72小时”")
            }
            PeriodError::TooMany { n, unit } => {
                format!("“{n}”太大：最多{}{}", unit.most(), unit.measure())
            }
            PeriodError::UnknownWord(word) => {
                format!("看不懂“{word}”：可写“顺延”“当日起算”“至17:30”“次工作日收件”")
            }
            PeriodError::Twice(word) => format!("“{word}”与前面重复：保留一处即可"),
            PeriodError::BadCutoff(text) => format!("“{text}”不是时刻：请写“至17:30”，最晚24:00"),
            PeriodError::NotWithHours(word) => format!("按小时计算时“{word}”没有意义：请删去，或改按天计算"),
        }
    }
}

impl fmt::Display for PeriodError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.english())
    }
}

impl std::error::Error for PeriodError {}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(written: &str) -> Result<Period, PeriodError> {
        if written.chars().count() > MAX_TEXT {
            return Err(PeriodError::TooLong);
        }
        let text = narrow(written);
        let mut clauses = text.split(',').map(str::trim);
        let head = clauses.next().unwrap_or_default();
        let mut reading = Reading { period: quantity(head)?, said: Vec::new() };
        for clause in clauses {
            reading.clause(clause)?;
        }
        reading.finish()
    }
}

/// Full-width digits, commas, colons and blanks as office keyboards produce them, made plain. A blank
/// before a further Chinese word separates as a comma does (`5天 顺延`): inside YAML braces a comma cannot.
fn narrow(text: &str) -> String {
    let plain: Vec<char> = plain_characters(text).chars().collect();
    let chinese = |at: usize| plain.get(at).is_some_and(|c| !c.is_ascii());
    // The blank after the number comes before any Chinese word, and separates nothing.
    let begun = plain.iter().position(|c| !c.is_ascii()).unwrap_or(plain.len());
    let separates = |at: usize| plain[at] == ' ' && at > begun && chinese(at + 1);
    (0..plain.len()).map(|at| if separates(at) { ',' } else { plain[at] }).collect()
}

fn plain_characters(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            '，' | '、' | '；' | ';' => ',',
            '：' => ':',
            '\u{3000}' | '\u{a0}' => ' ',
            other => other,
        })
        .collect::<String>()
        .trim()
        .to_lowercase()
}

/// The leading `5 working days`.
fn quantity(head: &str) -> Result<Period, PeriodError> {
    if head.is_empty() {
        return Err(PeriodError::Empty);
    }
    let digits: String = head.chars().take_while(char::is_ascii_digit).collect();
    let iso = head.starts_with('p') && head[1..].starts_with(|c: char| c.is_ascii_digit() || c == 't');
    match (digits.is_empty(), iso) {
        (true, true) => return Err(PeriodError::Iso(head.to_uppercase())),
        (true, false) => return Err(PeriodError::NoNumber(head.to_owned())),
        _ => {}
    }
    let word = head[digits.len()..].trim();
    if word.is_empty() {
        return Err(PeriodError::NoUnit(digits));
    }
    let (unit, factor) = unit_of(word).ok_or_else(|| PeriodError::UnknownUnit(word.to_owned()))?;
    let n = digits.parse::<u32>().ok().and_then(|n| n.checked_mul(factor)).filter(|n| *n <= unit.most());
    Ok(Period::of(n.ok_or(PeriodError::TooMany { n: digits, unit })?, unit))
}

/// The unit a word means, and how many of it: a year is twelve months.
fn unit_of(word: &str) -> Option<(Unit, u32)> {
    let plain: String = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let unit = match plain.strip_prefix('个').unwrap_or(&plain).trim_start() {
        "工作日" | "working day" | "working days" | "workday" | "workdays" => Unit::WorkingDays,
        "business day" | "business days" | "working_days" => Unit::WorkingDays,
        "天" | "日" | "自然日" | "自然天" | "日历天" | "day" | "days" => Unit::CalendarDays,
        "calendar day" | "calendar days" | "calendar_days" => Unit::CalendarDays,
        "小时" | "hour" | "hours" => Unit::Hours,
        "月" | "month" | "months" => Unit::Months,
        "年" | "year" | "years" => return Some((Unit::Months, 12)),
        _ => return None,
    };
    Some((unit, 1))
}

/// A period while its clauses are read, and which matters they have settled.
struct Reading {
    period: Period,
    said: Vec<(Matter, String)>,
}

/// What a clause is about; each may be said once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    Roll,
    Start,
    Close,
    Shift,
}

impl Reading {
    fn clause(&mut self, written: &str) -> Result<(), PeriodError> {
        let words: Vec<&str> = written.split([' ', ':', '_']).filter(|word| !word.is_empty()).collect();
        let matter = match words.join(" ").as_str() {
            "roll"
            | "roll next working day"
            | "roll to next working day"
            | "顺延"
            | "遇休息日顺延"
            | "遇节假日顺延" => {
                self.period.roll = Roll::NextWorkingDay;
                Matter::Roll
            }
            "no roll" | "roll none" | "不顺延" => Matter::Roll,
            "from same day" | "from the same day" | "当日起算" | "自当日起算" | "当天起算" => {
                self.period.count_from = CountFrom::SameDay;
                Matter::Start
            }
            "from next day" | "from the next day" | "次日起算" | "自次日起算" => Matter::Start,
            "shift" | "shift next working day" | "shift to next working day" | "次工作日收件" => {
                self.period.shift = Shift::NextWorkingDay;
                Matter::Shift
            }
            "no shift" | "shift none" => Matter::Shift,
            _ => self.close(written)?,
        };
        if self.said.iter().any(|(other, _)| *other == matter) {
            return Err(PeriodError::Twice(written.to_owned()));
        }
        self.said.push((matter, written.to_owned()));
        Ok(())
    }

    /// `until 17:30`, `至17:30`.
    fn close(&mut self, written: &str) -> Result<Matter, PeriodError> {
        let rest = ["until", "至", "到", "截至", "截止"].iter().find_map(|word| written.strip_prefix(word));
        let Some(time) = rest.map(|rest| rest.trim_start_matches([' ', ':']).trim()) else {
            return Err(PeriodError::UnknownWord(written.to_owned()));
        };
        self.period.cutoff = time_of_day(time).ok_or_else(|| PeriodError::BadCutoff(time.to_owned()))?;
        Ok(Matter::Close)
    }

    fn finish(self) -> Result<Period, PeriodError> {
        let shifted = self.period.shift == Shift::NextWorkingDay;
        let idle = |matter: Matter| match matter {
            Matter::Roll | Matter::Start => true,
            // The close decides whether an anchor is late, so it has a meaning beside a shift.
            Matter::Close => !shifted,
            Matter::Shift => false,
        };
        match self.said.into_iter().find(|(matter, _)| self.period.unit == Unit::Hours && idle(*matter)) {
            Some((_, word)) => Err(PeriodError::NotWithHours(word)),
            None => Ok(self.period),
        }
    }
}

/// `17:30`; `24:00` is midnight at the end of the day, which is `None`.
fn time_of_day(text: &str) -> Option<Option<Time>> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<i8>().ok()).flatten()
    };
    match (number(hour)?, number(minute)?) {
        (24, 0) => Some(None),
        // A close at 00:00 would be before the day's first instant: 24:00 is what is meant.
        (0, 0) => None,
        (hour, minute) => Time::new(hour, minute, 0, 0).ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_between_chinese_words_separates_them() {
        let same = |one: &str, two: &str| assert_eq!(one.parse::<Period>(), two.parse::<Period>());
        same("5天 顺延", "5 days, roll");
        same("5 工作日 至17:30 当日起算", "5 working days, until 17:30, from same day");
        assert!("5天 顺延".parse::<Period>().is_ok_and(|p| p.roll == Roll::NextWorkingDay));
    }
}
