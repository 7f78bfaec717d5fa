//! Fields, properties and filters.

use std::sync::Arc;

use super::super::ast::{Ast, Kind};
use super::super::error::{FormulaCode, FormulaError, Place, closest};
use super::super::node::{Op, Picks};
use super::{Checked, Checker, Local};
use crate::value::{Lang, Type};

impl Checker<'_> {
    pub(super) fn path(&mut self, of: &Ast, name: &str, at: Place, place: Place) -> Checked {
        let of = self.record(of);
        self.read_further(&of, name, place);
        let ty = self.field_type(&of.ty, name, at);
        let op = Op::Path(Box::new(of.node), Arc::from(name));
        self.narrowed(Checked::new(op, place, ty))
    }

    /// The record a field is taken from.
    fn record(&mut self, of: &Ast) -> Checked {
        if self.lenient && matches!(of.kind, Kind::Path(..) | Kind::Name(_)) {
            let mut record = self.check(of);
            record.ty = record.ty.known().clone();
            return record;
        }
        let outside = std::mem::replace(&mut self.lenient, false);
        let record = self.known_value(of);
        self.lenient = outside;
        record
    }

    /// The last variable read is this very part: its field is read too.
    fn read_further(&mut self, of: &Checked, name: &str, place: Place) {
        let direct = matches!(of.node.op, Op::Variable(_) | Op::Path(..));
        if let Some(read) = self.reads.last_mut()
            && direct
            && read.span == of.place().range()
        {
            read.path.push(name.to_owned());
            read.span = place.range();
        }
    }

    fn field_type(&mut self, of: &Type, name: &str, at: Place) -> Type {
        let known: Vec<&str> = match of.known() {
            Type::Any => return Type::Any,
            Type::Context(fields) => {
                if let Some(ty) = fields.get(name) {
                    return ty.clone();
                }
                fields.keys().map(AsRef::as_ref).collect()
            }
            Type::List(item) => {
                let item = item.known().clone();
                return Type::list(self.field_type(&item, name, at));
            }
            Type::Range(of) if matches!(name, "start" | "end") => return of.as_ref().clone(),
            ty => {
                if let Some((_, ty)) = properties(ty).iter().find(|(known, _)| *known == name) {
                    return ty.clone();
                }
                properties(ty).iter().map(|(known, _)| *known).collect()
            }
        };
        let meant = closest(name, known.iter().copied());
        let list = known.join(if known.is_empty() { "" } else { ", " });
        let shown = of.clone();
        self.object(|| {
            let error = FormulaError::new(
                FormulaCode::UnknownField,
                at,
                format!("{}没有“{name}”", shown.name(Lang::Zh)),
                format!("There is no `{name}` in a {shown}"),
            );
            match (meant, list.is_empty()) {
                (None, false) => error.advice(format!("有：{list}"), format!("There is: {list}")),
                (meant, _) => error.near(at, meant),
            }
        });
        Type::Any
    }

    pub(super) fn filter(&mut self, of: &Ast, by: &Ast, place: Place) -> Checked {
        let of = self.known_value(of);
        let unrounded = of.unrounded;
        let item = match of.ty.known() {
            Type::List(item) => item.as_ref().clone(),
            Type::Any => Type::Any,
            other => {
                let (other, at) = (other.clone(), of.place());
                self.object(|| {
                    FormulaError::new(
                        FormulaCode::WrongType,
                        at,
                        format!("方括号只用于列表，这里是{}", other.name(Lang::Zh)),
                        format!("Brackets pick from a list; this is a {other}"),
                    )
                });
                Type::Any
            }
        };
        let base = self.locals.len();
        let ty = item.clone();
        self.locals.push(Local { name: "item".to_owned(), ty, item: true, used: false });
        let mut by = self.known_value(by);
        self.leave(base);
        let (picks, ty) = match by.ty.known() {
            Type::Bool => (Picks::Matching, Type::list(item)),
            ty if ty.is_numeric() => (Picks::Index, item.nullable()),
            Type::Any => (Picks::Unclear, Type::Any),
            other => {
                let (other, at) = (other.clone(), by.place());
                self.object(|| {
                    FormulaError::new(
                        FormulaCode::WrongType,
                        at,
                        format!("方括号里要是条件或序号，这里是{}", other.name(Lang::Zh)),
                        format!("Brackets hold a condition or a position; this is a {other}"),
                    )
                });
                (Picks::Unclear, Type::Any)
            }
        };
        if !self.strict() {
            // A number that is written there is a position in every mode.
            let position = by.node.as_constant().is_some_and(|value| value.as_number().is_some());
            by.ty = Type::Any;
            let picks = if position { Picks::Index } else { Picks::Unclear };
            return Checked::new(Op::Filter(Box::new((of.node, by.node)), picks), place, Type::Any);
        }
        let op = Op::Filter(Box::new((of.node, by.node)), picks);
        self.narrowed(Checked { unrounded, ..Checked::new(op, place, ty) })
    }
}

/// What dates, times and durations can be asked for.
fn properties(ty: &Type) -> &'static [(&'static str, Type)] {
    const DATE: &[(&str, Type)] = &[
        ("year", Type::Integer),
        ("month", Type::Integer),
        ("day", Type::Integer),
        ("weekday", Type::Integer),
    ];
    const TIME: &[(&str, Type)] = &[
        ("hour", Type::Integer),
        ("minute", Type::Integer),
        ("second", Type::Integer),
        ("time offset", Type::Any),
        ("timezone", Type::Any),
    ];
    const INSTANT: &[(&str, Type)] = &[
        ("year", Type::Integer),
        ("month", Type::Integer),
        ("day", Type::Integer),
        ("weekday", Type::Integer),
        ("hour", Type::Integer),
        ("minute", Type::Integer),
        ("second", Type::Integer),
        ("time offset", Type::Any),
        ("timezone", Type::Any),
    ];
    const MONTHS: &[(&str, Type)] = &[("years", Type::Integer), ("months", Type::Integer)];
    const SPAN: &[(&str, Type)] = &[
        ("days", Type::Integer),
        ("hours", Type::Integer),
        ("minutes", Type::Integer),
        ("seconds", Type::Integer),
    ];
    const RANGE: &[(&str, Type)] = &[("start included", Type::Bool), ("end included", Type::Bool)];
    match ty {
        Type::Date => DATE,
        Type::Time => TIME,
        Type::Instant => INSTANT,
        Type::Months => MONTHS,
        Type::Span => SPAN,
        Type::Range(_) => RANGE,
        _ => &[],
    }
}
