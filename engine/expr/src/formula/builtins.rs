//! The built-in functions: one table, one family per file.

mod contexts;
mod conversion;
mod lists;
mod logic;
mod moments;
mod numbers;
mod ranges;
mod reading;
mod signature;
mod statistics;
mod strings;
mod working;

use super::error::FormulaCode;
use super::eval::{Env, Outcome};

pub(crate) use signature::{Overload, Shape, Signature};

/// What people are told about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionDoc {
    /// The name in FEEL, or ours.
    pub name: &'static str,
    /// The Chinese name; empty if there is none.
    pub alias_zh: &'static str,
    /// Parameters and result; several forms are separated by `; `.
    pub signature: &'static str,
    /// One sentence in Chinese.
    pub zh: &'static str,
    /// One sentence in English.
    pub en: &'static str,
    /// `expression => value`.
    pub example: &'static str,
    /// The family, and the name of its page.
    pub family: &'static str,
}

/// Runs a function on its arguments.
pub(crate) type Run = fn(&mut Env<'_>, &[crate::value::Value]) -> Outcome;

#[derive(Debug)]
pub(crate) struct Builtin {
    pub name: &'static str,
    pub zh: &'static str,
    pub signature: &'static str,
    pub words: (&'static str, &'static str),
    pub example: &'static str,
    pub run: Run,
}

const FAMILIES: &[(&str, &[Builtin])] = &[
    ("conversion", conversion::ALL),
    ("boolean", logic::ALL),
    ("string", strings::ALL),
    ("list", lists::ALL),
    ("statistics", statistics::ALL),
    ("numeric", numbers::ALL),
    ("date-and-time", moments::ALL),
    ("working-days", working::ALL),
    ("context", contexts::ALL),
    ("range", ranges::ALL),
];

pub(crate) fn all() -> impl Iterator<Item = &'static Builtin> {
    FAMILIES.iter().flat_map(|(_, family)| family.iter())
}

/// A function by its name in either language.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    all().find(|it| it.name == name || (!it.zh.is_empty() && it.zh == name))
}

/// Every built-in function with its words, family by family.
pub fn functions() -> &'static [FunctionDoc] {
    static DOCS: std::sync::OnceLock<Vec<FunctionDoc>> = std::sync::OnceLock::new();
    DOCS.get_or_init(|| {
        let families = FAMILIES.iter().flat_map(|(family, list)| list.iter().map(move |it| (*family, it)));
        families
            .map(|(family, it)| FunctionDoc {
                name: it.name,
                alias_zh: it.zh,
                signature: it.signature,
                zh: it.words.0,
                en: it.words.1,
                example: it.example,
                family,
            })
            .collect()
    })
}

const CLOCK: (FormulaCode, &str, &str) = (
    FormulaCode::NoClock,
    "公式不读时钟：时间随事件而来，请用事件的时间",
    "A formula reads no clock: time comes with the event; use the event's time",
);
const CHANCE: (FormulaCode, &str, &str) = (
    FormulaCode::NoClock,
    "公式里没有随机数：同样的输入必须得到同样的结果",
    "There is no chance in a formula: the same inputs give the same result",
);
const INEXACT: (FormulaCode, &str, &str) = (
    FormulaCode::NotSupported,
    "这个函数没有精确的十进制结果，因此不提供",
    "This function has no exact decimal result, so it is left out",
);

/// Functions people look for that are left out on purpose, and why.
pub(crate) const REFUSED: &[(&str, (FormulaCode, &str, &str))] = &[
    ("now", CLOCK),
    ("today", CLOCK),
    ("现在", CLOCK),
    ("今天", CLOCK),
    ("当前时间", CLOCK),
    ("random", CHANCE),
    ("rand", CHANCE),
    ("random number", CHANCE),
    ("随机数", CHANCE),
    ("stddev", INEXACT),
    ("sqrt", INEXACT),
    ("exp", INEXACT),
    ("log", INEXACT),
];
