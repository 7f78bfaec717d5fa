//! The forms of single values: how each is written, named, and what is wrong with a text that is not one.

use super::{Shape, Word, bad_value};
use crate::codes;
use crate::diagnostic::{Diagnostic, Fix};
use crate::span::Span;
use crate::suggest::nearest;
use crate::tree::Kind;
use crate::words;
use crate::words::Words;

/// Units of time a period may have: as written, in either language.
pub(super) const PERIOD_UNITS: &[&str] = &[
    "个工作日",
    "工作日",
    "个自然日",
    "自然日",
    "个月",
    "月",
    "天",
    "日",
    "小时",
    "分钟",
    "秒",
    "周",
    "年",
    "working days",
    "working day",
    "days",
    "day",
    "hours",
    "hour",
    "minutes",
    "minute",
    "months",
    "month",
    "weeks",
    "week",
    "years",
    "year",
];
/// Units a number may have.
const NUMBER_UNITS: &[&str] = &["万元", "亿元", "万", "亿", "元", "%", "‰"];

impl Shape {
    /// Whether values of this form are single texts.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Shape::List(_) | Shape::Map(_) | Shape::Either(_))
    }

    /// Whether a value of this kind can have this form at all.
    pub(super) fn takes(&self, kind: &Kind) -> bool {
        match (self, kind) {
            (Shape::Any, _) => true,
            (Shape::Either(shapes), _) => shapes.iter().any(|shape| shape.takes(kind)),
            (Shape::List(_), Kind::Seq(_)) | (Shape::Map(_) | Shape::Title, Kind::Map(_)) => true,
            (shape, Kind::Scalar(_)) => shape.is_scalar(),
            _ => false,
        }
    }

    /// What the form is called.
    pub fn noun(&self) -> Words {
        match self {
            Shape::Text => Words::new("文字", "a text"),
            Shape::Title => Words::new("标题，如 `{ zh: …, en: … }`", "a title such as `{ zh: …, en: … }`"),
            Shape::Formula => Words::new("公式", "a formula"),
            Shape::Name(kind) => words!("{kind} 的名字", "the name of a {kind}"),
            Shape::OneOf(words) => {
                let list = one_of(words);
                words!("{list} 之一", "one of {list}")
            }
            Shape::Number => Words::new("数字", "a number"),
            Shape::Bool => Words::new("`true` 或 `false`", "`true` or `false`"),
            Shape::Period => Words::new("时长，如 `5工作日`", "a period such as `5 working days`"),
            Shape::Date => Words::new("日期，如 `2026-01-01`", "a date such as `2026-01-01`"),
            Shape::List(item) => {
                let item = item.noun();
                Words::new(format!("列表（每项为{}）", item.zh), format!("a list ({} each)", item.en))
            }
            Shape::Map(shape) => words!("一组“键: 值”（{}）", "a map of keys ({})", shape.name),
            Shape::Either(shapes) => {
                let nouns: Vec<Words> = shapes.iter().map(Shape::noun).collect();
                let zh: Vec<&str> = nouns.iter().map(|noun| noun.zh.as_str()).collect();
                let en: Vec<&str> = nouns.iter().map(|noun| noun.en.as_str()).collect();
                Words::new(zh.join("，或"), en.join(", or "))
            }
            Shape::Any => Words::new("任意内容", "anything"),
        }
    }
}

fn one_of(words: &[Word]) -> String {
    words.iter().map(|word| format!("`{}`", word.word)).collect::<Vec<_>>().join(", ")
}

/// What is wrong with a text that should have this form.
pub(super) fn fault(shape: &Shape, span: Span, text: &str) -> Option<Diagnostic> {
    match shape {
        Shape::Number if !is_number(text) => Some(plain(shape, span, text)),
        Shape::Period if !is_period(text) => Some(plain(shape, span, text)),
        Shape::Date if text.parse::<jiff::civil::Date>().is_err() || text.len() != 10 => {
            Some(plain(shape, span, text))
        }
        Shape::Bool if !matches!(text, "true" | "false") => Some(not_bool(span, text)),
        Shape::OneOf(words) if !words.iter().any(|word| word.word == text) => {
            Some(not_one_of(words, shape, span, text))
        }
        Shape::Text | Shape::Title | Shape::Formula | Shape::Name(_) if text.trim().is_empty() => {
            let found = bad_value(codes::MISSING_VALUE, span, words!("值是空的", "the value is empty"));
            Some(found.label(words!("没有内容", "nothing in it")))
        }
        _ => None,
    }
}

fn plain(shape: &Shape, span: Span, text: &str) -> Diagnostic {
    let noun = shape.noun();
    let shown = crate::syntax::shorten(text);
    let message = Words::new(format!("`{shown}` 不是{}", noun.zh), format!("`{shown}` is not {}", noun.en));
    bad_value(codes::BAD_VALUE, span, message)
        .label(Words::new(format!("应为{}", noun.zh), format!("should be {}", noun.en)))
}

fn not_bool(span: Span, text: &str) -> Diagnostic {
    let meant = match text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "是" | "真" | "true" => Some("true"),
        "no" | "n" | "off" | "否" | "假" | "false" => Some("false"),
        _ => None,
    };
    let fix =
        meant.map(|meant| Fix::certain(words!("写成 `{meant}`", "write `{meant}`")).replace(span, meant));
    plain(&Shape::Bool, span, text).maybe_fix(fix)
}

fn not_one_of(words: &[Word], shape: &Shape, span: Span, text: &str) -> Diagnostic {
    let near = nearest(text, words.iter().map(|word| word.word));
    let fix = near
        .map(|near| Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(span, near));
    plain(shape, span, text).maybe_fix(fix)
}

/// Digits with at most one point, a sign, and a unit.
fn is_number(text: &str) -> bool {
    let unit = NUMBER_UNITS.iter().find_map(|unit| text.strip_suffix(unit));
    let digits = unit.unwrap_or(text).trim_end();
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(part)
}

/// Whole digits and a unit of time.
fn is_period(text: &str) -> bool {
    let number = PERIOD_UNITS.iter().find_map(|unit| text.strip_suffix(unit));
    let number = number.map(str::trim_end);
    number.is_some_and(|digits| {
        !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
