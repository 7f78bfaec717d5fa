//! Which guards can hold together: every choice and yes-or-no they read is tried both ways.
//!
//! What cannot be tried (numbers, children, what an event brings) is one unknown by the guard's text, true
//! or false. So "never" is certain and "maybe" is only that.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use expr::formula::{Formula, Inputs, Read, Slot};
use expr::value::{Type, Value};
use machine::chart::{Chart, Field, FieldType, Guard, Variable};
use machine::definition::Definition;
use machine::ids::{ConditionIx, FieldIx, Name, ParameterIx};

use super::uses;

/// More cases than this are not tried.
const CASES_MAX: usize = 4_096;
/// More guards than this, each in each of its cases, are not tried for one definition.
const TRIES_MAX: usize = 200_000;
/// Conditions read through conditions no deeper than this.
const DEPTH_MAX: usize = 32;

/// How much trying the guards of one definition are worth: a real one takes some thousands.
#[derive(Debug)]
pub struct Patience(Cell<usize>);

impl Default for Patience {
    fn default() -> Patience {
        Patience(Cell::new(TRIES_MAX))
    }
}

impl Patience {
    /// Takes so much of it; false when it is used up.
    fn spend(&self, tries: usize) -> bool {
        let left = self.0.get().checked_sub(tries);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// Something a guard depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Field(FieldIx),
    CaseField(FieldIx),
    Parameter(ParameterIx),
    Condition(ConditionIx),
    Text(Name),
}

/// The guards of one chart.
#[derive(Clone, Copy)]
pub struct Guards<'d> {
    definition: &'d Definition,
    chart: &'d Chart,
    patience: &'d Patience,
    /// What counts as consent is taken to be missing.
    without_consent: bool,
}

/// One way the unknowns can be: they are few, and looking through them is quicker than a tree.
#[derive(Default)]
struct Case(Vec<(Unknown, Value)>);

impl Case {
    fn get(&self, wanted: &Unknown) -> Option<&Value> {
        self.0.iter().find(|(unknown, _)| unknown == wanted).map(|(_, value)| value)
    }

    /// The value of a guard that is one unknown by its text.
    fn of_text(&self, wanted: &str) -> Option<&Value> {
        let is = |unknown: &Unknown| matches!(unknown, Unknown::Text(text) if **text == *wanted);
        self.0.iter().find(|(unknown, _)| is(unknown)).map(|(_, value)| value)
    }
}

/// Every way some unknowns can be, one after the other; the last varies fastest.
struct Cases {
    choices: Vec<Vec<Value>>,
    /// Which value each has now.
    at: Vec<usize>,
    case: Case,
}

impl Cases {
    fn of(unknowns: BTreeMap<Unknown, Vec<Value>>) -> Cases {
        let (mut choices, mut case) = (Vec::new(), Case::default());
        for (unknown, values) in unknowns {
            case.0.extend(values.first().map(|first| (unknown, first.clone())));
            choices.push(values);
        }
        Cases { at: vec![0; choices.len()], choices, case }
    }

    /// Goes on to the next; false behind the last.
    fn next(&mut self) -> bool {
        for (place, values) in self.choices.iter().enumerate().rev() {
            self.at[place] = (self.at[place] + 1) % values.len();
            self.case.0[place].1.clone_from(&values[self.at[place]]);
            if self.at[place] > 0 {
                return true;
            }
        }
        false
    }
}

impl<'d> Guards<'d> {
    /// The guards of a chart.
    pub fn of(definition: &'d Definition, chart: &'d Chart, patience: &'d Patience) -> Guards<'d> {
        Guards { definition, chart, patience, without_consent: false }
    }

    /// The same when no consent is given.
    pub fn without_consent(self) -> Guards<'d> {
        Guards { without_consent: true, ..self }
    }

    /// Whether all can hold at once; `true` also when it cannot be told.
    pub fn together(&self, guards: &[&Guard]) -> bool {
        let all = |case: &Case| guards.iter().all(|guard| self.holds(guard, case) != Some(false));
        self.some_case(guards, all).unwrap_or(true)
    }

    /// Whether it is certain that all hold at once in some case: nothing that cannot be tried is read,
    /// except by guards of one and the same text.
    pub fn surely_together(&self, guards: &[&Guard]) -> bool {
        let texts: BTreeSet<String> = guards.iter().map(|guard| format!("{guard:?}")).collect();
        if texts.len() < 2 {
            return guards.iter().all(|guard| self.together(&[guard]));
        }
        let Some(unknowns) = self.unknowns(guards) else { return false };
        let open = |unknown: &Unknown| matches!(unknown, Unknown::Text(_) | Unknown::Condition(_));
        let all = |case: &Case| guards.iter().all(|guard| self.holds(guard, case) == Some(true));
        !unknowns.keys().any(open) && self.some_case(guards, all).unwrap_or(false)
    }

    /// Which branches can be the first whose guard holds; `None` is a branch without a guard.
    pub fn first_to_hold(&self, branches: &[Option<&Guard>]) -> Vec<bool> {
        let guards: Vec<&Guard> = branches.iter().flatten().copied().collect();
        let mut can = vec![false; branches.len()];
        let tried = self.some_case(&guards, |case| {
            for (at, branch) in branches.iter().enumerate() {
                let held = branch.map_or(Some(true), |guard| self.holds(guard, case));
                can[at] |= held != Some(false);
                if held == Some(true) {
                    break;
                }
            }
            false
        });
        match tried {
            Some(_) => can,
            None => vec![true; branches.len()],
        }
    }

    /// Whether a case is as wanted; `None` when there are too many to try.
    fn some_case(&self, guards: &[&Guard], mut wanted: impl FnMut(&Case) -> bool) -> Option<bool> {
        let unknowns = self.unknowns(guards)?;
        if count(&unknowns) == Some(0) {
            return Some(false);
        }
        let mut cases = Cases::of(unknowns);
        loop {
            if !self.patience.spend(guards.len()) {
                return None;
            }
            if wanted(&cases.case) {
                return Some(true);
            }
            if !cases.next() {
                return Some(false);
            }
        }
    }

    fn holds(&self, guard: &Guard, case: &Case) -> Option<bool> {
        match guard {
            Guard::Formula(formula) => self.formula(formula, case),
            Guard::In(_) => None,
            Guard::Not(inner) => self.holds(inner, case).map(|held| !held),
            Guard::All(all) => several(all.iter().map(|guard| self.holds(guard, case)), false),
            Guard::Either(all) => several(all.iter().map(|guard| self.holds(guard, case)), true),
        }
    }

    fn formula(&self, formula: &Formula, case: &Case) -> Option<bool> {
        if let Some(value) = case.of_text(formula.text()) {
            return value.as_bool();
        }
        formula.eval(&Seen { guards: self, case, depth: 0 }).ok().and_then(|value| value.as_bool())
    }

    /// What the guards depend on, with every value of each; nothing when there are too many cases to try.
    fn unknowns(&self, guards: &[&Guard]) -> Option<BTreeMap<Unknown, Vec<Value>>> {
        let mut found = BTreeMap::new();
        for formula in guards.iter().flat_map(|guard| uses::of_guard(guard)) {
            if formula.as_constant().is_none() {
                self.gather(formula, &mut found);
                count(&found)?;
            }
        }
        Some(found)
    }

    fn gather(&self, formula: &Formula, found: &mut BTreeMap<Unknown, Vec<Value>>) {
        match self.closed(formula, 0) {
            Some(unknowns) => found.extend(unknowns),
            None => {
                let gate = self.without_consent && self.reads_consent(formula, 0);
                let values = if gate { vec![Value::Bool(false)] } else { both() };
                found.insert(Unknown::Text(formula.text().into()), values);
            }
        }
    }

    /// What a formula depends on, if every bit of it can be tried.
    fn closed(&self, formula: &Formula, depth: usize) -> Option<BTreeMap<Unknown, Vec<Value>>> {
        if !self.patience.spend(1 + formula.reads().len()) {
            return None;
        }
        if formula.text().contains('(') && calls_host(formula.text()) {
            return None;
        }
        let mut found = BTreeMap::new();
        for read in formula.reads() {
            let variable = uses::variable(self.chart, read)?;
            if let Variable::Condition(condition) = variable {
                let inner = &self.chart.conditions.get(condition.at())?.formula;
                match (depth < DEPTH_MAX).then(|| self.closed(inner, depth + 1)).flatten() {
                    Some(unknowns) => found.extend(unknowns),
                    None => {
                        found.insert(Unknown::Condition(*condition), self.open_condition(*condition, depth));
                    }
                }
                continue;
            }
            let (unknown, values) = self.unknown(variable, read)?;
            found.insert(unknown, values);
        }
        Some(found)
    }

    fn open_condition(&self, condition: ConditionIx, depth: usize) -> Vec<Value> {
        let decl = &self.chart.conditions[condition.at()];
        let consent = is_consent(&decl.name) || self.reads_consent(&decl.formula, depth + 1);
        if self.without_consent && consent { vec![Value::Bool(false)] } else { both() }
    }

    fn unknown(&self, variable: &Variable, read: &Read) -> Option<(Unknown, Vec<Value>)> {
        match variable {
            Variable::Field(field) if read.path.is_empty() => {
                let decl = &self.chart.fields[field.at()];
                Some((Unknown::Field(*field), self.values_of(decl)?))
            }
            Variable::Case if read.path.len() == 1 => {
                let main = self.definition.main();
                let field = main.find_field(&read.path[0])?;
                Some((Unknown::CaseField(field), self.values_of(&main.fields[field.at()])?))
            }
            Variable::Parameter(parameter) if read.path.is_empty() => {
                let decl = &self.definition.parameters[parameter.at()];
                Some((Unknown::Parameter(*parameter), values(&decl.ty)?))
            }
            _ => None,
        }
    }

    fn values_of(&self, field: &Field) -> Option<Vec<Value>> {
        let FieldType::Plain(ty) = &field.ty else { return None };
        if self.without_consent && is_consent(&field.name) && *ty.known() == Type::Bool {
            return Some(vec![Value::Bool(false)]);
        }
        let mut all = values(ty)?;
        if !field.required && field.default.is_none() {
            all.push(Value::Null);
        }
        Some(all)
    }

    /// Whether a formula reads something whose name says consent, directly or through conditions.
    pub fn reads_consent(&self, formula: &Formula, depth: usize) -> bool {
        formula.reads().iter().any(|read| match uses::variable(self.chart, read) {
            Some(Variable::Field(field)) => is_consent(&self.chart.fields[field.at()].name),
            Some(Variable::Condition(condition)) => {
                let decl = &self.chart.conditions[condition.at()];
                is_consent(&decl.name) || (depth < DEPTH_MAX && self.reads_consent(&decl.formula, depth + 1))
            }
            Some(Variable::Case | Variable::This | Variable::Event) => {
                read.path.last().is_some_and(|name| is_consent(name))
            }
            _ => false,
        })
    }
}

/// Whether a name speaks of consent.
pub fn is_consent(name: &str) -> bool {
    ["consent", "authoris", "authoriz", "授权", "同意"].iter().any(|word| name.contains(word))
}

struct Seen<'a, 'd> {
    guards: &'a Guards<'d>,
    case: &'a Case,
    depth: usize,
}

impl Inputs for Seen<'_, '_> {
    fn variable(&self, slot: Slot) -> Value {
        let known = |unknown: Unknown| self.case.get(&unknown).cloned();
        match self.guards.chart.variables.get(slot.0 as usize) {
            Some(Variable::Field(field)) => known(Unknown::Field(*field)).unwrap_or(Value::Null),
            Some(Variable::Parameter(parameter)) => {
                known(Unknown::Parameter(*parameter)).unwrap_or(Value::Null)
            }
            Some(Variable::Condition(condition)) => {
                known(Unknown::Condition(*condition)).unwrap_or_else(|| self.condition(*condition))
            }
            Some(Variable::Case) => self.main(),
            _ => Value::Null,
        }
    }
}

impl Seen<'_, '_> {
    fn condition(&self, condition: ConditionIx) -> Value {
        if self.depth >= DEPTH_MAX {
            return Value::Null;
        }
        let inner = Seen { depth: self.depth + 1, ..*self };
        let formula = &self.guards.chart.conditions[condition.at()].formula;
        formula.eval(&inner).unwrap_or(Value::Null)
    }

    fn main(&self) -> Value {
        let main = self.guards.definition.main();
        Value::context(self.case.0.iter().filter_map(|(unknown, value)| match unknown {
            Unknown::CaseField(field) => Some((main.fields[field.at()].name.clone(), value.clone())),
            _ => None,
        }))
    }
}

/// How many cases there are, when they can be tried.
fn count(unknowns: &BTreeMap<Unknown, Vec<Value>>) -> Option<usize> {
    let mut values = unknowns.values();
    values.try_fold(1, |count, values| Some(count * values.len()).filter(|count| *count <= CASES_MAX))
}

fn both() -> Vec<Value> {
    vec![Value::Bool(false), Value::Bool(true)]
}

/// Every value of a type that has few.
fn values(ty: &Type) -> Option<Vec<Value>> {
    match ty.known() {
        Type::Bool => Some(both()),
        Type::Choice(texts) => Some(texts.iter().map(Value::text).collect()),
        _ => None,
    }
}

fn several(all: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let held: Vec<Option<bool>> = all.collect();
    if held.contains(&Some(decides)) {
        return Some(decides);
    }
    (!held.contains(&None)).then_some(!decides)
}

/// Whether a text calls `in`, `inside`, `due` or `entered`, which depend on the run.
fn calls_host(text: &str) -> bool {
    ["in(", "inside(", "due(", "entered("].iter().any(|call| {
        text.match_indices(call)
            .any(|(at, _)| !text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_'))
    })
}
