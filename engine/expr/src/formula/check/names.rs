//! Names: locals, fields of a filter's item, variables; and what was probably meant.

use std::sync::Arc;

use super::super::builtins;
use super::super::error::{FormulaCode, FormulaError, Place, closest};
use super::super::node::{Node, Op};
use super::facts::Key;
use super::{Checked, Checker, Read};
use crate::value::{Type, Value};

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, place: Place) -> Checked {
        if let Some(checked) = self.resolve(name, place, self.locals.len()) {
            return checked;
        }
        let error = self.unknown_name(name, place);
        self.report(error);
        Checked::new(Op::Constant(Value::Null), place, Type::Any)
    }

    pub(super) fn input(&mut self, place: Place) -> Checked {
        if !self.input {
            self.report(FormulaError::new(
                FormulaCode::Unexpected,
                place,
                "“?”只能用在决策表的单元格里",
                "`?` means something only in a cell of a decision table",
            ));
            return Checked::new(Op::Constant(Value::Null), place, Type::Any);
        }
        self.saw_input = true;
        Checked::new(Op::Local(0), place, self.locals[0].ty.clone())
    }

    /// The meaning of a name among the innermost `below` locals and everything outside them.
    fn resolve(&mut self, name: &str, place: Place, below: usize) -> Option<Checked> {
        for at in (0..below).rev() {
            let index = u32::try_from(at).unwrap_or(u32::MAX);
            if self.locals[at].name == name {
                self.locals[at].used = true;
                let ty = self.locals[at].ty.clone();
                return Some(self.narrowed(Checked::new(Op::Local(index), place, ty)));
            }
            if !self.locals[at].item {
                continue;
            }
            match self.locals[at].ty.known().clone() {
                Type::Context(fields) => {
                    let Some(ty) = fields.get(name) else { continue };
                    let item = Node { op: Op::Local(index), place };
                    let op = Op::Path(Box::new(item), Arc::from(name));
                    return Some(self.narrowed(Checked::new(op, place, ty.clone())));
                }
                Type::Any => return Some(self.perhaps_field(index, name, place, at)),
                _ => {}
            }
        }
        let (slot, ty) = self.scope.find(name)?;
        let ty = ty.clone();
        self.reads.push(Read { slot, path: Vec::new(), span: place.range() });
        Some(self.narrowed(Checked::new(Op::Variable(slot), place, ty)))
    }

    /// The item's type is not known: it may have such a field, else the name means something outside.
    fn perhaps_field(&mut self, index: u32, name: &str, place: Place, at: usize) -> Checked {
        let outside = self.resolve(name, place, at);
        let otherwise = outside.map_or(Node::constant(Value::Null, place), |it| it.node);
        Checked::new(Op::ItemOr(index, Arc::from(name), Box::new(otherwise)), place, Type::Any)
    }

    /// Takes away "or null" where a condition before has ruled it out.
    pub(super) fn narrowed(&self, mut checked: Checked) -> Checked {
        if checked.ty.may_be_null()
            && let Some(key) = Key::of(&checked.node)
            && self.facts.iter().any(|fact| fact.implies(&key))
        {
            checked.ty = checked.ty.known().clone();
        }
        checked
    }

    fn unknown_name(&self, name: &str, place: Place) -> FormulaError {
        if let Some((_, (code, zh, en))) = builtins::REFUSED.iter().find(|(refused, _)| *refused == name) {
            return FormulaError::new(*code, place, *zh, *en);
        }
        let error = FormulaError::new(
            FormulaCode::UnknownName,
            place,
            format!("没有叫“{name}”的数据"),
            format!("Nothing is called `{name}`"),
        );
        if builtins::find(name).is_some() || self.scope.find_function(name).is_some() {
            return error.advice(
                format!("“{name}”是函数，后面要有括号：{name}(…)"),
                format!("`{name}` is a function: write `{name}(...)`"),
            );
        }
        if let Some(word) = ["and", "or", "true", "false", "null", "if", "not"]
            .into_iter()
            .find(|word| *word != name && word.eq_ignore_ascii_case(name))
        {
            return error.near(place, Some(word.to_owned()));
        }
        let meant = closest(name, self.known_names());
        if meant.is_some() {
            return error.near(place, meant);
        }
        error.advice(
            "名称要先声明；如果是文字，请加英文双引号",
            "A name is declared first; if text is meant, put it in double quotation marks",
        )
    }

    fn known_names(&self) -> impl Iterator<Item = &str> {
        let fields = self.locals.iter().filter(|local| local.item).flat_map(|local| match local.ty.known() {
            Type::Context(fields) => fields.keys().map(AsRef::as_ref).collect(),
            _ => Vec::new(),
        });
        let locals = self.locals.iter().map(|local| local.name.as_str());
        let variables = self.scope.variables.iter().map(|it| &*it.name);
        locals.chain(fields).chain(variables)
    }
}
