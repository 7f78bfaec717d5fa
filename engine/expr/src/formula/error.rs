//! What can be wrong with a formula's text, and what can go wrong when it runs.

use std::fmt;
use std::ops::Range;

use crate::value::Lang;

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The same thing said twice.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words { zh: zh.into(), en: en.into() }
    }

    /// The sentence in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

/// A piece of the text, in bytes. Formulas are at most 4 KiB, so 32 bits are plenty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub start: u32,
    pub end: u32,
}

impl Place {
    pub fn new(start: usize, end: usize) -> Place {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Place { start: narrow(start), end: narrow(end) }
    }

    pub fn to(self, other: Place) -> Place {
        Place { start: self.start, end: other.end.max(self.end) }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text at this place.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// The code of a diagnostic about a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormulaCode {
    /// More than 4 KiB.
    TooLong,
    /// Nested deeper than 64.
    TooDeep,
    /// A character that means nothing here.
    UnknownCharacter,
    /// A text, comment or bracket that is not closed.
    Unclosed,
    /// An escape, date or duration that cannot be read.
    BadLiteral,
    /// More than 28 digits, or not a number.
    BadNumber,
    /// A number followed by a word that is not a unit.
    UnknownUnit,
    /// Something else was expected here.
    Unexpected,
    /// The operator of another language (`==`, `&&`).
    ForeignOperator,
    /// Full-width punctuation.
    FullWidth,
    /// A name nobody declared.
    UnknownName,
    /// A field the record does not have.
    UnknownField,
    /// A function that does not exist.
    UnknownFunction,
    /// Too many, too few or misnamed arguments.
    WrongArguments,
    /// A part of FEEL that is left out on purpose.
    NotSupported,
    /// Asking for the clock or for chance.
    NoClock,
    /// A value of the wrong type.
    WrongType,
    /// A comparison that can never be true.
    NeverEqual,
    /// Arithmetic that makes no sense for money or rates.
    MoneyArithmetic,
    /// A value that may be null and was not looked after.
    MayBeNull,
    /// An amount that must be rounded before it is stored.
    NeedsRounding,
    /// A text that is none of the choices.
    NotAChoice,
    /// Constant arithmetic that fails every time.
    AlwaysFails,
}

impl FormulaCode {
    /// Every code, in the order of their numbers.
    pub const ALL: &[FormulaCode] = &[
        FormulaCode::TooLong,
        FormulaCode::TooDeep,
        FormulaCode::UnknownCharacter,
        FormulaCode::Unclosed,
        FormulaCode::BadLiteral,
        FormulaCode::BadNumber,
        FormulaCode::UnknownUnit,
        FormulaCode::Unexpected,
        FormulaCode::ForeignOperator,
        FormulaCode::FullWidth,
        FormulaCode::UnknownName,
        FormulaCode::UnknownField,
        FormulaCode::UnknownFunction,
        FormulaCode::WrongArguments,
        FormulaCode::NotSupported,
        FormulaCode::NoClock,
        FormulaCode::WrongType,
        FormulaCode::NeverEqual,
        FormulaCode::MoneyArithmetic,
        FormulaCode::MayBeNull,
        FormulaCode::NeedsRounding,
        FormulaCode::NotAChoice,
        FormulaCode::AlwaysFails,
    ];

    /// The stable code, as printed and documented.
    pub fn as_str(self) -> &'static str {
        match self {
            FormulaCode::TooLong => "F101",
            FormulaCode::TooDeep => "F102",
            FormulaCode::UnknownCharacter => "F103",
            FormulaCode::Unclosed => "F104",
            FormulaCode::BadLiteral => "F105",
            FormulaCode::BadNumber => "F106",
            FormulaCode::UnknownUnit => "F107",
            FormulaCode::Unexpected => "F108",
            FormulaCode::ForeignOperator => "F109",
            FormulaCode::FullWidth => "F110",
            FormulaCode::UnknownName => "F201",
            FormulaCode::UnknownField => "F202",
            FormulaCode::UnknownFunction => "F203",
            FormulaCode::WrongArguments => "F204",
            FormulaCode::NotSupported => "F205",
            FormulaCode::NoClock => "F206",
            FormulaCode::WrongType => "F301",
            FormulaCode::NeverEqual => "F302",
            FormulaCode::MoneyArithmetic => "F303",
            FormulaCode::MayBeNull => "F304",
            FormulaCode::NeedsRounding => "F305",
            FormulaCode::NotAChoice => "F306",
            FormulaCode::AlwaysFails => "F307",
        }
    }
}

impl fmt::Display for FormulaCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A diagnostic about a formula's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {}", message.en)]
pub struct FormulaError {
    /// Which kind.
    pub code: FormulaCode,
    /// Where, in bytes of the formula's text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: Words,
    /// What to do about it.
    pub advice: Option<Words>,
    /// A replacement that is certain to be meant.
    pub fix: Option<(Range<usize>, String)>,
}

impl FormulaError {
    pub(crate) fn new(code: FormulaCode, place: Place, zh: impl Into<String>, en: impl Into<String>) -> Self {
        FormulaError { code, span: place.range(), message: Words::new(zh, en), advice: None, fix: None }
    }

    pub(crate) fn advice(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.advice = Some(Words::new(zh, en));
        self
    }

    pub(crate) fn fix(mut self, place: Place, replacement: impl Into<String>) -> Self {
        self.fix = Some((place.range(), replacement.into()));
        self
    }

    /// Adds "did you mean" when a known name is close.
    pub(crate) fn near(self, place: Place, meant: Option<String>) -> Self {
        let Some(meant) = meant else { return self };
        self.advice(format!("是不是“{meant}”？"), format!("Did you mean `{meant}`?")).fix(place, meant)
    }
}

/// Why an evaluation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvalKind {
    /// A number beyond 28 digits, a date beyond the calendar.
    Overflow,
    /// Division by zero.
    DivisionByZero,
    /// A value that is not known.
    Missing,
    /// A value of the wrong type.
    WrongType,
    /// An argument outside what a function accepts.
    BadArgument,
    /// More than 100,000 steps.
    Steps,
    /// A text or list beyond 1 MB.
    Size,
    /// A working-day function without a calendar.
    NoCalendar,
    /// A function of the host failed.
    Host,
}

impl EvalKind {
    /// Every kind, in the order of their codes.
    pub const ALL: &[EvalKind] = &[
        EvalKind::Overflow,
        EvalKind::DivisionByZero,
        EvalKind::Missing,
        EvalKind::WrongType,
        EvalKind::BadArgument,
        EvalKind::Steps,
        EvalKind::Size,
        EvalKind::NoCalendar,
        EvalKind::Host,
    ];

    /// The stable code, as printed and documented.
    pub fn as_str(self) -> &'static str {
        match self {
            EvalKind::Overflow => "F901",
            EvalKind::DivisionByZero => "F902",
            EvalKind::Missing => "F903",
            EvalKind::WrongType => "F904",
            EvalKind::BadArgument => "F905",
            EvalKind::Steps => "F906",
            EvalKind::Size => "F907",
            EvalKind::NoCalendar => "F908",
            EvalKind::Host => "F909",
        }
    }

    /// Whether FEEL answers null here. Reaching a limit or lacking a calendar stops in every mode.
    pub(crate) fn is_null_in_feel(self) -> bool {
        !matches!(self, EvalKind::Steps | EvalKind::Size | EvalKind::NoCalendar | EvalKind::Host)
    }
}

/// An evaluation that stopped, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", kind.as_str(), message.en)]
pub struct EvalError {
    /// Why.
    pub kind: EvalKind,
    /// Where, in bytes of the formula's text.
    pub span: Range<usize>,
    /// What happened.
    pub message: Words,
}

impl EvalError {
    /// An error whose place the evaluator fills in: what a host function returns.
    pub fn new(kind: EvalKind, zh: impl Into<String>, en: impl Into<String>) -> EvalError {
        EvalError { kind, span: 0..0, message: Words::new(zh, en) }
    }

    pub(crate) fn at(mut self, place: Place) -> EvalError {
        if self.span.is_empty() {
            self.span = place.range();
        }
        self
    }
}

/// The closest known name, if one is close enough to be a slip of the finger.
pub(crate) fn closest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let length = wanted.chars().count();
    // One slip in a short name, more in a long one; a Chinese name of two characters allows one.
    let allowed = (length / 3).max(1);
    known
        .filter(|name| name.chars().count().abs_diff(length) <= allowed)
        .map(|name| (distance(wanted, name), name))
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count().max(2))
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Edits between two names, case not counted.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
