//! A chart as a graph of configurations: what can be active together, and what leads from one to the next.
//!
//! Guards are taken both ways, people and clocks do what they like, children of a kind that is started may
//! end at any time. What the graph cannot reach, no case can reach; what it can reach, a case may or may
//! not. The microstep itself is the machine's own ([`machine::travel`]).

pub mod alphabet;
pub mod choices;
pub mod explore;
pub mod guards;
pub mod path;
pub mod reckon;
pub mod uses;

use std::collections::BTreeSet;

use machine::chart::{Chart, StateKind};
use machine::ids::{StateIx, TransitionIx};
use machine::travel::Place;
use petgraph::graph::{DiGraph, NodeIndex};

use alphabet::Happening;

/// More configurations than this are not looked at: the report says so.
pub const CONFIGURATIONS_MAX: usize = 20_000;
/// More steps than this are not looked at for one definition.
pub const STEPS_MAX: usize = 40_000;

/// What is active, and what history states remember.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Configuration {
    /// In document order.
    pub active: Vec<StateIx>,
    /// By history state.
    pub remembered: Vec<(StateIx, Vec<StateIx>)>,
}

/// One microstep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The happening, by its place in the alphabet; `None` for eventless transitions.
    pub on: Option<usize>,
    /// What is taken.
    pub taken: Vec<TransitionIx>,
    /// Nothing else can happen then: no guard stands in the way.
    pub certain: bool,
}

/// Everything a run of a chart can come to.
#[derive(Debug)]
pub struct Graph<'d> {
    /// The chart.
    pub chart: &'d Chart,
    /// What can reach a run.
    pub alphabet: Vec<Happening>,
    /// Configurations and microsteps; node 0 is the start.
    pub steps: DiGraph<Configuration, Step>,
    /// How each configuration is reached first: the one before, and the step.
    pub came: Vec<Option<(NodeIndex, Step)>>,
    /// Transitions that some configuration may take.
    pub live: BTreeSet<TransitionIx>,
    /// Transitions of different regions that meet in one configuration and exclude each other.
    pub clashes: Vec<Clash>,
    /// Not everything was looked at.
    pub cut: bool,
}

/// Two transitions that one happening allows together and of which one is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Where.
    pub at: NodeIndex,
    /// What happens.
    pub on: Option<usize>,
    /// The one taken.
    pub taken: TransitionIx,
    /// The one that is dropped.
    pub dropped: TransitionIx,
}

impl Configuration {
    /// For the machine's own arithmetic.
    pub fn place<'a>(&'a self, chart: &'a Chart) -> Place<'a> {
        Place { chart, active: &self.active, remembered: &self.remembered }
    }

    /// Whether a state is active.
    pub fn has(&self, state: StateIx) -> bool {
        self.active.binary_search(&state).is_ok()
    }

    /// Whether the run has ended here.
    pub fn is_end(&self, chart: &Chart) -> bool {
        self.active.iter().any(|state| is_top_final(chart, *state))
    }

    /// Active states without states inside.
    pub fn innermost(&self, chart: &Chart) -> Vec<StateIx> {
        self.place(chart).atomic_states().collect()
    }
}

/// Whether reaching the state ends the run.
pub fn is_top_final(chart: &Chart, state: StateIx) -> bool {
    let state = chart.state(state);
    matches!(state.kind, StateKind::Final { .. }) && state.parent == Some(StateIx::ROOT)
}

impl Graph<'_> {
    /// The configuration of a node.
    pub fn configuration(&self, node: NodeIndex) -> &Configuration {
        &self.steps[node]
    }

    /// States that are active in some configuration.
    pub fn reached(&self) -> BTreeSet<StateIx> {
        self.steps.node_weights().flat_map(|configuration| configuration.active.iter().copied()).collect()
    }

    /// Configurations from which the run can end.
    pub fn can_end(&self) -> BTreeSet<NodeIndex> {
        let back = petgraph::visit::Reversed(&self.steps);
        let ends = self.steps.node_indices().filter(|node| self.steps[*node].is_end(self.chart));
        let mut found: BTreeSet<NodeIndex> = BTreeSet::new();
        let mut waiting: Vec<NodeIndex> = ends.collect();
        while let Some(node) = waiting.pop() {
            if found.insert(node) {
                waiting.extend(petgraph::visit::IntoNeighbors::neighbors(back, node));
            }
        }
        found
    }

    /// The first configuration, in the order of discovery, that satisfies a condition.
    pub fn first(&self, holds: impl Fn(&Configuration) -> bool) -> Option<NodeIndex> {
        self.steps.node_indices().find(|node| holds(&self.steps[*node]))
    }
}
