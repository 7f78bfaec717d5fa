//! What can reach a run of a chart: events from outside, from its own actions, from clocks and children.

use std::collections::BTreeMap;

use machine::action::{Action, Destination};
use machine::chart::{Chart, Pattern};
use machine::definition::Definition;
use machine::ids::{ChartIx, ClockIx, Name, StateIx};

use super::Configuration;
use super::uses;

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    /// People, connectors or other cases: a declared event, or one other charts tell.
    Outside,
    /// An action of the chart itself.
    Own,
    /// A clock is due.
    Clock(ClockIx),
    /// A reminder of a clock.
    Reminder(ClockIx),
    /// A state is complete.
    Done(StateIx),
    /// A child of this kind has ended.
    Ended(ChartIx),
    /// The machine, in a way no lint knows.
    System,
}

/// An event that can happen to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Its name.
    pub name: Name,
    /// Where it comes from.
    pub from: From,
}

impl Happening {
    /// Whether it can happen in a configuration.
    pub fn possible(&self, chart: &Chart, configuration: &Configuration) -> bool {
        match self.from {
            From::Clock(clock) | From::Reminder(clock) => {
                let stands = |state: &StateIx| chart.state(*state).pauses.contains(&clock);
                configuration.has(chart.clocks[clock.at()].owner) && !configuration.active.iter().any(stands)
            }
            From::Done(state) => configuration.has(state) && configuration.place(chart).is_in_final(state),
            From::Outside | From::Own | From::Ended(_) | From::System => true,
        }
    }
}

/// Everything that can happen to runs of a chart, each name once.
pub fn alphabet(definition: &Definition, at: ChartIx) -> Vec<Happening> {
    let chart = definition.chart(at);
    let mut found: BTreeMap<Name, From> = BTreeMap::new();
    let mut add = |name: &Name, from: From| {
        found.entry(name.clone()).or_insert(from);
    };
    chart.events.iter().for_each(|event| add(&event.name, From::Outside));
    for (ix, clock) in (0u16..).zip(&chart.clocks) {
        add(&clock.event, From::Clock(ClockIx(ix)));
        for number in 1..=clock.reminders.len() {
            add(&format!("reminder.{}.{number}", clock.name).into(), From::Reminder(ClockIx(ix)));
        }
    }
    for (ix, state) in (0u16..).zip(&chart.states).filter(|(_, state)| !state.children.is_empty()) {
        add(&format!("done.state.{}", state.name).into(), From::Done(StateIx(ix)));
    }
    for site in uses::sites(definition) {
        uses::each_action(site.actions, &mut |action| told(action, site.chart, at, &mut add));
    }
    if at == ChartIx::MAIN {
        for kind in started(definition) {
            if let Some(rules) = &definition.chart(kind).child {
                add(&rules.ended, From::Ended(kind));
            }
        }
    }
    if let Some(cascade) = chart.child.as_ref().and_then(|rules| rules.cascade.as_ref()) {
        add(cascade, From::Outside);
    }
    let known: Vec<Name> = found.keys().cloned().collect();
    for pattern in chart.transitions.iter().flat_map(|transition| &transition.on) {
        if let Pattern::Prefix(prefix) = pattern
            && is_system(prefix)
            && !known.iter().any(|name| pattern.answers(name))
        {
            found.insert(prefix.clone(), From::System);
        }
    }
    found.into_iter().map(|(name, from)| Happening { name, from }).collect()
}

/// Kinds of children that some action starts.
pub fn started(definition: &Definition) -> Vec<ChartIx> {
    let mut kinds = Vec::new();
    for site in uses::sites(definition) {
        uses::each_action(site.actions, &mut |action| {
            if let Action::Start { child, .. } = action {
                kinds.push(*child);
            }
        });
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn is_system(prefix: &str) -> bool {
    ["error", "done.run"].iter().any(|own| prefix == *own || prefix.starts_with(&format!("{own}.")))
}

fn told(action: &Action, of: ChartIx, at: ChartIx, add: &mut impl FnMut(&Name, From)) {
    match action {
        Action::Raise { event, .. } if of == at => add(event, From::Own),
        Action::Send { event, to: Destination::Own, .. } if of == at => add(event, From::Own),
        Action::Send { event, to: Destination::Main, .. } if at == ChartIx::MAIN => add(event, From::Outside),
        Action::Send { event, to: Destination::Children { kind, .. }, .. } if *kind == at => {
            add(event, From::Outside);
        }
        Action::Call { reply, failure, .. } if of == at => {
            reply.iter().chain(failure).for_each(|event| add(event, From::Outside));
        }
        _ => {}
    }
}
