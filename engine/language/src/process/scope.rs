//! What formulas of a chart may name at a place: variables in a fixed order, with the types they have there.
//!
//! The order is: own fields, parameters, conditions, `case`, `this` (in children), the children by kind,
//! `event`, `today`, `now`. Slots are the same everywhere in a chart; types may differ: a field that the
//! state `requires` is known there, and `event` carries what the events answered there bring.

use std::collections::BTreeMap;
use std::rc::Rc;

use expr::formula::{Scope, Slot};
use expr::value::Type;
use machine::chart::{EventDecl, HostCall, Variable};
use machine::ids::{ChartIx, ConditionIx, EventIx, FieldIx, Name, ParameterIx};

use super::fields::{self, Data};
use super::literal;
use super::outline::{Outline, narrow};
use super::whole::Whole;

/// Which event is at hand where a formula stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AtHand {
    /// A declared one.
    Declared(EventIx),
    /// A child of this kind has ended.
    Ended(ChartIx),
    /// A clock is due.
    Clock,
    /// One that actions raise, send or tell.
    Told(Name),
    /// Any that the chart answers.
    Some,
    /// Not known yet: everything any event brings is taken as known. Conditions are read so at first, and
    /// again wherever they are used.
    Lenient,
}

/// What differs between places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub known: Vec<FieldIx>,
    pub event: AtHand,
}

/// A chart's variables and functions, and the scopes made so far.
pub(crate) struct Scopes {
    variables: Vec<(Name, Type, Variable)>,
    /// The variables and functions as they are where nothing more is known.
    plain: Option<Scope>,
    made: BTreeMap<Place, Rc<Scope>>,
}

/// The host's functions of every chart; the tables come behind them. `in` is an operator of the formula
/// language, so that `inside` is what people write.
pub(crate) const FUNCTIONS: [(&str, HostCall); 4] =
    [("in", HostCall::In), ("due", HostCall::Due), ("entered", HostCall::Entered), ("inside", HostCall::In)];

impl Scopes {
    pub fn of(whole: &Whole<'_>, at: usize) -> Scopes {
        let chart = &whole.charts[at];
        let mut variables: Vec<(Name, Type, Variable)> = Vec::new();
        for (at, field) in chart.data.fields.iter().enumerate() {
            let (name, ty) = fields::seen(field);
            variables.push((name, ty, Variable::Field(FieldIx(narrow(at)))));
        }
        for (at, parameter) in whole.parameters.iter().enumerate() {
            let variable = Variable::Parameter(ParameterIx(narrow(at)));
            variables.push((parameter.name.clone(), parameter.ty.clone(), variable));
        }
        for (at, condition) in chart.outline.conditions.iter().enumerate() {
            let variable = Variable::Condition(ConditionIx(narrow(at)));
            variables.push((condition.name.clone(), Type::Bool, variable));
        }
        variables.push(("case".into(), whole.main().seen.clone(), Variable::Case));
        if at > 0 {
            variables.push(("this".into(), chart.seen.clone(), Variable::This));
        }
        for (at, child) in whole.charts.iter().enumerate().skip(1) {
            let variable = Variable::Children(ChartIx(narrow(at)));
            variables.push((child.outline.name.clone(), Type::list(child.seen.clone()), variable));
        }
        variables.push(("event".into(), Type::Any, Variable::Event));
        variables.push(("today".into(), Type::Date, Variable::Today));
        variables.push(("now".into(), Type::Instant, Variable::Now));
        Scopes { variables, plain: None, made: BTreeMap::new() }
    }

    /// What each slot stands for.
    pub fn variables(&self) -> Vec<Variable> {
        self.variables.iter().map(|(_, _, variable)| variable.clone()).collect()
    }

    /// What the variable of a slot stands for.
    pub fn variable(&self, slot: usize) -> Option<&Variable> {
        self.variables.get(slot).map(|(_, _, variable)| variable)
    }

    /// The names formulas may read, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.variables.iter().map(|(name, _, _)| name)
    }

    /// The scope of a place.
    pub fn at(&mut self, place: &Place, whole: &Whole<'_>, at: usize) -> Rc<Scope> {
        if let Some(scope) = self.made.get(place) {
            return scope.clone();
        }
        let scope = Rc::new(self.make(place, whole, at));
        self.made.insert(place.clone(), scope.clone());
        scope
    }

    /// The plain scope with what differs at a place.
    fn make(&mut self, place: &Place, whole: &Whole<'_>, at: usize) -> Scope {
        let variables = &self.variables;
        let mut scope = self.plain.get_or_insert_with(|| plain(variables, whole)).clone();
        let lenient = place.event == AtHand::Lenient;
        for (slot, (_, ty, variable)) in variables.iter().enumerate() {
            let ty = match variable {
                Variable::Event => event_type(&place.event, whole, at),
                Variable::Field(field) if lenient || place.known.contains(field) => ty.known().clone(),
                _ => continue,
            };
            scope.narrow(Slot(u32::from(narrow(slot))), ty);
        }
        scope
    }
}

fn plain(variables: &[(Name, Type, Variable)], whole: &Whole<'_>) -> Scope {
    let mut scope = Scope::new();
    for (name, ty, _) in variables {
        scope.variable(name, ty.clone());
    }
    for (name, call) in FUNCTIONS {
        let returns = if call == HostCall::In { Type::Bool } else { Type::Instant.nullable() };
        scope.function(name, &[Type::Text], returns);
    }
    for (name, takes, gives) in whole.tables.functions() {
        scope.function(name, takes, gives.clone());
    }
    scope
}

/// The main run as formulas see it.
pub(crate) fn case_type(main: &Outline<'_>, data: &Data) -> Type {
    let own = [
        (Name::from("id"), Type::Text),
        ("started_at".into(), Type::Instant),
        ("state".into(), Type::choice(main.innermost())),
    ];
    Type::context(data.fields.iter().map(fields::seen).chain(own))
}

/// A child as formulas see it.
pub(crate) fn child_type(chart: &Outline<'_>, data: &Data, key: &Type) -> Type {
    let own = [
        (Name::from("active"), Type::Bool),
        ("ended".into(), Type::choice(chart.outcomes()).nullable()),
        ("ended_at".into(), Type::Instant.nullable()),
        ("key".into(), key.clone()),
        ("number".into(), Type::Integer),
        ("slot".into(), Type::Integer.nullable()),
        ("started_at".into(), Type::Instant),
        ("state".into(), Type::choice(chart.innermost())),
    ];
    Type::context(data.fields.iter().map(fields::seen).chain(own))
}

/// What comes with the event at hand.
fn event_type(event: &AtHand, whole: &Whole<'_>, at: usize) -> Type {
    let chart = &whole.charts[at];
    let mut known: Vec<(Name, Type)> = vec![
        ("by".into(), Type::Text),
        ("name".into(), Type::Text),
        ("organisation".into(), Type::Text.nullable()),
        ("reason".into(), Type::Text.nullable()),
        ("role".into(), Type::Text),
    ];
    match event {
        AtHand::Declared(event) => known.extend(brought(chart.data.event(*event))),
        AtHand::Ended(kind) => {
            let child = &whole.charts[kind.at()];
            known.push(("key".into(), child.key.clone()));
            known.push(("outcome".into(), Type::choice(child.outline.outcomes())));
        }
        AtHand::Clock => known.push(("due".into(), Type::Instant)),
        AtHand::Told(name) => {
            let carried = whole.told.get(name).into_iter().flatten();
            known.extend(carried.map(|name| (name.clone(), Type::Any)));
        }
        AtHand::Some | AtHand::Lenient => known.extend(any_event(event, whole, at)),
    }
    Type::context(known)
}

/// What a declared event brings: what its form requires is known, the rest may be null.
fn brought(event: &EventDecl) -> Vec<(Name, Type)> {
    let form = event.form.iter().map(|line| {
        let ty = literal::plain(&line.ty);
        (line.name.clone(), if line.required { ty } else { ty.nullable() })
    });
    let reason = event.reason.then(|| (Name::from("reason"), Type::Text));
    form.chain(reason).collect()
}

/// What any event of the chart may bring.
fn any_event(event: &AtHand, whole: &Whole<'_>, at: usize) -> Vec<(Name, Type)> {
    let mut all: BTreeMap<Name, Type> = BTreeMap::new();
    let declared = whole.charts[at].data.events.iter().flat_map(brought);
    let ended = (1..whole.charts.len()).flat_map(|kind| {
        let child = &whole.charts[kind];
        [("key".into(), child.key.clone()), ("outcome".into(), Type::choice(child.outline.outcomes()))]
    });
    let told = whole.told.values().flatten().map(|name| (name.clone(), Type::Any));
    let clock = [(Name::from("due"), Type::Instant)];
    for (name, ty) in declared.chain(ended).chain(told).chain(clock) {
        let ty = if *event == AtHand::Lenient { ty.known().clone() } else { ty.nullable() };
        let seen = all.entry(name).or_insert_with(|| ty.clone());
        if *seen != ty {
            *seen = Type::Any;
        }
    }
    all.into_iter().collect()
}
