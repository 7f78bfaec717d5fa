//! Tree to runnable formula: names become numbers, types and nullness are checked, constants are folded.

mod call;
mod facts;
mod loops;
mod names;
mod operators;
mod paths;
mod rules;
mod tests;

use std::ops::Range;
use std::sync::Arc;

use super::ast::{Ast, End, Kind};
use super::error::{EvalKind, FormulaCode, FormulaError, Place};
use super::eval::{Machine, NoInputs};
use super::node::{Node, Op};
use super::scope::{HostFn, Scope, Slot};
use super::{Literal, Mode};
use crate::value::{Lang, Type, Value};

use facts::Key;
pub(super) use facts::proven;
pub(crate) use rules::{comparable, fits_type};

/// A variable a formula reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Which variable.
    pub slot: Slot,
    /// The fields behind it, outermost first.
    pub path: Vec<String>,
    /// Where, in bytes.
    pub span: Range<usize>,
}

/// A part that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub node: Node,
    pub ty: Type,
    /// An amount that may have more than two decimals.
    pub unrounded: bool,
}

impl Checked {
    fn new(op: Op, place: Place, ty: Type) -> Checked {
        Checked { node: Node { op, place }, ty, unrounded: false }
    }

    fn place(&self) -> Place {
        self.node.place
    }

    /// Whether it is an amount that may have more than two decimals.
    pub fn is_unrounded(&self) -> bool {
        self.ty.is_numeric() && !self.exact()
    }

    pub fn constant(&self) -> Option<&Value> {
        self.node.as_constant()
    }

    /// Whether the value is a whole number of fen whenever it is an amount.
    fn exact(&self) -> bool {
        match (self.node.as_constant(), self.ty.known()) {
            (Some(Value::Number(it)), _) => it.normalize().scale() <= 2,
            (_, Type::Money) => !self.unrounded,
            (_, Type::Integer) => true,
            (_, ty) => !ty.is_numeric() && !self.unrounded,
        }
    }
}

struct Local {
    name: String,
    ty: Type,
    /// The item of a filter: its fields can be named directly.
    item: bool,
    /// Set when the local is read; `partial` costs nothing unless it is.
    used: bool,
}

pub(crate) struct Checker<'a> {
    text: &'a str,
    scope: &'a Scope,
    mode: Mode,
    pub errors: Vec<FormulaError>,
    locals: Vec<Local>,
    facts: Vec<Key>,
    pub reads: Vec<Read>,
    pub literals: Vec<Literal>,
    pub calls: Vec<HostFn>,
    /// Whether `?` means the input of a cell, at local 0.
    input: bool,
    saw_input: bool,
    /// Inside the path of `is known`: a record that is null makes the answer no.
    lenient: bool,
}

impl<'a> Checker<'a> {
    pub fn new(text: &'a str, scope: &'a Scope, mode: Mode) -> Checker<'a> {
        Checker {
            text,
            scope,
            mode,
            errors: Vec::new(),
            locals: Vec::new(),
            facts: Vec::new(),
            reads: Vec::new(),
            literals: Vec::new(),
            calls: Vec::new(),
            input: false,
            saw_input: false,
            lenient: false,
        }
    }

    /// For a decision-table cell: `?` is the input.
    pub fn with_input(mut self, ty: &Type) -> Checker<'a> {
        let ty = ty.known().clone();
        self.locals.push(Local { name: "?".to_owned(), ty, item: false, used: false });
        self.input = true;
        self
    }

    fn strict(&self) -> bool {
        self.mode == Mode::Policy
    }

    fn report(&mut self, error: FormulaError) {
        self.errors.push(error);
    }

    /// Reports what only a policy forbids.
    fn object(&mut self, error: impl FnOnce() -> FormulaError) {
        if self.strict() {
            self.errors.push(error());
        }
    }

    /// Checks one part. In FEEL's own mode nothing is known about types.
    pub fn check(&mut self, ast: &Ast) -> Checked {
        let mut checked = self.part(ast);
        checked.node.place = ast.place;
        if !self.strict() {
            checked.ty = Type::Any;
        }
        checked
    }

    fn part(&mut self, ast: &Ast) -> Checked {
        let place = ast.place;
        match &ast.kind {
            Kind::Literal(value, ty) => self.literal(value, ty, place),
            Kind::Name(name) => self.name(name, place),
            Kind::Input => self.input(place),
            Kind::Path(of, name, at) => self.path(of, name, *at, place),
            Kind::Filter(of, by) => self.filter(of, by, place),
            Kind::Call { name, at, arguments } => self.call(name, *at, arguments, place),
            Kind::Arithmetic(first, rest) => self.arithmetic(first, rest, place),
            Kind::Negative(of) => self.negative(of, place),
            Kind::Compare(comparison, at, left, right) => self.compare(*comparison, *at, left, right, place),
            Kind::Between(of, low, high) => self.between(of, low, high, place),
            Kind::In(of, tests) => self.is_in(of, tests, place),
            Kind::InstanceOf(of, named) => {
                let of = self.check(of);
                Checked::new(Op::InstanceOf(Box::new(of.node), named.clone()), place, Type::Bool)
            }
            Kind::Known(of, known) => {
                // Asking whether a field is known asks the same of the record it is in.
                self.lenient = matches!(of.kind, Kind::Path(..));
                let of = self.check(of);
                self.lenient = false;
                Checked::new(Op::Known(Box::new(of.node), *known), place, Type::Bool)
            }
            Kind::And(all) => self.junction(all, true, place),
            Kind::Or(all) => self.junction(all, false, place),
            Kind::If(condition, yes, no) => self.conditional(condition, yes, no, place),
            Kind::For(iterators, body) => self.for_each(iterators, body, place),
            Kind::Quantified(every, iterators, body) => self.quantified(*every, iterators, body, place),
            Kind::List(items) => self.list(items, place),
            Kind::Context(entries) => self.context(entries, place),
            Kind::Range(low, high) => self.range(low, high, place),
        }
    }

    fn literal(&mut self, value: &Value, ty: &Type, place: Place) -> Checked {
        if matches!(value, Value::Number(_) | Value::Span(_) | Value::Months(_) | Value::Period(_)) {
            self.literals.push(Literal { span: place.range(), value: value.clone() });
        }
        Checked::new(Op::Constant(value.clone()), place, ty.clone())
    }

    fn list(&mut self, items: &[Ast], place: Place) -> Checked {
        let items: Vec<Checked> = items.iter().map(|item| self.check(item)).collect();
        let unrounded = items.iter().any(|item| !item.exact());
        let ty = rules::join_all(items.iter().map(|item| &item.ty));
        let nodes = items.into_iter().map(|item| item.node).collect();
        let mut list = self.folded(Checked::new(Op::List(nodes), place, Type::list(ty)));
        list.unrounded = unrounded;
        list
    }

    fn context(&mut self, entries: &[(String, Place, Ast)], place: Place) -> Checked {
        let base = self.locals.len();
        let mut nodes: Vec<(Arc<str>, Node)> = Vec::new();
        let mut fields = Vec::new();
        for (name, at, ast) in entries {
            if nodes.iter().any(|(known, _)| **known == **name) {
                self.report(FormulaError::new(
                    FormulaCode::Unexpected,
                    *at,
                    format!("“{name}”写了两次"),
                    format!("`{name}` is written twice"),
                ));
            }
            let value = self.check(ast);
            fields.push((name.clone(), value.ty.clone()));
            self.locals.push(Local { name: name.clone(), ty: value.ty, item: false, used: false });
            nodes.push((Arc::from(name.as_str()), value.node));
        }
        self.leave(base);
        let ty = Type::context(fields);
        if nodes.iter().all(|(_, node)| node.as_constant().is_some()) {
            let values =
                nodes.iter().map(|(name, node)| (name, node.as_constant().cloned().unwrap_or_default()));
            let constant = Value::context(values);
            return Checked::new(Op::Constant(constant), place, ty);
        }
        Checked::new(Op::Context(nodes.into()), place, ty)
    }

    fn range(&mut self, low: &End, high: &End, place: Place) -> Checked {
        let mut end = |end: &End| end.at.as_ref().map(|at| self.known_value(at));
        let (a, b) = (end(low), end(high));
        let ends = [&a, &b];
        let types: Vec<Type> = ends.into_iter().flatten().map(|it| it.ty.clone()).collect();
        if let [a, b] = types.as_slice()
            && !comparable(a, b)
        {
            let (a, b) = (a.clone(), b.clone());
            self.object(|| {
                FormulaError::new(
                    FormulaCode::WrongType,
                    place,
                    format!("区间两端类型不同：{}和{}", a.name(Lang::Zh), b.name(Lang::Zh)),
                    format!("The ends of the range differ: {a} and {b}"),
                )
            });
        }
        let ty = rules::join_all(types.iter());
        let boxed = |it: Option<Checked>| it.map(|it| Box::new(it.node));
        let op = Op::Range(boxed(a), low.closed, boxed(b), high.closed);
        self.folded(Checked::new(op, place, Type::Range(Box::new(ty))))
    }

    /// Forgets locals that go out of scope, and what was known about them.
    fn leave(&mut self, base: usize) {
        self.locals.truncate(base);
        self.facts.retain(|fact| fact.lives_below(base));
    }

    /// Checks a whole formula that must have a value.
    pub fn value(&mut self, ast: &Ast) -> Checked {
        self.known_value(ast)
    }

    /// Checks a part that must have a value.
    fn known_value(&mut self, ast: &Ast) -> Checked {
        let mut checked = self.check(ast);
        self.must_be_known(&mut checked);
        checked
    }

    fn must_be_known(&mut self, checked: &mut Checked) {
        if !checked.ty.may_be_null() {
            return;
        }
        let place = checked.place();
        let shown = place.of(self.text).to_owned();
        if checked.ty == Type::Null {
            self.object(|| {
                FormulaError::new(
                    FormulaCode::MayBeNull,
                    place,
                    "空值不能参加计算",
                    "Null takes no part in a computation",
                )
                .advice(
                    "判断有没有值请写 x is known 或 x is unknown",
                    "Ask with `x is known` or `x is unknown`",
                )
            });
            checked.ty = Type::Any;
            return;
        }
        self.object(|| may_be_null(&shown, place));
        checked.ty = checked.ty.known().clone();
    }

    /// Computes now what never changes.
    fn folded(&mut self, checked: Checked) -> Checked {
        if !is_constant_work(&checked.node.op) {
            return checked;
        }
        let mut machine = Machine::new(self.text, &NoInputs, !self.strict(), false);
        match machine.eval(&checked.node) {
            // A null keeps its reason for the trace.
            Ok(Value::Null) => checked,
            Ok(value) => {
                let place = checked.place();
                Checked { node: Node::constant(value, place), ..checked }
            }
            // A missing value has been reported where it stands; a calendar may be there later.
            Err(error) if matches!(error.kind, EvalKind::NoCalendar | EvalKind::Missing) => checked,
            Err(error) => {
                let place = checked.place();
                self.object(|| {
                    let (zh, en) = (error.message.zh, error.message.en);
                    FormulaError::new(FormulaCode::AlwaysFails, place, zh, en)
                });
                checked
            }
        }
    }
}

fn may_be_null(shown: &str, place: Place) -> FormulaError {
    FormulaError::new(
        FormulaCode::MayBeNull,
        place,
        format!("“{shown}”可能没有值"),
        format!("`{shown}` may be null"),
    )
    .advice(
        format!("先写 {shown} is known and …，或用 coalesce({shown}, 默认值)，或 if {shown} is known then … else …"),
        format!(
            "Write `{shown} is known and ...` first, or `coalesce({shown}, default)`, \
             or `if {shown} is known then ... else ...`"
        ),
    )
}

/// Operations whose parts are all constants and whose result is worth keeping.
fn is_constant_work(op: &Op) -> bool {
    let constant = |node: &Node| node.as_constant().is_some();
    match op {
        Op::Arithmetic(first, rest) => constant(first) && rest.iter().all(|(_, _, node)| constant(node)),
        Op::Negative(of) => constant(of),
        Op::List(all) | Op::Builtin(_, all) => all.iter().all(constant),
        Op::Range(low, _, high, _) => [low, high].into_iter().flatten().all(|node| constant(node)),
        _ => false,
    }
}
