//! Which transitions a configuration may take when something happens, guards taken both ways.

use expr::value::Value;
use machine::chart::{Chart, Guard, Transition};
use machine::ids::{StateIx, TransitionIx};

use super::Configuration;
use super::alphabet::Happening;

/// More combinations of regions than this are not tried one by one.
const COMBINATIONS_MAX: usize = 64;

/// The transitions of each state by happening, in document order.
#[derive(Debug)]
pub struct Answers {
    eventless: Vec<Vec<TransitionIx>>,
    by_happening: Vec<Vec<Vec<TransitionIx>>>,
}

/// What one region can do: the transitions it may take, and whether it may take none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// In the order in which they are tried.
    pub taken: Vec<TransitionIx>,
    /// No transition is sure to be taken.
    pub or_none: bool,
}

impl Answers {
    /// Who answers what.
    pub fn of(chart: &Chart, alphabet: &[Happening]) -> Answers {
        let pick = |answers: &dyn Fn(&Transition) -> bool| -> Vec<Vec<TransitionIx>> {
            let own = |state: &machine::chart::State| {
                let all = state.transitions.iter().copied();
                all.filter(|t| answers(&chart.transitions[t.at()]) && !never(&chart.transitions[t.at()]))
                    .collect()
            };
            chart.states.iter().map(own).collect()
        };
        let on = |name: &str| pick(&|t| t.on.iter().any(|pattern| pattern.answers(name)));
        Answers {
            eventless: pick(&|t| t.on.is_empty()),
            by_happening: alphabet.iter().map(|happening| on(&happening.name)).collect(),
        }
    }

    fn list(&self, on: Option<usize>, state: StateIx) -> &[TransitionIx] {
        match on {
            Some(happening) => &self.by_happening[happening][state.at()],
            None => &self.eventless[state.at()],
        }
    }

    /// What the region of an innermost state can do.
    pub fn options(&self, chart: &Chart, innermost: StateIx, on: Option<usize>) -> Options {
        let mut taken = Vec::new();
        for state in std::iter::once(innermost).chain(chart.ancestors(innermost)) {
            for t in self.list(on, state) {
                taken.push(*t);
                if is_certain(chart, *t) {
                    return Options { taken, or_none: false };
                }
            }
        }
        Options { taken, or_none: true }
    }

    /// The options of every region of a configuration; empty when nothing answers.
    pub fn of_configuration(&self, chart: &Chart, at: &Configuration, on: Option<usize>) -> Vec<Options> {
        let place = at.place(chart);
        let regions = place.atomic_states().map(|state| self.options(chart, state, on));
        regions.filter(|options| !options.taken.is_empty()).collect()
    }
}

/// Whether a transition is taken whenever it is tried: no guard, nobody excluded.
pub fn is_certain(chart: &Chart, t: TransitionIx) -> bool {
    let transition = &chart.transitions[t.at()];
    let everyone = transition.by.is_empty()
        || transition.event.is_some_and(|event| {
            let may = &chart.events[event.at()].by;
            !may.is_empty() && may.iter().all(|role| transition.by.contains(role))
        });
    everyone && transition.guard.as_ref().is_none_or(|guard| constant(guard) == Some(true))
}

/// Whether its guard is always false.
pub fn never(transition: &Transition) -> bool {
    transition.guard.as_ref().is_some_and(|guard| constant(guard) == Some(false))
}

/// The value of a guard that is the same for all cases.
pub fn constant(guard: &Guard) -> Option<bool> {
    match guard {
        Guard::Formula(formula) => formula.as_constant().and_then(Value::as_bool),
        Guard::In(_) => None,
        Guard::Not(inner) => constant(inner).map(|held| !held),
        Guard::All(all) => fold(all, false),
        Guard::Either(all) => fold(all, true),
    }
}

fn fold(all: &[Guard], decides: bool) -> Option<bool> {
    let held: Vec<Option<bool>> = all.iter().map(constant).collect();
    if held.contains(&Some(decides)) {
        return Some(decides);
    }
    (!held.contains(&None)).then_some(!decides)
}

/// The combinations of what regions do, each in the order of the regions. With too many, one region varies
/// at a time.
pub fn combinations(regions: &[Options]) -> Vec<Vec<TransitionIx>> {
    let ways = |options: &Options| options.taken.len() + usize::from(options.or_none);
    let all = regions.iter().try_fold(1usize, |product, options| product.checked_mul(ways(options)));
    match all.filter(|all| *all <= COMBINATIONS_MAX) {
        Some(_) => product(regions),
        None => one_at_a_time(regions),
    }
}

fn product(regions: &[Options]) -> Vec<Vec<TransitionIx>> {
    let mut found: Vec<Vec<TransitionIx>> = vec![vec![]];
    for options in regions {
        let none = options.or_none.then_some(None);
        let choices: Vec<Option<TransitionIx>> =
            options.taken.iter().copied().map(Some).chain(none).collect();
        found = found.iter().flat_map(|before| choices.iter().map(|choice| with(before, *choice))).collect();
    }
    found.retain(|taken| !taken.is_empty());
    found
}

fn with(before: &[TransitionIx], choice: Option<TransitionIx>) -> Vec<TransitionIx> {
    let mut taken = before.to_vec();
    taken.extend(choice.filter(|t| !before.contains(t)));
    taken
}

fn one_at_a_time(regions: &[Options]) -> Vec<Vec<TransitionIx>> {
    let usual: Vec<Option<TransitionIx>> =
        regions.iter().map(|options| options.taken.last().copied().filter(|_| !options.or_none)).collect();
    let mut found = Vec::new();
    for (varied, options) in regions.iter().enumerate() {
        for choice in &options.taken {
            let each = usual.iter().enumerate().map(|(at, t)| if at == varied { Some(*choice) } else { *t });
            found.push(each.fold(Vec::new(), |taken, t| with(&taken, t)));
        }
    }
    found
}
