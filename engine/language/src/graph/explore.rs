//! Walking a chart breadth first: every configuration once, the shortest way to each remembered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use machine::chart::{Chart, Go, StateKind};
use machine::definition::Definition;
use machine::ids::{ChartIx, TransitionIx};
use machine::travel::insert;
use petgraph::graph::{DiGraph, NodeIndex};

use super::alphabet::{Happening, alphabet};
use super::choices::{Answers, Options, combinations};
use super::{CONFIGURATIONS_MAX, Clash, Configuration, Graph, Step};

/// The graph of a chart, as far as so many steps go; they are taken from the count.
pub fn explore<'d>(definition: &'d Definition, at: ChartIx, steps: &mut usize) -> Graph<'d> {
    explore_without(definition, at, &BTreeSet::new(), steps)
}

/// The graph of a chart in which some transitions are never taken; another may be tried in their place.
pub fn explore_without<'d>(
    definition: &'d Definition,
    at: ChartIx,
    barred: &BTreeSet<TransitionIx>,
    steps: &mut usize,
) -> Graph<'d> {
    let chart = definition.chart(at);
    let alphabet = alphabet(definition, at);
    let answers = Answers::of(chart, &alphabet);
    let graph = Graph {
        chart,
        alphabet,
        steps: DiGraph::new(),
        came: Vec::new(),
        live: BTreeSet::new(),
        clashes: Vec::new(),
        cut: false,
    };
    let mut walk = Walk {
        graph,
        answers,
        known: BTreeMap::new(),
        waiting: VecDeque::new(),
        barred,
        met: BTreeSet::new(),
        steps: *steps,
    };
    walk.run();
    *steps = walk.steps;
    walk.graph
}

struct Walk<'d, 'b> {
    graph: Graph<'d>,
    answers: Answers,
    known: BTreeMap<Configuration, NodeIndex>,
    waiting: VecDeque<NodeIndex>,
    barred: &'b BTreeSet<TransitionIx>,
    met: BTreeSet<(TransitionIx, TransitionIx)>,
    /// How many may still be taken.
    steps: usize,
}

impl Walk<'_, '_> {
    fn run(&mut self) {
        let start = start(self.graph.chart);
        self.reach(start, None);
        while let Some(node) = self.waiting.pop_front() {
            if self.steps == 0 {
                self.graph.cut = true;
                return;
            }
            self.leave(node);
        }
    }

    fn reach(&mut self, configuration: Configuration, came: Option<(NodeIndex, Step)>) -> Option<NodeIndex> {
        if let Some(node) = self.known.get(&configuration) {
            return Some(*node);
        }
        if self.known.len() >= CONFIGURATIONS_MAX {
            self.graph.cut = true;
            return None;
        }
        let node = self.graph.steps.add_node(configuration.clone());
        self.graph.came.push(came);
        self.known.insert(configuration, node);
        self.waiting.push_back(node);
        Some(node)
    }

    fn leave(&mut self, node: NodeIndex) {
        let here = self.graph.steps[node].clone();
        if here.is_end(self.graph.chart) {
            return;
        }
        let passing = self.on(node, &here, None);
        // A sure eventless transition leaves before anything else can happen.
        if passing {
            return;
        }
        for happening in 0..self.graph.alphabet.len() {
            let what: &Happening = &self.graph.alphabet[happening];
            if what.possible(self.graph.chart, &here) {
                self.on(node, &here, Some(happening));
            }
        }
    }

    /// Takes every step that a happening allows; whether one is sure to be taken and leads elsewhere.
    fn on(&mut self, node: NodeIndex, here: &Configuration, on: Option<usize>) -> bool {
        let mut regions = self.answers.of_configuration(self.graph.chart, here, on);
        if !self.barred.is_empty() {
            regions.iter_mut().for_each(|options| self.bar(options));
            regions.retain(|options| !options.taken.is_empty());
        }
        let certain = regions.iter().any(|options| !options.or_none);
        let sole = regions.iter().all(|options| !options.or_none && options.taken.len() == 1);
        for enabled in combinations(&regions) {
            self.graph.live.extend(enabled.iter().copied());
            self.take(node, here, Step { on, taken: enabled, certain: sole });
        }
        certain
    }

    fn bar(&self, options: &mut Options) {
        let sure = options.taken.last().copied().filter(|_| !options.or_none);
        options.taken.retain(|t| !self.barred.contains(t));
        options.or_none |= sure.is_some_and(|t| self.barred.contains(&t));
    }

    fn take(&mut self, node: NodeIndex, here: &Configuration, step: Step) {
        let chart = self.graph.chart;
        let refused = step.taken.iter().any(|t| matches!(chart.transitions[t.at()].go, Go::Refuse { .. }));
        if refused {
            return;
        }
        self.steps = self.steps.saturating_sub(1);
        let kept = here.place(chart).without_conflicts(step.taken.clone());
        self.note_clashes(node, &step, &kept);
        let next = after(chart, here, &kept);
        let step = Step { taken: kept, ..step };
        if let Some(there) = self.reach(next, Some((node, step.clone()))) {
            self.graph.steps.add_edge(node, there, step);
        }
    }

    fn note_clashes(&mut self, node: NodeIndex, step: &Step, kept: &[TransitionIx]) {
        let chart = self.graph.chart;
        for dropped in step.taken.iter().filter(|t| !kept.contains(t)) {
            let inner = chart.transitions[dropped.at()].source;
            let by_design = |t: &&TransitionIx| {
                let source = chart.transitions[t.at()].source;
                source == inner || chart.is_descendant(source, inner) || chart.is_descendant(inner, source)
            };
            for taken in kept.iter().filter(|t| !by_design(t)) {
                if self.met.insert((*taken, *dropped)) {
                    let clash = Clash { at: node, on: step.on, taken: *taken, dropped: *dropped };
                    self.graph.clashes.push(clash);
                }
            }
        }
    }
}

/// Where a run starts.
pub fn start(chart: &Chart) -> Configuration {
    let nowhere = Configuration { active: vec![], remembered: vec![] };
    let active = nowhere.place(chart).enters_at_start().states;
    Configuration { active, remembered: vec![] }
}

/// The configuration after transitions that go together: one microstep of the machine without actions.
pub fn after(chart: &Chart, here: &Configuration, taken: &[TransitionIx]) -> Configuration {
    let leaving = here.place(chart).leaves(taken);
    let mut remembered = here.remembered.clone();
    for state in &leaving {
        for child in &chart.state(*state).children {
            if let StateKind::History { .. } = chart.state(*child).kind {
                let states = here.place(chart).to_remember(*child);
                match remembered.binary_search_by_key(child, |(history, _)| *history) {
                    Ok(at) => remembered[at].1 = states,
                    Err(at) => remembered.insert(at, (*child, states)),
                }
            }
        }
    }
    let active = here.active.iter().copied().filter(|s| leaving.binary_search(s).is_err()).collect();
    let mut next = Configuration { active, remembered };
    let entered = next.place(chart).enters(taken).states;
    entered.into_iter().for_each(|state| insert(&mut next.active, state));
    next
}
