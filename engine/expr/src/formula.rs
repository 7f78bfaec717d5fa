//! The formula language: a small, typed subset of FEEL.
//!
//! [`compile`] once against a [`Scope`], [`Formula::eval`] many times over [`Inputs`]. Errors about the
//! text are [`FormulaError`]s, all at once, each with a code, a place and advice in two languages; an
//! evaluation that stops is an [`EvalError`]. Units: places are bytes of the text. Limits: 4 KiB of text, 64
//! levels, 100,000 steps, 1 MB of text or list. Nothing here reads a clock.

mod ast;
mod builtins;
mod check;
mod error;
mod eval;
mod limits;
mod node;
mod parse;
mod quantity;
mod scope;
mod token;
mod trace;
mod unary;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::value::{Type, Value};

pub use builtins::{FunctionDoc, functions};
pub use check::Read;
pub use error::{EvalError, EvalKind, FormulaCode, FormulaError, Words};
pub use eval::{Inputs, NoInputs, WorkingDays};
pub use quantity::amount;
pub use scope::{HostFn, Scope, Slot};
pub use trace::Trace;
pub use unary::{Interval, UnaryTests, compile_unary};

use check::{Checked, Checker};
use error::Place;
use eval::Machine;
use node::Node;

/// How strict a formula is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// FEEL's own semantics: untyped, null where FEEL says null.
    Feel,
    /// For policies: names, types and nullness are checked before; failing arithmetic stops the evaluation.
    Policy,
}

/// A number or stretch of time written into a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Where, in bytes, its unit included.
    pub span: Range<usize>,
    /// What it says.
    pub value: Value,
}

/// A compiled formula. Cheap to clone; equal to another with the same text.
#[derive(Clone)]
pub struct Formula(Arc<Inner>);

struct Inner {
    text: String,
    mode: Mode,
    node: Node,
    ty: Type,
    unrounded: bool,
    reads: Vec<Read>,
    literals: Vec<Literal>,
    calls: Vec<HostFn>,
}

/// Compiles an expression. In [`Mode::Policy`] the result must not be null; a formula that may yield null
/// is compiled with [`compile_as`] a nullable type.
///
/// # Errors
/// Everything that is wrong with the text, with places and advice.
pub fn compile(text: &str, scope: &Scope, mode: Mode) -> Result<Formula, Vec<FormulaError>> {
    compile_as(text, &Type::Any, scope, mode)
}

/// Compiles an expression whose value is stored or used as `wanted`. In [`Mode::Policy`] the type must fit,
/// null only if `wanted` is nullable, and an amount must be rounded to the fen by name.
///
/// # Errors
/// Everything that is wrong with the text, with places and advice.
pub fn compile_as(
    text: &str,
    wanted: &Type,
    scope: &Scope,
    mode: Mode,
) -> Result<Formula, Vec<FormulaError>> {
    let reading = parse::expression(text, scope.long_names().clone());
    let Some(tree) = reading.tree else { return Err(reading.errors) };
    let mut checker = Checker::new(text, scope, mode);
    let checked = if wanted.may_be_null() { checker.check(&tree) } else { checker.value(&tree) };
    let mut errors = reading.errors;
    errors.append(&mut checker.errors);
    let sound = errors.is_empty() && mode == Mode::Policy;
    errors.extend(if sound { misuse(text, &checked, wanted) } else { None });
    if !errors.is_empty() {
        return Err(errors);
    }
    let Checker { reads, literals, calls, .. } = checker;
    let unrounded = checked.is_unrounded();
    let Checked { node, ty, .. } = checked;
    let text = text.to_owned();
    Ok(Formula(Arc::new(Inner { text, mode, node, ty, unrounded, reads, literals, calls })))
}

/// Why the value cannot be used as what is wanted.
fn misuse(text: &str, checked: &Checked, wanted: &Type) -> Option<FormulaError> {
    use crate::value::Lang;
    let place = Place::new(0, text.len());
    let found = checked.ty.known();
    if !check::fits_type(wanted, found) && !is_whole(wanted, checked) {
        return Some(FormulaError::new(
            FormulaCode::WrongType,
            place,
            format!("这里要{}，公式得到{}", wanted.name(Lang::Zh), found.name(Lang::Zh)),
            format!("A {wanted} is needed here; the formula gives a {found}"),
        ));
    }
    if *wanted.known() == Type::Money && checked.is_unrounded() {
        return Some(
            FormulaError::new(
                FormulaCode::NeedsRounding,
                place,
                "金额可能不是整分，存入前要写明怎样舍入",
                "The amount may not be a whole number of fen: say how it is rounded",
            )
            .advice(
                "例如 to_fen(…)，或 round down(…, 2)",
                "For example `to_fen(...)` or `round down(..., 2)`",
            )
            .fix(place, format!("to_fen({text})")),
        );
    }
    None
}

fn is_whole(wanted: &Type, checked: &Checked) -> bool {
    let whole = checked.constant().and_then(Value::as_number).is_some_and(|it| it.is_integer());
    *wanted.known() == Type::Integer && whole
}

impl Formula {
    /// A formula that always yields a value, written as `text` by its author: a period in words.
    pub fn constant(text: &str, value: Value, ty: Type) -> Formula {
        let node = Node::constant(value, Place::new(0, text.len()));
        let (text, mode) = (text.to_owned(), Mode::Policy);
        let (reads, literals, calls) = (vec![], vec![], vec![]);
        Formula(Arc::new(Inner { text, mode, node, ty, unrounded: false, reads, literals, calls }))
    }

    /// Runs the formula.
    ///
    /// # Errors
    /// In [`Mode::Policy`] overflow, division by zero, a missing value; in every mode the limits.
    pub fn eval(&self, inputs: &dyn Inputs) -> Result<Value, EvalError> {
        let inner = &*self.0;
        let mut machine = Machine::new(&inner.text, inputs, inner.mode == Mode::Feel, false);
        machine.whole(&inner.node).map_err(|error| *error)
    }

    /// Runs the formula and keeps the value of every part.
    pub fn eval_traced(&self, inputs: &dyn Inputs) -> (Result<Value, EvalError>, Trace) {
        let inner = &*self.0;
        let mut machine = Machine::new(&inner.text, inputs, inner.mode == Mode::Feel, true);
        let outcome = machine.whole(&inner.node);
        let trace = machine.trace.take().and_then(|level| level.into_iter().next());
        let trace =
            trace.unwrap_or_else(|| Trace::of(&inner.text, inner.node.place, &outcome, None, Vec::new()));
        (outcome.map_err(|error| *error), trace)
    }

    /// The type of the result; [`Type::Any`] in FEEL's own mode.
    pub fn ty(&self) -> &Type {
        &self.0.ty
    }

    /// The formula as written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// How strict it was read.
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// The variables and fields it reads, in the order of the text.
    pub fn reads(&self) -> &[Read] {
        &self.0.reads
    }

    /// The variables that are not null whenever it yields true: `a` and `b` of `a is known and b != null`.
    pub fn proves(&self) -> Vec<Slot> {
        check::proven(&self.0.node)
    }

    /// The numbers and stretches of time written into it.
    pub fn literals(&self) -> &[Literal] {
        &self.0.literals
    }

    /// The functions of the host it may call, each once.
    pub fn calls(&self) -> &[HostFn] {
        &self.0.calls
    }

    /// Whether the result may have more than two decimals and must be rounded before it is stored as money.
    pub fn needs_rounding(&self) -> bool {
        self.0.unrounded
    }

    /// The value, if the formula is the same for all inputs.
    pub fn as_constant(&self) -> Option<&Value> {
        self.0.node.as_constant()
    }
}

impl PartialEq for Formula {
    fn eq(&self, other: &Formula) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Formula {}

impl fmt::Debug for Formula {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Formula({:?})", self.0.text)
    }
}
