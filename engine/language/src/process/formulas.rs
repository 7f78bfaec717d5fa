//! Formulas out of the text: compiled in their scope, with every complaint at its place in the file.

use expr::formula::{EvalKind, Formula, FormulaCode, FormulaError, Slot};

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Fix};
use crate::tree::{Node, Style};
use crate::words;
use crate::words::Words;

use super::desk::Desk;

/// The slots a formula reads.
pub(crate) fn slots(formula: &Formula) -> impl Iterator<Item = Slot> + '_ {
    formula.reads().iter().map(|read| read.slot)
}

/// Reports what is wrong with a formula written at a node.
pub(crate) fn report_formula(node: &Node, error: &FormulaError, desk: &mut Desk<'_>) {
    let found = diagnosed(node, error, desk);
    desk.say(found);
}

/// A formula's complaint as a finding about the file.
pub(crate) fn diagnosed(node: &Node, error: &FormulaError, desk: &Desk<'_>) -> Diagnostic {
    let own = |words: &expr::formula::Words| Words::new(words.zh.clone(), words.en.clone());
    let span = node.locate(desk.sources, error.span.clone());
    let found = Diagnostic::new(code(error.code), span, own(&error.message));
    let found = match &error.advice {
        Some(advice) => found.advise(own(advice)),
        None => found,
    };
    let fix = error.fix.as_ref().filter(|(_, text)| can_stand(node, text)).map(|(range, text)| {
        let title = words!("改成 `{text}`", "write `{text}`");
        Fix::certain(title).replace(node.locate(desk.sources, range.clone()), text.clone())
    });
    found.maybe_fix(fix)
}

/// Whether a replacement may be put into the written form as it is.
fn can_stand(node: &Node, text: &str) -> bool {
    let plain = node.as_scalar().is_some_and(|scalar| scalar.style != Style::Quoted);
    let special = if plain { [": ", " #"] } else { ["\"", "'"] };
    !special.iter().any(|special| text.contains(special)) && !text.contains(['\\', '\n'])
}

/// The registered code of what stops a formula while it runs.
pub fn eval_code(kind: EvalKind) -> Code {
    match kind {
        EvalKind::Overflow => codes::EVAL_OVERFLOW,
        EvalKind::DivisionByZero => codes::EVAL_ZERO,
        EvalKind::Missing => codes::EVAL_MISSING,
        EvalKind::WrongType => codes::EVAL_TYPE,
        EvalKind::BadArgument => codes::EVAL_ARGUMENT,
        EvalKind::Steps => codes::EVAL_STEPS,
        EvalKind::Size => codes::EVAL_SIZE,
        EvalKind::NoCalendar => codes::EVAL_NO_CALENDAR,
        EvalKind::Host => codes::EVAL_HOST,
    }
}

/// The registered code of a formula's complaint.
pub fn code(code: FormulaCode) -> Code {
    match code {
        FormulaCode::TooLong => codes::FORMULA_TOO_LONG,
        FormulaCode::TooDeep => codes::FORMULA_TOO_DEEP,
        FormulaCode::UnknownCharacter => codes::FORMULA_CHARACTER,
        FormulaCode::Unclosed => codes::FORMULA_UNCLOSED,
        FormulaCode::BadLiteral => codes::FORMULA_LITERAL,
        FormulaCode::BadNumber => codes::FORMULA_NUMBER,
        FormulaCode::UnknownUnit => codes::FORMULA_UNIT,
        FormulaCode::Unexpected => codes::FORMULA_SYNTAX,
        FormulaCode::ForeignOperator => codes::FORMULA_OPERATOR,
        FormulaCode::FullWidth => codes::FORMULA_FULLWIDTH,
        FormulaCode::UnknownName => codes::FORMULA_NAME,
        FormulaCode::UnknownField => codes::FORMULA_PATH,
        FormulaCode::UnknownFunction => codes::FORMULA_FUNCTION,
        FormulaCode::WrongArguments => codes::FORMULA_ARGUMENTS,
        FormulaCode::NotSupported => codes::FORMULA_NOT_SUPPORTED,
        FormulaCode::NoClock => codes::FORMULA_NO_CLOCK,
        FormulaCode::WrongType => codes::FORMULA_TYPE,
        FormulaCode::NeverEqual => codes::FORMULA_NEVER_EQUAL,
        FormulaCode::MoneyArithmetic => codes::FORMULA_MONEY,
        FormulaCode::MayBeNull => codes::FORMULA_NULL,
        FormulaCode::NeedsRounding => codes::FORMULA_ROUNDING,
        FormulaCode::NotAChoice => codes::FORMULA_CHOICE,
        FormulaCode::AlwaysFails => codes::FORMULA_FAILS,
    }
}
