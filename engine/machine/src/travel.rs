//! Which states a set of transitions leaves and enters: the set arithmetic of SCXML appendix D.
//!
//! Everything here is a function of the chart, the active states and what history remembers.

use crate::chart::{Chart, Go, StateKind, Transition};
use crate::ids::{StateIx, TransitionIx};

/// What is active and remembered: all that travelling needs to know of a run.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The chart.
    pub chart: &'a Chart,
    /// Active states, in document order.
    pub active: &'a [StateIx],
    /// What history states remember.
    pub remembered: &'a [(StateIx, Vec<StateIx>)],
}

/// States to enter, with what goes with them.
#[derive(Debug, Default)]
pub struct Entry {
    /// In document order.
    pub states: Vec<StateIx>,
    /// Those whose initial transition is taken.
    pub by_default: Vec<StateIx>,
    /// Parents of history states that remembered nothing, with the history state whose default content runs.
    pub histories: Vec<(StateIx, StateIx)>,
}

impl<'a> Place<'a> {
    /// What the history state remembers.
    pub fn memory(&self, history: StateIx) -> Option<&'a [StateIx]> {
        self.remembered.iter().find(|(h, _)| *h == history).map(|(_, states)| &**states)
    }

    fn transition(&self, t: TransitionIx) -> &'a Transition {
        &self.chart.transitions[t.at()]
    }

    fn is_active(&self, state: StateIx) -> bool {
        self.active.binary_search(&state).is_ok()
    }

    /// The targets with history states replaced by what they stand for (`getEffectiveTargetStates`).
    fn effective_targets(&self, targets: &[StateIx]) -> Vec<StateIx> {
        let mut found = Vec::with_capacity(targets.len());
        for target in targets {
            match (&self.chart.state(*target).kind, self.memory(*target)) {
                (StateKind::History { .. }, Some(states)) => states.iter().for_each(|s| add(&mut found, *s)),
                (StateKind::History { .. }, None) => {
                    let default = self.default_of(*target);
                    self.effective_targets(default).into_iter().for_each(|s| add(&mut found, s));
                }
                _ => add(&mut found, *target),
            }
        }
        found
    }

    fn default_of(&self, state: StateIx) -> &'a [StateIx] {
        self.chart.state(state).initial.as_ref().map_or(&[], |i| &i.targets)
    }

    /// The compound state inside which a transition moves (`getTransitionDomain`); `None` when it stays.
    pub fn domain(&self, transition: &Transition) -> Option<StateIx> {
        let Go::To { targets, internal } = &transition.go else { return None };
        let targets = self.effective_targets(targets);
        if targets.is_empty() {
            return None;
        }
        let source = transition.source;
        let compound = matches!(self.chart.state(source).kind, StateKind::Compound);
        if *internal && compound && targets.iter().all(|t| self.chart.is_descendant(*t, source)) {
            return Some(source);
        }
        Some(self.least_common_compound(source, &targets))
    }

    /// The innermost compound state (or the chart) that holds the source and every target (`findLCCA`).
    fn least_common_compound(&self, source: StateIx, targets: &[StateIx]) -> StateIx {
        let holds = |a: StateIx| targets.iter().all(|t| self.chart.is_descendant(*t, a));
        let compound =
            |a: StateIx| a == StateIx::ROOT || matches!(self.chart.state(a).kind, StateKind::Compound);
        self.chart.ancestors(source).find(|a| compound(*a) && holds(*a)).unwrap_or(StateIx::ROOT)
    }

    /// The active states a transition leaves, in document order (`computeExitSet` for one).
    pub fn exit_set(&self, transition: &Transition) -> Vec<StateIx> {
        match self.domain(transition) {
            // Descendants are the indexes after a state up to its last one, so they lie side by side.
            Some(domain) => {
                let from = self.active.partition_point(|s| *s <= domain);
                let to = self.active.partition_point(|s| *s <= self.chart.state(domain).last);
                self.active[from..to].to_vec()
            }
            None => Vec::new(),
        }
    }

    /// The transitions that can be taken together (`removeConflictingTransitions`): of two whose exit sets
    /// meet, the one from the inner source wins, otherwise the one selected first.
    pub fn without_conflicts(&self, enabled: Vec<TransitionIx>) -> Vec<TransitionIx> {
        if enabled.len() < 2 {
            return enabled;
        }
        let exits: Vec<Vec<StateIx>> = enabled.iter().map(|t| self.exit_set(self.transition(*t))).collect();
        let mut kept: Vec<usize> = Vec::with_capacity(enabled.len());
        // Every state some kept transition leaves, or left before it was beaten: where nothing of a
        // transition's exit set is among them, nothing can conflict.
        let mut left: Vec<StateIx> = Vec::new();
        for (one, t) in enabled.iter().enumerate() {
            if !meet(&exits[one], &left) {
                exits[one].iter().for_each(|s| insert(&mut left, *s));
                kept.push(one);
                continue;
            }
            exits[one].iter().for_each(|s| insert(&mut left, *s));
            let mut beaten = Vec::new();
            let mut preempted = false;
            for &other in &kept {
                if !meet(&exits[one], &exits[other]) {
                    continue;
                }
                let other_source = self.transition(enabled[other]).source;
                if self.chart.is_descendant(self.transition(*t).source, other_source) {
                    beaten.push(other);
                } else {
                    preempted = true;
                    break;
                }
            }
            if !preempted {
                kept.retain(|k| !beaten.contains(k));
                kept.push(one);
            }
        }
        kept.into_iter().map(|k| enabled[k]).collect()
    }

    /// Every active state that the transitions leave, in document order.
    pub fn leaves(&self, transitions: &[TransitionIx]) -> Vec<StateIx> {
        let mut all = Vec::new();
        for t in transitions {
            self.exit_set(self.transition(*t)).into_iter().for_each(|s| insert(&mut all, s));
        }
        all
    }

    /// Every state that the transitions enter (`computeEntrySet`). `self` describes the moment after the
    /// exits, with history freshly remembered.
    pub fn enters(&self, transitions: &[TransitionIx]) -> Entry {
        let mut entry = Entry::default();
        for t in transitions {
            let transition = self.transition(*t);
            let Go::To { targets, .. } = &transition.go else { continue };
            for target in targets {
                self.add_descendants(*target, &mut entry);
            }
            if let Some(domain) = self.domain(transition) {
                for target in self.effective_targets(targets) {
                    self.add_ancestors(target, domain, &mut entry);
                }
            }
        }
        entry
    }

    /// Every state entered when the chart starts.
    pub fn enters_at_start(&self) -> Entry {
        let mut entry = Entry::default();
        self.add_default(StateIx::ROOT, &mut entry);
        entry
    }

    /// Every state entered when a run is put into these states from nowhere. `None`: no run can be in all of
    /// them at once.
    pub fn enters_anew(&self, targets: &[StateIx]) -> Option<Entry> {
        let mut entry = Entry::default();
        for target in targets {
            self.add_descendants(*target, &mut entry);
        }
        for target in self.effective_targets(targets) {
            self.add_ancestors(target, StateIx::ROOT, &mut entry);
        }
        let inside = |parent: StateIx| {
            let children = self.chart.state(parent).children.iter();
            children.filter(|child| entry.states.contains(child)).count()
        };
        let compound = |state: &&StateIx| self.chart.state(**state).kind == StateKind::Compound;
        let sound =
            inside(StateIx::ROOT) == 1 && entry.states.iter().filter(compound).all(|s| inside(*s) == 1);
        sound.then_some(entry)
    }

    /// The targets of an initial transition, then what lies round them: a region that a later target enters
    /// is not entered by default because of an earlier one.
    fn add_default(&self, state: StateIx, entry: &mut Entry) {
        for target in self.default_of(state) {
            self.add_descendants(*target, entry);
        }
        for target in self.default_of(state) {
            self.add_ancestors(*target, state, entry);
        }
    }

    /// `addDescendantStatesToEnter`
    fn add_descendants(&self, state: StateIx, entry: &mut Entry) {
        if let StateKind::History { .. } = self.chart.state(state).kind {
            return self.add_history(state, entry);
        }
        insert(&mut entry.states, state);
        match self.chart.state(state).kind {
            StateKind::Compound => {
                add(&mut entry.by_default, state);
                self.add_default(state, entry);
            }
            StateKind::Parallel => self.add_regions(state, entry),
            _ => {}
        }
    }

    fn add_history(&self, history: StateIx, entry: &mut Entry) {
        let parent = self.chart.state(history).parent.unwrap_or(StateIx::ROOT);
        let states = match self.memory(history) {
            Some(states) => states,
            None => {
                entry.histories.push((parent, history));
                self.default_of(history)
            }
        };
        for state in states {
            self.add_descendants(*state, entry);
        }
        for state in states {
            self.add_ancestors(*state, parent, entry);
        }
    }

    /// `addAncestorStatesToEnter`
    fn add_ancestors(&self, state: StateIx, domain: StateIx, entry: &mut Entry) {
        for ancestor in self.chart.ancestors(state).take_while(|a| *a != domain) {
            insert(&mut entry.states, ancestor);
            if self.chart.state(ancestor).kind == StateKind::Parallel {
                self.add_regions(ancestor, entry);
            }
        }
    }

    /// Regions of a parallel state of which nothing is to be entered yet.
    fn add_regions(&self, parallel: StateIx, entry: &mut Entry) {
        for region in &self.chart.state(parallel).children {
            if matches!(self.chart.state(*region).kind, StateKind::History { .. }) {
                continue;
            }
            let begun = entry.states.iter().any(|s| self.chart.is_descendant(*s, *region));
            if !begun {
                self.add_descendants(*region, entry);
            }
        }
    }

    /// Whether a state has reached its own final state (`isInFinalState`).
    pub fn is_in_final(&self, state: StateIx) -> bool {
        let s = self.chart.state(state);
        match s.kind {
            StateKind::Compound => s
                .children
                .iter()
                .any(|c| self.is_active(*c) && matches!(self.chart.state(*c).kind, StateKind::Final { .. })),
            StateKind::Parallel => s
                .children
                .iter()
                .filter(|c| !matches!(self.chart.state(**c).kind, StateKind::History { .. }))
                .all(|c| self.is_in_final(*c)),
            _ => false,
        }
    }

    /// What a history state has to remember when the states in `leaving` are left.
    pub fn to_remember(&self, history: StateIx) -> Vec<StateIx> {
        let state = self.chart.state(history);
        let parent = state.parent.unwrap_or(StateIx::ROOT);
        let deep = matches!(state.kind, StateKind::History { deep: true, .. });
        let inner = self.active.iter().copied().filter(|s| self.chart.is_descendant(*s, parent));
        if deep {
            inner.filter(|s| self.is_atomic(*s)).collect()
        } else {
            inner.filter(|s| self.chart.state(*s).parent == Some(parent)).collect()
        }
    }

    fn is_atomic(&self, state: StateIx) -> bool {
        matches!(self.chart.state(state).kind, StateKind::Atomic | StateKind::Final { .. })
    }

    /// Active states without states inside, in document order.
    pub fn atomic_states(&self) -> impl Iterator<Item = StateIx> + '_ {
        self.active.iter().copied().filter(|s| self.is_atomic(*s))
    }
}

fn add(states: &mut Vec<StateIx>, state: StateIx) {
    if !states.contains(&state) {
        states.push(state);
    }
}

/// Keeps `states` sorted in document order and free of doubles.
pub fn insert(states: &mut Vec<StateIx>, state: StateIx) {
    if let Err(at) = states.binary_search(&state) {
        states.insert(at, state);
    }
}

/// Whether two sorted sets share a state.
fn meet(a: &[StateIx], b: &[StateIx]) -> bool {
    a.iter().any(|s| b.binary_search(s).is_ok())
}
