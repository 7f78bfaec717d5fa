//! One chart from names to the machine's form: the formulas, and what all parts of the lowering share.

use std::collections::BTreeSet;
use std::rc::Rc;

use expr::formula::{Formula, HostFn, Mode, Scope, UnaryTests, compile_as, compile_unary};
use expr::value::Type;
use machine::chart::{Condition, Guard, Transition, Variable};
use machine::ids::{Bilingual, ConditionIx, FieldIx, Name, StateIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::Node;
use crate::words;
use crate::words::Words;

use super::desk::{Desk, Sort, type_words};
use super::fit;
use super::formulas;
use super::header::Common;
use super::map::{FormulaPlace, Thing};
use super::names;
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
    checked: BTreeSet<(u16, Place)>,
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

    /// Conditions have to make sense wherever they are read.
    fn check_conditions(&mut self, formula: &Formula, place: &Place, used: Span) {
        let conditions: Vec<u16> = formulas::slots(formula)
            .filter_map(|slot| match self.scopes.variable(slot.0 as usize) {
                Some(Variable::Condition(ConditionIx(at))) => Some(*at),
                _ => None,
            })
            .collect();
        for at in conditions {
            if place.event == AtHand::Lenient || !self.checked.insert((at, place.clone())) {
                continue;
            }
            let declared = &self.outline().conditions[usize::from(at)];
            let Some((node, text)) = condition_text(declared.node) else { continue };
            let scope = self.scopes.at(place, self.whole, self.at);
            match compile_as(text, &Type::Bool, &scope, Mode::Policy) {
                Ok(inner) => self.check_conditions(&inner, place, used),
                Err(errors) => errors.iter().for_each(|error| {
                    let found = formulas::diagnosed(node, error, self.desk);
                    self.desk.say(found.also(used, words!("在这里用到", "used here")));
                }),
            }
        }
    }

    /// Bounds on the value of a field or a form's line.
    pub fn range(&mut self, node: &Node, input: &Type, place: &Place) -> Option<UnaryTests> {
        let range = node.get("range")?;
        let scope = self.scopes.at(place, self.whole, self.at);
        compile_range(range, input, &scope, self.desk)
    }

    /// The named conditions of the chart.
    pub fn conditions(&mut self) -> Vec<Condition> {
        let outline = self.outline();
        let place = Place { known: vec![], event: AtHand::Lenient };
        let mut conditions = Vec::new();
        let mut reads: Vec<Vec<usize>> = Vec::new();
        for (at, declared) in outline.conditions.iter().enumerate() {
            names::check_word(Sort::Parameter, &declared.name, declared.span, self.desk);
            self.of = Thing::Condition(outline.ix, ConditionIx(narrow(at)));
            let found = condition_text(declared.node);
            let formula = found.and_then(|(node, _)| self.formula(node, &place, &Want::Of(Type::Bool)));
            reads.push(formula.as_ref().map(|formula| self.conditions_read(formula)).unwrap_or_default());
            if let Some(formula) = formula {
                let basis = pick::name(declared.node, "basis");
                let title = condition_title(declared.node, &declared.name);
                conditions.push(Condition { name: declared.name.clone(), title, formula, basis });
            }
        }
        self.check_cycles(&reads);
        conditions
    }

    fn conditions_read(&self, formula: &Formula) -> Vec<usize> {
        let read = formulas::slots(formula).filter_map(|slot| match self.scopes.variable(slot.0 as usize) {
            Some(Variable::Condition(at)) => Some(at.at()),
            _ => None,
        });
        read.collect()
    }

    /// A condition that needs itself has no value.
    fn check_cycles(&mut self, reads: &[Vec<usize>]) {
        for start in 0..reads.len() {
            let Some(round) = way_back(start, reads) else { continue };
            // Each circle is told once, at its first condition.
            if round.iter().any(|at| *at < start) {
                continue;
            }
            let declared = &self.outline().conditions;
            let names: Vec<&str> = round.iter().chain([&start]).map(|at| &*declared[*at].name).collect();
            let shown = names.join(" -> ");
            let found = Diagnostic::new(
                codes::CONDITION_CYCLE,
                declared[start].span,
                words!("条件绕回到自己：{shown}", "the condition needs itself: {shown}"),
            );
            self.desk
                .say(found.advise(words!("把其中一个直接写成公式", "write one of them out as a formula")));
        }
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

/// The formula of a condition: the text itself, or what stands under `is`.
fn condition_text(node: &Node) -> Option<(&Node, &str)> {
    let node = node.get("is").unwrap_or(node);
    Some((node, node.as_text()?))
}

/// What people read: the name itself where a language is not given.
fn condition_title(node: &Node, name: &Name) -> Bilingual {
    let words = |lang| pick::name(node, lang).unwrap_or_else(|| name.clone());
    Bilingual { zh: words("zh"), en: words("en") }
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

/// The way from a condition back to itself.
fn way_back(start: usize, reads: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for next in &reads[*way.last()?] {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push([way.clone(), vec![*next]].concat());
            }
        }
    }
    None
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
