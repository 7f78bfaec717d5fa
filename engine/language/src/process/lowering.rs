//! One chart from names to the machine's form: the formulas, and what all parts of the lowering share.

use std::collections::BTreeSet;
use std::rc::Rc;

use expr::formula::{Formula, HostFn, Mode, Scope, UnaryTests, compile_as, compile_unary};
use expr::value::Type;
use machine::chart::{Guard, Transition};
use machine::ids::{FieldIx, Name, StateIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;
use crate::words::Words;

use super::desk::{Desk, type_words};
use super::fit;
use super::formulas;
use super::header::Common;
use super::map::{FormulaPlace, Thing};
use super::outline::{Outline, narrow};
use super::pick;
use super::scope::{AtHand, FUNCTIONS, Place, Scopes};
use super::whole::{ChartNames, Whole};

/// A chart while it is lowered.
pub(crate) struct Lowering<'a, 't, 's> {
    pub desk: &'a mut Desk<'s>,
    pub whole: &'a Whole<'t>,
    pub at: usize,
    pub scopes: Scopes,
    pub transitions: Vec<Transition>,
    /// What the formulas being read belong to.
    pub of: Thing,
    /// Conditions already checked at a place.
    pub checked: BTreeSet<(u16, Place)>,
}

/// What a formula has to yield.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    /// Anything at all.
    Anything,
    /// A value of this type.
    Of(Type),
    /// A value of one of these types.
    Among(Vec<Type>),
}

impl Want {
    fn takes(&self, found: &Type) -> bool {
        match self {
            Want::Anything | Want::Of(_) => true,
            Want::Among(wanted) => wanted.iter().any(|wanted| fit::fits(found, wanted)),
        }
    }

    fn takes_null(&self) -> bool {
        self.takes(&Type::Null)
    }

    /// What the compiler of formulas is told to want; one of several types is checked afterwards.
    fn wanted(&self) -> Type {
        match self {
            Want::Of(ty) => ty.clone(),
            Want::Among(_) if !self.takes_null() => Type::Any,
            Want::Anything | Want::Among(_) => Type::Nullable(Box::new(Type::Any)),
        }
    }

    fn noun(&self) -> Words {
        let types: &[Type] = match self {
            Want::Anything | Want::Of(_) => &[],
            Want::Among(types) => types,
        };
        let named: Vec<Words> = types.iter().map(type_words).collect();
        let join = |lang, or: &str| named.iter().map(|words| words.get(lang)).collect::<Vec<_>>().join(or);
        Words::new(join(crate::Lang::Zh, "或"), join(crate::Lang::En, " or "))
    }
}

impl<'a, 't, 's> Lowering<'a, 't, 's> {
    pub fn new(desk: &'a mut Desk<'s>, whole: &'a Whole<'t>, at: usize) -> Lowering<'a, 't, 's> {
        let of = Thing::Chart(whole.charts[at].outline.ix);
        Lowering {
            desk,
            whole,
            at,
            scopes: Scopes::of(whole, at),
            transitions: Vec::new(),
            of,
            checked: BTreeSet::new(),
        }
    }

    pub fn names(&self) -> &'a ChartNames<'t> {
        &self.whole.charts[self.at]
    }

    pub fn outline(&self) -> &'a Outline<'t> {
        &self.whole.charts[self.at].outline
    }

    pub fn common(&self) -> &'a Common {
        &self.whole.common
    }

    /// The place of formulas in a state while an event is at hand. What the state and those round it
    /// require is known there.
    pub fn place(&mut self, state: StateIx, event: AtHand) -> Place {
        let outline = self.outline();
        let mut known: Vec<FieldIx> = Vec::new();
        for at in outline.and_round(state) {
            let written =
                pick::many(outline.states[at.at()].node, "requires").iter().filter_map(Node::as_text);
            let fields =
                written.filter_map(|name| outline.fields.iter().position(|field| *field.name == *name));
            known.extend(fields.map(|at| FieldIx(narrow(at))));
        }
        known.sort_unstable();
        known.dedup();
        Place { known, event }
    }

    /// The formula a node holds, if it yields what is wanted.
    pub fn formula(&mut self, node: &Node, place: &Place, want: &Want) -> Option<Formula> {
        let text = node.as_text()?;
        let scope = self.scopes.at(place, self.whole, self.at);
        self.desk.map.formulas.push(FormulaPlace { of: self.of, span: node.span, text: text.into() });
        match compile_as(text, &want.wanted(), &scope, Mode::Policy) {
            Ok(formula) => {
                self.check_yield(node, formula.ty(), want);
                self.check_named(node, text);
                note_tables(formula.calls(), self.desk);
                self.check_conditions(&formula, place, node.span);
                Some(formula)
            }
            Err(errors) => {
                errors.iter().for_each(|error| formulas::report_formula(node, error, self.desk));
                None
            }
        }
    }

    /// The formula under a key.
    pub fn formula_at(&mut self, node: &Node, key: &str, place: &Place, want: &Want) -> Option<Formula> {
        self.formula(node.get(key)?, place, want)
    }

    /// A guard under a key.
    pub fn guard(&mut self, node: &Node, key: &str, place: &Place) -> Option<Guard> {
        self.formula_at(node, key, place, &Want::Of(Type::Bool)).map(Guard::Formula)
    }

    /// Named formulas under a key, such as `with`.
    pub fn named(&mut self, node: &Node, key: &str, place: &Place) -> Vec<(Name, Formula)> {
        let mut all = Vec::new();
        for (key, value) in pick::entries(node, key) {
            if let Some(formula) = self.formula(value, place, &Want::Anything) {
                all.push((key.text.as_str().into(), formula));
            }
        }
        all
    }

    fn check_yield(&mut self, node: &Node, found: &Type, want: &Want) {
        if want.takes(found) {
            return;
        }
        let (wanted, found) = (want.noun(), type_words(found));
        self.desk.say(Diagnostic::new(
            codes::FORMULA_TYPE,
            node.span,
            Words::new(
                format!("公式得到的是{}，这里需要{}", found.zh, wanted.zh),
                format!("the formula yields {}; {} is needed", found.en, wanted.en),
            ),
        ));
    }

    /// Names inside the texts given to `due`, `in` and `entered`.
    fn check_named(&mut self, node: &Node, text: &str) {
        for (function, name, range) in named_in(text) {
            let span = node.locate(self.desk.sources, range);
            if function == "due" {
                self.outline().clock(name, span, self.desk);
            } else {
                self.outline().state(name, span, self.desk);
            }
        }
    }

    /// Bounds on the value of a field or a form's line.
    pub fn range(&mut self, node: &Node, input: &Type, place: &Place) -> Option<UnaryTests> {
        let range = node.get("range")?;
        let scope = self.scopes.at(place, self.whole, self.at);
        compile_range(range, input, &scope, self.desk)
    }

    /// Reports names that formulas could take for one another.
    pub fn check_taken(&mut self) {
        let outline = self.outline();
        let whole = self.whole;
        let fields = outline.fields.iter().map(|it| (&it.name, it.span));
        let conditions = outline.conditions.iter().map(|it| (&it.name, it.span));
        let own: Vec<(&Name, Span)> = fields.chain(conditions).collect();
        for (at, (name, span)) in own.iter().enumerate() {
            let parameter = whole.parameters.iter().position(|parameter| parameter.name == **name);
            let place = parameter.map(|at| Thing::Parameter(machine::ids::ParameterIx(narrow(at))));
            let child = whole.charts.iter().skip(1).find(|chart| chart.outline.name == **name);
            let child = child.map(|chart| Thing::Chart(chart.outline.ix));
            let earlier = own[..at].iter().find(|(other, _)| other == name).map(|(_, span)| *span);
            let other = place.or(child).and_then(|thing| self.desk.map.span(thing)).or(earlier);
            if let Some(other) = other {
                let found = Diagnostic::new(
                    codes::NAME_TAKEN,
                    *span,
                    words!("公式里已有另一个 `{name}`", "formulas know another `{name}` already"),
                );
                self.desk.say(found.also(other, words!("另一个在这里", "the other one")));
            }
        }
    }
}

/// Bounds as tests.
pub(crate) fn compile_range(
    node: &Node,
    input: &Type,
    scope: &Rc<Scope>,
    desk: &mut Desk<'_>,
) -> Option<UnaryTests> {
    match compile_unary(node.as_text()?, input, scope, Mode::Policy) {
        Ok(tests) => {
            note_tables(tests.calls(), desk);
            Some(tests)
        }
        Err(errors) => {
            errors.iter().for_each(|error| formulas::report_formula(node, error, desk));
            None
        }
    }
}

/// Keeps which tables a formula asks.
fn note_tables(calls: &[HostFn], desk: &mut Desk<'_>) {
    let tables = calls.iter().filter_map(|call| (call.0 as usize).checked_sub(FUNCTIONS.len()));
    desk.asked.extend(tables);
}

/// Calls such as `due("evaluation")` with the name and its bytes.
fn named_in(text: &str) -> Vec<(&'static str, &str, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    // Most formulas name nothing in quotes.
    if !text.contains('"') {
        return found;
    }
    for function in ["due", "in", "inside", "entered"] {
        for (at, _) in text.match_indices(function) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '"' | '.')) {
                continue;
            }
            let after = text[at + function.len()..].trim_start();
            let Some(inside) =
                after.strip_prefix('(').map(str::trim_start).and_then(|it| it.strip_prefix('"'))
            else {
                continue;
            };
            let start = text.len() - inside.len();
            if let Some(end) = inside.find('"').filter(|end| inside[end + 1..].trim_start().starts_with(')'))
            {
                found.push((function, &inside[..end], start..start + end));
            }
        }
    }
    found
}
