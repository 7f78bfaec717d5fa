//! Every action and formula of a definition, with what it belongs to.

use expr::formula::{Formula, Read, UnaryTests};
pub use machine::action::each_action;
use machine::action::{Acting, Action, Destination, Recipient, Which};
use machine::chart::{Chart, ChildRules, FormField, Guard, Sign, TaskDecl, Variable};
use machine::definition::Definition;
use machine::ids::{ChartIx, ClockIx, ConditionIx, EventIx, FieldIx, StateIx, TransitionIx};

use crate::process::Thing;

/// A list of actions and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Site<'d> {
    /// In which chart.
    pub chart: ChartIx,
    /// The transition, or the state whose entry, exit or start it is.
    pub of: Thing,
    /// The actions.
    pub actions: &'d [Action],
}

/// What a formula is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It decides whether something happens.
    Guard,
    /// It is a named condition.
    Condition,
    /// It bounds a number of people or children.
    Bound,
    /// It computes.
    Value,
}

/// A formula and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Use<'d> {
    /// In which chart.
    pub chart: ChartIx,
    /// What it belongs to.
    pub of: Thing,
    /// What it is for.
    pub purpose: Purpose,
    /// The formula.
    pub formula: &'d Formula,
}

/// Bounds on a value and where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'d> {
    /// In which chart.
    pub chart: ChartIx,
    /// The field, or the event whose form it is.
    pub of: Thing,
    /// The tests.
    pub tests: &'d UnaryTests,
}

/// Indexes of a table's entries with the entries.
pub fn numbered<T>(list: &[T]) -> impl Iterator<Item = (u16, &T)> {
    (0u16..).zip(list)
}

/// The charts of a definition by index.
pub fn charts(definition: &Definition) -> impl Iterator<Item = (ChartIx, &Chart)> {
    numbered(&definition.charts).map(|(ix, chart)| (ChartIx(ix), chart))
}

/// Every list of actions.
pub fn sites(definition: &Definition) -> Vec<Site<'_>> {
    charts(definition).flat_map(|(ix, chart)| sites_of(ix, chart)).collect()
}

fn sites_of(ix: ChartIx, chart: &Chart) -> Vec<Site<'_>> {
    let full = chart.action_lists().filter(|(_, actions)| !actions.is_empty());
    full.map(|(acting, actions)| Site { chart: ix, of: of_acting(ix, acting), actions }).collect()
}

fn of_acting(ix: ChartIx, acting: Acting) -> Thing {
    match acting {
        Acting::State(state) => Thing::State(ix, state),
        Acting::Transition(transition) => Thing::Transition(ix, transition),
    }
}

/// The formulas of a guard.
pub fn of_guard(guard: &Guard) -> Vec<&Formula> {
    match guard {
        Guard::Formula(formula) => vec![formula],
        Guard::In(_) => vec![],
        Guard::Not(inner) => of_guard(inner),
        Guard::All(all) | Guard::Either(all) => all.iter().flat_map(of_guard).collect(),
    }
}

/// The formulas of one action, those of inner actions not counted.
pub fn of_action(action: &Action) -> Vec<(Purpose, &Formula)> {
    let values = |data: &'_ [(machine::ids::Name, Formula)]| -> Vec<usize> { (0..data.len()).collect() };
    let mut found: Vec<(Purpose, &Formula)> = Vec::new();
    let mut add = |formula| found.push((Purpose::Value, formula));
    match action {
        Action::Set { value, .. } => add(value),
        Action::Raise { data, .. } | Action::Record { data, .. } | Action::Call { request: data, .. } => {
            values(data).into_iter().for_each(|at| add(&data[at].1));
        }
        Action::Send { to, delay, data, .. } => {
            data.iter().map(|(_, formula)| formula).chain(delay).chain(of_destination(to)).for_each(add);
        }
        Action::Start { key, data, .. } => {
            data.iter().map(|(_, formula)| formula).chain([key]).for_each(add);
        }
        Action::Notify { to, data, .. } => {
            data.iter().map(|(_, formula)| formula).chain(to.iter().filter_map(of_recipient)).for_each(add);
        }
        Action::Extend { by, .. } => add(by),
        Action::Choose { branches } => {
            let guards = branches.iter().filter_map(|(guard, _)| guard.as_ref());
            found.extend(guards.flat_map(of_guard).map(|formula| (Purpose::Guard, formula)));
        }
        Action::Cancel { .. } | Action::Release => {}
    }
    found
}

fn of_destination(to: &Destination) -> Option<&Formula> {
    match to {
        Destination::Cases { key, .. } => Some(key),
        Destination::Children { which: Which::Key(key) | Which::AllBut(key), .. } => Some(key),
        _ => None,
    }
}

fn of_recipient(to: &Recipient) -> Option<&Formula> {
    match to {
        Recipient::Named(formula) => Some(formula),
        Recipient::Role(_) | Recipient::Key => None,
    }
}

/// Every formula of a definition.
pub fn formulas(definition: &Definition) -> Vec<Use<'_>> {
    let mut found: Vec<Use<'_>> = Vec::new();
    for (chart, decl) in charts(definition) {
        of_chart(chart, decl, &mut |of, purpose, formula| found.push(Use { chart, of, purpose, formula }));
        // The rules of children are reckoned where they start: in the main run.
        for (purpose, formula) in decl.child.iter().flat_map(of_rules) {
            found.push(Use { chart: ChartIx::MAIN, of: Thing::Chart(chart), purpose, formula });
        }
    }
    for site in sites(definition) {
        each_action(site.actions, &mut |action| {
            for (purpose, formula) in of_action(action) {
                found.push(Use { chart: site.chart, of: site.of, purpose, formula });
            }
        });
    }
    found
}

fn of_chart<'d>(ix: ChartIx, chart: &'d Chart, add: &mut impl FnMut(Thing, Purpose, &'d Formula)) {
    for (at, transition) in numbered(&chart.transitions) {
        let of = Thing::Transition(ix, TransitionIx(at));
        transition.guard.iter().flat_map(of_guard).for_each(|formula| add(of, Purpose::Guard, formula));
    }
    for (at, condition) in numbered(&chart.conditions) {
        add(Thing::Condition(ix, ConditionIx(at)), Purpose::Condition, &condition.formula);
    }
    for (at, clock) in numbered(&chart.clocks) {
        let of = Thing::Clock(ix, ClockIx(at));
        clock.when.iter().flat_map(of_guard).for_each(|formula| add(of, Purpose::Guard, formula));
        let values = [&clock.within].into_iter().chain(&clock.from).chain(&clock.floor);
        values.for_each(|formula| add(of, Purpose::Value, formula));
    }
    for (at, state) in numbered(&chart.states) {
        let of = Thing::State(ix, StateIx(at));
        state.task.iter().flat_map(of_task).for_each(|(purpose, formula)| add(of, purpose, formula));
    }
}

fn of_task(task: &TaskDecl) -> Vec<(Purpose, &Formula)> {
    let votes = match &task.sign {
        Sign::Votes(votes) => Some((Purpose::Bound, votes)),
        Sign::One | Sign::All | Sign::Either => None,
    };
    task.candidates.iter().map(|formula| (Purpose::Value, formula)).chain(votes).collect()
}

fn of_rules(rules: &ChildRules) -> Vec<(Purpose, &Formula)> {
    let cap = rules.cap.iter().flat_map(|cap| [(Purpose::Bound, &cap.limit), (Purpose::Value, &cap.scope)]);
    let again = rules.again.iter().flat_map(|again| {
        let cooldown = again.cooldown.iter().map(|formula| (Purpose::Value, formula));
        [(Purpose::Bound, &again.limit)].into_iter().chain(cooldown)
    });
    cap.chain(again).collect()
}

/// The bounds of every field and form.
pub fn bounds(definition: &Definition) -> Vec<Bounds<'_>> {
    let mut found = Vec::new();
    for (chart, decl) in charts(definition) {
        for (at, field) in numbered(&decl.fields) {
            let of = Thing::Field(chart, FieldIx(at));
            found.extend(field.range.iter().map(|tests| Bounds { chart, of, tests }));
        }
        for (at, event) in numbered(&decl.events) {
            let of = Thing::Event(chart, EventIx(at));
            // A line takes over the range of the field it fills; that is told at the field.
            let of_field =
                |line: &FormField| line.field.and_then(|field| decl.fields[field.at()].range.as_ref());
            let new = |line: &&FormField| {
                line.range.as_ref().map(UnaryTests::text) != of_field(line).map(UnaryTests::text)
            };
            let own = event.form.iter().filter(new).filter_map(|line| line.range.as_ref());
            found.extend(own.map(|tests| Bounds { chart, of, tests }));
        }
    }
    found
}

/// What a read stands for.
pub fn variable<'d>(chart: &'d Chart, read: &Read) -> Option<&'d Variable> {
    chart.variables.get(read.slot.0 as usize)
}
